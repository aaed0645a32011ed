"""The console's pages about customers."""

from plusone.base import scope
from plusone.customers.models import Customer
from plusone.tenants.models import Tenant
from tests import makers
from tests.tenants import browser


def test_a_customer_is_listed_with_figures_that_leave_cancelled_orders_out(tenant: Tenant) -> None:
    product, person = makers.goods(tenant, price=250), makers.friend(tenant)
    browser.order(tenant, product, 2, person=person)
    gone = browser.order(tenant, product, 1, person=person).number
    client = browser.at(tenant)
    client.post(browser.path(tenant, f"orders/{gone}/status"), {"status": "cancelled"})
    (row,) = client.get(browser.path(tenant, "customers/")).context["slice"].rows
    assert (row.name, row.order_count, row.order_total, row.line_user_id) == ("小美", 1, 500, person)
    assert row.last_order_at is not None


def test_customers_are_found_by_name_and_by_line_user_id(tenant: Tenant) -> None:
    person = makers.friend(tenant)
    client, url = browser.at(tenant), browser.path(tenant, "customers/")
    for words, found in (("小", 1), (person, 1), ("阿明", 0)):
        assert len(client.get(url, {"q": words}).context["slice"].rows) == found


def test_a_customer_without_orders_has_a_page(tenant: Tenant) -> None:
    person = makers.friend(tenant)
    with scope.tenant(tenant.pk):
        pk = Customer.objects.get().pk
    shown = browser.at(tenant).get(browser.path(tenant, f"customers/{pk}/")).content.decode()
    assert person in shown
    assert "NT$0" in shown


def test_another_shops_customer_is_not_found(tenant: Tenant) -> None:
    other = makers.shop()
    makers.friend(other)
    with scope.tenant(other.pk):
        pk = Customer.objects.get().pk
    assert browser.at(tenant).get(browser.path(tenant, f"customers/{pk}/")).status_code == 404
