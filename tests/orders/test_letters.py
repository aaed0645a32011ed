"""Messages to buyers from an order's page (JG17): words and cost, that they leave once, their fate."""

import re
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from plusone.base import numbers, scope
from plusone.chat.actions.quota import month_of
from plusone.chat.models import OutboxMessage, QuotaMonth
from plusone.customers.models import Contact, Customer
from plusone.orders.models import Letter, Order
from plusone.orders.rules import letters
from plusone.tenants.models import Tenant
from tests import makers
from tests.chat.at_line import AtLine
from tests.tenants import browser

COMMAND = re.compile(r'name="command" value="([^"]+)"')


def letter_page(client: Client, tenant: Tenant, number: str, **query: str) -> str:
    """The letter's page."""
    answer = client.get(browser.path(tenant, f"orders/{number}/letter"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def written(page: str) -> str:
    """What stands in the form's text."""
    found = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", page, re.S)
    assert found
    return found[1]


def send(client: Client, tenant: Tenant, number: str, **fields: str) -> Any:
    """Send the letter's form, with a new command unless one is given."""
    page = letter_page(client, tenant, number)
    command = COMMAND.search(page)
    assert command
    body = {"kind": "", "language": "en", "text": "您好", "command": command[1], **fields}
    return client.post(browser.path(tenant, f"orders/{number}/letter"), body)


def queued(tenant: Tenant) -> list[OutboxMessage]:
    with scope.tenant(tenant.pk):
        return list(OutboxMessage.objects.filter(kind="order_letter").order_by("id"))


def test_a_template_comes_filled_in_the_buyers_language(tenant: Tenant) -> None:
    product = makers.goods(tenant, "鳳梨酥", price=450, stock=9)
    number = browser.order(tenant, product, 2, person=makers.friend(tenant, "ja")).number
    client = browser.at(tenant)
    client.post(browser.path(tenant, f"orders/{number}/tracking"), {"tracking_number": "SF123"})
    words = written(letter_page(client, tenant, number, kind="shipped"))
    for part in ("小美 様", number, "・鳳梨酥 ×2", "追跡番号 SF123", tenant.name):
        assert part in words
    words = written(letter_page(client, tenant, number, kind="purchased", language="zh-hant"))
    assert "您的訂購已完成" in words
    assert "NT$900" in words
    assert written(letter_page(client, tenant, number, kind="")) == ""


def test_a_line_without_a_value_is_left_out(tenant: Tenant) -> None:
    number = browser.order(tenant, makers.goods(tenant)).number
    words = written(letter_page(browser.at(tenant), tenant, number, kind="shipped", language="en"))
    assert "on its way" in words
    assert "Tracking" not in words


def test_the_page_is_about_the_letter_that_fits_and_a_change_of_status_offers_it(tenant: Tenant) -> None:
    number = browser.order(tenant, makers.goods(tenant)).number
    client, url = browser.at(tenant), browser.path(tenant, f"orders/{number}/")
    said = client.post(f"{url}status", {"status": "shipped"}, follow=True).content.decode()
    assert f'href="{url}letter?kind=shipped"' in said
    assert "on its way" in written(letter_page(client, tenant, number, language="en"))
    assert "letter?kind" not in client.get(url).content.decode()


def test_what_is_typed_is_drawn_as_line_draws_it(tenant: Tenant) -> None:
    client = browser.at(tenant)
    drawn = client.post(browser.path(tenant, "messages/preview"), {"text": "第一行\n<b>"}).content.decode()
    assert '<p class="bubble user-text">第一行\n&lt;b&gt;</p>' in drawn
    assert "<html" not in drawn
    assert (
        "bubble" not in client.post(browser.path(tenant, "messages/preview"), {"text": " "}).content.decode()
    )


def test_the_cost_is_said_before(line: AtLine) -> None:
    tenant = line.tenant
    number = browser.order(tenant, makers.goods(tenant), person=line.people["xiaomei"]).number
    client = browser.at(tenant)
    assert "is not known yet" in letter_page(client, tenant, number)
    with scope.tenant(tenant.pk):
        month = QuotaMonth.objects.create(
            month=month_of(numbers.database_now()), cap=200, used=80, reserved=1
        )
    shown = letter_page(client, tenant, number)
    assert "Costs 1 paid push.<br>119 are left this month." in shown
    assert "50 of them are kept for answers to orders" in shown
    with scope.tenant(tenant.pk):
        QuotaMonth.objects.filter(pk=month.pk).update(used=199)
    assert "No paid push is left this month" in letter_page(client, tenant, number)
    with scope.tenant(tenant.pk):
        QuotaMonth.objects.filter(pk=month.pk).update(cap=None)
    assert "LINE sets no limit for your account" in letter_page(client, tenant, number)


def test_two_taps_send_one_letter_and_history_tells_it(line: AtLine) -> None:
    tenant = line.tenant
    number = browser.order(tenant, makers.goods(tenant), person=line.people["xiaomei"]).number
    client = browser.at(tenant, "manager")
    for _ in range(2):
        answer = send(client, tenant, number, kind="shipped", text="出貨囉！", command="a" * 16)
        assert answer.status_code == 302
    (row,) = queued(tenant)
    assert (row.rank, row.ways, row.user_id) == (1, ["push", "ride"], line.people["xiaomei"])
    line.send()
    assert line.texts() == ["出貨囉！"]
    shown = client.get(browser.path(tenant, f"orders/{number}/")).content.decode()
    assert shown.count("Message to the buyer: Shipped") == 1
    assert "出貨囉！" in shown
    assert "already sent for this order" in letter_page(client, tenant, number, kind="shipped")


def test_its_fate_stands_on_the_orders_page(line: AtLine) -> None:
    """Accepted; waiting when the quota is used up; and what LINE's 200 to a blocked push is worth."""
    tenant = line.tenant
    number = browser.order(tenant, makers.goods(tenant), person=line.people["xiaomei"]).number
    client = browser.at(tenant)

    def fate() -> str:
        page = client.get(browser.path(tenant, f"orders/{number}/")).content.decode()
        found = re.search(r'hx-get="([^"]*messages/about[^"]*)"', page)
        assert found
        return client.get(found[1].replace("&amp;", "&")).content.decode()

    send(client, tenant, number)
    assert 'hx-trigger="every 2s"' in fate()
    line.send()
    told = fate()
    assert "Accepted by LINE" in told
    assert "paid push" in told
    assert "every 2s" not in told
    with scope.tenant(tenant.pk):
        Contact.objects.filter(line_user_id=line.people["xiaomei"]).update(
            blocked_at=queued(tenant)[0].final_at
        )
    assert "it did not arrive" in fate()
    with scope.tenant(tenant.pk):
        Contact.objects.update(blocked_at=None)
        QuotaMonth.objects.update(cap=1, used=1, reserved=0)
    send(client, tenant, number, text="第二則")
    line.send()
    assert queued(tenant)[1].state == "parked"
    assert "quota is used up" in fate()


@pytest.mark.parametrize("reach", ["blocked", "no_line"])
def test_who_cannot_be_reached_is_said_before_and_not_written_to(tenant: Tenant, reach: str) -> None:
    person = makers.friend(tenant)
    number = browser.order(tenant, makers.goods(tenant), person=person).number
    client = browser.at(tenant)
    command = COMMAND.search(letter_page(client, tenant, number))
    assert command
    with scope.tenant(tenant.pk):
        if reach == "blocked":
            Contact.objects.filter(line_user_id=person).update(blocked_at=numbers.database_now())
        else:
            Order.objects.update(customer=Customer.objects.create(name="電話客"), contact=None)
    shown = letter_page(client, tenant, number)
    assert {"blocked": "has blocked your LINE account", "no_line": "We know no LINE of"}[reach] in shown
    assert "main-action" in shown
    assert 'main-action" disabled' in shown
    body = {"kind": "", "language": "en", "text": "您好", "command": command[1]}
    answer = client.post(browser.path(tenant, f"orders/{number}/letter"), body)
    assert answer.status_code == 422
    assert "Nothing was sent" in answer.content.decode()
    assert queued(tenant) == []


def test_who_ordered_in_a_group_only_is_written_to_with_a_warning(tenant: Tenant) -> None:
    number = browser.order(tenant, makers.goods(tenant), person=makers.user_id()).number
    client = browser.at(tenant)
    assert "may not be a friend" in letter_page(client, tenant, number)
    assert send(client, tenant, number).status_code == 302
    assert len(queued(tenant)) == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": " "}, "nothing to send yet"),
        ({"text": "𠮷" * 1001}, "at most 2,000 characters"),
        ({"command": "x"}, ""),
        ({"kind": "poem"}, ""),
    ],
)
def test_what_cannot_be_sent_is_explained_and_kept(tenant: Tenant, fields: dict[str, str], said: str) -> None:
    number = browser.order(tenant, makers.goods(tenant)).number
    answer = send(browser.at(tenant), tenant, number, **fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert queued(tenant) == []


def test_staff_may_not_push(tenant: Tenant) -> None:
    number = browser.order(tenant, makers.goods(tenant)).number
    client = browser.at(tenant, "staff")
    assert client.post(browser.path(tenant, f"orders/{number}/letter"), {"text": "x"}).status_code == 403
    assert "letter" not in client.get(browser.path(tenant, f"orders/{number}/")).content.decode().replace(
        'id="letters"', ""
    )


def test_the_shop_writes_its_own_words_and_goes_back_to_ours(tenant: Tenant) -> None:
    number = browser.order(tenant, makers.goods(tenant)).number
    client, url = browser.at(tenant), browser.path(tenant, "messages/words/edit?kind=shipped")
    words = "{顧客}，{訂單編號} 今天寄出～\n單號：{物流單號}"
    assert client.post(url, {"zh-hant-text": words, "ja-text": "", "en-text": ""}).status_code == 302
    with scope.tenant(tenant.pk):
        (own,) = Letter.objects.all()
    assert (own.language, own.text) == ("zh-hant", "{name}，{number} 今天寄出～\n單號：{tracking}")
    assert words in client.get(url).content.decode()
    told = written(letter_page(client, tenant, number, kind="shipped", language="zh-hant"))
    assert told == f"小美，{number} 今天寄出～"
    assert "on its way" in written(letter_page(client, tenant, number, kind="shipped", language="en"))
    assert "Your own wording" in client.get(browser.path(tenant, "messages/words/")).content.decode()
    client.post(url, {"zh-hant-text": "", "ja-text": "", "en-text": ""})
    with scope.tenant(tenant.pk):
        assert not Letter.objects.exists()


def test_a_mark_that_is_none_is_named(tenant: Tenant) -> None:
    client, url = browser.at(tenant), browser.path(tenant, "messages/words/edit?kind=shipped")
    answer = client.post(url, {"zh-hant-text": "{銀行} {金額}", "ja-text": "", "en-text": ""})
    assert answer.status_code == 422
    assert "fill in for {銀行}." in answer.content.decode()
    assert client.get(browser.path(tenant, "messages/words/edit?kind=poem")).status_code == 404


_VALUES = st.fixed_dictionaries({mark: st.text(alphabet="a{}total名 ", max_size=8) for mark in letters.MARKS})


@given(st.text(alphabet="ab{}｛｝ total金額名\n", max_size=60), _VALUES)
def test_filling_never_fails_and_values_stay_as_they_are(text: str, values: dict[str, str]) -> None:
    filled = letters.fill(text, values)
    assert len(filled.splitlines()) <= len(text.splitlines()) or "\n" in "".join(values.values())
    assert letters.fill("{name}", {**values, "name": "{total}"}) == "{total}"


@given(
    st.lists(st.sampled_from([*letters.MARKS, "x", "銀行"]), max_size=6),
    st.sampled_from(["en", "ja", "zh-hant"]),
)
def test_marks_mean_the_same_in_every_language(marks: list[str], language: str) -> None:
    text = " ".join(f"{{{mark}}}" for mark in marks)
    assert letters.plain(letters.written(text, language)) == text
    assert letters.unknown(text) == [f"{{{mark}}}" for mark in marks if mark not in letters.MARKS]
