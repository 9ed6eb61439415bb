"""The ledger draws from the fill's own programme, from robots too, and puts nothing where it is shut."""

from importlib.resources import files

from django.db import migrations

# They are made anew with the programme as their last value; the old ones would be a second way.
OLD = """
DROP FUNCTION IF EXISTS stock_reserve(
    bigint, bigint, bigint, numeric, timestamptz, date, bigint);
DROP FUNCTION IF EXISTS stock_reserve_all(bigint, bigint, jsonb, timestamptz, date, bigint);
DROP FUNCTION IF EXISTS stock_draw(
    bigint, bigint, bigint, numeric, timestamptz, date, bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0005_places")]
    operations = [
        migrations.RunSQL(OLD, migrations.RunSQL.noop),
        *(
            migrations.RunSQL(
                files("apothecary.stock").joinpath(f"sql/{name}.sql").read_text(),
                migrations.RunSQL.noop,
            )
            for name in ("ledger", "reserving")
        ),
    ]
