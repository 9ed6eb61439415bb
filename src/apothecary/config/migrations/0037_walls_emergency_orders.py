"""Walls for emergency oral orders, what covers them and who was told."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0036_walls_look_ups"),
        ("prescriptions", "0013_emergency_orders_stay"),
    ]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
