"""Are the Login channel and the official account of one provider? Part of the connection check (JG03).

LINE gives a person another user ID under another provider, and no call says which provider a channel is of.
But who came in by the Login channel must be known to the official account: if nobody is, it is another's.
"""

from plusone.base import scope
from plusone.base.secrets import CannotOpen
from plusone.line import errors
from plusone.line.client import Client
from plusone.storefront.models import BuyerSession
from plusone.tenants import line_check
from plusone.tenants.findings import Finding, Level
from plusone.tenants.models import Channel, Tenant

# Buyers asked about, newest first; a stranger to the account is unknown there under one provider, too.
ASKED = 5
CERTAIN = 3


def check(tenant: Tenant) -> list[Finding]:
    """One finding, or none where there is nothing to compare with."""
    try:
        with scope.tenant(tenant.pk):
            channel = Channel.objects.get()
            token, users = channel.access_token(), _newest_buyers()
    except CannotOpen:
        return []
    if not token or not channel.login_channel_id:
        return []
    if not users:
        return [Finding("provider_unread", "unknown")]
    try:
        known = _known(Client(line_check.addresses(), token), users)
    except errors.LineError:
        return []  # the check of the account says that LINE can't be reached, or refuses the token
    if known:
        return [Finding("provider_same", "ok")]
    level: Level = "wrong" if len(users) >= CERTAIN else "warning"
    return [Finding("provider_differs", level, {"count": len(users)})]


def _newest_buyers() -> list[str]:
    newest = BuyerSession.objects.order_by("-pk").values_list("contact__line_user_id", flat=True)[:50]
    return list(dict.fromkeys(newest))[:ASKED]


def _known(client: Client, users: list[str]) -> bool:
    for user in users:
        try:
            client.profile(user)
        except errors.NotFound:
            continue
        return True
    return False
