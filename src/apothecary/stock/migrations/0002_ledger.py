"""The ledger's functions and the triggers that keep moves as they were written."""

from importlib.resources import files

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial")]
    operations = [
        migrations.RunSQL(files("apothecary.stock").joinpath(f"sql/{name}.sql").read_text())
        for name in ("ledger_triggers", "ledger")
    ]
