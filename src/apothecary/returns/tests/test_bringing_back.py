"""What patients bring back: never to a shelf, and only where the law lets it be taken."""

from decimal import Decimal

import pytest

from apothecary.law.problem import Refused
from apothecary.pickup.actions import Receiver, sell
from apothecary.pickup.tests.counter import SIGNED, controlled
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.returns.disposal.bringing import take_back
from apothecary.returns.disposal.models import PatientReturn
from apothecary.returns.shipments.queries import waiting
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.actions import move_stock
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Lot, Place
from apothecary.stock.queries import book_faults
from apothecary.vault.monitoring.models import MonitoringRecord

JANE = Receiver(
    name="Jane Doe",
    relationship="patient",
    identifiers=("name", "birth_date"),
    counsel="refused",
    signature=SIGNED,
    method="card",
    id_kind="driver licence",
    id_number="12345678",
    id_state="TX",
)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.problems]


@pytest.fixture
def sold(room) -> Fill:
    """Thirty tablets of lot L1 that a patient took home."""
    return room.world.stocked("lisinopril", until=FillState.SOLD)


def brings(room, fill, **changes):
    said = {
        "by": room.by,
        "fill_id": fill.pk,
        "lot_id": Lot.objects.get(number="L1").pk,
        "quantity": Decimal(30),
        "purpose": "error",
        "because": "the wrong strength was in the vial",
        "key": "b1",
    }
    return take_back(**(said | changes))


@pytest.mark.parametrize("purpose", ["error", "recall"])
def test_an_error_or_a_recall_brings_units_back_where_nothing_is_drawn_from(
    room, sold, purpose
):
    shelf = room.at(PlaceKind.SHELF)
    row = brings(room, sold, purpose=purpose)
    assert (row.quantity, row.purpose) == (Decimal(30), purpose)
    assert (room.at(PlaceKind.RETURNED), room.at(PlaceKind.PATIENT)) == (30, 0)
    assert room.at(PlaceKind.SHELF) == shelf
    assert book_faults(pharmacy_id=room.by.pharmacy_id) == []


def test_from_there_it_goes_to_no_shelf(room, sold):
    row = brings(room, sold)
    with pytest.raises(Refused) as refused:
        move_stock(
            by=room.world.pharmacist,
            lot_id=row.lot_id,
            from_place=Place.objects.get(pharmacy=room.world.pharmacy, kind="returned").pk,
            to_place=room.place(PlaceKind.SHELF).pk,
            quantity=Decimal(1),
            because="still good",
            key="m",
        )
    assert codes(refused) == ["returned-by-patient"]


def test_it_waits_to_go_back_with_what_was_said(room, sold):
    brings(room, sold)
    (one,) = waiting(pharmacy_id=room.by.pharmacy_id)
    assert (one.kind, one.on_hand) == ("returned", Decimal(30))
    assert one.reason == "brought back, error: the wrong strength was in the vial"


def test_to_dispense_it_again_is_refused_by_the_name_of_the_state(room, sold):
    with pytest.raises(Refused) as refused:
        brings(room, sold, purpose="dispense again")
    assert codes(refused) == ["law-missing-row"]
    assert "TX law" in str(refused.value)
    assert room.at(PlaceKind.PATIENT) == 30


def test_in_a_state_nobody_has_on_file_it_is_refused_by_that_name(room, sold):
    room.world.pharmacy.state = "ZZ"
    room.world.pharmacy.save()
    with pytest.raises(Refused) as refused:
        brings(room, sold, purpose="dispense again")
    assert "'ZZ'" in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"purpose": "take-back"}, "no-collector"),
        ({"purpose": "refund"}, "no-purpose"),
        ({"purpose": ""}, "no-purpose"),
        ({"quantity": Decimal(0)}, "bad-quantity"),
        ({"quantity": Decimal("30.001")}, "never-given"),
        ({"because": ""}, "missing"),
        ({"fill_id": 987_654}, "never-given"),
        ({"lot_id": 987_654}, "no-lot"),
    ],
)
def test_what_may_not_be_taken_is_refused_and_stays_with_the_patient(room, sold, changes, code):
    with pytest.raises(Refused) as refused:
        brings(room, sold, **changes)
    assert codes(refused) == [code]
    assert (room.at(PlaceKind.PATIENT), PatientReturn.objects.count()) == (30, 0)


def test_what_was_brought_back_cannot_be_brought_again(room, sold):
    brings(room, sold, quantity=Decimal(20))
    assert brings(room, sold, quantity=Decimal(20)).quantity == 20
    with pytest.raises(Refused) as refused:
        brings(room, sold, quantity=Decimal(11), key="b2")
    assert codes(refused) == ["never-given"]
    brings(room, sold, quantity=Decimal(10), key="b3")
    assert room.at(PlaceKind.RETURNED) == 30


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_who_may_not_manage_stock_takes_nothing_back(room, sold, role):
    with pytest.raises(NotAllowed):
        brings(room, sold, by=room.world.workers[role])


def test_another_pharmacy_takes_back_nothing_of_ours(room, sold):
    with pytest.raises(Refused) as refused:
        brings(room, sold, by=room.world.stranger)
    assert codes(refused) == ["no-lot"]


@pytest.fixture
def told(room) -> Fill:
    """Thirty tablets of a Schedule II drug that a patient took home, to be told tonight."""
    fill = controlled(room.world)
    sell(by=room.world.technician, fill_ids=[fill.pk], receiver=JANE)
    return fill


def of_oxycodone(fill) -> int:
    return Lot.objects.get(package=fill.package).pk


@pytest.mark.parametrize(
    ("purpose", "state", "doubt"),
    [
        ("error", "held", "30 came back, an error: the wrong strength was in the vial"),
        # What is recalled was dispensed all the same.
        ("recall", "due", ""),
    ],
)
def test_a_controlled_drug_given_in_error_that_came_back_is_a_pharmacists_to_tell(
    room, told, purpose, state, doubt
):
    brings(room, told, lot_id=of_oxycodone(told), purpose=purpose)
    row = MonitoringRecord.objects.get(fill_id=told.pk)
    assert (row.state, row.doubt) == (state, doubt)


def test_the_same_key_again_says_it_once(room, told):
    for _ in range(2):
        brings(room, told, lot_id=of_oxycodone(told), quantity=Decimal("10"))
    row = MonitoringRecord.objects.get(fill_id=told.pk)
    assert row.doubt == "10 came back, an error: the wrong strength was in the vial"


def test_a_return_that_is_refused_doubts_nothing(room, told):
    with pytest.raises(Refused):
        brings(room, told, lot_id=of_oxycodone(told), quantity=Decimal(31))
    row = MonitoringRecord.objects.get(fill_id=told.pk)
    assert (row.state, row.doubt) == ("due", "")
