"""The first sheet of an XLSX, looked at before openpyxl may read it.

openpyxl's read-only mode has no limits: it fills gaps of a billion rows, keeps all texts, and unpacks what
it is told to. So every part is first run through expat, which stops at a document type, a far away cell or
too many elements; what remains is small.
"""

import datetime
import io
import re
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from plusone.base.tables.shapes import Damaged, Limits, TooBig, TooManyColumns, TooManyRows

MAX_PARTS = 1000
MAX_ELEMENTS = 4_000_000
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_CHUNK = 65_536
_COORDINATE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
# What zipfile, expat and openpyxl raise for damaged files.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    SyntaxError,
    NotImplementedError,
    RuntimeError,
)


def rows(data: bytes, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet with their numbers, every cell as text. Raises TableError."""
    deadline = time.monotonic() + limits.seconds
    _inspect(data, limits, deadline)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        cells = sheet.iter_rows(values_only=True, max_col=limits.columns + 1)
        for number, row in enumerate(cells, start=1):
            if number % 500 == 0:
                _in_time(deadline, limits)
            yield number, [_text(cell) for cell in row]
    except _DAMAGE:
        raise Damaged from None


def _text(cell: object) -> str:
    """A cell as a person would type it: whole numbers without a point, dates as 2026-01-08."""
    match cell:
        case None:
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime.datetime() if cell.time() == datetime.time():
            return cell.date().isoformat()
        case datetime.datetime():
            return cell.isoformat(" ", "seconds")
        case str():
            return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell)
        case _:
            return str(cell)


def _inspect(data: bytes, limits: Limits, deadline: float) -> None:
    """Raise unless the file is a workbook of bearable size without anything that no table needs."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            if len(parts) > MAX_PARTS or "xl/workbook.xml" not in packed.namelist():
                raise Damaged
            if sum(part.file_size for part in parts) > limits.unpacked:
                raise TooBig(limits.unpacked)
            seen = _Seen(limits)
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _walk(packed, part, seen, deadline)
    except expat.ExpatError:
        raise Damaged from None
    except _DAMAGE:
        raise Damaged from None


@dataclass
class _Seen:
    """What the walk through all parts has met so far."""

    limits: Limits
    elements: int = 0
    column: int = 0
    filled_rows: int = 0
    row_is_filled: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise TooBig(self.limits.unpacked)
        match name.rpartition(":")[2]:
            case "row":
                self.row(attributes.get("r"))
            case "c":
                self.cell(attributes.get("r"))
            case "v" | "is":
                self.value()

    def row(self, number: str | None) -> None:
        """A row begins."""
        self.column, self.row_is_filled = 0, False
        if number and (not number.isdigit() or len(number) > 7 or int(number) > LAST_ROW):
            raise Damaged

    def cell(self, coordinate: str | None) -> None:
        """A cell begins, with or without a value."""
        self.column = self.column + 1 if coordinate is None else _column(coordinate)
        if self.column > LAST_COLUMN:
            raise Damaged

    def value(self) -> None:
        """The cell has a value."""
        if self.column > self.limits.columns:
            raise TooManyColumns(self.limits.columns)
        self.filled_rows += not self.row_is_filled
        self.row_is_filled = True
        if self.filled_rows > self.limits.rows + 1:
            raise TooManyRows(self.limits.rows)


def _column(coordinate: str) -> int:
    found = _COORDINATE.fullmatch(coordinate)
    if not found or int(found[2]) > LAST_ROW:
        raise Damaged
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - 64
    return number


def _walk(packed: zipfile.ZipFile, part: zipfile.ZipInfo, seen: _Seen, deadline: float) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = seen.start
    parser.StartDoctypeDeclHandler = _refuse_document_type
    with packed.open(part) as content:
        while chunk := content.read(_CHUNK):
            _in_time(deadline, seen.limits)
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _refuse_document_type(*_told: object) -> None:
    raise Damaged


def _in_time(deadline: float, limits: Limits) -> None:
    if time.monotonic() > deadline:
        raise TooBig(limits.unpacked)
