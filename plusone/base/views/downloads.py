"""A table as a download."""

from collections.abc import Iterable, Sequence

from django.http import FileResponse

from plusone.base import tables


def table(
    kind: str, name: str, title: str, header: Sequence[str], rows: Iterable[Sequence[tables.Cell]]
) -> FileResponse:
    """The rows as a file `name` of `kind` (csv or xlsx) to save; the reader chose one, anything else is CSV.

    Made whole before the answer begins: a lazy stream would be read after the tenant's transaction has
    ended, and come out empty with status 200.
    """
    kind = kind if kind in tables.KINDS else "csv"
    made = tables.write(kind, title, header, rows)
    response = FileResponse(made, as_attachment=True, filename=f"{name}.{kind}")
    response["Content-Type"] = tables.KINDS[kind]
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
