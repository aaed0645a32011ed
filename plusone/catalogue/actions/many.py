"""New products and options by the thousand: a statement each, whose rows come as one JSON text.

Django's bulk_create takes 0.15 ms of processor time a row: a file of 20,000 products held the shop's turn for
11 s, now for 2.5 (measured 2026-11-26).
"""

import json
from collections.abc import Iterable, Sequence

from django.db import connection

from plusone.base import scope
from plusone.base.audit import Actor
from plusone.base.ids import new_public_id
from plusone.catalogue import rules
from plusone.catalogue.actions import stock
from plusone.catalogue.rules import ProductDraft, VariantDraft

_PRODUCTS = """
    insert into plusone_product (tenant_id, code, public_id, name, description, category, price, option_names,
                                 words, image, thumbnail, is_public, place, home_chat, published_at, version)
    select %s, d.code, d.public_id, d.name, d.description, d.category, d.price, d.option_names, d.words, '',
           '', d.is_public, d.place, '', case when d.is_public then statement_timestamp() end, 1
      from json_to_recordset(%s::json)
        as d(code text, public_id text, name text, description text, category text, price int,
             option_names jsonb, words jsonb, is_public boolean, place bigint)
    returning code, id
"""
_VARIANTS = """
    insert into plusone_variant (tenant_id, product_id, sku, options, price, stock, unlimited, position,
                                 is_active)
    select %s, d.product_id, d.sku, d.options, d.price, 0, d.unlimited, d.position, true
      from json_to_recordset(%s::json)
        as d(product_id bigint, sku text, options jsonb, price int, unlimited boolean, position int)
    returning product_id, position, id
"""


def put_up(drafts: Iterable[tuple[str, int, ProductDraft]]) -> dict[str, int]:
    """Insert products, without their options, each under the code and at the place given with it; code to
    id.
    """
    rows = [
        {"code": code, "public_id": new_public_id(), "place": place, **told(draft)}
        for code, place, draft in drafts
    ]
    with connection.cursor() as cursor:
        cursor.execute(_PRODUCTS, [scope.current(), json.dumps(rows)])
        return dict(cursor.fetchall())


def told(draft: ProductDraft) -> dict[str, object]:
    """A draft's own columns, as the row of a statement has them; without its options."""
    return {
        "name": draft.name.strip(),
        "description": draft.description,
        "category": draft.category.strip(),
        "price": draft.price,
        "option_names": list(draft.option_names),
        "words": list(draft.words),
        "is_public": draft.is_public,
    }


def add_options(
    actor: Actor, wanted: Iterable[tuple[int, Sequence[VariantDraft]]], first_position: int = 0
) -> None:
    """Insert options of products (their ids) behind each other, with their first stock."""
    drafts = {
        (product_id, position): draft
        for product_id, variants in wanted
        for position, draft in enumerate(variants, start=first_position)
    }
    rows = [
        {
            "product_id": product_id,
            "sku": draft.sku,
            "options": list(draft.options),
            "price": draft.price,
            "unlimited": draft.stock == rules.UNLIMITED,
            "position": position,
        }
        for (product_id, position), draft in drafts.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(_VARIANTS, [scope.current(), json.dumps(rows)])
        made = cursor.fetchall()
    first = ((variant_id, drafts[product_id, position].stock) for product_id, position, variant_id in made)
    stock.move(
        [
            stock.Move(variant_id, count, "initial", f"variant:{variant_id}", actor)
            for variant_id, count in first
            if count and count > 0
        ]
    )
