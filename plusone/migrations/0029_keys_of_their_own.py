"""No index made after a table's primary key may serve a foreign key's check (docs/decisions/0094)."""

from django.db import migrations, models

UNIQUE = (
    ("customer", "customer_card_once", "card"),
    ("product", "product_public_id_once", "public_id"),
    ("round", "round_public_id_once", "public_id"),
)


class Migration(migrations.Migration):
    dependencies = [("plusone", "0028_missed_as_written")]

    operations = [
        migrations.RemoveIndex("order", "order_customer"),
        migrations.AddIndex(
            "order",
            models.Index(
                fields=["tenant", "customer", "-id"],
                include=["status", "total", "placed_at"],
                condition=models.Q(customer__isnull=False),
                name="order_customer",
            ),
        ),
        migrations.RemoveIndex("product", "product_place"),
        migrations.AddIndex(
            "product",
            models.Index(
                fields=["tenant", "place", "-id"],
                name="product_place",
                condition=models.Q(removed_at=None),
            ),
        ),
        *[
            step
            for model, name, column in UNIQUE
            for step in (
                migrations.RemoveConstraint(model, name),
                migrations.AddConstraint(
                    model,
                    models.UniqueConstraint(
                        fields=["tenant", column],
                        condition=models.Q(**{f"{column}__isnull": False}),
                        name=name,
                    ),
                ),
            )
        ],
    ]
