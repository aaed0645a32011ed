"""What is fetched from LINE after the event: profiles, photos, quota figures.

Jobs; safe to repeat, no transaction during calls.
"""

import contextlib

from django.conf import settings

from plusone.base import jobs, scope, uploads
from plusone.base.audit import HOUSE
from plusone.base.models import Event
from plusone.catalogue import actions as catalogue
from plusone.catalogue.models import Product
from plusone.chat.models import InboxEvent
from plusone.chat.tasks.account import account
from plusone.chat.tasks.calls import ask_quota
from plusone.customers.actions import note_profile
from plusone.customers.models import Contact
from plusone.line import errors
from plusone.line.answers import Profile
from plusone.line.client import Client
from plusone.tenants.models import Channel

PHOTO_BYTES = 10 * 1024 * 1024


@jobs.task("chat.fetch_profiles", queue="line")
def fetch_profiles(event_id: int) -> None:
    """Queue one job for each contact that an event `contact.met` names."""
    for contact_id in Event.objects.get(pk=event_id).data["contacts"]:
        jobs.ring("chat.fetch_profile", tenant_id=scope.current(), contact_id=contact_id)


@jobs.task("chat.fetch_profile", queue="line", scoped=False)
def fetch_profile(tenant_id: int, contact_id: int) -> None:
    """Ask LINE who the contact is and store it; a person whom LINE doesn't tell of stays nameless."""
    client = account(tenant_id).client
    with scope.tenant(tenant_id):
        user_id = Contact.objects.get(pk=contact_id).line_user_id
        events = InboxEvent.objects.filter(user_id=user_id, chat_kind="group").order_by("-id")
        group = events.values_list("chat_key", flat=True).first()
    profile = _profile(client, user_id, group) if client else None
    if profile:
        with scope.tenant(tenant_id):
            note_profile(
                contact_id,
                name=profile.display_name,
                picture_url=profile.picture_url,
                language=profile.language,
            )


def _profile(client: Client, user_id: str, group: str | None) -> Profile | None:
    """From the person's own profile, else as a member of a group they wrote in."""
    try:
        return client.profile(user_id)
    except errors.NotFound:
        if not group:
            return None
    try:
        return client.group_member(group, user_id)
    except errors.NotFound:
        return None


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
