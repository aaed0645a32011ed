"""The console's pages about products."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from PIL import Image

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions
from plusone.catalogue.models import Product
from plusone.tenants.models import Tenant
from tests import makers
from tests.tenants import browser


def form(*rows: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The product form as a browser sends it: one product at 100, its rows of options."""
    sent = {"name": "高山茶", "price": "100", "is_public": "on", "form-INITIAL_FORMS": "0", **fields}
    rows = rows or ({"stock": "10"},)
    sent["form-TOTAL_FORMS"] = str(len(rows))
    for place, row in enumerate(rows):
        sent |= {f"form-{place}-{name}": value for name, value in row.items()}
    return sent


def only(tenant: Tenant) -> Product:
    """The shop's only product."""
    with scope.tenant(tenant.pk):
        return Product.objects.prefetch_related("variants").get()


def row_of(tenant: Tenant, product: Product, **changed: Any) -> dict[str, Any]:
    """The row that the edit page shows of the product's first option."""
    with scope.tenant(tenant.pk):
        (variant, *_) = actions.draft_of(product).variants
    return {"id": variant.id, "was": variant.stock, "stock": variant.stock, "sku": variant.sku, **changed}


def add(tenant: Tenant, sent: dict[str, Any]) -> Any:
    """Send the form for a new product."""
    return browser.at(tenant).post(browser.path(tenant, "products/new"), sent)


def png(size: tuple[int, int] = (40, 30)) -> bytes:
    """A small PNG."""
    raw = io.BytesIO()
    Image.new("RGB", size, "#557").save(raw, "PNG")
    return raw.getvalue()


def test_a_product_is_added_with_everything(tenant: Tenant) -> None:
    fields = {"description": "清香", "category": "茶", "words": "阿里山，烏龍 , 烏龍"}
    assert add(tenant, form(**fields)).status_code == 302
    product = only(tenant)
    assert product.code.startswith(f"{makers.today(tenant):%y%m%d}")
    assert (product.name, product.price, product.description, product.category) == (
        "高山茶",
        100,
        "清香",
        "茶",
    )
    assert product.words == ["阿里山", "烏龍"]
    assert makers.stock_of(tenant, product) == [10]


def test_the_new_code_is_said(tenant: Tenant) -> None:
    client = browser.at(tenant)
    said = client.post(browser.path(tenant, "products/new"), form(), follow=True).content.decode()
    assert f"Its code is {only(tenant).code}" in said


def test_options_make_a_variant_a_row(tenant: Tenant) -> None:
    rows: tuple[dict[str, str], ...] = (
        {"value_1": "黑", "value_2": "M", "stock": "3", "price": "120", "sku": "B-M"},
        {"value_1": "白", "value_2": "M", "unlimited": "on"},
        {},
    )
    assert add(tenant, form(*rows, has_options="on", option_1="顏色", option_2="尺寸")).status_code == 302
    product = only(tenant)
    with scope.tenant(tenant.pk):
        draft = actions.draft_of(product)
    assert draft.option_names == ("顏色", "尺寸")
    told = [(v.options, v.price, v.stock, v.sku) for v in draft.variants]
    assert told == [(("黑", "M"), 120, 3, "B-M"), (("白", "M"), None, -1, "")]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": " "}, "give the product a name"),
        ({"name": "長" * 121}, "at most 120 characters"),
        ({"price": ""}, "Please give a price"),
        ({"price": "15.5"}, "whole number"),
        ({"price": "abc"}, "whole number"),
        ({"price": "-1"}, "cannot be below 0"),
        ({"price": "100000000"}, "between 0 and 99,999,999"),
        ({"form-0-stock": "many"}, "whole number of pieces"),
        ({"form-0-stock": "-2"}, "cannot be below 0"),
        ({"form-0-stock": "10000000"}, "at most 9,999,999"),
        ({"category": "類" * 61}, "at most 60"),
        ({"has_options": "on", "option_1": "色", "form-0-value_1": ""}, "every value of each option"),
    ],
)
def test_what_cannot_be_stored_is_explained_and_kept_in_the_form(
    tenant: Tenant, fields: dict[str, str], said: str
) -> None:
    two = ({"stock": "1"}, {"stock": "2"}) if "has_options" in fields else ({"stock": "1"},)
    answer = add(tenant, {**form(*two, description="還在"), **fields})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "還在" in answer.content.decode()
    with scope.tenant(tenant.pk):
        assert not Product.objects.exists()


def test_the_same_combination_twice_is_refused(tenant: Tenant) -> None:
    rows = ({"value_1": "黑", "stock": "1"}, {"value_1": "黑", "stock": "2"})
    answer = add(tenant, form(*rows, has_options="on", option_1="色"))
    assert "Two options are the same" in answer.content.decode()


@pytest.mark.parametrize(
    "sent", [{}, {"form-TOTAL_FORMS": "x"}, {"form-TOTAL_FORMS": "99999", "name": "a", "price": "1"}]
)
def test_a_form_that_no_page_of_ours_sends_is_refused(tenant: Tenant, sent: dict[str, str]) -> None:
    assert add(tenant, sent).status_code == 422
    with scope.tenant(tenant.pk):
        assert not Product.objects.exists()


def edit(client: Client, tenant: Tenant, product: Product, sent: dict[str, Any]) -> Any:
    """Send the edit form."""
    return client.post(browser.path(tenant, f"products/{product.code}/"), sent)


def test_everything_but_the_code_can_change(tenant: Tenant) -> None:
    product = makers.goods(tenant)
    sent = form(row_of(tenant, product, stock=25), name="冬茶", price="480", version=product.version)
    assert edit(browser.at(tenant), tenant, product, sent).status_code == 302
    now = only(tenant)
    assert (now.code, now.name, now.price, now.stock) == (product.code, "冬茶", 480, 25)


def test_what_was_sold_while_the_form_was_open_stays_sold(tenant: Tenant) -> None:
    product = makers.goods(tenant, stock=10)
    row = row_of(tenant, product)
    browser.order(tenant, product, 4)
    edit(browser.at(tenant), tenant, product, form(row, version=product.version))
    assert makers.stock_of(tenant, product) == [6]
    edit(browser.at(tenant), tenant, product, form({**row, "stock": 15}, version=only(tenant).version))
    assert makers.stock_of(tenant, product) == [11]


def test_stock_becomes_unlimited_and_counted_again(tenant: Tenant) -> None:
    product = makers.goods(tenant, stock=10)
    client = browser.at(tenant)
    edit(client, tenant, product, form(row_of(tenant, product, unlimited="on"), version=product.version))
    assert makers.stock_of(tenant, product) == [-1]
    edit(client, tenant, product, form(row_of(tenant, only(tenant), stock=7), version=only(tenant).version))
    assert makers.stock_of(tenant, product) == [7]


def test_somebody_elses_change_is_told_first_and_overwritten_only_knowingly(tenant: Tenant) -> None:
    product = makers.goods(tenant)
    client, sent = browser.at(tenant), form(row_of(tenant, product), name="我的名字", version=product.version)
    with scope.tenant(tenant.pk):
        actions.show_or_hide(HOUSE, product, False)
    answer = edit(client, tenant, product, sent)
    assert answer.status_code == 422
    assert "Someone else changed this product" in answer.content.decode()
    assert only(tenant).name == "高山茶"
    assert edit(client, tenant, product, {**sent, "version": answer.context["version"]}).status_code == 302
    assert only(tenant).name == "我的名字"


def test_a_variant_of_another_shop_cannot_be_named(tenant: Tenant) -> None:
    other = makers.shop()
    theirs = makers.goods(other, stock=3)
    product = makers.goods(tenant)
    row = row_of(other, theirs, stock=99)
    edit(browser.at(tenant), tenant, product, form(row, version=product.version))
    assert makers.stock_of(other, theirs) == [3]


@pytest.mark.parametrize("data", [makers.jpeg(), png()], ids=["jpeg", "png"])
def test_a_picture_is_redrawn_stored_and_served_without_risk(tenant: Tenant, data: bytes) -> None:
    picture = SimpleUploadedFile("../../etc/passwd.png", data, content_type="text/html")
    assert add(tenant, form(picture=picture)).status_code == 302
    product = only(tenant)
    answer = browser.stranger().get(f"/files/{product.image}")
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert body.startswith(b"\xff\xd8\xff")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "immutable" in answer.headers["Cache-Control"]
    assert (
        f"/files/{product.thumbnail}"
        in browser.at(tenant).get(browser.path(tenant, "products/")).content.decode()
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither a JPG nor a PNG"),
        (b"GIF89a", "neither a JPG nor a PNG"),
        (makers.jpeg()[:200], "damaged"),
        (b"\xff\xd8\xff" + b"0" * 5_000_000, "larger than 5 MB"),
        (png((5001, 5001)), "25 million pixels"),
    ],
    ids=["svg", "gif", "cut", "big", "pixels"],
)
def test_each_bad_picture_has_its_sentence_and_nothing_is_stored(
    tenant: Tenant, data: bytes, said: str
) -> None:
    answer = add(tenant, form(picture=SimpleUploadedFile("a.jpg", data)))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with scope.tenant(tenant.pk):
        assert not Product.objects.exists()


@pytest.mark.parametrize("name", ["..", "x.jpg", "0" * 32 + ".jpg", "%2e%2e%2fkeys"])
def test_no_other_file_can_be_had(database: None, name: str) -> None:
    assert browser.stranger().get(f"/files/{name}").status_code == 404


def test_the_list_is_searched_and_filtered(tenant: Tenant) -> None:
    tea, cake = makers.goods(tenant, "高山茶", stock=30), makers.goods(tenant, "鳳梨酥", stock=3)
    with scope.tenant(tenant.pk):
        actions.show_or_hide(HOUSE, tea, False)
    client, url = browser.at(tenant), browser.path(tenant, "products/")

    def shown(**query: str) -> list[str]:
        return [product.name for product in client.get(url, query).context["slice"].rows]

    assert shown() == ["鳳梨酥", "高山茶"]
    assert shown(q="鳳梨") == ["鳳梨酥"]
    assert shown(q=tea.code) == ["高山茶"]
    assert shown(show="sale") == ["鳳梨酥"]
    assert shown(show="stopped") == ["高山茶"]
    assert shown(show="low") == [cake.name]
    assert shown(show="low", q="高山") == []
    assert "Low: 3 left" in client.get(url).content.decode()


def test_the_options_that_are_low_are_named_or_counted(tenant: Tenant) -> None:
    makers.goods(tenant, "襪", options={("黑",): 40, ("白",): 4})
    makers.goods(tenant, "帽", options={("黑",): 1, ("白",): 4, ("紅",): 50})
    shown = browser.at(tenant).get(browser.path(tenant, "products/")).content.decode()
    assert "白 low: 4 left" in shown
    assert "2 options low" in shown


def test_the_public_switch_works_at_once_and_back(tenant: Tenant) -> None:
    product = makers.goods(tenant)
    client, url = browser.at(tenant), browser.path(tenant, f"products/{product.code}/visibility")
    answer = client.post(url, {"public": "0", "back": browser.path(tenant, "products/?show=sale")})
    assert answer.headers["Location"] == browser.path(tenant, "products/?show=sale")
    assert only(tenant).is_public is False
    client.post(f"{url}?undo=1&public=1")
    assert only(tenant).is_public is True


def test_back_leads_to_our_own_pages_only(tenant: Tenant) -> None:
    product = makers.goods(tenant)
    url = browser.path(tenant, f"products/{product.code}/visibility")
    answer = browser.at(tenant).post(url, {"public": "0", "back": "//evil.example/"})
    assert answer.headers["Location"] == browser.path(tenant, "products/")


def test_removing_what_nobody_ordered_removes_it(tenant: Tenant) -> None:
    product = makers.goods(tenant)
    client, url = browser.at(tenant), browser.path(tenant, f"products/{product.code}/removal")
    assert "Nobody has ordered it" in client.get(url).content.decode()
    assert "was removed" in client.post(url, follow=True).content.decode()
    assert client.get(browser.path(tenant, f"products/{product.code}/")).status_code == 404


def test_removing_what_has_orders_hides_it_and_says_so(tenant: Tenant) -> None:
    product = makers.goods(tenant)
    browser.order(tenant, product)
    client, url = browser.at(tenant), browser.path(tenant, f"products/{product.code}/removal")
    assert "It has orders" in client.get(url).content.decode()
    said = client.post(url, follow=True).content.decode()
    assert "taken off sale instead" in said
    assert "undo=1&amp;public=1" in said
    now = only(tenant)
    assert (now.removed_at, now.is_public) == (None, False)


def test_stock_history_tells_each_movement_with_its_reason(tenant: Tenant) -> None:
    product = makers.goods(tenant, stock=10)
    outcome = browser.order(tenant, product, 2)
    client = browser.at(tenant)
    edit(client, tenant, product, form(row_of(tenant, product, stock=9), version=product.version))
    answer = client.get(browser.path(tenant, f"products/{product.code}/stock"))
    with translation.override("en"):
        told = [(move["quantity"], str(move["reason"])) for move in answer.context["moves"]]
    assert told == [
        (1, "set by hand"),
        (-2, "ordered"),
        (10, "first stock"),
    ]
    leads = client.get(browser.path(tenant, f"orders/by-id/{outcome.order_id}"))
    assert leads.headers["Location"] == browser.path(tenant, f"orders/{outcome.number}/")


def test_staff_sees_products_but_cannot_change_them(tenant: Tenant) -> None:
    product = makers.goods(tenant)
    client = browser.at(tenant, "staff")
    shown = client.get(browser.path(tenant, "products/")).content.decode()
    assert product.code in shown
    assert "visibility" not in shown
    assert (
        client.post(browser.path(tenant, f"products/{product.code}/visibility"), {"public": "0"}).status_code
        == 403
    )
    assert only(tenant).is_public is True
