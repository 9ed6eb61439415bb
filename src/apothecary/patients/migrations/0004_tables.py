"""The tables of the room."""

import django.db.models.deletion
from django.db import migrations, models

from apothecary.staff.tables import Tables


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("patients", "0001_initial"),
        ("patients", "0002_leaner_indexes"),
        ("patients", "0003_kinds_of_cards"),
        ("patients", "0004_residence"),
    ]
    dependencies = [
        ("staff", "0003_tables"),
    ]
    operations = [
        Tables([
            migrations.CreateModel(
                name='Patient',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('last_name', models.TextField()),
                    ('first_name', models.TextField()),
                    ('middle_name', models.TextField(blank=True, default='')),
                    ('folded', models.TextField()),
                    ('birth_date', models.DateField()),
                    ('sex', models.CharField(max_length=1)),
                    ('language', models.CharField(default='en', max_length=2)),
                    ('weight_kg', models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                    ('street', models.TextField(blank=True, default='')),
                    ('city', models.TextField(blank=True, default='')),
                    ('state', models.CharField(blank=True, default='', max_length=2)),
                    ('postal_code', models.TextField(blank=True, default='')),
                    ('phone', models.CharField(blank=True, default='', max_length=10)),
                    ('notes', models.TextField(blank=True, default='')),
                    ('easy_open_caps', models.BooleanField(default=False)),
                    ('allergies_reviewed_on', models.DateField(null=True)),
                    ('residence', models.CharField(blank=True, db_default='', default='', max_length=2)),
                    ('place_of_service', models.CharField(blank=True, db_default='', default='', max_length=2)),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
            ),
            migrations.CreateModel(
                name='Coverage',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('order', models.IntegerField(default=1)),
                    ('kind', models.TextField(choices=[('commercial', 'commercial plan'), ('medicare d', 'Medicare Part D'), ('medicare b', 'Medicare Part B'), ('medicaid', 'Medicaid'), ('workers compensation', 'workers’ compensation'), ('coupon', 'manufacturer’s coupon'), ('discount', 'discount card')], db_default='commercial', default='commercial')),
                    ('plan_name', models.TextField()),
                    ('bin', models.CharField(max_length=6)),
                    ('pcn', models.CharField(blank=True, default='', max_length=10)),
                    ('group', models.CharField(blank=True, default='', max_length=15)),
                    ('cardholder_id', models.CharField(max_length=20)),
                    ('person_code', models.CharField(blank=True, default='', max_length=3)),
                    ('relationship', models.CharField(default='1', max_length=1)),
                    ('starts_on', models.DateField(null=True)),
                    ('ends_on', models.DateField(null=True)),
                    ('injured_on', models.DateField(null=True)),
                    ('claim_reference', models.TextField(blank=True, db_default='', default='')),
                    ('employer', models.TextField(blank=True, db_default='', default='')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                    ('patient', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='coverages', to='patients.patient')),
                ],
            ),
            migrations.CreateModel(
                name='Condition',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.TextField()),
                    ('says', models.TextField()),
                    ('active', models.BooleanField(default=True)),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                    ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conditions', to='patients.patient')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Allergy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('allergen', models.TextField()),
                    ('ingredient', models.TextField(blank=True, default='')),
                    ('allergy_class', models.TextField(blank=True, default='')),
                    ('reaction', models.TextField(blank=True, default='')),
                    ('severity', models.TextField(blank=True, default='')),
                    ('active', models.BooleanField(default=True)),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                    ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allergies', to='patients.patient')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='PatientIdentifier',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.TextField()),
                    ('number', models.TextField()),
                    ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='identifiers', to='patients.patient')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
            ),
            migrations.CreateModel(
                name='Phone',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.TextField()),
                    ('number', models.CharField(max_length=10)),
                    ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='phones', to='patients.patient')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.AddIndex(
                model_name='patient',
                index=models.Index(fields=['pharmacy', 'folded'], name='patient_folded', opclasses=['int8_ops', 'text_pattern_ops']),
            ),
            migrations.AddIndex(
                model_name='patient',
                index=models.Index(fields=['pharmacy', 'birth_date'], name='patient_birth_date'),
            ),
            migrations.AddIndex(
                model_name='patient',
                index=models.Index(fields=['pharmacy', 'phone'], name='patient_phone'),
            ),
            migrations.AddConstraint(
                model_name='coverage',
                constraint=models.UniqueConstraint(fields=('patient', 'order'), name='coverage_order'),
            ),
            migrations.AddConstraint(
                model_name='patientidentifier',
                constraint=models.UniqueConstraint(fields=('pharmacy', 'kind', 'number'), name='patient_identifier'),
            ),
        ]),
    ]
