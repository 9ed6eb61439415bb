"""Every index is paid for by every insert: none stands on what a longer one answers."""

import pytest
from django.apps import apps
from django.db import connection

INDEXES = """
SELECT t.relname, i.relname, x.indisunique,
       ARRAY(SELECT a.attname FROM unnest(x.indkey) WITH ORDINALITY k (attnum, place)
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
             ORDER BY k.place)
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = 'public' AND x.indpred IS NULL AND x.indexprs IS NULL
"""
# Django's text_pattern_ops twins answer LIKE, and a library's tables are its own.
TWIN = "_like"
FOREIGN = ("django_", "auth_", "procrastinate_")


def indexes() -> list[tuple[str, str, bool, list[str]]]:
    """Table, index, whether unique, and its columns, of every table of the house."""
    with connection.cursor() as cursor:
        cursor.execute(INDEXES)
        return [
            (table, index, unique, list(columns))
            for table, index, unique, columns in cursor.fetchall()
            if not table.startswith(FOREIGN) and not index.endswith(TWIN)
        ]


@pytest.mark.django_db
def test_no_index_of_a_growing_table_is_the_beginning_of_another() -> None:
    growing = {table for table, _, _, columns in indexes() if "pharmacy_id" in columns}
    found = [row for row in indexes() if row[0] in growing]
    needless = sorted(
        f"{table}: {index}"
        for table, index, unique, columns in found
        if not unique
        and any(
            table == other_table and index != other and longer[: len(columns)] == columns
            for other_table, other, _, longer in found
        )
    )
    assert needless == [], needless


@pytest.mark.django_db
def test_no_index_of_a_growing_table_stands_on_the_pharmacy_alone() -> None:
    growing = {table for table, _, _, columns in indexes() if "pharmacy_id" in columns}
    alone = sorted(
        index for table, index, _, columns in indexes() if columns == ["pharmacy_id"]
    )
    assert growing
    assert alone == [], alone


@pytest.mark.django_db
def test_every_constraint_and_index_of_a_table_stands_in_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'i'"
            " UNION SELECT conname FROM pg_constraint"
        )
        there = {name for (name,) in cursor.fetchall()}
    missing = sorted(
        each.name
        for model in apps.get_models()
        if model.__module__.startswith("apothecary.")
        for each in [*model._meta.constraints, *model._meta.indexes]
        if each.name not in there
    )
    assert missing == []
