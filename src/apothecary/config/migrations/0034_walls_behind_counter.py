"""Walls for what is sold from behind the counter and for the log of refills."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0033_walls_collector"),
        ("pickup", "0004_counter_stays"),
        ("prescriptions", "0010_refill_log_stays"),
    ]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
