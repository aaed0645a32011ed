"""Group chats and rooms that the account is in."""

from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Now

from plusone.base.models import Owned, OwnedManager, OwnedQuerySet


class GroupChatQuerySet(OwnedQuerySet["GroupChat"]):
    """Ways to look for group chats."""

    def present(self) -> "GroupChatQuerySet":
        """Those the account has not left, by name."""
        return self.filter(left_at=None).order_by("name", "id")


GroupChatManager = OwnedManager.from_queryset(GroupChatQuerySet)


class GroupChat(Owned):
    """A group or room (群組) the account is in. `members` is LINE's count when last asked, None until then:
    a push to the group costs one message for each of them.
    """

    chat_key = models.CharField(max_length=40)
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=120, blank=True, db_default="")
    members = models.PositiveIntegerField(null=True)
    asked_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(db_default=Now())

    objects: ClassVar["GroupChatManager[Self]"] = GroupChatManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "chat_key"], name="group_chat_once")]
