"""plusone tenant create: open a shop and connect its LINE account."""

import argparse
import json
import os
import sys
from collections.abc import Callable

from django.db import transaction

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.tenants import actions
from plusone.tenants.actions import BadTenant
from plusone.tenants.models import Tenant

REASONS = {
    ("slug", "malformed"): "--slug takes 1 to 40 small letters, digits and inner hyphens",
    ("slug", "taken"): "this slug is taken",
    ("name", "missing"): "--name must not be empty",
    ("name", "too_long"): "--name takes at most 120 characters",
    ("timezone", "unknown"): "--timezone is not a zone such as Asia/Taipei",
    ("currency", "malformed"): "--currency takes three capitals such as TWD",
}
OPTIONS = {
    "channel_id": "channel_id",
    "channel_secret": "secret",
    "access_token": "token",
    "login_channel_id": "login_channel_id",
    "login_channel_secret": "login_secret",
    "liff_id": "liff_id",
}


# As long as the columns; of secrets, as long as an access token may be.
LONGEST = {"channel_id": 40, "login_channel_id": 40, "liff_id": 60}
LONGEST_SECRET = 1000


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    create = verbs.add_parser("create", help="open a shop; prints its webhook address and an API token")
    create.add_argument("--slug", required=True)
    create.add_argument("--name", required=True)
    create.add_argument("--timezone", default="Asia/Taipei")
    create.add_argument("--currency", default="TWD")
    create.add_argument("--language", default="zh-hant", choices=["zh-hant", "ja", "en"])
    for option in OPTIONS:
        most = LONGEST.get(option, LONGEST_SECRET)
        create.add_argument(f"--{option.replace('_', '-')}", default="", type=_value(most))
    create.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Create the tenant; nothing is stored when something is wrong."""
    given = {
        field: getattr(arguments, option) for option, field in OPTIONS.items() if getattr(arguments, option)
    }
    try:
        tenant, token = _open(arguments, given)
    except BadTenant as error:
        print(f"plusone: {REASONS[error.field, error.reason]}", file=sys.stderr)
        return 2
    base = os.environ.get("PLUSONE_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}").rstrip("/")
    made = {
        "id": tenant.key,
        "slug": tenant.slug,
        "webhook_url": f"{base}/t/{tenant.slug}/webhook",
        "api_token": token,
    }
    print(json.dumps(made) if arguments.json else "\n".join(f"{key}: {value}" for key, value in made.items()))
    return 0


def _value(most: int) -> Callable[[str], str]:
    """A value of LINE's: whether it is right the doctor says, here it only has to fit."""

    def fitting(given: str) -> str:
        if len(given) > most or not given.isprintable():
            raise argparse.ArgumentTypeError(f"takes at most {most} characters, all of them printable")
        return given

    return fitting


@transaction.atomic
def _open(arguments: argparse.Namespace, given: dict[str, str]) -> tuple[Tenant, str]:
    tenant = actions.open_tenant(
        arguments.slug,
        arguments.name,
        timezone=arguments.timezone,
        currency=arguments.currency,
        language=arguments.language,
    )
    with scope.tenant(tenant.pk):
        if given:
            actions.connect_channel(HOUSE, **given)
        return tenant, actions.issue_token("made with the shop")
