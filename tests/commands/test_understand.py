"""plusone understand: what messages would do, nothing done."""

import json
from typing import Any

import pytest

from plusone.base import scope
from plusone.catalogue.models import Product, StockMovement
from plusone.chat.models import OutboxMessage
from plusone.commands.understand import Setting, understand
from plusone.customers.models import Contact
from plusone.orders.models import Order
from plusone.tenants.models import Tenant
from tests import makers
from tests.api.caller import hear
from tests.commands.run import here, plusone


def told(tenant: Tenant, text: str, **more: Any) -> dict[str, Any]:
    """What understand says of one text."""
    setting = {"manager": False, "quoting": None, "lenient": False, "locale": "en", **more}
    return understand(Setting(tenant, **setting), text)


def test_an_order_is_understood_and_answered_as_a_buyer_would_be(tenant: Tenant) -> None:
    tea = makers.goods(tenant, "Tea", price=500, stock=5)
    said = told(tenant, "+2")
    assert {key: said[key] for key in ("intent", "items", "error", "confirm")} == {
        "intent": "order",
        "items": [{"product": tea.code, "options": [], "quantity": 2}],
        "error": None,
        "confirm": False,
    }
    assert "Tea ×2" in said["reply"]
    assert "NT$1,000" in said["reply"]
    assert f"{tenant.key[:4]}-{makers.today(tenant):%Y%m%d}-0001" in said["reply"]


def test_nothing_is_done(tenant: Tenant) -> None:
    tea = makers.goods(tenant, stock=5)
    for text in ("+2", "+9", "幫我留", "取消", "價格 5"):
        told(tenant, text, manager=True, quoting=tea.code)
    assert makers.stock_of(tenant, tea) == [5]
    with scope.tenant(tenant.pk):
        assert Product.objects.get().price == tea.price
        assert StockMovement.objects.count() == 1
        for noun in (Order, Contact, OutboxMessage):
            assert not noun.objects.exists()
    hear(tenant, makers.text(makers.friend(tenant), "+1"))
    with scope.tenant(tenant.pk):
        assert Order.objects.get().number.endswith("-0001")


@pytest.mark.parametrize(
    ("text", "intent", "error"),
    [
        ("今天天氣真好", "none", None),
        ("+0", "error", "quantity_zero"),
        ("+100", "error", "quantity_over_limit"),
        ("999999999+1", "error", "unknown_code"),
        ("履歷", "history", None),
        ("幫我留", "reserve", None),
        ("取消", "cancel", None),
        ("欲しい", "order", None),
    ],
)
def test_intents_and_errors(tenant: Tenant, text: str, intent: str, error: str | None) -> None:
    makers.goods(tenant)
    said = told(tenant, text)
    assert (said["intent"], said["error"], bool(said["reply"])) == (intent, error, intent != "none")


def test_errors_know_the_stock(tenant: Tenant) -> None:
    gone = makers.goods(tenant, "Gone", stock=0)
    said = told(tenant, "+1")
    assert (said["intent"], said["error"]) == ("error", "sold_out")
    assert said["items"] == [{"product": gone.code, "options": [], "quantity": 1}]
    assert "Sold out" in said["reply"]
    hidden = makers.goods(tenant, "Hidden", is_public=False)
    assert told(tenant, f"{hidden.code}+1")["error"] == "not_public"


def test_a_part_that_is_left_is_told(tenant: Tenant) -> None:
    makers.goods(tenant, "Tea", stock=2)
    said = told(tenant, "+3")
    assert (said["intent"], said["error"], said["items"][0]["quantity"]) == ("order", None, 3)
    assert "only 2 were left" in said["reply"]


def test_options_are_found_or_asked_for(tenant: Tenant) -> None:
    shirt = makers.goods(tenant, "Shirt", options={("黑", "M"): 3, ("白", "M"): 3})
    assert told(tenant, "黑M+1")["items"] == [{"product": shirt.code, "options": ["黑", "M"], "quantity": 1}]
    asked = told(tenant, "+1")
    assert asked["intent"] == "ask"
    assert "Which one of Shirt" in asked["reply"]


def test_a_managers_quote_edits_and_a_buyers_does_not(tenant: Tenant) -> None:
    tea = makers.goods(tenant, "Tea", price=100)
    said = told(tenant, "價格 1500\n庫存 20", manager=True, quoting=tea.code)
    assert said["intent"] == "edit_product"
    assert "NT$1,500" in said["reply"]
    assert told(tenant, "價格 1500", quoting=tea.code)["intent"] != "edit_product"


def test_a_quoted_product_is_the_one_meant(tenant: Tenant) -> None:
    first = makers.goods(tenant, "First")
    makers.goods(tenant, "Second")
    assert told(tenant, "+1", quoting=first.code)["items"][0]["product"] == first.code


def test_language_is_the_buyers_else_what_they_write_else_the_shops(tenant: Tenant) -> None:
    makers.goods(tenant)
    assert "Order received" in told(tenant, "+1", locale="en")["reply"]
    in_shops = told(tenant, "+1", locale="")["reply"]
    assert in_shops == told(tenant, "+1", locale="zh-Hant")["reply"]
    assert told(tenant, "欲しい", locale="")["reply"] == told(tenant, "欲しい", locale="ja")["reply"]


def test_the_command_reads_lines_and_prints_json(tenant: Tenant) -> None:
    tea = makers.goods(tenant)
    lines = f"+1\n{tea.code}+2\\n\n\n你好\n"
    ran = plusone("understand", "--tenant", tenant.slug, "--locale", "ja", told=lines)
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert (ran.status, [answer["intent"] for answer in answers]) == (0, ["order", "order", "none", "none"])
    assert list(answers[0]) == ["intent", "items", "error", "confirm", "reply"]
    assert answers[1]["items"] == [{"product": tea.code, "options": [], "quantity": 2}]


def test_what_is_unknown_is_said_in_one_sentence(tenant: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--tenant", "nowhere"], ["--tenant", tenant.slug, "--quoting", "1"]):
        assert here("understand", *arguments) == 2
        said = capsys.readouterr()
        assert (said.out, len(said.err.splitlines())) == ("", 1)
