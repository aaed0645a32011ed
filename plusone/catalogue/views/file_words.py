"""What is said about a table of products: why it was refused, row by row, and what it would do."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext, ngettext

from plusone.base import tables
from plusone.catalogue.rules import UNLIMITED, ProductDraft
from plusone.catalogue.rules.sheets import Planned, Problem
from plusone.catalogue.views.sheets import HEADINGS


def refusal(error: tables.TableError) -> str:
    """Why the file is no table that we take, and what to do now."""
    match error:
        case tables.TooBig():
            return gettext("This file is too large, packed or unpacked. The limit is 5 MB.")
        case tables.TooManyRows(limit=limit):
            return gettext("This file has more than %(limit)d rows. Please split it.") % {"limit": limit}
        case tables.TooManyColumns(limit=limit):
            return gettext("This file has more than %(limit)d columns.") % {"limit": limit}
        case tables.CellTooLong(row=row, limit=limit):
            return gettext("Row %(row)d has a cell of more than %(limit)d characters.") % {
                "row": row,
                "limit": limit,
            }
        case tables.RowTooLong(row=row):
            said = gettext(
                "Row %(row)d has more cells than the headings in the first row. Is there a comma too many, "
                "or a title above the headings? Please delete it."
            )
            return said % {"row": row}
        case tables.Broken(row=row):
            return gettext("A quotation mark in row %(row)d is not closed, or is in the wrong place.") % {
                "row": row
            }
        case tables.Nul(row=row):
            return gettext("Row %(row)d contains a null character. Please save the file again.") % {
                "row": row
            }
        case _:
            return _other_refusal(error)


def _other_refusal(error: tables.TableError) -> str:
    match error:
        case tables.Empty():
            return gettext("This file has no rows below its headings.")
        case tables.OldWorkbook():
            return gettext(
                "This is an old Excel file (.xls), or it has a password. "
                "Please save it as .xlsx without a password."
            )
        case tables.Mixed():
            return gettext(
                "This text is partly UTF-8 and partly something else. Please save it again as CSV UTF-8."
            )
        case tables.Damaged():
            return gettext("This workbook is damaged, or contains what no table needs. Please save it again.")
        case _:
            return gettext("This is neither CSV nor XLSX, or it cannot be read. Please save it as XLSX.")


def bad_header(match: tables.Match) -> str:
    """Why these headings don't do; empty when they do."""
    if match.twice:
        return gettext("The column “%(name)s” appears twice.") % {"name": HEADINGS[match.twice[0]]}
    if "code" in match.places or {"name", "price"} <= match.places.keys():
        return ""
    return gettext(
        "There is neither a column “%(code)s” nor both “%(name)s” and “%(price)s”. "
        "Please use the template's headings."
    ) % {field: HEADINGS[field] for field in ("code", "name", "price")}


def problems_found(problems: Sequence[Problem]) -> str:
    """How many rows stand against the file."""
    count = len(problems)
    said = ngettext(
        "Nothing was imported: the file has %(count)d error.",
        "Nothing was imported: the file has %(count)d errors.",
        count,
    )
    return said % {"count": count}


def applied_before() -> str:
    """The same bytes had their effect already."""
    return gettext(
        "This exact file has been imported before. A file takes effect only once, so nothing was changed."
    )


def changed_since(codes: Sequence[str]) -> str:
    """Somebody was quicker."""
    return gettext(
        "Nothing was imported: %(codes)s changed since you looked at the file. Please choose it again."
    ) % {"codes": ", ".join(codes[:5]) + (" …" if len(codes) > 5 else "")}


def problem(one: Problem) -> dict[str, object]:
    """A row's problem: where it is, what stands there, what is wrong with it."""
    heading = str(HEADINGS.get(one.field, gettext("Options")))
    return {"row": one.row, "heading": heading, "text": one.text, "sentence": _sentence(one.code)}


def _sentence(code: str) -> str:
    sentences = {
        "unknown": gettext("No product has this code. Leave it empty for a new one."),
        "missing": gettext("This is required for a new product."),
        "not_whole": gettext("This is not a whole number."),
        "not_yes_or_no": gettext("Please enter yes or no."),
        "differs": gettext("Another row of the same product says something different."),
        "twice": gettext("Two rows are about the same thing."),
        "values_and_options": gettext("The number of values must match the product's options."),
        "options_missing": gettext("Rows with and without options are mixed."),
        "which_option": gettext("The product comes in options: say in this row which one is meant."),
        "too_long": gettext("This is too long."),
        "out_of_range": gettext("This number is too small or too large."),
    }
    return sentences[code]


def row(one: Planned) -> dict[str, Any]:
    """A product of the preview: new, or what of it changes."""
    return {
        "code": one.code,
        "name": one.draft.name,
        "price": one.draft.price,
        "is_new": one.before is None,
        "options": [variant for variant in one.draft.variants if variant.options],
        "stock": _stock(one.draft),
        "changes": _changes(one.before, one.draft) if one.before else [],
    }


def _stock(draft: ProductDraft) -> str:
    stocks = [variant.stock or 0 for variant in draft.variants]
    return gettext("unlimited") if UNLIMITED in stocks else str(sum(stocks))


def _changes(before: ProductDraft, after: ProductDraft) -> list[dict[str, object]]:
    """Heading, old and new of everything that differs."""
    found: list[dict[str, object]] = [
        {"heading": HEADINGS[field], "old": _shown(old), "new": _shown(new)}
        for field, old, new in (
            ("name", before.name, after.name),
            ("category", before.category, after.category),
            ("price", before.price, after.price),
            ("public", before.is_public, after.is_public),
            ("description", before.description, after.description),
            ("words", ", ".join(before.words), ", ".join(after.words)),
            ("option_1", ", ".join(before.option_names), ", ".join(after.option_names)),
        )
        if old != new
    ]
    return found + _option_changes(before, after)


def _option_changes(before: ProductDraft, after: ProductDraft) -> list[dict[str, object]]:
    old = {variant.id: variant for variant in before.variants}
    found: list[dict[str, object]] = []
    for variant in after.variants:
        was, label = old.get(variant.id) if variant.id else None, " ".join(variant.options)
        if was is None:
            found.append(
                {"heading": label, "old": "", "new": _stock(ProductDraft("", 0, variants=(variant,)))}
            )
            continue
        for field, one, other in (
            ("stock", was.stock, variant.stock),
            ("own_price", was.price, variant.price),
            ("sku", was.sku, variant.sku),
        ):
            if one != other:
                heading = f"{HEADINGS[field]} {label}".strip()
                found.append({"heading": heading, "old": _shown(one), "new": _shown(other)})
    return found


def _shown(value: object) -> str:
    match value:
        case None | "":
            return "–"
        case bool():
            return gettext("yes") if value else gettext("no")
        case -1:
            return gettext("unlimited")
        case _:
            return str(value)
