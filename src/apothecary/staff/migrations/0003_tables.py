"""The tables of the room."""

import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models

from apothecary.staff.tables import Tables


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("staff", "0001_initial"),
        ("staff", "0002_second_factor"),
        ("staff", "0003_leaner_indexes"),
    ]
    dependencies = []
    operations = [
        Tables([
            migrations.CreateModel(
                name='Machine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('token_hash', models.BinaryField(unique=True)),
                    ('name', models.TextField()),
                    ('first_used_at', models.DateTimeField()),
                    ('trusted_at', models.DateTimeField(null=True)),
                    ('failures', models.IntegerField(default=0)),
                    ('failures_since', models.DateTimeField(null=True)),
                    ('locked_until', models.DateTimeField(null=True)),
                ],
            ),
            migrations.CreateModel(
                name='Partner',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.TextField()),
                    ('token_hash', models.BinaryField(unique=True)),
                    ('may_send', models.TextField()),
                    ('active', models.BooleanField(default=True)),
                ],
            ),
            migrations.CreateModel(
                name='Person',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('username', models.CharField(max_length=80, unique=True)),
                    ('name', models.TextField()),
                    ('initials', models.CharField(max_length=4)),
                    ('role', models.TextField(choices=[('clerk', 'clerk'), ('trainee', 'trainee'), ('technician', 'technician'), ('certified technician', 'certified technician'), ('intern', 'intern'), ('pharmacist', 'pharmacist'), ('pharmacist in charge', 'pharmacist in charge'), ('administrator', 'administrator'), ('system', 'system')])),
                    ('password', models.TextField(default='')),
                    ('pin', models.TextField(default='')),
                    ('active', models.BooleanField(default=True)),
                    ('failures', models.IntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name='PartnerCertificate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('fingerprint', models.BinaryField(unique=True)),
                    ('added_at', models.DateTimeField()),
                    ('expires_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.partner')),
                ],
            ),
            migrations.CreateModel(
                name='HalfIn',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('token_hash', models.BinaryField(unique=True)),
                    ('station', models.TextField()),
                    ('challenge', models.BinaryField()),
                    ('started_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('machine', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.machine')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.person')),
                ],
            ),
            migrations.CreateModel(
                name='Pharmacy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.TextField()),
                    ('npi', models.CharField(max_length=10)),
                    ('ncpdp_id', models.CharField(max_length=7)),
                    ('dea', models.CharField(max_length=9)),
                    ('state', models.CharField(max_length=2)),
                    ('licence_number', models.TextField(default='')),
                    ('street', models.TextField()),
                    ('city', models.TextField()),
                    ('postal_code', models.TextField()),
                    ('phone', models.CharField(max_length=10)),
                    ('fax', models.CharField(default='', max_length=10)),
                    ('time_zone', models.TextField(default='America/Chicago')),
                    ('data_review', models.TextField(choices=[('before_filling', 'a pharmacist reviews new prescriptions before filling'), ('at_check', 'the pharmacist reviews the data with the final check')], default='before_filling')),
                    ('noncontrolled_validity_months', models.IntegerField(null=True)),
                    ('markup_percent', models.DecimalField(decimal_places=2, default=Decimal('20'), max_digits=5)),
                    ('dispensing_fee_usd', models.DecimalField(decimal_places=2, default=Decimal('11'), max_digits=6)),
                    ('return_to_stock_days', models.IntegerField(default=10)),
                    ('idle_lock_minutes', models.IntegerField(default=10)),
                    ('promise_minutes', models.IntegerField(default=60)),
                    ('second_factor_required', models.BooleanField(default=False)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('ncpdp_id',), name='pharmacy_ncpdp_id')],
                },
            ),
            migrations.AddField(
                model_name='person',
                name='pharmacy',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy'),
            ),
            migrations.AddField(
                model_name='partner',
                name='pharmacy',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy'),
            ),
            migrations.AddField(
                model_name='machine',
                name='pharmacy',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy'),
            ),
            migrations.CreateModel(
                name='Licence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.TextField()),
                    ('number', models.TextField()),
                    ('state', models.CharField(max_length=2)),
                    ('expires_on', models.DateField()),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='licences', to='staff.person')),
                    ('pharmacy', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
            ),
            migrations.CreateModel(
                name='RecoveryCode',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code_hash', models.BinaryField(unique=True)),
                    ('made_at', models.DateTimeField()),
                    ('used_at', models.DateTimeField(null=True)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.person')),
                ],
            ),
            migrations.CreateModel(
                name='Session',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('token_hash', models.BinaryField(unique=True)),
                    ('station', models.TextField()),
                    ('by_token', models.BooleanField(default=False)),
                    ('started_at', models.DateTimeField()),
                    ('seen_at', models.DateTimeField()),
                    ('locked_at', models.DateTimeField(null=True)),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('machine', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.machine')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='staff.person')),
                ],
            ),
            migrations.CreateModel(
                name='Shift',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('started_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='staff.person')),
                    ('pharmacy', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
            ),
            migrations.CreateModel(
                name='Guesses',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('way', models.TextField(choices=[('password', 'password'), ('pin', 'PIN'), ('second', 'second factor')])),
                    ('failures', models.IntegerField(default=0)),
                    ('locked_until', models.DateTimeField(null=True)),
                    ('machine', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.machine')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.person')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('person', 'machine', 'way'), name='guesses_once', nulls_distinct=False)],
                },
            ),
            migrations.CreateModel(
                name='Factor',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.TextField(choices=[('totp', 'authenticator app'), ('passkey', 'passkey or security key')])),
                    ('name', models.TextField()),
                    ('secret', models.BinaryField()),
                    ('host', models.TextField(default='')),
                    ('counter', models.BigIntegerField(default=0)),
                    ('added_at', models.DateTimeField()),
                    ('confirmed_at', models.DateTimeField(null=True)),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.person')),
                ],
                options={
                    'indexes': [models.Index(fields=['person'], name='factor_person')],
                },
            ),
            migrations.AddConstraint(
                model_name='partner',
                constraint=models.UniqueConstraint(fields=('pharmacy', 'name'), name='partner_name'),
            ),
            migrations.AddConstraint(
                model_name='licence',
                constraint=models.UniqueConstraint(fields=('pharmacy', 'state', 'kind', 'number'), name='licence_number'),
            ),
            migrations.AddConstraint(
                model_name='shift',
                constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('person',), name='shift_open_once'),
            ),
        ]),
    ]
