"""What buyers do in a chat, whole: webhook, lane, order, answer.

Follow and unfollow, taking back, editing, undo, cancel, change.
"""

import itertools
import re
import time
from typing import Any

import pytest

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
from plusone.catalogue.models import Product
from plusone.chat.models import InboxEvent, OutboxMessage
from plusone.chat.views.wording import draw
from plusone.customers.models import Contact
from plusone.orders.actions import change
from plusone.orders.models import Order, OrderLine
from plusone.tenants.models import Tenant
from tests import makers

KANA, HAN = re.compile("[ぁ-ヺ]"), re.compile("[一-鿿]")
REFUSALS = {
    "zero": ("{code}+0", "quantity_zero"),
    "over 99": ("{code}+100", "quantity_over_limit"),
    "unknown": ("999999999+1", "unknown_code"),
    "hidden": ("{hidden}+1", "not_public"),
    "sold out": ("{gone}+1", "sold_out"),
    "unclear": ("{code}+1.5", "unclear"),
}


def say(tenant: Tenant, person: str, words: str, **more: Any) -> OutboxMessage:
    """The person writes it; the answer."""
    return heard(tenant, makers.text(person, words, **more))


def heard(tenant: Tenant, event: dict[str, Any]) -> OutboxMessage:
    """The event comes; the answer to it."""
    makers.hear(tenant, event)
    with scope.tenant(tenant.pk):
        return OutboxMessage.objects.get(cause=f"event:{event['webhookEventId']}")


def state_of(tenant: Tenant, event: dict[str, Any]) -> tuple[str, str]:
    with scope.tenant(tenant.pk):
        kept = InboxEvent.objects.get(event_id=event["webhookEventId"])
    return kept.state, kept.error


def orders(tenant: Tenant) -> list[tuple[str, int]]:
    """Status and pieces of each order, oldest first."""
    with scope.tenant(tenant.pk):
        lines = OrderLine.objects.order_by("order_id").values_list("order__status", "quantity")
        return list(lines)


def text_of(row: OutboxMessage) -> str:
    return str(draw(row.kind, row.facts, row.language)[0]["text"])


@pytest.fixture
def goods(tenant: Tenant) -> Product:
    return makers.goods(tenant, "Tea", price=100, stock=10)


@pytest.mark.parametrize("kind", REFUSALS)
def test_refusal_orders_nothing_and_speaks_the_buyers_language(tenant: Tenant, kind: str) -> None:
    gone = makers.goods(tenant, "Gone", stock=0)
    hidden = makers.goods(tenant, "Hidden", is_public=False)
    goods = makers.goods(tenant, "Tea")
    words, error = REFUSALS[kind]
    words = words.format(code=goods.code, gone=gone.code, hidden=hidden.code)
    rows = [say(tenant, makers.friend(tenant, language), words) for language in ("zh-TW", "ja", "en")]
    assert [(row.kind, row.facts["error"]) for row in rows] == [("refused", error)] * 3
    chinese, japanese, english = (text_of(row) for row in rows)
    assert HAN.search(chinese)
    assert not KANA.search(chinese)
    assert KANA.search(japanese)
    assert not HAN.search(english)
    assert not KANA.search(english)
    assert orders(tenant) == []


def test_two_left_and_three_wanted_tells_what_was_got(tenant: Tenant) -> None:
    goods = makers.goods(tenant, "Tea", stock=2)
    row = say(tenant, makers.friend(tenant, "en"), "+3")
    assert (row.kind, row.facts["lines"][0]["asked"], row.facts["lines"][0]["given"]) == ("taken", 3, 2)
    assert "only 2 were left" in text_of(row)
    assert makers.stock_of(tenant, goods) == [0]


def test_undo_gives_the_pieces_back_once(tenant: Tenant, goods: Product) -> None:
    person = makers.friend(tenant)
    taken = say(tenant, person, "+3")
    undo = taken.facts["buttons"][0]["data"]
    first, second = heard(tenant, makers.tap(person, undo)), heard(tenant, makers.tap(person, undo))
    assert [(row.kind, row.facts["already"]) for row in (first, second)] == [
        ("cancelled", False),
        ("cancelled", True),
    ]
    assert makers.stock_of(tenant, goods) == [10]


def test_nobody_taps_anothers_button(tenant: Tenant, goods: Product) -> None:
    """In a group everybody sees it: who taps it hears that it did nothing, for free or not at all."""
    group, other = makers.group_id(), makers.friend(tenant, "en")
    taken = say(tenant, makers.friend(tenant), "+3", group=group)
    row = heard(tenant, makers.tap(other, taken.facts["buttons"][0]["data"], group=group))
    assert (row.kind, row.ways) == ("not_yours", ["reply"])
    assert "somebody else's order" in text_of(row)
    assert makers.stock_of(tenant, goods) == [7]
    made_up = makers.tap(other, "undo=no-such-order", group=group)
    makers.hear(tenant, made_up)
    assert state_of(tenant, made_up) == ("ignored", "no_order")


def test_cancel_asks_first_and_keep_keeps(tenant: Tenant, goods: Product) -> None:
    person = makers.friend(tenant)
    say(tenant, person, "+2")
    question = say(tenant, person, "取消")
    assert (question.kind, makers.stock_of(tenant, goods)) == ("cancel_question", [8])
    cancel, keep = (button["data"] for button in question.facts["buttons"])
    assert heard(tenant, makers.tap(person, keep)).kind == "kept"
    assert heard(tenant, makers.tap(person, cancel)).kind == "cancelled"
    assert (orders(tenant), makers.stock_of(tenant, goods)) == ([("cancelled", 2)], [10])


def test_cancel_all_offers_each_order(tenant: Tenant, goods: Product) -> None:
    person = makers.friend(tenant)
    for _ in range(3):
        say(tenant, person, "+1")
    which = say(tenant, person, "取消全部")
    assert (which.kind, len(which.facts["buttons"])) == ("cancel_which", 3)
    assert makers.stock_of(tenant, goods) == [7]


def test_paid_order_is_for_the_shop_to_cancel(tenant: Tenant, goods: Product) -> None:
    person = makers.friend(tenant)
    taken = say(tenant, person, "+2")
    with scope.tenant(tenant.pk):
        change.set_status(HOUSE, Order.objects.get(), "paid")
    row = heard(tenant, makers.tap(person, taken.facts["buttons"][0]["data"]))
    assert (row.kind, orders(tenant)) == ("ask_the_shop", [("paid", 2)])


def test_taking_off_asks_about_what_is_held_and_not_about_ordering(tenant: Tenant, goods: Product) -> None:
    """“cancel 1” asks first; Cake is the newest, Tea is theirs."""
    person = makers.friend(tenant, "en")
    say(tenant, person, "+3")
    makers.goods(tenant, "Cake", stock=9)
    row = say(tenant, person, "取消 1")
    assert text_of(row).startswith("Did you want to take this off your order?")
    assert ("Tea ×1" in text_of(row), "Cake" in text_of(row)) == (True, False)
    assert orders(tenant) == [("purchased", 3)]
    assert say(tenant, person, row.facts["buttons"][0]["text"]).kind == "changed"
    assert orders(tenant) == [("purchased", 2)]
    row = say(tenant, person, "改成一打")
    assert text_of(row).startswith("Did you want to change your order to this?")
    assert say(tenant, makers.friend(tenant), "取消 1").kind == "nothing_held"


def test_change_reduce_and_what_is_not_there(tenant: Tenant, goods: Product) -> None:
    person = makers.friend(tenant)
    assert say(tenant, person, "改3").kind == "nothing_held"
    say(tenant, person, "+2")
    more = say(tenant, person, "改5").facts["changes"][0]
    assert (more["before"], more["now"], more["total"]) == (2, 5, 500)
    less = say(tenant, person, "-1").facts["changes"][0]
    assert (less["before"], less["now"]) == (5, 4)
    limit = say(tenant, person, "改50").facts["changes"][0]
    assert (limit["asked"], limit["now"]) == (50, 10)
    assert makers.stock_of(tenant, goods) == [0]
    assert say(tenant, person, "改0").kind == "cancel_question"


def test_history_tells_orders_newest_first(tenant: Tenant, goods: Product) -> None:
    person = makers.friend(tenant, "en")
    numbers = [say(tenant, person, "+1").facts["number"] for _ in range(3)]
    row = say(tenant, person, "履歷")
    assert [order["number"] for order in row.facts["orders"]] == numbers[::-1]
    assert all(number in text_of(row) for number in numbers)
    assert say(tenant, makers.friend(tenant), "履歷").facts["orders"] == []


def test_message_taken_back_is_forgotten_and_its_order_stays(tenant: Tenant, goods: Product) -> None:
    person = makers.friend(tenant)
    event = makers.text(person, "+2 ", message_id="4711")
    makers.hear(tenant, event)
    makers.hear(tenant, makers.event(person, "unsend", unsend={"messageId": "4711"}))
    with scope.tenant(tenant.pk):
        kept = InboxEvent.objects.get(event_id=event["webhookEventId"])
    assert "message" not in kept.body
    assert orders(tenant) == [("purchased", 2)]


def test_edited_message_changes_its_own_order(tenant: Tenant, goods: Product) -> None:
    person, group = makers.friend(tenant), makers.group_id()
    say(tenant, person, "+2", group=group, message_id="4712")
    message = {"type": "text", "id": "4712", "text": "+5"}
    row = heard(tenant, makers.event(person, "messageEdited", group=group, message=message))
    assert (row.kind, orders(tenant)) == ("changed", [("purchased", 5)])
    assert makers.stock_of(tenant, goods) == [5]
    message = {"type": "text", "id": "4712", "text": "隨便"}
    row = heard(tenant, makers.event(person, "messageEdited", group=group, message=message))
    assert (row.kind, orders(tenant)) == ("edit_hint", [("purchased", 5)])


def test_an_order_made_by_an_edit_is_changed_by_the_next_one(tenant: Tenant, goods: Product) -> None:
    """+100 was refused; corrected to +10 it ordered, and corrected once more it is still one order."""
    person, group = makers.friend(tenant), makers.group_id()
    assert say(tenant, person, "+100", group=group, message_id="4713").kind == "refused"
    for words, kind, pieces in (("+10", "taken", 10), ("+1", "changed", 1)):
        message = {"type": "text", "id": "4713", "text": words}
        row = heard(tenant, makers.event(person, "messageEdited", group=group, message=message))
        assert (row.kind, orders(tenant)) == (kind, [("purchased", pieces)])
    assert makers.stock_of(tenant, goods) == [9]


def edit(person: str, words: str, group: str, message_id: str, **more: Any) -> dict[str, Any]:
    """The person has changed an earlier text in the group."""
    message = {"type": "text", "id": message_id, "text": words}
    return makers.event(person, "messageEdited", group=group, message=message, **more)


def test_a_bare_edit_is_about_its_own_order_whatever_is_newest(tenant: Tenant, goods: Product) -> None:
    """+1 was for Tea; by now Cake is the newest in the chat."""
    person, group = makers.friend(tenant), makers.group_id()
    say(tenant, person, "+1", group=group, message_id="4714")
    makers.goods(tenant, "Cake", price=200, stock=10)
    row = heard(tenant, edit(person, "+4", group, "4714"))
    assert (row.kind, orders(tenant)) == ("changed", [("purchased", 4)])


def test_an_edit_changes_each_line_of_its_order(tenant: Tenant) -> None:
    shirt = makers.goods(tenant, "Shirt", options={("黑",): 9, ("白",): 9})
    person, group = makers.friend(tenant), makers.group_id()
    say(tenant, person, "黑+1 白+2", group=group, message_id="4715")
    row = heard(tenant, edit(person, "黑+3 白+1", group, "4715"))
    assert (row.kind, orders(tenant)) == ("changed", [("purchased", 3), ("purchased", 1)])
    assert heard(tenant, edit(person, "黑+3", group, "4715")).kind == "edit_hint"
    assert makers.stock_of(tenant, shirt) == [6, 8]


def test_an_edit_of_what_was_cancelled_orders_anew(tenant: Tenant, goods: Product) -> None:
    person, group = makers.friend(tenant), makers.group_id()
    taken = say(tenant, person, "+1", group=group, message_id="4716")
    makers.hear(tenant, makers.tap(person, taken.facts["buttons"][0]["data"], group=group))
    row = heard(tenant, edit(person, "+2", group, "4716"))
    assert (row.kind, orders(tenant)) == ("taken", [("cancelled", 1), ("purchased", 2)])


def test_an_edit_of_a_paid_order_is_for_the_shop(tenant: Tenant, goods: Product) -> None:
    person, group = makers.friend(tenant), makers.group_id()
    say(tenant, person, "+1", group=group, message_id="4717")
    with scope.tenant(tenant.pk):
        change.set_status(HOUSE, Order.objects.get(), "paid")
    assert heard(tenant, edit(person, "謝謝", group, "4717")).kind == "ask_the_shop"
    assert orders(tenant) == [("paid", 1)]


@pytest.mark.parametrize("arrival", list(itertools.permutations((0, 1, 2))))
def test_a_message_and_its_edits_in_any_order_of_arrival(tenant: Tenant, arrival: tuple[int, ...]) -> None:
    """The last edit by LINE's clock holds; what it replaced orders nothing when it comes late."""
    makers.goods(tenant, stock=50)
    person, group, start = makers.friend(tenant), makers.group_id(), time.time() - 10
    versions = [
        makers.text(person, "+1", group=group, message_id="4718", at=start),
        edit(person, "+2", group, "4718", at=start + 1),
        edit(person, "+3", group, "4718", at=start + 2),
    ]
    for number in arrival:
        makers.hear(tenant, versions[number])
    assert orders(tenant) == [("purchased", 3)]


def test_word_of_taking_back_may_come_before_the_message(tenant: Tenant, goods: Product) -> None:
    person = makers.friend(tenant)
    makers.hear(tenant, makers.event(person, "unsend", unsend={"messageId": "4719"}))
    event = makers.text(person, "+2", message_id="4719", at=time.time() - 5)
    makers.hear(tenant, event)
    with scope.tenant(tenant.pk):
        assert "message" not in InboxEvent.objects.get(event_id=event["webhookEventId"]).body
    assert orders(tenant) == [("purchased", 2)]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Nothing was changed."), ("zh-Hant", "沒有任何變更。"), ("ja", "何も変更していません。")],
)
def test_a_change_that_changes_nothing_does_not_say_changed(tenant: Tenant, language: str, said: str) -> None:
    makers.goods(tenant, stock=1)
    person = makers.friend(tenant, language)
    say(tenant, person, "+1")
    row = say(tenant, person, "改3")
    assert (row.kind, orders(tenant)) == ("changed", [("purchased", 1)])
    assert text_of(row).startswith(said)
    assert "→" not in text_of(row)


def test_more_of_what_is_off_sale_is_refused_and_less_is_not(tenant: Tenant, goods: Product) -> None:
    person = makers.friend(tenant, "en")
    say(tenant, person, "+3")
    with scope.tenant(tenant.pk):
        catalogue.show_or_hide(HOUSE, goods, False)
    row = say(tenant, person, "改5")
    assert (row.facts["changes"][0]["now"], orders(tenant)) == (3, [("purchased", 3)])
    assert "not on sale now: you can't add more" in text_of(row)
    assert "no more were left" not in text_of(row)
    assert say(tenant, person, "改2").facts["changes"][0]["now"] == 2


def test_follow_welcomes_and_unfollow_stops_pushes(tenant: Tenant) -> None:
    person = makers.user_id()
    assert heard(tenant, makers.event(person, "follow", follow={"isUnblocked": False})).kind == "welcome"
    left = makers.event(person, "unfollow")
    makers.hear(tenant, left)
    with scope.tenant(tenant.pk):
        contact = Contact.objects.get(line_user_id=person)
    assert contact.blocked_at is not None
    assert state_of(tenant, left) == ("done", "")


def test_stranger_in_a_group_is_never_pushed_to(tenant: Tenant, goods: Product) -> None:
    row = say(tenant, makers.user_id(), "+1", group=makers.group_id())
    assert row.ways == ["reply", "ride"]


def test_talk_and_unknown_events_are_kept_and_not_answered(tenant: Tenant, goods: Product) -> None:
    person = makers.friend(tenant)
    quiet = [
        makers.text(person, "謝謝"),
        makers.text(person, "明天 +1 嗎"),
        makers.event(person, "videoPlayComplete", videoPlayComplete={"trackingId": "x"}),
        makers.event(person, "some-event-of-tomorrow"),
        makers.event(
            person, "message", message={"type": "sticker", "id": "1", "packageId": "1", "stickerId": "2"}
        ),
    ]
    makers.hear(tenant, *quiet)
    assert [state_of(tenant, event)[0] for event in quiet] == ["ignored"] * 5
    with scope.tenant(tenant.pk):
        assert not OutboxMessage.objects.exists()
