"""Meet people: contacts as LINE tells of them, each with a customer."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models.functions import Now

from plusone.base import audit, events, scope
from plusone.base.audit import Actor
from plusone.customers.models import Contact, Customer
from plusone.tenants import rules
from plusone.tenants.models import Member


@dataclass(frozen=True, slots=True)
class Person:
    """A contact with its customer; `manages` when this is the LINE of a member who may change products."""

    contact_id: int
    customer_id: int
    language: str
    manages: bool
    is_friend: bool


_FIND = """
    select c.line_user_id, c.id, c.customer_id, c.language,
           coalesce(r.permissions ? %s, m.role = any(%s), false),
           c.followed_at is not null and (c.blocked_at is null or c.blocked_at < c.followed_at)
      from plusone_contact c
      left join plusone_member m on m.tenant_id = c.tenant_id and m.id = c.member_id
      left join plusone_teamrole r on r.tenant_id = m.tenant_id and r.code = m.role
     where c.tenant_id = (select %s::bigint) and c.line_user_id = any(%s)
"""
# Customer and contact are made together; the row number joins the new customers to the ids they are for.
_MEET = """
    with wanted as (select u, row_number() over () as n from unnest(%(ids)s::text[]) u),
    made as (
      insert into plusone_customer (tenant_id, name, phone, email)
      select %(tenant)s, '', '', '' from wanted returning id),
    numbered as (select id, row_number() over (order by id) as n from made)
    insert into plusone_contact (tenant_id, line_user_id, customer_id, display_name, picture_url, language)
    select %(tenant)s, w.u, m.id, '', '', '' from wanted w join numbered m using (n)
    returning id
"""


def meet(user_ids: Iterable[str]) -> dict[str, Person]:
    """The people behind these LINE user ids;
    unknown ones are inserted and `contact.met` is recorded for them.

    Two callers may meet the same stranger at once:
    the advisory lock lets the second find the first one's row.
    """
    wanted = sorted(set(user_ids))
    found = _find(wanted)
    strangers = [user_id for user_id in wanted if user_id not in found]
    if strangers:
        found |= _introduce(strangers)
    return found


def _introduce(strangers: list[str]) -> dict[str, Person]:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('meet'), %s::int)", [scope.current() % 2**31])
        known = _find(strangers)
        new = [user_id for user_id in strangers if user_id not in known]
        if not new:
            return known
        cursor.execute(_MEET, {"tenant": scope.current(), "ids": new})
        ids = [row[0] for row in cursor.fetchall()]
    events.record("contact.met", contacts=ids)
    return _find(strangers)


def _find(user_ids: list[str]) -> dict[str, Person]:
    with connection.cursor() as cursor:
        managing = sorted(rules.PERMISSIONS[rules.MANAGES_BY_CHAT])
        cursor.execute(_FIND, [rules.MANAGES_BY_CHAT, managing, scope.current(), user_ids])
        return {row[0]: Person(row[1], row[2], row[3], row[4], row[5]) for row in cursor.fetchall()}


def add(actor: Actor, name: str, phone: str) -> Customer:
    """Insert a customer whom the team knows and LINE does not, with an audit entry."""
    made = Customer.objects.create(name=name.strip()[:120], phone=phone.strip()[:40])
    audit.note(actor, "customer.add", f"customer:{made.pk}", None, {"name": made.name, "phone": made.phone})
    return made


def note_profile(contact_id: int, *, name: str, picture_url: str, language: str) -> None:
    """Store what LINE says of the contact; the customer takes the name when it has none of its own.

    An empty name means that LINE doesn't tell: what was known stays.
    """
    contact = Contact.objects.get(pk=contact_id)
    before = contact.display_name
    name, picture_url = name or before, picture_url or contact.picture_url
    Contact.objects.filter(pk=contact_id).update(
        display_name=name[:120],
        picture_url=picture_url[:500],
        language=language or contact.language,
        profile_at=Now(),
    )
    Customer.objects.filter(pk=contact.customer_id, name__in=["", before]).update(name=name[:120])


def follow(contact_id: int) -> None:
    """The person added the account as a friend, or unblocked it; `contact.followed` has their profile read
    anew: LINE tells more of a friend.
    """
    Contact.objects.filter(pk=contact_id).update(followed_at=Now(), blocked_at=None, profile_at=None)
    events.record("contact.followed", contacts=[contact_id])


def block(contact_id: int) -> None:
    """The person blocked the account: nothing may be pushed to them."""
    Contact.objects.filter(pk=contact_id).update(blocked_at=Now())


def pair(contact_id: int, member: Member) -> None:
    """This LINE contact is the team member: they now manage products by chat and get staff notices."""
    Contact.objects.filter(member=member).update(member=None)
    Contact.objects.filter(pk=contact_id).update(member=member)


def set_contact_data(
    actor: Actor, customer: Customer, *, name: str, phone: str, email: str, note: str
) -> bool:
    """Store what the shop knows of the customer; False when nothing is new.

    The record keeps which fields changed, not what was in them.
    """
    wanted = {"name": name.strip(), "phone": phone.strip(), "email": email.strip(), "note": note.strip()}
    held = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    changed = sorted(field for field, value in wanted.items() if getattr(held, field) != value)
    if not changed:
        return False
    Customer.objects.filter(pk=held.pk).update(**wanted)
    audit.note(
        actor, "customer.changed", f"customer:{held.pk}", after={"name": wanted["name"], "fields": changed}
    )
    return True
