"""A file's bytes to a table: what it is is told by its content, never by its name."""

import csv
import io
from collections.abc import Iterator

from plusone.base.tables import encodings, workbooks
from plusone.base.tables.inert import freed
from plusone.base.tables.shapes import (
    Broken,
    CellTooLong,
    Empty,
    Limits,
    Nul,
    OldWorkbook,
    RowTooLong,
    Table,
    TooBig,
    TooManyColumns,
    TooManyRows,
)

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SEPARATORS = (",", "\t", ";")
_STANDARD = Limits()

Numbered = Iterator[tuple[int, list[str]]]


def read(data: bytes, limits: Limits = _STANDARD) -> Table:
    """The table in an uploaded CSV or XLSX; of a workbook its first sheet. Apostrophes that guard against
    formulas are taken off again.

    Raises TableError: one class for each reason, before anything large is made.
    """
    if len(data) > limits.size:
        raise TooBig(limits.size)
    if data.startswith(_OLE):
        raise OldWorkbook
    if data.startswith(_ZIP):
        return _table(workbooks.rows(data, limits), limits, "xlsx")
    text, encoding = encodings.decode(data)
    return _table(_csv_rows(text, limits), limits, encoding)


def _table(rows: Numbered, limits: Limits, encoding: str) -> Table:
    filled = (_trimmed(number, row, limits) for number, row in rows if any(row))
    _number, header = next(filled, (0, []))
    kept: list[tuple[int, tuple[str, ...]]] = []
    for number, row in filled:
        if len(row) > len(header):
            raise RowTooLong(number)
        if len(kept) == limits.rows:
            raise TooManyRows(limits.rows)
        kept.append((number, tuple(freed(cell) for cell in row) + ("",) * (len(header) - len(row))))
    if not kept:
        raise Empty
    return Table(tuple(freed(cell).strip() for cell in header), tuple(kept), encoding)


def _trimmed(number: int, row: list[str], limits: Limits) -> tuple[int, list[str]]:
    """The row without its empty end, its size looked at."""
    while row and not row[-1].strip():
        row.pop()
    if len(row) > limits.columns:
        raise TooManyColumns(limits.columns)
    if any(len(cell) > limits.cell for cell in row):
        raise CellTooLong(number, limits.cell)
    if any("\0" in cell for cell in row):
        raise Nul(number)
    return number, row


def _csv_rows(text: str, limits: Limits) -> Numbered:
    if "\0" in text:
        raise Nul(1 + text[: text.index("\0")].count("\n"))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _refusal(error, number, limits) from None
        yield number, row


def _refusal(error: csv.Error, number: int, limits: Limits) -> CellTooLong | Broken:
    too_long = "field larger than" in str(error)
    return CellTooLong(number, limits.cell) if too_long else Broken(number)


def _separator(text: str) -> str:
    """What stands between cells: the most frequent of comma, tab and semicolon in the first filled line."""
    first = next((line for line in text[:20_000].splitlines() if line.strip()), "")
    return max(_SEPARATORS, key=first.count)
