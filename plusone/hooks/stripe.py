"""Stripe's webhook: verify the raw bytes, keep the event, answer 200. What is so now is read later, by a
job.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from plusone.base import logs
from plusone.tenants import payments
from plusone.tenants.actions import plan

MAX_BODY = 512 * 1024


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Answer one event. 400 for what Stripe did not sign, so that it tells its owner; 404 where billing
    is off.
    """
    if not (settings.BILLING and settings.STRIPE_WEBHOOK_SECRET):
        return JsonResponse({}, status=404)
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY:
        return JsonResponse({}, status=413)
    try:
        came = payments.read_event(request.body, request.headers.get("Stripe-Signature", ""))
    except (payments.BadSignature, ValueError):
        return JsonResponse({}, status=400)
    known = plan.keep_event(
        came.id, came.kind, came.created, customer_id=came.customer_id, tenant_key=came.tenant_key
    )
    if not known:
        logs.logger().info("stripe.not_ours", kind=came.kind)
    return JsonResponse({})
