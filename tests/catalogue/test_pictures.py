"""A product's pictures: several, in order, all or none of an upload, with undo."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from plusone.base import scope
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
