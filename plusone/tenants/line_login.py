"""django-allauth's LINE provider, at the addresses of our settings; what it does when something goes wrong.

Named by settings.py (SOCIALACCOUNT_ADAPTER, SOCIALACCOUNT_PROVIDERS): allauth loads both by their names.
"""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.line.provider import LineProvider
from allauth.socialaccount.providers.line.views import LineOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language


class AtLine(LineOAuth2Adapter):  # type: ignore[misc]
    """LINE's four addresses, or the simulator's; LINE writes its errors in capitals."""

    access_token_url = f"{settings.LINE_API_URL}/oauth2/v2.1/token"
    authorize_url = f"{settings.LINE_ACCESS_URL}/oauth2/v2.1/authorize"
    profile_url = f"{settings.LINE_API_URL}/v2/profile"
    id_token_url = f"{settings.LINE_API_URL}/oauth2/v2.1/verify"
    login_cancelled_error = "ACCESS_DENIED"

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """The address that is registered at LINE: by our public name, where we know it."""
        path = reverse("line_callback")
        return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


class Provider(LineProvider):  # type: ignore[misc]
    """LINE with PKCE, its page in the reader's language."""

    oauth2_adapter_class = AtLine
    pkce_enabled_default = True

    def get_default_scope(self) -> list[str]:
        """Who it is and what they are called; an e-mail address would need LINE's permission."""
        return ["profile", "openid"]

    def get_auth_params(self) -> dict[str, str]:
        """LINE's page speaks the language of ours."""
        return {"ui_locales": {"zh-hant": "zh-TW"}.get(get_language() or "", get_language() or "")}


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Nobody gets an account without our own form; every mishap leads back to sign-in with a sentence."""

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: a shop's name and a way to reach its people are asked first."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Joining a LINE that is another account's way in is refused, and said so."""
        is_joining = sociallogin.state.get("process") == "connect"
        if is_joining and sociallogin.is_existing and sociallogin.user != request.user:
            wanted = sociallogin.get_redirect_url(request) or reverse("home")
            raise ImmediateHttpResponse(redirect(f"{wanted}?line=taken"))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        """Back to sign-in; `line` says whether the person refused or something failed."""
        said = "refused" if error == AuthError.CANCELLED else "failed"
        raise ImmediateHttpResponse(redirect(f"{reverse('sign-in')}?line={said}"))

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        """After joining LINE to one's account."""
        return reverse("home")
