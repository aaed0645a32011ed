"""Notices to the owner about the plan."""

from plusone.base import scope
from plusone.chat.actions.say import Rank, Say, say
from plusone.customers.models import Contact
from plusone.tenants.models import Role, Tenant

# Only what stops the shop is worth a paid push; the rest waits for the next free reply in the owner's chat.
WORTH_A_PUSH = frozenset({"trial_1", "lapsed"})


def tell(event_id: int, what: str) -> None:
    """Queue the notice `what` of this event for every owner whose own LINE is known; each gets it once."""
    language = Tenant.objects.get(pk=scope.current()).language
    owners = Contact.objects.filter(member__role=Role.OWNER, blocked_at=None)
    say(
        [
            Say(
                cause=f"plan:{event_id}:{user_id}",
                purpose="plan",
                to_kind="user",
                to_id=user_id,
                user_id=user_id,
                kind="notice_plan",
                facts={"what": what},
                language=own_language or language,
                ways=("push", "ride") if what in WORTH_A_PUSH else ("ride",),
                rank=Rank.NOTICE,
            )
            for user_id, own_language in owners.values_list("line_user_id", "language")
        ]
    )
