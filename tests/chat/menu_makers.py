"""Rich menus for tests: drafts with pictures, and the work on them done by hand."""

import io
import time
from typing import Any

from django.conf import settings
from PIL import Image

from plusone.base import scope, uploads
from plusone.base.audit import Actor
from plusone.chat.actions import menus as actions
from plusone.chat.models import MenuBoard, RichMenu
from plusone.chat.rules.menus import Area, MenuDraft
from plusone.chat.tasks import menus as tasks
from plusone.tenants.models import Tenant
from tests.chat.at_line import AtLine

WHO = Actor("member", "1")
SITE = "https://shop.example"


def picture(width: int = 800, height: int = 270, colour: tuple[int, int, int] = (90, 90, 200)) -> bytes:
    """A picture's bytes."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG")
    return out.getvalue()


def draft(name: str = "主選單", *areas: Area) -> MenuDraft:
    """A small menu that says 履歷 unless it has other areas."""
    say = Area(0, 0, 400, 270, "say", "履歷", "我的訂單")
    return MenuDraft(name, "選單", 800, 270, True, areas or (say,))


def made(tenant: Tenant, name: str = "主選單", *areas: Area) -> RichMenu:
    """A draft with its picture."""
    image = uploads.put(settings.FILES, picture(), ".jpg")
    with scope.tenant(tenant.pk):
        return actions.make(WHO, draft(name, *areas), image)


def ask(tenant: Tenant, menu: RichMenu) -> list[int]:
    """Publish, as the button does; the ids of what is on its way. The work is not done yet."""
    with scope.tenant(tenant.pk):
        return [one.pk for one in actions.publish(WHO, menu, SITE)]


def published(tenant: Tenant, name: str = "主選單", *areas: Area) -> RichMenu:
    """A menu that is live."""
    menu = made(tenant, name, *areas)
    for pk in ask(tenant, menu):
        tasks.work_on(tenant.pk, pk)
    return fresh(tenant, menu)


def fresh(tenant: Tenant, menu: RichMenu) -> RichMenu:
    """The row as it is now."""
    with scope.tenant(tenant.pk):
        return RichMenu.objects.get(pk=menu.pk)


def board(tenant: Tenant) -> MenuBoard:
    """The shop's board as it is now."""
    with scope.tenant(tenant.pk):
        return MenuBoard.objects.get()


def update(tenant: Tenant, menu: RichMenu, **fields: Any) -> None:
    """How tests make time pass for a menu."""
    with scope.tenant(tenant.pk):
        RichMenu.objects.filter(pk=menu.pk).update(**fields)


def wake(tenant: Tenant, menu: RichMenu) -> None:
    """The pause or lease is over, and a worker comes by."""
    update(tenant, menu, lease_until=None)
    tasks.work_on(tenant.pk, menu.pk)


def at_line(line: AtLine) -> list[dict[str, Any]]:
    """The menus that LINE has of this account; LINE lists them ten times a second at most."""
    url = f"{line.simulator.url}/v2/bot/richmenu/list"
    answer = line.simulator.http.get(url, headers=headers(line))
    while answer.status_code == 429:
        time.sleep(0.2)
        answer = line.simulator.http.get(url, headers=headers(line))
    return answer.raise_for_status().json()["richmenus"]  # type: ignore[no-any-return]


def headers(line: AtLine) -> dict[str, str]:
    """What an own call to LINE carries."""
    token = line.simulator.get(f"channels/{line.channel_id}")["access_token"]
    return {"authorization": f"Bearer {token}"}


def seen(line: AtLine, person: str = "xiaomei") -> str | None:
    """The bar text and name of the menu that a person sees, or None."""
    world = line.simulator.get("world")
    chat = next(one for one in world["chats"] if one["id"] == f"{line.channel_id}-{person}")
    return str(world["menus"][chat["menu"]]["name"]).split(" (")[0] if chat["menu"] else None
