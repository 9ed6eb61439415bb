"""Walls for electronic orders, what came on them, and the certificates."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0030_walls_transfers"), ("vault", "0008_electronic_orders_stay")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
