"""Rows and wire messages for tests, without surprises: what isn't asked for isn't made."""

import datetime
import io
import itertools
import json
import secrets
import time
import uuid
from collections.abc import Sequence
from typing import Any
from wsgiref.util import setup_testing_defaults

from PIL import Image

from plusone.base import numbers, scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
from plusone.catalogue.models import Product, Variant
from plusone.catalogue.rules import ProductDraft, VariantDraft
from plusone.chat.models import InboxEvent
from plusone.customers import actions as customers
from plusone.hooks.actions import lane
from plusone.line import signature
from plusone.tenants import actions as tenants
from plusone.tenants.models import Channel, Member, Role, Tenant, User
from plusone.wsgi import application

_numbers = itertools.count(1)


def shop(**fields: Any) -> Tenant:
    """A tenant with a connected LINE channel of random secrets."""
    number = next(_numbers)
    slug = f"shop-{number}-{secrets.token_hex(3)}"
    tenant = tenants.open_tenant(
        slug, fields.pop("name", f"小店 {number}"), **_pick(fields, "timezone", "currency", "language")
    )
    with scope.tenant(tenant.pk):
        tenants.connect_channel(
            HOUSE,
            channel_id=str(2_000_000_000 + secrets.randbelow(10**9)),
            secret=secrets.token_hex(16),
            token=secrets.token_urlsafe(24),
            bot_user_id=user_id(),
        )
    for name, value in fields.items():
        setattr(tenant, name, value)
    tenant.save()
    return tenant


def goods(
    tenant: Tenant, name: str = "高山茶", price: int | None = 100, stock: int = 10, **fields: Any
) -> Product:
    """A public product of one option, or of several with `options={("黑", "M"): stock, …}`."""
    options: dict[tuple[str, ...], int] = fields.pop("options", {(): stock})
    home_chat = fields.pop("home_chat", "")
    names = tuple(f"選項{n}" for n in range(len(next(iter(options)))))
    variants = tuple(VariantDraft(options=values, stock=left) for values, left in options.items())
    with scope.tenant(tenant.pk):
        draft = ProductDraft(name=name, price=price, option_names=names, variants=variants, **fields)
        return catalogue.put_up(HOUSE, draft, home_chat=home_chat)


def stock_of(tenant: Tenant, product: Product) -> list[int]:
    """What is left of each option, in order; -1 for unlimited."""
    with scope.tenant(tenant.pk):
        return [v.shown_stock for v in Variant.objects.filter(product=product).order_by("position")]


def member(tenant: Tenant, role: str = Role.OWNER) -> Member:
    """A person with this role in the shop, who can sign in."""
    user = User.objects.create_user(f"{secrets.token_hex(6)}@example.com", "店員", "correct horse")
    with scope.tenant(tenant.pk):
        return tenants.add_member(user, role)


def manager_on_line(tenant: Tenant) -> str:
    """The LINE user id of a manager of the shop."""
    person = user_id()
    boss = member(tenant, Role.MANAGER)
    with scope.tenant(tenant.pk):
        customers.pair(customers.meet([person])[person].contact_id, boss)
    return person


def friend(tenant: Tenant, language: str = "") -> str:
    """The LINE user id of a friend of the shop's account, with a name and perhaps a language at LINE."""
    person = user_id()
    with scope.tenant(tenant.pk):
        contact = customers.meet([person])[person].contact_id
        customers.follow(contact)
        customers.note_profile(contact, name="小美", picture_url="", language=language)
    return person


def user_id() -> str:
    """A LINE user id."""
    return "U" + uuid.uuid4().hex


def group_id() -> str:
    """A LINE group id."""
    return "C" + uuid.uuid4().hex


def event(
    person: str, kind: str = "message", *, group: str = "", at: float | None = None, **more: Any
) -> dict[str, Any]:
    """A webhook event as LINE writes it, happening now (or `at`, seconds since 1970)."""
    source = (
        {"type": "group", "groupId": group, "userId": person} if group else {"type": "user", "userId": person}
    )
    return {
        "type": kind,
        "mode": "active",
        "timestamp": int((time.time() if at is None else at) * 1000),
        "source": source,
        "webhookEventId": _event_id(),
        "deliveryContext": {"isRedelivery": False},
        "replyToken": secrets.token_hex(16),
        **more,
    }


def _event_id() -> str:
    """Falling with time: what is in the order of these ids is never in the order of writing by chance."""
    return f"{2**64 - time.time_ns():018X}{secrets.token_hex(4).upper()}"


def text(person: str, body: str, *, quote: str = "", message_id: str = "", **more: Any) -> dict[str, Any]:
    """A text message event."""
    message = {
        "type": "text",
        "id": message_id or str(secrets.randbelow(10**17)),
        "text": body,
        "quoteToken": "q",
    }
    if quote:
        message["quotedMessageId"] = quote
    return event(person, message=message, **more)


def photo(person: str, *, message_id: str = "", **more: Any) -> dict[str, Any]:
    """A photo message event."""
    message = {
        "type": "image",
        "id": message_id or str(secrets.randbelow(10**17)),
        "quoteToken": "q",
        "contentProvider": {"type": "line"},
    }
    return event(person, message=message, **more)


def tap(person: str, data: str, **more: Any) -> dict[str, Any]:
    """A tapped postback button."""
    return event(person, "postback", postback={"data": data}, **more)


def webhook(
    tenant: Tenant, events: Sequence[dict[str, Any]], *, signed: str | None = "", body: bytes | None = None
) -> int:
    """Post the events to the shop's webhook through the web process's own application; the HTTP status.

    `signed` None sends no signature, a text sends that one, empty signs properly.
    """
    with scope.tenant(tenant.pk):
        channel = Channel.objects.get()
        secret, destination = channel.secrets()[0], channel.bot_user_id
    raw = (
        body
        if body is not None
        else json.dumps({"destination": destination, "events": list(events)}).encode()
    )
    headers = {} if signed is None else {"HTTP_X_LINE_SIGNATURE": signed or signature.sign(raw, secret)}
    return post(f"/t/{tenant.slug}/webhook", raw, headers)


def post(path: str, body: bytes, headers: dict[str, str]) -> int:
    """Call the WSGI application; the status."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/json",
        "wsgi.input": io.BytesIO(body),
        **headers,
    }
    setup_testing_defaults(environ)
    statuses: list[str] = []
    b"".join(application(environ, lambda status, _headers: statuses.append(status)))
    return int(statuses[0].split()[0])


def hear(tenant: Tenant, *events: dict[str, Any]) -> None:
    """Webhook, then the lane, until nothing is left to do now."""
    assert webhook(tenant, events) == 200
    work(tenant)


def work(tenant: Tenant) -> None:
    """Work the shop's lane until nothing is left to do now; another test's worker may be at it meanwhile."""
    end = time.monotonic() + 20
    with scope.nowhere():
        while lane.work(tenant.pk) or (_is_open(tenant) and time.monotonic() < end):
            time.sleep(0.001)


def _is_open(tenant: Tenant) -> bool:
    with scope.tenant(tenant.pk):
        return InboxEvent.objects.filter(state=InboxEvent.State.NEW, next_try_at=None).exists()


def jpeg(width: int = 60, height: int = 40, colour: str = "#6d5bd0") -> bytes:
    """A small JPEG."""
    raw = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(raw, "JPEG")
    return raw.getvalue()


def today(tenant: Tenant) -> datetime.date:
    """The shop's day by the database's clock."""
    return numbers.local_day(numbers.database_now(), tenant.timezone)


def _pick(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: fields.pop(name) for name in names if name in fields}
