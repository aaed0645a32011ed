"""The web login, for shops without LIFF: an attempt of its own each time, and HS256 with a nonce (P31)."""

import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.line import id_token
from plusone.storefront.access import COOKIE
from plusone.storefront.models import BuyerSession
from plusone.tenants import actions as tenants
from plusone.tenants.models import Tenant
from tests import makers, running
from tests.storefront import buyers, line_keys

SECRET, NONCE, CHANNEL = secrets.token_hex(16), "n-" + secrets.token_hex(8), "1600000042"
PERSON = makers.user_id()


def _minted(secret: str = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    return jwt.encode(line_keys.told(PERSON, CHANNEL, **{"nonce": NONCE, **claims}), secret, algorithm)


BAD: dict[str, Callable[[], str]] = {
    "unsigned": lambda: jwt.encode(line_keys.told(PERSON, CHANNEL, nonce=NONCE), None, "none"),  # type: ignore[arg-type]
    "another secret": lambda: _minted(secrets.token_hex(16)),
    "another HMAC": lambda: _minted(SECRET * 2, "HS512"),
    "LIFF's algorithm": lambda: jwt.encode(
        line_keys.told(PERSON, CHANNEL, nonce=NONCE), ec.generate_private_key(ec.SECP256R1()), "ES256"
    ),
    "another attempt's nonce": lambda: _minted(nonce="n-0"),
    "no nonce": lambda: _minted(nonce=None),
    "another channel": lambda: _minted(aud="1600000043"),
    "another issuer": lambda: _minted(iss="https://line.me"),
    "expired": lambda: _minted(exp=int(time.time()) - 1),
    "from the future": lambda: _minted(iat=int(time.time()) + 600),
    "nobody": lambda: _minted(sub=""),
    "nothing": lambda: "",
}


def _read(token: str, **more: str) -> str:
    known = {"secret": SECRET, "channel_id": CHANNEL, "nonce": NONCE, **more}
    return id_token.from_web(token, now=time.time(), **known)


def test_a_right_token_names_its_person() -> None:
    assert _read(_minted()) == PERSON


@pytest.mark.parametrize("what", BAD)
def test_bad_tokens_name_nobody(what: str) -> None:
    with pytest.raises(id_token.BadIdToken):
        _read(BAD[what]())


@pytest.mark.parametrize("missing", ["secret", "channel_id", "nonce"])
def test_what_the_shop_has_not_set_lets_nobody_in(missing: str) -> None:
    with pytest.raises(id_token.BadIdToken):
        _read(_minted(), **{missing: ""})


@pytest.fixture
def shop(database: None, simulator: running.Simulator, settings: Any) -> Tenant:
    """A shop with a LINE Login channel at the simulator and no LIFF app."""
    settings.LINE_API_URL = settings.LINE_ACCESS_URL = simulator.url
    tenant = makers.shop()
    channel, secret = str(1_600_000_000 + secrets.randbelow(10**8)), secrets.token_hex(16)
    with scope.tenant(tenant.pk):
        tenants.connect_channel(HOUSE, login_channel_id=channel, login_secret=secret)
    simulator.post(
        "seed",
        {
            "channel_id": str(2_000_000_000 + secrets.randbelow(10**9)),
            "secret": secrets.token_hex(16),
            "access_token": secrets.token_urlsafe(24),
            "name": tenant.name,
            "webhook_url": "http://127.0.0.1:9/",
            "provider": f"provider-{tenant.slug}",
            "login_channel_id": channel,
            "login_channel_secret": secret,
            "login_callbacks": [f"http://testserver{buyers.path(tenant, 'enter/line/back')}"],
        },
    )
    return tenant


def _at_line(client: Client, shop: Tenant, **query: str) -> str:
    """Begin, answer LINE's page as Amy, and where LINE sends the browser then."""
    to = client.get(buyers.path(shop, "enter/line"), query)["Location"]
    answered = httpx2.post(to, data={"person": "amy", "answer": "allow"})
    assert answered.status_code == 302, answered.text
    return str(answered.headers["location"])


def test_a_shop_without_liff_signs_in_by_the_web(shop: Tenant) -> None:
    client = buyers.stranger()
    assert "enter/line" in client.get(buyers.path(shop, "enter")).content.decode()
    to = client.get(buyers.path(shop, "enter/line"))["Location"]
    assert parse_qs(urlsplit(to).query)["scope"] == ["openid"]
    following = buyers.path(shop, "orders")
    back = _at_line(client, shop, next=following)
    answer = client.get(back)
    assert answer["Location"] == following
    assert client.get(following).status_code == 200


def test_an_attempt_is_good_once_and_in_its_own_browser(shop: Tenant) -> None:
    client = buyers.stranger()
    back = _at_line(client, shop)
    thief = buyers.stranger()
    assert COOKIE not in thief.get(back).cookies
    kept = client.cookies["attempt"].value
    assert client.get(back).cookies[COOKIE].value
    for again in (client, buyers.stranger()):
        again.cookies.load({"attempt": kept})
        assert COOKIE not in again.get(back).cookies
    with scope.tenant(shop.pk):
        assert BuyerSession.objects.count() == 1


@pytest.mark.parametrize("query", ["", "state=x&code=y", "error=ACCESS_DENIED&state=x"])
def test_a_way_back_without_an_attempt_leads_to_the_sign_in(query: str, shop: Tenant) -> None:
    answer = buyers.stranger().get(f"{buyers.path(shop, 'enter/line/back')}?{query}")
    assert answer["Location"] == buyers.path(shop, "enter")
    assert COOKIE not in answer.cookies


def test_a_shop_without_a_login_channel_has_no_web_login(database: None) -> None:
    shop = makers.shop()
    client = buyers.stranger()
    assert client.get(buyers.path(shop, "enter/line"))["Location"] == buyers.path(shop, "enter")
    assert "enter/line" not in client.get(buyers.path(shop, "enter")).content.decode()
