"""The storm from beginning to end: open shops, blow, kill, wait for quiet, replay the poison, read the
books, judge.
"""

import contextlib
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connections

from plusone.hooks.actions import lane
from plusone.proving import control, evidence, invariants, script, storm, verdict
from plusone.proving.cast import Shop, open_shops
from plusone.proving.evidence import Evidence
from plusone.proving.ground import Ground
from plusone.proving.killer import Deeds, Killer, look, look_into
from plusone.proving.script import Planned
from plusone.proving.storm import Heard
from plusone.proving.verdict import Finding, Storm

QUIET_SECONDS = 150
FAULTS: dict[str, dict[str, Any]] = {
    "error_before": {"probability": 0.08, "endpoints": ["reply", "push"]},
    "error_after": {"probability": 0.06, "endpoints": ["reply", "push"]},
    "cut_after": {"probability": 0.03, "endpoints": ["reply", "push"]},
    "slow": {"probability": 0.02, "endpoints": ["reply", "push"], "delay_ms": 1500},
}
# The database chokes on the events that the script marks: what a bug of ours on one certain message looks
# like.
_POISON = """
    create function prove_poison() returns trigger language plpgsql as
      $$ begin if new.cause like 'event:POISON%' then raise exception 'poison'; end if; return new; end $$;
    create trigger prove_poison before insert on plusone_order for each row execute function prove_poison();
"""
_ANTIDOTE = "drop trigger prove_poison on plusone_order; drop function prove_poison"
_OPEN_ROWS = """
    select (select count(*) from plusone_inboxevent
             where state in ('new', 'waiting') and tenant_id = any(%(tenants)s))
         + (select count(*) from plusone_outboxmessage
             where state in ('ready', 'leased', 'retry') and tenant_id = any(%(tenants)s))
"""
_PARKED = """
    select distinct tenant_id, user_id, to_kind, to_id from plusone_outboxmessage
     where state = 'parked' and tenant_id = any(%(tenants)s)
"""


@dataclass(frozen=True, slots=True)
class Script:
    """How big the storm is: events, seconds of wind, pause between kills, shops, kills of the database,
    seconds of frost.
    """

    events: int
    seconds: float
    between_kills: float
    shops: int
    buyers: int
    database_kills: int
    frozen_seconds: float
    seed: int


Say = Callable[[str], None]


def play(ground: Ground, size: Script, say: Say) -> tuple[list[Finding], dict[str, int], Storm, Evidence]:
    """Play it; the findings, the rare things met, and what they were found in. Takes a minute or three;
    never longer than bounded.
    """
    shops = open_shops(ground.line, ground.web, size.shops, size.buyers, size.events, size.seed)
    with contextlib.suppress(psycopg.Error):
        _let_go()
    _as_owner(ground, _POISON)
    events = script.plan(shops, size.events, size.seed)
    variants = sum(len(shop.goods) + 1 for shop in shops)
    say(f"{len(shops)} shops, {variants} variants, {size.buyers} buyers; {len(events)} events")
    heard, deeds = _blow(ground, shops, events, size, say)
    calm = quiet(ground, shops, say)
    quarantined = _replay(ground, shops, events)
    calm += quiet(ground, shops, say) + let_ride(ground, shops, heard, say)
    books = check_books(ground, shops)
    found = evidence.gather(ground, shops)
    blown = Storm(shops, events, heard, deeds, quarantined, books, calm, ground.start_seconds)
    return verdict.judge(blown, found), verdict.sometimes(blown, found), blown, found


def _blow(
    ground: Ground, shops: Sequence[Shop], events: Sequence[Planned], size: Script, say: Say
) -> tuple[Heard, Deeds]:
    """The wind: everything in disorder while processes die; LINE stumbles in the second half; then the
    whole set once more.
    """
    heard = Heard()
    killer = Killer(ground, size.between_kills, random.Random(size.seed + 3))  # noqa: S311
    helpers = [
        threading.Thread(target=_misfortunes, args=(ground, killer, size, say), daemon=True),
        threading.Thread(target=_frost, args=(killer, size, say), daemon=True),
    ]
    with killer.at_work(size.seconds):
        for helper in helpers:
            helper.start()
        storm.blow(
            ground.web,
            shops,
            script.posts(events, size.seconds, size.seed),
            heard,
            seconds=size.seconds + 120,
        )
        say(f"all {len(events)} events delivered; now all of them again, as redelivered")
        storm.blow(ground.web, shops, script.again(events, size.seed), heard, seconds=60)
        for helper in helpers:
            helper.join(90)
    control.calm(ground.line)
    return heard, killer.deeds


def _misfortunes(ground: Ground, killer: Killer, size: Script, say: Say) -> None:
    """LINE's faults from a third of the time on, and the kills of the database, evenly spread."""
    pause = size.seconds / (size.database_kills + 2)
    time.sleep(pause)
    control.plant(ground.line, FAULTS)
    for _ in range(size.database_kills if ground.own_postgres else 0):
        say(f"PostgreSQL killed, back after {killer.kill_database():.1f} s")
        time.sleep(pause)


def _frost(killer: Killer, size: Script, say: Say) -> None:
    if size.frozen_seconds:
        time.sleep(size.seconds / 6)
        killer.freeze_worker(size.frozen_seconds)
        say(f"a worker was frozen for {size.frozen_seconds:.0f} s")


def check_books(ground: Ground, shops: Sequence[Shop]) -> dict[str, list[str]]:
    """The invariants that some shop breaks, with examples."""
    books: dict[str, list[str]] = {}
    for shop in shops:
        with look_into(ground, shop.tenant_id) as connection:
            for name, rows in invariants.broken(connection).items():
                books.setdefault(name, []).extend(rows)
    return books


def quiet(ground: Ground, shops: Sequence[Shop], say: Say) -> float:
    """Wait until nothing is under way; the seconds it took. Gives up after QUIET_SECONDS, and the books
    will tell.
    """
    began = said = time.monotonic()
    while (left := _open_rows(ground, shops)) and time.monotonic() < began + QUIET_SECONDS:
        if time.monotonic() > said + 5:
            said = time.monotonic()
            say(f"waiting for quiet: {left} rows under way")
        time.sleep(0.2)
    return time.monotonic() - began


def _open_rows(ground: Ground, shops: Sequence[Shop]) -> int:
    try:
        with look(ground) as connection:
            row = connection.execute(_OPEN_ROWS, {"tenants": [shop.tenant_id for shop in shops]}).fetchone()
            return int(row[0]) if row else 1
    except psycopg.Error:
        return 1


def _replay(ground: Ground, shops: Sequence[Shop], events: Sequence[Planned]) -> int:
    """Mend what the poison met and replay the quarantined events; how many there were."""
    _as_owner(ground, _ANTIDOTE)
    replayed = 0
    for number, shop in enumerate(shops):
        ids = [planned.id for planned in events if planned.is_poison and planned.shop == number]
        replayed += lane.replay(shop.tenant_id, ids)
    _let_go()
    return replayed


def let_ride(ground: Ground, shops: Sequence[Shop], heard: Heard, say: Say) -> float:
    """Everybody whose answer waits for a free reply writes once more, as people do; a reply takes four
    along.
    """
    seconds = 0.0
    numbers = {shop.tenant_id: number for number, shop in enumerate(shops)}
    for turn in range(30):
        with look(ground) as connection:
            parked = connection.execute(_PARKED, {"tenants": list(numbers)}).fetchall()
        if not parked:
            break
        waiting = [(numbers[row[0]], row[1], row[3] if row[2] == "group" else "") for row in parked]
        say(f"{len(waiting)} people whose answer waits for a free reply write 履歷")
        storm.blow(ground.web, shops, script.histories(shops, waiting, turn), heard, seconds=30)
        seconds += quiet(ground, shops, say)
    return seconds


def _as_owner(ground: Ground, statement: str) -> None:
    with psycopg.connect(ground.database, options="-c role=plusone_owner", autocommit=True) as connection:
        connection.execute(statement)


def _let_go() -> None:
    """Our own Django connections go back, and their pool with them: the database is about to die under it."""
    for connection in connections.all():
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
