"""plusone understand: what messages would do, one a line, nothing done.

Each line goes through the lane's own code in a transaction of its own that is rolled back, written by a buyer
made for it; so the answer is the very one a buyer would get, stock included.
"""

import argparse
import datetime
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from plusone.base import numbers, scope
from plusone.catalogue.models import Product
from plusone.chat.actions.say import Say
from plusone.chat.views.wording import draw
from plusone.customers.actions import Person
from plusone.customers.models import Contact, Customer
from plusone.hooks.actions import answers
from plusone.hooks.actions.desk import Came, Desk
from plusone.orders.actions import read
from plusone.orders.models import Showing
from plusone.orders.rules.terms import Understanding
from plusone.tenants.models import Tenant, tenant_of

WRITER = "U" + "0" * 32
QUOTED_MESSAGE = "0"


@dataclass(frozen=True, slots=True)
class Setting:
    """Who writes where: the shop, as a manager or a buyer, quoting a product, in which language."""

    tenant: Tenant
    manager: bool
    quoting: str | None
    lenient: bool
    locale: str


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--tenant", required=True, help="the shop's slug")
    parser.add_argument("--as", dest="role", choices=["buyer", "manager"], default="buyer")
    parser.add_argument("--quoting", metavar="CODE", help="each message answers this product's picture")
    parser.add_argument(
        "--lenient", action="store_true", help="ask back about sentences that contain a command"
    )
    parser.add_argument("--locale", default="", help="the buyer's language at LINE: zh-Hant, ja, en")


def run(arguments: argparse.Namespace) -> int:
    """Read lines from standard input (`\\n` in a line is a line break), print one JSON object for each."""
    tenant = tenant_of(arguments.tenant)
    if tenant is None:
        print(f"plusone: there is no shop “{arguments.tenant}”", file=sys.stderr)
        return 2
    if arguments.quoting and not _has(tenant, arguments.quoting):
        print(f"plusone: the shop has no product with the code {arguments.quoting}", file=sys.stderr)
        return 2
    setting = Setting(
        tenant, arguments.role == "manager", arguments.quoting, arguments.lenient, arguments.locale
    )
    for text in _messages():
        print(json.dumps(understand(setting, text), ensure_ascii=False), flush=True)
    return 0


def understand(setting: Setting, text: str) -> dict[str, Any]:
    """What the text would do in this setting, and what would be answered; nothing is kept."""
    with scope.tenant(setting.tenant.pk):
        try:
            return _understand(setting, text)
        finally:
            transaction.set_rollback(True)


def _has(tenant: Tenant, code: str) -> bool:
    with scope.tenant(tenant.pk):
        return Product.objects.filter(code=code, removed_at=None).exists()


def _messages() -> Iterator[str]:
    for line in sys.stdin.buffer:
        yield line.decode(errors="replace").rstrip("\r\n").replace("\\n", "\n")


def _understand(setting: Setting, text: str) -> dict[str, Any]:
    here = read.counter()
    here.tenant.lenient = setting.lenient or setting.tenant.lenient
    understood = read.understand(
        here,
        text,
        quoted=setting.quoting,
        manager=setting.manager,
        lenient=here.tenant.lenient,
        at=numbers.database_now(),
    )
    said = None if understood.intent == "none" else _answer(setting, here, text)
    error = understood.error or (said.facts.get("error") if said and said.kind == "refused" else None)
    if error in ("round_planned", "round_closed"):
        error = "not_public"  # the words that scripts know; the reply says more
    return {
        "intent": "error" if error else understood.intent,
        "items": _items(understood),
        "error": error,
        "confirm": understood.confirm,
        "reply": _drawn(said) if said else "",
    }


def _items(understood: Understanding) -> list[dict[str, Any]]:
    return [
        {"product": item.code, "options": list(item.options), "quantity": item.quantity}
        for item in understood.items
    ]


def _answer(setting: Setting, here: read.Counter, text: str) -> Say | None:
    """What the lane says to the text; the rows it writes on the way go with the transaction."""
    now = numbers.database_now()
    desk = Desk(now=now, counter=here, people={WRITER: _writer(setting)}, commands={})
    came = _came(setting, text, now)
    answers.answer(desk, came)
    desk.settle_asks()
    return desk.says[0] if desk.says else None


def _writer(setting: Setting) -> Person:
    customer = Customer.objects.create()
    contact = Contact.objects.create(line_user_id=WRITER, customer=customer)
    return Person(contact.pk, customer.pk, setting.locale, setting.manager, is_friend=True)


def _came(setting: Setting, text: str, now: datetime.datetime) -> Came:
    message = {"type": "text", "id": "1", "text": text}
    if setting.quoting:
        product = Product.objects.get(code=setting.quoting)
        Showing.objects.create(chat_key=WRITER, message_id=QUOTED_MESSAGE, product=product)
        message["quotedMessageId"] = QUOTED_MESSAGE
    body = {"type": "message", "source": {"type": "user", "userId": WRITER}, "message": message}
    return Came(0, "understand", "message", "user", WRITER, WRITER, "1", now, now, "", None, body)


def _drawn(said: Say) -> str:
    return str(draw(said.kind, said.facts, said.language)[0]["text"])
