"""Long lists in pages: a cursor instead of page numbers, so that new rows push nothing out of sight."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

PAGE = 50
_MAX_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of a list, newest first, and the addresses of its neighbours (empty where there are none)."""

    rows: Sequence[Any]
    newer_url: str = ""
    older_url: str = ""


def cut(rows: QuerySet[Any], query: QueryDict, size: int = PAGE) -> Slice:
    """The page that `?before=` or `?after=` (row ids) asks for; anything else there means the first page."""
    before, after = _id(query.get("before")), _id(query.get("after"))
    if after:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
        page, more = found[:size][::-1], len(found) > size
        return Slice(page, _url(query, after=page[0].pk) if more else "", _older(query, page, page != []))
    found = list((rows.filter(pk__lt=before) if before else rows).order_by("-pk")[: size + 1])
    page = found[:size]
    newer = _url(query, after=page[0].pk) if before and page else ""
    return Slice(page, newer, _older(query, page, len(found) > size))


def cut_in_order(rows: QuerySet[Any], query: QueryDict, column: str, size: int = PAGE) -> Slice:
    """As `cut`, of rows in the order of a column (small first, or large first as `-column`) and then of their
    ids (new first).

    A row that was the cursor and has gone leads to the first page.
    """
    later = _beyond(rows, column, _id(query.get("before")), forward=True)
    earlier = _beyond(rows, column, _id(query.get("after")), forward=False)
    if earlier is not None:
        found = list(earlier.order_by(column, "-pk").reverse()[: size + 1])
        page, more = found[:size][::-1], len(found) > size
        return Slice(page, _url(query, after=page[0].pk) if more else "", _older(query, page, page != []))
    found = list((rows if later is None else later).order_by(column, "-pk")[: size + 1])
    page = found[:size]
    newer = _url(query, after=page[0].pk) if later is not None and page else ""
    return Slice(page, newer, _older(query, page, len(found) > size))


def _beyond(rows: QuerySet[Any], column: str, pk: int | None, *, forward: bool) -> QuerySet[Any] | None:
    """The rows behind the one with this id, or before it; None without such a row."""
    name = column.removeprefix("-")
    place = rows.model.objects.filter(pk=pk).values_list(name, flat=True).first() if pk else None
    if place is None:
        return None
    id_side = "lt" if forward else "gt"
    side = "lt" if forward == column.startswith("-") else "gt"
    return rows.filter(Q(**{f"{name}__{side}": place}) | Q(**{name: place, f"pk__{id_side}": pk}))


def listed(text: str) -> list[str]:
    """What a person wrote between commas of any script, each once, in order."""
    parts = text.replace("，", ",").replace("、", ",").split(",")
    return list(dict.fromkeys(word for part in parts if (word := part.strip())))


def _older(query: QueryDict, page: list[Any], more: bool) -> str:
    return _url(query, before=page[-1].pk) if more else ""


def _url(query: QueryDict, **cursor: int) -> str:
    kept = query.copy()
    for name in ("before", "after"):
        kept.pop(name, None)
    for name, value in cursor.items():
        kept[name] = str(value)
    return f"?{kept.urlencode()}"


def _id(text: str | None) -> int | None:
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) < 20 else 0
    return number if 0 < number <= _MAX_ID else None
