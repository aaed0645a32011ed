"""What is fetched from LINE after the event: profiles, photos, quota figures.

Jobs; safe to repeat, no transaction during calls.
"""

import contextlib

from django.conf import settings

from plusone.base import jobs, pictures, scope, uploads
from plusone.base.audit import HOUSE
from plusone.base.models import Event
from plusone.catalogue import actions as catalogue
from plusone.catalogue.models import Product
from plusone.chat.actions import groups
from plusone.chat.models import GroupChat, InboxEvent
from plusone.chat.tasks.account import account
from plusone.chat.tasks.calls import ask_quota
from plusone.customers.actions import note_profile
from plusone.customers.models import Contact
from plusone.line import errors
from plusone.line.answers import Profile
from plusone.line.client import Client
from plusone.tenants.models import Channel

PHOTO_BYTES = 10 * 1024 * 1024


@jobs.task("chat.fetch_profiles", queue="line", scoped=False)
def fetch_profiles(tenant_id: int, event_id: int) -> None:
    """Ask LINE who the contacts are that an event names, and store what it says.

    One job for all who were met together: a job each cost 3 ms of our own time beside the call.
    """
    with scope.tenant(tenant_id):
        named = Event.objects.get(pk=event_id).data["contacts"]
    _fetch(tenant_id, named)


@jobs.task("chat.fetch_missing_profiles")
def fetch_missing_profiles() -> None:
    """Queue a job for every shop with contacts whom LINE wasn't asked about, because it was away then."""
    with scope.everywhere():
        tenant_ids = list(Contact.objects.unknown().values_list("tenant_id", flat=True).distinct())
    for tenant_id in tenant_ids:
        jobs.ring("chat.fetch_missing", tenant_id=tenant_id, key=f"profiles:{tenant_id}")


@jobs.task("chat.fetch_missing", queue="line", scoped=False)
def fetch_missing(tenant_id: int) -> None:
    """Ask LINE about this shop's contacts that it wasn't asked about yet, a thousand at the most."""
    with scope.tenant(tenant_id):
        missing = list(Contact.objects.unknown().values_list("pk", flat=True)[:1000])
    _fetch(tenant_id, missing)


def _fetch(tenant_id: int, contact_ids: list[int]) -> None:
    """Whom LINE doesn't know stays nameless; a LINE that fails ends it, and the sweep goes on later."""
    client = account(tenant_id).client
    if client is None:
        return
    with scope.tenant(tenant_id):
        waiting = dict(Contact.objects.unknown().filter(pk__in=contact_ids).values_list("pk", "line_user_id"))
    with contextlib.suppress(errors.LineError):
        for contact_id, user_id in waiting.items():
            profile = _profile(client, tenant_id, user_id)
            with scope.tenant(tenant_id):
                note_profile(
                    contact_id,
                    name=profile.display_name,
                    picture_url=profile.picture_url,
                    language=profile.language,
                )


def _profile(client: Client, tenant_id: int, user_id: str) -> Profile:
    """From the person's own profile, else as a member of the group or room they wrote in, else empty."""
    with contextlib.suppress(errors.NotFound):
        return client.profile(user_id)
    kind, chat_key = _last_chat(tenant_id, user_id)
    with contextlib.suppress(errors.NotFound):
        if kind == "group":
            return client.group_member(chat_key, user_id)
        if kind == "room":
            return client.room_member(chat_key, user_id)
    return Profile(user_id, "")


def _last_chat(tenant_id: int, user_id: str) -> tuple[str, str]:
    """Kind and key of the chat where the person's newest answered message stands (index `inbox_user`)."""
    with scope.tenant(tenant_id):
        answered = InboxEvent.objects.filter(user_id=user_id, state=InboxEvent.State.DONE)
        found = answered.order_by("-received_at").values_list("chat_kind", "chat_key").first()
    return found or ("", "")


@jobs.task("chat.fetch_groups", queue="line", scoped=False)
def fetch_groups(tenant_id: int, event_id: int | None = None) -> None:
    """Ask LINE for the name and size of the groups an event names, or of all that the account is in."""
    client = account(tenant_id).client
    if client is None:
        return
    with scope.tenant(tenant_id):
        present = GroupChat.objects.present()
        if event_id is not None:
            present = present.filter(pk__in=Event.objects.get(pk=event_id).data["groups"])
        wanted = list(present.values_list("pk", "kind", "chat_key"))
    for group_id, kind, chat_key in wanted:
        with contextlib.suppress(errors.LineError):
            name = client.group_summary(chat_key).name if kind == "group" else ""
            members = client.member_count(kind, chat_key)
            with scope.tenant(tenant_id):
                groups.note_facts(group_id, name=name, members=members)


@jobs.task("chat.fetch_photo", queue="line", scoped=False)
def fetch_photo(tenant_id: int, product_id: int, message_id: str) -> None:
    """Fetch the photo a manager sent, clean it, and make it the product's picture;
    one that can't be used leaves none.
    """
    client = account(tenant_id).client
    if client is None:
        return
    try:
        content = client.content(message_id, max_bytes=PHOTO_BYTES)
        with scope.tenant(tenant_id):
            pictures.admit()
        picture = uploads.clean_image(content.data, max_bytes=PHOTO_BYTES)
    except (errors.Refused, errors.ContentTooBig, uploads.UploadError):
        return
    image = uploads.put(settings.FILES, picture.data, ".jpg")
    thumbnail = uploads.put(settings.FILES, picture.thumb, ".jpg")
    with scope.tenant(tenant_id):
        catalogue.set_picture(HOUSE, Product.objects.get(pk=product_id), image, thumbnail)


@jobs.task("chat.ask_quotas")
def ask_quotas() -> None:
    """Queue a question to LINE for every account's figures of the month."""
    with scope.everywhere():
        tenant_ids = list(Channel.objects.exclude(sealed_token=b"").values_list("tenant_id", flat=True))
    for tenant_id in tenant_ids:
        jobs.ring("chat.ask_tenant_quota", tenant_id=tenant_id, key=f"quota:{tenant_id}")


@jobs.task("chat.ask_tenant_quota", queue="line", scoped=False)
def ask_tenant_quota(tenant_id: int) -> None:
    """Ask LINE for this account's figures; while LINE is silent, the last ones stay."""
    client = account(tenant_id).client
    if client:
        with contextlib.suppress(errors.LineError):
            ask_quota(tenant_id, client)
