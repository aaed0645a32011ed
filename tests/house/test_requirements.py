"""docs/requirements.md has a row for every requirement, docs/security.md one for every promise of security,
and every test that they name exists.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TABLE = ROOT / "docs" / "requirements.md"
LAST = {"JG": 24, "PF": 8, "PC": 16, "MS": 7, "AL": 7}
PROMISES = ("P16", "P21", "P28", "P29", "P30", "P31", "P34", "P36", "P37", "P38", "P40a")
_PROMISE = re.compile(r"^\| (P\d+a?) \| ([^|]*) \| ([^|]*) \|$", re.M)
STATES = {"works", "partly", "not yet"}
_ROW = re.compile(r"^\| ([A-Z]{2}\d{2}) \| ([^|]*) \| ([^|]*) \|$", re.M)
_TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")


def _rows() -> list[tuple[str, str, str]]:
    return _ROW.findall(TABLE.read_text())


def test_every_requirement_has_one_row() -> None:
    wanted = [f"{system}{number:02d}" for system, last in LAST.items() for number in range(1, last + 1)]
    assert [requirement for requirement, _, _ in _rows()] == wanted


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row[0])
def test_a_row_says_what_holds_and_shows_it(row: tuple[str, str, str]) -> None:
    _, state, text = row
    tests = _TEST.findall(text)
    assert state in STATES
    assert bool(tests) == (state != "not yet")
    assert ("missing:" in text) == (state == "partly")
    assert [test for test in tests if test[1] not in _names(test[0])] == []
    assert len(tests) == text.count("::")


def test_every_promise_is_shown_by_tests_that_exist() -> None:
    rows = _PROMISE.findall((ROOT / "docs" / "security.md").read_text())
    assert tuple(promise for promise, _, _ in rows) == PROMISES
    for promise, _, text in rows:
        tests = _TEST.findall(text)
        assert tests, promise
        assert [test for test in tests if test[1] not in _names(test[0])] == [], promise
        assert len(tests) == text.count("::"), promise


@cache
def _names(path: str) -> frozenset[str]:
    """The functions of a test file; empty when there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    return frozenset(
        node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)
    )
