"""Products out to a table and in from one: looked at first, whole or not at all, once (JG22, P37)."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from plusone.base import scope, tables
from plusone.base.audit import HOUSE
from plusone.catalogue import actions, rules
from plusone.catalogue.models import Product, ProductFile, StockMovement
from plusone.catalogue.rules import ProductDraft, VariantDraft, sheets
from plusone.tenants.models import Tenant
from tests import makers
from tests.tenants import browser

HEAD = "code,name,price,stock,category,public"


def upload(client: Client, tenant: Tenant, data: bytes, name: str = "商品.csv") -> Any:
    """Choose a file: the page one is led to."""
    sent = {"file": SimpleUploadedFile(name, data)}
    return client.post(browser.path(tenant, "products/import"), sent, follow=True)


def apply(client: Client, tenant: Tenant, seen: Any) -> str:
    """Press the button of a preview: what the next page says."""
    return client.post(seen.request["PATH_INFO"], follow=True).content.decode()


def export(client: Client, tenant: Tenant, kind: str = "csv", query: str = "") -> bytes:
    """The exported file."""
    return body(client.get(browser.path(tenant, f"products/export.{kind}{query}")))


def body(answer: Any) -> bytes:
    """The bytes of a download."""
    return b"".join(answer.streaming_content)


def drafts(tenant: Tenant) -> list[ProductDraft]:
    """Everything the shop has, in its order."""
    with scope.tenant(tenant.pk):
        return [actions.draft_of(product) for product in Product.objects.listed()]


def bare(draft: ProductDraft) -> tuple[object, ...]:
    """The draft without ids."""
    variants = [(one.options, one.price, one.stock, one.sku) for one in draft.variants]
    return (draft.name, draft.price, draft.category, draft.description, draft.is_public,
            draft.option_names, draft.words, variants)  # fmt: skip


def rich(tenant: Tenant) -> None:
    """Three products with everything."""
    makers.goods(
        tenant,
        "=cmd|' /C calc'!A0",
        description='第一行\n他說"好", +1',
        category="@茶",
        words=("阿里山", "烏龍"),
    )
    makers.goods(tenant, "襪子", options={("黑", "M"): 5, ("白", "-1"): -1}, is_public=False)
    makers.goods(tenant, "照片", price=None, stock=-1)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "zh-hant", "ja"])
def test_what_is_exported_changes_nothing_when_it_comes_back(
    tenant: Tenant, kind: str, language: str
) -> None:
    rich(tenant)
    client = browser.at(tenant)
    client.cookies["django_language"] = language
    seen = upload(client, tenant, export(client, tenant, kind))
    assert seen.status_code == 200
    assert (seen.context["new"], seen.context["changed"], seen.context["file"].same) == (0, 0, 3)
    assert seen.context["unknown"] == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_whole_shop_moves_into_another_without_codes(tenant: Tenant, kind: str) -> None:
    makers.goods(tenant, "=1+1", description="+2", words=("甲", "乙"), category="茶")
    makers.goods(tenant, "襪子", options={("黑", "M"): 5, ("白", "L"): -1}, is_public=False)
    other = makers.shop()
    table = tables.read(export(browser.at(tenant), tenant, kind))
    rows = [["", *row[1:]] for _number, row in table.rows]
    data = tables.write(kind, "x", table.header, rows).read()
    client = browser.at(other)
    said = apply(client, other, upload(client, other, data, f"a.{kind}"))
    assert "2 products were imported" in said
    assert [bare(one) for one in drafts(other)] == [bare(one) for one in drafts(tenant)]


def test_excel_opens_it_with_chinese_and_without_formulas(tenant: Tenant) -> None:
    rich(tenant)
    client = browser.at(tenant)
    client.cookies["django_language"] = "zh-hant"
    answer = client.get(browser.path(tenant, "products/export.csv"))
    text = body(answer)
    assert text.startswith("\ufeff商品代碼,".encode())
    assert "attachment" in answer.headers["Content-Disposition"]
    assert not [line for line in text.decode().splitlines() if ",=" in line or ',"=' in line]
    sheet = load_workbook(io.BytesIO(export(client, tenant, "xlsx"))).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert sheet.title == "商品"


def test_the_export_has_what_the_list_shows(tenant: Tenant) -> None:
    makers.goods(tenant, "茶", category="飲")
    makers.goods(tenant, "餅")
    rows = tables.read(export(browser.at(tenant), tenant, query="?category=飲")).rows
    assert [row[1] for _number, row in rows] == ["茶"]


def test_the_template_shows_how_and_can_be_imported(tenant: Tenant) -> None:
    client = browser.at(tenant)
    for kind in tables.KINDS:
        data = body(client.get(browser.path(tenant, f"products/import/template.{kind}")))
        seen = upload(client, tenant, data)
        assert (seen.context["new"], seen.context["changed"]) == (2, 0)


def test_new_and_changed_products(tenant: Tenant) -> None:
    tea = makers.goods(tenant, "高山茶", stock=10)
    client = browser.at(tenant)
    data = f"{HEAD},備註\n{tea.code},,120,15,茶,否,x\n,鳳梨酥,NT$ 360,20,點心,,\n".encode()
    seen = upload(client, tenant, data)
    assert (seen.context["new"], seen.context["changed"], seen.context["unknown"]) == (1, 1, ["備註"])
    assert [draft.price for draft in drafts(tenant)] == [100]
    assert "2 products were imported" in apply(client, tenant, seen)
    cake, tea_now = drafts(tenant)
    assert (cake.name, cake.price, cake.category, cake.is_public) == ("鳳梨酥", 360, "點心", True)
    assert (tea_now.name, tea_now.price, tea_now.category, tea_now.is_public) == ("高山茶", 120, "茶", False)
    with scope.tenant(tenant.pk):
        made = Product.objects.latest("id")
        moves = list(StockMovement.objects.order_by("id").values_list("quantity", "reason", "actor_kind"))
    assert made.code == str(int(tea.code) + 1)
    assert sorted(moves[1:]) == [(5, "adjust", "member"), (20, "initial", "member")]


def test_what_was_sold_after_the_preview_stays_sold(tenant: Tenant) -> None:
    tea = makers.goods(tenant, stock=10)
    client = browser.at(tenant)
    seen = upload(client, tenant, f"code,stock\n{tea.code},15\n".encode())
    browser.order(tenant, tea, 4)
    apply(client, tenant, seen)
    assert makers.stock_of(tenant, tea) == [11]


@pytest.mark.parametrize("stock", ["無限", "-1", "unlimited"])
def test_stock_becomes_unlimited_and_counted_again(tenant: Tenant, stock: str) -> None:
    tea = makers.goods(tenant, stock=10)
    client = browser.at(tenant)
    apply(client, tenant, upload(client, tenant, f"code,stock\n{tea.code},{stock}\n".encode()))
    assert makers.stock_of(tenant, tea) == [-1]
    apply(client, tenant, upload(client, tenant, f"code,stock\n{tea.code},7\n".encode()))
    assert makers.stock_of(tenant, tea) == [7]


def test_options_are_changed_added_and_left(tenant: Tenant) -> None:
    socks = makers.goods(tenant, "襪子", options={("黑",): 5, ("白",): 6})
    client = browser.at(tenant)
    head = "code,price,value_1,stock,own_price,sku"
    data = f"{head}\n{socks.code},150,黑,8,,B\n{socks.code},,紅,3,180,R\n".encode()
    apply(client, tenant, upload(client, tenant, data))
    (draft,) = drafts(tenant)
    told = {one.options[0]: (one.price, one.stock, one.sku) for one in draft.variants}
    assert draft.price == 150
    assert told == {"黑": (None, 8, "B"), "白": (None, 6, ""), "紅": (180, 3, "R")}


BAD: list[tuple[str, str, list[tuple[int, str]]]] = [
    ("code,price", "{code},abc", [(2, "not a whole number")]),
    ("code,price", "{code},1.5", [(2, "not a whole number")]),
    ("code,price", "{code},-1", [(2, "too small or too large")]),
    ("code,price", "{code},999999999", [(2, "too small or too large")]),
    ("code,price", "999999999,1", [(2, "No product has this code")]),
    ("code,stock", "{code},-2", [(2, "too small or too large")]),
    ("code,public", "{code},maybe", [(2, "yes or no")]),
    ("code,category", "{code}," + "長" * 61, [(2, "too long")]),
    ("name,price", "茶,", [(2, "required for a new product")]),
    ("name,price", ",5", [(2, "required for a new product")]),
    ("code,price", "{code},1\n{code},2", [(3, "says something different")]),
    ("code,stock", "{code},1\n{code},2", [(3, "about the same thing")]),
    ("code,value_1", "{code},黑", [(2, "The number of values")]),
    ("code,name,price", "{code},,x\n,茶,1\n,餅,y\n", [(2, "whole number"), (4, "whole number")]),
]  # fmt: skip


@pytest.mark.parametrize(("head", "rows", "expected"), BAD)
def test_a_half_bad_file_applies_nothing_and_tells_each_row(
    tenant: Tenant, head: str, rows: str, expected: list[tuple[int, str]]
) -> None:
    product = makers.goods(tenant)
    before = drafts(tenant)
    answer = upload(browser.at(tenant), tenant, f"{head}\n{rows.replace('{code}', product.code)}\n".encode())
    assert answer.status_code == 422
    told = [(one["row"], one["sentence"]) for one in answer.context["problems"]]
    assert [row for row, _ in told] == [row for row, _ in expected]
    with translation.override("en"):
        assert all(part in sentence for (_, sentence), (_, part) in zip(told, expected, strict=True)), told
    assert drafts(tenant) == before
    with scope.tenant(tenant.pk):
        assert not ProductFile.objects.exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no rows below"),
        (b"a,b\n1,2\n", "neither a column"),
        (b"code,code\n1,2\n", "appears twice"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old Excel"),
        (b"PK\x03\x04" + bytes(100), "damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "neither CSV nor XLSX"),
        (b'code,name\n1,"x\n', "not closed"),
        (b"code,name\n1,2,3\n", "more cells than"),
        (b"code\n" + b"1\n" * 20_001, "more than 20000 rows"),
        (b"x," * 200 + b"y\n1\n", "more than 100 columns"),
        (b"code\n" + b"x" * 10_001 + b"\n", "more than 10000 characters"),
        (b"code\n1\x00\n", "null character"),
        (b"a\n" * 3_000_000, "too large"),
        ("商品,價格\n茶葉禮盒,1\n".encode() + "烏龍,2\n".encode("cp950"), "partly UTF-8"),
    ],
)
def test_each_file_that_is_no_table_has_its_sentence(tenant: Tenant, data: bytes, said: str) -> None:
    answer = upload(browser.at(tenant), tenant, data)
    assert answer.status_code == 422
    assert said in answer.content.decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp950"])
def test_encodings(tenant: Tenant, encoding: str) -> None:
    client = browser.at(tenant)
    seen = upload(client, tenant, "商品名稱,售價\n許功蓋茶,５００元\n".encode(encoding))
    apply(client, tenant, seen)
    assert [(draft.name, draft.price) for draft in drafts(tenant)] == [("許功蓋茶", 500)]


def test_the_same_file_twice_has_one_effect(tenant: Tenant) -> None:
    client, data = browser.at(tenant), b"name,price,stock\nA,1,5\nB,2,6\n"
    seen = upload(client, tenant, data)
    apply(client, tenant, seen)
    assert "takes effect only once" in apply(client, tenant, seen)
    again = upload(client, tenant, data, "renamed.csv")
    assert "takes effect only once" in again.content.decode()
    assert [draft.name for draft in drafts(tenant)] == ["A", "B"]


def test_two_previews_of_one_file_have_one_effect(tenant: Tenant) -> None:
    """Two tabs that chose the same bytes before either applied them."""
    plan = sheets.plan([(2, {"name": "A", "price": "1"})], {})
    told = {"name": "x", "digest": "d" * 64, "encoding": "UTF-8", "unknown": [], "same": 0}
    with scope.tenant(tenant.pk):
        first = actions.files.keep(HOUSE, plan.products, {}, **told)  # type: ignore[arg-type]
        actions.files.apply(HOUSE, first)
        second = actions.files.keep(HOUSE, plan.products, {}, **told)  # type: ignore[arg-type]
        with pytest.raises(actions.files.AppliedBefore):
            actions.files.apply(HOUSE, second)
        assert Product.objects.count() == 1


def test_a_product_changed_since_the_preview_stops_all_of_it(tenant: Tenant) -> None:
    first, second = makers.goods(tenant, "A"), makers.goods(tenant, "B")
    client = browser.at(tenant)
    seen = upload(client, tenant, f"code,price\n{first.code},1\n{second.code},2\n".encode())
    with scope.tenant(tenant.pk):
        actions.show_or_hide(HOUSE, second, False)
    said = apply(client, tenant, seen)
    assert f"{second.code} changed since you looked" in said
    assert {draft.price for draft in drafts(tenant)} == {100}
    with scope.tenant(tenant.pk):
        assert ProductFile.objects.get().state == "seen"


def test_a_code_of_another_shop_is_unknown_here(tenant: Tenant) -> None:
    other = makers.shop()
    theirs = [makers.goods(other) for _ in range(2)][1]
    answer = upload(browser.at(tenant), tenant, f"code,price\n{theirs.code},1\n".encode())
    assert answer.status_code == 422


def test_two_thousand_products_need_few_statements(
    tenant: Tenant, django_assert_max_num_queries: Any
) -> None:
    client = browser.at(tenant)
    rows = "".join(f",P{n},{n},{n % 50},類{n % 7}\n" for n in range(2000))
    seen = upload(client, tenant, f"code,name,price,stock,category\n{rows}".encode())
    with django_assert_max_num_queries(60):
        client.post(seen.request["PATH_INFO"])
    with scope.tenant(tenant.pk):
        assert Product.objects.count() == 2000
        codes = [product.code for product in Product.objects.arranged()[:2]]
    data = "code,price\n" + "".join(f"{draft},7\n" for draft in codes)
    apply(client, tenant, upload(client, tenant, data.encode()))
    assert sorted(draft.price for draft in drafts(tenant) if draft.price == 7) != []


cells = st.text(max_size=12) | st.sampled_from(["1", "-1", "茶", "yes", "無限", "1,500", "NT$20", "", "黑"])
row = st.fixed_dictionaries({}, optional=dict.fromkeys(sheets.FIELDS, cells))


@settings(max_examples=400, deadline=None)
@given(rows=st.lists(row, max_size=6))
def test_no_row_is_a_crash_and_what_is_planned_can_be_stored(rows: list[dict[str, str]]) -> None:
    standing = {"1": ProductDraft("茶", 5), "茶": ProductDraft("襪", 9, option_names=("色",), variants=(
        VariantDraft(("黑",), stock=3, id=1), VariantDraft(("白",), stock=-1, id=2)))}  # fmt: skip
    numbered = [(number, {k: v.strip() for k, v in one.items()}) for number, one in enumerate(rows, start=2)]
    plan = sheets.plan(numbered, standing)
    if not plan.problems:
        assert all(rules.problems(one.draft) == {} for one in plan.products)
    assert len(plan.products) + plan.same + len(plan.problems) >= bool(rows)
