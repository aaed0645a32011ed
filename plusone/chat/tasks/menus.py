"""Rich menus at LINE: publish, remove, set the default, look, repair, adopt. Jobs, safe to repeat.

LINE has no retry key here. So each publication has a mark that was stored before the first call; who takes
it up again looks which of the steps LINE has done, does the others, reads back, settles (reliability 5.4).
No transaction is open while LINE is asked.
"""

import contextlib
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db.models.functions import Now

from plusone.base import jobs, scope, uploads
from plusone.chat.actions import menus as actions
from plusone.chat.actions import publication
from plusone.chat.actions.publication import Work
from plusone.chat.models import MenuBoard, RichMenu
from plusone.chat.rules import menus as rules
from plusone.chat.tasks.account import addresses
from plusone.line import errors
from plusone.line.menus import Menu, MenuClient
from plusone.tenants.models import Channel

PICTURE, NAMING = 1, 2


class NotAsWanted(Exception):
    """What was read back differs from what LINE accepted a moment ago; it is tried again."""


@jobs.task("chat.sweep_menus")
def sweep() -> None:
    """Queue work that no job is doing: menus whose lease is over, defaults whose time has come."""
    with scope.everywhere():
        menus = list(RichMenu.objects.due().values_list("tenant_id", "pk"))
        boards = list(MenuBoard.objects.filter(next_turn__lte=Now()).values_list("tenant_id", flat=True))
    for tenant_id, menu_id in menus:
        with scope.tenant(tenant_id):
            actions.ring(menu_id)
    for tenant_id in boards:
        jobs.ring("chat.turn_menu", tenant_id=tenant_id, key=f"menus:{tenant_id}")


@jobs.task("chat.look_at_all_menus")
def look_at_all() -> None:
    """Once an hour: ask LINE for what it has, for every shop with menus."""
    with scope.everywhere():
        tenant_ids = list(MenuBoard.objects.values_list("tenant_id", flat=True))
    for tenant_id in tenant_ids:
        jobs.ring("chat.look_at_menus", tenant_id=tenant_id, key=f"menus-seen:{tenant_id}")


@jobs.task("chat.work_on_menu", queue="line", scoped=False)
def work_on(tenant_id: int, menu_id: int) -> None:
    """Publish or remove one menu, as its row says."""
    with scope.tenant(tenant_id):
        work = publication.claim(menu_id)
    if work is None:
        return
    with _reporting(tenant_id, work):
        client = _client(tenant_id)
        (_remove if work.removing else _publish)(tenant_id, work, client)


def _client(tenant_id: int) -> MenuClient:
    """The shop's account. Raises BadToken while it has no token."""
    with scope.tenant(tenant_id):
        token = Channel.objects.get().access_token()
    if not token:
        raise errors.BadToken(cause="Missing")
    return MenuClient(addresses(), token)


@contextlib.contextmanager
def _reporting(tenant_id: int, work: Work) -> Iterator[None]:
    """What LINE's refusal or silence means for the menu."""
    try:
        yield
    except errors.LineError as error:
        reason, said = _why(error), _words(error)
        is_final = isinstance(error, errors.BadToken | errors.Refused)
        settle = publication.fail if is_final else publication.later
        _record(tenant_id, lambda: settle(work, reason, said))
    except NotAsWanted:
        _record(tenant_id, lambda: publication.later(work, "read_back"))


def _record(tenant_id: int, note: Callable[[], object]) -> None:
    with scope.tenant(tenant_id):
        note()


def _words(error: errors.LineError) -> str:
    """LINE's own words, with where in the menu."""
    details = "; ".join(f"{one.property}: {one.message}" for one in error.details)
    return " – ".join(part for part in (error.line_message, details) if part)


def _publish(tenant_id: int, work: Work, client: MenuClient) -> None:
    line_id = _made(work, client)
    if not _note(tenant_id, work, PICTURE):
        return
    _pictured(work, client, line_id)
    if not _note(tenant_id, work, NAMING):
        return
    client.set_alias(work.alias, line_id)
    if client.aliases().get(work.alias) != line_id:
        raise NotAsWanted
    with scope.tenant(tenant_id):
        if not publication.reached(work, line_id):
            return
        actions.board()
    turn_menu(tenant_id)
    _sweep_up(work, client, line_id)
    _record(tenant_id, lambda: publication.settle(work))
    look_at_menus(tenant_id)


def _note(tenant_id: int, work: Work, step: int) -> bool:
    with scope.tenant(tenant_id):
        return publication.note_step(work, step)


def _made(work: Work, client: MenuClient) -> str:
    """The publication's menu at LINE: found by its mark if an earlier try made it, else made now."""
    found = _by_mark(work, client)
    for one in found[1:]:
        client.delete_menu(one.id)
    return found[0].id if found else client.create_menu(work.body)


def _by_mark(work: Work, client: MenuClient) -> list[Menu]:
    """Menus at LINE that this very publication made."""
    return [one for one in client.menus() if _mark(one) == (work.alias, work.mark)]


def _mark(menu: Menu) -> tuple[str, str]:
    return rules.mark_of(str(menu.body.get("name", "")))


def _pictured(work: Work, client: MenuClient, line_id: str) -> None:
    if client.image(line_id) is None:
        with uploads.open_stored(settings.FILES, work.image) as file:
            client.upload_image(line_id, file.read())
        if client.image(line_id) is None:
            raise NotAsWanted


def _sweep_up(work: Work, client: MenuClient, kept: str = "") -> None:
    """Delete all of this menu at LINE but what is kept: earlier publications, whatever became of them."""
    known = {work.line_id, work.old_line_id}
    for one in client.menus():
        if one.id != kept and (_mark(one)[0] == work.alias or one.id in known):
            client.delete_menu(one.id)


def _remove(tenant_id: int, work: Work, client: MenuClient) -> None:
    """First another default, then the name, then the menu, so that nobody taps into nothing."""
    turn_menu(tenant_id)
    client.delete_alias(work.alias)
    _sweep_up(work, client)
    _record(tenant_id, lambda: publication.removed(work))
    look_at_menus(tenant_id)


@jobs.task("chat.turn_menu", queue="line", scoped=False)
def turn_menu(tenant_id: int) -> None:
    """Set the default that should be on now, read it back, plan the next turn."""
    with scope.tenant(tenant_id):
        turn = publication.turn()
    if not turn.manages:
        return _record(tenant_id, lambda: publication.turned(turn))
    try:
        client = _client(tenant_id)
        if (client.default_menu() or "") != turn.wanted:
            client.set_default_menu(turn.wanted or None)
            if (client.default_menu() or "") != turn.wanted:
                raise NotAsWanted
    except errors.LineError as error:
        reason, said = _why(error), _words(error)
        return _record(tenant_id, lambda: publication.not_turned(reason, said))
    except NotAsWanted:
        return _record(tenant_id, lambda: publication.not_turned("read_back"))
    return _record(tenant_id, lambda: publication.turned(turn))


def _why(error: errors.LineError) -> str:
    if isinstance(error, errors.BadToken):
        return "bad_token"
    if isinstance(error, errors.RateLimited):
        return "rate"
    return "refused" if isinstance(error, errors.Refused) else "no_answer"


@jobs.task("chat.look_at_menus", queue="line", scoped=False)
def look_at_menus(tenant_id: int) -> None:
    """Ask LINE what it has; while it is silent, the last answer stays with its time."""
    with contextlib.suppress(errors.LineError):
        client = _client(tenant_id)
        seen = {
            "menus": [_seen(one) for one in client.menus()],
            "default": client.default_menu(),
            "aliases": client.aliases(),
        }
        _record(tenant_id, lambda: publication.note_seen(seen))


def _seen(menu: Menu) -> dict[str, object]:
    body = menu.body
    return {
        "id": menu.id,
        "name": body.get("name", ""),
        "bar_text": body.get("chatBarText", ""),
        "size": body.get("size", {}),
        "areas": len(body.get("areas", [])),
    }


@jobs.task("chat.repair_menus", queue="line", scoped=False)
def repair(tenant_id: int) -> None:
    """Names that lead elsewhere are set right, what nobody needs is deleted, the default is set.

    What LINE lost is published anew by its own job; menus of others are left alone.
    """
    with contextlib.suppress(errors.LineError):
        client = _client(tenant_id)
        with scope.tenant(tenant_id):
            ours = [menu.published() for menu in RichMenu.objects.at_line()]
            busy = {menu.alias for menu in RichMenu.objects.filter(state=RichMenu.State.PUBLISHING)}
        there = client.menus()
        _set_aliases(client, ours, {one.id for one in there})
        keep = {one.line_id for one in ours}
        mine = {one.alias for one in ours} - busy
        for one in there:
            if one.id not in keep and _mark(one)[0] in mine:
                client.delete_menu(one.id)
    turn_menu(tenant_id)
    look_at_menus(tenant_id)


def _set_aliases(client: MenuClient, ours: list[rules.Published], there: set[str]) -> None:
    aliases = client.aliases()
    for one in ours:
        if one.line_id in there and aliases.get(one.alias) != one.line_id:
            client.set_alias(one.alias, one.line_id)


@jobs.task("chat.adopt_menu", queue="line", scoped=False)
def adopt(tenant_id: int, line_id: str) -> None:
    """Read a menu that somebody else made and keep it as ours; one without a picture can't be shown."""
    with contextlib.suppress(errors.LineError, uploads.UploadError):
        client = _client(tenant_id)
        body = next((one.body for one in client.menus() if one.id == line_id), None)
        raw = client.image(line_id) if body else None
        if body is None or raw is None:
            return
        size = body["size"]
        image = uploads.put(settings.FILES, uploads.fit_image(raw, size["width"], size["height"]), ".jpg")
        with scope.tenant(tenant_id):
            by_alias = {alias: str(pk) for pk, alias in RichMenu.objects.values_list("pk", "alias")}
            menu = actions.take_in(line_id, rules.adopted(body, by_alias), image)
        if menu:
            client.set_alias(menu.alias, line_id)
            look_at_menus(tenant_id)
