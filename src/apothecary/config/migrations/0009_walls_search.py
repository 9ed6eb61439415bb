"""Walls for what comes first in a pharmacy's searches."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("config", "0008_walls_judgements"),
        ("drugs", "0003_search"),
    ]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
