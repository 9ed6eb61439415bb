"""Walls for lots under recall."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0022_walls_suspect_cases"), ("stock", "0010_recalled_lots")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
