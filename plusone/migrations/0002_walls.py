"""Row-level security, keys that start with the tenant, and keys between tables of one tenant."""

from django.db import migrations

from plusone.base import walls

OWNED = [
    "event",
    "counter",
    "auditentry",
    "command",
    "member",
    "channel",
    "apitoken",
    "customer",
    "contact",
    "product",
    "variant",
    "stockmovement",
    "inboxevent",
    "outboxmessage",
    "attempt",
    "quotamonth",
    "order",
    "orderline",
    "orderchange",
    "showing",
]
# The inbox and outbox are written a thousand times a second and their tenant was looked up a moment before: no key there.
ROOTS = ["event", "counter", "auditentry", "command", "member", "channel", "apitoken", "customer", "product", "quotamonth"]
KEYS = [
    ("contact", "customer_id", "customer"),
    ("contact", "member_id", "member"),
    ("variant", "product_id", "product"),
    ("stockmovement", "variant_id", "variant"),
    ("attempt", "message_id", "outboxmessage"),
    ("order", "customer_id", "customer"),
    ("order", "contact_id", "contact"),
    # A line's product and customer are its variant's and its order's: the two keys below carry them.
    ("orderline", "order_id", "order"),
    ("orderline", "variant_id", "variant"),
    ("orderchange", "order_id", "order"),
    ("showing", "product_id", "product"),
]


class Migration(migrations.Migration):
    dependencies = [("plusone", "0001_nouns")]

    operations = [
        migrations.RunSQL(
            "".join([*map(walls.own, OWNED), walls.root(ROOTS), *(walls.key(*key) for key in KEYS)]),
            migrations.RunSQL.noop,
        )
    ]
