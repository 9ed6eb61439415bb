"""Walls for the counts, cases, log, inventories and powers of attorney of the vault."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0024_walls_returns"), ("vault", "0002_records_stay")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
