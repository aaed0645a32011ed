"""A shop's account at the simulator for tests that play the sender's part themselves: no web, no worker,
every step by hand.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.chat.actions import say
from plusone.chat.models import OutboxMessage
from plusone.chat.tasks import account, sender
from plusone.customers import actions as customers
from plusone.tenants import actions as tenants
from plusone.tenants.models import Channel, Tenant
from tests import makers, running

OPEN = ("ready", "leased", "retry")


@dataclass
class AtLine:
    """The shop, its account at the simulator, and the cast's LINE user ids by name."""

    tenant: Tenant
    simulator: running.Simulator
    channel_id: str
    people: dict[str, str]
    group: str

    def token(self, person: str = "xiaomei", *, seconds: float | None = None, group: bool = False) -> str:
        """A reply token that works once, for a minute or so many seconds."""
        chat = {"chat": self.group} if group else {"person": person}
        more = {} if seconds is None else {"seconds": seconds}
        minted = self.simulator.post("tokens", {"channel": self.channel_id, "count": 1, **chat, **more})
        return str(minted["tokens"][0])

    def writes(
        self, person: str, words: str, *, group: bool = False, token: str | None = None, **more: Any
    ) -> str:
        """The person writes it, the lane answers; the event's id. `token` is the reply token to send
        along.
        """
        where = {"group": self.group} if group else {}
        event = makers.text(
            self.people[person],
            words,
            replyToken=self.token(person, group=group) if token is None else token,
            **where,
            **more,
        )
        makers.hear(self.tenant, event)
        return str(event["webhookEventId"])

    def send(self, seconds: float = 10) -> None:
        """Send what is due until nothing of this shop is open, or the time is over."""
        end = time.monotonic() + seconds
        while self.messages(state__in=OPEN) and time.monotonic() < end:
            if not sender.send_due("test", 200):
                time.sleep(0.02)

    def messages(self, **wanted: Any) -> list[OutboxMessage]:
        """The shop's outbox rows that fit, oldest first."""
        with scope.tenant(self.tenant.pk):
            return list(OutboxMessage.objects.filter(**wanted).order_by("id"))

    def only(self, **wanted: Any) -> OutboxMessage:
        """The one row that fits."""
        (row,) = self.messages(**wanted)
        return row

    def answer_to(self, event_id: str) -> OutboxMessage:
        """The answer to an event."""
        return self.only(cause=f"event:{event_id}")

    def accepted(self) -> list[dict[str, Any]]:
        """What LINE accepted from this account, oldest first."""
        found = self.simulator.get("accepted", channel=self.channel_id, limit=20000)
        return found["accepted"]  # type: ignore[no-any-return]

    def texts(self) -> list[str]:
        """The texts LINE accepted, in order."""
        return [message["text"] for record in self.accepted() for message in record["messages"]]

    def fault(self, name: str, **fields: Any) -> None:
        """Plant a fault at LINE for this account only."""
        self.simulator.put(f"faults/{name}", {"on": True, "channel": self.channel_id, **fields})

    def calm(self) -> None:
        """All faults off."""
        self.simulator.post("faults/reset")

    def change(self, **fields: Any) -> None:
        """Change the shop's settings, and have the sender read them again."""
        Tenant.objects.filter(pk=self.tenant.pk).update(**fields)
        account._known.pop(self.tenant.pk, None)

    def update(self, **fields: Any) -> None:
        """Change all of the shop's outbox rows: how tests make time pass for them."""
        with scope.tenant(self.tenant.pk):
            OutboxMessage.objects.update(**fields)

    def says(self, purpose: str = "answer", **fields: Any) -> OutboxMessage:
        """Put one message to 小美 into the outbox."""
        person = self.people["xiaomei"]
        given = {
            "cause": f"test:{time.monotonic_ns()}",
            "purpose": purpose,
            "to_kind": "user",
            "to_id": person,
            "user_id": person,
            "kind": "kept",
            "facts": {"number": "A-1"},
            "language": "en",
            "ways": ("push",),
            **fields,
        }
        with scope.tenant(self.tenant.pk):
            say.say([say.Say(**given)])
            return OutboxMessage.objects.order_by("-id")[0]


@contextmanager
def account_of(tenant: Tenant, simulator: running.Simulator, **changes: Any) -> Iterator[AtLine]:
    """Connect the shop with an account whose webhooks are off: tests send the events themselves."""
    with scope.tenant(tenant.pk):
        channel = Channel.objects.get()
        body = {
            "channel_id": channel.channel_id,
            "secret": channel.secrets()[0],
            "access_token": channel.access_token(),
            "name": tenant.name,
            "webhook_url": "http://127.0.0.1:9/",
            "provider": f"provider-{tenant.slug}",
        }
    cast = simulator.post("seed", body)
    url = f"{simulator.url}/control/channels/{channel.channel_id}"
    simulator.http.patch(url, json={"webhook_active": False, **changes}).raise_for_status()
    account_now = simulator.get(f"channels/{channel.channel_id}")
    with scope.tenant(tenant.pk):
        tenants.connect_channel(HOUSE, bot_user_id=account_now["user_id"])
        for person in customers.meet(cast["people"].values()).values():
            customers.follow(person.contact_id)
    before = settings.LINE_API_URL, settings.LINE_DATA_API_URL
    settings.LINE_API_URL = settings.LINE_DATA_API_URL = simulator.url
    try:
        yield AtLine(tenant, simulator, channel.channel_id, cast["people"], cast["group"])
    finally:
        settings.LINE_API_URL, settings.LINE_DATA_API_URL = before
        simulator.post("faults/reset")
