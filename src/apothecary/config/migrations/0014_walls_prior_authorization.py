"""Walls for prior authorizations."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0013_walls_inquiries"),
        ("claims", "0007_prior_authorization"),
    ]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
