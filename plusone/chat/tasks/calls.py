"""One message's call to LINE: which way, and how the outcome is read (reliability 5.3)."""

import datetime
import time
from collections.abc import Callable
from typing import Any, TypedDict

from plusone.base import numbers, scope
from plusone.chat.actions import deliver, quota
from plusone.chat.actions.deliver import Call, Claimed, Result, State
from plusone.chat.rules import KEY_HOURS, Standing, choose, wait_before
from plusone.chat.tasks.account import Account, account
from plusone.chat.views.wording import draw
from plusone.line import errors
from plusone.line.answers import Sent
from plusone.line.client import Client
from plusone.tenants import actions as tenants

REPLY_RETRY_SECONDS = 5.0
PAUSE_SECONDS = 60


class Figures(TypedDict):
    """LINE's figures of the month: its cap (None: no limit) and what is used, in persons."""

    cap: int | None
    used: int


def send(message: Claimed) -> list[Result]:
    """Send the message the way that is open to it now; the result,
    and the results of what rode with its reply.
    """
    own = account(message.tenant_id)
    way = choose(_standing(message, own))
    if way == "reply" and own.client:
        return _reply(message, own.client)
    if way == "push" and own.client:
        return [_push(message, own, own.client)]
    if way in ("reply", "push"):
        return [Result(message, State.RETRY, reason="no_access_token", wait=30)]
    return _without_a_call(message, way)


def _standing(message: Claimed, own: Account) -> Standing:
    return Standing(
        message.ways,
        bool(message.reply_token),
        message.reply_left,
        message.life_left,
        message.reply_tried,
        own.rather_twice,
        message.rank,
    )


def _without_a_call(message: Claimed, way: str) -> list[Result]:
    """The end without a word to LINE; what rode in an earlier call without a clear answer shares it."""
    if way == "expire" and message.reserved:
        way = "unconfirmed"
    state = {"park": State.PARKED, "unconfirmed": State.UNCONFIRMED, "expire": State.EXPIRED}[way]
    reason = {"park": "waits_for_reply", "unconfirmed": "no_clear_answer", "expire": "too_late"}[way]
    riders = deliver.claim_riders(message) if message.has_riders and message.reply_tried else []
    _note_month(message)
    return [Result(one, state, reason=reason) for one in (message, *riders)]


def _reply(message: Claimed, client: Client) -> list[Result]:
    riders = deliver.claim_riders(message) if message.has_riders else []
    texts = _payload(message)
    for rider in riders:
        texts = [*texts, *_payload(rider)]
    result = _call(message, "reply", lambda: client.reply(message.reply_token, texts[:5]))
    if result.state == State.REFUSED and any("quoteToken" in text for text in texts):
        # The quoted message may have been taken back; LINE then refuses the whole reply and the token
        # still lives.
        plain = [{key: value for key, value in text.items() if key != "quoteToken"} for text in texts]
        first = result.calls
        result = _call(message, "reply", lambda: client.reply(message.reply_token, plain[:5]))
        result.calls[:0] = first
    rode = [_rode(rider, result, index + 1) for index, rider in enumerate(riders)]
    result.message_ids = result.message_ids[:1]
    return [result, *rode]


def _rode(rider: Claimed, host: Result, place: int) -> Result:
    """A rider shares the fate of the call: said, perhaps said, tied to the host's next try, or free for
    another reply.
    """
    if host.state == State.UNCONFIRMED:
        return Result(rider, State.UNCONFIRMED, reason=host.reason)
    if host.state == State.RETRY and (host.reply_tried or host.message.reply_tried):
        return Result(rider, State.PARKED, reason="waits_for_reply", tie=deliver.tie(host.message))
    if host.state != State.ACCEPTED:
        return Result(rider, State.PARKED, reason="waits_for_reply")
    return Result(
        rider,
        State.ACCEPTED,
        way="ride",
        request_id=host.request_id,
        message_ids=host.message_ids[place : place + 1],
    )


def _push(message: Claimed, own: Account, client: Client) -> Result:
    if message.reserved and message.pushing_for > KEY_HOURS * 3600:
        _note_month(message)
        return Result(message, State.UNCONFIRMED, reason="tried_20_hours")
    try:
        affordable = _reserve(message, own, client)
    except errors.BadToken:
        return _paused(message)
    except errors.LineError as error:
        return Result(message, State.RETRY, reason=_word(error), wait=wait_before(message.attempts))
    if not affordable:
        return Result(message, State.PARKED if "ride" in message.ways else State.REFUSED, reason="quota")
    payload = message.payload or _frozen(message)
    to = message.user_id or message.to_id
    result = _call(message, "push", lambda: client.push(to, payload, retry_key=message.retry_key))
    if result.reason == "quota":
        with scope.tenant(message.tenant_id):
            quota.note_exhausted(quota.month_of(numbers.database_now()))
    return result


def _reserve(message: Claimed, own: Account, client: Client) -> bool:
    """Raises LineError when the month's figures aren't known and LINE doesn't tell them."""
    _note_month(message)
    month = quota.month_of(numbers.database_now())
    with scope.tenant(message.tenant_id):
        known = quota.is_known(month)
    figures = None if known else _figures(client)
    with scope.tenant(message.tenant_id):
        if figures:
            quota.note_first_figures(month, **figures)
        return deliver.reserve(message, month, own.floor)


def _note_month(message: Claimed) -> None:
    """The month in which an earlier try reserved: that one is settled, even when it is over by now."""
    if message.reserved:
        began = numbers.database_now() - datetime.timedelta(seconds=message.pushing_for)
        message.month = quota.month_of(began)


def ask_quota(tenant_id: int, client: Client) -> None:
    """Ask LINE for the month's cap and use, and store them. Raises LineError, and what was known stays."""
    figures = _figures(client)
    with scope.tenant(tenant_id):
        quota.note_figures(quota.month_of(numbers.database_now()), **figures)


def _figures(client: Client) -> Figures:
    return {"cap": client.quota(), "used": client.consumption()}


def _frozen(message: Claimed) -> list[dict[str, Any]]:
    """Without the quote: an answer of a group goes to the person alone, where LINE doesn't know the
    quoted message.
    """
    told = {key: value for key, value in message.facts.items() if key != "quote"}
    payload = draw(message.kind, told, message.language, message.count)
    with scope.tenant(message.tenant_id):
        deliver.freeze(message, payload)
    return payload


def _payload(message: Claimed) -> list[dict[str, Any]]:
    return message.payload or draw(message.kind, message.facts, message.language, message.count)


def _call(message: Claimed, way: str, call: Callable[[], Sent]) -> Result:
    began = time.perf_counter()
    try:
        sent = call()
        result = Result(
            message, State.ACCEPTED, way=way, request_id=sent.request_id, message_ids=tuple(sent.message_ids)
        )
        status, outcome = (409, "already") if sent.already else (200, "accepted")
    except errors.LineError as error:
        result = _READ[way](message, error)
        result.request_id = error.request_id
        status, outcome = error.status, type(error).__name__
    milliseconds = round((time.perf_counter() - began) * 1000)
    result.calls.append(
        Call(way, f"message/{way}", status, result.request_id[:64], outcome[:20], milliseconds)
    )
    return result


def _read_reply(message: Claimed, error: errors.LineError) -> Result:
    match error:
        case errors.ReplyTokenInvalid() if message.reply_tried:
            # Before the deadline a token dies only by use, and the one who used it was us.
            return Result(message, State.UNCONFIRMED, reason="presumed_accepted")
        case errors.ReplyTokenInvalid():
            return Result(message, State.RETRY, reason="token_dead", token_dead=True)
        case errors.Unclear():
            wait = wait_before(message.attempts, ceiling=REPLY_RETRY_SECONDS)
            return Result(message, State.RETRY, reason="unclear", wait=wait, reply_tried=True)
        case errors.Unreachable() | errors.RateLimited():
            wait = wait_before(message.attempts, ceiling=REPLY_RETRY_SECONDS)
            return Result(message, State.RETRY, reason=_word(error), wait=wait)
        case errors.BadToken():
            return _paused(message)
        case _:
            return Result(message, State.REFUSED, reason=f"line_{error.status}")


def _read_push(message: Claimed, error: errors.LineError) -> Result:
    match error:
        case errors.Unclear() | errors.Unreachable() | errors.RateLimited():
            return Result(message, State.RETRY, reason=_word(error), wait=wait_before(message.attempts))
        case errors.MonthlyLimit():
            return Result(message, State.PARKED if "ride" in message.ways else State.REFUSED, reason="quota")
        case errors.BadToken():
            return _paused(message)
        case _:
            return Result(message, State.REFUSED, reason=f"line_{error.status}")


_READ = {"reply": _read_reply, "push": _read_push}


def _paused(message: Claimed) -> Result:
    """LINE refuses the access token: the whole account pauses for a minute and the console says why."""
    with scope.tenant(message.tenant_id):
        tenants.pause_sending("bad_token", PAUSE_SECONDS)
    return Result(message, State.RETRY, reason="bad_token", wait=PAUSE_SECONDS)


def _word(error: errors.LineError) -> str:
    return {"Unreachable": "line_unreachable", "RateLimited": "rate_limited"}.get(
        type(error).__name__, "unclear"
    )
