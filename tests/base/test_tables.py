"""Tables in files: what is written opens rightly and comes back; what is hostile is soon refused."""

import codecs
import csv
import datetime
import io
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from plusone.base import tables
from plusone.base.tables import Cell, Limits

HEADER = ["商品名稱", "價格"]
FORMULAS = ["=1+1", "+886912", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "''-x", "'plain"]


def written(kind: str, *rows: list[Cell], header: list[str] = HEADER) -> bytes:
    """The table as a file of this kind."""
    return tables.write(kind, "商品", header, rows).read()


def cells(data: bytes) -> list[tuple[str, ...]]:
    """The rows that are read from the file."""
    return [row for _number, row in tables.read(data).rows]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_written_is_read(kind: str) -> None:
    rows: list[list[Cell]] = [["高山茶, 大", 1500], ['他說"好"\n第二行', None], ["0912345678", -1]]
    table = tables.read(written(kind, *rows))
    assert table.header == ("商品名稱", "價格")
    expected = [("高山茶, 大", "1500"), ('他說"好"\n第二行', ""), ("0912345678", "-1")]
    assert [row for _number, row in table.rows] == expected
    assert [number for number, _row in table.rows] == [2, 3, 4]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_is_inert_and_comes_back(kind: str, text: str) -> None:
    data = written(kind, [text, 1], header=["=name", "b"])
    if kind == "csv":
        raw = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        assert [row[0][0] for row in raw] == ["'", "'"]
    else:
        sheet = load_workbook(io.BytesIO(data)).worksheets[0]
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
        assert str(sheet["A2"].value).startswith("'")
    assert cells(data) == [(text, "1")]
    assert tables.read(data).header[0] == "=name"


def test_a_csv_tells_excel_its_encoding() -> None:
    assert written("csv", ["茶", 1]).startswith("\ufeff商品名稱".encode())


def test_times_are_written_as_times() -> None:
    moment = datetime.datetime(2026, 1, 8, 9, 30)
    for kind in tables.KINDS:
        assert cells(written(kind, [moment, 1]))[0][0] == "2026-01-08 09:30:00"
    sheet = load_workbook(io.BytesIO(written("xlsx", [moment, 1]))).worksheets[0]
    assert sheet["A2"].value == moment


# Excel shows at most 32,767 characters; a return is one in XML too, since it is written as ECMA-376 says.
any_text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)


def test_control_characters_come_back_and_are_no_reason_to_refuse_a_marked_file() -> None:
    odd = "\x1f" * 30
    data = written("csv", [odd, 1])
    assert cells(data) == [(odd, "1")]
    with pytest.raises(tables.TableError):
        cells(data.removeprefix(codecs.BOM_UTF8))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.tuples(any_text, any_text), min_size=1, max_size=8))
def test_any_text_comes_back(kind: str, rows: list[tuple[str, str]]) -> None:
    # A last column that is never empty: rows without any text are no rows.
    data = tables.write(kind, "x", ["a", "b", "c"], [[*row, "."] for row in rows]).read()
    assert [row[:2] for row in cells(data)] == rows


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp950", "Big5"),
    ],
)
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_encodings_of_taiwan(encoding: str, told: str, separator: str) -> None:
    text = f"name{separator}price\r\n高山茶{separator}1500\r\n許功蓋{separator}20\r\n"
    table = tables.read(text.encode(encoding))
    assert [row for _number, row in table.rows] == [("高山茶", "1500"), ("許功蓋", "20")]
    assert table.encoding == told


def test_shift_jis_of_japan() -> None:
    table = tables.read("商品名,価格\r\n抹茶クッキー,500\r\nｶﾞﾗｽ,3\r\n".encode("cp932"))
    assert table.encoding == "Shift JIS"
    assert table.rows[0][1] == ("抹茶クッキー", "500")


def test_empty_rows_and_columns_are_nothing() -> None:
    table = tables.read(b"a,b,,\n\n1,2,,\n,,\n3,,\n")
    assert table.header == ("a", "b")
    assert table.rows == ((3, ("1", "2")), (5, ("3", "")))


def workbook(sheet: str, **parts: str) -> bytes:
    """A workbook whose sheet has this XML, and with other parts exchanged."""
    good = io.BytesIO(written("xlsx", ["茶", 1]))
    made = io.BytesIO()
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = sheet if name == "xl/worksheets/sheet1.xml" else parts.get(name)
            new.writestr(name, old.read(name) if content is None else content)
        for name, text in parts.items():
            if name not in old.namelist():
                new.writestr(name, text)
    return made.getvalue()


def sheet(rows: str, before: str = "") -> str:
    """A sheet's XML."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'{before}<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'


def text_cell(place: str, text: str) -> str:
    """A cell with its text inside."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


HEAD = f'<row r="1">{text_cell("A1", "name")}</row>'
ROW = f'<row r="2">{text_cell("A2", "x")}</row>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMBS: dict[str, tuple[Callable[[], bytes], type[tables.TableError]]] = {
    "entities": (
        lambda: workbook(sheet(HEAD + ROW, f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>')),
        tables.Damaged,
    ),
    "external entity": (
        lambda: workbook(sheet(HEAD, '<!DOCTYPE x SYSTEM "file:///etc/passwd">')),
        tables.Damaged,
    ),
    "entities in UTF-16": (
        lambda: workbook(
            sheet(HEAD, '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]>')
        ),
        tables.Damaged,
    ),
    "document type in the styles": (
        lambda: workbook(sheet(HEAD + ROW), **{"xl/styles.xml": "<!DOCTYPE x []><styleSheet/>"}),
        tables.Damaged,
    ),
    "unpacks to 200 MB": (lambda: workbook(sheet(HEAD + " " * 200_000_000)), tables.TooBig),
    "another part unpacks to 200 MB": (
        lambda: workbook(sheet(HEAD + ROW), **{"xl/media/image1.png": "x" * 200_000_000}),
        tables.TooBig,
    ),
    "a million columns": (
        lambda: workbook(sheet(f'<row r="1">{"<c><v>1</v></c>" * 1_000_000}</row>')),
        tables.TooManyColumns,
    ),
    "a million empty columns": (lambda: workbook(sheet(f"<row>{'<c/>' * 1_000_000}</row>")), tables.Damaged),
    "the last column": (
        lambda: workbook(sheet(HEAD + f'<row r="2">{text_cell("XFD2", "x")}</row>')),
        tables.TooManyColumns,
    ),
    "a column that cannot be": (
        lambda: workbook(sheet(HEAD + f'<row r="2">{text_cell("ZZZZZZ2", "x")}</row>')),
        tables.Damaged,
    ),
    "row one billion": (
        lambda: workbook(sheet(HEAD + '<row r="1000000000"><c r="A1"><v>1</v></c></row>')),
        tables.Damaged,
    ),
    "too many rows": (
        lambda: workbook(sheet(HEAD + "<row><c><v>1</v></c></row>" * 30_000)),
        tables.TooManyRows,
    ),
    "ten million elements": (
        lambda: workbook(sheet(HEAD + ROW), **{"docProps/core.xml": f"<x>{'<y/>' * 10_000_000}</x>"}),
        tables.TooBig,
    ),
    "two thousand parts": (
        lambda: workbook(sheet(HEAD + ROW), **{f"x{n}": "" for n in range(2000)}),
        tables.Damaged,
    ),
    "not well formed": (lambda: workbook(sheet(HEAD + "<row>")), tables.Damaged),
    "cut off": (lambda: written("xlsx", ["茶", 1])[:-40], tables.Damaged),
    "another kind of zip": (
        lambda: workbook("")[:4] + zipped({"readme.txt": "hello"})[4:],
        tables.Damaged,
    ),
    "an .xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), tables.OldWorkbook),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, tables.TableError),
    "six million bytes": (lambda: b"a,b\n" * 1_500_000, tables.TooBig),
    "a million columns of text": (lambda: b"a" + b"," * 1_000_000 + b"b\n1\n", tables.TooManyColumns),
    "many rows of text": (lambda: b"a\n" + b"1\n" * 20_001, tables.TooManyRows),
    "a row that is too long": (lambda: b"a,b\n1,2,3\n", tables.RowTooLong),
    "a cell that is too long": (lambda: b"a\n" + b"x" * 10_001 + b"\n", tables.CellTooLong),
    "an endless cell": (lambda: b'a\n"' + b"x" * 200_000 + b'"\n', tables.CellTooLong),
    "an open quotation": (lambda: b'a,b\n1,"2\n3,4\n', tables.Broken),
    "text after a quotation": (lambda: b'a,b\n"1"x,2\n', tables.Broken),
    "zeros": (lambda: b"a,b\n1,\x002\n", tables.Nul),
    "only zeros": (lambda: bytes(1000), tables.Nul),
    "UTF-8 with a line of Big5": (
        lambda: "商品,價格\n茶葉禮盒,1\n".encode() + "烏龍,2\n".encode("cp950"),
        tables.Mixed,
    ),
    "Big5 with a line of UTF-8": (
        lambda: "商品,價格\n烏龍,2\n".encode("cp950") + "茶葉禮盒,1\n".encode(),
        tables.TableError,
    ),
    "half a character of UTF-16": (lambda: "﻿a,b\n1,2".encode("utf-16-le")[:-1], tables.Unknown),
    "noise": (lambda: bytes(n * 7919 % 251 for n in range(5000)), tables.TableError),
    "nothing": (lambda: b"", tables.Empty),
    "spaces": (lambda: b"\n ,\n\n", tables.Empty),
    "only a header": (lambda: b"a,b\n", tables.Empty),
}


def zipped(parts: dict[str, str]) -> bytes:
    """A zip file of these texts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return made.getvalue()


@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_file_is_refused_soon(name: str) -> None:
    make, refusal = BOMBS[name]
    data = make()
    before = time.process_time()
    with pytest.raises(refusal):
        tables.read(data)
    assert time.process_time() - before < 2


def test_hostile_files_need_little_memory() -> None:
    """Each of the large ones in a process of its own that may have 200 MB more than it has at the start."""
    script = """
import resource, sys
from plusone.base import tables
data = sys.stdin.buffer.read()
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 200_000_000,) * 2)
try:
    tables.read(data)
except tables.TableError:
    print("refused")
"""
    for name in (
        "unpacks to 200 MB",
        "a million columns",
        "ten million elements",
        "a million columns of text",
    ):
        told = subprocess.run(
            [sys.executable, "-c", script], input=BOMBS[name][0](), capture_output=True, check=False
        )
        assert told.stdout == b"refused\n", (name, told.stderr[-500:])


def test_time_is_limited() -> None:
    rows: list[list[Cell]] = [["茶", number] for number in range(2000)]
    data = written("xlsx", *rows)
    with pytest.raises(tables.TooBig):
        tables.read(data, Limits(seconds=0))


@settings(max_examples=300, deadline=None)
@given(
    data=st.one_of(
        st.binary(max_size=400), st.text(max_size=200).map(lambda text: text.encode("cp950", "replace"))
    )
)
def test_no_bytes_are_a_crash(data: bytes) -> None:
    try:
        table = tables.read(data)
    except tables.TableError:
        return
    assert all(len(row) == len(table.header) for _number, row in table.rows)


@settings(max_examples=100, deadline=None)
@given(place=st.integers(0, 5000), byte=st.integers(0, 255))
def test_no_damaged_workbook_is_a_crash(place: int, byte: int) -> None:
    data = bytearray(written("xlsx", ["茶", 1]))
    data[place % len(data)] = byte
    try:
        tables.read(bytes(data))
    except tables.TableError:
        return


def test_a_sheet_that_lies_about_its_size_is_read_whole() -> None:
    two = f'<row r="2">{text_cell("A2", "x")}{text_cell("B2", "y")}</row>'
    head = f'<row r="1">{text_cell("A1", "name")}{text_cell("B1", "b")}</row>'
    lying = sheet(head + two).replace("<sheetData>", '<dimension ref="A1"/><sheetData>')
    assert cells(workbook(lying)) == [("x", "y")]


def test_fields_are_found_by_any_of_their_names() -> None:
    found = tables.match(["商品名稱", " PRICE ", "ｓｔｏｃｋ", "備註", "", "price"], {
        "name": ["商品名稱", "Name"], "price": ["價格"], "stock": [],
    })  # fmt: skip
    assert found.places == {"name": 0, "price": 1, "stock": 2}
    assert (found.unknown, found.twice) == (("備註",), ("price",))
    assert found.cells(["茶 ", "1", "2", "", "", ""]) == {"name": "茶", "price": "1", "stock": "2"}
