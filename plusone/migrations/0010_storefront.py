"""Buyers' sessions, products' public ids, and the word a shared link carries to its orders."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import plusone.base.ids
import plusone.base.scope
from plusone.base import walls

# By the table's own rewrite, which no row-level security hides rows from; each row gets an id of its own.
PUBLIC_ID = """
    alter table plusone_product add column public_id varchar(24) not null
        default substr(replace(gen_random_uuid()::text, '-', ''), 1, 24);
    alter table plusone_product alter column public_id drop default;
"""


class Migration(migrations.Migration):
    dependencies = [("plusone", "0009_rounds")]

    operations = [
        migrations.RunSQL(
            PUBLIC_ID,
            "alter table plusone_product drop column public_id",
            state_operations=[
                migrations.AddField(
                    model_name="product",
                    name="public_id",
                    field=models.CharField(default=plusone.base.ids.new_public_id, max_length=24),
                )
            ],
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(fields=("tenant", "public_id"), name="product_public_id_once"),
        ),
        migrations.AddField(
            model_name="order",
            name="source_word",
            field=models.CharField(blank=True, db_default="", max_length=40),
        ),
        migrations.CreateModel(
            name="BuyerSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("expires_at", models.DateTimeField()),
                (
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="plusone.contact",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        default=plusone.base.scope.for_new_row,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="plusone.tenant",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["tenant", "expires_at"], name="buyersession_end")],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "token_hash"), name="buyersession_once")
                ],
            },
        ),
        migrations.RunSQL(
            walls.own("buyersession") + walls.key("buyersession", "contact_id", "contact"),
            migrations.RunSQL.noop,
        ),
    ]
