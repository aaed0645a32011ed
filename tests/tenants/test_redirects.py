"""Nobody is led away from here (P38): sixty tricks, at every parameter that says where to go on."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from django.core import signing

from plusone.storefront.views import web_login
from plusone.tenants.models import Tenant
from plusone.tenants.views.pages import is_local
from tests import makers
from tests.storefront import buyers
from tests.tenants import browser

EVIL = "evil.example"
_WAYS = (
    "https://{e}", "HTTPS://{e}/", "http:{e}", "http:/{e}", "https:///{e}", "http:\\\\{e}", "//{e}",
    "///{e}", "////{e}", "/\\{e}", "\\/{e}", "\\\\{e}", "\\{e}", "/\\/{e}", "/\\\\{e}", "//\\{e}",
    "/\t/{e}", "/\n/{e}", "/\r/{e}", "\t//{e}", "\n//{e}", " //{e}", "\x00//{e}", "\x01//{e}",
    "\x0b//{e}", "\x1f//{e}", "\xa0//{e}", "\ufeff//{e}", "/\x00/{e}", "//{e}/%2f..",
    "//{e}@testserver", "//testserver@{e}", "//testserver:80@{e}/", "https://testserver@{e}/",
    "https://testserver.{e}/", "https://{e}#testserver", "https://{e}?testserver",
    "https://{e}\\testserver", "//{e}:443/", "//[::ffff:1.2.3.4]/", "//0x01020304/", "//1.2.3.4",
    "/%09/{e}", "%2f%2f{e}", "/%2f{e}", "/%5c{e}", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)", "\x01javascript:alert(1)", "data:text/html,x", "vbscript:x",
    "file:///etc/passwd", "ftp://{e}/", "mailto:a@{e}", "//\u3002{e}", "//evil\u3002example",
    "\uff0f\uff0f{e}", "/\u2215{e}", "https://{e}/t/demo/console/", "?next=//{e}",
    "/sign-in/?next=//{e}", "/..//{e}", "/./\\{e}",
)  # fmt: skip
TRICKS = [way.format(e=EVIL) for way in _WAYS]


@pytest.fixture
def shop(database: None) -> Tenant:
    return buyers.shop()


def test_there_are_sixty() -> None:
    assert len(set(TRICKS)) >= 60


def test_after_signing_in(shop: Tenant, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # sixty of the real one: a minute
    email = makers.member(shop).user.email
    for trick in TRICKS:
        visitor = browser.stranger()
        answer = visitor.post("/sign-in/", {"email": email, "password": "correct horse", "next": trick})
        assert answer.status_code == 302
        _stays(answer["Location"], trick)


def test_on_the_way_to_line_and_back(shop: Tenant, settings: Any) -> None:
    settings.LINE_LOGIN_CHANNEL_ID = "1"
    settings.SOCIALACCOUNT_PROVIDERS = {
        "line": {**settings.SOCIALACCOUNT_PROVIDERS["line"], "APPS": [{"client_id": "1", "secret": "s"}]}
    }
    for trick in TRICKS:
        visitor = browser.stranger()
        for query in ({"next": trick}, {"next": trick, "process": "connect"}):
            visitor.post(f"/sign-in/line/?{urlencode(query)}")
        kept = [state for state, *_rest in visitor.session["socialaccount_states"].values()]
        assert kept
        for state in kept:
            _stays(state.get("next") or "/", trick)


@pytest.mark.parametrize("rest", ["products/{code}/visibility", "products/bulk", "orders/{number}/collected"])
def test_after_a_form_of_the_console(shop: Tenant, rest: str) -> None:
    product = makers.goods(shop)
    number = browser.order(shop, product).number
    host = browser.at(shop)
    path = browser.path(shop, rest.format(code=product.code, number=number))
    form = {"public": "1", "verb": "show", "code": product.code, "collected": "0"}
    home = host.post(path, {**form, "back": f"/t/{shop.slug}/console/?here"})
    assert home["Location"] == f"/t/{shop.slug}/console/?here"
    for trick in TRICKS:
        answer = host.post(path, {**form, "back": trick})
        assert answer.status_code == 302
        _stays(answer["Location"], trick)


def test_after_a_buyer_signed_in(shop: Tenant) -> None:
    inside = buyers.path(shop)
    for trick in _inside_too(inside):
        page = buyers.stranger().get(buyers.path(shop, "enter"), {"next": trick}).content.decode()
        for wanted in re.findall(r'data-next="([^"]*)"', page):
            _stays(unescape(wanted), trick, below=inside)


def test_after_a_buyer_signed_in_on_the_web(shop: Tenant) -> None:
    """The page to go on to waits in the browser's signed attempt."""
    inside = buyers.path(shop)
    for trick in _inside_too(inside):
        visitor = buyers.stranger()
        visitor.get(buyers.path(shop, "enter/line"), {"next": trick})
        kept = signing.loads(visitor.cookies["attempt"].value, salt=f"{web_login.SALT}:{shop.pk}")
        _stays(kept["next"], trick, below=inside)


def _inside_too(inside: str) -> list[str]:
    """The tricks, and behind a right beginning."""
    return [
        *TRICKS,
        *(inside + trick for trick in TRICKS[::2]),
        *(inside[:-1] + trick for trick in TRICKS[1::2]),
    ]


def test_a_referer_is_no_way_out(shop: Tenant) -> None:
    """A form whose session is over leads to sign-in and from there back to the page it stood on."""
    for trick in TRICKS:
        told = trick.encode("ascii", "ignore").decode().translate({0: None, 9: None, 10: None, 13: None})
        answer = buyers.stranger().post(
            buyers.path(shop, "basket/order"), headers={"referer": f"https://testserver{told}"}
        )
        entered = buyers.stranger().get(answer["Location"])
        (following,) = re.findall(r'data-next="([^"]*)"', entered.content.decode())
        _stays(unescape(following), trick, below=buyers.path(shop))


def test_the_way_to_sign_in_cannot_be_told_another_next(shop: Tenant) -> None:
    """What stands in a path stays a path: it adds no second parameter."""
    answer = browser.stranger().get(browser.path(shop, "orders/A&next=x%26y%3D%23/"))
    assert answer["Location"] == f"/sign-in/?next=/t/{shop.slug}/console/orders/A%26next%3Dx%26y%3D%23/"


def test_the_judge_of_these_tests_sees_a_way_out() -> None:
    for trick in ("//evil.example", "https://evil.example/x", "/\\evil.example", "/\t/evil.example"):
        with pytest.raises(AssertionError):
            _stays(trick, trick)
    assert is_local("/t/demo/console/?a=//b")


def _stays(location: str, trick: str, *, below: str = "/") -> None:
    """As a browser reads it: backslashes are slashes, tabs and line breaks nothing, control characters at the
    ends nothing.
    """
    read = location.strip("".join(map(chr, range(33)))).translate({9: None, 10: None, 13: None, 92: "/"})
    there = urlsplit(urljoin("http://testserver/t/x/", read))
    assert (there.scheme, there.netloc) == ("http", "testserver"), (trick, location)
    assert there.path.startswith(below), (trick, location)
