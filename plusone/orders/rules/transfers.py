"""Bank transfers: what a buyer or the bank says, and which orders a line pays. A tie is never guessed."""

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

MOST_ORDERS = 12  # of one buyer that are tried together: 4,096 sums
MOST_AMOUNT = 99_999_999
Why = Literal["", "nobody", "other_amount", "several_buyers", "no_such_sum", "several_sums", "several_lines"]

_SPEAKS = re.compile(
    r"匯款|已匯|匯了|轉帳|轉了|已轉|付款了|已付款|後五碼|末五碼|後5碼|末5碼|帳號後"
    r"|振込|振り込|transfer|last (?:five|5)"
)
_ASKS = re.compile(r"[?？]|嗎|吗|ですか|ますか|多少|帳號是|哪|怎麼|口座は")
_HOW = re.compile(
    r"付款方式|(?:怎麼|怎么|如何|怎樣)(?:付|匯|轉)|(?:匯款?|轉帳?)(?:到|去|給|至)哪|帳[號戶](?:是|多少|呢|給我|[?？]|$)"
    r"|支払い?方法|(?:どう|どうやって)(?:お?支?払|振)|振込先|口座(?:番号|は|を)"
    r"|how (?:do|can|should|to) (?:i |we )?(?:pay|transfer)|bank account"
    r"|where (?:do|can|should) (?:i|we) (?:pay|transfer)"
)
_MOMENT = re.compile(
    r"\d{4}[/.-]\d{1,2}[/.-]\d{1,2}|\d{1,2}月\d{1,2}[日號号]|(?<!\d)\d{1,2}/\d{1,2}(?!\d)"
    r"|\d{1,2}[:點时時]\d{0,2}(?::\d{2})?分?"
)
_FIVE_WORD = re.compile(
    r"(?:後五碼|末五碼|後5碼|末5碼|下5桁|last (?:five|5)(?: digits)?)[\s::是為]*[*x-]*(\d{5})(?!\d)"
)
_BANK_CODE = re.compile(r"(?<!\d)\d{3}-(?=[*x\d])")
# “轉出帳號” is the account that money came from.
_GOES_OUT = re.compile(
    r"提款|提領|支出|扣款|扣繳|繳費|轉出(?!帳|銀行|行庫)|出金|引き?出し?|引き?落|手数料|手續費|withdraw|debit|\bfee\b"
)
_COMES_IN = re.compile(r"轉入|存入|匯入|入帳|入金|振込|振り込|收款|deposit|incoming|received")
_NUMBER = re.compile(r"(nt\$|\$|¥|￥)?\s*([*x-]*)(\d[\d,]*)(?:\.0+)?\s*(元|塊|圓|円|yen|twd|nt(?!\$))?")


@dataclass(frozen=True, slots=True)
class Told:
    """The account's last five digits (empty: not said), the amount in currency units (None: not said)."""

    digits: str
    amount: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """A buyer's report that no bank line is matched with yet."""

    id: int
    customer_id: int
    digits: str
    amount: int


@dataclass(frozen=True, slots=True)
class Line:
    """A bank line that is not matched yet."""

    id: int
    digits: str
    amount: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A buyer's orders that together are exactly the line's amount, and the report that points at them."""

    customer_id: int
    orders: tuple[int, ...]
    report_id: int | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a line pays: exactly one candidate when `why` is empty; else why it can't be told."""

    line: Line
    candidates: tuple[Candidate, ...] = field(default=())
    why: Why = ""


def read(text: str) -> Told | None:
    """What a buyer's message reports; None when it is not a report. What it leaves open is empty in it:
    then ask, never guess.
    """
    folded = _fold(text)
    if len(folded) > 120 or not _SPEAKS.search(folded) or _ASKS.search(folded):
        return None
    return told_by(folded) if re.search(r"\d{3}", folded) else None


def asks_how_to_pay(text: str) -> bool:
    """True when a short message asks where to pay; one with an account's digits says something else."""
    folded = _fold(text)
    return len(folded) <= 40 and bool(_HOW.search(folded)) and not re.search(r"\d{3}", folded)


def told_by(text: str) -> Told:
    """Digits and amount in a line of text: five digits after their word, or the only five digits without a
    mark of money; the amount is what has such a mark, or the only number left.
    """
    rest = _BANK_CODE.sub(" ", _MOMENT.sub(" ", _fold(text)))
    named = _FIVE_WORD.search(rest)
    if named:
        return Told(named[1], _amount(_numbers(rest[: named.start()] + " " + rest[named.end() :])))
    numbers = _numbers(rest)
    accounts = {n for n in numbers if n.starred} or {n for n in numbers if len(n.text) >= 5 and not n.money}
    if len(accounts) != 1:
        return Told("", _amount(numbers))
    (account,) = accounts
    return Told(account.text[-5:], _amount([n for n in numbers if n != account]))


def goes_out(text: str) -> bool:
    """True for a bank's line about money that left the account: no order is paid by it."""
    folded = _fold(text)
    return bool(_GOES_OUT.search(folded)) and not _COMES_IN.search(folded)


@dataclass(frozen=True, slots=True)
class _Number:
    text: str
    money: bool
    starred: bool


def _numbers(text: str) -> list[_Number]:
    """The numbers in a text: whether a mark of money is on them, and whether they end a masked account."""
    found = []
    for match in _NUMBER.finditer(text):
        digits, money = match[3].replace(",", ""), bool(match[1] or match[4] or "," in match[3])
        found.append(_Number(digits, money, bool(match[2]) and not money and len(digits) >= 5))
    return found


def _amount(numbers: Sequence[_Number]) -> int | None:
    marked = [number for number in numbers if number.money]
    amounts = {number.text for number in marked or numbers}
    amount = int(amounts.pop()) if len(amounts) == 1 else 0
    return amount if 0 < amount <= MOST_AMOUNT else None


def propose(
    lines: Sequence[Line], reports: Sequence[Report], debts: Mapping[int, Sequence[tuple[int, int]]]
) -> list[Proposal]:
    """What each line pays. `debts`: a buyer's unpaid orders as (order, amount).

    The line's digits and amount must be those of a report; the orders of that buyer must add up to the
    amount in exactly one way. Two lines that claim the same orders are both unclear.
    """
    found = [_propose(line, reports, debts) for line in lines]
    sure = [p.candidates[0] for p in found if not p.why]
    claims = Counter(order for candidate in sure for order in candidate.orders)
    return [
        replace(p, why="several_lines")
        if not p.why and any(claims[order] > 1 for order in p.candidates[0].orders)
        else p
        for p in found
    ]


def _propose(
    line: Line, reports: Sequence[Report], debts: Mapping[int, Sequence[tuple[int, int]]]
) -> Proposal:
    same = [r for r in reports if line.digits and r.digits == line.digits and r.amount == line.amount]
    if not same:
        near = any(line.digits and r.digits == line.digits for r in reports)
        return Proposal(line, why="other_amount" if near else "nobody")
    by_buyer = {report.customer_id: report.id for report in reversed(same)}
    candidates = tuple(
        Candidate(buyer, orders, report)
        for buyer, report in by_buyer.items()
        for orders in sums(debts.get(buyer, ()), line.amount)
    )
    if not candidates:
        return Proposal(line, why="no_such_sum")
    if len(by_buyer) > 1:
        return Proposal(line, candidates, "several_buyers")
    return Proposal(line, candidates, "several_sums" if len(candidates) > 1 else "")


def sums(orders: Iterable[tuple[int, int]], amount: int) -> list[tuple[int, ...]]:
    """Every choice of these orders that adds up to the amount; of more than twelve, the twelve oldest."""
    known = sorted(orders)[:MOST_ORDERS]
    return [
        tuple(order for order, _ in chosen)
        for size in range(1, len(known) + 1)
        for chosen in itertools.combinations(known, size)
        if sum(total for _, total in chosen) == amount
    ]


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()
