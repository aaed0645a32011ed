"""Tables in files, in and out: CSV and XLSX that Excel opens rightly, read within limits, inert as data.

Knows no product, order or customer: what the columns mean is the caller's business.
"""

from plusone.base.tables.columns import Match, match
from plusone.base.tables.reading import read
from plusone.base.tables.shapes import (
    Broken,
    CellTooLong,
    Damaged,
    Empty,
    Limits,
    Mixed,
    Nul,
    OldWorkbook,
    RowTooLong,
    Table,
    TableError,
    TooBig,
    TooManyColumns,
    TooManyRows,
    Unknown,
)
from plusone.base.tables.writing import KINDS, Cell, csv_file, write, xlsx_file

__all__ = [
    "KINDS",
    "Broken",
    "Cell",
    "CellTooLong",
    "Damaged",
    "Empty",
    "Limits",
    "Match",
    "Mixed",
    "Nul",
    "OldWorkbook",
    "RowTooLong",
    "Table",
    "TableError",
    "TooBig",
    "TooManyColumns",
    "TooManyRows",
    "Unknown",
    "csv_file",
    "match",
    "read",
    "write",
    "xlsx_file",
]
