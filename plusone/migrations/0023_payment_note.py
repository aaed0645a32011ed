"""How buyers pay, in the shop's own words."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plusone", "0022_bulk_letters")]

    operations = [
        migrations.AddField(
            "tenant",
            "payment_note",
            models.CharField(blank=True, db_default="", default="", max_length=600),
        ),
    ]
