"""Row-level security alone would hold (P29): the managers' scoping is gone round, and still nothing foreign
is seen or written.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from plusone.base import scope
from plusone.base.models import Owned
from plusone.catalogue.models import Product
from plusone.customers.models import Contact, Customer
from plusone.orders.models import Order
from plusone.tenants.models import Channel, Tenant
from tests import makers

MODELS = [model for model in apps.get_models() if issubclass(model, Owned)]


@pytest.fixture(scope="module")
def mine(database: None) -> Tenant:
    return _busy_shop()


@pytest.fixture(scope="module")
def theirs(database: None) -> Tenant:
    return _busy_shop()


def _busy_shop() -> Tenant:
    """A shop with rows in most tables."""
    shop = makers.shop()
    makers.goods(shop)
    makers.member(shop)
    makers.hear(shop, makers.text(makers.friend(shop), "+1"), makers.text(makers.friend(shop), "+99"))
    return shop


def _count(model: type[Owned], **fields: Any) -> int:
    """Rows as a raw query sees them: no manager, no filter but ours."""
    where = " and ".join(f"{name} = %s" for name in fields) or "true"
    with connection.cursor() as cursor:
        cursor.execute(f'select count(*) from "{model._meta.db_table}" where {where}', list(fields.values()))
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_only_rows_of_the_tenant_in_scope_are_seen(model: type[Owned], mine: Tenant, theirs: Tenant) -> None:
    with scope.everywhere():
        own, foreign = _count(model, tenant_id=mine.pk), _count(model, tenant_id=theirs.pk)
    with scope.tenant(mine.pk):
        assert _count(model) == own
        assert _count(model, tenant_id=theirs.pk) == 0
        assert model._base_manager.exclude(tenant_id=mine.pk).count() == 0
    with scope.tenant(theirs.pk):
        assert _count(model) == foreign


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_managers_filter_where_the_database_lets_all_through(
    model: type[Owned], mine: Tenant, theirs: Tenant
) -> None:
    """The first wall without the second: the operator's role sees every shop's rows."""
    with scope.tenant(mine.pk), connection.cursor() as cursor:
        cursor.execute("set local role plusone_operator")
        own, everybodys = _count(model, tenant_id=mine.pk), _count(model)
        assert model._default_manager.count() == own
        assert model.__name__ != "Order" or everybodys > own


def test_the_shops_have_rows_to_look_for(mine: Tenant, theirs: Tenant) -> None:
    with scope.everywhere():
        filled = {model.__name__ for model in MODELS if _count(model, tenant_id=theirs.pk)}
    assert {
        "Order",
        "OrderLine",
        "Product",
        "Variant",
        "Contact",
        "Member",
        "InboxEvent",
        "Channel",
    } <= filled


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_without_a_tenant_there_is_nothing(model: type[Owned], mine: Tenant) -> None:
    assert _count(model) == 0
    assert model._base_manager.count() == 0
    with pytest.raises(scope.NoTenant):
        model.objects.count()


def test_after_a_first_use_the_setting_reads_empty_and_means_nothing(mine: Tenant) -> None:
    """PostgreSQL leaves an empty text, not null, behind in the session: both must mean no tenant."""
    with scope.tenant(mine.pk):
        assert _count(Product) == 1
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('app.tenant', true)")
        assert cursor.fetchone()[0] in (None, "")
    assert _count(Product) == 0


def test_rows_for_another_tenant_are_refused(mine: Tenant, theirs: Tenant) -> None:
    for write in (
        lambda: Customer._base_manager.create(tenant_id=theirs.pk, name="x"),
        lambda: Customer.objects.bulk_create([Customer(tenant_id=theirs.pk, name="x")]),
        lambda: Customer._base_manager.update(tenant_id=theirs.pk),
    ):
        with pytest.raises(DatabaseError, match="row-level security"), scope.tenant(mine.pk):
            write()


def test_rows_of_another_tenant_cannot_be_changed_or_deleted(mine: Tenant, theirs: Tenant) -> None:
    with scope.tenant(theirs.pk):
        before = list(Order.objects.order_by("pk").values())
        ids = [row["id"] for row in before]
    with scope.tenant(mine.pk):
        assert Order._base_manager.filter(pk__in=ids).update(total=0) == 0
        assert Order._base_manager.filter(pk__in=ids)._raw_delete("default") == 0
        assert Order._base_manager.filter(pk__in=ids).first() is None
    with scope.tenant(theirs.pk):
        assert list(Order.objects.order_by("pk").values()) == before


def test_a_row_cannot_point_at_another_tenants(mine: Tenant, theirs: Tenant) -> None:
    """Foreign keys look past row-level security: only the tenant in the key stops this."""
    with scope.tenant(theirs.pk):
        foreign = Customer.objects.values_list("pk", flat=True)[0]
    with pytest.raises(IntegrityError, match="within_tenant"), scope.tenant(mine.pk):
        Contact.objects.create(line_user_id=makers.user_id(), customer_id=foreign)


def test_a_row_without_a_tenant_is_refused(database: None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Customer(name="x").save()


def test_an_exception_leaves_no_tenant_behind(mine: Tenant) -> None:
    with pytest.raises(ZeroDivisionError), scope.tenant(mine.pk):
        _ = 1 / 0
    assert _count(Product) == 0
    with pytest.raises(scope.NoTenant):
        scope.current()


def test_an_exception_inside_leaves_the_outer_tenant(mine: Tenant, theirs: Tenant) -> None:
    with scope.tenant(mine.pk):
        with pytest.raises(ZeroDivisionError), scope.tenant(theirs.pk):
            _ = 1 / 0
        assert (scope.current(), _seen()) == (mine.pk, {mine.pk})


def test_threads_start_blank(mine: Tenant) -> None:
    seen: list[Any] = []

    def look() -> None:
        try:
            seen.append(_count(Product))
            scope.current()
        except scope.NoTenant:
            seen.append("no tenant")
        finally:
            connections.close_all()

    with scope.tenant(mine.pk):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert seen == [0, "no tenant"]


def test_a_pooled_connection_keeps_no_tenant(mine: Tenant, theirs: Tenant) -> None:
    """The same server process serves one tenant after another, and nobody in between."""
    served: dict[int, set[int]] = {mine.pk: set(), theirs.pk: set()}
    for tenant in (mine, theirs) * 20:
        with scope.tenant(tenant.pk):
            assert _seen() == {tenant.pk}
            served[tenant.pk].add(_backend())
        connection.close()
        assert _seen() == set()
        connection.close()
    assert served[mine.pk] & served[theirs.pk]


def test_many_threads_on_few_connections_never_mix(mine: Tenant, theirs: Tenant) -> None:
    wrong: list[object] = []

    def work(tenant: Tenant) -> None:
        for _ in range(30):
            with scope.tenant(tenant.pk):
                if _seen() != {tenant.pk}:
                    wrong.append(tenant.pk)
            connection.close()

    threads = [threading.Thread(target=work, args=(tenant,)) for tenant in (mine, theirs) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


_NESTS: dict[str, Callable[[Tenant, Tenant], tuple[Any, Any]]] = {
    "tenant in tenant": lambda mine, theirs: (scope.tenant(mine.pk), scope.tenant(theirs.pk)),
    "tenant in everywhere": lambda mine, theirs: (scope.everywhere(), scope.tenant(theirs.pk)),
    "everywhere in tenant": lambda mine, theirs: (scope.tenant(mine.pk), scope.everywhere()),
    "blank in tenant": lambda mine, theirs: (scope.tenant(mine.pk), scope.nowhere()),
}


@pytest.mark.parametrize("nest", _NESTS)
def test_leaving_an_inner_scope_restores_the_outer_one(nest: str, mine: Tenant, theirs: Tenant) -> None:
    outer, inner = _NESTS[nest](mine, theirs)
    with outer:
        before = _seen()
        with inner:
            pass
        assert _seen() == before != set()


def test_an_inner_tenant_of_everywhere_sees_itself_only(mine: Tenant, theirs: Tenant) -> None:
    with scope.everywhere(), scope.tenant(mine.pk):
        assert _seen() == {mine.pk}


def test_three_deep(mine: Tenant, theirs: Tenant) -> None:
    with scope.tenant(mine.pk):
        with scope.everywhere(), scope.tenant(theirs.pk):
            assert _seen() == {theirs.pk}
        assert _seen() == {mine.pk}


def test_a_transaction_that_goes_on_after_a_scope_sees_nothing(mine: Tenant) -> None:
    with transaction.atomic():
        with scope.tenant(mine.pk):
            assert _seen() == {mine.pk}
        assert _seen() == set()


def test_the_app_cannot_turn_the_wall_off(mine: Tenant) -> None:
    for order in ("set row_security = off", "alter table plusone_product disable row level security"):
        with pytest.raises(DatabaseError), scope.tenant(mine.pk), connection.cursor() as cursor:
            cursor.execute(f"{order}; select * from plusone_product")


@pytest.mark.parametrize("table", ["event", "auditentry", "stockmovement", "orderchange", "attempt"])
def test_history_is_append_only(mine: Tenant, table: str) -> None:
    for order in (f"update plusone_{table} set id = id", f"delete from plusone_{table}"):
        with pytest.raises(DatabaseError, match="permission denied"), scope.tenant(mine.pk):
            with connection.cursor() as cursor:
                cursor.execute(order)


def test_another_shops_secrets_stay_there(mine: Tenant, theirs: Tenant) -> None:
    with scope.tenant(mine.pk):
        assert Channel._base_manager.count() == 1
        assert Channel.objects.get().tenant_id == mine.pk


def _seen() -> set[int]:
    """Whose products a query without any filter sees."""
    with connection.cursor() as cursor:
        cursor.execute("select distinct tenant_id from plusone_product")
        return {row[0] for row in cursor.fetchall()}


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        return int(cursor.fetchone()[0])
