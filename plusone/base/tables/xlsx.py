"""A table as a workbook, by openpyxl; imported by writing.py when one is asked for."""

import re
from collections.abc import Iterable, Sequence
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from plusone.base.tables.inert import guarded
from plusone.base.tables.shapes import Cell

# What XML cannot hold is written as ECMA-376 says (_x000D_), and so is what looks like it already.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_LONGEST = 32_767


def save(made: IO[bytes], title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """One sheet with a fixed bold header; texts are texts, so codes and telephone numbers keep their
    zeros. Guarded like a CSV, since people save it on as one.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or "1")
    sheet.freeze_panes = "A2"
    for place, name in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = max(12, min(40, 2.2 * len(name)))
    sheet.append([_cell(sheet, name, bold=True) for name in header])
    for row in rows:
        sheet.append([_cell(sheet, cell) for cell in row])
    book.save(made)


def _cell(sheet: object, cell: Cell, *, bold: bool = False) -> object:
    if not isinstance(cell, str):
        return cell
    text = WriteOnlyCell(sheet)
    text.data_type = "s"
    text._value = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", guarded(cell))[:_LONGEST]
    if bold:
        text.font = Font(bold=True)
    return text
