"""Walls for recalls, their places and their calls."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0025_walls_vault"), ("returns", "0004_calls_stay")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
