"""What people write stays data, wherever it goes but pages (P36; pages: tests/e2e/test_payloads.py)."""

import csv
import io
import json
import logging
import re
from typing import Any

import pytest
from openpyxl import load_workbook

from plusone.base import logs, scope
from plusone.base.tables.inert import freed
from plusone.base.templatetags.texts import one_line
from plusone.chat.models import OutboxMessage
from plusone.chat.views import wording
from plusone.line import words
from plusone.orders.models import Order
from plusone.simulator.validate import problems_of
from tests import hostile
from tests.hostile import Hostile
from tests.line.test_messages import order, product, shape
from tests.orders.test_many import file_of
from tests.payloads import ALL, STORABLE, fit
from tests.tenants import browser


@pytest.fixture(scope="module")
def shop(database: None) -> Hostile:
    return hostile.a_shop()


def test_there_are_two_hundred_and_fifty() -> None:
    assert len(set(ALL)) >= 250


def test_every_buyer_ordered_what_they_asked_for_and_nothing_else(shop: Hostile) -> None:
    """No name turned into a command, an amount or another product."""
    with scope.tenant(shop.tenant.pk):
        orders = Order.objects.order_by("pk").prefetch_related("lines")
        told = [[(line.name, line.quantity) for line in order.lines.all()] for order in orders]
        assert told == [[(fit(text, 120), 2)] for text in STORABLE]
        assert {order.total for order in orders} == {200}


def test_answers_in_line_keep_their_shape(shop: Hostile) -> None:
    """Drawn in three languages and judged by the simulator as LINE would."""
    with scope.tenant(shop.tenant.pk):
        waiting = list(OutboxMessage.objects.filter(kind="taken"))
    assert len(waiting) >= len(STORABLE)
    for message in waiting:
        for language in ("zh-TW", "ja", "en"):
            drawn = wording.draw(message.kind, message.facts, language, message.count)
            assert problems_of({"messages": drawn}) == []
            assert [(one["type"], set(one) - {"quickReply", "quoteToken"}) for one in drawn] == [
                ("text", {"type", "text"})
            ]


def test_an_answer_tells_the_name_as_it_was_written(shop: Hostile) -> None:
    """Neither escaped nor expanded: what stands in the chat is the text itself."""
    with scope.tenant(shop.tenant.pk):
        waiting = OutboxMessage.objects.filter(kind="taken").order_by("pk")
        drawn = [wording.draw(one.kind, one.facts, "en", one.count)[0]["text"] for one in waiting]
    assert len(drawn) == len(STORABLE)
    for said, text in zip(drawn, STORABLE, strict=True):
        assert _letters(words.clean(fit(text, 120))) in _letters(said), text


@pytest.mark.parametrize("text", ALL, ids=range(len(ALL)))
def test_cards_keep_their_shape_for_the_simulator(text: str) -> None:
    if words.clean(text).strip():
        for built, plain in ((product(text), product("tea")), (order(text), order("tea"))):
            assert problems_of({"messages": [built]}) == []
            assert shape(built) == shape(plain)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_of_orders_has_one_record_each(shop: Hostile, kind: str) -> None:
    _client, _page, data = file_of(shop.tenant, kind)
    header, *rows = _rows(kind, data)
    assert len(rows) == len(STORABLE)
    told = [dict(zip(header, row, strict=True)) for row in reversed(rows)]
    for row, text in zip(told, STORABLE, strict=True):
        assert _read_back(row["Product"]) == fit(text, 120)
        assert _read_back(row["Memo memo"]).split() == text.split()
        assert row["Quantity"] in (2, "2")
        assert not row["Product"].startswith(tuple("=+-@\t\r\n＝＋－＠"))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("what", ["customers/export?kind=", "products/export."])
def test_files_of_people_and_goods_have_one_record_each(shop: Hostile, what: str, kind: str) -> None:
    answer = browser.at(shop.tenant).get(browser.path(shop.tenant, what + kind))
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    header, *rows = _rows(kind, body)
    assert len(rows) == len(STORABLE) + (1 if "customers" in what else 0)
    assert {len(row) for row in rows} == {len(header)}
    cells = [cell for row in rows for cell in row if isinstance(cell, str)]
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))]


def test_each_log_line_is_one_record(lines: io.StringIO) -> None:
    for text in ALL:
        logs.logger().info("it.happened", word=text)
        logging.getLogger("django.request").warning("Not Found: %s", text)
    written = lines.getvalue().split("\n")[:-1]
    assert len(written) == 2 * len(ALL)
    told = [json.loads(line) for line in written]
    assert [one["word"] for one in told[::2]] == ALL
    assert {one["event"] for one in told[::2]} == {"it.happened"}
    assert {one["level"] for one in told[1::2]} == {"warning"}


def _rows(kind: str, data: bytes) -> list[list[Any]]:
    if kind == "csv":
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    cells = load_workbook(io.BytesIO(data)).active.iter_rows()
    found = list(cells)
    assert "f" not in {cell.data_type for row in found for cell in row}
    return [["" if cell.value is None else cell.value for cell in row] for row in found]


def _letters(text: str) -> str:
    """The text without what parts words and lines."""
    return "".join(one_line(text).split())


def _read_back(cell: object) -> str:
    """The cell as it was written: without the guard, and without XML's way to write what it can't hold."""
    plain = re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), str(cell))
    return freed(plain).strip()
