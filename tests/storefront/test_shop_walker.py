"""Nobody sees or touches another buyer's or shop's things: every address of the shop, every method, every
kind of visitor.
"""

import pytest
from django.http import HttpResponseBase
from django.test import Client

from plusone.base import scope
from plusone.customers.models import Contact
from plusone.tenants.models import Tenant
from tests import makers
from tests.house import walk
from tests.house.walk import CANARY, METHODS, Route, Shop
from tests.storefront import buyers
from tests.tenants import browser

ROUTES = [route for route in walk.routes() if walk.is_shop(route)]
PRIVATE = [route for route in ROUTES if getattr(route.view, "audience", "") == "buyer"]
AS_MANY = {"orders": 4, "all": 10}  # so that an empty list can't pass for a walk


def _text_of(route: Route) -> str:
    return route.text


@pytest.fixture(scope="module")
def theirs(database: None) -> Shop:
    """A marked shop; what is public in it carries no mark, so that every mark seen is a leak."""
    marked = walk.marked_shop()
    with scope.tenant(marked.tenant.pk):
        Contact.objects.update(display_name=CANARY)
    return marked


@pytest.fixture(scope="module")
def visitors(theirs: Shop) -> dict[str, Client]:
    """Who may come by: none of them has ordered in `theirs`."""
    other = buyers.shop()
    return {
        "stranger": buyers.stranger(),
        "another buyer": buyers.at(theirs.tenant),
        "another shop's buyer": buyers.at(other),
        "another shop's owner": browser.at(other),
    }


def _checksum(shop: Shop) -> dict[str, str]:
    """All but the visitors' own sessions."""
    return {t: sum for t, sum in walk.checksum(shop.tenant).items() if t != "plusone_buyersession"}


def test_every_address_says_for_whom_it_is() -> None:
    assert len(PRIVATE) >= AS_MANY["orders"]
    assert len(ROUTES) >= AS_MANY["all"]
    assert {getattr(route.view, "audience", "") for route in ROUTES} == {"anybody", "buyer"}


@pytest.mark.parametrize("route", ROUTES, ids=_text_of)
def test_nobody_gets_at_another_buyers_things(
    route: Route, visitors: dict[str, Client], theirs: Shop
) -> None:
    buyers.sign_in(visitors["another buyer"], theirs.tenant, makers.friend(theirs.tenant))
    before = _checksum(theirs)
    path = route.path(walk.values(route, theirs.tenant.slug, theirs))
    number = theirs.values["order"]
    for who, visitor in visitors.items():
        for method in METHODS:
            answer = _send(visitor, method, path)
            assert answer.status_code < 500, (who, method, path)
            assert number not in _text(answer), (who, method, path)
            if route in PRIVATE and who != "another buyer":
                assert answer.status_code in (302, 405), (who, method, path)
                assert answer.status_code == 405 or "/enter" in answer["Location"]
    assert _checksum(theirs) == before


@pytest.mark.parametrize("route", [route for route in ROUTES if "public_id" in route.blanks], ids=_text_of)
def test_another_shops_things_are_not_there(route: Route, theirs: Shop) -> None:
    """In one's own shop's address, with the other shop's ids."""
    shop = _plain_shop()
    client = buyers.at(shop)
    path = route.path(walk.values(route, shop.slug, theirs))
    before = _checksum(theirs)
    for method in METHODS:
        answer = _send(client, method, path)
        assert answer.status_code in (404, 405), (method, path)
        assert CANARY not in _text(answer)
    assert _checksum(theirs) == before


def test_with_the_managers_scoping_switched_off_the_database_still_holds(
    theirs: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P29, for the shop's pages."""
    shop = _plain_shop()
    client = buyers.at(shop)
    before = _checksum(theirs)
    monkeypatch.setattr(scope, "filter_id", lambda: scope.EVERYWHERE)
    for route in ROUTES:
        path = route.path(walk.values(route, shop.slug, theirs))
        for method in ("GET", "POST"):
            answer = _send(client, method, path)
            assert answer.status_code < 500, (method, path)
            assert CANARY not in _text(answer), (method, path)
    assert _checksum(theirs) == before


def _plain_shop() -> Tenant:
    shop = buyers.shop()
    makers.goods(shop)
    return shop


def _send(visitor: Client, method: str, path: str) -> HttpResponseBase:
    visitor.raise_request_exception = False
    kept = {name: morsel.value for name, morsel in visitor.cookies.items()}
    answer = visitor.post(path, walk.FORM) if method == "POST" else visitor.generic(method, path)
    visitor.cookies.load(
        kept
    )  # what one address sets (the basket, the end of a session) is not the next one's
    return answer


def _text(answer: HttpResponseBase) -> str:
    return f"{answer.headers} {answer.content.decode(errors='replace')}"  # type: ignore[attr-defined]
