"""Walls for tracing documents and what they tell."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0020_walls_vaccines"), ("purchasing", "0004_tracing_is_kept")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
