"""Walls for what was said of red flags."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0034_walls_behind_counter"), ("vault", "0012_looks_stay")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
