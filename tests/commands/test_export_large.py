"""A hundred thousand orders leave and arrive in little memory."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from plusone.base import scope
from plusone.orders.models import Order
from plusone.tenants.models import Tenant, tenant_of
from tests import makers
from tests.tenants import browser

ORDERS = 100_000
MOST_MEGABYTES = 200

_MANY = """
    insert into plusone_order (tenant_id, number, public_id, customer_id, status, source, cause, currency,
                               total)
    select tenant_id, 'BIG-' || n, 'big' || n, customer_id, status, source, 'big:' || n, currency, total
      from plusone_order, generate_series(1, %s) n where tenant_id = %s and id = %s
"""
_LINES = """
    insert into plusone_orderline (tenant_id, order_id, customer_id, product_id, variant_id, product_code,
                                   name, variant_label, asked, quantity, unit_price)
    select l.tenant_id, o.id, l.customer_id, l.product_id, l.variant_id, l.product_code, l.name, '', 2, 2,
           100
      from plusone_orderline l join plusone_order o on o.tenant_id = l.tenant_id and o.cause like 'big:%%'
     where l.tenant_id = %s
"""


@pytest.mark.nightly
def test_a_hundred_thousand_orders_in_200_megabytes(tenant: Tenant, tmp_path: Path) -> None:
    browser.order(tenant, makers.goods(tenant), 2)
    with scope.tenant(tenant.pk), connection.cursor() as cursor:
        cursor.execute(_MANY, [ORDERS, tenant.pk, Order.objects.get().pk])
        cursor.execute(_LINES, [tenant.pk])
    archive = tmp_path / "big.tar.gz"
    assert _megabytes("export", "--tenant", tenant.slug, "--to", str(archive)) < MOST_MEGABYTES
    assert _megabytes("import", str(archive), "--slug", f"{tenant.slug}-b") < MOST_MEGABYTES
    came = tenant_of(f"{tenant.slug}-b")
    assert came is not None
    with scope.tenant(came.pk):
        assert Order.objects.count() == ORDERS + 1


def _megabytes(*arguments: str) -> float:
    """Run the command; the most memory it ever had."""
    process = subprocess.Popen([sys.executable, "-m", "plusone", *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0
    return used.ru_maxrss / 1024
