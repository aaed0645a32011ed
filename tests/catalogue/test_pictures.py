"""A product's pictures: several, in order, all or none of an upload, with undo."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from plusone.base import numbers, pictures, scope
from plusone.base.models import AuditEntry
from plusone.catalogue import actions
from plusone.catalogue.models import Product
from plusone.tenants.models import Tenant
from tests import makers
from tests.tenants import browser


def send(client: Client, tenant: Tenant, product: Product, *data: bytes) -> Any:
    """Add pictures."""
    files = [SimpleUploadedFile(f"{number}.jpg", one) for number, one in enumerate(data)]
    return client.post(browser.path(tenant, f"products/{product.code}/pictures"), {"picture": files})


def press(client: Client, tenant: Tenant, product: Product, image: str, verb: str) -> None:
    """Press a button below a picture."""
    url = browser.path(tenant, f"products/{product.code}/pictures")
    assert client.post(url, {"image": image, "verb": verb}).status_code == 302


def images(tenant: Tenant, product: Product) -> list[str]:
    """The names of the pictures in order."""
    with scope.tenant(tenant.pk):
        return [shot.image for shot in actions.pictures.gallery(Product.objects.get(pk=product.pk))]


def test_several_are_added_put_in_order_and_taken_away(tenant: Tenant) -> None:
    product, client = makers.goods(tenant), browser.at(tenant)
    assert (
        send(client, tenant, product, *[makers.jpeg(colour=c) for c in ("red", "green", "blue")]).status_code
        == 302
    )
    a, b, c = images(tenant, product)
    press(client, tenant, product, c, "earlier")
    assert images(tenant, product) == [a, c, b]
    press(client, tenant, product, a, "later")
    assert images(tenant, product) == [c, a, b]
    with scope.tenant(tenant.pk):
        assert Product.objects.get(pk=product.pk).image == c
    press(client, tenant, product, c, "drop")
    assert images(tenant, product) == [a, b]
    with scope.tenant(tenant.pk):
        entry = AuditEntry.objects.filter(action="product.gallery").latest("id")
    client.post(browser.path(tenant, f"products/undo/{entry.pk}"))
    assert images(tenant, product) == [c, a, b]


def test_one_bad_picture_and_none_is_added(tenant: Tenant) -> None:
    product, client = makers.goods(tenant), browser.at(tenant)
    answer = send(client, tenant, product, makers.jpeg(), b"GIF89a")
    assert answer.status_code == 422
    assert "1.jpg: This is neither a JPG nor a PNG" in answer.content.decode()
    assert images(tenant, product) == []


def test_there_are_at_most_eight(tenant: Tenant) -> None:
    product, client = makers.goods(tenant), browser.at(tenant)
    send(client, tenant, product, *[makers.jpeg()] * 7)
    assert send(client, tenant, product, makers.jpeg(), makers.jpeg()).status_code == 422
    assert send(client, tenant, product, makers.jpeg()).status_code == 302
    assert len(images(tenant, product)) == 8


def test_a_shop_keeps_so_many_pictures_a_day_and_no_more(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P34's quota: through every door, said in a sentence; another shop is not touched by it."""
    monkeypatch.setattr(pictures, "A_DAY", 3)
    product, client = makers.goods(tenant), browser.at(tenant)
    assert send(client, tenant, product, makers.jpeg(), makers.jpeg()).status_code == 302
    refused = send(client, tenant, product, makers.jpeg(), makers.jpeg())
    assert refused.status_code == 422
    assert "limit of pictures for today" in refused.content.decode()
    assert send(client, tenant, product, makers.jpeg()).status_code == 302
    assert len(images(tenant, product)) == 3
    menu = {
        "picture": SimpleUploadedFile("m.jpg", makers.jpeg(2500, 1686)),
        "size": "800x270",
        "upload": "1",
    }
    assert (
        "limit of pictures" in client.post(browser.path(tenant, "messages/menus/new"), menu).content.decode()
    )
    other = makers.shop()
    assert send(browser.at(other), other, makers.goods(other), makers.jpeg()).status_code == 302


def test_what_is_refused_is_not_counted(tenant: Tenant) -> None:
    product, client = makers.goods(tenant), browser.at(tenant)
    assert send(client, tenant, product, makers.jpeg(), b"no picture").status_code == 422
    assert send(client, tenant, product, makers.jpeg()).status_code == 302
    with scope.tenant(tenant.pk):
        day = numbers.local_day(numbers.database_now(), "UTC")
        assert numbers.take("picture", day) == 2


def test_ten_thousand_files_at_once_are_refused(tenant: Tenant) -> None:
    product, client = makers.goods(tenant), browser.at(tenant)
    url = browser.path(tenant, f"products/{product.code}/pictures")
    sent = [io.BytesIO(b"x") for _ in range(10_000)]
    client.raise_request_exception = False
    assert client.post(url, {"picture": sent}).status_code == 400
    assert images(tenant, product) == []
