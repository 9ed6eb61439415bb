"""The tables of the room."""

import django.db.models.deletion
from django.db import migrations, models

from apothecary.staff.tables import Tables


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("doors", "0001_initial"),
        ("doors", "0002_leaner_indexes"),
    ]
    dependencies = [
        ("staff", "0003_tables"),
    ]
    operations = [
        Tables([
            migrations.CreateModel(
                name='Answered',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('person_id', models.BigIntegerField()),
                    ('key', models.TextField()),
                    ('request_hash', models.BinaryField()),
                    ('at', models.DateTimeField()),
                    ('status', models.IntegerField(null=True)),
                    ('body', models.BinaryField(null=True)),
                    ('content_type', models.TextField(default='')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('pharmacy', 'person_id', 'key'), name='answered_once')],
                },
            ),
        ]),
    ]
