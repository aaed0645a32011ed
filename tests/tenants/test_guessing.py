"""Guessing gets nothing (P38): one answer whatever is asked for, and an end to it before a hundred."""

import re
import secrets
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.base.ids import new_public_id
from plusone.orders.models import Order
from plusone.storefront.models import placed_lately
from plusone.tenants import actions as tenants
from plusone.tenants.actions import guessing, signing, team, throttle
from plusone.tenants.models import Tenant, User
from plusone.tenants.models.signing import SignInTry
from plusone.tenants.rules import guessing as rules
from plusone.tenants.rules import signing as of_signing
from tests import makers
from tests.storefront import buyers
from tests.tenants import browser

KINDS = 4


@pytest.fixture
def shop(database: None) -> Tenant:
    return buyers.shop()


@pytest.mark.parametrize("guesses", [400, pytest.param(10_000, marks=pytest.mark.nightly)])
def test_guesses_of_orders_products_and_files_get_nothing(guesses: int, shop: Tenant) -> None:
    """By somebody who may order in the shop, so that every address does look for what is asked."""
    guesser = buyers.at(shop)
    answers = Counter(guesser.get(path).status_code for path in _guesses(shop, guesses // KINDS))
    assert answers == {404: rules.MISSES, 429: guesses - rules.MISSES}
    assert rules.MISSES <= 100


@pytest.mark.parametrize("place", ["p/", "orders/"])
def test_not_there_and_not_theirs_are_one_answer(shop: Tenant, place: str) -> None:
    """Byte for byte, but for the tokens that are other ones in every answer."""
    guesser = buyers.at(shop)
    names = [*_not_theirs(shop), new_public_id(), new_public_id(), "1", "x" * 300]
    paths = [buyers.path(shop, place + name) for name in names]
    told = {_bytes(guesser.get(path), path) for path in paths}
    assert len(told) == 1, names


def test_no_name_of_a_file_is_told_from_another(database: None) -> None:
    guesser = browser.stranger()
    files = [f"/files/{secrets.token_hex(16)}.jpg", "/files/x", f"/files/{secrets.token_hex(16)}.tar.gz"]
    assert len({_bytes(guesser.get(path), path) for path in files}) == 1


def test_the_bytes_compared_are_those_of_the_page(shop: Tenant) -> None:
    """The comparison above can fail: a page that is there, or another's 404, has other bytes."""
    mine, there = buyers.at(shop), buyers.path(shop, f"p/{makers.goods(shop).public_id}")
    gone = buyers.path(shop, "p/x")
    assert len({_bytes(mine.get(path), path) for path in (there, gone, "/files/x")}) == 3


def test_customers_behind_the_same_address_go_on(shop: Tenant) -> None:
    """A telephone company has one address for thousands: a guesser among them ends only guessing."""
    address = browser.address()
    product = makers.goods(shop)
    guesser = Client(REMOTE_ADDR=address)
    _trip(guesser)
    assert guesser.get(buyers.path(shop, "p/x")).status_code == 429
    customer = buyers.at(shop, REMOTE_ADDR=address)
    ordered = buyers.order(customer, shop, product)
    assert ordered.status_code == 302
    assert customer.get(ordered["Location"]).status_code == 200
    assert customer.get(buyers.path(shop)).status_code == 200
    member = browser.at(shop)
    member.defaults["REMOTE_ADDR"] = address
    assert member.get(browser.path(shop, "orders/GONE/")).status_code == 404


def test_a_dead_link_that_everybody_follows_is_one_miss(shop: Tenant) -> None:
    address, dead = browser.address(), buyers.path(shop, f"p/{new_public_id()}")
    crowd = Client(REMOTE_ADDR=address)
    assert {crowd.get(dead).status_code for _ in range(rules.MISSES * 2)} == {404}


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-TW", "請稍等一下"), ("ja", "しばらくお待ちください"), ("en", "Please wait a little")],
)
def test_the_refusal_says_when_in_the_readers_language(shop: Tenant, language: str, said: str) -> None:
    visitor = Client(REMOTE_ADDR=browser.address(), headers={"accept-language": language})
    _trip(visitor)
    answer = visitor.get(buyers.path(shop, "p/x"))
    page = answer.content.decode()
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= rules.WINDOW_MINUTES * 60
    assert said in page
    assert f" {rules.WINDOW_MINUTES} " in page
    assert f'href="/t/{shop.slug}/liff/"' in page


def test_invites_and_shops_are_counted_too(shop: Tenant) -> None:
    for pattern in ("/join/{}/", "/t/{}/liff/", "/t/{}/console/"):
        visitor = browser.stranger()
        codes = [visitor.get(pattern.format(secrets.token_hex(8))).status_code for _ in range(100)]
        assert codes == [404] * rules.MISSES + [429] * (100 - rules.MISSES)


def test_an_invite_is_no_way_to_try_e_mails_or_passwords(shop: Tenant) -> None:
    """Making an account counts as a try to sign in: one network's, and one e-mail's."""
    with scope.tenant(shop.pk):
        token = team.invite(HOUSE, "staff")
    known = makers.member(shop).user.email
    told = {"name": "x", "password": "a long password"}
    visitor = browser.stranger()
    codes = [visitor.post(f"/join/{token}/", {**told, "email": known}).status_code for _ in range(12)]
    assert codes == [422] * of_signing.TRIES_OF_ACCOUNT + [429] * 2
    others = [f"{secrets.token_hex(6)}@example.com" for _ in range(of_signing.TRIES_FROM_ADDRESS)]
    for email in others:
        signing.admit(visitor.defaults["REMOTE_ADDR"], email)
    refused = visitor.post(f"/join/{token}/", {**told, "email": "new@example.com"})
    assert refused.status_code == 429
    assert "Please wait" in refused.content.decode()
    assert int(refused["Retry-After"]) > 0
    assert not User.objects.filter(email="new@example.com").exists()
    elsewhere = browser.stranger()
    assert elsewhere.post(f"/join/{token}/", {**told, "email": others[0]}).status_code == 302


def test_addresses_with_nothing_to_guess_are_not_counted(database: None) -> None:
    """What every browser asks for by itself."""
    visitor = browser.stranger()
    assert {visitor.get(f"/{number}.ico").status_code for number in range(100)} == {404}


def test_tokens_are_not_tried_one_after_another(shop: Tenant) -> None:
    with scope.tenant(shop.pk):
        right = tenants.issue_token("program")
    address = browser.address()

    def call(token: str) -> HttpResponseBase:
        return Client(REMOTE_ADDR=address).get(
            "/api/v1/products", headers={"authorization": f"Bearer {token}"}
        )

    codes = [call(f"plusone_{secrets.token_urlsafe(32)}").status_code for _ in range(100)]
    assert codes == [401] * rules.MISSES + [429] * (100 - rules.MISSES)
    refused = call("plusone_x")
    assert refused.json()["errors"][0]["code"] == "too_many"  # type: ignore[attr-defined]
    assert int(refused["Retry-After"]) > 0
    assert call(right).status_code == 200


def test_one_household_is_one_guesser() -> None:
    assert rules.network("2001:db8:1:2:3::4") == rules.network("2001:db8:1:2:ffff::9") == "2001:db8:1:2::/64"
    assert rules.network("2001:db8:1:3::4") != rules.network("2001:db8:1:2::4")
    assert rules.network("::ffff:192.0.2.1") == rules.network("192.0.2.1") == "192.0.2.1"
    assert rules.network("unix:") == "unix:"


def test_the_window_ends_to_the_microsecond(database: None) -> None:
    """P16's border, for sign-in and guesses alike: refused until the last moment, let in at the first."""
    for minutes, most, ask in (
        (of_signing.WINDOW_MINUTES, of_signing.TRIES_OF_ACCOUNT, _sign_in),
        (rules.WINDOW_MINUTES, rules.MISSES, _guess),
    ):
        address = browser.address()
        for _ in range(most):
            assert ask(address) == 0
        key = f"{'account' if ask is _sign_in else 'guess'}:"
        for ago, waits in ((f"{minutes - 1} minutes 59.999999 seconds", True), (f"{minutes} minutes", False)):
            with transaction.atomic():  # in which now() stands still
                _begin(key, ago)
                assert (ask(address) > 0) == waits, ago


def test_the_minute_of_orders_is_a_minute(shop: Tenant) -> None:
    """The limit of orders on the shop's pages, by the database's clock."""
    order = browser.order(shop, makers.goods(shop))
    with scope.tenant(shop.pk):
        customer = Order.objects.get(number=order.number).customer_id
        for ago, counted in (("40 seconds", 1), ("60 seconds", 0)):
            with connection.cursor() as cursor:
                cursor.execute(
                    "update plusone_order set placed_at = now() - %s::interval where number = %s",
                    [ago, order.number],
                )
            assert placed_lately(customer) == counted, ago


def test_guesses_at_the_same_moment_are_all_counted(database: None) -> None:
    assert _refused_of_a_crowd() == 120 - rules.MISSES


def test_without_the_one_statement_a_crowd_slips_through(
    database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: read, add, write back."""

    def naive(key: str, minutes: int) -> tuple[int, int]:
        before, _ = throttle.read(key, minutes)
        with connection.cursor() as cursor:
            cursor.execute("select pg_sleep(0.01)")
            cursor.execute(
                "insert into plusone_signintry (key, tries) values (%s, %s)"
                " on conflict (key) do update set tries = excluded.tries",
                [key, before + 1],
            )
        return before + 1, 900

    monkeypatch.setattr(throttle, "count", naive)
    assert _refused_of_a_crowd() < 120 - rules.MISSES


def test_old_counts_are_dropped(database: None) -> None:
    _guess(browser.address())
    _begin("guess:", "61 minutes")
    _guess("192.0.2.77")
    throttle.forget()
    assert set(SignInTry.objects.filter(key__startswith="guess:192.0.2.77").values_list("tries")) == {(1,)}
    assert not SignInTry.objects.filter(key__startswith="guess:fd00").exists()


def _trip(visitor: Client) -> None:
    for _ in range(rules.MISSES):
        assert visitor.get(f"/files/{secrets.token_hex(16)}.jpg").status_code == 404


def _refused_of_a_crowd() -> int:
    address = browser.address()

    def one(_: int) -> int:
        try:
            return _guess(address)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as crowd:
        return sum(wait > 0 for wait in crowd.map(one, range(120)))


def _guess(address: str) -> int:
    return guessing.missed(address, secrets.token_hex(8))


def _sign_in(address: str) -> int:
    return signing.admit(address, f"{address}@example.com")


def _begin(key: str, ago: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update plusone_signintry set began_at = now() - %s::interval where key like %s", [ago, f"{key}%"]
        )


def _guesses(shop: Tenant, each: int) -> Iterator[str]:
    for number in range(each):
        yield buyers.path(shop, f"p/{new_public_id()}")
        yield buyers.path(shop, f"orders/{new_public_id()}")
        yield buyers.path(shop, f"orders/{shop.key[:4]}-20260108-{number:04}")
        yield f"/files/{secrets.token_hex(16)}.jpg"


def _not_theirs(shop: Tenant) -> list[str]:
    """What is there and not for this buyer: hidden, another's, another shop's; under every name it has."""
    elsewhere = buyers.shop()
    hidden, foreign = makers.goods(shop, is_public=False), makers.goods(elsewhere)
    mine, theirs = browser.order(shop, makers.goods(shop)), browser.order(elsewhere, foreign)
    orders = [mine.public_id, mine.number, theirs.public_id, theirs.number]
    return [*orders, hidden.public_id, hidden.code, foreign.public_id, foreign.code]


_OF_THE_BODY = {"Content-Length", "X-Request-Id"}
_TOKENS = re.compile(
    rb'(name="csrf-token" content=|name="csrfmiddlewaretoken" value=|name="command" value=)"[^"]*"'
)


def _bytes(answer: HttpResponseBase, path: str) -> bytes:
    """All that came over the wire, tokens and the address itself left out."""
    body = _TOKENS.sub(b"", answer.content)  # type: ignore[attr-defined]
    headers = {name: value for name, value in answer.items() if name not in _OF_THE_BODY}
    return f"{answer.status_code} {headers} {sorted(answer.cookies)}".encode() + body.replace(
        path.encode(), b""
    )
