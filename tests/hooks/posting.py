"""Webhooks signed beforehand, to be posted from many threads: the door needs no connection of the test's."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from plusone.base import scope
from plusone.line import signature
from plusone.tenants.models import Channel, Tenant
from tests import makers

Body = Sequence[dict[str, Any]]


def signed(tenant: Tenant, bodies: Sequence[Body]) -> list[Callable[[], int]]:
    """For each body a function that posts it and returns the status."""
    with scope.tenant(tenant.pk):
        channel = Channel.objects.get()
        secret, destination = channel.secrets()[0], channel.bot_user_id
    raws = [json.dumps({"destination": destination, "events": list(body)}).encode() for body in bodies]
    return [_post(f"/t/{tenant.slug}/webhook", raw, signature.sign(raw, secret)) for raw in raws]


def _post(path: str, raw: bytes, sign: str) -> Callable[[], int]:
    return lambda: makers.post(path, raw, {"HTTP_X_LINE_SIGNATURE": sign})
