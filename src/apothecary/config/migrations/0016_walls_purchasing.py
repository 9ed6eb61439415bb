"""Walls for wholesalers, orders, papers, receipts and invoices."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0015_walls_money"), ("purchasing", "0001_initial")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
