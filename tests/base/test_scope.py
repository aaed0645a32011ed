"""The tenant in scope as Python sees it; what PostgreSQL sees is in tests/tenants/test_walls.py."""

import contextvars

import pytest
from django.apps import apps

from plusone.base import scope
from plusone.base.models import Owned
from plusone.catalogue.models import Product
from plusone.tenants.models import Tenant
from tests import makers


def test_without_a_tenant_every_way_of_reading_raises(database: None) -> None:
    reads = (
        Product.objects.all,
        Product.objects.count,
        Product.objects.on_show,
        lambda: Product.objects.get(pk=1),
    )
    for read in reads:
        with pytest.raises(scope.NoTenant):
            read()
    with pytest.raises(scope.NoTenant):
        scope.current()


def test_everywhere_is_no_tenant_to_write_for(database: None) -> None:
    with scope.everywhere():
        assert scope.filter_id() == scope.EVERYWHERE
        with pytest.raises(scope.NoTenant):
            scope.current()


def test_rows_get_the_tenant_in_scope(tenant: Tenant) -> None:
    with scope.tenant(tenant.pk):
        assert Product(code="x").tenant_id == tenant.pk
    assert Product(code="x").tenant_id is None


def test_reverse_relations_are_scoped_too(tenant: Tenant) -> None:
    product = makers.goods(tenant)
    with pytest.raises(scope.NoTenant):
        list(product.variants.all())
    with scope.tenant(tenant.pk):
        assert product.variants.count() == 1
    with scope.tenant(makers.shop().pk):
        assert product.variants.count() == 0


def test_scopes_nest_and_end(tenant: Tenant) -> None:
    other = makers.shop()
    seen = []
    with scope.tenant(tenant.pk):
        with scope.tenant(other.pk):
            seen.append(scope.current())
        seen.append(scope.current())
        with scope.nowhere(), pytest.raises(scope.NoTenant):
            scope.current()
        seen.append(scope.current())
    assert seen == [other.pk, tenant.pk, tenant.pk]


def test_another_context_is_not_in_scope(tenant: Tenant) -> None:
    with scope.tenant(tenant.pk):
        assert contextvars.Context().run(scope.for_new_row) is None


def test_every_owned_model_reads_through_the_scope() -> None:
    owned = [model for model in apps.get_models() if issubclass(model, Owned)]
    assert len(owned) > 15
    for model in owned:
        with pytest.raises(scope.NoTenant):
            model._default_manager.all()
