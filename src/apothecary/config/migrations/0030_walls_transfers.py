"""Walls for prescriptions given to other pharmacies and taken from them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0029_walls_monitoring"),
        ("prescriptions", "0008_transfers_stay"),
    ]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
