"""Walls for the claims room's table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0002_walls_intake"),
        ("claims", "0001_initial"),
    ]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
