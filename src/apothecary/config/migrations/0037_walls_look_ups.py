"""Walls for what programmes are asked about patients."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0036_walls_behind_counter"), ("vault", "0013_look_ups")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
