"""The tables of a room made at once are those that its steps make one after another."""

from collections.abc import Iterable, Iterator

import pytest
from django.db import connection, models
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from apothecary.staff.tables import Tables

ROOM = "spare"
STEPS: list[Operation] = [
    CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True))]),
    CreateModel(
        "Box",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("lot", models.TextField()),
            ("left", models.IntegerField(default=0)),
            ("shelf", models.ForeignKey(f"{ROOM}.Shelf", on_delete=models.PROTECT)),
        ],
    ),
    AddField(
        "Shelf", "first", models.ForeignKey(f"{ROOM}.Box", null=True, on_delete=models.PROTECT)
    ),
    AddIndex("Box", models.Index(fields=["lot"], name="spare_box_lot")),
    AddConstraint(
        "Box",
        models.CheckConstraint(condition=models.Q(left__gte=0), name="spare_box_left"),
    ),
]
# From 18 on the server also lists that a column is never null, which the columns say already.
FOUND = """
    SELECT 'column', table_name, column_name, data_type, is_nullable, '' FROM
        information_schema.columns WHERE table_name IN ('spare_shelf', 'spare_box')
    UNION ALL
    SELECT 'constraint', conrelid::regclass::text, conname::text, pg_get_constraintdef(oid),
        '', ''
    FROM pg_constraint WHERE conrelid::regclass::text IN ('spare_shelf', 'spare_box')
        AND contype <> 'n'
    UNION ALL
    SELECT 'index', tablename::text, indexname::text, indexdef, '', ''
    FROM pg_indexes WHERE tablename IN ('spare_shelf', 'spare_box')
    ORDER BY 1, 2, 3
"""


@pytest.fixture
def rooms_made(transactional_db: None) -> Iterator[None]:
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS spare_shelf, spare_box CASCADE")


def makes(steps: Iterable[Operation], *, rendered: bool = True) -> list[tuple[str, ...]]:
    """What the database has once the steps were made as `migrate` makes them."""
    state = ProjectState()
    if rendered:
        assert state.apps is not None
    with connection.schema_editor() as editor:
        for step in steps:
            before = state.clone()
            step.state_forwards(ROOM, state)
            step.database_forwards(ROOM, editor, before, state)
    with connection.cursor() as cursor:
        cursor.execute(FOUND)
        found = cursor.fetchall()
        cursor.execute("DROP TABLE spare_shelf, spare_box CASCADE")
    return found


@pytest.mark.parametrize("rendered", [True, False])
def test_the_database_is_the_same_either_way(rooms_made, rendered: bool) -> None:
    one_by_one = makes(STEPS)
    assert len(one_by_one) == 6 + 5 + 5
    assert makes([Tables(STEPS)], rendered=rendered) == one_by_one


def test_what_is_known_of_the_models_is_the_same_either_way() -> None:
    one_by_one, at_once = ProjectState(), ProjectState()
    for step in STEPS:
        step.state_forwards(ROOM, one_by_one)
    Tables(STEPS).state_forwards(ROOM, at_once)
    assert at_once == one_by_one
    assert set(at_once.models) == {(ROOM, "shelf"), (ROOM, "box")}


def test_no_model_is_rendered_before_all_steps_are_taken() -> None:
    state = ProjectState()
    assert state.apps is not None
    Tables(STEPS).state_forwards(ROOM, state)
    assert "apps" not in vars(state)
    assert state.apps.get_model(ROOM, "shelf")._meta.get_field("first").related_model
