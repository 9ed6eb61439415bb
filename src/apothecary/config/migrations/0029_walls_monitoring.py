"""Walls for what monitoring programmes are told."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0028_walls_orders"), ("vault", "0005_monitoring")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
