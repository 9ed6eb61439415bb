"""Walls for suspect cases, verifications and the size of the owner."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0021_walls_tracing"),
        ("purchasing", "0006_cases_are_kept"),
    ]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
