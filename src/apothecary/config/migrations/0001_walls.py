"""Walls between pharmacies, once every table stands."""

from importlib.resources import files

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("wires", "0001_initial"),
        ("journal", "0002_append"),
        ("patients", "0001_initial"),
        ("stock", "0002_ledger"),
        ("prescriptions", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(files("apothecary.config").joinpath("sql/walls.sql").read_text())
    ]
