"""Every customer has a card; those that exist get theirs one by one."""

from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plusone", "0024_round_public_id")]

    operations = [
        migrations.AddField("customer", "card", models.UUIDField(db_default=RandomUUID())),
        migrations.AddConstraint(
            "customer", models.UniqueConstraint(fields=["tenant", "card"], name="customer_card_once")
        ),
    ]
