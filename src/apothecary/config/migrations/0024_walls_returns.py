"""Walls for returns and disposal."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0023_walls_recalled_lots"), ("returns", "0002_records_stay")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
