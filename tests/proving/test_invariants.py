"""Each invariant over the tables finds the rows that break it, and none in a sound shop."""

import psycopg
import pytest
from django.conf import settings

from plusone.proving import invariants
from plusone.tenants.models import Tenant
from tests import makers

# The damage to one shop's rows; %s is the tenant.
DAMAGE = {
    "events final": "update plusone_inboxevent set state = 'new' where tenant_id = %s",
    "messages final": "update plusone_outboxmessage set state = 'ready' where tenant_id = %s",
    "events answered": "delete from plusone_outboxmessage where tenant_id = %s",
    "one order a cause": None,  # refused by the database, see below
    "stock is its ledger": "update plusone_variant set stock = stock + 1 where tenant_id = %s",
    "pieces sold are pieces moved": "update plusone_orderline set quantity = 9 where tenant_id = %s",
    "totals add up": "update plusone_order set total = total + 1 where tenant_id = %s",
    "numbers gapless": "update plusone_counter set value = value + 1 where tenant_id = %s and kind = 'order'",
    "history complete": "delete from plusone_orderchange where tenant_id = %s",
    "quota settled": """insert into plusone_quotamonth (tenant_id, month, used, reserved)
                        values (%s, '2026-01-01', 0, 1)""",
    "one notice a window": None,  # made by hand below
}


def broken_after(tenant: Tenant, *statements: str) -> dict[str, list[str]]:
    """What breaks when the statements are done to the shop; all rolled back."""
    with psycopg.connect(settings.DATABASE_URL, options="-c role=plusone_operator") as connection:
        for statement in statements:
            connection.execute(statement.replace("%s", str(tenant.pk)))
        connection.execute("set local role plusone_app")
        connection.execute("select set_config('app.tenant', %s, true)", [str(tenant.pk)])
        found = invariants.broken(connection)
        connection.rollback()
    return found


@pytest.fixture
def sold(tenant: Tenant) -> Tenant:
    """A shop with one order, answered, and a notice to its manager that the goods are gone."""
    makers.manager_on_line(tenant)
    makers.goods(tenant, stock=2)
    makers.hear(tenant, makers.text(makers.friend(tenant), "+2"))
    return tenant


FINISH = "update plusone_outboxmessage set state = 'accepted' where tenant_id = %s"


def test_sound_shop_breaks_none(sold: Tenant) -> None:
    assert broken_after(sold, FINISH) == {}


def test_every_invariant_is_tried_here() -> None:
    assert set(DAMAGE) == {invariant.name for invariant in invariants.INVARIANTS}


@pytest.mark.parametrize("name", [name for name, damage in DAMAGE.items() if damage])
def test_damage_is_found(sold: Tenant, name: str) -> None:
    assert name in broken_after(sold, FINISH, DAMAGE[name] or "")


def test_two_orders_of_one_cause_are_refused_and_would_be_found(sold: Tenant) -> None:
    copy = """insert into plusone_order (tenant_id, number, public_id, customer_id, status, source, cause,
                currency, total)
              select tenant_id, number || '9', public_id || 'x', customer_id, status, source, cause, currency,
                total from plusone_order where tenant_id = %s"""
    with pytest.raises(psycopg.errors.UniqueViolation):
        broken_after(sold, copy)
    with psycopg.connect(settings.DATABASE_URL, options="-c role=plusone_owner") as connection:
        connection.execute("alter table plusone_order drop constraint order_cause_once")
        connection.execute("set local role plusone_operator")
        connection.execute(copy.replace("%s", str(sold.pk)))
        assert "one order a cause" in invariants.broken(connection)
        connection.rollback()


def test_a_second_notice_in_a_window_is_found(sold: Tenant) -> None:
    again = """insert into plusone_outboxmessage (tenant_id, cause, purpose, to_kind, to_id, user_id, kind,
                 facts, language, ways, reply_token, retry_key, rank, expires_at, window_key, state)
               select tenant_id, cause || 'x', purpose, to_kind, to_id, user_id, kind, facts, language, ways,
                 '', gen_random_uuid(), rank, expires_at, window_key, 'accepted'
                 from plusone_outboxmessage where tenant_id = %s and window_key <> ''"""
    assert "one notice a window" in broken_after(sold, FINISH, again)
