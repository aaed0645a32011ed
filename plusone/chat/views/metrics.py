"""/metrics in Prometheus's text format: this server's counters, what the database says. No personal data."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from plusone.base import scope


@dataclass(frozen=True, slots=True)
class Gauge:
    """One gauge: its labels, and the query that gives their values and the figure, a row a line."""

    name: str
    help: str
    labels: tuple[str, ...]
    query: str


_OLDEST_EVENT = """
    select coalesce(extract(epoch from now() - min(received_at)), 0) from plusone_inboxevent
     where state in ('new', 'waiting')
"""
_EVENTS = """
    select state, count(*) from plusone_inboxevent
     where state in ('new', 'waiting', 'quarantined') group by state
"""
# Only open rows are counted by state, which partial indexes answer; settled ones would cost a scan.
_MESSAGES = """
    select rank::text, state, count(*) from plusone_outboxmessage
     where state in ('ready', 'leased', 'retry', 'parked') group by rank, state
"""
_OLDEST_ANSWER = """
    select coalesce(extract(epoch from now() - min(created_at)), 0) from plusone_outboxmessage
     where state in ('ready', 'leased', 'retry') and rank = 0 and not_before <= now()
"""
_UNCONFIRMED = """
    select count(*) from plusone_outboxmessage
     where state = 'unconfirmed' and final_at > now() - interval '1 day'
"""
# LINE counts months by Japan's clock.
_QUOTA = """
    select tenant_id::text, {} from plusone_quotamonth
     where month = date_trunc('month', now() + interval '9 hours')
"""
_CAP, _USED, _RESERVED = (_QUOTA.format(column) for column in ("cap", "used", "reserved"))
GAUGES = (
    Gauge("plusone_inbox_oldest_seconds", "Age of the oldest event not answered", (), _OLDEST_EVENT),
    Gauge("plusone_inbox_events", "Events not answered or set aside, by state", ("state",), _EVENTS),
    Gauge("plusone_outbox_messages", "Messages not settled", ("rank", "state"), _MESSAGES),
    Gauge("plusone_outbox_oldest_answer_seconds", "Age of the oldest answer due", (), _OLDEST_ANSWER),
    Gauge("plusone_outbox_unconfirmed", "Of a day: LINE may or may not have them", (), _UNCONFIRMED),
    Gauge("plusone_quota_cap", "Paid messages LINE allows this month", ("tenant",), _CAP),
    Gauge("plusone_quota_used", "Paid messages used this month", ("tenant",), _USED),
    Gauge("plusone_quota_reserved", "Paid messages under way", ("tenant",), _RESERVED),
)


def metrics(request: HttpRequest) -> HttpResponse:
    """Everything, read from the database at this moment; a quota without a limit has no cap line."""
    from_database = CollectorRegistry()
    from_database.register(_Read(list(_families())))
    return HttpResponse(
        generate_latest(_of_processes()) + generate_latest(from_database), content_type=CONTENT_TYPE_LATEST
    )


def _of_processes() -> CollectorRegistry:
    """The counters of this process, or of all web processes when they share a folder for them."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    together = CollectorRegistry()
    multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


def _families() -> Iterator[GaugeMetricFamily]:
    with scope.everywhere(), connection.cursor() as cursor:
        for gauge in GAUGES:
            cursor.execute(gauge.query)
            yield _family(gauge, cursor.fetchall())


def _family(gauge: Gauge, rows: Sequence[Sequence[Any]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels)
    for *labels, figure in rows:
        if figure is not None:
            family.add_metric(labels, float(figure))
    return family


@dataclass(eq=False)
class _Read(Collector):
    """What was read, as prometheus_client takes it."""

    families: list[GaugeMetricFamily]

    def collect(self) -> Iterable[GaugeMetricFamily]:
        return self.families
