"""Walls for eligibility questions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0012_walls_several_payers"),
        ("claims", "0006_captured_and_inquiries"),
    ]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
