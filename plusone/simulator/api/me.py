"""Who signed in: profile, user info, friendship, and the keys that ID tokens are checked with."""

from django.http import HttpRequest, HttpResponse

from plusone.simulator import idtokens, logins, world
from plusone.simulator.api.browser import browser_endpoint, holder
from plusone.simulator.api.endpoint import answer
from plusone.simulator.grants import Access
from plusone.simulator.logins import REGISTRY
from plusone.simulator.wire import Json
from plusone.simulator.world import WORLD


@browser_endpoint("login", "GET")
def profile(request: HttpRequest) -> HttpResponse:
    """The person's profile."""
    access = holder(request, "profile")
    person = WORLD.people[access.person]
    status = {"statusMessage": person.status} if person.status else {}
    return answer({"userId": user_of(access), "displayName": person.name, **status})


def user_of(access: Access) -> str:
    """The person's user ID under the provider of the channel they signed in at."""
    return logins.user_id(REGISTRY.channels[access.channel], access.person)


@browser_endpoint("login", "GET", "POST")
def user_info(request: HttpRequest) -> HttpResponse:
    """The same in OpenID's words."""
    access = holder(request, "openid")
    name = {"name": WORLD.people[access.person].name} if "profile" in access.scopes else {}
    return answer({"sub": user_of(access), **name})


@browser_endpoint("login", "GET")
def friendship(request: HttpRequest) -> HttpResponse:
    """Whether the person is a friend of the official account that is linked to the channel."""
    access = holder(request, "profile")
    account = logins.account_of(REGISTRY.channels[access.channel])
    return answer(
        {"friendFlag": account is not None and world.friendship(account, access.person) == "friend"}
    )


@browser_endpoint("login", "GET")
def certs(request: HttpRequest) -> HttpResponse:
    """Public keys of ES256."""
    return answer(idtokens.certs())


@browser_endpoint("login", "GET")
def discovery(request: HttpRequest) -> HttpResponse:
    """OpenID's description; LINE tells of ES256 only, although web login's tokens are HS256."""
    here = request.build_absolute_uri("/").rstrip("/")
    return answer(_described(here))


def _described(here: str) -> Json:
    return {
        "issuer": idtokens.ISSUER,
        "authorization_endpoint": f"{here}/oauth2/v2.1/authorize",
        "token_endpoint": f"{here}/oauth2/v2.1/token",
        "revocation_endpoint": f"{here}/oauth2/v2.1/revoke",
        "userinfo_endpoint": f"{here}/oauth2/v2.1/userinfo",
        "jwks_uri": f"{here}/oauth2/v2.1/certs",
        "scopes_supported": ["openid", "profile", "email"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
    }
