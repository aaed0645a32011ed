"""The connection check, as a fragment of the settings page."""

from dataclasses import dataclass

from django.db import connection
from django.http import HttpResponse
from django.template import Context
from django.template.loader import get_template
from django.views.decorators.http import require_GET

from plusone.tenants import line_check
from plusone.tenants.access import may
from plusone.tenants.findings import Finding, Level
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import page, site_of

_WORST_FIRST: tuple[Level, ...] = ("wrong", "warning", "ok", "unknown")


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as people read it: what is so, and what to do about it, if anything."""

    code: str
    level: Level
    text: str
    advice: str


@require_GET
@may("settings.see")
def line(request: TenantRequest, slug: str) -> HttpResponse:
    """Ask LINE now and show what was found, the worst first."""
    allow_waiting()
    site = site_of(request)
    told = [tell(finding) for finding in line_check.check(request.tenant, site)]
    told.sort(key=lambda one: _WORST_FIRST.index(one.level))
    broken = sum(one.level == "wrong" for one in told)
    return page(request, "tenants/check.html", {"findings": told, "broken": broken})


def tell(finding: Finding) -> Told:
    """The finding in the language of the moment."""
    # Plain text for pages and terminals alike: the page escapes it when it shows it.
    facts = Context({**finding.facts, "code": finding.code, "level": finding.level}, autoescape=False)
    text = get_template("tenants/finding.txt").template.render(facts).strip()  # type: ignore[attr-defined]
    said, _, advice = text.partition("\n")
    return Told(finding.code, finding.level, said.strip(), advice.strip())


def allow_waiting() -> None:
    """A page that asks LINE keeps its transaction open meanwhile, longer than a lane may (settings)."""
    with connection.cursor() as cursor:
        cursor.execute("set local idle_in_transaction_session_timeout = '90s'")
