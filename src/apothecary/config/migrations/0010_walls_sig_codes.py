"""Walls for a pharmacy's own sig codes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0009_walls_search"),
        ("intake", "0003_sig_codes"),
    ]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
