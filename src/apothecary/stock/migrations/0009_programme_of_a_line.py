"""Each ingredient of a compound is drawn from the stock of its own programme."""

from importlib.resources import files

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("stock", "0008_lines_in_order")]
    operations = [
        migrations.RunSQL(
            files("apothecary.stock").joinpath("sql/reserving.sql").read_text(),
            migrations.RunSQL.noop,
        ),
    ]
