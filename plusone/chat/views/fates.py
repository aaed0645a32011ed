"""What became of a message, in words: its state, the reason, the way it went, what it is about."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from plusone.chat.models import OutboxMessage

Words = str | Promise

# State to its word, its icon and its look (parts/state.html).
STATES: dict[str, tuple[Words, str, str]] = {
    "ready": (_("about to go"), "clock", "waiting"),
    "leased": (_("being sent"), "send", "going"),
    "retry": (_("tried again soon"), "refresh", "waiting"),
    "accepted": (_("accepted by LINE"), "check", "done"),
    "unconfirmed": (_("not sure"), "shape-question", "waiting"),
    "parked": (_("waiting"), "clock", "waiting"),
    "expired": (_("too late"), "close", "lost"),
    "refused": (_("refused"), "close", "lost"),
    "fenced": (_("held after an import"), "clock", "waiting"),
    "suppressed": (_("not sent"), "hidden", "past"),
}
WAYS: dict[str, Words] = {
    "reply": _("free reply"),
    "push": _("paid push"),
    "ride": _("free with another reply"),
}
REASONS: dict[str, Words] = {
    "withdrawn": _("Your team stopped it before it left."),
    "imported": _("It came with an import and is sent only when you release it above the list."),
    "waits_for_reply": _("It goes out free of charge with the next answer in this chat."),
    "quota": _("The month's message quota is used up, or kept for answers to orders."),
    "no_clear_answer": _("LINE gave no clear answer in time. It may have arrived; it is not sent twice."),
    "presumed_accepted": _(
        "LINE gave no clear answer at first, then said the reply had been used: it most likely arrived."
    ),
    "too_late": _("It could not be sent in time, so it was dropped: a late message would only confuse."),
    "tried_20_hours": _("It was tried for 20 hours; after that LINE can no longer recognise a repeat."),
    "token_dead": _("The free reply had expired; another way is used."),
    "unclear": _("LINE gave no clear answer; it is asked again, which cannot send it twice."),
    "line_unreachable": _("LINE could not be reached; it is tried again."),
    "rate_limited": _("LINE asked us to slow down; it is tried again."),
    "bad_token": _("LINE refuses the access token. Enter a new one in the settings."),
    "no_access_token": _("No access token is set. Enter one in the settings."),
    "line_400": _(
        "LINE refused the message: the person cannot be written to, or the message breaks a limit."
    ),
    "line_403": _("LINE does not allow this account to send it."),
    "line_404": _("LINE does not know this person or chat."),
}
KINDS: dict[str, Words] = {
    "taken": _("order received"),
    "resting": _("shop not taking orders"),
    "notice_plan": _("notice about the plan"),
    "refused": _("order refused"),
    "question": _("asking back"),
    "history": _("the buyer's orders"),
    "changed": _("order changed"),
    "cancelled": _("order cancelled"),
    "line_cancelled": _("part of an order cancelled"),
    "cancel_question": _("asking before cancelling"),
    "cancel_which": _("asking which to cancel"),
    "kept": _("order kept"),
    "ask_the_shop": _("please ask the shop"),
    "nothing_held": _("nothing to change"),
    "not_yours": _("another's button was tapped"),
    "edit_hint": _("how to change an order"),
    "notice_sold_out": _("notice: sold out"),
    "notice_short": _("notice: not enough stock"),
    "product_made": _("product made from a photo"),
    "product_changed": _("product changed by chat"),
    "edit_problems": _("product not changed"),
    "order_letter": _("message about an order"),
    "welcome": _("welcome"),
    "joined": _("hello to a group"),
    "paired": _("LINE connected to a team member"),
    "stranger": _("answer to a stranger"),
    "too_many": _("too many messages"),
    "how_to_pay": _("how to pay"),
    "transfer_noted": _("bank transfer noted"),
    "transfer_unclear": _("bank transfer not understood"),
    "round_reminder": _("reminder before a round closes"),
    "short_delivery": _("supplier delivered short"),
    "waiting_joined": _("joined the waiting list"),
    "waiting_left": _("left the waiting list"),
    "waiting_filled": _("moved up from the waiting list"),
}
OUTCOMES: dict[str, Words] = {
    "accepted": _("accepted"),
    "already": _("already accepted"),
    "Unreachable": _("not reached"),
    "Unclear": _("no clear answer"),
    "RateLimited": _("too fast"),
    "MonthlyLimit": _("quota used up"),
    "BadToken": _("access token refused"),
    "ReplyTokenInvalid": _("reply no longer possible"),
    "Refused": _("refused"),
    "Gone": _("expired"),
}


def fate(message: OutboxMessage) -> dict[str, Any]:
    """The message's fate as templates show it: word, icon, look, and the reason as a sentence."""
    word, icon, look = STATES[message.state]
    return {"word": word, "icon": icon, "look": look, "reason": reason(message)}


def reason(message: OutboxMessage) -> str:
    """Why it is so; for an accepted message, by which way it went."""
    if message.state == "accepted" and message.way:
        return str(WAYS.get(message.way, message.way))
    if message.reason in REASONS:
        return str(REASONS[message.reason])
    return gettext("LINE's answer: %(code)s") % {"code": message.reason} if message.reason else ""


def undelivered() -> str:
    """What is known of an accepted push to somebody who has blocked the account."""
    return gettext("LINE accepted it, but this friend has blocked your account: it did not arrive.")


def kind(message: OutboxMessage) -> str:
    """What the message is about."""
    return str(KINDS.get(message.kind, message.kind))
