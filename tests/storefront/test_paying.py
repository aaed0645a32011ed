"""Report a transfer on the shop's pages: once, as in the chat; how the shop is paid, where it is asked."""

import datetime
import threading

import pytest
from django.db import connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plusone.base import numbers, scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
from plusone.orders.actions import change, transfers
from plusone.orders.models import BankLine, Order, Transfer
from plusone.orders.rules.transfers import asks_how_to_pay
from plusone.storefront.actions import paying
from plusone.storefront.rules.paying import accounts, to_report
from plusone.tenants.models import Tenant
from tests import makers
from tests.meeting import in_place_of_the_lock
from tests.orders.groupbuy import say, text_of
from tests.storefront import buyers

NOTE = "永豐銀行 807\n帳號 1234567890123\n戶名 林媽媽"


def _report(client: Client, shop: Tenant, **form: object) -> str:
    """Send a report and read the page that follows."""
    told = {"digits": "12345", "amount": "1360", "moment": "", "command": "c", **form}
    answer = client.post(buyers.path(shop, "orders/pay"), told)
    return buyers.text(client.get(answer["Location"]) if answer.status_code == 302 else answer)


def _reports(shop: Tenant) -> list[tuple[str, int]]:
    with scope.tenant(shop.pk):
        return list(Transfer.objects.order_by("pk").values_list("digits", "amount"))


def test_from_my_orders_to_a_report_and_its_confirmation(database: None) -> None:
    shop = buyers.shop(payment_note=NOTE)
    person, product = makers.friend(shop), makers.goods(shop, price=680)
    client = buyers.at(shop, person)
    order = client.get(buyers.order(client, shop, product, 2)["Location"]).content.decode()
    (placed,) = buyers.orders(shop, person)
    assert f'href="{buyers.path(shop, "orders/pay")}?order={placed.public_id}"' in order
    assert "Still to pay NT$1,360" in buyers.text(client.get(buyers.path(shop, "orders")))
    page = client.get(buyers.path(shop, "orders/pay"), {"order": placed.public_id}).content.decode()
    assert 'name="amount" value="1360"' in page
    assert "林媽媽" in page
    assert "1234567890123" in page  # to copy
    said = _report(client, shop, amount="NT$1,360", digits="１２３４５")
    assert "your transfer is noted" in said
    assert "…12345" in said
    assert "You have reported all of it" in said
    assert "was noted before" in _report(client, shop, command="another page")
    assert _reports(shop) == [("12345", 1360)]
    with scope.tenant(shop.pk):
        transfers.paste(HOUSE, "11/25 1360 012-*****12345")
        transfers.confirm(HOUSE, BankLine.objects.get(), [placed.pk], Transfer.objects.get())
    after = buyers.text(client.get(buyers.path(shop, "orders/pay")))
    assert "Confirmed" in after
    assert "Nothing is open" in after


def test_what_was_reported_in_the_chat_is_not_reported_again(shop: Tenant) -> None:
    person = makers.friend(shop)
    assert say(shop, "已匯款 12345 680元", person=person).facts["already"] is False
    assert "was noted before" in _report(buyers.at(shop, person), shop, amount="680")
    assert say(shop, "已匯款 12345 680元", person=person).facts["already"] is True
    assert _reports(shop) == [("12345", 680)]


def test_an_old_form_sent_again_after_the_confirmation_is_no_new_report(shop: Tenant) -> None:
    person, product = makers.friend(shop), makers.goods(shop, price=680)
    client = buyers.at(shop, person)
    buyers.order(client, shop, product)
    _report(client, shop, amount="680", command="one")
    with scope.tenant(shop.pk):
        transfers.see(HOUSE, Transfer.objects.get())
        transfers.confirm(HOUSE, BankLine.objects.get(), [Order.objects.get().pk], Transfer.objects.get())
    assert "was noted before" in _report(client, shop, amount="680", command="one")
    assert "is noted" in _report(client, shop, amount="680", command="two")
    assert len(_reports(shop)) == 2


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"digits": "1234"}, "exactly five digits"),
        ({"digits": "12a45"}, "exactly five digits"),
        ({"digits": ""}, "last five digits of the account that you paid from"),
        ({"amount": "0"}, "whole number"),
        ({"amount": "6.8"}, "whole number"),
        ({"amount": "-680"}, "whole number"),
        ({"amount": "999999999"}, "whole number"),
        ({"amount": ""}, "how much you transferred"),
        ({"moment": "yesterday"}, "a day and a time"),
        ({"moment": "2999-01-01T10:00"}, "has not come yet"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(form: dict[str, str], said: str, shop: Tenant) -> None:
    client = buyers.at(shop)
    answer = client.post(
        buyers.path(shop, "orders/pay"),
        {"digits": "12345", "amount": "680", "moment": "", "command": "c", **form},
    )
    assert answer.status_code == 422
    assert said in buyers.text(answer)
    field = next(iter(form))
    assert f'aria-describedby="id_{field}' in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()
    assert _reports(shop) == []


def test_the_time_is_told_by_the_shops_clock(shop: Tenant) -> None:
    client = buyers.at(shop)
    hour_ago = numbers.database_now() - datetime.timedelta(hours=1)
    local = hour_ago.astimezone(datetime.timezone(datetime.timedelta(hours=8)))
    _report(client, shop, moment=f"{local:%Y-%m-%dT%H:%M}")
    with scope.tenant(shop.pk):
        assert Transfer.objects.get().said == f"12345 1360 {local:%-m/%-d %H:%M}"


def test_reports_have_an_end(shop: Tenant) -> None:
    client = buyers.at(shop)
    for number in range(paying.MOST_WAITING):
        _report(client, shop, digits=f"{number:05d}", command=str(number))
    assert "wait for the shop already" in _report(client, shop, digits="99999", command="more")
    assert len(_reports(shop)) == paying.MOST_WAITING


def test_ten_taps_at_once_report_once(shop: Tenant) -> None:
    _taps(shop)
    assert _reports(shop) == [("12345", 680)]


def test_without_the_turn_the_taps_collide(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin of the test above with the lock removed: each looks before another has written."""
    monkeypatch.setattr(catalogue, "take_turn", in_place_of_the_lock())
    _taps(shop)
    assert len(_reports(shop)) > 1


def _taps(shop: Tenant) -> None:
    """Ten pages of one buyer send the same report, each with its own command."""
    person = makers.friend(shop)
    clients = [buyers.at(shop, person, raise_request_exception=False) for _ in range(10)]
    start = threading.Barrier(10)

    def tap(number: int, client: Client) -> None:
        start.wait(10)
        try:
            client.post(
                buyers.path(shop, "orders/pay"), {"digits": "12345", "amount": "680", "command": str(number)}
            )
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tap, args=pair) for pair in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


LIES = st.dictionaries(
    st.sampled_from(["customer", "customer_id", "contact_id", "tenant", "order", "confirmed", "said", "at"]),
    st.text(st.characters(codec="utf-8"), max_size=20),
    max_size=6,
)


@given(
    digits=st.one_of(st.from_regex(r"[0-9]{5}", fullmatch=True), st.text(max_size=8)),
    amount=st.one_of(st.integers(1, 99_999_999).map(str), st.text(max_size=10)),
    lies=LIES,
)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_from_outside_makes_another_report(
    digits: str, amount: str, lies: dict[str, str], fuzzed: tuple[Tenant, Client, int]
) -> None:
    """P21: whatever else a form says, the report is the signed-in buyer's, in five digits and whole units."""
    shop, client, customer = fuzzed
    with scope.tenant(shop.pk):
        Transfer.objects.all().delete()
    answer = client.post(
        buyers.path(shop, "orders/pay"), {**lies, "digits": digits, "amount": amount, "command": "x"}
    )
    with scope.tenant(shop.pk):
        made = list(Transfer.objects.all())
    assert answer.status_code == (302 if made else 422)
    for report in made:
        assert report.customer_id == customer
        assert report.digits.isascii() and report.digits.isdigit() and len(report.digits) == 5  # noqa: PT018
        assert 0 < report.amount <= 99_999_999


@pytest.fixture(scope="module")
def fuzzed(database: None) -> tuple[Tenant, Client, int]:
    """A shop, a signed-in buyer, and which customer they are."""
    shop = buyers.shop()
    person = makers.friend(shop)
    client = buyers.at(shop, person)
    buyers.order(client, shop, makers.goods(shop))
    return shop, client, buyers.orders(shop, person)[0].customer_id


def test_how_to_pay_is_said_in_the_chat_too(database: None) -> None:
    shop = buyers.shop(payment_note=NOTE)
    person = makers.friend(shop)
    for words in ("請問帳號是多少？", "怎麼付款", "要匯款到哪個帳號？", "匯款 680元"):
        assert "林媽媽" in text_of(say(shop, words, person=person)), words
    makers.goods(shop)
    say(shop, "+1", person=person)
    assert "林媽媽" in text_of(say(shop, "查詢訂單", person=person))
    with scope.tenant(shop.pk):
        change.set_status(HOUSE, Order.objects.get(), "paid")
    assert "林媽媽" not in text_of(say(shop, "查詢訂單", person=person))


def test_without_words_about_paying_the_page_leads_to_the_shop(shop: Tenant) -> None:
    said = buyers.text(buyers.at(shop).get(buyers.path(shop, "orders/pay")))
    assert "has not written here how it is paid" in said


@pytest.mark.parametrize("text", ["振込先を教えてください", "How do I pay?", "付款方式？", "你的帳號？"])
def test_who_asks_how_to_pay(text: str) -> None:
    assert asks_how_to_pay(text)


@pytest.mark.parametrize("text", ["+1", "已匯款 12345 680元", "帳號是 12345", "我匯款了", "付款了嗎"])
def test_who_does_not(text: str) -> None:
    assert not asks_how_to_pay(text)


def test_account_numbers_are_found() -> None:
    assert accounts(NOTE) == ["1234567890123"]
    assert accounts("中信 822-123456789012\n永豐 (807) 12345678901234") == ["123456789012", "12345678901234"]
    assert accounts("三菱UFJ銀行 渋谷支店 普通 1234567") == ["1234567"]
    assert accounts("電話 0912-345-678、0912345678，合計 1,360 元，2026-11-25，帳號 123-456-7890123") == []


def test_what_is_left_to_report() -> None:
    day = [datetime.datetime(2026, 11, number, tzinfo=datetime.UTC) for number in (1, 2, 3)]
    assert to_report([], [(day[0], 5)]) == 0
    assert to_report([(day[1], 680), (day[2], 500)], [(day[2], 680)]) == 500
    assert to_report([(day[1], 500)], [(day[0], 680)]) == 500
    assert to_report([(day[0], 500)], [(day[1], 900)]) == 0
