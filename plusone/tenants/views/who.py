"""Who did something, in words for a history."""

from collections.abc import Iterable

from django.utils.translation import gettext

from plusone.base.models import AuditEntry
from plusone.tenants.models import ApiToken, Member

Doer = tuple[str, str]


def names(doers: Iterable[Doer]) -> dict[Doer, str]:
    """(kind, id) of actors to what a reader calls them; a few queries. LINE contacts are not known here."""
    wanted = set(doers)
    return (
        {doer: _plain(doer[0]) for doer in wanted}
        | {("member", pk): name for pk, name in _members(_ids(wanted, "member"))}
        | {("token", pk): name for pk, name in _tokens(_ids(wanted, "token"))}
    )


def _plain(kind: str) -> str:
    words = {"house": "Plusone", "contact": gettext("a buyer on LINE"), "token": gettext("a program")}
    return words.get(kind, gettext("somebody"))


def _members(ids: list[int]) -> list[tuple[str, str]]:
    """Who left the team is called what the record of their leaving calls them."""
    rows = Member.objects.filter(pk__in=ids).values_list("pk", "user__name")
    found = [(str(pk), name) for pk, name in rows]
    gone = {f"member:{pk}" for pk in ids} - {f"member:{pk}" for pk, _ in found}
    if not gone:
        return found
    left = AuditEntry.objects.filter(subject__in=gone, action="member.removed")
    names = left.values_list("subject", "before__name")
    return [*found, *((subject.removeprefix("member:"), name) for subject, name in names)]


def _tokens(ids: list[int]) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in ApiToken.objects.filter(pk__in=ids).values_list("pk", "name")]


def _ids(doers: Iterable[Doer], kind: str) -> list[int]:
    return sorted(int(pk) for doer_kind, pk in doers if doer_kind == kind and pk.isdigit())
