"""Walls for what first payers are told of later ones."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0026_walls_recalls"), ("claims", "0011_reports")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
