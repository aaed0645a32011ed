"""plusone seed: the demo's shop, goods and people, in the product and at the simulator. Safe to repeat."""

import argparse
import datetime
import json
import os
import secrets
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings

from plusone.base import numbers, scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
from plusone.catalogue.models import Product
from plusone.catalogue.rules import ProductDraft, VariantDraft
from plusone.chat.actions import groups
from plusone.chat.models import GroupChat
from plusone.commands import sample_menu, samples
from plusone.customers import actions as customers
from plusone.line.client import Addresses, Client
from plusone.orders.actions import rounds
from plusone.orders.actions.rounds import RoundDraft
from plusone.orders.models import Round
from plusone.tenants import actions as tenants
from plusone.tenants.models import Channel, Role, Tenant, User, tenant_of

SLUG = "demo"
CHANNEL_ID = "1650000001"
LOGIN_CHANNEL_ID = "1650000002"
LIFF_ID = f"{LOGIN_CHANNEL_ID}-shop"
EMAIL = "lin@example.com"


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    port = int(os.environ.get("PORT", "8000"))
    parser.add_argument("--simulator", default=f"http://127.0.0.1:{port + 1}", help="who plays the cast")
    parser.add_argument("--web", default=f"http://127.0.0.1:{port}")


def run(arguments: argparse.Namespace) -> int:
    """Open the demo shop where missing, connect it to the simulator's account, and let the cast in.

    The shop's secrets go to the simulator only, also where LINE_API_URL names somebody else.
    """
    tenant = tenant_of(SLUG) or _open()
    with scope.tenant(tenant.pk):
        channel = Channel.objects.get()
        if not channel.liff_id:
            _add_login()
            channel.refresh_from_db()
        secret, token, login_secret = channel.secrets()[0], channel.access_token(), channel.login_secret()
    cast = _post(
        f"{arguments.simulator}/control/seed",
        {
            "channel_id": CHANNEL_ID,
            "secret": secret,
            "access_token": token,
            "name": tenant.name,
            "webhook_url": f"{arguments.web}/t/{SLUG}/webhook",
            "login_channel_id": LOGIN_CHANNEL_ID,
            "login_channel_secret": login_secret,
            "login_callbacks": [f"{arguments.web}/t/{SLUG}/liff/enter/line/back"],
            "liff_id": LIFF_ID,
            "liff_endpoint": f"{arguments.web}/t/{SLUG}/liff/",
        },
    )
    if arguments.simulator == settings.STRIPE_API_URL:
        _post(
            f"{arguments.simulator}/control/stripe",
            {
                "key": settings.STRIPE_SECRET_KEY,
                "webhook_url": f"{arguments.web}/hooks/stripe",
                "webhook_secret": settings.STRIPE_WEBHOOK_SECRET,
            },
            "PUT",
        )
    _play_platform(arguments.simulator, arguments.web)
    bot = Client(Addresses(arguments.simulator, arguments.simulator), token).bot_info()
    with scope.tenant(tenant.pk):
        tenants.connect_channel(HOUSE, bot_user_id=bot.user_id, basic_id=bot.basic_id)
        _let_in(cast["people"])
        _open_round(cast["group"])
    if arguments.simulator == settings.LINE_API_URL:
        sample_menu.put_up(tenant, arguments.web)
    return 0


def _open() -> Tenant:
    tenant = tenants.open_tenant(SLUG, "林媽媽的團購小鋪")
    with scope.tenant(tenant.pk):
        tenants.connect_channel(
            HOUSE,
            channel_id=CHANNEL_ID,
            name=tenant.name,
            secret=secrets.token_hex(16),
            token=secrets.token_urlsafe(48),
        )
        owner = User.objects.filter(email=EMAIL).first() or User.objects.create_user(EMAIL, "老闆 Lin")
        tenants.add_member(owner, Role.OWNER)
        tenants.set_shop(
            HOUSE,
            lenient=tenant.lenient,
            push_answers=tenant.push_answers,
            quota_floor=tenant.quota_floor,
            words=tenant.words,
            payment_note=samples.PAYMENT,
        )
        if not Product.objects.exists():
            _put_up_goods()
    return tenant


def _add_login() -> None:
    """A demo of before LIFF gets its Login channel and LIFF app, too."""
    tenants.connect_channel(
        HOUSE, login_channel_id=LOGIN_CHANNEL_ID, login_secret=secrets.token_hex(16), liff_id=LIFF_ID
    )


def _put_up_goods() -> None:
    for sample in samples.GOODS:
        draft = ProductDraft(
            name=sample.name,
            price=sample.price,
            description=sample.description,
            category=sample.category,
            option_names=sample.option_names,
            variants=tuple(VariantDraft(options=options, stock=stock) for options, stock in sample.stock),
        )
        image, thumbnail = samples.picture(sample, settings.FILES)
        catalogue.put_up(HOUSE, draft, image=image, thumbnail=thumbnail)


def _let_in(people: dict[str, str]) -> None:
    """Everybody is a friend of the account; the shop's owner is who they say they are at LINE, too."""
    owner = User.objects.get(email=EMAIL).memberships.get()
    known = customers.meet(people.values())
    for name, user_id in people.items():
        customers.follow(known[user_id].contact_id)
        if name == "lin":
            customers.pair(known[user_id].contact_id, owner)


def _open_round(group: str) -> None:
    """An open round in the group, for a week from now: one that ran out since is opened again."""
    groups.meet([(group, "group")])
    now = numbers.database_now()
    found = Round.objects.filter(name=samples.ROUND, finished_at=None).first()
    closes = (now + datetime.timedelta(days=7)).replace(minute=0, second=0, microsecond=0)
    if found is None:
        names = [sample.name for sample in samples.GOODS if sample.in_round]
        products = tuple(Product.objects.filter(name__in=names).values_list("pk", flat=True))
        chats = tuple(GroupChat.objects.filter(chat_key=group).values_list("pk", flat=True))
        remind_at = closes - datetime.timedelta(minutes=30)
        draft = RoundDraft(samples.ROUND, now, closes, products, chats, remind_at=remind_at)
        rounds.start(HOUSE, draft)
    elif found.closes_at <= now:
        rounds.set_closing(HOUSE, found, closes)


def _play_platform(simulator: str, web: str) -> None:
    """The platform's own Login channel, by which merchants come in; of another provider than the shop's."""
    if not settings.LINE_LOGIN_CHANNEL_ID:
        return
    path = "/sign-in/line/callback"
    settings_at_line = {
        "name": "Plusone",
        "secret": settings.LINE_LOGIN_CHANNEL_SECRET,
        "callbacks": [f"{web}{path}", f"{web.replace('127.0.0.1', 'localhost')}{path}"],
    }
    one = f"{simulator}/control/login-channels/{settings.LINE_LOGIN_CHANNEL_ID}"
    try:
        _post(one, settings_at_line, method="PATCH")
    except urllib.error.HTTPError:
        new = {"id": settings.LINE_LOGIN_CHANNEL_ID, "provider": "plusone", **settings_at_line}
        _post(f"{simulator}/control/login-channels", new)


def _post(address: str, body: dict[str, Any], method: str = "POST") -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - the simulator's own address
        address, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        return json.load(answer)  # type: ignore[no-any-return]
