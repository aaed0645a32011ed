"""Open, change, close and finish group-buy rounds (開團), remind their groups, and say how they stand."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from plusone.base import audit, events, numbers, scope
from plusone.base.audit import Actor
from plusone.catalogue import actions as catalogue
from plusone.chat.actions import say
from plusone.orders.models import Round, RoundChat, RoundProduct
from plusone.orders.rules import rounds as rules
from plusone.orders.rules.facts import local_time
from plusone.tenants.models import Tenant
from plusone.tenants.models.plan import shop_is_lapsed


@dataclass(frozen=True, slots=True)
class RoundDraft:
    """A round as somebody wants it: times in UTC, products and groups by id."""

    name: str
    opens_at: datetime.datetime
    closes_at: datetime.datetime
    products: tuple[int, ...]
    groups: tuple[int, ...] = ()
    note: str = ""
    exclusive: bool = True
    remind_at: datetime.datetime | None = None
    remind_push: bool = False


@dataclass
class BadRound(Exception):
    """The round cannot be kept like this: field to code, as rules.rounds.problems names them."""

    problems: dict[str, str]


class ChangedMeanwhile(Exception):
    """Somebody else changed the round since the form was drawn."""


_SPANS = """
    select rp.product_id, r.id, r.name, r.opens_at, r.closes_at, r.exclusive, r.finished_at is not null,
           array(select g.chat_key from plusone_roundchat rc
                   join plusone_groupchat g on g.tenant_id = rc.tenant_id and g.id = rc.group_id
                  where rc.tenant_id = r.tenant_id and rc.round_id = r.id)
      from plusone_roundproduct rp join plusone_round r on r.tenant_id = rp.tenant_id and r.id = rp.round_id
     where rp.tenant_id = (select %s::bigint) and rp.product_id = any(%s)
"""


def spans(product_ids: Sequence[int]) -> dict[int, list[rules.Span]]:
    """The rounds of each of these products, as the rules read them. One query; changes nothing."""
    found: dict[int, list[rules.Span]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SPANS, [scope.current(), sorted(set(product_ids))])
        for row in cursor.fetchall():
            span = rules.Span(row[1], row[2], row[3], row[4], row[5], row[6], frozenset(row[7]))
            found.setdefault(row[0], []).append(span)
    return found


def start(actor: Actor, draft: RoundDraft) -> Round:
    """Insert a round with its products and groups; audit and `round.changed`. Raises BadRound."""
    _check(draft)
    made = Round.objects.create(**_columns(draft))
    _fill(made, draft)
    audit.note(actor, "round.started", f"round:{made.pk}", after=_told(draft))
    events.record("round.changed", round=made.pk)
    return made


def change(actor: Actor, found: Round, draft: RoundDraft, version: int) -> Round:
    """Make the round as the draft says; a reminder that was given is given again when its time moved.

    Audit and `round.changed`. Orders already in it stay in it. Raises BadRound, ChangedMeanwhile.
    """
    _check(draft)
    catalogue.take_turn()
    held = Round.objects.select_for_update().get(pk=found.pk)
    if held.version != version:
        raise ChangedMeanwhile
    before = _told(draft_of(held))
    reminded = held.reminded_at if held.remind_at == draft.remind_at else None
    Round.objects.filter(pk=held.pk).update(**_columns(draft), reminded_at=reminded, version=F("version") + 1)
    RoundProduct.objects.filter(round=held).exclude(product_id__in=draft.products).delete()
    RoundChat.objects.filter(round=held).exclude(group_id__in=draft.groups).delete()
    _fill(held, draft)
    audit.note(actor, "round.changed", f"round:{held.pk}", before=before, after=_told(draft))
    events.record("round.changed", round=held.pk)
    return Round.objects.get(pk=held.pk)


def draft_of(found: Round) -> RoundDraft:
    """The round as a draft, to be changed."""
    return RoundDraft(
        found.name,
        found.opens_at,
        found.closes_at,
        tuple(found.products.values_list("product_id", flat=True)),
        tuple(found.chats.values_list("group_id", flat=True)),
        found.note,
        found.exclusive,
        found.remind_at,
        found.remind_push,
    )


def set_closing(actor: Actor, found: Round, closes_at: datetime.datetime) -> bool:
    """Close the round at this moment, now or later (which reopens one that was closed); False when it
    cannot: it is finished, or this is before its opening.

    Waits for the shop's turn, so that no order is being taken while it closes. Audit and `round.changed`.
    """
    catalogue.take_turn()
    held = Round.objects.select_for_update().get(pk=found.pk)
    if held.finished_at or closes_at < held.opens_at:
        return False
    Round.objects.filter(pk=held.pk).update(closes_at=closes_at, version=F("version") + 1)
    was, now = {"closes_at": held.closes_at.isoformat()}, {"closes_at": closes_at.isoformat()}
    audit.note(actor, "round.closing", f"round:{held.pk}", before=was, after=now)
    events.record("round.changed", round=held.pk)
    return True


def open_now(actor: Actor, found: Round) -> bool:
    """Open a planned round at once; False when it is not planned any more. Audit and `round.changed`."""
    catalogue.take_turn()
    now = numbers.database_now()
    if not Round.objects.filter(pk=found.pk, opens_at__gt=now, finished_at=None).update(
        opens_at=now, version=F("version") + 1
    ):
        return False
    audit.note(actor, "round.opened", f"round:{found.pk}", before={"opens_at": found.opens_at.isoformat()})
    events.record("round.changed", round=found.pk)
    return True


def set_finished(actor: Actor, found: Round, finished: bool) -> bool:
    """Mark a closed round as finished, or take that back; False when it is not closed or already so.

    Audit and `round.changed`.
    """
    rows = Round.objects.filter(pk=found.pk, closes_at__lte=Now(), finished_at__isnull=finished)
    if not rows.update(finished_at=Now() if finished else None, version=F("version") + 1):
        return False
    audit.note(actor, "round.finished" if finished else "round.unfinished", f"round:{found.pk}")
    events.record("round.changed", round=found.pk)
    return True


def join_open(actor: Actor, product_id: int, chat_key: str) -> bool:
    """A product that was just put up in a group joins the round that is open there; False when none is."""
    now = numbers.database_now()
    running = Round.objects.filter(finished_at=None, opens_at__lte=now, closes_at__gt=now)
    found = running.filter(chats__group__chat_key=chat_key).order_by("-id").first()
    if found is None:
        return False
    RoundProduct.objects.create(round=found, product_id=product_id)
    Round.objects.filter(pk=found.pk).update(version=F("version") + 1)
    audit.note(actor, "round.joined", f"round:{found.pk}", after={"product": product_id})
    events.record("round.changed", round=found.pk)
    return True


def remind_due() -> int:
    """Say the reminders of this shop's rounds that are due, once each; returns for how many rounds. A shop
    that rests reminds nobody: what they then wrote would be refused.
    """
    now = numbers.database_now()
    if shop_is_lapsed(now):
        return 0
    due = list(Round.objects.to_remind(now).prefetch_related("chats__group"))
    claimed = [r for r in due if Round.objects.to_remind(now).filter(pk=r.pk).update(reminded_at=Now())]
    if claimed:
        tenant = Tenant.objects.get(pk=scope.current())
        say.say([one for found in claimed for one in _reminders(tenant, found, now)])
    return len(claimed)


def _reminders(tenant: Tenant, found: Round, now: datetime.datetime) -> list[say.Say]:
    """One a group: with the next free answer there, or as a paid push where the host allowed it. It is
    worth nothing after the round has closed, so it expires then.
    """
    facts = {"name": found.name, "until": local_time(found.closes_at, tenant.timezone)}
    present = [chat.group for chat in found.chats.all() if chat.group.left_at is None]
    return [
        say.Say(
            cause=f"round:{found.pk}:{found.remind_at:%Y%m%d%H%M}",
            purpose=f"remind:{group.pk}"[:30],
            to_kind=group.kind,
            to_id=group.chat_key,
            user_id="",
            kind="round_reminder",
            facts=facts,
            language=tenant.language,
            ways=("push", "ride") if found.remind_push and group.members else ("ride",),
            rank=say.Rank.NOTICE,
            people=group.members or 1,
            expires_seconds=max(int((found.closes_at - now).total_seconds()), 1),
        )
        for group in present
    ]


def _check(draft: RoundDraft) -> None:
    problems = rules.problems(
        name=draft.name,
        opens_at=draft.opens_at,
        closes_at=draft.closes_at,
        remind_at=draft.remind_at,
        products=len(draft.products),
    )
    if problems:
        raise BadRound(problems)


def _columns(draft: RoundDraft) -> dict[str, object]:
    return {
        "name": draft.name.strip(),
        "note": draft.note.strip(),
        "opens_at": draft.opens_at,
        "closes_at": draft.closes_at,
        "exclusive": draft.exclusive,
        "remind_at": draft.remind_at,
        "remind_push": draft.remind_push,
    }


def _fill(found: Round, draft: RoundDraft) -> None:
    products = [RoundProduct(round=found, product_id=product_id) for product_id in draft.products]
    chats = [RoundChat(round=found, group_id=group_id) for group_id in draft.groups]
    RoundProduct.objects.bulk_create(products, ignore_conflicts=True)
    RoundChat.objects.bulk_create(chats, ignore_conflicts=True)


def _told(draft: RoundDraft) -> dict[str, object]:
    moments = {"opens_at": draft.opens_at, "closes_at": draft.closes_at, "remind_at": draft.remind_at}
    told = {key: moment.isoformat() if moment else None for key, moment in moments.items()}
    lists = {"products": list(draft.products), "groups": list(draft.groups)}
    return {**told, **lists, "name": draft.name, "push": draft.remind_push, "exclusive": draft.exclusive}
