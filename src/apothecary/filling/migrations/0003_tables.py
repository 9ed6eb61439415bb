"""The tables of the room."""

import django.db.models.deletion
from django.db import migrations, models

from apothecary.staff.tables import Tables


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("filling", "0001_initial"),
        ("filling", "0002_leaner_indexes"),
        ("filling", "0003_back_counts"),
    ]
    dependencies = [
        ("drugs", "0011_tables"),
        ("prescriptions", "0011_tables"),
        ("staff", "0003_tables"),
        ("stock", "0011_tables"),
    ]
    operations = [
        Tables([
            migrations.CreateModel(
                name='VialPhoto',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('turn', models.IntegerField()),
                    ('media_type', models.TextField()),
                    ('image', models.BinaryField()),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.person')),
                    ('fill', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vial_photos', to='prescriptions.fill')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='BackCount',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('turn', models.IntegerField()),
                    ('try_number', models.IntegerField()),
                    ('counted', models.DecimalField(decimal_places=3, max_digits=12)),
                    ('expected', models.DecimalField(decimal_places=3, max_digits=12)),
                    ('at', models.DateTimeField()),
                    ('station', models.TextField()),
                    ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.person')),
                    ('fill', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='back_counts', to='prescriptions.fill')),
                    ('lot', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='stock.lot')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('fill', 'turn', 'lot', 'try_number'), name='back_count_try'), models.CheckConstraint(condition=models.Q(('counted__gte', 0)), name='back_count_not_negative')],
                },
            ),
            migrations.CreateModel(
                name='BottleScan',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('turn', models.IntegerField()),
                    ('raw', models.TextField()),
                    ('symbology', models.TextField(blank=True, default='')),
                    ('lot_number', models.TextField(blank=True, default='')),
                    ('lot_read', models.BooleanField(default=False)),
                    ('expires_on', models.DateField(null=True)),
                    ('serial', models.TextField(blank=True, default='')),
                    ('key', models.TextField(blank=True, default='')),
                    ('bottles', models.IntegerField(default=1)),
                    ('outcome', models.TextField(choices=[('right', 'right product'), ('wrong', 'wrong product'), ('equivalent', 'equivalent product'), ('refused', 'refused')])),
                    ('says', models.TextField(blank=True, default='')),
                    ('at', models.DateTimeField()),
                    ('station', models.TextField()),
                    ('aside_because', models.TextField(blank=True, default='')),
                    ('aside_at', models.DateTimeField(null=True)),
                    ('aside_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.person')),
                    ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.person')),
                    ('fill', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='bottle_scans', to='prescriptions.fill')),
                    ('lot', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='stock.lot')),
                    ('package', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='drugs.package')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
                options={
                    'indexes': [models.Index(fields=['pharmacy', 'fill'], name='bottle_scan_fill')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('outcome', 'right')), fields=('fill', 'turn', 'key'), name='bottle_counts_once'), models.CheckConstraint(condition=models.Q(('bottles__gt', 0)), name='bottles_positive')],
                },
            ),
            migrations.CreateModel(
                name='Count',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('turn', models.IntegerField()),
                    ('pass_number', models.IntegerField()),
                    ('method', models.TextField(choices=[('hand', 'by hand'), ('scale', 'counting scale'), ('counter', 'counter')])),
                    ('quantity', models.DecimalField(decimal_places=3, max_digits=12)),
                    ('at', models.DateTimeField()),
                    ('station', models.TextField()),
                    ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.person')),
                    ('fill', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='counts', to='prescriptions.fill')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('fill', 'turn', 'pass_number'), name='count_pass'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='count_positive')],
                },
            ),
            migrations.CreateModel(
                name='LabelPrint',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('turn', models.IntegerField()),
                    ('content', models.TextField()),
                    ('content_hash', models.CharField(max_length=64)),
                    ('because', models.TextField(blank=True, default='')),
                    ('at', models.DateTimeField()),
                    ('station', models.TextField()),
                    ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.person')),
                    ('fill', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='labels', to='prescriptions.fill')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
                options={
                    'indexes': [models.Index(fields=['pharmacy', 'fill'], name='label_print_fill')],
                },
            ),
        ]),
    ]
