"""The account itself: info, quota, webhook address and its test."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from plusone.simulator import clock, quota, webhooks, wires, world
from plusone.simulator.api.endpoint import answer, endpoint, json_object, raw_body
from plusone.simulator.api.errors import Refusal
from plusone.simulator.validate.fields import is_secure
from plusone.simulator.wire import dumps
from plusone.simulator.world import LOCK, Channel

MOST_URL = 500
_REASONS = {
    "ok": "OK",
    "error_status_code": "ERROR_STATUS_CODE",
    "request_timeout": "REQUEST_TIMEOUT",
    "could_not_connect": "COULD_NOT_CONNECT",
}


@endpoint("info", "GET")
def info(request: HttpRequest, channel: Channel) -> HttpResponse:
    """The account's own profile."""
    return answer(
        {
            "userId": channel.user_id,
            "basicId": channel.basic_id,
            "displayName": channel.name,
            "chatMode": "bot",
            "markAsReadMode": channel.mark_as_read,
        }
    )


@endpoint("quota", "GET")
def quota_limit(request: HttpRequest, channel: Channel) -> HttpResponse:
    """Persons a month."""
    return answer({"type": "none"} if channel.quota is None else {"type": "limited", "value": channel.quota})


@endpoint("quota", "GET")
def consumption(request: HttpRequest, channel: Channel) -> HttpResponse:
    """Persons billed this month."""
    with LOCK:
        return answer({"totalUsage": quota.used(channel)})


@endpoint("webhook", "GET", "PUT")
def webhook(request: HttpRequest, channel: Channel) -> HttpResponse:
    """Reads or sets the webhook address."""
    if request.method == "PUT":
        return _set_webhook(request, channel)
    if not channel.webhook_url:
        raise Refusal(404, "Webhook endpoint not found")
    return answer({"endpoint": channel.webhook_url, "active": channel.webhook_active})


def _set_webhook(request: HttpRequest, channel: Channel) -> HttpResponse:
    url = _checked_url(json_object(raw_body(request)).get("endpoint"))
    with LOCK:
        channel.webhook_url = url
        world.changed()
    return answer({})


def _checked_url(url: object) -> str:
    if not isinstance(url, str) or len(url) > MOST_URL or not is_secure(url):
        raise Refusal(400, "Invalid webhook endpoint URL")
    return url


@endpoint("webhook_test", "POST")
def test_webhook(request: HttpRequest, channel: Channel) -> HttpResponse:
    """Sends the empty verification webhook and tells how it was answered."""
    body = json_object(raw_body(request)) if request.META.get("CONTENT_LENGTH", "0") != "0" else {}
    url = _checked_url(body["endpoint"]) if "endpoint" in body else channel.webhook_url
    if not url:
        raise Refusal(404, "Webhook endpoint not found")
    outcome = verify(channel, url)
    return answer(
        {
            "success": outcome.reason == "ok",
            "timestamp": datetime.fromtimestamp(clock.now() / 1000, UTC).isoformat(timespec="milliseconds"),
            "statusCode": outcome.status,
            "reason": _REASONS.get(outcome.reason, "UNCLASSIFIED"),
            "detail": outcome.detail or str(outcome.status or ""),
        }
    )


def verify(channel: Channel, url: str) -> wires.Outcome:
    """Sends the empty, signed body of LINE's verify button and notes it."""
    body = dumps({"destination": channel.user_id, "events": []})
    outcome = wires.post(url, body, wires.sign(channel.secret, body))
    with LOCK:
        webhooks.note(channel, url, "verify", [], outcome)
    return outcome
