"""The way in, who may open what, and the settings page."""

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, reverse

from plusone.base import scope
from plusone.catalogue.models import Product
from plusone.tenants import actions
from plusone.tenants.models import ApiToken, Channel, Member, Role, Tenant
from plusone.tenants.rules import PERMISSIONS, may
from plusone.urls import console
from tests import makers
from tests.tenants import browser

PASSWORD = "correct horse"
NOBODY = "http://127.0.0.1:9"  # nobody listens there: the connection check stays on this machine


def sign_in(client: Client, email: str, password: str = PASSWORD, to: str = "") -> str:
    """Post the sign-in form; where it leads, or the page's text."""
    answer = client.post("/sign-in/", {"email": email, "password": password, "next": to})
    return str(answer.headers.get("Location") or answer.content.decode())


def test_the_right_password_leads_to_the_only_shop(tenant: Tenant) -> None:
    member = makers.member(tenant)
    client = browser.stranger()
    assert sign_in(client, member.user.email.upper()) == "/"
    assert client.get("/").headers["Location"] == browser.path(tenant)


def test_a_wrong_password_and_an_unknown_person_are_refused_alike(tenant: Tenant) -> None:
    member = makers.member(tenant)
    for email, password in ((member.user.email, "wrong"), ("nobody@example.com", PASSWORD)):
        client = browser.stranger()
        assert "is not right" in sign_in(client, email, password)
        assert client.get("/").headers["Location"] == "/sign-in/"


def test_signing_in_changes_the_session_and_keeps_nothing_of_the_old_one(tenant: Tenant) -> None:
    client = browser.stranger()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = str(before)
    sign_in(client, makers.member(tenant).user.email)
    assert client.cookies["sessionid"].value != before


@pytest.mark.parametrize(
    "away", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_next_leads_to_our_own_pages_only(tenant: Tenant, away: str) -> None:
    assert sign_in(browser.stranger(), makers.member(tenant).user.email, to=away) == "/"


def test_next_leads_back_to_the_page_that_was_wanted(tenant: Tenant) -> None:
    wanted = browser.path(tenant, "orders/")
    client = browser.stranger()
    assert client.get(wanted).headers["Location"] == f"/sign-in/?next={wanted}"
    assert sign_in(client, makers.member(tenant).user.email, to=wanted) == wanted


def test_who_is_in_several_shops_chooses(tenant: Tenant) -> None:
    member, other = makers.member(tenant), makers.shop(name="另一家店")
    with scope.tenant(other.pk):
        actions.add_member(member.user, Role.STAFF)
    client = browser.stranger()
    sign_in(client, member.user.email)
    text = client.get("/").content.decode()
    assert browser.path(tenant) in text
    assert "另一家店" in text


def test_signing_out_ends_the_session(tenant: Tenant) -> None:
    client = browser.at(tenant)
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get(browser.path(tenant)).status_code == 302


def test_the_demo_entry_exists_in_the_demo_only(tenant: Tenant) -> None:
    client = browser.stranger()
    assert client.post("/sign-in/demo").status_code == 404
    with override_settings(DEMO=True):
        makers_demo()
        assert "Enter as" in client.get("/sign-in/").content.decode()
        client.post("/sign-in/demo")
    assert client.get("/").headers["Location"] == "/t/demo/console/"


def makers_demo() -> None:
    """The shop that the demo would have made."""
    if not Tenant.objects.filter(slug="demo").exists():
        makers.member(actions.open_tenant("demo", "示範小店"))


def test_a_fragment_asked_for_after_the_session_ended_sends_the_page_to_sign_in() -> None:
    answer = browser.stranger().get("/sign-in/?next=/t/x/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/sign-in/"


def fillings(tenant: Tenant, route: URLPattern) -> dict[str, str | int]:
    """Arguments that make an address of the route; what they name need not exist."""
    names = route.pattern.converters
    known: dict[str, str | int] = {
        "slug": tenant.slug,
        "number": "X-1",
        "code": "1",
        "pk": 1,
        "customer_id": 1,
        "entry": 1,
        "variant": 1,
        "name": "nothing",
        "kind": "csv",
    }
    return {"slug": tenant.slug} | {name: known[name] for name in names}


@override_settings(LINE_API_URL=NOBODY, LINE_DATA_API_URL=NOBODY)
@pytest.mark.parametrize("route", console, ids=lambda route: route.name)
def test_every_console_view_has_a_permission_and_keeps_to_it(tenant: Tenant, route: URLPattern) -> None:
    permission = route.callback.permission  # type: ignore[attr-defined]
    assert permission in PERMISSIONS
    url = reverse(str(route.name), kwargs=fillings(tenant, route))
    for method in ("get", "post"):
        if getattr(browser.at(tenant), method)(url).status_code == 405:
            continue
        assert getattr(browser.stranger(), method)(url).headers["Location"].startswith("/sign-in/")
        assert getattr(browser.at(makers.shop()), method)(url).status_code == 403
        for role in Role.values:
            status = getattr(browser.at(tenant, role), method)(url).status_code
            assert (status == 403) is not may(role, permission), (role, status)
            assert status < 500


def test_the_seed_documents_own_addresses_show_the_same_pages(tenant: Tenant) -> None:
    makers.goods(tenant, "高山茶")
    client = browser.at(tenant)
    for name in ("products", "orders"):
        told = client.get(f"/t/{tenant.slug}/liff/admin/{name}").content.decode()
        assert "高山茶" in told or name == "orders"
        assert f'href="/t/{tenant.slug}/console/{name}/" aria-current="page"' in " ".join(told.split())


def test_pages_answer_in_three_languages(tenant: Tenant) -> None:
    client = browser.at(tenant)
    for language, word, lang in (("zh-hant", "今日", "zh-Hant"), ("ja", "今日", "ja"), ("en", "Today", "en")):
        text = client.get(browser.path(tenant), {"lang": language}).content.decode()
        assert f"<h1>{word}</h1>" in text
        assert f'<html lang="{lang}">' in text


def line_fields(**changed: str) -> dict[str, str]:
    """A LINE form that can be stored."""
    fields = {"channel_id": "1650000009", "login_channel_id": "1650000010", "liff_id": "1650000010-AbcdEfgh"}
    return {**fields, "secret": "", "token": "", "login_secret": "", **changed}


def test_the_line_account_is_stored_and_empty_secrets_stay(tenant: Tenant) -> None:
    client = browser.at(tenant)
    with scope.tenant(tenant.pk):
        before = Channel.objects.get()
        token, secret = before.access_token(), before.secrets()[0]
    new_login = "0123456789abcdef" * 2
    answer = client.post(browser.path(tenant, "settings/line"), line_fields(login_secret=new_login))
    assert answer.status_code == 302
    with scope.tenant(tenant.pk):
        now = Channel.objects.get()
        assert (now.channel_id, now.liff_id) == ("1650000009", "1650000010-AbcdEfgh")
        assert (now.access_token(), now.secrets()[0], now.login_secret()) == (token, secret, new_login)
    text = client.get(browser.path(tenant, "settings/")).content.decode()
    assert not any(value in text for value in (token, secret, new_login))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("channel_id", "12a", "only digits"),
        ("secret", "too short", "32 characters"),
        ("token", "with a space in the middle of it", "copy it whole"),
        ("liff_id", "nonsense", "LIFF ID looks like"),
    ],
)
def test_bad_line_settings_are_explained(tenant: Tenant, field: str, value: str, said: str) -> None:
    answer = browser.at(tenant).post(browser.path(tenant, "settings/line"), line_fields(**{field: value}))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with scope.tenant(tenant.pk):
        assert Channel.objects.get().channel_id != "1650000009"


SHOP = {
    "lenient": "on",
    "quota_floor": "20",
    "order_words": "喊，包了 , 喊",
    "payment_note": " 永豐 807\r\n1234567890123 ",
}


def test_how_the_shop_answers_is_stored(tenant: Tenant) -> None:
    assert browser.at(tenant).post(browser.path(tenant, "settings/shop"), SHOP).status_code == 302
    tenant.refresh_from_db()
    assert (tenant.lenient, tenant.push_answers, tenant.quota_floor) == (True, False, 20)
    assert tenant.words == {"order": ["喊", "包了"]}
    assert tenant.payment_note == "永豐 807\n1234567890123"


def test_a_bad_number_of_kept_messages_is_explained(tenant: Tenant) -> None:
    answer = browser.at(tenant).post(browser.path(tenant, "settings/shop"), {**SHOP, "quota_floor": "many"})
    assert answer.status_code == 422
    assert "such as 50" in answer.content.decode()
    tenant.refresh_from_db()
    assert tenant.quota_floor == 50


def test_a_pairing_code_is_six_digits_on_the_page(tenant: Tenant) -> None:
    client = browser.at(tenant)
    client.post(browser.path(tenant, "settings/pairing"))
    with scope.tenant(tenant.pk):
        code = Member.objects.exclude(pairing_code="").get().pairing_code
    assert code in client.get(browser.path(tenant, "settings/")).content.decode()


def test_an_api_token_is_shown_once_and_works(tenant: Tenant) -> None:
    client = browser.at(tenant)
    text = client.post(browser.path(tenant, "settings/tokens"), {"name": "ERP"}).content.decode()
    token = text.split("plusone_")[1].split("<")[0]
    assert actions.find_token(f"plusone_{token}") is not None
    again = client.get(browser.path(tenant, "settings/")).content.decode()
    assert "ERP" in again
    assert token not in again


def test_an_api_token_needs_a_name(tenant: Tenant) -> None:
    answer = browser.at(tenant).post(browser.path(tenant, "settings/tokens"), {"name": " "})
    assert answer.status_code == 422
    with scope.tenant(tenant.pk):
        assert not ApiToken.objects.exists()


LISTS = ["", "orders/", "products/", "customers/", "messages/", "settings/"]


@pytest.mark.parametrize("rest", LISTS)
def test_a_list_of_three_costs_no_more_queries_than_a_list_of_one(tenant: Tenant, rest: str) -> None:
    makers.goods(tenant, stock=50)
    makers.hear(tenant, makers.text(makers.friend(tenant), "+1"))
    client = browser.at(tenant)
    client.get(browser.path(tenant, rest))
    one = queries(client, browser.path(tenant, rest))
    for name in ("紅茶", "綠茶"):
        browser.order(tenant, makers.goods(tenant, name, options={("黑",): 9, ("白",): 9}))
        makers.hear(tenant, makers.text(makers.friend(tenant), "+1"))
    with scope.tenant(tenant.pk):
        assert Product.objects.count() == 3
    assert queries(client, browser.path(tenant, rest)) == one


def queries(client: Client, url: str) -> int:
    """How many statements the page costs."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
