"""Walls for electronic controlled prescriptions and for changed schedules."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0037_walls_emergency_orders"),
        ("vault", "0018_changed_schedules_stay"),
    ]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
