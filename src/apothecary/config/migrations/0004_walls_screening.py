"""Walls for the screening room's table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0003_walls_claims"),
        ("screening", "0001_initial"),
    ]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
