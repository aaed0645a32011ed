"""Sign in with LINE, and leave. LINE's signature counts; what the page says of people is not read (P31)."""

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from plusone.base import numbers
from plusone.line import errors, id_token, keys
from plusone.storefront.access import COOKIE, ShopRequest, even_lapsed, open_to_all
from plusone.storefront.actions import sessions
from plusone.storefront.rules.words import within
from plusone.storefront.views.pages import DAY, cookie_path, going, home, keep, page
from plusone.storefront.views.web_login import can_sign_in
from plusone.tenants.models import Channel


@open_to_all
@require_safe
def enter(request: ShopRequest, slug: str) -> HttpResponse:
    """Ask to sign in with LINE, say what for, and lead on to `next`; inside LINE it happens by itself."""
    following = within(request.GET.get("next", ""), home(request), home(request))
    return page(request, "storefront/enter.html", {"next": following, "by_web": _by_web()})


@open_to_all
@require_POST
@even_lapsed
def session(request: ShopRequest, slug: str) -> HttpResponse:
    """Open a session for the person in LIFF's ID token: 204; 401 when it is none, 503 when LINE is silent."""
    channel = Channel.objects.get()
    try:
        person = id_token.from_liff(
            request.POST.get("id_token", ""),
            key_of=lambda key_id: keys.find(settings.LINE_API_URL, key_id),
            channel_id=liff_channel(channel.liff_id),
            now=numbers.database_now().timestamp(),
        )
    except id_token.BadIdToken as bad:
        return JsonResponse({"error": bad.reason}, status=401)
    except errors.LineError:
        return JsonResponse({"error": "line_silent"}, status=503)
    token = sessions.open_session(person, instead_of=request.COOKIES.get(COOKIE, ""))
    response = HttpResponse(status=204)
    keep(request, response, COOKIE, token, seconds=sessions.DAYS * DAY)
    return response


@open_to_all
@require_POST
@even_lapsed
def leave(request: ShopRequest, slug: str) -> HttpResponse:
    """End the session on this device."""
    sessions.end_session(request.COOKIES.get(COOKIE, ""))
    response = going(request, "shop", said="left")
    response.delete_cookie(COOKIE, path=cookie_path(request))
    return response


def _by_web() -> bool:
    """True where the web login is the way in: a shop without LIFF, but with a LINE Login channel."""
    channel = Channel.objects.first()
    return channel is not None and not channel.liff_id and can_sign_in(channel)


def liff_channel(liff_id: str) -> str:
    """The channel a LIFF app belongs to, LINE Login or MINI App alike: the part before the hyphen."""
    return liff_id.partition("-")[0]
