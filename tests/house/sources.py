"""The code as syntax trees, for the rules about it."""

import ast
import functools
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
HOUSE = ROOT / "plusone"


@dataclass(frozen=True)
class Source:
    """One Python file: `name` relative to the package, such as orders/actions/take.py."""

    name: str
    text: str
    tree: ast.Module

    @property
    def area(self) -> str:
        """The first folder, or "" for files beside the areas."""
        return self.name.split("/")[0] if "/" in self.name else ""

    def calls(self) -> Iterator[ast.Call]:
        """Every call in the file."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function in the file, methods and inner ones too."""
        return (
            node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        )


@functools.cache
def product() -> tuple[Source, ...]:
    """Every Python file of the product; the migrations are what Django wrote."""
    paths = sorted(path for path in HOUSE.rglob("*.py") if "migrations" not in path.parts)
    return tuple(_read(path) for path in paths)


def tracked() -> list[Path]:
    """The files that git keeps, or would keep: what a stranger gets."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    told = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return [ROOT / name for name in told.split("\0") if name and (ROOT / name).is_file()]


def name_of(call: ast.Call) -> str:
    """What is called, dotted: jobs.ring, save, connection.cursor; "" for what has no name."""
    parts: list[str] = []
    node: ast.expr = call.func
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return ".".join([node.id, *parts] if isinstance(node, ast.Name) else parts)


def words_of(node: ast.AST) -> str | None:
    """The text of a literal, f-strings with their fixed parts only; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(words_of(value) or "" for value in node.values)
    return None


def _read(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(path.relative_to(HOUSE).as_posix(), text, ast.parse(text))
