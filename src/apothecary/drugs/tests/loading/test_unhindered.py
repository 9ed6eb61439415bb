"""An empty table is filled without its references and indexes, and has all of them after."""

import pytest
from django.db import IntegrityError, connection, transaction

from apothecary.drugs.loading.unhindered import unhindered

pytestmark = pytest.mark.django_db

SHAPE = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass
UNION ALL
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = %s::regclass ORDER BY 1, 2
"""
TABLES = [
    "drugs_product",
    "drugs_package",
    "drugs_product_ingredients",
    "drugs_searchdrug",
    "drugs_searchproduct",
]
SOURCE = (
    "INSERT INTO drugs_source (key, name, publisher, licence, rank) VALUES (%s, '', '', '', 1)"
)
BATCH = """
INSERT INTO drugs_batch (source_id, file, sha256, loaded_at, by, partial, rows_read, rows_new,
  rows_changed, rows_gone, rows_same)
SELECT id, '', '', now(), 'x', false, 0, 0, 0, 0, 0 FROM drugs_source WHERE key = %s
"""
JOINED = "INSERT INTO drugs_product_ingredients (product_id, ingredient_id) VALUES (1, 1)"
KEPT = "INSERT INTO drugs_searchproduct (product_id, drug_id, imprint) VALUES (%s, %s, '')"
DRUG = "00000000-0000-0000-0000-000000000001"


def shape(table):
    with connection.cursor() as cursor:
        cursor.execute(SHAPE, [table, table])
        return cursor.fetchall()


def references(table):
    return [name for name, said in shape(table) if said.startswith("FOREIGN KEY")]


@pytest.mark.parametrize("table", TABLES)
def test_a_filled_table_has_every_reference_and_index_it_had_before(table):
    before = shape(table)
    with connection.cursor() as cursor, unhindered(cursor, table):
        during = shape(table)
    assert shape(table) == before
    assert len(during) < len(before)


@pytest.mark.parametrize("table", TABLES)
def test_what_a_key_or_a_check_stands_on_is_never_taken_away(table):
    with connection.cursor() as cursor, unhindered(cursor, table):
        during = shape(table)
    assert any(said.startswith("PRIMARY KEY") for _, said in during)
    assert not [name for name, said in during if said.startswith("FOREIGN KEY")]


def test_a_table_with_rows_is_left_as_it_is_for_those_who_read_it():
    with connection.cursor() as cursor:
        cursor.execute(KEPT, [1, DRUG])
        before = shape("drugs_searchproduct")
        with unhindered(cursor, "drugs_searchproduct"):
            assert shape("drugs_searchproduct") == before
            cursor.execute(KEPT, [2, DRUG])
        cursor.execute("SELECT count(*) FROM drugs_searchproduct")
        assert cursor.fetchone() == (2,)


def test_a_row_that_refers_to_nothing_is_refused_when_the_references_come_back():
    before = shape("drugs_product_ingredients")
    with (
        pytest.raises(IntegrityError, match="foreign key constraint"),
        transaction.atomic(),
        connection.cursor() as cursor,
        unhindered(cursor, "drugs_product_ingredients"),
    ):
        cursor.execute(JOINED)
    assert shape("drugs_product_ingredients") == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM drugs_product_ingredients")
        assert cursor.fetchone() == (0,)


def test_references_still_to_be_looked_up_do_not_stop_a_load():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SOURCE, ["first"])
        # Its source is looked up when the transaction ends, unless somebody asks before.
        cursor.execute(BATCH, ["first"])
        before = references("drugs_change")
        with unhindered(cursor, "drugs_change"):
            assert references("drugs_change") == []
        assert references("drugs_change") == before
    assert before


def test_work_that_fails_takes_its_fault_along_and_the_table_is_whole():
    before = shape("drugs_package")
    with (
        pytest.raises(ValueError, match="a broken file"),
        transaction.atomic(),
        connection.cursor() as cursor,
        unhindered(cursor, "drugs_package"),
    ):
        raise ValueError("a broken file")
    assert shape("drugs_package") == before
