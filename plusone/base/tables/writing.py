"""A table to a file that Excel opens rightly with Chinese text, whose cells are data and never formulas."""

import csv
import datetime
import io
import re
import tempfile
from collections.abc import Iterable, Sequence
from typing import IO, Literal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from plusone.base.tables.inert import guarded

Cell = str | int | datetime.date | None
Kind = Literal["csv", "xlsx"]

# Kind to what a browser is told it is.
KINDS: dict[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_IN_MEMORY = 2_000_000
# What XML cannot hold is written as ECMA-376 says (_x000D_), and so is what looks like it already.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_LONGEST = 32_767


def write(kind: str, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> IO[bytes]:
    """The table as a file of one of KINDS, made whole, to read from its beginning."""
    return csv_file(header, rows) if kind == "csv" else xlsx_file(title, header, rows)


def csv_file(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> IO[bytes]:
    """UTF-8 with the mark that makes Excel read it as such; on disk when large, so memory stays flat."""
    made = _spool()
    text = io.TextIOWrapper(made, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([guarded(name) for name in header])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    text.detach()
    made.seek(0)
    return made


def xlsx_file(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> IO[bytes]:
    """One sheet with a fixed bold header; texts are texts, so codes and telephone numbers keep their
    zeros. Guarded like a CSV, since people save it on as one.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or "1")
    sheet.freeze_panes = "A2"
    for place, name in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = max(12, min(40, 2.2 * len(name)))
    sheet.append([_written(sheet, name, bold=True) for name in header])
    for row in rows:
        sheet.append([_written(sheet, cell) for cell in row])
    made = _spool()
    book.save(made)
    made.seek(0)
    return made


def _spool() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(_IN_MEMORY)


def _plain(cell: Cell) -> object:
    match cell:
        case str():
            return guarded(cell)
        case datetime.datetime():
            return cell.isoformat(" ", "seconds")
        case _:
            return cell


def _written(sheet: object, cell: Cell, *, bold: bool = False) -> object:
    if not isinstance(cell, str):
        return cell
    text = WriteOnlyCell(sheet)
    text.data_type = "s"
    text._value = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", guarded(cell))[:_LONGEST]
    if bold:
        text.font = Font(bold=True)
    return text
