"""A statement compiled once answers as the queryset would, and locks in a transaction only."""

import pytest
from django.db import connection
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from apothecary.prescriptions.compiled import Compiled
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import FULL, HELD, lock_fill


def values_of(row) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.fixture
def fills(pharmacy):
    pharmacy.receive("lisinopril", "200")
    return [
        pharmacy.walk(pharmacy.enter(), until=until)
        for until in (FillState.WAITING, FillState.CHECK)
    ]


def test_the_row_and_all_it_hangs_on_are_what_the_queryset_gives(pharmacy, fills):
    for fill in fills:
        wanted = Fill.objects.select_related(*FULL).get(pk=fill.pk)
        found = HELD.get({"pharmacy_id": pharmacy.pharmacy.pk, "id": fill.pk})
        assert found is not None
        assert values_of(found) == values_of(wanted)
        assert not found._state.adding
        with CaptureQueriesContext(connection) as caught:
            for path in (
                ("prescription",),
                ("prescription", "patient"),
                ("prescription", "prescriber"),
                ("package",),
                ("package", "product"),
            ):
                ours, theirs = found, wanted
                for name in path:
                    ours, theirs = getattr(ours, name), getattr(theirs, name)
                assert values_of(ours) == values_of(theirs)
        assert len(caught) == 0


def test_the_values_go_where_their_columns_are_whatever_their_order(pharmacy, fills):
    other = Compiled(Fill.objects.all(), ("id", "pharmacy_id"))
    asked = {"pharmacy_id": pharmacy.pharmacy.pk, "id": fills[0].pk}
    found, held = other.get(asked), HELD.get(asked)
    assert found == held == fills[0]


def test_a_fill_of_another_pharmacy_is_not_there(pharmacy, fills):
    assert HELD.get({"pharmacy_id": pharmacy.other.pk, "id": fills[0].pk}) is None
    assert HELD.get({"pharmacy_id": pharmacy.pharmacy.pk, "id": fills[-1].pk + 1}) is None


def test_it_is_one_statement_that_locks_the_fill_alone(pharmacy, fills):
    lock_fill(by=pharmacy.technician, fill_id=fills[0].pk)
    with CaptureQueriesContext(connection) as caught:
        lock_fill(by=pharmacy.technician, fill_id=fills[0].pk)
    (asked,) = caught.captured_queries
    assert asked["sql"].endswith('FOR NO KEY UPDATE OF "prescriptions_fill"')


def test_a_saved_row_is_written_over_and_not_made_again(pharmacy, fills):
    found = HELD.get({"pharmacy_id": pharmacy.pharmacy.pk, "id": fills[0].pk})
    assert found is not None
    found.bin = "B4"
    found.save()
    assert Fill.objects.get(pk=fills[0].pk).bin == "B4"
    assert Fill.objects.count() == 2


def test_a_statement_with_other_values_in_it_is_refused(pharmacy):
    waiting = Compiled(Fill.objects.filter(number=7), ("pharmacy_id",))
    with pytest.raises(RuntimeError, match="not what the statement asks for"):
        waiting.get({"pharmacy_id": 1})


def test_without_a_transaction_nothing_can_be_held(town):
    with pytest.raises(TransactionManagementError, match="within a transaction"):
        lock_fill(by=town.technician, fill_id=1)


def test_all_rows_come_in_the_order_of_the_queryset(pharmacy, fills):
    backwards = Compiled(Fill.objects.order_by("-id"), ("pharmacy_id", "bin"))
    asked = {"pharmacy_id": pharmacy.pharmacy.pk, "bin": ""}
    assert backwards.all(asked) == fills[::-1]
    assert backwards.get(asked) == fills[-1]
    assert backwards.all(asked | {"bin": "B4"}) == []
