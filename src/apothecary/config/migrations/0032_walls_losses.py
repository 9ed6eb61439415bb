"""Walls for losses of controlled drugs, their notices and reports."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0031_walls_electronic_orders"), ("vault", "0010_losses_stay")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
