"""The append function and the triggers that refuse every change."""

from importlib.resources import files

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_append")]
    operations = [
        migrations.RunSQL(files("apothecary.journal").joinpath("sql/append_planned.sql").read_text())
    ]
