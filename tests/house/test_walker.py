"""Nobody sees or touches another shop (P28): every address, every method, every kind of visitor, another
shop's things.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client

from plusone.base import scope
from plusone.tenants import actions as tenants
from plusone.tenants import rules
from plusone.tenants.models import Member, Role, Tenant
from tests import makers
from tests.house import walk
from tests.house.walk import CANARY, METHODS, Route, Shop
from tests.tenants import browser

ROUTES = walk.routes()
SHOP = [route for route in ROUTES if walk.is_shop(route)]
INSIDE = [route for route in ROUTES if route.text.startswith(walk.CONSOLE) and route not in SHOP]
OF_API = [route for route in ROUTES if route.text.startswith(walk.API) and "openapi" not in route.text]
# Addresses that belong to no shop.
OPEN = {
    "": "leads to the visitor's own shop",
    "sign-in/": "for everybody",
    "sign-in/demo": "in the demo only",
    "sign-in/line/": "leads to LINE",
    "sign-in/line/callback": "back from LINE",
    "sign-up/": "for those whom LINE has just told us of",
    "sign-out/": "ends the visitor's own session",
    "files/<str:name>": "pictures of goods, public, under names nobody can guess",
    "leave/<slug:slug>/": "for members of the shop; others find nothing (tests/tenants/test_team.py)",
    "join/<str:token>/": "lets in who has the link of an open invite",
    "hooks/stripe": "takes what Stripe has signed, and tells nothing",
    "healthz": "says ok",
    "readyz": "says ok",
    "metrics": "figures and ids of the installation",
    "api/v1/openapi.json": "the API's description",
}
REFUSALS = {401, 403, 404, 405}


def _text_of(route: Route) -> str:
    return route.text


@pytest.fixture(scope="module")
def theirs(database: None) -> Shop:
    return walk.marked_shop()


@pytest.fixture(scope="module")
def mine(database: None) -> Shop:
    return walk.marked_shop()


@pytest.fixture(scope="module")
def visitors(mine: Shop, theirs: Shop) -> dict[str, Client]:
    """Who may come by: none of them belongs to `theirs` (any more)."""
    former = browser.at(theirs.tenant, Role.OWNER)
    with scope.tenant(theirs.tenant.pk):
        Member.objects.exclude(pk=theirs.values["member id"]).delete()
    return {
        "stranger": browser.stranger(),
        "another shop's owner": browser.at(mine.tenant, Role.OWNER),
        "another shop's staff": browser.at(mine.tenant, Role.STAFF),
        "former owner": former,
    }


@pytest.fixture(autouse=True)
def line_is_away(settings: Any) -> None:
    """Pages that ask LINE ask nobody here."""
    settings.LINE_API_URL = settings.LINE_DATA_API_URL = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def untouched(theirs: Shop) -> Iterator[None]:
    before = walk.checksum(theirs.tenant)
    yield
    assert walk.checksum(theirs.tenant) == before


def test_every_address_is_known_to_the_walker() -> None:
    assert len(INSIDE) > 20
    assert len(OF_API) >= 6
    assert {route.text for route in ROUTES} - {r.text for r in (*INSIDE, *SHOP, *OF_API)} == set(OPEN)
    unfilled = [
        route.text
        for route in ROUTES
        if set(route.blanks) - {"slug"} != set(walk.FILLED.get(walk.own_part(route), {}))
    ]
    assert unfilled == []
    assert set(walk.FILLED) - {walk.own_part(route) for route in ROUTES} == set()


@pytest.mark.parametrize("route", INSIDE, ids=_text_of)
def test_nobody_from_outside_gets_in(route: Route, visitors: dict[str, Client], theirs: Shop) -> None:
    path = route.path(walk.values(route, theirs.tenant.slug, theirs))
    for who, visitor in visitors.items():
        for method in METHODS:
            answer = _send(visitor, method, path)
            assert _is_refused(answer), (who, method, path, answer.status_code)
            assert CANARY not in _text(answer), (who, method, path)


@pytest.mark.parametrize("route", INSIDE, ids=_text_of)
def test_another_shops_things_are_not_there(route: Route, theirs: Shop) -> None:
    """In one's own shop's address, with the other shop's numbers, codes and ids."""
    shop = _plain_shop()
    owner = browser.at(shop, Role.OWNER)
    path = route.path(walk.values(route, shop.slug, theirs))
    for method in METHODS:
        answer = _send(owner, method, path)
        if set(route.blanks) != {"slug"}:
            assert answer.status_code in REFUSALS or _is_empty(answer), (method, path, answer.status_code)
        assert answer.status_code < 500
        assert CANARY not in _text(answer), (method, path)


def test_with_the_managers_scoping_switched_off_the_database_still_holds(
    theirs: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P29: the twin of the walk above in which no query of ours is filtered by tenant any more."""
    shop = _plain_shop()
    owner = browser.at(shop, Role.OWNER)
    monkeypatch.setattr(scope, "filter_id", lambda: scope.EVERYWHERE)
    for route in INSIDE:
        path = route.path(walk.values(route, shop.slug, theirs))
        for method in ("GET", "POST"):
            answer = _send(owner, method, path)
            assert answer.status_code < 500, (method, path)
            assert CANARY not in _text(answer), (method, path)


@pytest.mark.parametrize("route", OF_API, ids=_text_of)
def test_the_api_gives_nothing_to_other_tokens(route: Route, theirs: Shop) -> None:
    with scope.tenant(_plain_shop().pk):
        token = tenants.issue_token("x")
    path = route.path(walk.values(route, "", theirs))
    for method in METHODS:
        for told in ("", f"Bearer {theirs.token}x", f"Bearer {token}"):
            answer = _call(method, path, told, {"status": "paid"} if "orders" in path else {"price": 1})
            assert answer.status_code < 500
            assert CANARY not in _text(answer), (method, path)
            if token not in told:
                assert answer.status_code == 401, (method, path)
            elif route.blanks:
                assert answer.status_code in REFUSALS, (method, path, answer.status_code)


@pytest.mark.parametrize(
    "path", ["", "sign-in/", "healthz", "readyz", "metrics", "api/v1/openapi.json", "files/x"]
)
def test_open_addresses_tell_nothing_of_any_shop(path: str, visitors: dict[str, Client]) -> None:
    for visitor in (visitors["stranger"], visitors["former owner"]):
        assert CANARY not in _text(visitor.get(f"/{path}", follow=True))


@pytest.mark.parametrize("route", INSIDE, ids=_text_of)
@pytest.mark.parametrize("role", list(Role))
def test_roles_mean_what_the_matrix_says(role: Role, route: Route, mine: Shop) -> None:
    """Every view names its permission, and who lacks it gets 403 before anything else is looked at.

    Edited roles and those of a shop's own: tests/tenants/test_matrix.py.
    """
    permission = getattr(route.view, "permission", "")
    assert permission in rules.PERMISSIONS, route.text
    path = route.path(walk.values(route, mine.tenant.slug, mine))
    allowed = rules.may(role, permission)
    answer = _send(browser.at(mine.tenant, role), "GET", path)
    assert (answer.status_code == 403) == (not allowed), (path, answer.status_code)
    if not allowed:
        refused = _send(browser.at(mine.tenant, role), "POST", path)
        assert refused.status_code in (403, 405)


def test_the_canary_is_there_to_be_found(theirs: Shop, mine: Shop) -> None:
    """Who belongs here does see it, so the walks above would notice it."""
    owner = browser.at(mine.tenant)
    orders = ("orders/", "orders/rounds/", f"orders/{mine.values['order']}/")
    for rest in ("", *orders, "products/", "customers/", "settings/"):
        assert CANARY in _text(owner.get(browser.path(mine.tenant, rest))), rest


def _plain_shop() -> Tenant:
    """A shop without any canary, whose codes and numbers are its own."""
    shop = makers.shop()
    makers.goods(shop)
    return shop


def _call(method: str, path: str, authorization: str, body: dict[str, object]) -> HttpResponseBase:
    headers = {"Authorization": authorization} if authorization else {}
    visitor = Client(raise_request_exception=False)
    return visitor.generic(method, path, json.dumps(body), "application/json", headers=headers)


def _send(visitor: Client, method: str, path: str) -> HttpResponseBase:
    visitor.raise_request_exception = False
    if method == "POST":
        return visitor.post(path, walk.FORM)
    return visitor.generic(method, path)


def _is_refused(answer: HttpResponseBase) -> bool:
    return answer.status_code in REFUSALS or (
        answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
    )


def _is_empty(answer: HttpResponseBase) -> bool:
    """A fragment that lists nothing, or the answer to OPTIONS."""
    return answer.status_code == 200 and "<a " not in _text(answer)


def _text(answer: HttpResponseBase) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return f"{answer.headers} {body.decode(errors='replace')}"
