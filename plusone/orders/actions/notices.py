"""Notices to managers over LINE: sold out, partly out of stock (JG18)."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

from plusone.base import scope
from plusone.catalogue.actions import LockedVariant
from plusone.chat.actions import say
from plusone.customers.models import Contact
from plusone.orders.rules.facts import TakenLine
from plusone.tenants.models import TeamRole, Tenant
from plusone.tenants.rules import MANAGES_BY_CHAT


def tell_of_shortages(lines: Sequence[TakenLine], held: Mapping[int, LockedVariant]) -> None:
    """Queue one notice a variant and kind: `sold_out` when none are left,
    `short` with the missing pieces when an order was cut.

    At most one per variant, kind and ten minutes goes out to each manager; more only raise its count (P39).
    """
    given: dict[int, int] = defaultdict(int)
    missing: dict[int, int] = defaultdict(int)
    for line in lines:
        if line.refused in ("", "sold_out") and held[line.variant_id].left is not None:
            given[line.variant_id] += line.given
            missing[line.variant_id] += line.asked - line.given
    troubled = [v for v in given if missing[v] or (given[v] and held[v].left == given[v])]
    if not troubled:
        return
    cut = {line.variant_id for line in lines if 0 < line.given < line.asked}
    managers = _managers()
    language = Tenant.objects.get(pk=scope.current()).language
    for variant_id in troubled:
        kind = "short" if variant_id in cut else "sold_out"
        _tell(managers, language, kind, held[variant_id], missing[variant_id])


def _managers() -> list[tuple[str, str]]:
    managing = TeamRole.objects.who_may(MANAGES_BY_CHAT)
    rows = Contact.objects.filter(member__role__in=managing, blocked_at=None)
    return list(rows.values_list("line_user_id", "language"))


def _tell(
    managers: list[tuple[str, str]], language: str, kind: str, variant: LockedVariant, missing: int
) -> None:
    facts = {"code": variant.code, "name": variant.name, "label": variant.label, "missing": missing}
    for user_id, own_language in managers:
        say.notice(
            say.Say(
                cause=f"notice:{uuid.uuid4().hex}",
                purpose=kind,
                to_kind="user",
                to_id=user_id,
                user_id=user_id,
                kind=f"notice_{kind}",
                facts=facts,
                language=own_language or language,
                ways=("push", "ride"),
                rank=say.Rank.NOTICE,
                window=f"{kind}:{variant.id}:{user_id}",
            )
        )
