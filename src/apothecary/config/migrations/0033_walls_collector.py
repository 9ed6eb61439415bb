"""Walls for who is a registered collector."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0032_walls_losses"), ("returns", "0005_collector")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
