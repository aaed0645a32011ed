"""The verdict: each promise with what was done for it, in numbers, and what broke it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from plusone.proving.cast import Shop
from plusone.proving.evidence import Evidence
from plusone.proving.killer import Deeds
from plusone.proving.script import Planned
from plusone.proving.storm import Heard

FINAL = {"done", "ignored", "stale"}


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise, what was done (numbers), and the examples that broke it; none means it holds."""

    promise: str
    done: str
    broken: list[str] = field(default_factory=list)


# A recovery lasts no longer; on a machine so slow or busy that the processes' start took more, no longer
# than that start: 11.1 s were seen on two cores with a load of eight.
RECOVERY_SECONDS = 10.0


@dataclass
class Storm:
    """What was sent and done: the shops, the events, what was heard, who was killed, which invariants
    broke.
    """

    shops: Sequence[Shop]
    events: Sequence[Planned]
    heard: Heard
    deeds: Deeds
    quarantined: int
    invariants: dict[str, list[str]]
    quiet_seconds: float
    start_seconds: float


def judge(storm: Storm, found: Evidence) -> list[Finding]:
    """All findings, in the order of the promises."""
    always = [
        _kept(storm, found),
        _once(storm, found),
        _stock(storm, found),
        _answered(storm, found),
        _pushes(found),
        _quota(storm, found),
        _notices(storm, found),
        _poison(storm),
        _rows(storm),
    ]
    return always + _database(storm) + _frozen(storm)


def _kept(storm: Storm, found: Evidence) -> Finding:
    missing = sorted(storm.heard.answered - found.states.keys())
    unfinished = sorted(f"{id_} {state}" for id_, state in found.states.items() if state not in FINAL)
    unheard = [f"never answered: {len(storm.heard.given_up)} bodies"] if storm.heard.given_up else []
    done = (
        f"{len(storm.heard.answered)} events answered 200, {sum(storm.deeds.kills.values())} kills, 0 missing"
    )
    done = done if not missing else done.replace("0 missing", f"{len(missing)} missing")
    return Finding("P1 a webhook answered 200 is never lost", done, [*missing[:5], *unfinished[:5], *unheard])


def _once(storm: Storm, found: Evidence) -> Finding:
    asking = {planned.id for planned in storm.events if planned.wishes}
    refused = {answer.event_id for answer in found.answers if answer.kind == "refused"}
    neither = sorted(asking - found.orders.keys() - refused)
    both = sorted(found.orders.keys() & refused)
    unasked = sorted(found.orders.keys() - asking)
    done = (
        f"{found.seen} deliveries of {len(found.states)} events; {len(asking)} asked for something: "
        f"{found.order_count} orders, {len(refused & asking)} refused"
    )
    extra = [] if found.order_count == len(found.orders) else ["two orders of one event"]
    return Finding("P2 no event acts twice", done, [*neither[:5], *both[:5], *unasked[:5], *extra])


def _stock(storm: Storm, found: Evidence) -> Finding:
    demand: Counter[int] = Counter()
    for planned in storm.events:
        demand.update(dict(planned.wishes))
    goods = [good for shop in storm.shops for good in (*shop.goods, shop.hot)]
    wrong = []
    for good in goods:
        wanted = demand[good.variant_id]
        expected = wanted if good.stock is None else min(good.stock, wanted)
        if found.sold.get(good.variant_id, 0) != expected:
            wrong.append(
                f"{good.words}: sold {found.sold.get(good.variant_id, 0)}, should be {expected} "
                f"(stock {good.stock}, demand {wanted})"
            )
    sold_out = sum(1 for good in goods if good.stock is not None and demand[good.variant_id] >= good.stock)
    done = (
        f"{len(goods)} variants, {sold_out} sold out, {sum(demand.values())} pieces wanted, "
        f"{sum(found.sold.values())} sold: each min(stock, demand)"
    )
    return Finding("P3 never oversold, never undersold", done, wrong[:10])


def _answered(storm: Storm, found: Evidence) -> Finding:
    silent = [a for a in found.answers if a.state not in ("accepted", "unconfirmed")]
    twice = [a for a in found.answers if a.told > 1]
    untold = [a for a in found.answers if a.state == "accepted" and a.told == 0]
    unconfirmed = [a for a in found.answers if a.state == "unconfirmed"]
    ways = Counter(answer.way for answer in found.answers if answer.state == "accepted")
    by_way = ", ".join(f"{count} by {way}" for way, count in ways.most_common())
    arrived = sum(answer.told for answer in unconfirmed)
    done = (
        f"{len(found.answers)} answers: {by_way}; "
        f"{len(unconfirmed)} listed as unconfirmed, of which {arrived} had arrived"
    )
    broken = [f"silent: {a.event_id} {a.kind} {a.state} {a.reason}" for a in silent[:5]]
    broken += [f"{a.told} times: {a.event_id} {a.kind} {a.state} {a.way}" for a in twice[:5]]
    broken += [f"not at LINE: {a.event_id} {a.kind} by {a.way}" for a in untold[:5]]
    return Finding("P4 each buyer gets exactly one answer", done, broken)


def _pushes(found: Evidence) -> Finding:
    pushes = [
        record for records in found.accepted.values() for record in records if record["endpoint"] == "push"
    ]
    keys = Counter(record["retry_key"] for record in pushes)
    broken = [f"pushed {times} times: {key}" for key, times in keys.items() if times > 1 or key is None]
    broken += [f"pushed to a group: {record['to']}" for record in pushes if record["to"][0] != "U"]
    done = (
        f"{len(pushes)} pushes accepted, {found.outcomes['already']} repeated under their key and not doubled"
    )
    return Finding("P4 no push is doubled, none goes to a group", done, broken[:10])


def _quota(storm: Storm, found: Evidence) -> Finding:
    broken, told = [], []
    for shop in storm.shops:
        billed = sum(record["billed"] for record in found.accepted[shop.tenant_id])
        used = found.used.get(shop.tenant_id, 0)
        told.append(f"{billed} of {'no limit' if shop.quota is None else shop.quota}")
        if (shop.quota is not None and billed > shop.quota) or used != billed:
            broken.append(f"{shop.slug}: LINE billed {billed}, we count {used}, the cap is {shop.quota}")
    return Finding("P8 paid quota never overspent", "billed " + ", ".join(told), broken)


def _notices(storm: Storm, found: Evidence) -> Finding:
    demand: Counter[int] = Counter()
    for planned in storm.events:
        demand.update(dict(planned.wishes))
    short = {
        good.variant_id
        for shop in storm.shops
        for good in (*shop.goods, shop.hot)
        if good.stock is not None and demand[good.variant_id] >= max(good.stock, 1)
    }
    broken = [f"no notice: variant {variant_id}" for variant_id in sorted(short - found.noticed)]
    broken += [f"told {times} times: {key}" for key, times in found.notices_told.items() if times > 1]
    refused = sum(1 for answer in found.answers if answer.kind == "refused")
    done = f"{refused} refusals, {len(short)} variants ran out: {found.notices} notices"
    return Finding("P39 one shortage notice a variant, kind and ten minutes", done, broken[:10])


def _poison(storm: Storm) -> Finding:
    planted = sum(planned.is_poison for planned in storm.events)
    broken = [] if storm.quarantined == planted else [f"{storm.quarantined} of {planted} quarantined"]
    return Finding(
        "P10 a poisonous event blocks nobody",
        f"{planted} planted, all others done first, replayed after the mend",
        broken,
    )


def _database(storm: Storm) -> list[Finding]:
    if not storm.deeds.recoveries:
        return []
    slowest = max(storm.deeds.recoveries, default=0.0)
    done = f"{storm.deeds.kills['database']} kills of PostgreSQL, back by itself within {slowest:.1f} s"
    most = max(RECOVERY_SECONDS, storm.start_seconds)
    broken = [f"{slowest:.1f} s is over {most:.1f} s"] if slowest > most else []
    return [Finding("P11 the database may die", done, broken)]


def _frozen(storm: Storm) -> list[Finding]:
    if not storm.deeds.frozen_seconds:
        return []
    seconds = ", ".join(f"{one:.0f} s" for one in storm.deeds.frozen_seconds)
    done = f"workers frozen: {seconds}; {storm.deeds.frozen_with_lane} of them while holding a lane"
    return [Finding("P13 a frozen worker cannot strike back", done)]


def _rows(storm: Storm) -> Finding:
    broken = [f"{name}: {'; '.join(rows)}" for name, rows in storm.invariants.items()]
    done = f"quiet after {storm.quiet_seconds:.0f} s; ledger, numbers, totals, history, reservations in SQL"
    return Finding("P15 and the books: every invariant over the tables", done, broken)


def sometimes(storm: Storm, found: Evidence) -> dict[str, int]:
    """How often each rare thing happened: a run that never met one has not proven that one."""
    accepted = [answer for answer in found.answers if answer.state == "accepted"]
    return {
        "partial order": found.partial,
        "push in place of a reply": sum(answer.way == "push" for answer in accepted),
        "answer rode on another reply": sum(answer.way == "ride" for answer in accepted),
        "409 for a retry key": found.outcomes["already"],
        "unconfirmed or presumed": sum(answer.state == "unconfirmed" for answer in found.answers),
        "redelivered event": len(found.redelivered),
        "lane taken over": storm.deeds.lanes_held,
        "lease taken over": len(storm.deeds.leases_run_out),
        "poison quarantined": storm.quarantined,
        "database killed": storm.deeds.kills["database"],
        "web master killed": storm.deeds.kills["web"],
        "worker frozen": len(storm.deeds.frozen_seconds),
    }
