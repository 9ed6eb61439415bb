"""The same wall around what has come in."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0001_walls"), ("intake", "0001_initial")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
