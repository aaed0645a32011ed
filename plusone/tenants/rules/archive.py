"""What a shop's archive looks like, and what is refused of one.

A folder, or the same as .tar.gz: manifest.json first, data/<table>.jsonl with a row a line, people.jsonl with
who the members are, csv/ for people's eyes (never read), images/.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FORMAT = "plusone-export"
VERSION = 1
MANIFEST = "manifest.json"
PEOPLE = "people.jsonl"
MOST_MANIFEST = 20_000_000
MOST_LINE = 8_000_000
MOST_BYTES = 50_000_000_000
# JSON lines shrink twenty- to fortyfold; a bomb shrinks a thousandfold.
MOST_SHRUNK = 200
SMALL = 50_000_000
MOST_ID = 10**12
_NAMES = re.compile(
    r"data/[a-z]{1,40}\.jsonl|people\.jsonl|csv/[a-z]{1,40}\.csv|images/[0-9a-f]{32}\.[a-z0-9]{1,8}"
)
_SHA = re.compile(r"[0-9a-f]{64}")


@dataclass
class BadArchive(Exception):
    """This archive is not taken; nothing was changed. `reason` is a code, `what` names the culprit."""

    reason: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """One file of the archive."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns in the order of their names, and how many rows."""

    rows: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the archive says of itself."""

    shop: Mapping[str, Any]
    tables: Mapping[str, Table]
    files: Mapping[str, Filed]
    salt: str = ""
    made_at: str = ""
    product: str = ""
    left_out: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As it is written."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "made_at": self.made_at,
            "product": self.product,
            "shop": dict(self.shop),
            "salt": self.salt,
            "left_out": dict(self.left_out),
            "tables": {name: {"rows": t.rows, "columns": list(t.columns)} for name, t in self.tables.items()},
            "files": {name: {"bytes": f.bytes, "sha256": f.sha256} for name, f in self.files.items()},
        }


def read_manifest(told: Any) -> Manifest:
    """The manifest in this JSON. Raises BadArchive: no_export, other_version, manifest."""
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise BadArchive("no_export")
    if told.get("version") != VERSION:
        raise BadArchive("other_version", str(told.get("version"))[:20])
    try:
        files = {str(name): Filed(int(f["bytes"]), str(f["sha256"])) for name, f in told["files"].items()}
        tables = {
            str(name): Table(int(t["rows"]), tuple(str(column) for column in t["columns"]))
            for name, t in told["tables"].items()
        }
        shop = dict(told["shop"])
        salt = str(told["salt"])
        left_out = {str(name): str(why) for name, why in told["left_out"].items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadArchive("manifest") from error
    for name, filed in files.items():
        if not good_name(name) or not _SHA.fullmatch(filed.sha256) or filed.bytes < 0:
            raise BadArchive("name", name[:80])
    return Manifest(shop, tables, files, salt, str(told.get("made_at")), str(told.get("product")), left_out)


def good_name(name: str) -> bool:
    """True for the names that an archive may have besides its manifest: no way leads out of its folder."""
    return _NAMES.fullmatch(name) is not None


def check_size(manifest: Manifest, packed: int) -> None:
    """Refuse what would unpack to far more than an export ever does. Raises BadArchive: too_big."""
    total = sum(filed.bytes for filed in manifest.files.values())
    if total > MOST_BYTES or total > max(SMALL, MOST_SHRUNK * packed):
        raise BadArchive("too_big", str(total))


def check_tables(manifest: Manifest, here: Mapping[str, tuple[str, ...]]) -> None:
    """Refuse other tables or columns than this version has. Raises BadArchive: other_tables, no_file."""
    for name in manifest.tables.keys() | here.keys():
        table = manifest.tables.get(name)
        if table is None or here.get(name) != table.columns:
            raise BadArchive("other_tables", name)
        if f"data/{name}.jsonl" not in manifest.files:
            raise BadArchive("no_file", name)
    if PEOPLE not in manifest.files:
        raise BadArchive("no_file", PEOPLE)
