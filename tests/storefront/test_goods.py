"""The shop window, and what strangers can learn from it (P38)."""

import secrets

import pytest
from django.urls import reverse

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
from plusone.catalogue.models import Product
from plusone.tenants.models import Channel, Tenant
from tests import makers
from tests.storefront import buyers
from tests.tenants import browser


def test_everything_on_sale_and_nothing_else(shop: Tenant) -> None:
    makers.goods(shop, "高山茶", 680, category="茶")
    makers.goods(shop, "秘密商品", is_public=False)
    makers.goods(shop, "還沒有價錢", price=None)
    makers.goods(buyers.shop(), "別家的")
    said = buyers.text(buyers.stranger().get(buyers.path(shop)))
    assert "高山茶" in said
    assert "NT$680" in said
    for hidden in ("秘密商品", "還沒有價錢", "別家的"):
        assert hidden not in said


def test_search_and_categories(shop: Tenant) -> None:
    makers.goods(shop, "高山茶", category="茶")
    makers.goods(shop, "手工皂", category="生活")
    client = buyers.stranger()
    for query in ({"q": "皂"}, {"category": "生活"}):
        said = buyers.text(client.get(buyers.path(shop), query))
        assert "手工皂" in said
        assert "高山茶" not in said
    assert "No product matches" in buyers.text(client.get(buyers.path(shop), {"q": "鞋"}))


def test_what_is_left_is_told_as_it_is(shop: Tenant) -> None:
    makers.goods(shop, "剩三個", stock=3)
    gone = makers.goods(shop, "賣完了", stock=0)
    shirt = makers.goods(shop, "上衣", options={("黑", "M"): 4, ("白", "L"): 0})
    client = buyers.stranger()
    said = buyers.text(client.get(buyers.path(shop)))
    assert "3 left" in said
    assert "Sold out" in said
    empty = buyers.text(client.get(buyers.path(shop, f"p/{gone.public_id}")))
    assert "This is sold out" in empty
    assert "Order now" not in empty
    page = client.get(buyers.path(shop, f"p/{shirt.public_id}"))
    assert "黑 M 4 left" in buyers.text(page)
    assert "白 L sold out" in buyers.text(page)
    assert page.content.decode().count("disabled") == 1


def test_the_registered_address_opens_without_a_redirect(shop: Tenant) -> None:
    """LIFF: no redirect before init, with or without the last slash (facts: line-platform 18)."""
    client = buyers.stranger()
    for address in (
        f"/t/{shop.slug}/liff?liff.state=%2Fbasket",
        f"/t/{shop.slug}/liff/?liff.state=%2Fbasket",
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "abcdEFGH" in answer.content.decode()


def test_the_policy_lets_lines_script_in_and_nothing_inline(shop: Tenant) -> None:
    policy = buyers.stranger().get(buyers.path(shop))["Content-Security-Policy"]
    assert "script-src 'self' https://static.line-scdn.net;" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("what", ["product", "order"])
def test_a_thousand_guesses_get_one_answer(what: str, shop: Tenant) -> None:
    """Hidden, another shop's, another buyer's or never there: the same page, word for word."""
    hidden = makers.goods(shop, is_public=False)
    elsewhere = makers.goods(buyers.shop())
    theirs = browser.order(shop, makers.goods(shop)).public_id
    place = "p/" if what == "product" else "orders/"
    names = [hidden.public_id, elsewhere.public_id, theirs, hidden.code, "1", "260108001", "x" * 300]
    names += [secrets.token_urlsafe(12) for _ in range(1000 // 20)]
    client = buyers.at(shop)
    answers = [client.get(buyers.path(shop, place + name)) for name in names]
    assert {answer.status_code for answer in answers} == {404}
    told = {
        buyers.text(answer).replace(f"{place}{name}", "") for answer, name in zip(answers, names, strict=True)
    }
    assert len(told) == 1


def test_codes_open_nothing_for_buyers(shop: Tenant) -> None:
    """What stands in addresses is not the code that can be counted through."""
    product = makers.goods(shop)
    assert len(product.public_id) >= 16
    assert product.public_id != product.code
    client = buyers.stranger()
    assert client.get(buyers.path(shop, f"p/{product.code}")).status_code == 404
    assert client.get(buyers.path(shop, f"p/{product.public_id}")).status_code == 200


def test_a_product_keeps_its_link(shop: Tenant) -> None:
    product = makers.goods(shop)
    with scope.tenant(shop.pk):
        draft = catalogue.draft_of(product)
        catalogue.change(HOUSE, product, draft)
        assert Product.objects.get(pk=product.pk).public_id == product.public_id


def test_sharing_shows_link_and_code(shop: Tenant) -> None:
    product = makers.goods(shop, "高山茶")
    client = browser.at(shop)
    page = client.get(reverse("console-product", args=[shop.slug, product.code])).content.decode()
    share = reverse("console-product-share", args=[shop.slug, product.code])
    assert share in page
    said = client.get(share, {"word": "OpenChat 一群\r\n<b>"}).content.decode()
    link = (
        f"http://testserver/t/{shop.slug}/liff/p/{product.public_id}?via=OpenChat+%E4%B8%80%E7%BE%A4+%3Cb%3E"
    )
    assert link in said
    assert "<path" in said
    assert buyers.stranger().get(link).status_code == 200


def test_the_contact_page_leads_to_the_chat_or_says_that_it_cannot(shop: Tenant) -> None:
    with scope.tenant(shop.pk):
        Channel.objects.update(basic_id="")
        without = buyers.text(buyers.stranger().get(buyers.path(shop, "contact")))
        Channel.objects.update(basic_id="@tea")
    there = buyers.text(buyers.stranger().get(buyers.path(shop, "contact")))
    assert "has not told its LINE ID" in without
    assert "Open the chat" in there
    assert "LINE ID yet" not in there
