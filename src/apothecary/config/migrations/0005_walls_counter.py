"""Walls for the tables of the check and the register."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0004_walls_screening"),
        ("verification", "0001_initial"),
        ("pickup", "0001_initial"),
    ]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
