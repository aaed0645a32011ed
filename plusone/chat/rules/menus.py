"""Rich menus: what may be published, the object LINE gets, and what differs at LINE from what we meant."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from plusone.line import words

SIZES = ((2500, 1686), (2500, 843), (1200, 810), (1200, 405), (800, 540), (800, 270))
KINDS = ("say", "page", "link", "tab", "other")
# Pages of the shop that an area can open, and where they are below the shop's address (or its LIFF app's).
PAGES = {"products": "", "basket": "basket", "orders": "orders", "card": "card", "contact": "contact"}
MOST_AREAS = 20
MOST_MENUS = 200  # of LINE's 1,000: the rest is left to other tools on the same account
NAME, BAR_TEXT, LABEL, SAY, LINK = 60, 14, 20, 300, 1000
LEAST_SIDE = 10
_LINK = re.compile(r"(https?://|tel:|line://)[\x21-\x7e]+")
# Stands at the end of a menu's name at LINE (only seen by who manages menus): whose it is, which publication.
_MARK = re.compile(r" \((plusone-[0-9a-f]{12})/([0-9a-f]{12})\)$")


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the picture that can be tapped, in pixels of the picture, and what it does.

    `value`: the text said, the page's name in PAGES, the link, the other menu's id, or LINE's own action as
    JSON where somebody else made it. `label` is read aloud by phones.
    """

    x: int
    y: int
    width: int
    height: int
    kind: str
    value: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class MenuDraft:
    """A menu but its picture. `opens`: the menu is open when the chat is opened."""

    name: str
    bar_text: str
    width: int
    height: int
    opens: bool = True
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a menu from being published; `area` counts from 1, 0 is the menu itself."""

    code: str
    area: int = 0


def areas_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Area, ...]:
    """Areas as they are stored."""
    return tuple(Area(**one) for one in stored)


def stored(areas: Iterable[Area]) -> list[dict[str, Any]]:
    """Areas as rows keep them."""
    return [asdict(area) for area in areas]


def problems(draft: MenuDraft, *, has_picture: bool, menus: Iterable[str]) -> list[Problem]:
    """Everything that LINE or we would refuse; `menus` are the ids that a tab may lead to."""
    found = []
    if not draft.name.strip() or words.count(draft.name) > NAME:
        found.append(Problem("name"))
    if not draft.bar_text.strip() or words.count(draft.bar_text) > BAR_TEXT:
        found.append(Problem("bar_text"))
    if not has_picture:
        found.append(Problem("picture"))
    if not draft.areas:
        found.append(Problem("no_areas"))
    if len(draft.areas) > MOST_AREAS:
        found.append(Problem("too_many_areas"))
    known = frozenset(menus)
    for number, area in enumerate(draft.areas, start=1):
        found += [Problem(code, number) for code in _area_problems(area, draft, known)]
    return found


def _area_problems(area: Area, draft: MenuDraft, menus: frozenset[str]) -> list[str]:
    found = []
    if min(area.x, area.y) < 0 or area.x + area.width > draft.width or area.y + area.height > draft.height:
        found.append("outside")
    if min(area.width, area.height) < LEAST_SIDE:
        found.append("too_small")
    if words.count(area.label) > LABEL:
        found.append("label")
    if not _good_value(area, menus):
        found.append(area.kind if area.kind in KINDS else "kind")
    return found


def _good_value(area: Area, menus: frozenset[str]) -> bool:
    match area.kind:
        case "say":
            return bool(area.value.strip()) and words.count(area.value) <= SAY
        case "page":
            return area.value in PAGES
        case "link":
            return len(area.value) <= LINK and _LINK.fullmatch(area.value) is not None
        case "tab":
            return area.value in menus
        case "other":
            return bool(area.value)
        case _:
            return False


def line_object(
    draft: MenuDraft, *, name: str, pages: Mapping[str, str], aliases: Mapping[str, str]
) -> dict[str, Any]:
    """The rich menu object for LINE: `pages` gives each page's address, `aliases` each menu's alias by id."""
    return {
        "size": {"width": draft.width, "height": draft.height},
        "selected": draft.opens,
        "name": name,
        "chatBarText": draft.bar_text,
        "areas": [
            {
                "bounds": {"x": one.x, "y": one.y, "width": one.width, "height": one.height},
                "action": _action(one, pages, aliases),
            }
            for one in draft.areas
        ],
    }


def _action(area: Area, pages: Mapping[str, str], aliases: Mapping[str, str]) -> dict[str, Any]:
    label = {"label": area.label} if area.label else {}
    match area.kind:
        case "say":
            return {"type": "message", "text": area.value, **label}
        case "page":
            return {"type": "uri", "uri": pages[area.value], **label}
        case "link":
            return {"type": "uri", "uri": area.value, **label}
        case "tab":
            alias = aliases[area.value]
            return {"type": "richmenuswitch", "richMenuAliasId": alias, "data": f"menu={alias}", **label}
        case _:
            action: dict[str, Any] = json.loads(area.value)
            return action


def marked(name: str, alias: str, mark: str) -> str:
    """The menu's name at LINE: by its mark a publication is found again when LINE's answer was lost."""
    return f"{name} ({alias}/{mark})"


def mark_of(line_name: str) -> tuple[str, str]:
    """Alias and mark in a name at LINE; two empty texts when we did not write it."""
    found = _MARK.search(line_name)
    return (found[1], found[2]) if found else ("", "")


def plain_name(line_name: str) -> str:
    """A name at LINE without our mark."""
    return _MARK.sub("", line_name)


def fingerprint(body: Mapping[str, Any], image: str) -> str:
    """Tells whether a menu has changed since it was published; its name at LINE does not count."""
    told = json.dumps([{**body, "name": ""}, image], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def adopted(body: Mapping[str, Any], menus_by_alias: Mapping[str, str]) -> MenuDraft:
    """A menu that somebody else made at LINE, as ours; actions that we don't offer are kept as they are."""
    size = body["size"]
    return MenuDraft(
        name=words.clip_graphemes(plain_name(str(body.get("name") or "LINE")), NAME),
        bar_text=str(body.get("chatBarText") or ""),
        width=int(size["width"]),
        height=int(size["height"]),
        opens=body.get("selected") is True,
        areas=tuple(_adopted_area(one, menus_by_alias) for one in body.get("areas", [])),
    )


def _adopted_area(listed: Mapping[str, Any], menus_by_alias: Mapping[str, str]) -> Area:
    bounds, action = listed["bounds"], listed["action"]
    x, y, width, height = (int(bounds[key]) for key in ("x", "y", "width", "height"))
    kind, value = _adopted_action(action, menus_by_alias)
    return Area(x, y, width, height, kind, value, str(action.get("label") or ""))


def _adopted_action(action: Mapping[str, Any], menus_by_alias: Mapping[str, str]) -> tuple[str, str]:
    kind = action.get("type")
    if kind == "message":
        return "say", str(action["text"])
    if kind == "uri" and "altUri" not in action:
        return "link", str(action["uri"])
    if kind == "richmenuswitch" and action.get("richMenuAliasId") in menus_by_alias:
        return "tab", menus_by_alias[action["richMenuAliasId"]]
    return "other", json.dumps(dict(action), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Published:
    """One of our menus that should be at LINE, under this id and alias."""

    id: int
    name: str
    line_id: str
    alias: str


@dataclass(frozen=True, slots=True)
class Drift:
    """What differs at LINE: gone, alias, default, leftover (ours, not needed any more), unknown."""

    code: str
    menu: str = ""
    line_id: str = ""


def drift(ours: Sequence[Published], wanted: str, seen: Mapping[str, Any], busy: bool = False) -> list[Drift]:
    """What differs between our menus and what was seen at LINE; `wanted` is the default's id there ("" none).

    While we are publishing ourselves, our own doing looks like leftovers and is left out.
    """
    there = {str(one["id"]): one for one in seen.get("menus", [])}
    found = [Drift("gone", one.name, one.line_id) for one in ours if one.line_id not in there]
    aliases = seen.get("aliases", {})
    found += [
        Drift("alias", one.name, one.line_id)
        for one in ours
        if one.line_id in there and aliases.get(one.alias) != one.line_id
    ]
    if not busy and (seen.get("default") or "") != wanted:
        found.append(Drift("default", line_id=seen.get("default") or ""))
    known = {one.line_id for one in ours}
    own_aliases = {one.alias for one in ours}
    for line_id, one in there.items():
        if line_id not in known:
            is_ours = mark_of(str(one["name"]))[0] in own_aliases
            if not (is_ours and busy):
                found.append(Drift("leftover" if is_ours else "unknown", str(one["name"]), line_id))
    return found
