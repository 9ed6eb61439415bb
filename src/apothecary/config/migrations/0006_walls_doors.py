"""Walls for the table of answered requests."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0005_walls_counter"),
        ("doors", "0001_initial"),
    ]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
