"""The lines of one act are posted in the order in which they are given."""

from importlib.resources import files

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("stock", "0007_counts")]
    operations = [
        migrations.RunSQL(
            files("apothecary.stock").joinpath("sql/ledger.sql").read_text(),
            migrations.RunSQL.noop,
        )
    ]
