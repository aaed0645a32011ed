from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('plusone', '0026_missed_messages'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='paid_total',
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('paid_total__isnull', False), models.Q(('paid_total', models.F('total')), _negated=True)), fields=['tenant', '-id'], name='order_differs'),
        ),
    ]
