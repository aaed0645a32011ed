"""Rich menus (圖文選單): the menus, when each is shown, and what LINE really has."""

import datetime
import secrets
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from plusone.base.models import Owned, OwnedManager, OwnedQuerySet
from plusone.chat.rules.menus import MenuDraft, Published, areas_of
from plusone.chat.rules.slots import Slot


def new_alias() -> str:
    """The name under which tabs switch to a menu at LINE; it stays when the menu is published anew."""
    return f"plusone-{secrets.token_hex(6)}"


class RichMenuQuerySet(OwnedQuerySet["RichMenu"]):
    """A shop's menus."""

    def kept(self) -> "RichMenuQuerySet":
        """All but those on their way out, newest first."""
        return self.exclude(state=RichMenu.State.REMOVING).order_by("-pk")

    def at_line(self) -> "RichMenuQuerySet":
        """Those that LINE should have."""
        return self.exclude(line_id="").exclude(state=RichMenu.State.REMOVING)

    def due(self) -> "RichMenuQuerySet":
        """Those with work at LINE that nobody is doing."""
        working = (RichMenu.State.PUBLISHING, RichMenu.State.REMOVING)
        return self.filter(state__in=working).filter(Q(lease_until=None) | Q(lease_until__lte=Now()))


RichMenuManager = OwnedManager.from_queryset(RichMenuQuerySet)


class RichMenu(Owned):
    """A menu as the shop made it, its picture's name, and how far its publication is.

    `mark` is the publication under way: it is stored before LINE is called and stands in the menu's name
    there, so that a publication whose answer was lost is found again and never made twice (reliability 5.4).
    """

    class State(models.TextChoices):
        DRAFT = "draft"
        PUBLISHING = "publishing"
        LIVE = "live"
        FAILED = "failed"
        REMOVING = "removing"

    name = models.CharField(max_length=120)
    bar_text = models.CharField(max_length=60)
    width = models.PositiveIntegerField(default=2500)
    height = models.PositiveIntegerField(default=1686)
    opens = models.BooleanField(default=True)
    areas = models.JSONField(default=list)
    image = models.CharField(max_length=40, blank=True)
    alias = models.CharField(max_length=32, default=new_alias)
    site = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    mark = models.CharField(max_length=12, blank=True)
    step = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=20, blank=True)
    said = models.CharField(max_length=500, blank=True)
    line_id = models.CharField(max_length=64, blank=True)
    old_line_id = models.CharField(max_length=64, blank=True)
    live_as = models.CharField(max_length=16, blank=True)
    lease_until = models.DateTimeField(null=True)
    epoch = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    live_at = models.DateTimeField(null=True)

    objects: ClassVar["RichMenuManager[Self]"] = RichMenuManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "alias"], name="richmenu_alias_once")]
        indexes = [
            models.Index(
                fields=["tenant"], name="richmenu_open", condition=Q(state__in=["publishing", "removing"])
            )
        ]

    def draft(self) -> MenuDraft:
        """The menu as rules know it."""
        return MenuDraft(self.name, self.bar_text, self.width, self.height, self.opens, areas_of(self.areas))

    def published(self) -> Published:
        """What LINE should have of it."""
        return Published(self.pk, self.name, self.line_id, self.alias)

    @classmethod
    def arriving(cls, row: dict[str, Any]) -> dict[str, Any]:
        """What was on its way to or from LINE stops: the shop it comes from goes on with it. What was live
        stays so, and here people publish or remove it again.
        """
        if row["state"] in (cls.State.PUBLISHING, cls.State.REMOVING):
            row = {**row, "state": cls.State.FAILED, "reason": "arrived", "said": "", "lease_until": None}
        return row


class MenuSlot(Owned):
    """Times at which a menu is the default; of several that are on, the newest wins."""

    menu = models.ForeignKey(RichMenu, models.CASCADE, related_name="slots", db_constraint=False)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list)
    starts = models.TimeField(default=datetime.time(0))
    ends = models.TimeField(default=datetime.time(0))
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["tenant", "menu"], name="menuslot_menu")]

    def rule(self) -> Slot:
        """The slot as rules know it."""
        return Slot(
            self.menu_id, frozenset(self.weekdays), self.starts, self.ends, self.first_day, self.last_day
        )


class MenuBoard(Owned):
    """One a shop: the default outside all slots, the next change, and what LINE was seen to have.

    `default_id` is the default as we last set it at LINE and read it back.
    """

    base = models.ForeignKey(RichMenu, models.SET_NULL, null=True, related_name="+", db_constraint=False)
    default_id = models.CharField(max_length=64, blank=True)
    manages_default = models.BooleanField(default=False)
    next_turn = models.DateTimeField(null=True)
    turned_at = models.DateTimeField(null=True)
    late_seconds = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=20, blank=True)
    said = models.CharField(max_length=500, blank=True)
    seen = models.JSONField(default=dict)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="menuboard_one_a_tenant")]
        indexes = [models.Index(fields=["next_turn"], name="menuboard_due")]

    @classmethod
    def arriving(cls, row: dict[str, Any]) -> dict[str, Any]:
        """LINE's default stays as it is until somebody here shows a menu or gives one a time."""
        reason = "arrived" if row["manages_default"] else ""
        return {**row, "manages_default": False, "next_turn": None, "reason": reason, "said": ""}
