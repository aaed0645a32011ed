"""The verdict as people and programs read it."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # these need Django, and the command's options don't
    from plusone.proving.evidence import Evidence
    from plusone.proving.verdict import Finding, Storm


@dataclass(frozen=True, slots=True)
class Report:
    """A run's seed, its seconds, and all that was found."""

    seed: int
    seconds: float
    findings: "list[Finding]"
    rare: dict[str, int]
    storm: "Storm"
    found: "Evidence"
    quick: bool


def as_json(report: Report) -> dict[str, Any]:
    """All of it as plain values."""
    return {
        "seed": report.seed,
        "seconds": round(report.seconds, 1),
        "holds": not any(finding.broken for finding in report.findings),
        "promises": [asdict(finding) for finding in report.findings],
        "sometimes": report.rare,
        "not_proven": _missing(report),
        "kills": dict(report.storm.deeds.kills),
        "webhooks": dict(report.storm.heard.outcomes),
        "webhook_ms": _percentiles(report),
        "unconfirmed": _unconfirmed(report),
    }


def as_text(report: Report) -> str:
    """A table: promise, what was done, result; then the rare things, the unconfirmed and the verdict."""
    lines = [""]
    for finding in report.findings:
        lines.append(f"  {'holds ' if not finding.broken else 'BROKEN'}  {finding.promise}")
        lines.append(f"          {finding.done}")
        lines += [f"          ! {example}" for example in finding.broken]
    kills = ", ".join(f"{count} × {kind}" for kind, count in report.storm.deeds.kills.most_common())
    outcomes = ", ".join(f"{count} × {kind}" for kind, count in report.storm.heard.outcomes.most_common())
    percentiles = ", ".join(f"{name} {value} ms" for name, value in _percentiles(report).items())
    lines += [
        "",
        f"  killed: {kills}",
        f"  webhooks: {outcomes}",
        f"  of those answered 200: {percentiles}",
        "",
    ]
    lines += [f"  {count:>6}  {name}" for name, count in report.rare.items()]
    unconfirmed = _unconfirmed(report)
    lines += ["", f"  unconfirmed answers, each also on the shop's outbox page: {len(unconfirmed)}"]
    lines += [f"          {one}" for one in unconfirmed[:10]]
    lines += (
        [f"          … and {len(unconfirmed) - 10} more (--json lists all)"] if len(unconfirmed) > 10 else []
    )
    return "\n".join([*lines, "", *_verdict(report)])


def _verdict(report: Report) -> list[str]:
    broken = [finding.promise for finding in report.findings if finding.broken]
    missing = _missing(report)
    said = [
        f"  BROKEN: {'; '.join(broken)}" if broken else "  Nothing lost, nothing doubled, nothing oversold."
    ]
    if missing:
        said.append(f"  This run has not proven: {', '.join(missing)} (never happened in it).")
    return [*said, f"  seed {report.seed}, {report.seconds:.0f} s"]


def _missing(report: Report) -> list[str]:
    return [name for name, count in report.rare.items() if not count]


def _unconfirmed(report: Report) -> list[str]:
    return [
        f"{report.found.orders.get(a.event_id, a.event_id)} {a.kind} ({a.reason})"
        for a in report.found.answers
        if a.state == "unconfirmed"
    ]


def _percentiles(report: Report) -> dict[str, float]:
    times = sorted(report.storm.heard.milliseconds)
    if not times:
        return {}
    return {
        name: round(times[min(int(len(times) * share), len(times) - 1)], 1)
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))
    }
