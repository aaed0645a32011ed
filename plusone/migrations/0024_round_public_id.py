"""A round's page for buyers has an address that can't be guessed. Rounds that exist get theirs one by one."""

from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plusone", "0023_payment_note")]

    operations = [
        migrations.AddField("round", "public_id", models.UUIDField(db_default=RandomUUID())),
        migrations.AddConstraint(
            "round", models.UniqueConstraint(fields=["tenant", "public_id"], name="round_public_id_once")
        ),
    ]
