"""A shelf to read messages against, and an understanding as one short line."""

from plusone.orders.rules.terms import Item, Offer, Shelf, Understanding, Variant, Words

WORDS = Words.default()
_SHIRT: list[tuple[str, ...]] = [(colour, size) for colour in ("黑", "白") for size in ("M", "L")]
_GOODS: dict[str, tuple[str, str, list[tuple[str, ...]]]] = {
    "shirt": ("260108001", "T-Shirt", _SHIRT),
    "jam": ("260108002", "手工果醬", [("草莓",), ("藍莓",)]),
    "tea": ("260108003", "高山茶", [()]),
    "secret": ("260108004", "Secret", [()]),
    "gone": ("260108005", "Gone", [()]),
    "cap": ("260108006", "Cap", [("黑色",), ("白色",), ("紅色",)]),
    "shoe": ("260108007", "Shoe", [("37",), ("38",)]),
    "old": ("2025001", "Old", [()]),
    "mug": ("12345", "Big Mug", [()]),
}
CODES = {nickname: code for nickname, (code, _, _) in _GOODS.items()}
_NICKNAMES = {code: nickname for nickname, code in CODES.items()}


def _offer(nickname: str) -> Offer:
    code, name, options = _GOODS[nickname]
    variants = tuple(Variant(int(code) * 100 + at, "", values) for at, values in enumerate(options))
    words = ("果醬",) if nickname == "jam" else ()
    return Offer(code, name, nickname != "secret", variants, nickname == "gone", words)


OFFERS = {CODES[nickname]: _offer(nickname) for nickname in _GOODS}


def shelf(latest: str = "", quoted: str = "") -> Shelf:
    return Shelf(OFFERS, CODES.get(latest), CODES.get(quoted), {})


def told(understood: Understanding) -> str:
    """`order tea×1`; `order? …` asks to confirm; `ask option <choices> & <the rest>`; `error <which>`;
    `shirt/黑/-×2` is a shirt whose size the message leaves open."""
    items = [_item(item) for item in understood.items]
    if understood.intent == "ask":
        choices = [_item(choice.item) for choice in understood.choices]
        return " ".join(["ask", str(understood.asked), *choices, *(["&", *items] if items else [])])
    if understood.intent == "error":
        return f"error {understood.error} {understood.subject}".strip()
    words = [understood.intent + ("?" if understood.confirm else ""), *items, understood.subject]
    return " ".join(word for word in words if word)


def _item(item: Item) -> str:
    options = item.options if item.variant_id else (*item.options, "-")
    thing = "/".join((_NICKNAMES[item.code], *options))
    return f"{thing}×{item.quantity}" if item.quantity else thing
