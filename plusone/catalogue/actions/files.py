"""Tables of products: look at what one would do, keep that, and do it once and whole."""

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.db.utils import IntegrityError

from plusone.base import audit, events, numbers, scope
from plusone.base.audit import Actor
from plusone.catalogue import rules
from plusone.catalogue.actions import arrange, many, stock
from plusone.catalogue.models import Product, ProductFile
from plusone.catalogue.rules import ProductDraft, VariantDraft
from plusone.catalogue.rules.sheets import Planned
from plusone.tenants.models import Tenant

# New options of a product stand behind all it has.
BEHIND = 1000
_CHANGE = """
    update plusone_product p set name = d.name, price = d.price, category = d.category,
           description = d.description, words = d.words, option_names = d.option_names,
           published_at = case when d.is_public then coalesce(p.published_at, now()) else p.published_at end,
           is_public = d.is_public, version = p.version + 1, updated_at = now()
      from json_to_recordset(%s::json)
        as d(id bigint, name text, price int, category text, description text, words jsonb,
             option_names jsonb, is_public boolean)
     where p.tenant_id = (select %s::bigint) and p.id = d.id
"""
_CHANGE_OPTIONS = """
    update plusone_variant v set price = d.price, sku = d.sku
      from json_to_recordset(%s::json) as d(id bigint, price int, sku text)
     where v.tenant_id = (select %s::bigint) and v.id = d.id
"""


class AppliedBefore(Exception):
    """These very bytes have had their effect; nothing was done."""


@dataclasses.dataclass
class ChangedSince(Exception):
    """Products were changed or removed since the file was looked at: their codes. Nothing was done."""

    codes: tuple[str, ...]


def keep(
    actor: Actor,
    planned: Sequence[Planned],
    versions: dict[str, tuple[int, int]],
    *,
    name: str,
    digest: str,
    encoding: str,
    unknown: Sequence[str],
    same: int,
) -> ProductFile:
    """Store what the file would do, for its preview; older previews of the shop are forgotten.

    `versions` is code to the product's id and the version that the plan stands on.
    """
    ProductFile.objects.filter(state=ProductFile.State.SEEN).delete()
    return ProductFile.objects.create(
        name=name[:120],
        digest=digest,
        encoding=encoding,
        unknown=list(unknown)[:100],
        plan=[_told(one, versions.get(one.code, (0, 0))) for one in planned],
        same=same,
        actor_kind=actor.kind,
        actor=actor.id,
    )


def apply(actor: Actor, file: ProductFile) -> ProductFile:
    """Do all that the file's preview said, in a handful of statements whatever its size.

    A stock is changed by the difference that the preview showed, so what was sold meanwhile stays sold.
    Raises AppliedBefore, ChangedSince; then nothing has happened.
    """
    with transaction.atomic():
        return _applied(actor, file)


def _applied(actor: Actor, file: ProductFile) -> ProductFile:
    stock.take_turn()
    _mark(file)
    plan = [_planned(told) for told in file.plan]
    _refuse_changed([told for told in file.plan if told["id"]])
    made = _put_up(actor, [one for one in plan if one.before is None])
    changed = {told["id"]: one for told, one in zip(file.plan, plan, strict=True) if told["id"]}
    _change(actor, changed, f"file:{file.pk}")
    stock.tell_of_sale(pk for pk, one in changed.items() if _comes_on_sale(one))
    counts = {"new": len(made), "changed": len(changed)}
    audit.note(actor, "products.imported", f"file:{file.pk}", after={"name": file.name, **counts})
    events.record_many("product.changed", ({"product": pk} for pk in [*made, *changed]))
    file.refresh_from_db()
    return file


def _mark(file: ProductFile) -> None:
    """Claim the file: once by its row, and once by its bytes, which the database keeps unique."""
    try:
        with transaction.atomic():
            claimed = ProductFile.objects.filter(pk=file.pk, state=ProductFile.State.SEEN).update(
                state=ProductFile.State.APPLIED, applied_at=Now()
            )
    except IntegrityError:
        raise AppliedBefore from None
    if not claimed:
        raise AppliedBefore


def _refuse_changed(told: Sequence[dict[str, Any]]) -> None:
    held = Product.objects.select_for_update(no_key=True).filter(pk__in=[one["id"] for one in told])
    now = dict(held.filter(removed_at=None).order_by("pk").values_list("pk", "version"))
    stale = [one["code"] for one in told if now.get(one["id"]) != one["version"]]
    if stale:
        raise ChangedSince(tuple(stale))


def _put_up(actor: Actor, planned: Sequence[Planned]) -> list[int]:
    """New products under the next codes of the day, the file's first one first in the shop's order."""
    if not planned:
        return []
    tenant = Tenant.objects.get(pk=scope.current())
    day = numbers.local_day(numbers.database_now(), tenant.timezone)
    first, top = numbers.take("product", day, len(planned)), arrange.first_place()
    codes = [rules.product_code(day, first + number) for number in range(len(planned))]
    places = [top - (len(planned) - number) * arrange.GAP for number in range(len(planned))]
    drafts = [one.draft for one in planned]
    ids = many.put_up(zip(codes, places, drafts, strict=True))
    made = [ids[code] for code in codes]
    many.add_options(actor, zip(made, (draft.variants for draft in drafts), strict=True))
    return made


def _change(actor: Actor, planned: dict[int, Planned], cause: str) -> None:
    """Products and their options in one statement each; new options behind the old ones."""
    drafts = {pk: one.draft for pk, one in planned.items()}
    old = [variant for draft in drafts.values() for variant in draft.variants if variant.id]
    _execute(_CHANGE, [{"id": pk, **many.told(draft)} for pk, draft in drafts.items()])
    _execute(_CHANGE_OPTIONS, [{"id": one.id, "price": one.price, "sku": one.sku} for one in old])
    new = [(pk, [one for one in draft.variants if not one.id]) for pk, draft in drafts.items()]
    many.add_options(actor, [one for one in new if one[1]], first_position=BEHIND)
    before = {
        one.id: one for each in planned.values() if each.before for one in each.before.variants if one.id
    }
    _change_stocks(actor, [(before[one.id], one) for one in old if one.id in before], cause)


def _comes_on_sale(one: Planned) -> bool:
    return one.draft.is_public and one.before is not None and not one.before.is_public


def _execute(statement: str, rows: list[dict[str, Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(rows), scope.current()])


def _change_stocks(actor: Actor, pairs: Sequence[tuple[VariantDraft, VariantDraft]], cause: str) -> None:
    changed = [(old, new) for old, new in pairs if old.stock != new.stock and new.stock is not None]
    held = stock.lock(new.id for _old, new in changed if new.id)
    moves = []
    for old, new in changed:
        left = held[new.id or 0].left
        if left is None or new.stock == rules.UNLIMITED or old.stock is None:
            stock.set_stock(actor, new.id or 0, new.stock or 0, cause)
        else:
            delta = max(-left, (new.stock or 0) - old.stock)
            moves.append(stock.Move(new.id or 0, delta, "adjust", cause, actor))
    stock.move([move for move in moves if move.quantity])


def _told(one: Planned, version: tuple[int, int]) -> dict[str, Any]:
    told = dataclasses.asdict(one)
    return {**told, "id": version[0], "version": version[1]}


def _planned(told: dict[str, Any]) -> Planned:
    before = told["before"]
    return Planned(told["row"], told["code"], _draft(told["draft"]), _draft(before) if before else None)


def _draft(told: dict[str, Any]) -> ProductDraft:
    variants = tuple(VariantDraft(**{**one, "options": tuple(one["options"])}) for one in told["variants"])
    return ProductDraft(
        **{
            **told,
            "option_names": tuple(told["option_names"]),
            "words": tuple(told["words"]),
            "variants": variants,
        }
    )


def planned(file: ProductFile) -> list[Planned]:
    """What the file would do, or did, product by product."""
    return [_planned(told) for told in file.plan]
