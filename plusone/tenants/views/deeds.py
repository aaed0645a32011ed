"""What the record of deeds says, in sentences: `member.removed` about `member:7` becomes “Removed 阿明 …”."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from plusone.base.models import AuditEntry
from plusone.tenants.models import Tenant
from plusone.tenants.views import who, words

Text = str | Promise

# Each action that the code records has a sentence here; tests/tenants/test_history.py finds what is missing.
SENTENCES: dict[str, Text] = {
    "channel.connected": _("Changed the LINE account's settings"),
    "shop.opened": _("Opened the shop"),
    "shop.company": _("Changed the company's name or contact"),
    "shop.changed": _("Changed how the shop answers"),
    "product.put_up": _("Created the product %(thing)s"),
    "product.changed": _("Changed the product %(thing)s"),
    "product.shown": _("Put %(thing)s on sale"),
    "product.hidden": _("Took %(thing)s off sale"),
    "product.pictured": _("Gave %(thing)s a picture"),
    "round.started": _("Opened a group-buy round"),
    "round.changed": _("Changed a group-buy round"),
    "round.opened": _("Opened a planned round at once"),
    "round.closing": _("Changed when a round closes"),
    "round.finished": _("Finished a round"),
    "round.unfinished": _("Reopened a finished round"),
    "round.joined": _("Put a new product into the open round"),
    "bank.pasted": _("Pasted bank lines"),
    "bank.seen": _("Saw a reported transfer at the bank"),
    "bank.set_aside": _("Set a bank line aside"),
    "bank.taken_back": _("Brought back a bank line"),
    "transfer.matched": _("Confirmed that a transfer pays orders"),
    "transfer.unmatched": _("Undid a match of a transfer"),
    "waiting.removed": _("Took somebody off the waiting list of %(thing)s"),
    "waiting.put_back": _("Put somebody back on the waiting list of %(thing)s"),
    "pickup.added": _("Added a pick-up point"),
    "pickup.removed": _("Took a pick-up point out of use"),
    "pickup.taken_back": _("Took a pick-up point back into use"),
    "orders.export": _("Requested a file of orders"),
    "product.placed": _("Moved %(thing)s on the shelf"),
    "product.gallery": _("Changed the pictures of %(thing)s"),
    "products.shown": _("Put products on sale"),
    "products.hidden": _("Took products off sale"),
    "products.categorised": _("Set the category of products"),
    "products.priced": _("Set the price of products"),
    "products.stocked": _("Changed the stock of products"),
    "products.removed": _("Removed products"),
    "products.undone": _("Undid a change of products"),
    "products.imported": _("Imported the table %(thing)s"),
    "letter.words": _("Changed the words of a message template"),
    "richmenu.make": _("Created a rich menu"),
    "richmenu.change": _("Changed a rich menu"),
    "richmenu.publishing": _("Published a rich menu"),
    "richmenu.stop": _("Stopped the publication of a rich menu"),
    "richmenu.live": _("A rich menu went live at LINE"),
    "richmenu.removing": _("Took a rich menu off LINE"),
    "richmenu.remove": _("Removed a rich menu"),
    "richmenu.default": _("Changed which rich menu everybody sees"),
    "richmenu.slot": _("Set times for a rich menu"),
    "richmenu.slot_gone": _("Removed times of a rich menu"),
    "richmenu.repair": _("Repaired the rich menus at LINE"),
    "richmenu.adopt": _("Took over a rich menu found at LINE"),
    "customer.add": _("Added the customer %(thing)s"),
    "customer.changed": _("Changed the contact data of %(thing)s"),
    "customers.exported": _("Downloaded the list of customers"),
    "shop.export_asked": _("Requested the whole shop as an archive"),
    "shop.export_fetched": _("Downloaded the whole shop as an archive"),
    "shop.imported": _("Imported the shop from an archive"),
    "fence.released": _("Released the messages held after the import"),
    "fence.discarded": _("Discarded the messages held after the import"),
    "plan.checkout_opened": _("Went to pay for the plan"),
    "plan.changed": _("The plan changed"),
    "member.invited": _("Invited somebody: %(thing)s"),
    "invite.revoked": _("Withdrew the invite: %(thing)s"),
    "member.joined": _("%(thing)s joined the team"),
    "member.changed": _("Changed the role of %(thing)s"),
    "member.removed": _("Removed %(thing)s from the team"),
    "role.made": _("Created the role %(thing)s"),
    "role.changed": _("Changed what the role %(thing)s may do"),
    "role.removed": _("Removed the role %(thing)s, or reset it"),
}
# What the record can be about, for the filter: the word before the colon of its subject.
KINDS: dict[str, Text] = {
    "richmenu": _("Rich menus"),
    "product": _("Products"),
    "round": _("Rounds"),
    "customer": _("Customers"),
    "products": _("Many products at once"),
    "file": _("Imported tables"),
    "member": _("Team members"),
    "invite": _("Invites"),
    "role": _("Roles"),
    "channel": _("LINE account"),
    "tenant": _("Shop settings"),
}
_LOST = {"products.removed", "member.removed", "role.removed", "invite.revoked"}


def told(entries: Sequence[AuditEntry], tenant: Tenant) -> list[dict[str, Any]]:
    """The entries as parts/timeline.html wants them. A few queries, however many entries."""
    names = who.names((entry.actor_kind, entry.actor) for entry in entries)
    things = _things(entries)
    roles = words.role_names()
    return [
        {
            "when": entry.at,
            "who": names[entry.actor_kind, entry.actor],
            "what": _sentence(entry, things, roles),
            "detail": _detail(entry, roles),
            "url": _address(entry, things, tenant),
            "lost": entry.action in _LOST,
        }
        for entry in entries
    ]


def thing_name(subject: str) -> str:
    """What one thing is called, as far as the record knows."""
    return _called(subject, _known([subject]), words.role_names())


def _sentence(entry: AuditEntry, things: dict[str, dict[str, str]], roles: dict[str, str]) -> str:
    sentence = SENTENCES.get(entry.action)
    if sentence is None:
        return f"{entry.action} · {entry.subject}"
    return str(sentence) % {"thing": _called(entry.subject, things, roles)}


def _called(subject: str, things: dict[str, dict[str, str]], roles: dict[str, str]) -> str:
    kind, _colon, code = subject.partition(":")
    known = things.get(subject, {})
    if kind == "role":
        return roles.get(code) or known.get("name") or gettext("(removed)")
    if kind == "invite":
        return known.get("name") or gettext("a new member")
    return known.get("name") or known.get("code") or code


def _things(entries: Iterable[AuditEntry]) -> dict[str, dict[str, str]]:
    return _known(sorted({entry.subject for entry in entries}))


def _known(subjects: Sequence[str]) -> dict[str, dict[str, str]]:
    """Subject to its name and code, as the newest entries about it tell: the record itself remembers what
    things were called, also those of areas that this one doesn't know and those that are gone.
    """
    tells = Q(before__has_any_keys=["name", "code"]) | Q(after__has_any_keys=["name", "code"])
    rows = AuditEntry.objects.filter(tells, subject__in=subjects).order_by("pk")
    found: dict[str, dict[str, str]] = {}
    for subject, before, after in rows.values_list("subject", "before", "after"):
        for told_ in (before, after):
            known = {key: told_[key] for key in ("name", "code") if told_.get(key)}
            found.setdefault(subject, {}).update(known)
    return found


def _detail(entry: AuditEntry, roles: dict[str, str]) -> str:
    before, after = entry.before, entry.after
    if entry.subject == "products":
        count = len(before)
        return ngettext("%(count)d product", "%(count)d products", count) % {"count": count}
    if entry.action == "member.changed":
        return f"{_role(before, roles)} → {_role(after, roles)}"
    if "role" in after or "role" in before:
        return _role(after or before, roles)
    if entry.action == "role.changed":
        return _permissions(before.get("permissions", []), after.get("permissions", []))
    if before.get("name") and after.get("name") and before["name"] != after["name"]:
        return f"{before['name']} → {after['name']}"
    return ""


def _role(told_: dict[str, Any], roles: dict[str, str]) -> str:
    return roles.get(told_.get("role", ""), gettext("(removed)"))


def _permissions(before: Sequence[str], after: Sequence[str]) -> str:
    more = [f"+ {words.permission(code)}" for code in sorted(set(after) - set(before))]
    fewer = [f"\N{MINUS SIGN} {words.permission(code)}" for code in sorted(set(before) - set(after))]
    return "\n".join([*more, *fewer])


def _address(entry: AuditEntry, things: dict[str, dict[str, str]], tenant: Tenant) -> str:
    """Where the thing is now, for those kinds that have a page and are still there."""
    if entry.action in _LOST:
        return ""
    kind, _colon, pk = entry.subject.partition(":")
    code = things.get(entry.subject, {}).get("code", "")
    if kind == "product" and code:
        return reverse("console-product", args=[tenant.slug, code])
    if kind == "customer":
        return reverse("console-customer", args=[tenant.slug, pk])
    if kind in ("channel", "tenant"):
        return reverse("console-settings", args=[tenant.slug])
    return reverse("console-history", args=[tenant.slug]) + f"?about={kind}:{pk}"
