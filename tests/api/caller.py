"""A program that calls the API with a shop's token, through the whole of Django."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client

from plusone.base import scope
from plusone.chat.models import InboxEvent
from plusone.tenants import actions as tenants
from plusone.tenants.models import Tenant
from tests import makers, running


@dataclass
class Caller:
    """`call` expects a status and gives the JSON; `send` gives the answer itself."""

    tenant: Tenant
    token: str

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Send the body as JSON, or as it is when it is bytes."""
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", **headers}
        return Client(raise_request_exception=False, enforce_csrf_checks=True).generic(  # type: ignore[return-value]
            method, f"/api/v1/{path}", raw, headers.pop("Content-Type", "application/json"), headers=headers
        )

    def call(self, method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        """Send, insist on the status, read the JSON."""
        answer = self.send(method, path, body, **headers)
        assert answer.status_code == status, answer.content.decode()
        return json.loads(answer.content)


def hear(tenant: Tenant, *events: dict[str, Any]) -> None:
    """Webhook and lane, until all is answered: a worker started by another test may be at it meanwhile."""
    makers.hear(tenant, *events)
    running.until(lambda: not _is_open(tenant), 20)


def _is_open(tenant: Tenant) -> bool:
    with scope.tenant(tenant.pk):
        return InboxEvent.objects.filter(state__in=["new", "waiting"]).exists()


def caller(tenant: Tenant) -> Caller:
    """A new token of the shop."""
    with scope.tenant(tenant.pk):
        return Caller(tenant, tenants.issue_token("test"))
