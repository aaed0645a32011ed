"""A message becomes an order: webhook, lane, order, answer row."""

from plusone.base import scope
from plusone.catalogue.models import StockMovement
from plusone.chat.models import InboxEvent, OutboxMessage
from plusone.orders.models import Order, OrderChange
from plusone.tenants.models import Tenant
from tests import makers


def test_plus_one_orders_the_newest_product(tenant: Tenant) -> None:
    makers.goods(tenant, "舊茶")
    newest = makers.goods(tenant, "新茶", price=680, stock=5)
    makers.hear(tenant, makers.text(makers.friend(tenant), "+1"))
    with scope.tenant(tenant.pk):
        order = Order.objects.get()
        assert order.number == f"{tenant.key[:4]}-{makers.today(tenant):%Y%m%d}-0001"
        assert (order.status, order.total, order.source) == ("purchased", 680, "chat")
        line = order.lines.get()
        assert (line.product_code, line.quantity, line.asked) == (newest.code, 1, 1)
        assert StockMovement.objects.get(reason="order").quantity == -1
        assert OrderChange.objects.get().what == "placed"
        assert InboxEvent.objects.get().state == "done"
        answer = OutboxMessage.objects.get()
        assert (answer.kind, answer.ways[0], answer.facts["number"]) == ("taken", "reply", order.number)
    assert makers.stock_of(tenant, newest) == [4]
