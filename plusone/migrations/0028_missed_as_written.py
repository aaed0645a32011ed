from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('plusone', '0027_order_paid_total'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='inboxevent', name='inbox_missed'),
        migrations.AddIndex(
            model_name='inboxevent',
            index=models.Index(condition=models.Q(('error', 'plan_lapsed'), ('state__in', ['stale', 'quarantined']), _connector='OR'), fields=['tenant', '-line_at', '-id'], name='inbox_missed'),
        ),
    ]
