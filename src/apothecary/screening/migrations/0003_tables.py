"""The tables of the room."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from apothecary.staff.tables import Tables


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("screening", "0001_initial"),
        ("screening", "0002_leaner_indexes"),
        ("screening", "0003_loaded_pairs"),
    ]
    dependencies = [
        ("drugs", "0011_tables"),
        ("patients", "0004_tables"),
        ("prescriptions", "0011_tables"),
        ("staff", "0003_tables"),
    ]
    operations = [
        Tables([
            migrations.CreateModel(
                name='Finding',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.TextField()),
                    ('severity', models.TextField()),
                    ('says', models.TextField()),
                    ('because', models.TextField()),
                    ('cite', models.TextField()),
                    ('source_on', models.DateField()),
                    ('verified', models.TextField()),
                    ('clears', models.TextField()),
                    ('fingerprint', models.TextField()),
                    ('found_at', models.DateTimeField()),
                    ('resolved_at', models.DateTimeField(null=True)),
                    ('reason_code', models.CharField(blank=True, default='', max_length=2)),
                    ('service_code', models.CharField(blank=True, default='', max_length=2)),
                    ('result_code', models.CharField(blank=True, default='', max_length=2)),
                    ('resolution', models.TextField(blank=True, default='')),
                    ('fill', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='prescriptions.fill')),
                    ('patient', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='patients.patient')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                    ('resolved_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='staff.person')),
                    ('silenced_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='screening.finding')),
                ],
                options={
                    'indexes': [models.Index(fields=['pharmacy', 'patient', 'fingerprint'], name='finding_memory')],
                    'constraints': [models.UniqueConstraint(fields=('fill', 'fingerprint'), name='finding_once')],
                },
            ),
            migrations.CreateModel(
                name='Pair',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('gone_on', models.DateField(null=True)),
                    ('nui', models.TextField()),
                    ('name_a', models.TextField()),
                    ('name_b', models.TextField(blank=True, default='')),
                    ('severity', models.TextField()),
                    ('keys_a', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                    ('keys_b', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                    ('keys', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                    ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='drugs.batch')),
                    ('since', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='drugs.batch')),
                    ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='drugs.source')),
                ],
                options={
                    'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['keys'], name='pair_of_ingredients')],
                    'constraints': [models.UniqueConstraint(fields=('source', 'nui'), name='pair_once')],
                },
            ),
        ]),
    ]
