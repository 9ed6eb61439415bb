"""Posted payments and remittances are never changed."""

from importlib.resources import files

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("claims", "0008_money")]
    operations = [
        migrations.RunSQL(
            files("apothecary.claims.money").joinpath("append_only.sql").read_text()
        )
    ]
