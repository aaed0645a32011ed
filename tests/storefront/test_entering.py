"""A LIFF buyer is who LINE says (P31)."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from django.test import Client

from plusone.base import scope
from plusone.customers.models import Contact
from plusone.storefront.access import COOKIE
from plusone.storefront.actions import sessions
from plusone.storefront.models import BuyerSession
from plusone.tenants.models import Channel, Tenant
from tests import makers
from tests.storefront import buyers, line_keys

Line = line_keys.Line
Forge = Callable[[Line, Tenant, str], str]


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _unsigned(line: Line, shop: Tenant, person: str) -> str:
    return jwt.encode(line_keys.told(person, buyers.channel_of(shop)), None, "none", headers={"kid": "first"})  # type: ignore[arg-type]


def _signed_with_the_public_key(line: Line, shop: Tenant, person: str) -> str:
    """The old trick: what everybody may read, used as an HMAC secret."""
    published = json.dumps(line.published()["keys"][0]).encode()
    claims = line_keys.told(person, buyers.channel_of(shop))
    said = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'first'})}.{_part(claims)}"
    mac = hmac.digest(published, said.encode(), "sha256")
    return f"{said}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def _signed_with_the_channel_secret(line: Line, shop: Tenant, person: str) -> str:
    """Right for the web login, wrong for LIFF."""
    with scope.tenant(shop.pk):
        secret = Channel.objects.get().login_secret()
    return jwt.encode(line_keys.told(person, buyers.channel_of(shop)), secret, "HS256")


def _signed_with_another_key(line: Line, shop: Tenant, person: str) -> str:
    stranger = line_keys.Line()
    stranger.add_key("first")
    return stranger.token(person, buyers.channel_of(shop))


def _changed_afterwards(line: Line, shop: Tenant, person: str) -> str:
    head, _, sign = line.token(makers.user_id(), buyers.channel_of(shop)).split(".")
    return f"{head}.{_part(line_keys.told(person, buyers.channel_of(shop)))}.{sign}"


def _with_a_key_of_its_own(line: Line, shop: Tenant, person: str) -> str:
    """The header brings the key that it should be checked with."""
    stranger = line_keys.Line()
    stranger.add_key("first")
    headers = {"kid": "made-up", "jwk": stranger.published()["keys"][0], "jku": "https://evil.example/certs"}
    claims = line_keys.told(person, buyers.channel_of(shop))
    return jwt.encode(claims, stranger.keys["first"], "ES256", headers=headers)


def _claiming(**claims: Any) -> Forge:
    return lambda line, shop, person: line.token(
        person, buyers.channel_of(shop), **{name: _value(value) for name, value in claims.items()}
    )


def _value(value: Any) -> Any:
    return value() if callable(value) else value


BAD: dict[str, Forge] = {
    "unsigned": _unsigned,
    "the public key as a secret": _signed_with_the_public_key,
    "the channel secret": _signed_with_the_channel_secret,
    "somebody else's key under LINE's id": _signed_with_another_key,
    "a key that came along": _with_a_key_of_its_own,
    "changed after signing": _changed_afterwards,
    "expired": _claiming(exp=lambda: int(time.time()) - 1),
    "from the future": _claiming(iat=lambda: int(time.time()) + 600, exp=lambda: int(time.time()) + 4000),
    "without an end": _claiming(exp=None),
    "another issuer": _claiming(iss="https://access.line.me.evil.example"),
    "another channel": _claiming(aud="1600000000"),
    "ours among several": lambda line, shop, person: line.token(
        person, buyers.channel_of(shop), aud=[buyers.channel_of(shop), "1600000000"]
    ),
    "another shop's LIFF": lambda line, shop, person: line.token(person, buyers.channel_of(buyers.shop())),
    "nobody": _claiming(sub=None),
    "no user id": _claiming(sub="1 or 1=1"),
    "an access token": lambda line, shop, person: "eyJhbGciOiJIUzI1NiJ9." + "a" * 120,
    "a user id": lambda line, shop, person: person,
    "nothing": lambda line, shop, person: "",
}


def _enter(client: Client, shop: Tenant, token: str, **more: str) -> Any:
    return client.post(buyers.path(shop, "session"), {"id_token": token, **more})


def test_a_token_of_line_opens_a_session(shop: Tenant, line: Line) -> None:
    person = makers.user_id()
    client = buyers.stranger()
    answer = _enter(client, shop, line.token(person, buyers.channel_of(shop)))
    assert answer.status_code == 204
    cookie = answer.cookies[COOKIE]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"]) == ("Lax", f"/t/{shop.slug}/liff")
    assert client.get(buyers.path(shop, "orders")).status_code == 200
    with scope.tenant(shop.pk):
        assert BuyerSession.objects.get().contact.line_user_id == person
        assert cookie.value not in str(BuyerSession.objects.values().get())


@pytest.mark.parametrize("what", BAD)
def test_bad_tokens_open_nothing(what: str, shop: Tenant, line: Line) -> None:
    client, person = buyers.stranger(), makers.user_id()
    answer = _enter(client, shop, BAD[what](line, shop, person))
    assert answer.status_code == 401
    assert answer.json() == {"error": "expired" if what == "expired" else "refused"}
    assert COOKIE not in answer.cookies
    with scope.tenant(shop.pk):
        assert not BuyerSession.objects.exists()
        assert not Contact.objects.filter(line_user_id=person).exists()


def test_a_shop_without_liff_lets_nobody_in(database: None, line: Line) -> None:
    shop = makers.shop()
    assert _enter(buyers.stranger(), shop, line.token(makers.user_id(), "")).status_code == 401


def test_what_the_page_says_of_people_changes_nothing(shop: Tenant, line: Line) -> None:
    me, victim = makers.user_id(), makers.friend(shop)
    client = buyers.stranger()
    client.cookies["user_id"] = client.cookies["contact_id"] = victim
    token = line.token(me, buyers.channel_of(shop), name="老闆", picture="https://evil.example/x.jpg")
    lies = {"user_id": victim, "sub": victim, "contact_id": "1", "customer_id": "1", "name": "老闆"}
    answer = client.post(f"{buyers.path(shop, 'session')}?user_id={victim}", {"id_token": token, **lies})
    assert answer.status_code == 204
    with scope.tenant(shop.pk):
        contact = BuyerSession.objects.get().contact
        assert (contact.line_user_id, contact.display_name, contact.picture_url) == (me, "", "")


def test_a_session_is_of_one_shop(shop: Tenant) -> None:
    other = buyers.shop()
    client = buyers.at(shop)
    assert client.get(buyers.path(shop, "orders")).status_code == 200
    assert "/enter" in client.get(buyers.path(other, "orders"))["Location"]


def test_sessions_end(shop: Tenant, line: Line) -> None:
    client = buyers.at(shop)
    stolen = client.cookies[COOKIE].value
    client.post(buyers.path(shop, "leave"))
    client.cookies[COOKIE] = stolen
    assert client.get(buyers.path(shop, "orders")).status_code == 302
    again = buyers.at(shop)
    with scope.tenant(shop.pk):
        BuyerSession.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert again.get(buyers.path(shop, "orders")).status_code == 302
    with scope.nowhere():
        sessions.forget_old()
    with scope.tenant(shop.pk):
        assert not BuyerSession.objects.exists()


def test_signing_in_again_ends_the_session_before(shop: Tenant, line: Line) -> None:
    client = buyers.at(shop)
    _enter(client, shop, line.token(makers.user_id(), buyers.channel_of(shop)))
    with scope.tenant(shop.pk):
        assert BuyerSession.objects.count() == 1


def test_forms_from_elsewhere_are_refused(shop: Tenant, line: Line) -> None:
    """State-changing calls need our CSRF token, the sign-in too: nobody is signed in as somebody else."""
    client = buyers.at(shop, enforce_csrf_checks=True)
    product = makers.goods(shop)
    assert buyers.order(client, shop, product).status_code == 403
    assert _enter(client, shop, line.token(makers.user_id(), buyers.channel_of(shop))).status_code == 403
    assert client.post(buyers.path(shop, "leave")).status_code == 403
    assert buyers.orders(shop) == []
    client.get(buyers.path(shop))
    token = client.cookies["csrftoken"].value
    assert buyers.order(client, shop, product, csrfmiddlewaretoken=token).status_code == 302
    assert len(buyers.orders(shop)) == 1


def test_the_consoles_session_is_another(shop: Tenant) -> None:
    """A buyer is nobody in the console, and a member is no buyer."""
    assert buyers.at(shop).get(f"/t/{shop.slug}/console/").status_code == 302
    owner = buyers.stranger()
    owner.force_login(makers.member(shop).user)
    assert "/enter" in owner.get(buyers.path(shop, "orders"))["Location"]


def test_new_keys_are_asked_for_and_made_up_ids_do_not_make_us_ask(
    shop: Tenant, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = line.token(makers.user_id(), buyers.channel_of(shop))
    assert _enter(buyers.stranger(), shop, token).status_code == 204
    asked = line.asked
    stranger = line_keys.Line()
    for number in range(5):
        stranger.add_key(f"made-up-{number}")
        forged = stranger.token(makers.user_id(), buyers.channel_of(shop), key_id=f"made-up-{number}")
        assert _enter(buyers.stranger(), shop, forged).status_code == 401
    assert line.asked <= asked + 1
    monkeypatch.setattr("plusone.line.keys.PATIENCE_SECONDS", 0.0)
    line.add_key("second")
    fresh = line.token(makers.user_id(), buyers.channel_of(shop), key_id="second")
    assert _enter(buyers.stranger(), shop, fresh).status_code == 204


def test_line_that_does_not_answer_is_not_the_buyers_fault(shop: Tenant, line: Line, settings: Any) -> None:
    settings.LINE_API_URL = "http://127.0.0.1:9"
    answer = _enter(buyers.stranger(), shop, line.token(makers.user_id(), buyers.channel_of(shop)))
    assert (answer.status_code, answer.json()) == (503, {"error": "line_silent"})


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/t/{slug}/liff/../console/", "/sign-in/",
     "javascript:alert(1)", "/t/{slug}/liff//evil.example", "/t/{slug}/liff/\t//evil.example"],
)  # fmt: skip
def test_the_sign_in_leads_nowhere_else(wanted: str, shop: Tenant) -> None:
    answer = buyers.stranger().get(buyers.path(shop, "enter"), {"next": wanted.format(slug=shop.slug)})
    assert f'data-next="/t/{shop.slug}/liff/"' in answer.content.decode()
