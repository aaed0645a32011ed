"""Indexes that carry what figures are counted from (docs/decisions/0044)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plusone", "0020_archive")]

    operations = [
        migrations.RemoveIndex("order", "order_customer"),
        migrations.AddIndex(
            "order",
            models.Index(
                fields=["tenant", "customer", "-id"],
                include=["status", "total", "placed_at"],
                name="order_customer",
            ),
        ),
        migrations.AddIndex(
            "order",
            models.Index(
                fields=["tenant", "placed_at"],
                include=["status", "total", "source", "customer", "id"],
                condition=models.Q(placed_at__isnull=False),
                name="order_placed",
            ),
        ),
        migrations.RemoveIndex("orderline", "line_order"),
        migrations.AddIndex(
            "orderline",
            models.Index(
                fields=["tenant", "order"], include=["product", "quantity", "unit_price"], name="line_order"
            ),
        ),
        migrations.RemoveIndex("orderline", "line_round"),
        migrations.AddIndex(
            "orderline",
            models.Index(
                fields=["tenant", "round", "variant"],
                include=["order", "quantity", "unit_price"],
                name="line_round",
                condition=models.Q(round__isnull=False),
            ),
        ),
    ]
