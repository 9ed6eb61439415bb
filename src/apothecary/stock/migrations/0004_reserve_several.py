"""A fill may be promised several packages at once: the ingredients of a compound."""

from importlib.resources import files

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("stock", "0003_leaner_indexes")]
    operations = [
        migrations.RunSQL(
            files("apothecary.stock").joinpath("sql/reserving.sql").read_text(),
            migrations.RunSQL.noop,
        )
    ]
