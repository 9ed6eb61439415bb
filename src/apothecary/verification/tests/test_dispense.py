"""A pharmacist alone: the same evidence in one act, the same refusals, the slip kept."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apothecary.config.tests.world import World
from apothecary.drugs.ndc import Ndc
from apothecary.filling.models import BottleScan, Count, LabelPrint
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.faults import fill_faults
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.models import Balance, PlaceKind
from apothecary.stock.queries import book_faults
from apothecary.verification.dispensing import dispense
from apothecary.verification.models import Check

THIRTY = [Decimal(30)]


def upc(world, drug: str) -> str:
    return f"]E0{Ndc.parse(world.drugs[drug].ndc).upc_a}"


def waiting(world: World, drug: str = "lisinopril") -> Fill:
    return world.stocked(drug, until=FillState.WAITING)


def state_of(fill: Fill) -> str:
    return Fill.objects.get(pk=fill.pk).state


def test_one_act_fills_labels_checks_and_bags(pharmacy):
    fill = waiting(pharmacy)
    done = dispense(
        by=pharmacy.pharmacist,
        fill_id=fill.pk,
        codes=[upc(pharmacy, "lisinopril")],
        counts=THIRTY,
    )
    assert done.state == state_of(fill) == FillState.READY
    assert Balance.objects.get(place__kind=PlaceKind.WILL_CALL).on_hand == 30
    turns = {
        BottleScan.objects.get(fill=fill).turn,
        Count.objects.get(fill=fill).turn,
        LabelPrint.objects.get(fill=fill).turn,
    }
    assert turns == {fill.steps + 1}
    assert Check.objects.get(fill=fill).filled_alone
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []
    assert fill_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_the_journal_tells_the_whole_path_in_one_line(pharmacy):
    fill = waiting(pharmacy)
    dispense(
        by=pharmacy.pharmacist,
        fill_id=fill.pk,
        codes=[upc(pharmacy, "lisinopril")],
        counts=THIRTY,
    )
    line = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("fill", fill.pk)])[-1]
    assert line.deed == Deed.FILL_APPROVED
    assert line.details["through"] == ["filling", "check", "ready"]
    assert line.details["lots"] == ["L1"]


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN, Role.CLERK])
def test_nobody_but_a_pharmacist_works_alone(pharmacy, role):
    fill = waiting(pharmacy)
    with pytest.raises(NotAllowed):
        dispense(
            by=pharmacy.workers[role],
            fill_id=fill.pk,
            codes=[upc(pharmacy, "lisinopril")],
            counts=THIRTY,
        )
    assert state_of(fill) == FillState.WAITING


@pytest.mark.parametrize("code", ["", "not a code", "]d201" + "0" * 14, "x" * 999])
def test_a_code_that_says_nothing_is_refused_and_nothing_is_filled(pharmacy, code):
    fill = waiting(pharmacy)
    with pytest.raises(Refused) as refusal:
        dispense(by=pharmacy.pharmacist, fill_id=fill.pk, codes=[code], counts=THIRTY)
    assert [problem.field for problem in refusal.value.problems] == ["code"]
    assert state_of(fill) == FillState.WAITING
    assert not BottleScan.objects.filter(fill=fill).exists()


def test_a_wrong_bottle_stops_everything_and_is_kept_as_a_caught_slip(pharmacy):
    fill = waiting(pharmacy)
    with pytest.raises(Refused, match="Wrong product"):
        dispense(
            by=pharmacy.pharmacist,
            fill_id=fill.pk,
            codes=[upc(pharmacy, "metformin")],
            counts=THIRTY,
        )
    assert state_of(fill) == FillState.WAITING
    line = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("fill", fill.pk)])[-1]
    assert (line.deed, line.details["ndc"]) == (
        Deed.WRONG_PRODUCT_CAUGHT,
        pharmacy.drugs["metformin"].ndc,
    )


@pytest.mark.parametrize(
    ("counts", "says"),
    [([Decimal(29)], "Counted 29"), ([Decimal(0)], "above zero"), ([Decimal("30.5")], "Whole")],
)
def test_a_count_that_differs_dispenses_nothing(pharmacy, counts, says):
    fill = waiting(pharmacy)
    with pytest.raises(Refused, match=says):
        dispense(
            by=pharmacy.pharmacist,
            fill_id=fill.pk,
            codes=[upc(pharmacy, "lisinopril")],
            counts=counts,
        )
    assert state_of(fill) == FillState.WAITING
    assert not BottleScan.objects.exists()


def test_a_lot_that_is_not_promised_to_the_fill_is_refused(pharmacy):
    fill = waiting(pharmacy)
    code = f"]d201{Ndc.parse(pharmacy.drugs['lisinopril'].ndc).gtin14(0)}1728123110OTHER"
    with pytest.raises(Refused, match="take lot L1"):
        dispense(by=pharmacy.pharmacist, fill_id=fill.pk, codes=[code], counts=THIRTY)


def test_schedule_ii_is_counted_twice(pharmacy):
    pharmacy.receive("oxycodone", "100")
    order = pharmacy.order("oxycodone", refills=0)
    fill = pharmacy.walk(
        enter_prescription(by=pharmacy.technician, order=order), until=FillState.WAITING
    )
    codes = [upc(pharmacy, "oxycodone")]
    with pytest.raises(Refused, match="counted twice"):
        dispense(by=pharmacy.pharmacist, fill_id=fill.pk, codes=codes, counts=THIRTY)
    dispense(by=pharmacy.pharmacist, fill_id=fill.pk, codes=codes, counts=THIRTY * 2)
    assert Count.objects.filter(fill=fill).count() == 2


def test_dispensing_twice_moves_the_units_once(pharmacy):
    fill = waiting(pharmacy)
    codes = [upc(pharmacy, "lisinopril")]
    dispense(by=pharmacy.pharmacist, fill_id=fill.pk, codes=codes, counts=THIRTY)
    with pytest.raises(Refused, match="not in waiting"):
        dispense(by=pharmacy.pharmacist, fill_id=fill.pk, codes=codes, counts=THIRTY)
    assert Balance.objects.get(place__kind=PlaceKind.WILL_CALL).on_hand == 30


def test_a_stranger_dispenses_nothing_of_ours(pharmacy):
    fill = waiting(pharmacy)
    with pytest.raises(Refused, match="No such fill"):
        dispense(
            by=pharmacy.stranger,
            fill_id=fill.pk,
            codes=[upc(pharmacy, "lisinopril")],
            counts=THIRTY,
        )


def test_the_act_costs_at_most_fourteen_statements(pharmacy):
    fill = waiting(pharmacy)
    with CaptureQueriesContext(connection) as seen:
        dispense(
            by=pharmacy.pharmacist,
            fill_id=fill.pk,
            codes=[upc(pharmacy, "lisinopril")],
            counts=THIRTY,
        )
    asked = [query for query in seen.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= 14, [query["sql"][:60] for query in asked]
