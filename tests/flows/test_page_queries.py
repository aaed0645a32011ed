"""Every list, dashboard and API list costs the same statements in a shop of any size: none asks row by row.

The addresses are those of `make bench pages`, where the same pages are timed with 100,000 orders.
"""

import secrets

from benchmarks import big_shop, pages
from benchmarks.big_shop import Size
from plusone.tenants import actions as tenants

SMALL = Size(orders=300, products=400, customers=150, in_round=80, reports=60, rounds=25)
LARGE = Size(orders=1500, products=800, customers=600, in_round=400, reports=120, rounds=30)
MOST = 26  # Today counts a dozen things; a list takes about ten


def counted(size: Size) -> dict[str, int]:
    """How many statements each page takes in a shop of this size."""
    tenant = tenants.open_tenant(f"size-{secrets.token_hex(4)}", "Size")
    big_shop.fill(tenant, size)
    big_shop.vacuum()
    browser = pages.signed_in(tenant)
    return {
        name: len(pages.statements(lambda address=address: browser.get(address)))  # type: ignore[misc]
        for name, address in pages.addresses(tenant).items()
    }


def test_no_page_asks_more_because_there_are_more_rows(database: None) -> None:
    """Three more are allowed: an empty list asks for no lines and no customers, and only one longer than its
    page how many there are in all.
    """
    small, large = counted(SMALL), counted(LARGE)
    assert {name: (small[name], count) for name, count in large.items() if count > small[name] + 3} == {}
    assert {name: count for name, count in (small | large).items() if count > MOST} == {}
