"""The console's pages of rounds, through HTTP."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from plusone.base import scope
from plusone.chat.models import GroupChat
from plusone.orders.models import Round, Status, figures
from plusone.tenants.models import Role, Tenant
from tests import makers
from tests.orders.groupbuy import a_round, known_group, say
from tests.tenants import browser


def form(product: int, **more: object) -> dict[str, object]:
    """What the form of a round sends: from nine to nine in the shop's evening."""
    times = {"opens_at": "2026-11-25T09:00", "closes_at": "2026-11-25T21:00"}
    return {"name": "週五團", "products": [product], "remind": "30", "exclusive": "on", **times, **more}


def page(tenant: Tenant, client: Client, rest: str) -> str:
    return client.get(browser.path(tenant, rest)).content.decode()


def test_a_round_is_opened_by_form_with_times_of_the_shops_clock(tenant: Tenant) -> None:
    goods = makers.goods(tenant)
    known_group(tenant)
    owner = browser.at(tenant)
    with scope.tenant(tenant.pk):
        group = GroupChat.objects.get().pk
    sent = owner.post(browser.path(tenant, "orders/rounds/new"), form(goods.pk, groups=[group]))
    with scope.tenant(tenant.pk):
        found = Round.objects.get()
        assert [chat.group_id for chat in found.chats.all()] == [group]
    assert sent["Location"] == browser.path(tenant, f"orders/rounds/{found.pk}/")
    zone = ZoneInfo("Asia/Taipei")
    assert found.closes_at == datetime.datetime(2026, 11, 25, 21, tzinfo=zone)
    assert found.remind_at == datetime.datetime(2026, 11, 25, 20, 30, tzinfo=zone)
    assert 'value="2026-11-25T21:00"' in page(tenant, owner, f"orders/rounds/{found.pk}/edit")


def test_without_products_a_round_and_an_order_say_what_is_missing(tenant: Tenant) -> None:
    owner = browser.at(tenant)
    for rest in ("orders/rounds/new", "orders/new"):
        assert "Nothing is on sale yet" in page(tenant, owner, rest)
    makers.goods(tenant)
    for rest in ("orders/rounds/new", "orders/new"):
        assert "Nothing is on sale yet" not in page(tenant, owner, rest)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "give the round a name"),
        ({"closes_at": "2026-11-25T08:00"}, "close after it opens"),
        ({"closes_at": "tonight"}, "choose a day and a time"),
        ({"products": []}, "at least one product"),
        ({"products": ["999999999"]}, "not one of the available choices"),
        ({"closes_at": "2026-11-25T09:10"}, "shorter than that"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(tenant: Tenant, wrong: dict[str, object], said: str) -> None:
    goods = makers.goods(tenant)
    sent = browser.at(tenant).post(browser.path(tenant, "orders/rounds/new"), form(goods.pk, **wrong))
    assert sent.status_code == 422
    assert said in sent.content.decode()
    with scope.tenant(tenant.pk):
        assert not Round.objects.exists()


def test_a_stale_form_changes_nothing(tenant: Tenant) -> None:
    goods = makers.goods(tenant)
    found = a_round(tenant, goods)
    owner = browser.at(tenant)
    path = browser.path(tenant, f"orders/rounds/{found.pk}/edit")
    assert owner.post(path, form(goods.pk, version=1)).status_code == 302
    late = owner.post(path, form(goods.pk, version=1, name="舊的"))
    assert late.status_code == 422
    assert "Someone else changed this round" in late.content.decode()
    with scope.tenant(tenant.pk):
        assert Round.objects.get().name == "週五團"


def test_the_page_answers_first(tenant: Tenant) -> None:
    goods = makers.goods(tenant, "團購茶", price=150, options={("紅",): 9, ("綠",): 9})
    found = a_round(tenant, goods)
    first = say(tenant, f"{goods.code} 紅 +2")
    say(tenant, f"{goods.code} 紅 +1")
    say(tenant, f"{goods.code} 綠 +4")
    with scope.tenant(tenant.pk):
        for order in figures.orders_of(found).filter(number=first.facts["number"]):
            type(order).objects.filter(pk=order.pk).update(status=Status.PAID)
        standing = figures.standing(found)
        told = [(one.label, one.pieces, one.buyers, one.total) for one in figures.ordered(found)]
    assert (standing.orders, standing.buyers, standing.pieces) == (3, 3, 7)
    assert (standing.total, standing.paid, standing.unpaid) == (1050, 300, 750)
    assert told == [("紅", 3, 2, 450), ("綠", 4, 1, 600)]
    shown = page(tenant, browser.at(tenant), f"orders/rounds/{found.pk}/")
    for words in ("NT$1,050", "NT$750", "<dd>3</dd>", "<dd>4</dd>", first.facts["number"], "小美"):
        assert words in shown


def test_closing_at_once_can_be_undone_and_a_closed_round_reopened(tenant: Tenant) -> None:
    found = a_round(tenant, makers.goods(tenant))
    owner = browser.at(tenant)
    path = browser.path(tenant, f"orders/rounds/{found.pk}/closing")
    shown = owner.post(path, follow=True).content.decode()
    assert "The round is closed" in shown
    assert say(tenant, "+1").facts["error"] == "round_closed"
    undo = shown.partition('hx-post="')[2].partition('"')[0].replace("&amp;", "&")
    assert "back_to" in undo
    assert owner.post(undo)["HX-Refresh"] == "true"
    with scope.tenant(tenant.pk):
        assert Round.objects.get().closes_at == found.closes_at
    assert say(tenant, "+1").kind == "taken"
    owner.post(path)
    owner.post(path, {"closes_at": "2099-01-01T00:00"})
    assert say(tenant, "+1").kind == "taken"
    for nonsense in ("", "tomorrow", "0001-01-01T00:00"):
        assert "round" in owner.post(path, {"closes_at": nonsense}, follow=True).content.decode()
    assert say(tenant, "+1").kind == "taken"
    owner.post(f"{path}?back_to=9999999999999999")
    owner.post(f"{path}?back_to=²")


def test_a_planned_round_opens_at_once_and_a_closed_one_is_finished_with_undo(tenant: Tenant) -> None:
    goods = makers.goods(tenant)
    found = a_round(tenant, goods, opens=1, closes=2)
    owner = browser.at(tenant)
    owner.post(browser.path(tenant, f"orders/rounds/{found.pk}/opening"))
    assert say(tenant, "+1").kind == "taken"
    owner.post(browser.path(tenant, f"orders/rounds/{found.pk}/closing"))
    finish = browser.path(tenant, f"orders/rounds/{found.pk}/finish")
    assert "The round is finished" in owner.post(finish, follow=True).content.decode()
    owner.post(f"{finish}?undo=1")
    with scope.tenant(tenant.pk):
        assert Round.objects.get().finished_at is None


def test_staff_see_rounds_and_change_none(tenant: Tenant) -> None:
    found = a_round(tenant, makers.goods(tenant))
    staff = browser.at(tenant, Role.STAFF)
    assert "Close now" not in page(tenant, staff, f"orders/rounds/{found.pk}/")
    assert "Open a round" not in page(tenant, staff, "orders/rounds/")
    assert staff.post(browser.path(tenant, f"orders/rounds/{found.pk}/closing")).status_code == 403


def test_the_cost_of_a_push_is_shown_before_it_is_allowed(tenant: Tenant) -> None:
    makers.goods(tenant)
    known_group(tenant)
    with scope.tenant(tenant.pk):
        GroupChat.objects.update(name="團購群", members=31)
    shown = page(tenant, browser.at(tenant), "orders/rounds/new")
    assert "團購群 (31 people)" in shown
    assert "團購群: 31 messages" in shown


def test_the_list_says_what_belongs_there(tenant: Tenant) -> None:
    makers.goods(tenant)
    owner = browser.at(tenant)
    assert "Open the first round" in page(tenant, owner, "orders/rounds/")
    a_round(tenant, makers.goods(tenant, "茶"))
    say(tenant, "+3")
    shown = page(tenant, owner, "orders/rounds/")
    assert "NT$300" in shown
    assert "3 pieces" in shown
