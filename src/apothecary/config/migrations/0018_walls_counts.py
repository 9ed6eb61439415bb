"""Walls for count sheets, assertions, discrepancies and sweeps."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0017_walls_stock"), ("stock", "0007_counts")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
