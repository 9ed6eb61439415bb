"""The tables of the room."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("wires", "0001_initial"),
        ("wires", "0002_lanes"),
    ]
    dependencies = []
    operations = [
        migrations.CreateModel(
            name='Incoming',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pharmacy_id', models.BigIntegerField()),
                ('partner', models.TextField()),
                ('format', models.TextField()),
                ('message_id', models.TextField()),
                ('received_at', models.DateTimeField()),
                ('raw', models.BinaryField()),
                ('sha256', models.BinaryField()),
                ('kind', models.TextField(default='')),
                ('problem', models.TextField(default='')),
                ('answer', models.BinaryField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['pharmacy_id', 'received_at'], name='incoming_at')],
                'constraints': [models.UniqueConstraint(fields=('pharmacy_id', 'partner', 'format', 'message_id'), name='incoming_once')],
            },
        ),
        migrations.CreateModel(
            name='Outgoing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pharmacy_id', models.BigIntegerField()),
                ('party', models.TextField()),
                ('lane', models.TextField(default='')),
                ('format', models.TextField()),
                ('about', models.TextField()),
                ('about_id', models.BigIntegerField()),
                ('key', models.TextField()),
                ('raw', models.BinaryField()),
                ('state', models.TextField(choices=[('waiting', 'waits to go out'), ('sent', 'sent, no answer yet'), ('answered', 'answered'), ('failed', 'given up')], default='waiting')),
                ('made_at', models.DateTimeField()),
                ('next_try_at', models.DateTimeField()),
                ('tries', models.IntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer', models.BinaryField(null=True)),
                ('problem', models.TextField(default='')),
                ('held_by', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'sent'])), fields=['party', 'next_try_at'], name='outgoing_due'), models.Index(fields=['pharmacy_id', 'about', 'about_id'], name='outgoing_about'), models.Index(condition=models.Q(('held_by__isnull', False)), fields=['held_by'], name='outgoing_held')],
                'constraints': [models.UniqueConstraint(fields=('pharmacy_id', 'key'), name='outgoing_key')],
            },
        ),
    ]
