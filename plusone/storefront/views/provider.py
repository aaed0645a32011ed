"""The check of the provider, as a fragment below the connection check."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from plusone.storefront import provider_check
from plusone.tenants.access import may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.check import allow_waiting, tell
from plusone.tenants.views.pages import page


@require_GET
@may("settings.see")
def provider(request: TenantRequest, slug: str) -> HttpResponse:
    """Ask LINE about the newest buyers and show what that says of the two channels."""
    allow_waiting()
    findings = [tell(finding) for finding in provider_check.check(request.tenant)]
    return page(request, "tenants/check.html#findings", {"findings": findings})
