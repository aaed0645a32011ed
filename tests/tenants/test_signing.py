"""Merchants come in: by LINE through the simulator, to a shop of their own; and the throttle of passwords."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import connection
from django.test import Client

from plusone.base import scope
from plusone.base.models import AuditEntry
from plusone.tenants import line_login
from plusone.tenants.actions import signing
from plusone.tenants.models import Member, Tenant, User
from plusone.tenants.models.signing import SignInTry
from plusone.tenants.rules import signing as rules
from tests import makers
from tests.running import Simulator
from tests.tenants import browser

CHANNEL, SECRET = "1650000009", "ab" * 16
CALLBACK = "http://testserver/sign-in/line/callback"


@pytest.fixture
def line(simulator: Simulator, database: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Simulator:
    """The platform's Login channel at the simulator, and a person of its own for this test."""
    simulator.post("seed", {"channel_id": "1659999999", "secret": "s", "access_token": "t", "name": "x"})
    known = {one["id"] for one in simulator.get("login-channels")["login_channels"]}
    body = {
        "id": CHANNEL,
        "name": "Plusone",
        "secret": SECRET,
        "provider": "plusone",
        "callbacks": [CALLBACK],
    }
    if CHANNEL not in known:
        simulator.post("login-channels", body)
    settings.LINE_LOGIN_CHANNEL_ID = CHANNEL
    settings.SOCIALACCOUNT_PROVIDERS = {
        "line": {
            **settings.SOCIALACCOUNT_PROVIDERS["line"],
            "APPS": [{"client_id": CHANNEL, "secret": SECRET}],
        }
    }
    for name, path in (("access_token_url", "oauth2/v2.1/token"), ("profile_url", "v2/profile")):
        monkeypatch.setattr(line_login.AtLine, name, f"{simulator.url}/{path}")
    monkeypatch.setattr(line_login.AtLine, "authorize_url", f"{simulator.url}/oauth2/v2.1/authorize")
    return simulator


@pytest.fixture
def person(line: Simulator) -> str:
    name = f"p{secrets.token_hex(5)}"
    line.post("people", {"id": name, "name": "阿珍"})
    return name


def _by_line(visitor: Client, person: str, answer: str = "allow", query: str = "") -> Any:
    """To LINE, let in (or not) there as this person, and back; our answer to the callback."""
    there = visitor.post(f"/sign-in/line/{query}")
    assert there.status_code == 302
    back = httpx2.post(there["Location"], data={"person": person, "answer": answer})
    address = urlsplit(back.headers["location"])
    assert back.headers["location"].startswith(CALLBACK)
    return visitor.get(f"{address.path}?{address.query}")


def _shop(**more: str) -> dict[str, str]:
    mark = secrets.token_hex(5)
    told = {
        "name": f"阿珍選物 Jen {mark}",
        "market": "tw",
        "contact": "阿珍",
        "email": f"Jen-{mark}@example.com",
    }
    return {**told, "phone": "0912-345-678", "slug": "", **more}


def test_a_merchant_signs_up_and_owns_a_shop_with_its_own_place(person: str) -> None:
    visitor = browser.stranger()
    assert _by_line(visitor, person)["Location"] == "/sign-up/"
    page = visitor.get("/sign-up/").content.decode()
    assert "Hello 阿珍!" in page
    told = _shop()
    opened = visitor.post("/sign-up/", told)
    tenant = Tenant.objects.get(contact_email=told["email"])
    assert tenant.slug == told["name"].split("選物 ")[1].lower().replace(" ", "-")
    assert opened["Location"].startswith(f"/t/{tenant.slug}/console/")
    assert visitor.get(opened["Location"]).status_code == 200
    assert (tenant.contact_name, tenant.contact_phone) == ("阿珍", "0912-345-678")
    assert (tenant.timezone, tenant.currency, tenant.language) == ("Asia/Taipei", "TWD", "en")
    with scope.tenant(tenant.pk):
        member = Member.objects.get()
        assert (member.role, member.user.email) == ("owner", told["email"].lower())
        assert AuditEntry.objects.filter(action="shop.opened").count() == 1


def test_the_next_time_line_is_enough(person: str) -> None:
    first = browser.stranger()
    _by_line(first, person)
    first.post("/sign-up/", _shop())
    again = browser.stranger()
    assert _by_line(again, person)["Location"] == "/"
    assert "/console/" in again.get("/")["Location"]
    there = browser.stranger()
    assert _by_line(there, person, query="?next=/t/x/console/orders/")["Location"] == "/t/x/console/orders/"
    evil = browser.stranger()
    assert _by_line(evil, person, query="?next=https://evil.example/")["Location"] == "/"


def test_a_refusal_at_line_leads_back_with_a_sentence(person: str) -> None:
    visitor = browser.stranger()
    answer = _by_line(visitor, person, answer="refuse")
    assert answer["Location"] == "/sign-in/?line=refused"
    assert "allow us in at LINE" in visitor.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("query", ["?code=x&state=y", "?state=y", "", "?error=SERVER_ERROR"])
def test_a_callback_nobody_asked_for_lets_nobody_in(line: Simulator, query: str) -> None:
    visitor = browser.stranger()
    assert visitor.get(f"/sign-in/line/callback{query}")["Location"] == "/sign-in/?line=failed"
    assert visitor.get("/sign-up/")["Location"] == "/sign-in/"


def test_another_browsers_callback_lets_nobody_in(person: str) -> None:
    there = browser.stranger().post("/sign-in/line/")
    back = httpx2.post(there["Location"], data={"person": person, "answer": "allow"}).headers["location"]
    victim = browser.stranger()
    assert victim.get(back.removeprefix("http://testserver"))["Location"] == "/sign-in/?line=failed"


def test_a_known_e_mail_is_not_taken_over(person: str) -> None:
    tenant = makers.shop()
    victim = makers.member(tenant).user
    visitor = browser.stranger()
    _by_line(visitor, person)
    answer = visitor.post("/sign-up/", _shop(email=victim.email.upper()))
    assert answer.status_code == 422
    assert "already" in answer.content.decode()
    assert not SocialAccount.objects.filter(user=victim).exists()
    assert visitor.get("/")["Location"] == "/sign-in/"


@pytest.mark.parametrize(
    ("field", "value"),
    [("slug", "demo x"), ("phone", "call me"), ("name", " "), ("email", "x"), ("market", "mars")],
)
def test_what_is_wrong_in_the_form_is_said_and_nothing_is_made(person: str, field: str, value: str) -> None:
    visitor = browser.stranger()
    _by_line(visitor, person)
    before = Tenant.objects.count()
    answer = visitor.post("/sign-up/", _shop(**{field: value}))
    assert answer.status_code == 422
    assert f"id_{field}_error" in answer.content.decode()
    assert Tenant.objects.count() == before


def test_a_taken_place_is_said_and_the_next_is_proposed(person: str) -> None:
    slug = makers.shop().slug
    visitor = browser.stranger()
    _by_line(visitor, person)
    assert "taken" in visitor.post("/sign-up/", _shop(slug=slug)).content.decode()
    told = _shop(name=slug)
    visitor.post("/sign-up/", told)
    assert Tenant.objects.get(contact_email=told["email"]).slug == f"{slug}-2"


def test_line_is_added_to_an_account_and_never_to_two(person: str) -> None:
    tenant = makers.shop()
    owner = makers.member(tenant).user
    visitor = browser.stranger()
    visitor.force_login(owner)
    settings_page = f"/t/{tenant.slug}/console/settings/"
    assert "Add my LINE" in visitor.get(settings_page).content.decode()
    join = f"?process=connect&next={settings_page}"
    assert _by_line(visitor, person, query=join)["Location"] == settings_page
    assert "You sign in with your LINE" in visitor.get(settings_page).content.decode()
    again = browser.stranger()
    assert _by_line(again, person)["Location"] == "/"
    other = browser.at(tenant)
    answer = _by_line(other, person, query=join)
    assert answer["Location"] == f"{settings_page}?line=taken"
    assert "belongs to another account" in other.get(answer["Location"]).content.decode()
    assert browser.stranger().post("/sign-in/line/?process=connect")["Location"] == "/sign-in/"


def test_an_invited_person_comes_in_by_line_without_a_shop_of_their_own(person: str) -> None:
    visitor = browser.stranger()
    assert _by_line(visitor, person, query="?next=/join/some-token/")["Location"] == "/sign-up/"
    before = Tenant.objects.count()
    told = {"contact": "阿珍", "email": f"{secrets.token_hex(5)}@example.com"}
    assert visitor.post("/sign-up/", told)["Location"] == "/join/some-token/"
    assert Tenant.objects.count() == before
    assert User.objects.get(email=told["email"]).name == "阿珍"


def test_without_a_channel_there_is_no_way_by_line(database: None) -> None:
    visitor = browser.stranger()
    assert visitor.post("/sign-in/line/").status_code == 404
    assert "with LINE" not in visitor.get("/sign-in/").content.decode()


def test_passwords_are_tried_ten_times_and_no_more(database: None) -> None:
    email = f"{secrets.token_hex(5)}@example.com"
    User.objects.create_user(email, "x", "the right one")
    visitor = Client(headers={"accept-language": "en"}, REMOTE_ADDR="192.0.2.1")
    for _ in range(rules.TRIES_OF_ACCOUNT):
        assert visitor.post("/sign-in/", {"email": email, "password": "wrong"}).status_code == 200
    refused = visitor.post("/sign-in/", {"email": email.upper(), "password": "the right one"})
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= rules.WINDOW_MINUTES * 60
    assert "Please wait 15 minutes" in refused.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("update plusone_signintry set began_at = began_at - interval '15 minutes 1 second'")
    assert visitor.post("/sign-in/", {"email": email, "password": "the right one"}).status_code == 302
    assert not SignInTry.objects.filter(key__startswith="account:", tries__gt=rules.TRIES_OF_ACCOUNT).exists()


def test_one_address_may_not_try_many_accounts(database: None) -> None:
    for number in range(rules.TRIES_FROM_ADDRESS):
        assert signing.admit("192.0.2.2", f"{number}@example.com") == 0
    assert signing.admit("192.0.2.2", "another@example.com") > 0
    assert signing.admit("192.0.2.3", "another@example.com") == 0


def test_the_right_password_ends_the_count(database: None) -> None:
    for _ in range(rules.TRIES_OF_ACCOUNT * 2):
        assert signing.admit("192.0.2.4", "busy@example.com") == 0
        signing.succeeded("192.0.2.4", "busy@example.com")


def test_tries_at_the_same_moment_are_all_counted(database: None) -> None:
    def one(_: int) -> int:
        try:
            return signing.admit("192.0.2.5", "race@example.com")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as crowd:
        waits = list(crowd.map(one, range(40)))
    assert waits.count(0) == rules.TRIES_OF_ACCOUNT


@pytest.mark.parametrize(
    ("name", "email", "slug"),
    [
        ("Lin's Tea & Co.", "x@example.com", "lin-s-tea-co"),
        ("林媽媽的團購小鋪", "lin.mama@example.com", "lin-mama"),
        ("Café Ōsaka", "x@example.com", "cafe-osaka"),
        ("林", "林@example.com", "shop"),
        ("123", "1@example.com", "shop"),
        ("a" * 80, "x@example.com", "a" * 30),
    ],
)
def test_a_place_is_proposed_from_the_name(name: str, email: str, slug: str) -> None:
    found = rules.slugs(name, email)
    assert [next(found), next(found)] == [slug, f"{slug}-2"]
