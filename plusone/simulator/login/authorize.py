"""LINE's page on which a person says who they are and lets an app in."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from plusone.simulator import grants, logins, world
from plusone.simulator.grants import Code
from plusone.simulator.login import asking as asked
from plusone.simulator.login.asking import Asking, Refused, Unusable
from plusone.simulator.login.words import TAGS, language_of, words
from plusone.simulator.play import company
from plusone.simulator.wire import Json
from plusone.simulator.world import LOCK, WORLD

# Who is signed in at LINE in this browser.
COOKIE = "line_person"
POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"


def web(request: HttpRequest) -> HttpResponse:
    """Web login: /oauth2/v2.1/authorize."""
    return _page(request, asked.read_web)


def liff(request: HttpRequest) -> HttpResponse:
    """A LIFF page in a browser outside LINE: /liff/v1/authorize."""
    return _page(request, asked.read_liff)


def _page(request: HttpRequest, read: Callable[[QueryDict], Asking]) -> HttpResponse:
    with LOCK:
        try:
            asking = read(request.GET)
        except Unusable as error:
            return _unusable(request, error.code)
        try:
            asked.check(asking, request.GET)
            return _answered(request, asking) if request.method == "POST" else _asked(request, asking)
        except Unusable as error:
            return _unusable(request, error.code)
        except Refused as error:
            return _go(asking.back(error=error.error, error_description=error.description))


def _unusable(request: HttpRequest, code: str) -> HttpResponse:
    texts = words(language_of(request))
    shown = {"wrong": texts[f"wrong.{code}"], "what": request.GET.get(code, request.GET.get("app_id", ""))}
    return _shown(request, "login/wrong.html", shown, "'self'", 400)


def _asked(request: HttpRequest, asking: Asking) -> HttpResponse:
    person = request.COOKIES.get(COOKIE, "")
    if asking.prompt == "none":
        return _silently(asking, person)
    return _shown(request, "login/page.html", _consent(request, asking, person), f"'self' {_origin(asking)}")


def _silently(asking: Asking, person: str) -> HttpResponse:
    if person not in WORLD.people:
        raise Refused("LOGIN_REQUIRED", "the person is not signed in at LINE")
    if not grants.agreed(asking.channel.id, person, asking.scopes):
        raise Refused("INTERACTION_REQUIRED", "the person has not agreed yet")
    return _let_in(asking, person, befriend=False)


def _consent(request: HttpRequest, asking: Asking, person: str) -> Json:
    account = logins.account_of(asking.channel)
    texts = words(language_of(request))
    people = list(WORLD.people.values())
    return {
        "channel": asking.channel,
        "provider": WORLD.providers[asking.channel.provider],
        "app": asking.liff,
        "rights": [texts[f"right.{scope}"] for scope in asking.scopes],
        "people": people,
        "chosen": person if person in WORLD.people else (people[0].id if people else ""),
        "account": account if account and asking.bot_prompt in ("normal", "aggressive") else None,
    }


def _origin(asking: Asking) -> str:
    """A form's answer may lead on to where the app asked for it; browsers look at redirects too."""
    parts = urlsplit(asking.redirect_uri)
    return f"{parts.scheme}://{parts.netloc}"


def _shown(
    request: HttpRequest, template: str, more: Json, form_action: str, status: int = 200
) -> HttpResponse:
    language = language_of(request)
    shown = {"tag": TAGS[language], "words": words(language), **more}
    response = render(request, template, shown, status=status)
    response["Content-Security-Policy"] = f"{POLICY}; form-action {form_action}"
    response["Cache-Control"] = "no-store"
    return response


def _answered(request: HttpRequest, asking: Asking) -> HttpResponse:
    origin = request.META.get("HTTP_ORIGIN")
    if origin and urlsplit(origin).netloc != request.META.get("HTTP_HOST"):
        return HttpResponse(status=403)
    if request.POST.get("answer") != "allow":
        raise Refused("ACCESS_DENIED", "The resource owner denied the request.")
    person = request.POST.get("person", "")
    if person not in WORLD.people:
        raise Unusable("person")
    if not logins.may_enter(asking.channel, person):
        raise Unusable("developing")
    return _let_in(asking, person, befriend=request.POST.get("friend") == "on")


def _let_in(asking: Asking, person: str, *, befriend: bool) -> HttpResponse:
    code = Code(
        asking.channel.id,
        person,
        asking.scopes,
        asking.redirect_uri,
        asking.nonce,
        asking.challenge,
        asking.liff.id if asking.liff else "",
        asking.max_age,
    )
    changed = _befriended(asking, person, befriend)
    response = _go(asking.back(code=grants.new_code(code), friendship_status_changed=changed))
    response.set_cookie(COOKIE, person, max_age=30 * 86400, httponly=True, samesite="Lax")
    return response


def _befriended(asking: Asking, person: str, wanted: bool) -> str:
    account = logins.account_of(asking.channel)
    if not account or asking.bot_prompt not in ("normal", "aggressive"):
        return ""
    if not wanted or world.friendship(account, person) == "friend":
        return "false"
    company.befriend(account, person, "friend")
    return "true"


def _go(address: str) -> HttpResponse:
    return HttpResponse(status=302, headers={"Location": address, "Cache-Control": "no-store"})
