"""A statement compiled once answers as the queryset would, and locks in a transaction only."""

import pytest
from django.db import connection
from django.db.models import F
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from apothecary.journal.compiled import Compiled, Given, Several, abreast
from apothecary.patients.models import Patient
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
    other = Compiled(
        Fill.objects.filter(id=Given("id")).filter(pharmacy_id=Given("pharmacy_id"))
    )
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


def test_values_that_were_in_the_filter_stay_as_they_were(pharmacy, fills):
    asked = {"pharmacy_id": pharmacy.pharmacy.pk}
    of_it = Fill.objects.filter(pharmacy_id=Given("pharmacy_id"))
    assert Compiled(of_it.filter(number=7)).get(asked) is None
    assert Compiled(of_it.filter(state=fills[1].state)).all(asked) == [fills[1]]


def test_a_value_that_nobody_gave_is_an_error_and_no_answer(pharmacy, fills):
    with pytest.raises(KeyError, match="id"):
        HELD.get({"pharmacy_id": pharmacy.pharmacy.pk})


def test_an_annotation_comes_with_its_row(pharmacy, fills):
    counted = Compiled(
        Fill.objects.filter(pharmacy_id=Given("pharmacy_id")).annotate(twice=F("steps") * 2)
    )
    for fill in counted.all({"pharmacy_id": pharmacy.pharmacy.pk}):
        assert vars(fill)["twice"] == 2 * fill.steps


def test_questions_asked_abreast_are_one_statement_and_each_may_have_no_answer(pharmacy, fills):
    mine = {"pharmacy_id": pharmacy.pharmacy.pk}
    fill = Compiled(Fill.objects.select_related("patient").filter(id=Given("id")))
    patient = Compiled(Patient.objects.select_related("pharmacy").filter(id=Given("id")))
    whom = {"id": fills[1].patient_id}
    asked = ((fill, {"id": fills[0].pk}), (patient, {"id": 0}), (patient, whom))
    abreast(*asked)
    with CaptureQueriesContext(connection) as caught:
        one, none, other = abreast(*asked)
        assert one.patient.pk == fills[0].patient_id
        assert other.pharmacy.pk == mine["pharmacy_id"]
    assert (one, none, other.pk) == (fills[0], None, fills[1].patient_id)
    assert values_of(one) == values_of(fills[0])
    assert len(caught) == 1


def test_a_question_asked_abreast_with_two_answers_is_refused(pharmacy, fills):
    every = Compiled(Fill.objects.filter(pharmacy_id=Given("pharmacy_id")))
    with pytest.raises(Several):
        abreast((every, {"pharmacy_id": pharmacy.pharmacy.pk}))


def test_without_a_transaction_nothing_can_be_held(town):
    with pytest.raises(TransactionManagementError, match="within a transaction"):
        lock_fill(by=town.technician, fill_id=1)


def test_all_rows_come_in_the_order_of_the_queryset(pharmacy, fills):
    of_bin = Fill.objects.filter(pharmacy_id=Given("pharmacy_id"), bin=Given("bin"))
    backwards = Compiled(of_bin.order_by("-id"))
    asked = {"pharmacy_id": pharmacy.pharmacy.pk, "bin": ""}
    assert backwards.all(asked) == fills[::-1]
    assert backwards.get(asked) == fills[-1]
    assert backwards.all(asked | {"bin": "B4"}) == []
