"""The history (歷史紀錄): who did what, from the record that every action leaves (base/audit.py)."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from plusone.base.models import AuditEntry
from plusone.base.views import lists
from plusone.tenants.access import may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.models import ApiToken, Member
from plusone.tenants.views import deeds, who
from plusone.tenants.views.pages import page


class HistoryForm(forms.Form):
    """By whom, about what."""

    by = forms.CharField(label=_("By"), required=False, max_length=100)
    about = forms.CharField(label=_("About"), required=False, max_length=100)


@may("history.see")
@require_GET
def history(request: TenantRequest, slug: str) -> HttpResponse:
    """Everything that was done, newest first; `by` a person, `about` a kind of thing or one thing."""
    form = HistoryForm(request.GET)
    by, about = (form.cleaned_data[name] if form.is_valid() else "" for name in ("by", "about"))
    shown = lists.cut(_about(_by(AuditEntry.objects.all(), by), about), request.GET)
    context = {
        "slice": shown,
        "moments": deeds.told(shown.rows, request.tenant),
        "people": _people(by),
        "kinds": [{"value": kind, "word": word} for kind, word in deeds.KINDS.items()],
        "by": by,
        "about": about,
        "one_thing": deeds.thing_name(about) if ":" in about else "",
    }
    return page(request, "tenants/history.html", context)


def _by(found: QuerySet[AuditEntry], by: str) -> QuerySet[AuditEntry]:
    kind, _colon, pk = by.partition(":")
    return found.filter(actor_kind=kind, actor=pk) if kind else found


def _about(found: QuerySet[AuditEntry], about: str) -> QuerySet[AuditEntry]:
    if not about:
        return found
    return found.filter(subject=about) if ":" in about else found.filter(subject__startswith=f"{about}:")


def _people(by: str) -> list[dict[str, Any]]:
    """Who can be chosen: the team, the programs, the house, and who is chosen already though they left."""
    members = [("member", str(pk)) for pk in Member.objects.order_by("pk").values_list("pk", flat=True)]
    tokens = [("token", str(pk)) for pk in ApiToken.objects.order_by("pk").values_list("pk", flat=True)]
    kind, _colon, pk = by.partition(":")
    doers = [*members, *tokens, ("house", ""), *([(kind, pk)] if kind else [])]
    names = who.names(doers)
    return [{"value": f"{kind}:{pk}", "word": names[kind, pk]} for kind, pk in dict.fromkeys(doers)]
