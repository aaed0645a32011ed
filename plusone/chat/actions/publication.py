"""A menu's way to LINE, as rows: claimed under a lease, each step noted, settled or given back.

Who holds the lease has the row's epoch; a worker that was frozen and replaced writes nothing (P13). What it
may still do at LINE carries the publication's mark and is swept away as a leftover.
"""

import datetime
import random
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Now

from plusone.base import audit, numbers, scope
from plusone.base.audit import HOUSE
from plusone.chat.models import MenuBoard, MenuSlot, RichMenu
from plusone.chat.rules import menus as rules
from plusone.chat.rules import slots
from plusone.tenants.models import Channel, Tenant

State = RichMenu.State
LEASE = datetime.timedelta(seconds=90)  # longer than the slowest step: a picture may take 30 s, twice
STEPS = 4
MOST_TRIES = 12


@dataclass(frozen=True, slots=True)
class Work:
    """A claimed menu: what is to be at LINE, and under which names."""

    menu_id: int
    epoch: int
    attempts: int
    removing: bool
    body: dict[str, Any]
    image: str
    alias: str
    mark: str
    line_id: str
    old_line_id: str


def claim(menu_id: int) -> Work | None:
    """Take a due menu for a while; None when there is nothing to do or somebody else does it."""
    mine = RichMenu.objects.due().filter(pk=menu_id)
    taken = mine.update(lease_until=Now() + LEASE, epoch=F("epoch") + 1, attempts=F("attempts") + 1)
    if not taken:
        return None
    menu = RichMenu.objects.get(pk=menu_id)
    return Work(
        menu.pk,
        menu.epoch,
        menu.attempts,
        menu.state == State.REMOVING,
        body(menu),
        menu.image,
        menu.alias,
        menu.mark,
        menu.line_id,
        menu.old_line_id,
    )


def body(menu: RichMenu) -> dict[str, Any]:
    """The object for LINE, with the publication's mark in its name."""
    aliases = {str(pk): alias for pk, alias in RichMenu.objects.values_list("pk", "alias")}
    name = rules.marked(menu.name, menu.alias, menu.mark)
    return rules.line_object(
        menu.draft(), name=name, pages=pages(menu.site), aliases=_any_alias(menu, aliases)
    )


def _any_alias(menu: RichMenu, aliases: dict[str, str]) -> dict[str, str]:
    """A tab whose menu is gone keeps a name that leads nowhere, so that what is live can still be told."""
    tabs = [area.value for area in menu.draft().areas if area.kind == "tab"]
    return {value: aliases.get(value, "gone") for value in tabs}


def pages(site: str) -> dict[str, str]:
    """The addresses of the shop's pages: in its LIFF app where it has one, else on our own site."""
    liff = Channel.objects.values_list("liff_id", flat=True).first()
    slug = Tenant.objects.get(pk=scope.current()).slug
    start = f"{settings.LINE_LIFF_URL}/{liff}" if liff else f"{site}/t/{slug}/liff"
    return {name: f"{start}/{path}" for name, path in rules.PAGES.items()}


def fingerprint(menu: RichMenu) -> str:
    """Tells whether the menu is at LINE as it is here."""
    return rules.fingerprint(body(menu), menu.image)


def note_step(work: Work, step: int) -> bool:
    """A step is done; the lease begins anew. False when it was lost."""
    return bool(_mine(work).update(step=step, lease_until=Now() + LEASE))


def _mine(work: Work) -> Any:
    return RichMenu.objects.filter(pk=work.menu_id, epoch=work.epoch)


def reached(work: Work, line_id: str) -> bool:
    """LINE has the whole menu under its name: people get it now; what was before is still to be deleted.

    False when the lease was lost.
    """
    told = rules.fingerprint(work.body, work.image)
    old = {} if work.line_id in ("", line_id) else {"old_line_id": work.line_id}
    fields = {"line_id": line_id, "live_as": told, "live_at": Now(), "lease_until": Now() + LEASE, **old}
    return bool(_mine(work).update(step=STEPS - 1, **fields))


def settle(work: Work) -> bool:
    """All is done and read back: live. False when the lease was lost."""
    done = {"state": State.LIVE, "step": STEPS, "lease_until": None, "reason": "", "said": ""}
    settled = _mine(work).update(**done, old_line_id="")
    if settled:
        audit.note(HOUSE, "richmenu.live", f"richmenu:{work.menu_id}", {"at": work.line_id})
    return bool(settled)


def removed(work: Work) -> None:
    """LINE has nothing of the menu any more: the row goes."""
    if _mine(work).filter(state=State.REMOVING).delete()[0]:
        audit.note(HOUSE, "richmenu.remove", f"richmenu:{work.menu_id}")


def fail(work: Work, reason: str, said: str = "") -> None:
    """LINE will not have it, for this reason and in these words; what was live before stays live."""
    _mine(work).update(state=State.FAILED, reason=reason, said=said[:500], lease_until=None)


def later(work: Work, reason: str, said: str = "") -> None:
    """LINE could not be asked: again soon, with growing pauses; after the last try it has failed."""
    if work.attempts >= MOST_TRIES and not work.removing:
        return fail(work, reason, said)
    pause = min(600.0, 4.0 * 2**work.attempts) * random.uniform(0.5, 1)  # noqa: S311 - spreads load only
    until = Now() + datetime.timedelta(seconds=pause)
    _mine(work).update(reason=reason, said=said[:500], lease_until=until)
    return None


@dataclass(frozen=True, slots=True)
class Turn:
    """Which menu is to be the default now: its id at LINE ("" none); whether we set the default at all."""

    wanted: str
    manages: bool
    due_at: datetime.datetime | None


def turn() -> Turn:
    """What should be the default at LINE at this moment."""
    board = MenuBoard.objects.first()
    if board is None:
        return Turn("", False, None)
    menu_id = slots.now_shown(_slots(), board.base_id, numbers.database_now(), _zone())
    line_ids = RichMenu.objects.at_line().filter(pk__in=[menu_id or 0]).values_list("line_id", flat=True)
    return Turn(line_ids.first() or "", board.manages_default, board.next_turn)


def _slots() -> list[slots.Slot]:
    """The newest first: it wins."""
    return [slot.rule() for slot in MenuSlot.objects.order_by("-pk")]


def _zone() -> str:
    return Tenant.objects.get(pk=scope.current()).timezone


def turned(done: Turn) -> None:
    """LINE shows the wanted default, read back. A turn that came late says by how much."""
    now = numbers.database_now()
    late = int((now - done.due_at).total_seconds()) if done.due_at else 0
    seen = MenuBoard.objects.values_list("seen", flat=True).first() or {}
    if done.manages and seen:
        seen = {**seen, "default": done.wanted or None}
    MenuBoard.objects.update(
        seen=seen,
        default_id=done.wanted,
        turned_at=now,
        late_seconds=max(late, 0),
        next_turn=slots.next_turn(_slots(), now, _zone()),
        reason="",
        said="",
    )


def not_turned(reason: str, said: str = "") -> None:
    """LINE could not be asked, or refused: again in a minute, and the page says why."""
    again = numbers.database_now() + datetime.timedelta(seconds=60)
    MenuBoard.objects.update(reason=reason, said=said[:500], next_turn=again)


def note_seen(seen: dict[str, Any]) -> None:
    """What LINE has at this moment."""
    MenuBoard.objects.get_or_create()
    MenuBoard.objects.update(seen=seen, seen_at=Now())
