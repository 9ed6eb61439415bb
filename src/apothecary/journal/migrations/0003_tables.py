"""The tables of the room, with what keeps them as they are."""

import django.contrib.postgres.fields
from django.db import migrations, models
from importlib.resources import files


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("journal", "0001_initial"),
        ("journal", "0002_append"),
        ("journal", "0003_append_planned"),
    ]
    dependencies = []
    operations = [
        migrations.CreateModel(
            name='SealKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_key', models.BinaryField(unique=True)),
                ('since', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pharmacy_id', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('by_id', models.BigIntegerField(null=True)),
                ('by_name', models.TextField()),
                ('station', models.TextField()),
                ('deed', models.TextField()),
                ('about', models.TextField()),
                ('about_id', models.BigIntegerField()),
                ('details', models.TextField()),
            ],
            options={
                'indexes': [models.Index(fields=['pharmacy_id', 'about', 'about_id', 'id'], name='entry_about'), models.Index(fields=['pharmacy_id', 'at'], name='entry_at')],
            },
        ),
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pharmacy_id', models.BigIntegerField()),
                ('number', models.BigIntegerField()),
                ('sealed_at', models.DateTimeField()),
                ('entry_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('leaves', django.contrib.postgres.fields.ArrayField(base_field=models.BinaryField(), size=None)),
                ('root', models.BinaryField()),
                ('previous_hash', models.BinaryField()),
                ('hash', models.BinaryField()),
                ('public_key', models.BinaryField()),
                ('signature', models.BinaryField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('pharmacy_id', 'number'), name='seal_number')],
            },
        ),
        migrations.CreateModel(
            name='Unsealed',
            fields=[
                ('entry_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('pharmacy_id', models.BigIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['pharmacy_id', 'entry_id'], name='unsealed_pharmacy')],
            },
        ),
        migrations.RunSQL(files("apothecary.journal").joinpath("sql/append.sql").read_text()),
        migrations.RunSQL(files("apothecary.journal").joinpath("sql/append_planned.sql").read_text()),
    ]
