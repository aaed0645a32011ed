"""What the environment says about this installation, for the doctor: half-set things and unsafe ones."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from plusone.tenants.findings import Level

REAL_LINE = "https://api.line.me"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at: what is so, and what to do about it, if anything."""

    code: str
    level: Level
    text: str
    advice: str = ""


def line_address() -> Iterator[Line]:
    """Whom this doctor asks: LINE itself, or what stands in for it here."""
    if settings.LINE_API_URL == REAL_LINE:
        yield Line("line", "ok", f"LINE is asked at {REAL_LINE}")
    else:
        yield Line("line", "ok", f"LINE is asked at {settings.LINE_API_URL}, which is not LINE itself")


def public_address() -> Iterator[Line]:
    """Our own name: LINE calls and opens https only; beside a stand-in any address will do."""
    site = settings.PUBLIC_URL
    if site.startswith("https://") or settings.LINE_API_URL != REAL_LINE:
        yield Line("url", "ok", f"the public address is {site}" if site else "LINE is played on this machine")
    elif site:
        advice = (
            "LINE calls and opens https:// only: put a proxy with a certificate in front, and name it here."
        )
        yield Line("url", "wrong", f"PLUSONE_URL is {site}, which LINE does not call", advice)
    else:
        advice = "Set it to the public https:// address, for the web process and for this command."
        yield Line("url", "warning", "PLUSONE_URL is not set, so our own address is not known", advice)


def open_doors() -> Iterator[Line]:
    """Switches that are for developers, beside the real LINE."""
    named = {"PLUSONE_DEMO": settings.DEMO, "PLUSONE_DEBUG": settings.DEBUG}
    found = [name for name, is_on in named.items() if is_on]
    if found and settings.LINE_API_URL == REAL_LINE:
        told = f"{' and '.join(found)} set beside the real LINE: strangers get in or see too much"
        yield Line("switches", "wrong", told, "Take it out of the environment and start again.")
    else:
        yield Line("switches", "ok", "no developer's switch is on beside the real LINE")


def sign_up() -> Iterator[Line]:
    """The platform's own LINE Login channel: both values or none."""
    has_id, has_secret = bool(settings.LINE_LOGIN_CHANNEL_ID), bool(settings.LINE_LOGIN_CHANNEL_SECRET)
    missing = "PLUSONE_LOGIN_CHANNEL_SECRET" if has_id else "PLUSONE_LOGIN_CHANNEL_ID"
    if has_id != has_secret:
        yield Line(
            "login", "wrong", f"{missing} is missing, so nobody comes in by LINE", "Set both, or neither."
        )
    else:
        yield Line("login", "ok", f"merchants come in by {'LINE' if has_id else 'e-mail and password only'}")


def billing() -> Iterator[Line]:
    """Stripe: key and webhook secret belong together."""
    if not settings.BILLING:
        yield Line("billing", "ok", "billing is off: no shop's plan lapses")
    elif not settings.STRIPE_SECRET_KEY:
        advice = "Set it, or take PLUSONE_BILLING out: trials end, and nobody could pay."
        yield Line("billing", "wrong", "billing is on, but STRIPE_SECRET_KEY is missing", advice)
    elif not settings.STRIPE_WEBHOOK_SECRET:
        advice = "Make an endpoint …/hooks/stripe at Stripe and set its signing secret."
        yield Line("billing", "wrong", "STRIPE_WEBHOOK_SECRET is missing: Stripe's news is refused", advice)
    else:
        yield Line("billing", "ok", f"plans are paid through Stripe at {settings.STRIPE_API_URL}")
