"""Walls for the cards chosen for a fill."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0011_walls_back_counts"),
        ("claims", "0005_several_payers"),
    ]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
