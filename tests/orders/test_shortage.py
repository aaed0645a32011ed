"""When there is not enough (JG08, JG18): hundreds at once, a part for one, and what the managers are told."""

import pytest

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
from plusone.chat.models import OutboxMessage
from plusone.chat.views.wording import draw
from plusone.customers import actions as customers
from plusone.customers.models import Contact
from plusone.orders.models import Order, OrderLine
from plusone.tenants.models import Tenant
from tests import makers
from tests.chat.at_line import AtLine
from tests.hooks.test_buyers import say
from tests.orders.crowd import variant_of
from tests.orders.test_contents import broken

CROWD = 300
PER_WEBHOOK = 50


def notices(tenant: Tenant, boss: str) -> list[OutboxMessage]:
    """What one manager is told about stock, oldest first."""
    with scope.tenant(tenant.pk):
        found = OutboxMessage.objects.filter(user_id=boss, kind__startswith="notice_")
        return list(found.order_by("id"))


def text_of(row: OutboxMessage) -> str:
    return str(draw(row.kind, row.facts, row.language, row.count)[0]["text"])


def test_hundreds_at_once_get_exactly_what_there_is(tenant: Tenant) -> None:
    """300 people want one to three pieces each of 200, in six webhooks: all gone, none twice, one partial."""
    boss = makers.manager_on_line(tenant)
    tea = makers.goods(tenant, "茶", stock=200)
    events = [makers.text(makers.user_id(), f"+{1 + number % 3}") for number in range(CROWD)]
    for start in range(0, CROWD, PER_WEBHOOK):
        assert makers.webhook(tenant, events[start : start + PER_WEBHOOK]) == 200
    makers.work(tenant)
    assert makers.stock_of(tenant, tea) == [0]
    with scope.tenant(tenant.pk):
        lines = list(OrderLine.objects.values_list("asked", "quantity"))
        numbers = sorted(int(number[-4:]) for number in Order.objects.values_list("number", flat=True))
        answers = OutboxMessage.objects.filter(purpose="answer").count()
    assert sum(given for _, given in lines) == 200
    assert sum(given < asked for asked, given in lines) <= 1
    assert numbers == list(range(1, len(lines) + 1))
    assert answers == CROWD
    assert broken(tenant) == {}
    told = notices(tenant, boss)
    assert 1 <= len(told) <= 2
    assert {row.facts["code"] for row in told} == {tea.code}


@pytest.mark.parametrize(
    ("language", "words"), [("zh-TW", "不足數量：1"), ("ja", "不足"), ("en", "Missing: 1")]
)
def test_a_part_that_is_left_is_told_to_every_manager(tenant: Tenant, language: str, words: str) -> None:
    bosses = [makers.manager_on_line(tenant) for _ in range(2)]
    with scope.tenant(tenant.pk):
        Contact.objects.filter(line_user_id__in=bosses).update(language=language)
    tea = makers.goods(tenant, "茶", stock=2)
    row = say(tenant, makers.friend(tenant, "en"), "+3")
    assert (row.facts["lines"][0]["given"], row.facts["lines"][0]["asked"]) == (2, 3)
    for boss in bosses:
        (told,) = notices(tenant, boss)
        assert (told.kind, told.facts["missing"]) == ("notice_short", 1)
        assert tea.code in text_of(told)
        assert words in text_of(told)


def test_sold_out_is_told_once_and_who_comes_later_is_counted(tenant: Tenant) -> None:
    boss = makers.manager_on_line(tenant)
    makers.goods(tenant, "茶", stock=1)
    assert say(tenant, makers.friend(tenant), "+1").kind == "taken"
    (told,) = notices(tenant, boss)
    assert (told.kind, told.count) == ("notice_sold_out", 1)
    for _ in range(3):
        assert say(tenant, makers.friend(tenant), "+2").facts["error"] == "sold_out"
    (told,) = notices(tenant, boss)
    assert (told.kind, told.count, told.facts["missing"]) == ("notice_sold_out", 4, 2)


def test_the_notice_reaches_the_manager_at_line(line: AtLine) -> None:
    """From a buyer's message to the manager's phone, through the simulator."""
    tenant = line.tenant
    boss = line.people["lin"]
    with scope.tenant(tenant.pk):
        customers.pair(customers.meet([boss])[boss].contact_id, makers.member(tenant, "manager"))
    makers.goods(tenant, "茶", stock=2)
    line.writes("xiaomei", "+3")
    line.send()
    told = [one for one in line.accepted() if one["to"] == boss]
    assert len(told) == 1
    assert "茶" in told[0]["messages"][0]["text"]


def test_numbers_of_the_form_are_not_sold_beyond_stock_by_a_correction(tenant: Tenant) -> None:
    """A manager lowers the stock while orders come in: what is sold stays sold, nothing goes below zero."""
    tea = makers.goods(tenant, "茶", stock=5)
    say(tenant, makers.friend(tenant), "+4")
    with scope.tenant(tenant.pk):
        catalogue.set_stock(HOUSE, variant_of(tenant, tea), 0, "count")
    assert say(tenant, makers.friend(tenant), "+1").facts["error"] == "sold_out"
    assert makers.stock_of(tenant, tea) == [0]
