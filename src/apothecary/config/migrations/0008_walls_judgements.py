"""Walls for what pharmacists judged."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0007_walls_filling"),
        ("prescriptions", "0003_judgement"),
    ]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
