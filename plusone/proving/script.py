"""What happens in the storm, decided beforehand from a seed: who writes what, in which body, when, how
often.
"""

import json
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from plusone.proving.cast import Good, Shop

POISON = "POISON"
MOST_IN_A_BODY = 5
COPIES = 20
_TALK = ("謝謝", "請問怎麼付款？", "哈哈哈", "明天見 +1 喔", "👍")


@dataclass(frozen=True, slots=True)
class Planned:
    """One event and what it asks for: `wishes` are (variant, pieces); none for talk and for a history."""

    shop: int
    event: dict[str, Any]
    wishes: tuple[tuple[int, int], ...] = ()

    @property
    def id(self) -> str:
        """LINE's id of the event."""
        return str(self.event["webhookEventId"])

    @property
    def is_poison(self) -> bool:
        """True when the database was told to choke on it."""
        return self.id.startswith(POISON)


@dataclass(frozen=True, slots=True)
class Post:
    """One webhook body to send, `at` seconds after the start; `again` marks its events as redelivered."""

    shop: int
    events: tuple[dict[str, Any], ...]
    at: float = 0.0
    again: bool = False

    def body(self, destination: str) -> bytes:
        """The bytes as LINE would send them."""
        events = [
            {**event, "deliveryContext": {"isRedelivery": True}} if self.again else event
            for event in self.events
        ]
        return json.dumps({"destination": destination, "events": events}).encode()


def plan(shops: Sequence[Shop], count: int, seed: int) -> list[Planned]:
    """So many events over all shops, and one in each that the database will choke on."""
    chance = random.Random(seed)  # noqa: S311
    began = time.time()
    events = [_event(shops, chance, began + number / 1000) for number in range(count)]
    return events + [_poison(number, shop, chance, began) for number, shop in enumerate(shops)]


def _event(shops: Sequence[Shop], chance: random.Random, at: float) -> Planned:
    number = chance.randrange(len(shops))
    shop = shops[number]
    roll = chance.random()
    if roll < 0.03:
        return Planned(number, _text(shop, chance.choice(_TALK), chance, at))
    if roll < 0.05:
        return Planned(number, _text(shop, "履歷", chance, at))
    if roll < 0.10:
        pair = chance.sample(shop.goods, 2)
        return _order(number, shop, [(good, 1) for good in pair], chance, at)
    good = shop.hot if chance.random() < 0.6 else chance.choice(shop.goods)
    return _order(number, shop, [(good, chance.choice((1, 1, 1, 2, 3)))], chance, at)


def _order(
    number: int, shop: Shop, wanted: list[tuple[Good, int]], chance: random.Random, at: float
) -> Planned:
    words = "\n".join(f"{'' if good is shop.hot else good.words}+{pieces}" for good, pieces in wanted)
    wishes = tuple((good.variant_id, pieces) for good, pieces in wanted)
    return Planned(number, _text(shop, words, chance, at), wishes)


def _text(shop: Shop, words: str, chance: random.Random, at: float) -> dict[str, Any]:
    """A text message, one in four of them in the group. One token in twenty-five is dead, so its answer
    must be pushed.
    """
    event_id = chance.randbytes(13).hex().upper()
    person = chance.choice(shop.buyers)
    in_group = {"type": "group", "groupId": shop.group, "userId": person}
    token = "dead" if chance.random() < 0.04 else "storm"
    return {
        "type": "message",
        "mode": "active",
        "timestamp": int(at * 1000),
        "source": in_group if chance.random() < 0.25 else {"type": "user", "userId": person},
        "webhookEventId": event_id,
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"{token}-{event_id}",
        "message": {
            "type": "text",
            "id": str(chance.randrange(10**17)),
            "text": words,
        },
    }


def _poison(number: int, shop: Shop, chance: random.Random, at: float) -> Planned:
    good = next(good for good in shop.goods if good.stock is None)
    made = _order(number, shop, [(good, 1)], chance, at)
    event_id = POISON + made.id[len(POISON) :]
    event = {**made.event, "webhookEventId": event_id, "replyToken": f"storm-{event_id}"}
    return replace(made, event=event)


def posts(events: Sequence[Planned], seconds: float, seed: int) -> list[Post]:
    """The bodies: a rush of a third at once, the rest over so many seconds; shuffled, a tenth twice, some
    twenty times.
    """
    chance = random.Random(seed + 1)  # noqa: S311
    shuffled = list(events)
    chance.shuffle(shuffled)
    single = [_timed(post, seconds, chance) for post in _bodies(shuffled, chance)]
    twice = [replace(post, at=post.at + chance.uniform(0, 3)) for post in single if chance.random() < 0.1]
    many = [
        Post(planned.shop, (planned.event,), at)
        for planned in chance.sample(shuffled, max(len(shuffled) // 25, 1))
        for at in [chance.uniform(0, seconds)]
        for _ in range(COPIES)
    ]
    return sorted([*single, *twice, *many], key=lambda post: post.at)


def again(events: Iterable[Planned], seed: int) -> list[Post]:
    """The whole set once more, marked as redelivered, at once."""
    chance = random.Random(seed + 2)  # noqa: S311
    return [replace(post, again=True) for post in _bodies(list(events), chance)]


def _bodies(events: Sequence[Planned], chance: random.Random) -> list[Post]:
    """One event a body mostly, sometimes up to five of the same shop."""
    waiting: dict[int, list[dict[str, Any]]] = {}
    made = []
    for planned in events:
        row = waiting.setdefault(planned.shop, [])
        row.append(planned.event)
        if len(row) == MOST_IN_A_BODY or chance.random() < 0.7:
            made.append(Post(planned.shop, tuple(waiting.pop(planned.shop))))
    return made + [Post(shop, tuple(row)) for shop, row in waiting.items()]


def _timed(post: Post, seconds: float, chance: random.Random) -> Post:
    return post if chance.random() < 1 / 3 else replace(post, at=chance.uniform(0, seconds))


def histories(shops: Sequence[Shop], waiting: Iterable[tuple[int, str, str]], seed: int) -> list[Post]:
    """A 履歷 from each (shop, person, group or empty): the free replies on which what waits can ride."""
    chance = random.Random(seed)  # noqa: S311
    made = []
    for number, person, group in waiting:
        event = _text(shops[number], "履歷", chance, time.time())
        source = {"type": "group", "groupId": group} if group else {"type": "user"}
        event["source"] = {**source, "userId": person}
        event["replyToken"] = f"storm-{event['webhookEventId']}"
        made.append(Post(number, (event,)))
    return made
