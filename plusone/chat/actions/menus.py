"""Rich menus: what people do with them. LINE is called by tasks; here is decided and written only."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F
from django.db.models.functions import Now

from plusone.base import audit, jobs, scope
from plusone.base.audit import Actor
from plusone.chat.actions import publication
from plusone.chat.models import MenuBoard, MenuSlot, RichMenu
from plusone.chat.rules import menus as rules
from plusone.chat.rules.menus import MenuDraft, Problem
from plusone.chat.rules.slots import Slot

State = RichMenu.State
MOST_SLOTS = 50


class NotPublishable(Exception):
    """A menu has problems; nothing was published. They may be of a menu that one of its tabs leads to."""

    def __init__(self, menu: RichMenu, problems: list[Problem]) -> None:
        super().__init__(len(problems))
        self.menu = menu
        self.problems = problems


class Busy(Exception):
    """The menu is on its way to or from LINE; it can be changed when that is over."""


class TooMany(Exception):
    """The shop has as many menus, or times, as we keep."""


class NotLive(Exception):
    """Only a menu that is at LINE can be shown to everybody."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored picture's name and size."""

    name: str
    width: int
    height: int


def make(actor: Actor, draft: MenuDraft, image: str = "") -> RichMenu:
    """Insert a draft. Nothing of it is at LINE. Raises TooMany."""
    if RichMenu.objects.count() >= rules.MOST_MENUS:
        raise TooMany
    menu = RichMenu.objects.create(**_fields(draft), image=image)
    audit.note(actor, "richmenu.make", f"richmenu:{menu.pk}", after={"name": draft.name})
    return menu


def _fields(draft: MenuDraft) -> dict[str, object]:
    return {
        "name": draft.name,
        "bar_text": draft.bar_text,
        "width": draft.width,
        "height": draft.height,
        "opens": draft.opens,
        "areas": rules.stored(draft.areas),
    }


def change(actor: Actor, menu: RichMenu, draft: MenuDraft, image: str = "") -> None:
    """Store another draft, and another picture if one is given. What is at LINE stays until it is published.

    Raises Busy while it is on its way.
    """
    before = menu.draft()
    fields = {**_fields(draft), **({"image": image} if image else {})}
    free = RichMenu.objects.filter(pk=menu.pk).exclude(state__in=[State.PUBLISHING, State.REMOVING])
    if not free.update(**fields, changed_at=Now()):
        raise Busy
    menu.refresh_from_db()
    audit.note(actor, "richmenu.change", f"richmenu:{menu.pk}", {"name": before.name}, {"name": draft.name})


def publish(actor: Actor, menu: RichMenu, site: str) -> list[RichMenu]:
    """Put a menu on its way to LINE, with those its tabs lead to that LINE hasn't as they are.

    `site` is our own address, for pages of a shop without LIFF. Raises NotPublishable; nothing is queued.
    Returns what is on its way.
    """
    wanted = [one for one in _reachable(menu) if one.pk == menu.pk or not _is_live_as_it_is(one, site)]
    known = [str(pk) for pk in RichMenu.objects.kept().values_list("pk", flat=True)]
    for one in wanted:
        found = rules.problems(one.draft(), has_picture=bool(one.image), menus=known)
        if found:
            raise NotPublishable(one, found)
    for one in wanted:
        _queue(actor, one, State.PUBLISHING, site=site, mark=secrets.token_hex(6))
    return wanted


def _reachable(menu: RichMenu) -> list[RichMenu]:
    """The menu and all that tabs lead to from it; what does not exist is left to `problems`."""
    kept = {str(one.pk): one for one in RichMenu.objects.kept()}
    found, waiting = {str(menu.pk): menu}, [menu]
    while waiting:
        for area in waiting.pop().draft().areas:
            target = kept.get(area.value) if area.kind == "tab" else None
            if target and str(target.pk) not in found:
                found[str(target.pk)] = target
                waiting.append(target)
    return list(found.values())


def _is_live_as_it_is(menu: RichMenu, site: str) -> bool:
    return menu.state == State.PUBLISHING or (
        menu.state == State.LIVE and menu.live_as == publication.fingerprint(menu)
    )


def _queue(actor: Actor, menu: RichMenu, state: str, **fields: object) -> None:
    """A menu already on its way keeps its mark: a second tap is no second publication."""
    free = RichMenu.objects.filter(pk=menu.pk).exclude(state__in=[State.PUBLISHING, State.REMOVING])
    queued = free.update(**fields, state=state, step=0, reason="", said="", attempts=0, lease_until=None)
    if queued:
        deed = "richmenu.removing" if state == State.REMOVING else "richmenu.publishing"
        audit.note(actor, deed, f"richmenu:{menu.pk}", after={"name": menu.name})
    ring(menu.pk)


def ring(menu_id: int) -> None:
    """Queue the work on a menu; one waiting job is enough."""
    tenant_id = scope.current()
    jobs.ring("chat.work_on_menu", tenant_id=tenant_id, key=f"menu:{tenant_id}:{menu_id}", menu_id=menu_id)


def stop(actor: Actor, menu: RichMenu) -> None:
    """Give up a publication under way; what was live stays. What is half made at LINE is a leftover."""
    halted = RichMenu.objects.filter(pk=menu.pk, state=State.PUBLISHING).update(
        state=State.FAILED, reason="stopped", said="", lease_until=None, epoch=F("epoch") + 1
    )
    if halted:
        audit.note(actor, "richmenu.stop", f"richmenu:{menu.pk}")


def remove(actor: Actor, menu: RichMenu) -> None:
    """Take a menu away: a draft at once, one that LINE has by a job. Its times go with it. Raises Busy."""
    if menu.state == State.PUBLISHING:
        raise Busy
    MenuSlot.objects.filter(menu=menu).delete()
    MenuBoard.objects.filter(base=menu).update(base=None)
    if menu.line_id or menu.mark:
        _queue(actor, menu, State.REMOVING)
        plan_turn()
    else:
        audit.note(actor, "richmenu.remove", f"richmenu:{menu.pk}", before={"name": menu.name})
        RichMenu.objects.filter(pk=menu.pk).delete()


def board() -> MenuBoard:
    """The shop's board, made when missing."""
    return MenuBoard.objects.get_or_create()[0]


def show_to_all(actor: Actor, menu: RichMenu | None) -> None:
    """Make a menu the default outside all slots (None: no menu). Raises NotLive."""
    if menu is not None and not menu.line_id:
        raise NotLive
    board()
    MenuBoard.objects.update(base=menu, manages_default=True)
    audit.note(actor, "richmenu.default", f"richmenu:{menu.pk if menu else 0}")
    plan_turn()


def add_slot(actor: Actor, menu: RichMenu, slot: Slot) -> MenuSlot:
    """Show a menu at these times. Raises NotLive, TooMany."""
    if not menu.line_id:
        raise NotLive
    if MenuSlot.objects.count() >= MOST_SLOTS:
        raise TooMany
    made = MenuSlot.objects.create(
        menu=menu,
        weekdays=sorted(slot.weekdays),
        starts=slot.starts,
        ends=slot.ends,
        first_day=slot.first,
        last_day=slot.last,
    )
    board()
    MenuBoard.objects.update(manages_default=True)
    audit.note(actor, "richmenu.slot", f"richmenu:{menu.pk}", after={"slot": made.pk})
    plan_turn()
    return made


def drop_slot(actor: Actor, slot: MenuSlot) -> None:
    """Take these times away."""
    audit.note(actor, "richmenu.slot_gone", f"richmenu:{slot.menu_id}", before={"slot": slot.pk})
    slot.delete()
    plan_turn()


def plan_turn() -> None:
    """Look at once which menu is to be the default, and set it at LINE."""
    tenant_id = scope.current()
    MenuBoard.objects.update(next_turn=Now())
    jobs.ring("chat.turn_menu", tenant_id=tenant_id, key=f"menus:{tenant_id}")


def look(actor: Actor) -> None:
    """Ask LINE what it has, soon."""
    tenant_id = scope.current()
    board()
    jobs.ring("chat.look_at_menus", tenant_id=tenant_id, key=f"menus-seen:{tenant_id}")


def repair(actor: Actor, gone: Iterable[RichMenu], site: str) -> None:
    """Publish anew what LINE lost and set the rest (default, names, leftovers) right by a job.

    Raises NotPublishable.
    """
    for menu in gone:
        publish(actor, menu, site)
    tenant_id = scope.current()
    audit.note(actor, "richmenu.repair", f"tenant:{tenant_id}")
    plan_turn()
    jobs.ring("chat.repair_menus", tenant_id=tenant_id, key=f"menus-repair:{tenant_id}")


def adopt(actor: Actor, line_id: str) -> None:
    """Take a menu that somebody else made at LINE into our care, by a job that reads it."""
    audit.note(actor, "richmenu.adopt", f"line:{line_id[:60]}")
    jobs.ring("chat.adopt_menu", tenant_id=scope.current(), line_id=line_id)


def take_in(line_id: str, draft: MenuDraft, picture: str, alias: str = "") -> RichMenu | None:
    """Insert a menu that is at LINE already; None when it is ours by now."""
    if RichMenu.objects.filter(line_id=line_id).exists():
        return None
    more: Mapping[str, object] = {"alias": alias} if alias else {}
    menu = RichMenu.objects.create(
        **_fields(draft), **more, image=picture, line_id=line_id, state=State.LIVE, live_at=Now()
    )
    RichMenu.objects.filter(pk=menu.pk).update(live_as=publication.fingerprint(menu))
    return menu
