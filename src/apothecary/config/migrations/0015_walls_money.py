"""Walls for remittances, payments and differences."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0014_walls_prior_authorization"),
        ("claims", "0009_money_append_only"),
    ]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
