"""Walls for the tables of the filling counter."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0006_walls_doors"),
        ("filling", "0001_initial"),
    ]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
