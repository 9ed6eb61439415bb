"""The tables of the room, with what keeps them as they are."""

import django.db.models.deletion
from django.db import migrations, models
from importlib.resources import files

from apothecary.staff.tables import Tables


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("pickup", "0001_initial"),
        ("pickup", "0002_leaner_indexes"),
        ("pickup", "0003_behind_counter"),
        ("pickup", "0004_counter_stays"),
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
                name='CounterSale',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.TextField()),
                    ('kind', models.TextField(choices=[('listed', 'logbook'), ('exempt', 'bound book'), ('both', 'logbook and bound book')])),
                    ('at', models.DateTimeField()),
                    ('sold_on', models.DateField()),
                    ('buyer', models.TextField()),
                    ('folded', models.TextField()),
                    ('born_on', models.DateField()),
                    ('address', models.TextField()),
                    ('known', models.BooleanField(default=False)),
                    ('id_kind', models.TextField(blank=True, choices=[('driver licence', 'driver licence'), ('state ID', 'state ID'), ('passport', 'passport'), ('military ID', 'military ID'), ('permanent resident card', 'permanent resident card')], default='')),
                    ('id_number', models.TextField(blank=True, default='')),
                    ('id_issuer', models.TextField(blank=True, default='')),
                    ('id_until', models.DateField(null=True)),
                    ('paper', models.TextField(blank=True, default='')),
                    ('log_number', models.TextField(blank=True, default='')),
                    ('signature', models.TextField(blank=True, default='')),
                    ('grams_base', models.DecimalField(decimal_places=6, max_digits=10)),
                    ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.person')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
            ),
            migrations.CreateModel(
                name='CounterLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('packages', models.IntegerField()),
                    ('quantity', models.DecimalField(decimal_places=3, max_digits=12)),
                    ('grams_base', models.DecimalField(decimal_places=6, max_digits=10)),
                    ('limit', models.TextField(blank=True, default='')),
                    ('lots', models.TextField()),
                    ('package', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='drugs.package')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                    ('sale', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='pickup.countersale')),
                ],
            ),
            migrations.CreateModel(
                name='Sale',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('receiver', models.TextField()),
                    ('relationship', models.TextField(choices=[('patient', 'the patient'), ('parent', 'parent or guardian'), ('spouse', 'spouse'), ('caregiver', 'caregiver'), ('other', 'somebody else')])),
                    ('identifiers', models.TextField()),
                    ('id_kind', models.TextField(blank=True, default='')),
                    ('id_number', models.TextField(blank=True, default='')),
                    ('id_state', models.CharField(blank=True, default='', max_length=2)),
                    ('counsel', models.TextField(choices=[('not_offered', 'not offered'), ('accepted', 'accepted'), ('refused', 'refused')])),
                    ('signature', models.TextField(blank=True, default='')),
                    ('method', models.TextField(choices=[('cash', 'cash'), ('card', 'card'), ('charge', 'on account'), ('nothing', 'nothing to pay')])),
                    ('total_usd', models.DecimalField(decimal_places=2, max_digits=10)),
                    ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='staff.person')),
                    ('counselled_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.person')),
                    ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='patients.patient')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
            ),
            migrations.CreateModel(
                name='SaleLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('paid_usd', models.DecimalField(decimal_places=2, max_digits=10)),
                    ('fill', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sale_line', to='prescriptions.fill')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                    ('sale', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='pickup.sale')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='CounterCertificate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('certified_on', models.DateField()),
                    ('number', models.TextField()),
                    ('trained_on', models.DateField()),
                    ('listed_word', models.TextField(blank=True, default='')),
                    ('exempt_word', models.TextField(blank=True, default='')),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.person')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
                options={
                    'indexes': [models.Index(fields=['pharmacy', 'id'], name='counter_certificate')],
                },
            ),
            migrations.CreateModel(
                name='CounterRefusal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('buyer', models.TextField(blank=True, default='')),
                    ('born_on', models.DateField(null=True)),
                    ('id_number', models.TextField(blank=True, default='')),
                    ('asked', models.TextField()),
                    ('because', models.TextField()),
                    ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.person')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
                options={
                    'indexes': [models.Index(fields=['pharmacy', 'at'], name='counter_refusal_at')],
                },
            ),
            migrations.AddIndex(
                model_name='countersale',
                index=models.Index(fields=['pharmacy', 'at'], name='counter_sale_at'),
            ),
            migrations.AddIndex(
                model_name='countersale',
                index=models.Index(fields=['pharmacy', 'folded', 'born_on'], name='counter_sale_who'),
            ),
            migrations.AddIndex(
                model_name='countersale',
                index=models.Index(condition=models.Q(('paper', ''), _negated=True), fields=['pharmacy', 'paper'], name='counter_sale_paper'),
            ),
            migrations.AddConstraint(
                model_name='countersale',
                constraint=models.UniqueConstraint(fields=('pharmacy', 'key'), name='counter_sale_once'),
            ),
            migrations.AddConstraint(
                model_name='countersale',
                constraint=models.CheckConstraint(condition=models.Q(('grams_base__gte', 0)), name='counter_sale_grams'),
            ),
            migrations.AddConstraint(
                model_name='counterline',
                constraint=models.CheckConstraint(condition=models.Q(('packages__gt', 0), ('quantity__gt', 0)), name='counter_line_positive'),
            ),
            migrations.AddIndex(
                model_name='sale',
                index=models.Index(fields=['pharmacy', 'at'], name='sale_at'),
            ),
        ]),
        migrations.RunSQL(files("apothecary.pickup").joinpath("sql/counter_stays.sql").read_text()),
    ]
