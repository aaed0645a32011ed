"""The shops of the storm: goods, buyers, a manager, an account at the simulator each."""

import random
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
from plusone.catalogue.models import Product
from plusone.catalogue.rules import UNLIMITED, ProductDraft, VariantDraft
from plusone.customers import actions as customers
from plusone.proving import control
from plusone.tenants import actions as tenants
from plusone.tenants.models import Role, Tenant, User

COLOURS = ("黑", "白")
SIZES = ("S", "M")
GOODS = 50
# LINE's monthly quota of each shop in turn: none, plenty, and one that runs out.
QUOTAS = (None, 100_000, 30)
FLOOR = 10


@dataclass(frozen=True, slots=True)
class Good:
    """One thing to order: what to write for it before the `+`, its variant, and how many there are (None:
    any number).
    """

    words: str
    variant_id: int
    stock: int | None


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop as the storm sees it from outside. `hot` is what a bare `+1` means."""

    slug: str
    tenant_id: int
    channel_id: str
    secret: str
    destination: str
    buyers: tuple[str, ...]
    manager: str
    group: str
    hot: Good
    goods: tuple[Good, ...]
    quota: int | None


def open_shops(line: str, web: str, count: int, buyers: int, events: int, seed: int) -> list[Shop]:
    """Open so many shops with goods and people, in the database and at the simulator; same seed, same
    shops.
    """
    chance = random.Random(seed)  # noqa: S311 - variety, not secrecy
    people = [f"buyer-{seed}-{number:04d}" for number in range(buyers)]
    for person in (*people, f"boss-{seed}"):
        control.ask(line, "POST", "people", {"id": person, "name": person})
    return [
        _open(line, web, (seed, number), people, events // count, GOODS // count, chance)
        for number in range(count)
    ]


def _open(
    line: str,
    web: str,
    place: tuple[int, int],
    people: Sequence[str],
    events: int,
    goods: int,
    chance: random.Random,
) -> Shop:
    seed, number = place
    boss = f"boss-{seed}"
    slug, secret = f"storm-{seed}-{number}", secrets.token_hex(16)
    channel_id = str(1_600_000_000 + 10 * seed + number)
    quota = QUOTAS[number % len(QUOTAS)]
    token = secrets.token_urlsafe(24)
    tenant = tenants.open_tenant(slug, f"風暴小鋪 {number}")
    Tenant.objects.filter(pk=tenant.pk).update(commands_a_minute=100_000, quota_floor=FLOOR)
    account = _account(line, channel_id, secret, token, f"{web}/t/{slug}/webhook", quota)
    user_ids = control.ask(line, "GET", f"channels/{channel_id}/people")
    for person in (*people, boss):
        control.ask(line, "PUT", f"channels/{channel_id}/friends/{person}", {"state": "friend"})
    with scope.tenant(tenant.pk):
        tenants.connect_channel(
            HOUSE, channel_id=channel_id, secret=secret, token=token, bot_user_id=account["user_id"]
        )
        _let_in([user_ids[person] for person in people], user_ids[boss], slug)
        shelf = _put_up(goods, events, chance)
    return Shop(
        slug,
        tenant.pk,
        channel_id,
        secret,
        account["user_id"],
        tuple(user_ids[person] for person in people),
        user_ids[boss],
        "C" + chance.randbytes(16).hex(),
        shelf[-1],
        tuple(shelf[:-1]),
        quota,
    )


def _account(
    line: str, channel_id: str, secret: str, token: str, url: str, quota: int | None
) -> dict[str, str]:
    """An account whose webhook is off: the storm sends the events, with reply tokens of its own that work
    once.
    """
    body = {
        "id": channel_id,
        "name": channel_id,
        "secret": secret,
        "access_token": token,
        "webhook_url": url,
        "webhook_active": False,
        "quota": quota,
    }
    control.ask(line, "POST", "channels", body)
    return control.ask(line, "GET", f"channels/{channel_id}")  # type: ignore[no-any-return]


def _let_in(buyers: Sequence[str], boss: str, slug: str) -> None:
    """Half of the buyers are known; the others will be met in the middle of the storm."""
    known = customers.meet([*buyers[::2], boss])
    for person in known.values():
        customers.follow(person.contact_id)
    owner = tenants.add_member(User.objects.create_user(f"boss@{slug}.example", "老闆"), Role.OWNER)
    customers.pair(known[boss].contact_id, owner)


def _put_up(count: int, events: int, chance: random.Random) -> list[Good]:
    """So many products: a sixth unlimited, a sixth with four options, the others counted; the hot one
    last, half of its demand.
    """
    goods: list[Good] = []
    for number in range(count - 1):
        if number % 6 == 0:
            goods += _good(f"無限 {number}", {(): UNLIMITED})
        elif number % 6 == 1:
            choices = [(colour, size) for colour in COLOURS for size in SIZES]
            goods += _good(f"上衣 {number}", {choice: chance.randint(0, 12) for choice in choices})
        else:
            goods += _good(f"小物 {number}", {(): chance.randint(0, 40)})
    return goods + _good("熱賣", {(): max(events // 2, 5)})


def _good(name: str, stock: dict[tuple[str, ...], int]) -> list[Good]:
    variants = tuple(VariantDraft(options=options, stock=left) for options, left in stock.items())
    names = ("顏色", "尺寸") if len(stock) > 1 else ()
    made = catalogue.put_up(HOUSE, ProductDraft(name, 100, option_names=names, variants=variants))
    return [_as_good(made, variant.pk) for variant in made.active_variants()]


def _as_good(product: Product, variant_id: int) -> Good:
    variant = next(v for v in product.active_variants() if v.pk == variant_id)
    return Good(
        f"{product.code}{''.join(variant.options)}", variant.pk, None if variant.unlimited else variant.stock
    )
