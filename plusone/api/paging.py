"""Lists by cursor: newest first, each page goes on where the last one ended, whatever was added."""

import base64
import binascii
from typing import Annotated, TypeVar

from django.db.models import Model, QuerySet
from ninja import Schema
from pydantic import Field

from plusone.api.refusals import Refusal

M = TypeVar("M", bound=Model)


class Paging(Schema):
    """Which page."""

    cursor: Annotated[str, Field(max_length=40, pattern="^[A-Za-z0-9_-]*$")] = Field(
        "", description="`next` of the page before; empty for the first page."
    )
    limit: int = Field(50, ge=1, le=200, description="How many at most.")


def page(rows: QuerySet[M], paging: Paging) -> tuple[list[M], str | None]:
    """The rows of the page and the next page's cursor. Raises Refusal for a cursor that we did not give."""
    ordered = rows.order_by("-pk")
    if paging.cursor:
        ordered = ordered.filter(pk__lt=_position(paging.cursor))
    found = list(ordered[: paging.limit + 1])
    shown = found[: paging.limit]
    return shown, _cursor(shown[-1].pk) if len(found) > paging.limit else None


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(str(position).encode()).decode().rstrip("=")


def _position(cursor: str) -> int:
    try:
        told = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        if not told.isdigit():
            raise ValueError(told)
        return min(int(told), 2**63 - 1)
    except (binascii.Error, ValueError) as error:
        raise Refusal(422, "cursor", "malformed") from error
