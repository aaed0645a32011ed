"""Take an archive apart in a folder of its own, believing nothing it says before it is checked."""

import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from plusone.tenants.rules import archive
from plusone.tenants.rules.archive import MANIFEST, MOST_MANIFEST, BadArchive, Manifest

_CHUNK = 1 << 20


def unpack(source: Path, work: Path) -> Manifest:
    """Copy the archive's files into `work`, each checked against the manifest in name, size and checksum.

    Raises BadArchive; what was written by then is in `work` only.
    """
    try:
        parts = _of_folder(source) if source.is_dir() else _of_tar(source)
        packed = archive.MOST_BYTES if source.is_dir() else source.stat().st_size
        return _checked(parts, work, packed)
    except (tarfile.TarError, zlib.error, EOFError, UnicodeError) as error:
        raise BadArchive("broken", type(error).__name__) from error
    except OSError as error:
        raise BadArchive("unreadable", type(error).__name__) from error


Part = tuple[str, int, IO[bytes]]


def _of_tar(source: Path) -> Iterator[Part]:
    with tarfile.open(source, "r|gz") as tar:
        for member in tar:
            if not member.isreg():
                raise BadArchive("name", member.name[:80])
            file = tar.extractfile(member)
            assert file is not None
            yield member.name, member.size, file


def _of_folder(source: Path) -> Iterator[Part]:
    """The manifest first. Nothing is followed out of the folder."""
    yield (
        MANIFEST,
        (source / MANIFEST).stat().st_size,
        io.BytesIO((source / MANIFEST).read_bytes()[: MOST_MANIFEST + 1]),
    )
    for path in sorted(source.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise BadArchive("name", path.name[:80])
        name = path.relative_to(source).as_posix()
        if path.is_file() and name != MANIFEST:
            with path.open("rb") as file:
                yield name, path.stat().st_size, file


def _checked(parts: Iterator[Part], work: Path, packed: int) -> Manifest:
    name, size, file = next(parts, ("", 0, io.BytesIO()))
    if name != MANIFEST or size > MOST_MANIFEST:
        raise BadArchive("no_export")
    try:
        manifest = archive.read_manifest(json.loads(file.read(MOST_MANIFEST)))
    except (ValueError, RecursionError) as error:
        raise BadArchive("manifest") from error
    archive.check_size(manifest, packed)
    for folder in ("data", "csv", "images"):
        (work / folder).mkdir(parents=True)
    missing = set(manifest.files)
    for name, size, file in parts:
        if name not in missing:
            raise BadArchive("name", name[:80])
        missing.remove(name)
        if size != manifest.files[name].bytes or _copy(file, work / name) != manifest.files[name].sha256:
            raise BadArchive("checksum", name)
    if missing:
        raise BadArchive("no_file", min(missing))
    return manifest


def _copy(file: IO[bytes], target: Path) -> str:
    digest = hashlib.sha256()
    with target.open("xb") as out:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest()
