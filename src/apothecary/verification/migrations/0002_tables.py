"""The tables of the room."""

import django.db.models.deletion
from django.db import migrations, models

from apothecary.staff.tables import Tables


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("verification", "0001_initial"),
        ("verification", "0002_leaner_indexes"),
    ]
    dependencies = [
        ("prescriptions", "0011_tables"),
        ("staff", "0003_tables"),
    ]
    operations = [
        Tables([
            migrations.CreateModel(
                name='Check',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('outcome', models.TextField(choices=[('approved', 'approved'), ('sent_back', 'sent back')])),
                    ('reason_code', models.TextField(blank=True, default='')),
                    ('text', models.TextField(blank=True, default='')),
                    ('data_reviewed', models.BooleanField(default=False)),
                    ('filled_alone', models.BooleanField(default=False)),
                    ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='staff.person')),
                    ('fill', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='prescriptions.fill')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
                options={
                    'indexes': [models.Index(fields=['pharmacy', 'fill'], name='check_fill')],
                },
            ),
        ]),
    ]
