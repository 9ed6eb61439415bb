"""Walls for what is on its way to the shelves and what fills wait for."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0016_walls_purchasing"), ("stock", "0006_programmes")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
