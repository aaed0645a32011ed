"""Is the shop's LINE account connected rightly? Asks LINE and says what is wrong with which setting (JG03).

Findings carry codes and facts; their sentences are in templates/tenants/finding.txt. No fact is a secret.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as made
from urllib.parse import urlsplit

from django.conf import settings

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.base.secrets import CannotOpen
from plusone.line import errors
from plusone.line.answers import BotInfo, WebhookEndpoint, WebhookTest
from plusone.line.client import Addresses, Client, issue_stateless_token, verify_token
from plusone.tenants import actions, login_check
from plusone.tenants.findings import Finding, Level
from plusone.tenants.models import Channel, Tenant


@dataclass(slots=True)
class _Account:
    """What we hold of the channel, opened; `proven` is what LINE said belongs to its channel ID."""

    tenant: Tenant
    channel: Channel
    secret: str
    token: str
    login_secret: str
    site: str
    proven: set[str] = made(default_factory=set)


def check(tenant: Tenant, site: str = "") -> list[Finding]:
    """Look at every setting that LINE lets us read; opens no transaction while LINE is asked.

    Stores the account's LINE user id where it was missing, or is proven to be another's. `site` is our own
    address as the person knows it, for the advice.
    """
    try:
        account = _read(tenant, site)
    except CannotOpen:
        return [Finding("sealed_with_another_key", "wrong")]
    found = list(_missing(account))
    if account.channel.channel_id and account.secret:
        found += _secret(account)
    if account.token:
        found += _with_token(account)
    return [*found, *_login(account), *_unreadable()]


def addresses() -> Addresses:
    """LINE's addresses, or the simulator's."""
    return Addresses(api=settings.LINE_API_URL, data=settings.LINE_DATA_API_URL)


def _read(tenant: Tenant, site: str) -> _Account:
    with scope.tenant(tenant.pk):
        channel = Channel.objects.get()
    secret, token = (channel.secrets() or ("",))[0], channel.access_token()
    return _Account(tenant, channel, secret, token, channel.login_secret(), site)


def _missing(account: _Account) -> Iterator[Finding]:
    held = {
        "channel_id": account.channel.channel_id,
        "secret": account.secret,
        "token": account.token,
    }
    yield from (Finding("missing", "wrong", {"field": name}) for name, value in held.items() if not value)


def _secret(account: _Account) -> Iterator[Finding]:
    """LINE gives a token only to those who know the secret: the one way to ask whether ours is right."""
    channel_id = account.channel.channel_id
    try:
        issue_stateless_token(addresses(), channel_id, account.secret)
    except (errors.Refused, errors.BadToken) as error:
        if "client_id" in error.line_message.lower():
            yield Finding("channel_unknown", "wrong", {"channel_id": channel_id})
        else:
            yield Finding("secret_wrong", "wrong", {"channel_id": channel_id})
    except errors.LineError:
        return  # the calls with the access token say that LINE can't be reached
    else:
        account.proven.add("secret")
        yield Finding("secret_right", "ok")


def _with_token(account: _Account) -> Iterator[Finding]:
    try:
        client = Client(addresses(), account.token)
        bot = client.bot_info()
    except errors.BadToken:
        yield Finding("token_refused", "wrong")
        return
    except errors.LineError as error:
        yield Finding("line_silent", "wrong", {"status": error.status})
        return
    yield Finding("connected", "ok", {"name": bot.display_name, "basic_id": bot.basic_id})
    yield from _whose_token(account)
    yield from _bot_user_id(account, bot)
    yield from _webhook(account, client)
    yield from _quota(account, client)


def _whose_token(account: _Account) -> Iterator[Finding]:
    try:
        told = verify_token(addresses(), account.token)
    except errors.LineError:
        return  # tokens of the newer kinds are not told of here; that this one works is known already
    if not account.channel.channel_id or told.channel_id == account.channel.channel_id:
        account.proven.add("token")
        return
    facts = {"channel_id": account.channel.channel_id, "token_channel_id": told.channel_id}
    yield Finding("token_of_another_channel", "wrong", facts)


def _bot_user_id(account: _Account, bot: BotInfo) -> Iterator[Finding]:
    """Webhooks name the account by this id, and those for another account are refused."""
    stored = account.channel.bot_user_id
    if stored == bot.user_id:
        return
    if stored and account.proven != {"secret", "token"}:
        yield Finding("another_account", "wrong", {"name": bot.display_name, "basic_id": bot.basic_id})
        return
    with scope.tenant(account.tenant.pk):
        actions.connect_channel(HOUSE, bot_user_id=bot.user_id, basic_id=bot.basic_id, name=bot.display_name)
    yield Finding("account_stored", "ok", {"name": bot.display_name})


def _webhook(account: _Account, client: Client) -> Iterator[Finding]:
    try:
        endpoint = client.webhook_endpoint()
    except errors.LineError as error:
        yield Finding("webhook_unread", "unknown", {"status": error.status})
        return
    path = f"/t/{account.tenant.slug}/webhook"
    wanted = f"{account.site or settings.PUBLIC_URL or 'https://…'}{path}"
    if endpoint is None or not endpoint.url:
        yield Finding("webhook_missing", "wrong", {"wanted": wanted})
        return
    yield from _webhook_set(endpoint, path, wanted)
    yield from _webhook_called(client, endpoint.url)


def _webhook_set(endpoint: WebhookEndpoint, path: str, wanted: str) -> Iterator[Finding]:
    """Without PLUSONE_URL only the path can be compared: we don't know our own name."""
    known = endpoint.url if settings.PUBLIC_URL else urlsplit(endpoint.url).path
    if known.rstrip("/") != settings.PUBLIC_URL + path:
        yield Finding("webhook_elsewhere", "wrong", {"url": endpoint.url, "wanted": wanted})
    elif not endpoint.active:
        yield Finding("webhook_off", "wrong")
    else:
        yield Finding("webhook_set", "ok", {"url": endpoint.url})


def _webhook_called(client: Client, url: str) -> Iterator[Finding]:
    try:
        test = client.test_webhook()
    except errors.RateLimited:
        yield Finding("webhook_tested_often", "unknown")
        return
    except errors.LineError as error:
        yield Finding("webhook_untested", "unknown", {"status": error.status})
        return
    yield Finding("webhook_answers", "ok") if test.success else _webhook_failed(test, url)


def _webhook_failed(test: WebhookTest, url: str) -> Finding:
    return Finding("webhook_failed", "wrong", {"reason": test.reason, "status": test.status_code, "url": url})


def _quota(account: _Account, client: Client) -> Iterator[Finding]:
    try:
        cap, used = client.quota(), client.consumption()
    except errors.LineError:
        return
    if cap is None:
        yield Finding("quota_unlimited", "ok", {"used": used})
        return
    left = max(0, cap - used)
    level: Level = "wrong" if not left else "warning" if left < account.tenant.quota_floor else "ok"
    yield Finding("quota", level, {"cap": cap, "used": used, "left": left})


def _login(account: _Account) -> Iterator[Finding]:
    wanted = f"{account.site or settings.PUBLIC_URL or 'https://…'}/t/{account.tenant.slug}/liff/"
    return login_check.check(addresses(), account.channel, account.login_secret, wanted)


def _unreadable() -> list[Finding]:
    """Two switches of LINE's that no call can read."""
    return [Finding("groups_unread", "unknown"), Finding("redelivery_unread", "unknown")]
