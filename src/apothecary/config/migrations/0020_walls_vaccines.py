"""Walls for vaccines given."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0019_walls_compounds"), ("prescriptions", "0006_billed_apart")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
