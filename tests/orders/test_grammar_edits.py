"""A manager's product lines: quoted under a photo, or below the product's code."""

import pytest

from plusone.orders.rules.grammar import understand
from plusone.orders.rules.terms import ProductEdit, Understanding
from tests.orders.grammar_shelf import CODES, WORDS, shelf, told


def read(text: str, *, quoted: str = "tea", manager: bool = True) -> Understanding:
    return understand(text, shelf=shelf("old", quoted), words=WORDS, manager=manager)


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("商品名：新款上衣", ProductEdit(name="新款上衣")),
        ("商品名:新款上衣", ProductEdit(name="新款上衣")),
        ("商品名 新款上衣", ProductEdit(name="新款上衣")),
        ("商品名\u3000新款上衣", ProductEdit(name="新款上衣")),
        ("品名：新款 上衣 (2件)", ProductEdit(name="新款 上衣 (2件)")),
        ("名稱：ＡＢＣ Tea", ProductEdit(name="ＡＢＣ Tea")),
        ("商品名：名稱：三號", ProductEdit(name="名稱：三號")),
        ("價格 1500", ProductEdit(price=1500)),
        ("價格1500", ProductEdit(price=1500)),
        ("價格：１５００", ProductEdit(price=1500)),
        ("售價：NT$1,500", ProductEdit(price=1500)),
        ("售價：$1，500元", ProductEdit(price=1500)),
        ("價格 1500元", ProductEdit(price=1500)),
        ("価格：1500円", ProductEdit(price=1500)),
        ("価格 ¥1,500", ProductEdit(price=1500)),
        ("price: 0", ProductEdit(price=0)),
        ("Price: 1500", ProductEdit(price=1500)),
        ("庫存\u300020", ProductEdit(stock=20)),
        ("庫存量：20個", ProductEdit(stock=20)),
        ("在庫：5", ProductEdit(stock=5)),
        ("stock: 0", ProductEdit(stock=0)),
        ("庫存 -1", ProductEdit(stock=-1)),
        ("庫存：無限", ProductEdit(stock=-1)),
        ("stock: unlimited", ProductEdit(stock=-1)),
        ("分類：上衣", ProductEdit(category="上衣")),
        ("公開：是", ProductEdit(public=True)),
        ("公開：否", ProductEdit(public=False)),
        ("公開 下架", ProductEdit(public=False)),
        ("商品名：新款上衣\n價格 1500\n庫存\u300020", ProductEdit(name="新款上衣", price=1500, stock=20)),
        ("商品名：新款上衣\r\n\r\n價格 1500", ProductEdit(name="新款上衣", price=1500)),
        ("商品名：シャツ\n価格：1500円\n在庫：5", ProductEdit(name="シャツ", price=1500, stock=5)),
        ("name: Shirt\nprice: 100\nstock: 3", ProductEdit(name="Shirt", price=100, stock=3)),
        ("描述：第一行\n第二行\n價格 3", ProductEdit(description="第一行\n第二行", price=3)),
        ("價格 15.5", ProductEdit(problems=("price_not_whole",))),
        ("價格 -5", ProductEdit(problems=("price_not_whole",))),
        ("價格 一千", ProductEdit(problems=("price_not_whole",))),
        ("價格：", ProductEdit(problems=("price_not_whole",))),
        ("價格 1,50", ProductEdit(problems=("price_not_whole",))),
        ("價格 999999999999", ProductEdit(problems=("price_too_large",))),
        ("庫存 2.5", ProductEdit(problems=("stock_not_whole",))),
        ("庫存 -2", ProductEdit(problems=("stock_not_whole",))),
        ("庫存 99999999999", ProductEdit(problems=("stock_too_large",))),
        ("商品名：", ProductEdit(problems=("name_empty",))),
        ("公開：也許", ProductEdit(problems=("public_unclear",))),
        ("價格 100\n價格 200", ProductEdit(price=100, problems=("price_twice",))),
        ("價格 100\n好賣", ProductEdit(price=100, problems=("line_unknown",))),
        ("價格 1500 庫存 20", ProductEdit(problems=("price_not_whole",))),
    ],
)
def test_lines_that_quote_a_product_edit_it(text: str, edit: ProductEdit) -> None:
    understood = read(text)
    assert (understood.intent, understood.edit, understood.subject) == ("edit_product", edit, CODES["tea"])


def test_a_code_above_the_lines_names_the_product_without_a_quote() -> None:
    understood = read("２６０１０８００１\n價格 1500", quoted="")
    assert (understood.intent, understood.subject) == ("edit_product", CODES["shirt"])
    assert understood.edit == ProductEdit(price=1500)


@pytest.mark.parametrize(
    ("text", "quoted", "manager", "expected"),
    [
        ("價格 1500", "tea", False, "none"),
        ("260108001\n價格 1500", "", False, "none"),
        ("價格 1500", "", True, "none"),
        ("2601\n價格 1500", "", True, "none"),
        ("9999999\n價格 1500", "", True, "error unknown_code 9999999"),
        ("好看", "tea", True, "none"),
        ("價格多少", "tea", True, "none"),
        ("商品名稱很好", "tea", True, "none"),
        ("+1", "tea", True, "order tea×1"),
        ("260108001\n黑M+1", "", True, "order shirt/黑/M×1"),
        ("x" * 501, "tea", True, "none"),
    ],
)
def test_who_may_edit_and_what_is_no_edit(text: str, quoted: str, manager: bool, expected: str) -> None:
    assert told(read(text, quoted=quoted, manager=manager)) == expected


def test_a_long_description_is_read_whole() -> None:
    text = "描述：" + "很好看的衣服。" * 300
    assert read(text).edit == ProductEdit(description="很好看的衣服。" * 300)
