"""The tables of the room."""

import django.db.models.deletion
from django.db import migrations, models

from apothecary.staff.tables import Tables


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("intake", "0001_initial"),
        ("intake", "0002_leaner_indexes"),
        ("intake", "0003_sig_codes"),
        ("intake", "0004_transfers"),
    ]
    dependencies = [
        ("drugs", "0011_tables"),
        ("patients", "0004_tables"),
        ("prescriptions", "0011_tables"),
        ("staff", "0003_tables"),
        ("wires", "0002_tables"),
    ]
    operations = [
        Tables([
            migrations.CreateModel(
                name='Image',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('content_type', models.TextField()),
                    ('content', models.BinaryField()),
                    ('sha256', models.BinaryField()),
                    ('added_at', models.DateTimeField()),
                    ('added_by', models.BigIntegerField(null=True)),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Arrival',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('source', models.TextField(choices=[('electronic', 'electronic'), ('fax', 'fax'), ('paper', 'paper'), ('phone', 'phone'), ('walk_in', 'walk-in'), ('transfer', 'transfer')])),
                    ('state', models.TextField(choices=[('arrived', 'waits for entry'), ('entered', 'entered'), ('cancelled', 'cancelled'), ('set_aside', 'set aside')], default='arrived')),
                    ('because', models.TextField(blank=True, default='')),
                    ('partner', models.TextField(blank=True, default='')),
                    ('message_id', models.TextField(blank=True, default='')),
                    ('order_number', models.TextField(blank=True, default='')),
                    ('sent', models.TextField(default='{}')),
                    ('draft', models.TextField(blank=True, default='')),
                    ('unsure', models.TextField(default='[]')),
                    ('question', models.TextField(blank=True, default='')),
                    ('patient_sure', models.TextField(choices=[('exact', 'certain'), ('likely', 'likely'), ('several', 'several match'), ('none', 'no match')], default='none')),
                    ('patient_why', models.TextField(blank=True, default='')),
                    ('prescriber_sure', models.TextField(choices=[('exact', 'certain'), ('likely', 'likely'), ('several', 'several match'), ('none', 'no match')], default='none')),
                    ('prescriber_why', models.TextField(blank=True, default='')),
                    ('package_sure', models.TextField(choices=[('exact', 'certain'), ('likely', 'likely'), ('several', 'several match'), ('none', 'no match')], default='none')),
                    ('package_why', models.TextField(blank=True, default='')),
                    ('caller', models.TextField(blank=True, default='')),
                    ('read_back', models.BooleanField(default=False)),
                    ('taken_by', models.BigIntegerField(null=True)),
                    ('taken_by_name', models.TextField(blank=True, default='')),
                    ('may_take_controlled', models.BooleanField(default=False)),
                    ('arrived_at', models.DateTimeField()),
                    ('promised_at', models.DateTimeField()),
                    ('waiter', models.BooleanField(default=False)),
                    ('incoming', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='wires.incoming')),
                    ('owner', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='staff.person')),
                    ('package', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='drugs.package')),
                    ('patient', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='patients.patient')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                    ('prescriber', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='prescriptions.prescriber')),
                    ('prescription', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='prescriptions.prescription')),
                    ('transfer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='prescriptions.transfer')),
                    ('image', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='intake.image')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state__in', ['arrived', 'set_aside'])), fields=['pharmacy', 'state', 'promised_at'], name='arrival_queue'), models.Index(condition=models.Q(('order_number', ''), _negated=True), fields=['pharmacy', 'order_number'], name='arrival_order_number'), models.Index(fields=['pharmacy', 'prescription'], name='arrival_prescription')],
                    'constraints': [models.UniqueConstraint(fields=('pharmacy', 'incoming'), name='arrival_once_a_message'), models.UniqueConstraint(fields=('pharmacy', 'transfer'), name='arrival_once_a_transfer'), models.CheckConstraint(condition=models.Q(models.Q(('prescription__isnull', False), ('state', 'entered')), models.Q(models.Q(('state', 'entered'), _negated=True), ('prescription__isnull', True)), _connector='OR'), name='arrival_entered_names_its_prescription'), models.CheckConstraint(condition=models.Q(('state__in', ['arrived', 'entered']), models.Q(('because', ''), _negated=True), _connector='OR'), name='arrival_laid_by_says_why')],
                },
            ),
            migrations.CreateModel(
                name='SigCode',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.TextField()),
                    ('means', models.TextField()),
                    ('retired_at', models.DateTimeField(null=True)),
                    ('changed_at', models.DateTimeField()),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('pharmacy', 'code'), name='sig_code_once'), models.CheckConstraint(condition=models.Q(models.Q(('code', ''), _negated=True), models.Q(('means', ''), _negated=True)), name='sig_code_stands_for_something')],
                },
            ),
        ]),
    ]
