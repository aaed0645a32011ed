"""A table to a file that Excel opens rightly with Chinese text, whose cells are data and never formulas."""

import csv
import datetime
import io
import tempfile
from collections.abc import Iterable, Sequence
from typing import IO

from plusone.base.tables.inert import guarded
from plusone.base.tables.shapes import Cell

# Kind to what a browser is told it is.
KINDS: dict[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_IN_MEMORY = 2_000_000


def write(kind: str, title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> IO[bytes]:
    """The table as a file of one of KINDS, made whole, to read from its beginning."""
    if kind == "csv":
        return csv_file(header, rows)
    from plusone.base.tables import xlsx  # noqa: PLC0415 - openpyxl is 18 MB, for who wants a workbook

    made = _spool()
    xlsx.save(made, title, header, rows)
    made.seek(0)
    return made


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
