"""plusone tenant create: open a shop and connect its LINE account."""

import argparse
import json
import os
import sys

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.tenants import actions
from plusone.tenants.actions import BadTenant

REASONS = {
    ("slug", "malformed"): "--slug takes 1 to 40 small letters, digits and inner hyphens",
    ("slug", "taken"): "this slug is taken",
    ("name", "missing"): "--name must not be empty",
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
        create.add_argument(f"--{option.replace('_', '-')}", default="")
    create.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Create the tenant; nothing is stored when something is wrong."""
    try:
        tenant = actions.open_tenant(
            arguments.slug,
            arguments.name,
            timezone=arguments.timezone,
            currency=arguments.currency,
            language=arguments.language,
        )
    except BadTenant as error:
        print(f"plusone: {REASONS[error.field, error.reason]}", file=sys.stderr)
        return 2
    given = {
        field: getattr(arguments, option) for option, field in OPTIONS.items() if getattr(arguments, option)
    }
    with scope.tenant(tenant.pk):
        if given:
            actions.connect_channel(HOUSE, **given)
        token = actions.issue_token("made with the shop")
    base = os.environ.get("PLUSONE_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}").rstrip("/")
    made = {
        "id": tenant.key,
        "slug": tenant.slug,
        "webhook_url": f"{base}/t/{tenant.slug}/webhook",
        "api_token": token,
    }
    print(json.dumps(made) if arguments.json else "\n".join(f"{key}: {value}" for key, value in made.items()))
    return 0
