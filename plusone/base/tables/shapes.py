"""A table as it was read, how large it may be, and the ways in which a file can be refused."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is taken: bytes as sent, rows below the header, columns, characters a cell, bytes
    that a workbook unpacks to, and seconds that reading may take.
    """

    size: int = 5_000_000
    rows: int = 20_000
    columns: int = 100
    cell: int = 10_000
    unpacked: int = 60_000_000
    seconds: float = 10


@dataclass(frozen=True, slots=True)
class Table:
    """The header's cells and the rows below: the row's number as Excel shows it (the header is row 1 if
    nothing stands above) and as many cells as the header has. Rows without any text are left out.
    `encoding` is how the text was read, or "xlsx".
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    encoding: str


class TableError(Exception):
    """A file that is no table we take; nothing of it was used."""


@dataclass
class TooBig(TableError):
    """More than `limit` bytes, packed or unpacked."""

    limit: int


@dataclass
class TooManyRows(TableError):
    """More than `limit` rows."""

    limit: int


@dataclass
class TooManyColumns(TableError):
    """More than `limit` columns."""

    limit: int


@dataclass
class CellTooLong(TableError):
    """A cell of more than `limit` characters."""

    row: int
    limit: int


@dataclass
class RowTooLong(TableError):
    """A row with text in more columns than the header has: most likely a comma too many."""

    row: int


class Empty(TableError):
    """No header, or no row below it."""


class OldWorkbook(TableError):
    """An .xls of Excel 2003, or a workbook with a password: one and the same wrapping."""


class Unknown(TableError):
    """Neither text nor a workbook, or text in an encoding that we don't know."""


class Mixed(TableError):
    """Partly UTF-8 and partly something else: put together from several files."""


@dataclass
class Nul(TableError):
    """A zero character in the text."""

    row: int


@dataclass
class Broken(TableError):
    """A quotation mark that is opened and not closed, or text after a closing one."""

    row: int


class Damaged(TableError):
    """A workbook that cannot be unpacked, or that holds what no table needs, such as a document type."""
