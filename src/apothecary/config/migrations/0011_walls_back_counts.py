"""Walls for the counts of what is left."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0010_walls_sig_codes"),
        ("filling", "0003_back_counts"),
    ]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
