"""The shop's own order of products, further pictures, notes of stock movements, tables of products.

Every product that exists keeps place 0: equal places stand newest first, as until now.
"""

from typing import Any

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import plusone.base.scope
from plusone.base import walls

OWNED = ["picture", "productfile"]


def tenant() -> "models.ForeignKey[Any, Any]":
    """The column that every row of a shop has."""
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        default=plusone.base.scope.for_new_row,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="+",
        to="plusone.tenant",
    )


def number() -> "models.BigAutoField[Any, Any]":
    """The column that names a row."""
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("plusone", "0018_waiting")]

    operations = [
        migrations.AddField("product", "place", models.BigIntegerField(db_default=0)),
        migrations.AddIndex("product", models.Index(fields=["tenant", "place", "-id"], name="product_place")),
        migrations.AddField("stockmovement", "note", models.CharField(blank=True, db_default="", max_length=120)),
        migrations.CreateModel(
            name="Picture",
            fields=[
                ("id", number()),
                ("image", models.CharField(max_length=80)),
                ("thumbnail", models.CharField(max_length=80)),
                ("place", models.PositiveIntegerField(default=0)),
                (
                    "product",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="plusone.product",
                    ),
                ),
                ("tenant", tenant()),
            ],
            options={"indexes": [models.Index(fields=["tenant", "product"], name="picture_product")]},
        ),
        migrations.CreateModel(
            name="ProductFile",
            fields=[
                ("id", number()),
                ("name", models.CharField(max_length=120)),
                ("digest", models.CharField(max_length=64)),
                ("encoding", models.CharField(max_length=20)),
                ("unknown", models.JSONField(default=list)),
                ("plan", models.JSONField(default=list)),
                ("same", models.PositiveIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("seen", "Seen"), ("applied", "Applied")], default="seen", max_length=10
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("applied_at", models.DateTimeField(null=True)),
                ("actor_kind", models.CharField(blank=True, max_length=20)),
                ("actor", models.CharField(blank=True, max_length=80)),
                ("tenant", tenant()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "applied")),
                        fields=("tenant", "digest"),
                        name="product_file_once",
                    )
                ]
            },
        ),
        migrations.RunSQL(
            "".join(
                [*map(walls.own, OWNED), walls.root(["productfile"]), walls.key("picture", "product_id", "product")]
            ),
            migrations.RunSQL.noop,
        ),
    ]
