"""Edits by chat: a manager's quoted lines change a product (JG16),
a buyer's edited message changes its order.
"""

from collections.abc import Sequence
from dataclasses import replace

from plusone.catalogue import actions as catalogue
from plusone.catalogue.actions import BadProduct, draft_of
from plusone.catalogue.models import Product
from plusone.catalogue.rules import ProductDraft
from plusone.customers.actions import Person
from plusone.hooks.actions import changes
from plusone.hooks.actions.desk import Came, Desk, actor_of
from plusone.orders.actions import read
from plusone.orders.models import Order, OrderLine
from plusone.orders.rules.terms import ProductEdit, Understanding


def product(desk: Desk, came: Came, person: Person, understood: Understanding) -> None:
    """Change the product the message quotes or names;
    an edit with a bad line changes nothing and says which line.
    """
    edit = understood.edit
    found = _held(understood.subject)
    if edit is None or found is None:
        return desk.answer(
            came, "refused", {"error": "unknown_code", "subject": understood.subject, "code": "", "name": ""}
        )
    problems = edit.problems or _stock_problem(found, edit)
    if problems:
        return desk.answer(came, "edit_problems", {"code": found.code, "problems": list(problems)})
    try:
        changed = catalogue.change(actor_of(person), found, _applied(draft_of(found), edit))
    except BadProduct as error:
        problems = tuple(f"{field}_{code}" for field, code in error.problems.items())
        return desk.answer(came, "edit_problems", {"code": found.code, "problems": list(problems)})
    desk.reload()
    return desk.answer(came, "product_changed", _told(desk, changed))


def _held(code: str) -> Product | None:
    """The product as it is now, nobody else changing it: what the lines don't name is stored back."""
    catalogue.take_turn()
    rows = Product.objects.select_for_update(no_key=True).filter(code=code, removed_at=None)
    return rows.prefetch_related("variants").first()


def _stock_problem(found: Product, edit: ProductEdit) -> tuple[str, ...]:
    several = len(found.active_variants()) > 1
    return ("stock_of_options",) if several and edit.stock is not None else ()


def _applied(draft: ProductDraft, edit: ProductEdit) -> ProductDraft:
    """The draft with the edit on it; the first price of a product from a photo puts it on sale unless told
    otherwise.
    """
    first_price = draft.price is None and edit.price is not None
    public = edit.public if edit.public is not None else draft.is_public or first_price
    # Stock that the edit does not name is left alone: sales go on meanwhile.
    variants = tuple(replace(variant, stock=None) for variant in draft.variants)
    if edit.stock is not None:
        variants = (replace(variants[0], stock=edit.stock),)
    return replace(
        draft,
        name=draft.name if edit.name is None else edit.name,
        price=draft.price if edit.price is None else edit.price,
        category=draft.category if edit.category is None else edit.category,
        description=draft.description if edit.description is None else edit.description,
        is_public=public,
        variants=variants,
    )


def _told(desk: Desk, changed: Product) -> dict[str, object]:
    return {
        "code": changed.code,
        "name": changed.name,
        "price": changed.price,
        "stock": changed.stock,
        "is_public": changed.is_public and changed.price is not None,
        "currency": desk.counter.tenant.currency,
    }


def order_message_edited(desk: Desk, came: Came, text: str, order: Order) -> None:
    """The message that made an order was edited: other quantities of the same things change it, anything
    else is told how. A bare “+2” is about what the order holds, whatever is newest in the chat by now.
    """
    person = desk.person(came)
    lines = _lines_of(order)
    if person is None or order.customer_id != person.customer_id or not lines:
        return desk.answer(came, "edit_hint", {"number": order.number})
    wanted = _wanted(desk, came, text, lines)
    if wanted is not None:
        return changes.set_quantities(desk, came, person, wanted)
    if changes.refused(desk, came, lines[0].order, lines):
        return None
    return desk.answer(came, "edit_hint", {"number": lines[0].order.number})


def _lines_of(order: Order) -> list[OrderLine]:
    """What it holds, wherever a merge has put it."""
    if order.merged_into is None:
        return order.kept_lines
    moved = OrderLine.objects.filter(merged_from=order, quantity__gt=0)
    return list(moved.select_related("order").order_by("id"))


def _wanted(
    desk: Desk, came: Came, text: str, lines: Sequence[OrderLine]
) -> list[tuple[OrderLine, int]] | None:
    """Each line with its new quantity, where the text orders exactly what these lines hold."""
    codes = {line.product_code for line in lines}
    understood = read.understand(
        desk.counter,
        text,
        chat_key=came.chat_key,
        quoted=codes.pop() if len(codes) == 1 else None,
        lenient=False,
        at=came.written_at,
    )
    asked = {item.variant_id: item.quantity for item in understood.items}
    ordered = understood.intent in ("order", "reserve") and not understood.confirm
    if not ordered or set(asked) != {line.variant_id for line in lines} or len(asked) != len(lines):
        return None
    return [(line, asked[line.variant_id]) for line in lines]
