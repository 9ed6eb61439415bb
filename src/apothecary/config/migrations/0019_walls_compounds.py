"""Walls for compounds and their ingredients."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0018_walls_counts"), ("prescriptions", "0005_compounds")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
