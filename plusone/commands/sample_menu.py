"""The demo's rich menu: a template, published, everybody's."""

import time

from django.conf import settings

from plusone.base import scope, uploads
from plusone.base.audit import HOUSE
from plusone.chat.actions import menus
from plusone.chat.models import RichMenu
from plusone.chat.tasks import menus as tasks
from plusone.chat.views import menu_art, menu_words
from plusone.tenants.models import Tenant

TEMPLATE, LANGUAGE, PALETTE = "market", "zh-hant", "indigo"
PATIENCE = 10.0  # a worker that was quicker may have the menu in its hands


def put_up(tenant: Tenant, site: str) -> None:
    """Make the menu where the shop has none, and show it once it is live."""
    with scope.tenant(tenant.pk):
        if RichMenu.objects.exists():
            return
        picture = menu_art.drawn(TEMPLATE, "", LANGUAGE, PALETTE)
        draft = menu_words.template_drafts(TEMPLATE, LANGUAGE)[""]
        menu = menus.make(HOUSE, draft, uploads.put(settings.FILES, picture, ".jpg"))
        menus.publish(HOUSE, menu, site)
    tasks.work_on(tenant.pk, menu.pk)
    end = time.monotonic() + PATIENCE
    while not _shown(tenant, menu.pk) and time.monotonic() < end:
        time.sleep(0.2)


def _shown(tenant: Tenant, menu_id: int) -> bool:
    with scope.tenant(tenant.pk):
        menu = RichMenu.objects.get(pk=menu_id)
        if menu.state != RichMenu.State.LIVE:
            return False
        menus.show_to_all(HOUSE, menu)
    tasks.turn_menu(tenant.pk)
    return True
