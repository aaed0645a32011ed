"""plusone tenant create, tenant invite: open a shop and connect its LINE account, let somebody into it."""

import argparse
import json
import os
import sys
from collections.abc import Callable

from django.db import transaction
from django.urls import reverse

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.tenants import actions
from plusone.tenants.actions import BadTenant, team
from plusone.tenants.models import Role, Tenant, tenant_of

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
BY = "made on the command line"

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
    invite = verbs.add_parser("invite", help="print a link that lets one person into the shop's console")
    invite.add_argument("--slug", required=True)
    invite.add_argument(
        "--role", default=Role.OWNER.value, help="owner, manager, staff or one of the shop's own"
    )
    invite.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Do it and print what others need; nothing is stored when something is wrong."""
    return _create(arguments) if arguments.verb == "create" else _invite(arguments)


def _create(arguments: argparse.Namespace) -> int:
    given = {
        field: getattr(arguments, option) for option, field in OPTIONS.items() if getattr(arguments, option)
    }
    try:
        tenant, token, invite = _open(arguments, given)
    except BadTenant as error:
        return _refused(REASONS[error.field, error.reason])
    made = {
        "id": tenant.key,
        "slug": tenant.slug,
        "webhook_url": f"{_site()}/t/{tenant.slug}/webhook",
        "api_token": token,
        "invite_url": _door(invite),
    }
    return _told(arguments, made)


def _invite(arguments: argparse.Namespace) -> int:
    tenant = tenant_of(arguments.slug)
    if tenant is None:
        return _refused(f"there is no shop “{arguments.slug}”")
    try:
        with scope.tenant(tenant.pk):
            invite = team.invite(HOUSE, arguments.role, BY)
    except team.Refused:
        return _refused(f"the shop has no role “{arguments.role}”")
    return _told(arguments, {"invite_url": _door(invite)})


def _told(arguments: argparse.Namespace, made: dict[str, str]) -> int:
    print(json.dumps(made) if arguments.json else "\n".join(f"{key}: {value}" for key, value in made.items()))
    return 0


def _refused(why: str) -> int:
    print(f"plusone: {why}", file=sys.stderr)
    return 2


def _site() -> str:
    here = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    return (os.environ.get("PLUSONE_URL") or here).rstrip("/")


def _door(invite: str) -> str:
    return f"{_site()}{reverse('join', args=[invite])}"


def _value(most: int) -> Callable[[str], str]:
    """A value of LINE's: whether it is right the doctor says, here it only has to fit."""

    def fitting(given: str) -> str:
        if len(given) > most or not given.isprintable():
            raise argparse.ArgumentTypeError(f"takes at most {most} characters, all of them printable")
        return given

    return fitting


@transaction.atomic
def _open(arguments: argparse.Namespace, given: dict[str, str]) -> tuple[Tenant, str, str]:
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
        return tenant, actions.issue_token(BY), team.invite(HOUSE, Role.OWNER, BY)
