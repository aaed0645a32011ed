"""Everything that differs between installations comes from the environment."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from plusone import embedded
from plusone.base import keyfiles

ROOT = Path(__file__).resolve().parent
DATA = Path(os.environ.get("PLUSONE_DATA", "var")).resolve()


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in ("1", "true", "yes", "on")


def _secret_key() -> str:
    """The signing key: from the environment, or from a file made once beside the other keys."""
    from_environment = os.environ.get("PLUSONE_SECRET_KEY", "")
    if from_environment:
        return from_environment
    path = DATA / "keys" / "django"
    keyfiles.make_once(path, os.urandom(32).hex())
    return path.read_text()


DEBUG = _flag("PLUSONE_DEBUG", False)
DEMO = _flag("PLUSONE_DEMO", False)
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = [h for h in os.environ.get("PLUSONE_HOSTS", "*").split(",") if h]
PUBLIC_URL = os.environ.get("PLUSONE_URL", "").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

# The database. A login role that is neither superuser nor able to bypass row-level security (base/roles.py);
# each connection takes one of the three roles made at migration.
DATABASE_URL = os.environ.get("DATABASE_URL") or embedded.url(DATA)
DATABASE_ROLE = os.environ.get("PLUSONE_ROLE", "plusone_app")
POOL_SIZE = int(os.environ.get("PLUSONE_POOL", "8"))


def _database(address: str) -> dict[str, Any]:
    """Django's dictionary for one PostgreSQL address; unix sockets come as ?host=/folder."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            **query,
            # idle_in_transaction_session_timeout is what takes a lane away from a frozen worker (P13). The
            # planner is told of flash and memory, and to leave the other cores to lanes and pages: figures of
            # thirty days then read those days instead of all orders in parallel (docs/decisions/0044).
            "options": f"-c role={DATABASE_ROLE} -c idle_in_transaction_session_timeout=10s "
            "-c lock_timeout=8s -c timezone=UTC "
            "-c random_page_cost=1.1 -c max_parallel_workers_per_gather=0 -c jit=off",
            "pool": {"min_size": 0, "max_size": POOL_SIZE, "timeout": 10, "max_idle": 60},
        },
    }


DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.line",
    "plusone.apps.Plusone",
]
AUTH_USER_MODEL = "plusone.User"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "plusone.base.middleware.compressed",
    "plusone.base.middleware.trace",
    "plusone.base.middleware.content_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "plusone.base.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "plusone.tenants.guessing.misses_counted",
    "plusone.tenants.middleware.tenant_in_path",
    "plusone.api.middleware.token_in_header",
]
ROOT_URLCONF = "plusone.urls"
WSGI_APPLICATION = "plusone.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            ["django.template.loaders.filesystem.Loader"],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "plusone.tenants.context.shop",
                "plusone.tenants.plan_banner.told",
            ],
            "builtins": ["template_partials.templatetags.partials", "plusone.base.templatetags.plusone"],
        },
    }
]

# Sessions are rows: they outlive a restart and can be ended by the server.
SESSION_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PUBLIC_URL.startswith("https://") else None

LANGUAGE_CODE = "zh-hant"
LANGUAGES = [("zh-hant", "繁體中文"), ("ja", "日本語"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
FORMAT_MODULE_PATH = ["plusone.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = DATA / "static"
FILES = DATA / "files"
PRIVATE_FILES = DATA / "private"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(FILES)},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or os.environ.get("PLUSONE_PLAIN_STATIC")
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or bool(os.environ.get("PLUSONE_PLAIN_STATIC"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024

# LINE's addresses; the demo points them at the simulator.
LINE_API_URL = os.environ.get("LINE_API_URL", "https://api.line.me").rstrip("/")
LINE_DATA_API_URL = os.environ.get("LINE_DATA_API_URL", "https://api-data.line.me").rstrip("/")
LINE_ACCESS_URL = os.environ.get("LINE_ACCESS_URL", "https://access.line.me").rstrip("/")
LINE_LIFF_URL = os.environ.get("LINE_LIFF_URL", "https://liff.line.me").rstrip("/")

# The script of LIFF pages: LINE's own, or the simulator's stand-in.
LIFF_SDK_URL = os.environ.get("LIFF_SDK_URL", "https://static.line-scdn.net/liff/edge/2/sdk.js")

# The plan is paid through Stripe where an installation has a key for it; without one, billing is off.
STRIPE_SECRET_KEY = os.environ.get("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET = os.environ.get("STRIPE_WEBHOOK_SECRET", "")
STRIPE_API_URL = os.environ.get("STRIPE_API_URL", "https://api.stripe.com").rstrip("/")
BILLING = _flag("PLUSONE_BILLING", bool(STRIPE_SECRET_KEY))

# The platform's own LINE Login channel, by which merchants come in (tenants/line_login.py).
LINE_LOGIN_CHANNEL_ID = os.environ.get("PLUSONE_LOGIN_CHANNEL_ID", "")
LINE_LOGIN_CHANNEL_SECRET = os.environ.get("PLUSONE_LOGIN_CHANNEL_SECRET", "")
SOCIALACCOUNT_ADAPTER = "plusone.tenants.line_login.Adapter"
SOCIALACCOUNT_PROVIDERS = {
    "line": {
        "provider_class": "plusone.tenants.line_login.Provider",
        "APPS": [{"client_id": LINE_LOGIN_CHANNEL_ID, "secret": LINE_LOGIN_CHANNEL_SECRET}],
    }
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"

LOGGING_CONFIG = None  # base/logs.py sets logging up: one JSON line an event, no personal data
