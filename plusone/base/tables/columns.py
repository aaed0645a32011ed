"""Which column of a file means which field."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Match:
    """Field to the place of its column; the headings that mean nothing to us; fields that stand twice."""

    places: dict[str, int]
    unknown: tuple[str, ...]
    twice: tuple[str, ...]

    def cells(self, row: Sequence[str]) -> dict[str, str]:
        """The row's cells by field; fields without a column are left out."""
        return {field: row[place].strip() for field, place in self.places.items()}


def match(header: Sequence[str], names: Mapping[str, Collection[str]]) -> Match:
    """Find each field by any of its names, whatever their case, width and spaces."""
    field_of = {_plain(name): field for field, known in names.items() for name in (field, *known)}
    places: dict[str, int] = {}
    unknown, twice = [], []
    for place, heading in enumerate(header):
        field = field_of.get(_plain(heading))
        if field is None:
            unknown += [heading] if heading.strip() else []
        elif field in places:
            twice.append(field)
        else:
            places[field] = place
    return Match(places, tuple(unknown), tuple(twice))


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
