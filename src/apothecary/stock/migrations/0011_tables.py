"""The tables of the room, with what keeps them as they are."""

import apothecary.stock.counting.rules
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models
from importlib.resources import files

from apothecary.staff.tables import Tables


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("stock", "0001_initial"),
        ("stock", "0002_ledger"),
        ("stock", "0003_leaner_indexes"),
        ("stock", "0004_reserve_several"),
        ("stock", "0005_places"),
        ("stock", "0006_programmes"),
        ("stock", "0007_counts"),
        ("stock", "0008_lines_in_order"),
        ("stock", "0009_programme_of_a_line"),
        ("stock", "0010_recalled_lots"),
        ("stock", "0011_returned_by_patients"),
    ]
    dependencies = [
        ("drugs", "0011_tables"),
        ("staff", "0003_tables"),
    ]
    operations = [
        Tables([
            migrations.CreateModel(
                name='CountSheet',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('scope', models.TextField(choices=[('place', 'a place'), ('area', 'an area'), ('class', 'a class'), ('schedule_ii', 'Schedule II'), ('controlled', 'controlled drugs'), ('cold', 'the cold places'), ('due', 'what is due'), ('touch', 'how many are left')])),
                    ('of', models.TextField(blank=True, default='')),
                    ('counter_id', models.BigIntegerField()),
                    ('made_at', models.DateTimeField()),
                    ('made_by_id', models.BigIntegerField()),
                    ('closed_at', models.DateTimeField(null=True)),
                    ('closed_because', models.TextField(blank=True, default='')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
            ),
            migrations.CreateModel(
                name='Expected',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('programme', models.TextField(choices=[('own', 'own'), ('340b', '340B')], default='own')),
                    ('quantity', models.DecimalField(decimal_places=3, max_digits=12)),
                    ('source', models.TextField()),
                    ('due_on', models.DateField(null=True)),
                    ('package', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='drugs.package')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
            ),
            migrations.CreateModel(
                name='Lot',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.TextField()),
                    ('expires_on', models.DateField()),
                    ('state', models.TextField(choices=[('available', 'available'), ('quarantined', 'quarantined')], default='available')),
                    ('because', models.TextField(blank=True, default='')),
                    ('flagged_on', models.DateField(null=True)),
                    ('package', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='drugs.package')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
            ),
            migrations.CreateModel(
                name='CountLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('abc', models.CharField(choices=[('A', 'A'), ('B', 'B'), ('C', 'C')], max_length=1)),
                    ('controlled', models.BooleanField(default=False)),
                    ('state', models.TextField(choices=[('asked', 'asked'), ('counted', 'counted'), ('recount', 'recount'), ('settled', 'settled')], default='asked')),
                    ('counted_by_id', models.BigIntegerField(null=True)),
                    ('difference', models.DecimalField(decimal_places=3, max_digits=12, null=True)),
                    ('reason', models.TextField(blank=True, choices=[(apothecary.stock.counting.rules.Why['MISCOUNT'], 'a fill was counted wrong'), (apothecary.stock.counting.rules.Why['WRONG_PACKAGE'], 'another package was poured'), (apothecary.stock.counting.rules.Why['RECEIPT'], 'a receipt was not as written'), (apothecary.stock.counting.rules.Why['BROKEN'], 'broken or spilled'), (apothecary.stock.counting.rules.Why['NOT_WRITTEN'], 'moved and not written down'), (apothecary.stock.counting.rules.Why['RETURN'], 'returned and not written down'), (apothecary.stock.counting.rules.Why['FOUND'], 'found elsewhere'), (apothecary.stock.counting.rules.Why['UNKNOWN'], 'unknown')], default='')),
                    ('note', models.TextField(blank=True, default='')),
                    ('settled_at', models.DateTimeField(null=True)),
                    ('settled_by_id', models.BigIntegerField(null=True)),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                    ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='stock.countsheet')),
                    ('lot', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='stock.lot')),
                ],
            ),
            migrations.CreateModel(
                name='Place',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.TextField(choices=[('supplier', 'supplier'), ('receiving', 'receiving'), ('shelf', 'shelf'), ('robot', 'robot cell'), ('vault', 'vault'), ('will_call', 'will-call'), ('patient', 'patient'), ('quarantine', 'quarantine'), ('returned', 'returned by patients'), ('waste', 'waste'), ('reverse_distributor', 'reverse distributor'), ('over_short', 'over/short')])),
                    ('name', models.TextField()),
                    ('storage', models.TextField(choices=[('room', 'room temperature'), ('cool', 'cool'), ('refrigerator', 'refrigerator'), ('freezer', 'freezer'), ('ultra_cold', 'ultra-cold freezer')], default='room')),
                    ('apart', models.TextField(blank=True, choices=[('', 'nothing'), ('hazardous', 'hazardous drugs'), ('flammable', 'flammable')], default='')),
                    ('programme', models.TextField(choices=[('own', 'own'), ('340b', '340B')], default='own')),
                    ('area', models.TextField(blank=True, default='')),
                    ('left', models.PositiveSmallIntegerField(default=0)),
                    ('top', models.PositiveSmallIntegerField(default=0)),
                    ('width', models.PositiveSmallIntegerField(default=0)),
                    ('height', models.PositiveSmallIntegerField(default=0)),
                    ('holds', models.PositiveIntegerField(blank=True, null=True)),
                    ('closed_at', models.DateTimeField(null=True)),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
            ),
            migrations.CreateModel(
                name='Discrepancy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('difference', models.DecimalField(decimal_places=3, max_digits=12)),
                    ('because', models.TextField()),
                    ('found_at', models.DateTimeField()),
                    ('found_by_id', models.BigIntegerField()),
                    ('taken_up_at', models.DateTimeField(null=True)),
                    ('line', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='stock.countline')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                    ('lot', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='stock.lot')),
                    ('place', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='stock.place')),
                ],
            ),
            migrations.AddField(
                model_name='countline',
                name='place',
                field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='stock.place'),
            ),
            migrations.CreateModel(
                name='Balance',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('on_hand', models.DecimalField(decimal_places=3, default=0, max_digits=15)),
                    ('reserved', models.DecimalField(decimal_places=3, default=0, max_digits=15)),
                    ('outside', models.BooleanField(default=False)),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                    ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='stock.lot')),
                    ('place', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='stock.place')),
                ],
            ),
            migrations.CreateModel(
                name='Assertion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('way', models.TextField(choices=[('sheet', 'on a sheet'), ('recount', 'again by another'), ('touch', 'asked at the shelf'), ('lot', "on the lot's page")])),
                    ('counted', models.DecimalField(decimal_places=3, max_digits=12)),
                    ('book', models.DecimalField(decimal_places=3, max_digits=15)),
                    ('in_vials', models.DecimalField(decimal_places=3, default=0, max_digits=12)),
                    ('seen_move', models.BigIntegerField(default=0)),
                    ('by_id', models.BigIntegerField(null=True)),
                    ('made_at', models.DateTimeField()),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                    ('line', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assertions', to='stock.countline')),
                    ('lot', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='stock.lot')),
                    ('place', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='stock.place')),
                ],
            ),
            migrations.CreateModel(
                name='Posting',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.TextField()),
                    ('by_id', models.BigIntegerField(null=True)),
                    ('witness_id', models.BigIntegerField(null=True)),
                    ('happened_at', models.DateTimeField()),
                    ('recorded_at', models.DateTimeField()),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
            ),
            migrations.CreateModel(
                name='RecalledLot',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('recall', models.TextField()),
                    ('lot_key', models.TextField(blank=True)),
                    ('says', models.TextField()),
                    ('since_at', models.DateTimeField()),
                    ('lifted_at', models.DateTimeField(null=True)),
                    ('package', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='drugs.package')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
            ),
            migrations.CreateModel(
                name='Reservation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('fill_id', models.BigIntegerField()),
                    ('quantity', models.DecimalField(decimal_places=3, max_digits=12)),
                    ('good_until', models.DateField(null=True)),
                    ('state', models.TextField(choices=[('pending', 'pending'), ('posted', 'posted'), ('voided', 'voided')], default='pending')),
                    ('made_at', models.DateTimeField()),
                    ('settled_at', models.DateTimeField(null=True)),
                    ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='stock.lot')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                    ('place', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='stock.place')),
                ],
            ),
            migrations.CreateModel(
                name='Move',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('quantity', models.DecimalField(decimal_places=3, max_digits=12)),
                    ('reason', models.TextField()),
                    ('fill_id', models.BigIntegerField(null=True)),
                    ('lot', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='stock.lot')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                    ('reverses', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, to='stock.move')),
                    ('from_place', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stock.place')),
                    ('to_place', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stock.place')),
                    ('posting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='stock.posting')),
                    ('reservation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='stock.reservation')),
                ],
            ),
            migrations.CreateModel(
                name='ShelfItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('programme', models.TextField(choices=[('own', 'own'), ('340b', '340B')], default='own')),
                    ('bin', models.TextField(blank=True, default='')),
                    ('storage', models.TextField(blank=True, choices=[('room', 'room temperature'), ('cool', 'cool'), ('refrigerator', 'refrigerator'), ('freezer', 'freezer'), ('ultra_cold', 'ultra-cold freezer')], default='')),
                    ('apart', models.TextField(blank=True, choices=[('', 'nothing'), ('hazardous', 'hazardous drugs'), ('flammable', 'flammable')], default='')),
                    ('reorder_at', models.DecimalField(decimal_places=3, default=0, max_digits=12)),
                    ('order_up_to', models.DecimalField(decimal_places=3, default=0, max_digits=12)),
                    ('at_most', models.DecimalField(decimal_places=3, max_digits=12, null=True)),
                    ('ordering', models.TextField(choices=[('auto', 'with the others'), ('review', 'a person looks at each order'), ('never', 'not at all')], default='auto')),
                    ('contract_only', models.BooleanField(default=False)),
                    ('lead_days', models.PositiveSmallIntegerField(null=True)),
                    ('safety_days', models.PositiveSmallIntegerField(null=True)),
                    ('package', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='drugs.package')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                    ('place', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='stock.place')),
                ],
            ),
            migrations.CreateModel(
                name='Sweep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('area', models.TextField(blank=True)),
                    ('days', models.PositiveSmallIntegerField()),
                    ('signed_at', models.DateTimeField()),
                    ('signed_by_id', models.BigIntegerField()),
                    ('initials', models.CharField(max_length=4)),
                    ('pulled', models.PositiveIntegerField(default=0)),
                    ('missed', models.PositiveIntegerField(default=0)),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
            ),
            migrations.CreateModel(
                name='Wanted',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('fill_id', models.BigIntegerField()),
                    ('programme', models.TextField(choices=[('own', 'own'), ('340b', '340B')], default='own')),
                    ('quantity', models.DecimalField(decimal_places=3, max_digits=12)),
                    ('asked_at', models.DateTimeField()),
                    ('package', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='drugs.package')),
                    ('pharmacy', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.pharmacy')),
                ],
            ),
            migrations.AddIndex(
                model_name='countsheet',
                index=models.Index(condition=models.Q(('closed_at', None)), fields=['pharmacy', 'id'], name='count_sheet_open'),
            ),
            migrations.AddConstraint(
                model_name='expected',
                constraint=models.UniqueConstraint(fields=('pharmacy', 'source', 'package', 'programme'), name='expected_once'),
            ),
            migrations.AddConstraint(
                model_name='expected',
                constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='expected_positive'),
            ),
            migrations.AddConstraint(
                model_name='lot',
                constraint=models.UniqueConstraint(fields=('pharmacy', 'package', 'number', 'expires_on'), name='lot_number'),
            ),
            migrations.AddConstraint(
                model_name='place',
                constraint=models.UniqueConstraint(fields=('pharmacy', 'name'), name='place_name'),
            ),
            migrations.AddIndex(
                model_name='discrepancy',
                index=models.Index(condition=models.Q(('taken_up_at', None)), fields=['pharmacy', 'id'], name='discrepancy_open'),
            ),
            migrations.AddConstraint(
                model_name='discrepancy',
                constraint=models.CheckConstraint(condition=models.Q(('difference', 0), _negated=True), name='discrepancy_differs'),
            ),
            migrations.AddIndex(
                model_name='countline',
                index=models.Index(condition=models.Q(('state', 'settled'), _negated=True), fields=['pharmacy', 'state'], name='count_line_open'),
            ),
            migrations.AddConstraint(
                model_name='countline',
                constraint=models.UniqueConstraint(fields=('sheet', 'place', 'lot'), name='count_line_once'),
            ),
            migrations.AddIndex(
                model_name='balance',
                index=models.Index(fields=['pharmacy', 'lot'], name='balance_lot'),
            ),
            migrations.AddConstraint(
                model_name='balance',
                constraint=models.UniqueConstraint(fields=('place', 'lot'), name='balance_of'),
            ),
            migrations.AddConstraint(
                model_name='balance',
                constraint=models.CheckConstraint(condition=models.Q(('outside', True), ('on_hand__gte', 0), _connector='OR'), name='balance_not_below_zero'),
            ),
            migrations.AddConstraint(
                model_name='balance',
                constraint=models.CheckConstraint(condition=models.Q(('reserved__gte', 0), models.Q(('outside', True), ('reserved__lte', models.F('on_hand')), _connector='OR')), name='balance_reserved_is_there'),
            ),
            migrations.AddIndex(
                model_name='assertion',
                index=models.Index(fields=['pharmacy', 'lot', 'place', 'made_at'], name='assertion_of'),
            ),
            migrations.AddIndex(
                model_name='assertion',
                index=models.Index(fields=['pharmacy', 'made_at'], name='assertion_day'),
            ),
            migrations.AddConstraint(
                model_name='assertion',
                constraint=models.CheckConstraint(condition=models.Q(('counted__gte', 0), ('in_vials__gte', 0)), name='assertion_not_below_zero'),
            ),
            migrations.AddIndex(
                model_name='posting',
                index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['happened_at'], name='posting_days'),
            ),
            migrations.AddConstraint(
                model_name='posting',
                constraint=models.UniqueConstraint(fields=('pharmacy', 'key'), name='posting_key'),
            ),
            migrations.AddIndex(
                model_name='recalledlot',
                index=models.Index(condition=models.Q(('lifted_at', None)), fields=['pharmacy', 'package', 'lot_key'], name='recalled_lot_held'),
            ),
            migrations.AddConstraint(
                model_name='recalledlot',
                constraint=models.UniqueConstraint(fields=('pharmacy', 'package', 'recall', 'lot_key'), name='recalled_lot_once'),
            ),
            migrations.AddIndex(
                model_name='reservation',
                index=models.Index(fields=['pharmacy', 'fill_id'], name='reservation_fill'),
            ),
            migrations.AddConstraint(
                model_name='reservation',
                constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='reservation_positive'),
            ),
            migrations.AddIndex(
                model_name='move',
                index=models.Index(fields=['pharmacy', 'lot', 'id'], name='move_lot'),
            ),
            migrations.AddIndex(
                model_name='move',
                index=models.Index(condition=models.Q(('fill_id__isnull', False)), fields=['pharmacy', 'fill_id'], name='move_fill'),
            ),
            migrations.AddConstraint(
                model_name='move',
                constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='move_positive'),
            ),
            migrations.AddConstraint(
                model_name='move',
                constraint=models.CheckConstraint(condition=models.Q(('from_place', models.F('to_place')), _negated=True), name='move_between_two_places'),
            ),
            migrations.AddConstraint(
                model_name='shelfitem',
                constraint=models.UniqueConstraint(fields=('pharmacy', 'package', 'programme'), name='shelf_item_package'),
            ),
            migrations.AddConstraint(
                model_name='shelfitem',
                constraint=models.CheckConstraint(condition=models.Q(('order_up_to__gte', 0), ('order_up_to__gte', models.F('reorder_at'))), name='shelf_item_par_not_below_min'),
            ),
            migrations.AddConstraint(
                model_name='shelfitem',
                constraint=models.CheckConstraint(condition=models.Q(('at_most', None), ('at_most__gte', models.F('order_up_to')), _connector='OR'), name='shelf_item_most_not_below_par'),
            ),
            migrations.AddIndex(
                model_name='sweep',
                index=models.Index(fields=['pharmacy', 'area', 'signed_at'], name='sweep_of_area'),
            ),
            migrations.AddConstraint(
                model_name='wanted',
                constraint=models.UniqueConstraint(fields=('pharmacy', 'fill_id', 'package'), name='wanted_once'),
            ),
            migrations.AddConstraint(
                model_name='wanted',
                constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='wanted_positive'),
            ),
        ]),
        migrations.RunSQL(files("apothecary.stock").joinpath("sql/ledger_triggers.sql").read_text()),
        migrations.RunSQL(files("apothecary.stock").joinpath("sql/ledger.sql").read_text()),
        migrations.RunSQL(files("apothecary.stock").joinpath("sql/reserving.sql").read_text()),
    ]
