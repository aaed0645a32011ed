"""Rich menus: all of them with picture and state, when each is shown, and what LINE really has."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from plusone.base.views import notices
from plusone.chat.actions import menus as actions
from plusone.chat.actions import publication
from plusone.chat.models import MenuBoard, MenuSlot, RichMenu
from plusone.chat.rules import menus as rules
from plusone.chat.rules.menus import Drift
from plusone.chat.views import menu_words
from plusone.chat.views.menu_editor import publish_now, site
from plusone.chat.views.menu_form import SlotForm
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, allowed, page, refreshed

LATE_SECONDS = 120


@may("messages.see")
@require_GET
def menus(request: TenantRequest, slug: str) -> HttpResponse:
    """All menus; on top who sees what now, and what differs at LINE."""
    found = list(RichMenu.objects.order_by("-pk").prefetch_related("slots"))
    board = MenuBoard.objects.first()
    turn = publication.turn()
    context = {
        "menus": [_card(menu, board, turn.wanted) for menu in found],
        "board": board,
        "late": board and board.late_seconds > LATE_SECONDS and board.late_seconds // 60,
        "board_reason": menu_words.REASONS.get(board.reason, "") if board else "",
        "moving": any(menu.state in ("publishing", "removing") for menu in found),
        "now": next((menu for menu in found if menu.line_id and menu.line_id == turn.wanted), None),
        "may_change": allowed(request, "messages.menus"),
        **_differences(found, board, turn.wanted),
    }
    return page(request, "chat/menus.html", context)


def _card(menu: RichMenu, board: MenuBoard | None, wanted: str) -> dict[str, Any]:
    changed = menu.state == "live" and menu.live_as != publication.fingerprint(menu)
    return {
        "menu": menu,
        "state": menu_words.state(menu),
        "reason": menu_words.REASONS.get(menu.reason, ""),
        "is_base": board is not None and board.base_id == menu.pk,
        "is_shown": bool(menu.line_id) and menu.line_id == wanted,
        "changed": changed,
        "slots": [menu_words.times(slot) for slot in menu.slots.all()],
    }


def _differences(found: list[RichMenu], board: MenuBoard | None, wanted: str) -> dict[str, Any]:
    """What differs at LINE: what can be put right, and menus of others."""
    if board is None or board.seen_at is None:
        return {"drifts": [], "unknown": []}
    ours = [menu.published() for menu in found if menu.line_id and menu.state != "removing"]
    turning = board.next_turn is not None and board.next_turn <= timezone.now()
    busy = turning or any(menu.state in ("publishing", "removing") for menu in found)
    default = wanted if board.manages_default else str(board.seen.get("default") or "")
    drifts = rules.drift(ours, default, board.seen, busy)
    return {
        "drifts": [menu_words.drift(one) for one in drifts if one.code != "unknown"],
        "unknown": [_foreign(one, board) for one in drifts if one.code == "unknown"],
    }


def _foreign(one: Drift, board: MenuBoard) -> dict[str, Any]:
    listed = next(menu for menu in board.seen["menus"] if menu["id"] == one.line_id)
    return {
        **listed,
        "name": rules.plain_name(str(listed["name"])),
        "is_default": board.seen.get("default") == one.line_id,
    }


@may("messages.see")
@require_GET
def progress(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """How far a publication is; when it is over, the whole page comes anew."""
    menu = get_object_or_404(RichMenu, pk=pk)
    if menu.state != RichMenu.State.PUBLISHING:
        return refreshed()
    context = {
        "menu": menu,
        "step": menu_words.STEPS[menu.step],
        "steps": len(menu_words.STEPS) - 1,
        "reason": menu_words.REASONS.get(menu.reason, ""),
    }
    return page(request, "chat/menu_progress.html", context)


@may("messages.menus")
@require_POST
def publish(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Publish a menu as it is stored."""
    return publish_now(request, get_object_or_404(RichMenu.objects.kept(), pk=pk))


@may("messages.menus")
@require_POST
def stop(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Give up a publication under way."""
    actions.stop(actor(request), get_object_or_404(RichMenu, pk=pk))
    return redirect(address(request, "console-menu", pk))


@may("messages.menus")
@require_POST
def show(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Make a menu everybody's; 0 is none."""
    menu = get_object_or_404(RichMenu.objects.kept(), pk=pk) if pk else None
    try:
        actions.show_to_all(actor(request), menu)
        said = gettext("Everybody gets “%(name)s” within a minute.") % {"name": menu.name} if menu else ""
        notices.leave(request, said or gettext("Nobody gets a menu any more, outside the times set."))
    except actions.NotLive:
        notices.leave(request, gettext("Please publish the menu first."), loss=True)
    return redirect(address(request, "console-menus"))


@may("messages.menus")
@require_POST
def remove(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Take a menu away, here and at LINE."""
    menu = get_object_or_404(RichMenu.objects.kept(), pk=pk)
    try:
        actions.remove(actor(request), menu)
        notices.leave(request, gettext("“%(name)s” is being removed.") % {"name": menu.name})
    except actions.Busy:
        notices.leave(
            request, gettext("This menu is on its way to LINE right now. Please wait a moment."), loss=True
        )
    return redirect(address(request, "console-menus"))


@may("messages.menus")
def schedule(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """When a menu is shown to everybody; POST adds times."""
    menu = get_object_or_404(RichMenu.objects.kept(), pk=pk)
    form = SlotForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_slot(actor(request), menu, form.slot(menu))
            return redirect(address(request, "console-menu-schedule", pk))
        except actions.NotLive:
            form.add_error(None, gettext("Please publish the menu first."))
        except actions.TooMany:
            form.add_error(None, gettext("You have as many times as can be kept. Please remove some first."))
    slots = [{"slot": slot, "times": menu_words.times(slot)} for slot in menu.slots.order_by("-pk")]
    context = {"menu": menu, "form": form, "slots": slots}
    return page(request, "chat/menu_schedule.html", context, 422 if form.errors else 200)


@may("messages.menus")
@require_POST
def drop_slot(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Take times away."""
    slot = get_object_or_404(MenuSlot, pk=pk)
    actions.drop_slot(actor(request), slot)
    return redirect(address(request, "console-menu-schedule", slot.menu_id))


@may("messages.menus")
@require_POST
def look(request: TenantRequest, slug: str) -> HttpResponse:
    """Ask LINE what it has."""
    actions.look(actor(request))
    notices.leave(request, gettext("LINE is being asked. Look again in a moment."))
    return redirect(address(request, "console-menus"))


@may("messages.menus")
@require_POST
def repair(request: TenantRequest, slug: str) -> HttpResponse:
    """Put right what differs at LINE."""
    board = MenuBoard.objects.first()
    there = {one["id"] for one in board.seen.get("menus", [])} if board else set()
    gone = [menu for menu in RichMenu.objects.at_line() if menu.line_id not in there]
    try:
        actions.repair(actor(request), gone, site(request))
        notices.leave(request, gettext("It is being repaired. Look again in a moment."))
    except actions.NotPublishable as error:
        said = " ".join(menu_words.problem(one) for one in error.problems)
        notices.leave(request, f"{error.menu.name}: {said}", loss=True)
    return redirect(address(request, "console-menus"))


@may("messages.menus")
@require_POST
def adopt(request: TenantRequest, slug: str) -> HttpResponse:
    """Take a menu that others made into our care."""
    actions.adopt(actor(request), request.POST.get("line_id", "")[:64])
    notices.leave(request, gettext("The menu is being fetched from LINE. Look again in a moment."))
    return redirect(address(request, "console-menus"))
