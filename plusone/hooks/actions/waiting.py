"""A buyer taps “join waiting list” under an answer that says sold out, or leaves the list."""

from plusone.catalogue.models import Variant
from plusone.customers.actions import Person
from plusone.hooks.actions.desk import Came, Desk
from plusone.orders.actions import waiting


def tapped(desk: Desk, came: Came, person: Person, verb: str, wanted: str) -> None:
    """`wait` with variant and pieces puts the person on the list and gives what has come meanwhile;
    `unwait` takes them off.
    """
    variant, pieces = _read(wanted)
    if variant is None:
        return desk.answer(came, "waiting_joined", {"gone": True})
    told = {"name": variant.product.name, "label": variant.label, "quantity": pieces}
    if verb == "unwait":
        left = waiting.leave(person.customer_id, variant.pk)
        return desk.answer(came, "waiting_left", {**told, "left": left})
    source = "group" if came.is_group else "chat"
    place = waiting.join(person, variant.pk, pieces, source=source, chat_key=came.chat_key)
    buttons = [{"kind": "unwait", "data": f"unwait={wanted}"}]
    desk.answer(came, "waiting_joined", {**told, "place": place, "buttons": buttons})
    waiting.fill([variant.pk])
    return None


def _read(wanted: str) -> tuple[Variant | None, int]:
    """The variant on sale that a button names, and how many pieces."""
    variant_id, _, pieces = wanted.partition("x")
    if not (
        variant_id.isdecimal() and pieces.isdecimal() and len(variant_id) < 19 and 0 < int(pieces[:3]) < 100
    ):
        return None, 0
    on_sale = Variant.objects.filter(is_active=True, product__is_public=True, product__removed_at=None)
    return on_sale.select_related("product").filter(pk=int(variant_id)).first(), int(pieces[:3])
