"""The hand-out list: who gets what at which pick-up point, who has not paid, who has not collected."""

import pytest

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.chat.models import GroupChat
from plusone.orders.actions import change, handouts
from plusone.orders.models import Handout, Order, OrderChange, PickupPoint, Round, Status
from plusone.orders.views import handout
from plusone.tenants.models import Tenant
from tests import makers
from tests.orders.groupbuy import a_round, known_group, say
from tests.tenants import browser


def a_handout(tenant: Tenant) -> tuple[Round, str, str]:
    """A round with an order from a group that has its pick-up point, and one from a 1:1 chat."""
    group = known_group(tenant)
    with scope.tenant(tenant.pk):
        handouts.add_point(HOUSE, "巷口便利店", GroupChat.objects.get().pk)
        handouts.add_point(HOUSE, "社區管理室", None)
    goods = makers.goods(tenant, "團購茶", stock=20)
    found = a_round(tenant, goods, chats=[group])
    return found, say(tenant, "+2", group=group).facts["number"], say(tenant, "+1").facts["number"]


def test_orders_stand_at_the_point_of_their_group_or_where_they_were_moved(tenant: Tenant) -> None:
    found, mine, other = a_handout(tenant)
    staff = browser.at(tenant, "staff")
    path = browser.path(tenant, f"orders/rounds/{found.pk}/handout")
    sections = staff.get(path).context["sections"]
    assert [(one["name"], one["pieces"]) for one in sections] == [
        ("巷口便利店", 2),
        ("No pick-up point yet", 1),
    ]
    with scope.tenant(tenant.pk):
        point = PickupPoint.objects.get(name="社區管理室").pk
    staff.post(browser.path(tenant, f"orders/{other}/pickup"), {"point": point, "back": path})
    sections = staff.get(path).context["sections"]
    assert {(one["name"], one["pieces"]) for one in sections} == {("巷口便利店", 2), ("社區管理室", 1)}
    for nonsense in ("", "x", "999999", "9" * 30):
        staff.post(browser.path(tenant, f"orders/{mine}/pickup"), {"point": nonsense})
    with scope.tenant(tenant.pk):
        assert list(OrderChange.objects.filter(what="pickup").values_list("after", flat=True)) == [
            "社區管理室"
        ]


def test_ticking_off_is_undone_and_leaves_history(tenant: Tenant) -> None:
    found, mine, _ = a_handout(tenant)
    staff = browser.at(tenant, "staff")
    path = browser.path(tenant, f"orders/rounds/{found.pk}/handout")
    tick = browser.path(tenant, f"orders/{mine}/collected")
    shown = staff.post(tick, {"collected": "1", "back": path}, follow=True)
    assert f"{mine} is collected" in shown.content.decode()
    assert {one["label"]: one["count"] for one in shown.context["filters"]} == {
        "All": 2,
        "Not collected": 1,
        "Not paid": 2,
    }
    undo = shown.content.decode().partition('hx-post="')[2].partition('"')[0].replace("&amp;", "&")
    staff.post(undo)
    with scope.tenant(tenant.pk):
        assert Handout.objects.get().collected_at is None
        assert OrderChange.objects.filter(what="collected").count() == 2
        order = Order.objects.get(number=mine)
        assert handouts.set_collected(HOUSE, order, True)
        assert not handouts.set_collected(HOUSE, order, True)
        assert order.status == Status.PURCHASED
    history = staff.get(browser.path(tenant, f"orders/{mine}/")).content.decode()
    assert "Not collected after all" in history


def test_who_has_not_paid_or_not_collected_is_one_tap_away(tenant: Tenant) -> None:
    found, mine, other = a_handout(tenant)
    with scope.tenant(tenant.pk):
        change.set_status(HOUSE, Order.objects.get(number=mine), Status.PAID)
        handouts.set_collected(HOUSE, Order.objects.get(number=other), True)
    owner = browser.at(tenant)
    path = browser.path(tenant, f"orders/rounds/{found.pk}/handout")
    unpaid = owner.get(path, {"show": "unpaid"}).content.decode()
    assert other in unpaid
    assert mine not in unpaid
    uncollected = owner.get(path, {"show": "uncollected"}).content.decode()
    assert mine in uncollected
    assert other not in uncollected


def test_a_long_list_comes_in_pages_is_searched_and_can_be_printed_whole(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, mine, other = a_handout(tenant)
    monkeypatch.setattr(handout, "PAGE", 1)
    staff = browser.at(tenant, "staff")
    path = browser.path(tenant, f"orders/rounds/{found.pk}/handout")

    def numbers(query: str) -> list[str]:
        sections = staff.get(path + query).context["sections"]
        return [row.order.number for section in sections for row in section["rows"]]

    first = staff.get(path).context
    assert [(one["name"], one["pieces"]) for one in first["sections"]] == [("巷口便利店", 2)]
    assert numbers("") + numbers(first["next_url"]) == [mine, other]
    assert numbers(staff.get(path + first["next_url"]).context["previous_url"]) == [mine]
    assert numbers(first["all_url"]) == [mine, other]
    assert numbers(f"?q={other.lower()}") == [other]
    assert numbers("?q=nobody") == []
    assert numbers("?page=9") == []
    for nonsense in ("x", "-1", "9" * 30, "0"):
        assert numbers(f"?page={nonsense}") == [mine]


def test_cancelled_orders_are_not_handed_out(tenant: Tenant) -> None:
    found, mine, other = a_handout(tenant)
    with scope.tenant(tenant.pk):
        order = Order.objects.get(number=mine)
        change.set_status(HOUSE, order, Status.CANCELLED)
        assert not handouts.set_collected(HOUSE, order, True)
    shown = browser.at(tenant).get(browser.path(tenant, f"orders/rounds/{found.pk}/handout")).content.decode()
    assert mine not in shown
    assert other in shown


def test_the_list_asks_a_fixed_number_of_queries(
    tenant: Tenant, django_assert_max_num_queries: object
) -> None:
    found, _, _ = a_handout(tenant)
    owner = browser.at(tenant)
    path = browser.path(tenant, f"orders/rounds/{found.pk}/handout")
    owner.get(path)
    with django_assert_max_num_queries(20) as few:  # type: ignore[operator]
        owner.get(path)
    for _ in range(4):
        say(tenant, "+1")
    with django_assert_max_num_queries(len(few.captured_queries)):  # type: ignore[operator]
        owner.get(path)


def test_points_are_added_once_and_removed_with_undo(tenant: Tenant) -> None:
    staff = browser.at(tenant, "staff")
    path = browser.path(tenant, "orders/pickup-points/")
    assert staff.post(path, {"name": "巷口", "group": ""}).status_code == 302
    twice = staff.post(path, {"name": "巷口", "group": ""})
    assert twice.status_code == 422
    assert "of this name already" in twice.content.decode()
    assert staff.post(path, {"name": " "}).status_code == 422
    with scope.tenant(tenant.pk):
        point = PickupPoint.objects.get()
    removal = f"{path}{point.pk}/removal"
    assert "no longer offered" in staff.post(removal, follow=True).content.decode()
    staff.post(f"{removal}?undo=1")
    with scope.tenant(tenant.pk):
        assert PickupPoint.objects.present().count() == 1
        handouts.remove_point(HOUSE, point, True)
        handouts.add_point(HOUSE, "巷口", None)
        with pytest.raises(handouts.NameTaken):
            handouts.remove_point(HOUSE, point, False)
