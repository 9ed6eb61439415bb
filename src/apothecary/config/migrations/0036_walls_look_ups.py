"""Walls for what programmes are asked about patients."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0035_walls_red_flags"), ("vault", "0013_look_ups")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
