"""Bank transfers: reported in the chat, pasted from the bank, proposed when there is one answer, confirmed by
a person, undone.
"""

import threading

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.base.models import AuditEntry
from plusone.chat.models import OutboxMessage
from plusone.orders.actions import transfers
from plusone.orders.models import BankLine, Match, Order, OrderChange, Transfer
from plusone.orders.rules.transfers import Line, Report, Told, goes_out, propose, read, sums, told_by
from plusone.tenants.models import Tenant
from tests import makers
from tests.orders.groupbuy import say, text_of
from tests.tenants import browser

SAID = {
    "已匯款 12345 680元": Told("12345", 680),
    "已匯款12345 680元": Told("12345", 680),
    "後五碼12345 680": Told("12345", 680),
    "後五碼：１２３４５　金額６８０": Told("12345", 680),
    "已轉帳 NT$12,680 末五碼 54321": Told("54321", 12680),
    "後五碼 12345 12680": Told("12345", 12680),
    "匯款 11/25 14:30 帳號後五碼是12345 1,360": Told("12345", 1360),
    "11月25日 匯了 680 後5碼 00012": Told("00012", 680),
    "振込しました 12345 680円": Told("12345", 680),
    "transferred 12345 NT$680": Told("12345", 680),
    "last five digits 12345, 680": Told("12345", 680),
    "匯款 12345 12680": Told("", None),
    "已匯款 680元": Told("", 680),
    "後五碼 12345": Told("12345", None),
}
NO_REPORT = [
    "+1",
    "要匯款到哪個帳號？",
    "已匯款",
    "匯款12345多少錢",
    "260108001+2",
    "請問我匯款 12345 680元了嗎",
    "明天匯款",
]


GOES_OUT = [
    "11/25 ATM提款 3,000",
    "2026/11/25 轉帳支出 1,500 12345",
    "跨行轉出 680",
    "跨行手續費 15",
    "11/25 出金 5,000円",
    "11/25 お引出し 5,000",
    "25 Nov withdrawal 3,000",
]
COMES_IN = [
    "11/25 跨行轉入 680 012-*****12345",
    "轉出帳號 *****12345 存入 680",
    "轉出帳號後五碼 12345 680",
    "11/25 680 012-*****12345",
    "存入 680 手續費 0 12345",
    "振込 ハヤシ 680 手数料 0",
    "coffee lover 680 12345",
]


@pytest.mark.parametrize(("line", "out"), [(line, line in GOES_OUT) for line in GOES_OUT + COMES_IN])
def test_money_that_went_out_is_told_from_money_that_came(line: str, out: bool) -> None:
    assert goes_out(line) is out


@pytest.mark.parametrize("text", SAID)
def test_what_a_buyer_reports(text: str) -> None:
    assert read(text) == SAID[text]


@pytest.mark.parametrize("text", NO_REPORT)
def test_what_is_no_report(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("2026/11/25 12:01 轉入 680 012-*****12345 王小明", Told("12345", 680)),
        ("11/25\t1,360\t822-000098765432", Told("65432", 1360)),
        ("11/25 NT$680 12345", Told("12345", 680)),
        ("11/25 680.00 12345", Told("12345", 680)),
        ("11/25 轉入 680", Told("", 680)),
        ("11/25 680 15230 12345", Told("", None)),
        ("利息", Told("", None)),
    ],
)
def test_what_a_line_of_the_bank_says(line: str, told: Told) -> None:
    assert told_by(line) == told


@given(st.text(max_size=200))
def test_any_text_is_read_or_left(text: str) -> None:
    told = told_by(text)
    assert told.digits == "" or len(told.digits) == 5
    assert told.amount is None or told.amount > 0
    read(text)


@given(
    st.lists(st.integers(1, 50), max_size=8).map(lambda totals: list(enumerate(totals, start=1))),
    st.integers(1, 200),
)
def test_sums_are_exact_and_complete(orders: list[tuple[int, int]], amount: int) -> None:
    worth = dict(orders)
    found = sums(orders, amount)
    assert len(set(found)) == len(found)
    assert all(sum(worth[order] for order in chosen) == amount for chosen in found)
    assert bool(found) == _reachable([total for _, total in orders], amount)


def _reachable(totals: list[int], amount: int) -> bool:
    there = {0}
    for total in totals:
        there |= {before + total for before in there}
    return amount in there - {0} or (amount == 0)


def test_one_answer_is_proposed_and_a_tie_is_not() -> None:
    line, debts = (
        Line(1, "12345", 680),
        {7: [(70, 680)], 8: [(80, 300), (81, 380)], 9: [(90, 680), (91, 680)]},
    )
    mine, sum_, twice = Report(1, 7, "12345", 680), Report(2, 8, "12345", 680), Report(3, 9, "12345", 680)

    def told(*reports: Report, lines: tuple[Line, ...] = (line,)) -> list[tuple[str, int]]:
        return [(one.why, len(one.candidates)) for one in propose(lines, reports, debts)]

    assert told(mine) == [("", 1)]
    assert propose([line], [sum_], debts)[0].candidates[0].orders == (80, 81)
    assert told(twice) == [("several_sums", 2)]
    assert told(mine, sum_) == [("several_buyers", 2)]
    assert told() == [("nobody", 0)]
    assert told(Report(4, 7, "12345", 600)) == [("other_amount", 0)]
    assert told(Report(4, 5, "12345", 680)) == [("no_such_sum", 0)]
    assert told(mine, lines=(line, Line(2, "12345", 680))) == [("several_lines", 1), ("several_lines", 1)]
    assert told(mine, lines=(Line(3, "", 680),)) == [("nobody", 0)]


def buyer_of(tenant: Tenant, *words: str) -> str:
    """A friend who ordered these."""
    person = makers.friend(tenant)
    for one in words:
        assert say(tenant, one, person=person).kind == "taken"
    return person


def statuses(tenant: Tenant) -> list[str]:
    with scope.tenant(tenant.pk):
        return list(Order.objects.order_by("id").values_list("status", flat=True))


def test_from_the_chat_to_paid_and_back(tenant: Tenant) -> None:
    makers.goods(tenant, price=340, stock=20)
    person = buyer_of(tenant, "+1", "+1")
    noted = say(tenant, "已匯款 12345 680元", person=person)
    assert noted.kind == "transfer_noted"
    assert "12345" in text_of(noted)
    assert say(tenant, "後五碼12345 680", person=person).facts["already"]
    with scope.tenant(tenant.pk):
        assert Transfer.objects.count() == 1
        came = transfers.paste(HOUSE, "11/25 680 012-*****12345\n利息\n")
        assert (came.new, came.known, came.unread) == (1, 0, ("利息",))
        assert transfers.paste(HOUSE, "11/25 680 012-*****12345").known == 1
        (proposal,) = transfers.proposals()
        assert proposal.why == ""
        (candidate,) = proposal.candidates
        match = transfers.confirm(HOUSE, BankLine.objects.get(), candidate.orders, Transfer.objects.get())
    assert statuses(tenant) == ["paid", "paid"]
    with scope.tenant(tenant.pk):
        assert transfers.proposals() == []
        assert transfers.undo(HOUSE, match)
        assert not transfers.undo(HOUSE, match)
        assert OrderChange.objects.filter(what="status").count() == 4
        assert AuditEntry.objects.filter(action__startswith="transfer.").count() == 2
        assert len(transfers.proposals()) == 1
    assert statuses(tenant) == ["purchased", "purchased"]


def test_unclear_reports_are_asked_back_and_groups_are_left_alone(tenant: Tenant) -> None:
    makers.goods(tenant)
    assert say(tenant, "已匯款 680元").kind == "transfer_unclear"
    makers.hear(tenant, makers.text(makers.friend(tenant), "已匯款 12345 680元", group=makers.group_id()))
    with scope.tenant(tenant.pk):
        assert not Transfer.objects.exists()
        assert OutboxMessage.objects.count() == 1


def test_what_changed_since_it_was_shown_is_not_matched(tenant: Tenant) -> None:
    makers.goods(tenant, price=340)
    person = buyer_of(tenant, "+2")
    say(tenant, "已匯款 12345 680元", person=person)
    other = buyer_of(tenant, "+2")
    say(tenant, "已匯款 54321 680元", person=other)
    with scope.tenant(tenant.pk):
        transfers.paste(HOUSE, "680元 12345")
        line, report = BankLine.objects.get(), Transfer.objects.get(digits="12345")
        mine, theirs = Order.objects.order_by("id").values_list("pk", flat=True)
        for orders in ([], [theirs], [mine, theirs], [mine, 999_999_999]):
            with pytest.raises(transfers.CannotMatch):
                transfers.confirm(HOUSE, line, orders, report)
        transfers.confirm(HOUSE, line, [mine], report)
        with pytest.raises(transfers.CannotMatch):
            transfers.confirm(HOUSE, line, [theirs], None)
    assert statuses(tenant) == ["paid", "purchased"]


def test_two_who_confirm_at_once_make_one_match(tenant: Tenant) -> None:
    makers.goods(tenant, price=680)
    person = buyer_of(tenant, "+1")
    say(tenant, "已匯款 12345 680元", person=person)
    with scope.tenant(tenant.pk):
        transfers.paste(HOUSE, "680元 12345")
        line, order = BankLine.objects.get(), Order.objects.get().pk
    refused: list[Exception] = []

    def confirm() -> None:
        try:
            with scope.tenant(tenant.pk):
                transfers.confirm(HOUSE, line, [order], None)
        except transfers.CannotMatch as error:
            refused.append(error)
        connection.close()

    threads = [threading.Thread(target=confirm) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    with scope.tenant(tenant.pk):
        assert Match.objects.count() == 1


def test_the_console_confirms_with_one_tap_and_undoes(tenant: Tenant) -> None:
    makers.goods(tenant, price=680)
    person = buyer_of(tenant, "+1")
    say(tenant, "已匯款 12345 680元", person=person)
    staff = browser.at(tenant, "staff")
    path = browser.path(tenant, "orders/transfers/")
    out = staff.post(f"{path}paste", {"lines": "11/25 提款 3,000"}, follow=True).content.decode()
    assert "0 new lines, 0 already known. Left out, because the money went out: 1." in out
    shown = staff.post(f"{path}paste", {"lines": "11/25 680 12345\n11/25 55 99999\nno money"})
    assert "the amount is unclear" in shown.content.decode()
    page = staff.get(path).content.decode()
    assert "1 to confirm" in page
    assert "Nobody reported" in page
    with scope.tenant(tenant.pk):
        line, other = BankLine.objects.order_by("-amount")
        order, report = Order.objects.get(), Transfer.objects.get()
    sent = {"orders": str(order.pk), "transfer": report.pk}
    confirmed = staff.post(f"{path}lines/{line.pk}/confirm", sent, follow=True).content.decode()
    assert "Confirmed: the orders are paid" in confirmed
    assert statuses(tenant) == ["paid"]
    assert (
        "changed in the meantime"
        in staff.post(f"{path}lines/{line.pk}/confirm", sent, follow=True).content.decode()
    )
    for nonsense in ("", "x", "1-", "9" * 30):
        staff.post(f"{path}lines/{other.pk}/confirm", {"orders": nonsense})
    with scope.tenant(tenant.pk):
        match = Match.objects.get()
    staff.post(f"{path}matches/{match.pk}/undo")
    assert statuses(tenant) == ["purchased"]
    staff.post(f"{path}lines/{other.pk}/aside")
    to_match = staff.get(path).content.decode().partition("Recently confirmed")[0]
    assert "NT$55<" not in to_match
    staff.post(f"{path}lines/{other.pk}/aside?undo=1")
    assert "NT$55<" in staff.get(path).content.decode().partition("Recently confirmed")[0]
    with scope.tenant(tenant.pk):
        assert BankLine.objects.waiting().count() == 2


def test_a_report_seen_at_the_bank_becomes_a_line_once(tenant: Tenant) -> None:
    makers.goods(tenant, price=680)
    say(tenant, "已匯款 12345 680元", person=buyer_of(tenant, "+1"))
    owner = browser.at(tenant)
    path = browser.path(tenant, "orders/transfers/")
    with scope.tenant(tenant.pk):
        report = Transfer.objects.get()
    for _ in range(2):
        owner.post(f"{path}reports/{report.pk}/seen")
    with scope.tenant(tenant.pk):
        assert BankLine.objects.count() == 1
        assert [one.why for one in transfers.proposals()] == [""]
