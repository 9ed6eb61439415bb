"""Walls for orders of Schedule II."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("config", "0027_walls_reports"), ("vault", "0004_forms_stay")]
    operations = [migrations.RunSQL("SELECT raise_walls();", migrations.RunSQL.noop)]
