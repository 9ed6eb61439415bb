"""Packages at the door: received, refused, set aside, taken back."""

from datetime import date
from decimal import Decimal

import pytest

from apothecary.config.tests.world import PIN
from apothecary.drugs.batches import Batch, Source
from apothecary.drugs.official.written_codes import product_key
from apothecary.drugs.side_tables import Recall, RecallCode
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.purchasing.matching.models import Difference
from apothecary.purchasing.ordering.models import Order
from apothecary.purchasing.receiving.corrections import set_aside, take_back
from apothecary.purchasing.receiving.delivery import (
    close_receipt,
    start_receipt,
    take_temperature,
)
from apothecary.purchasing.receiving.door import receive
from apothecary.purchasing.receiving.models import Receipt, ReceivedPackage
from apothecary.purchasing.states import Condition, OrderState
from apothecary.purchasing.tests.dea_form import form_sent
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.actions import quarantine_lot, the_place
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Balance, Move, Posting
from apothecary.stock.queries import book_faults

NOWHERE = 10**9


@pytest.fixture
def order(yard) -> Order:
    """Three bottles of lisinopril on their way."""
    return yard.sent(lisinopril=3)


@pytest.fixture
def receipt(yard, order) -> Receipt:
    return yard.begun(order)


def at(yard, kind: PlaceKind) -> Decimal:
    """Units that stand in a place."""
    place = the_place(yard.world.pharmacy.pk, kind)
    rows = Balance.objects.filter(place=place)
    return sum((row.on_hand for row in rows), Decimal(0))


def sound(yard) -> bool:
    return book_faults(pharmacy_id=yard.world.pharmacy.pk) == []


def refused(act) -> set[str]:
    """The codes an act is refused with."""
    with pytest.raises(Refused) as refusal:
        act()
    return {problem.code for problem in refusal.value.problems}


# Received


def test_a_scanned_package_stands_in_receiving_and_is_written_down(yard, order, receipt):
    row = yard.takes_in(receipt, yard.came(serial="A1"))
    assert (at(yard, PlaceKind.RECEIVING), at(yard, PlaceKind.SHELF)) == (100, 0)
    assert (row.lot.number, row.serial, row.quantity) == ("L7", "A1", 100)
    of = yard.world.pharmacy.pk
    lines = history(pharmacy_id=of, about=[("receivedpackage", row.pk)])
    assert [line.deed for line in lines] == [Deed.PACKAGE_RECEIVED]
    order.refresh_from_db()
    assert order.state == OrderState.PART_RECEIVED
    assert sound(yard)


def test_the_last_package_makes_the_order_received(yard, order, receipt):
    yard.takes_in(receipt, yard.came(packages=3))
    order.refresh_from_db()
    assert order.state == OrderState.RECEIVED


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_a_clerk_or_administrator_receives_nothing(yard, receipt, role):
    with pytest.raises(NotAllowed):
        yard.takes_in(receipt, yard.came(), by=yard.world.workers[role])
    assert not ReceivedPackage.objects.exists()


def test_the_same_scan_sent_twice_is_one_package(yard, receipt):
    came = yard.came(packages=2, key="once")
    first, second = yard.takes_in(receipt, came), yard.takes_in(receipt, came)
    assert first == second
    assert at(yard, PlaceKind.RECEIVING) == 200


def test_a_package_already_received_is_refused_wherever_it_comes_again(yard, receipt):
    yard.takes_in(receipt, yard.came(serial="A1"))
    again = yard.begun(yard.sent(lisinopril=1))
    for there in (receipt, again):
        assert refused(lambda at=there: yard.takes_in(at, yard.came(serial="A1"))) == {
            "received-before"
        }
    assert ReceivedPackage.objects.count() == 1


def test_two_packages_of_one_product_are_told_apart_by_their_serials(yard, receipt):
    yard.takes_in(receipt, yard.came(serial="A1"))
    yard.takes_in(receipt, yard.came(serial="A2"))
    assert ReceivedPackage.objects.count() == 2


def test_a_closed_delivery_takes_nothing_more(yard, receipt):
    close_receipt(by=yard.by, receipt_id=receipt.pk)
    assert refused(lambda: yard.takes_in(receipt, yard.came())) == {"receipt-closed"}


def test_a_delivery_of_another_pharmacy_is_none(yard, receipt, pharmacy):
    came = yard.came()
    act = lambda: yard.takes_in(receipt, came, by=pharmacy.stranger)  # noqa: E731
    assert refused(act) == {"no-receipt"}


# Refused, and set aside by name

ASIDE = [
    ("lisinopril", {"packages": 4}, Condition.OVER),
    ("warfarin", {}, Condition.WRONG_ITEM),
    ("lisinopril", {"expires_on": date(2026, 11, 22)}, Condition.EXPIRED),
    ("lisinopril", {"expires_on": date(2027, 1, 31)}, Condition.SHORT_DATED),
]


@pytest.mark.parametrize(("drug", "change", "condition"), ASIDE)
def test_what_may_not_go_in_is_refused_and_goes_aside_by_its_name(
    yard, receipt, drug, change, condition
):
    came = yard.came(drug, **change)
    assert refused(lambda: yard.takes_in(receipt, came)) == {condition.value}
    assert not Move.objects.exists()
    row = yard.takes_in(receipt, came, condition=condition)
    assert (at(yard, PlaceKind.RECEIVING), at(yard, PlaceKind.QUARANTINE) > 0) == (0, True)
    assert Difference.objects.get(received=row).kind == condition.value
    assert sound(yard)


def test_nothing_is_set_aside_under_a_name_that_is_not_so(yard, receipt):
    act = lambda: yard.takes_in(receipt, yard.came(), condition=Condition.EXPIRED)  # noqa: E731
    assert refused(act) == {"wrong-condition"}
    assert not ReceivedPackage.objects.exists()


def test_a_damaged_package_needs_its_reason_and_is_claimed_at_its_price(yard, receipt):
    act = lambda: yard.takes_in(receipt, yard.came(), condition=Condition.DAMAGED)  # noqa: E731
    assert refused(act) == {"no-reason"}
    row = yard.takes_in(receipt, yard.came(), condition=Condition.DAMAGED, because="crushed")
    claim = Difference.objects.get(received=row)
    assert (claim.kind, claim.usd, claim.state) == ("damaged", Decimal("2.11"), "open")


def test_what_goes_aside_at_the_door_is_one_act_there_and_one_back(yard, receipt):
    row = yard.takes_in(receipt, yard.came(), condition=Condition.DAMAGED, because="crushed")
    take_back(by=yard.by, received_id=row.pk, because="it was not")
    acts = Posting.objects.order_by("pk").values_list("key", flat=True)
    assert list(acts) == [f"received-{row.pk}", f"received-{row.pk}-back"]
    ways = [
        (move.from_place.kind, move.to_place.kind)
        for move in Move.objects.select_related("from_place", "to_place").order_by("pk")
    ]
    there = [("supplier", "receiving"), ("receiving", "quarantine")]
    assert ways == [*there, ("quarantine", "receiving"), ("receiving", "supplier")]


def test_what_is_damaged_after_all_leaves_receiving_for_quarantine(yard, receipt):
    row = yard.takes_in(receipt, yard.came(serial="A1"))
    set_aside(
        by=yard.by, received_id=row.pk, condition=Condition.DAMAGED, because="seal broken"
    )
    assert (at(yard, PlaceKind.RECEIVING), at(yard, PlaceKind.QUARANTINE)) == (0, 100)
    twice = lambda: set_aside(  # noqa: E731
        by=yard.by, received_id=row.pk, condition=Condition.DAMAGED, because="x"
    )
    assert refused(twice) == {"aside"}
    assert sound(yard)


def recall_of(package, lots: str, *, status: str = "Ongoing") -> None:
    """An enforcement report of the FDA that names lots of a package."""
    product = package.product
    source, batch = (
        Source.objects.get(pk=product.source_id),
        Batch.objects.get(pk=product.batch_id),
    )
    common = {"source": source, "since": batch, "batch": batch}
    Recall.objects.create(
        number="D-1-2026",
        recall_class="I",
        status=status,
        firm="Firm",
        product=str(product),
        lots=lots,
        reason="glass in the bottle",
        reported_on=date(2026, 11, 22),
        **common,
    )
    RecallCode.objects.create(
        number="D-1-2026",
        place="listed",
        code=package.ndc,
        product_key=product_key(product.labeler_code, product.product_code),
        package="",
        **common,
    )


@pytest.mark.parametrize(
    ("lots", "status", "stopped"),
    [
        ("Lot L7, exp 06/28", "Ongoing", True),
        ("Lot L77", "Ongoing", False),
        ("Lot L7", "Terminated", False),
    ],
)
def test_a_lot_recalled_yesterday_goes_aside(yard, receipt, lots, status, stopped):
    recall_of(yard.world.drugs["lisinopril"], lots, status=status)
    if not stopped:
        assert yard.takes_in(receipt, yard.came()).is_good
        return
    assert refused(lambda: yard.takes_in(receipt, yard.came())) == {"recalled"}
    yard.takes_in(receipt, yard.came(), condition=Condition.RECALLED)
    assert at(yard, PlaceKind.QUARANTINE) == 100


def test_a_lot_that_stands_in_quarantine_here_goes_there_too(yard, receipt):
    lot = yard.world.receive("lisinopril", "10", lot="L7", expires_on=date(2028, 6, 30))
    quarantine_lot(by=yard.by, lot_id=lot.pk, because="manufacturer's notice")
    with pytest.raises(Refused, match="manufacturer's notice"):
        yard.takes_in(receipt, yard.came())


# Cold items


@pytest.fixture
def cold(yard) -> Receipt:
    """A delivery with one item that is kept cold and one that is not."""
    product = yard.world.drugs["amoxicillin-liquid"].product
    product.storage = "refrigerator"
    product.save()
    order = yard.sent(amoxicillin_liquid=1, lisinopril=1)
    notice = yard.announced(order, ("amoxicillin-liquid", 1, "C1"), ("lisinopril", 1, "L7"))
    return start_receipt(by=yard.by, notice_id=notice.pk)


def test_cold_items_come_first_and_their_temperature_before_them(yard, cold):
    assert refused(lambda: yard.takes_in(cold, yard.came())) == {"cold-first"}
    liquid = yard.came("amoxicillin-liquid", lot="C1")
    assert refused(lambda: yard.takes_in(cold, liquid)) == {"take-temperature"}
    take_temperature(by=yard.by, receipt_id=cold.pk, temperature_c=Decimal("4.5"))
    assert yard.takes_in(cold, liquid).is_good
    assert yard.takes_in(cold, yard.came()).is_good


def test_what_came_warm_goes_to_quarantine_and_is_claimed(yard, cold):
    take_temperature(by=yard.by, receipt_id=cold.pk, temperature_c=Decimal("12"))
    liquid = yard.came("amoxicillin-liquid", lot="C1")
    assert refused(lambda: yard.takes_in(cold, liquid)) == {Condition.WARM.value}
    yard.takes_in(cold, liquid, condition=Condition.WARM)
    assert Difference.objects.get().kind == "out of temperature"


def test_the_temperature_on_arrival_is_taken_once_and_believable(yard, cold):
    act = lambda celsius: take_temperature(  # noqa: E731
        by=yard.by, receipt_id=cold.pk, temperature_c=Decimal(celsius)
    )
    assert refused(lambda: act("400")) == {"bad-temperature"}
    act("4")
    assert refused(lambda: act("5")) == {"taken"}


# Schedule II


def test_schedule_ii_is_received_by_two_people_with_the_number_of_its_order(yard, receipt):
    form_sent(yard)
    came = yard.came("oxycodone", serial="X1", dea_order="230000001")
    assert refused(lambda: yard.takes_in(receipt, came)) == {"two-people"}
    witness = yard.world.people[Role.PHARMACIST]
    row = receive(
        by=yard.by, receipt_id=receipt.pk, came=came, initials=witness.initials, pin=PIN
    )
    assert (row.witness_id, row.dea_order) == (witness.pk, "230000001")
    assert Move.objects.get().posting.witness_id == witness.pk


def test_nobody_is_the_second_person_beside_themselves(yard, receipt):
    me = yard.world.people[Role.TECHNICIAN]
    came = yard.came("oxycodone", serial="X1", dea_order="230000001")
    act = lambda: receive(  # noqa: E731
        by=yard.by, receipt_id=receipt.pk, came=came, initials=me.initials, pin=PIN
    )
    assert "two-people" in refused(act)


def test_a_wrong_pin_receives_nothing(yard, receipt):
    came = yard.came("oxycodone", serial="X1", dea_order="230000001")
    witness = yard.world.people[Role.PHARMACIST]
    with pytest.raises(Refused):
        receive(
            by=yard.by, receipt_id=receipt.pk, came=came, initials=witness.initials, pin="0"
        )
    assert not ReceivedPackage.objects.exists()


# Taken back


def test_a_receipt_is_taken_back_by_moves_that_name_the_first(yard, order, receipt):
    row = yard.takes_in(receipt, yard.came(serial="A1"))
    assert refused(lambda: take_back(by=yard.by, received_id=row.pk, because="")) == {
        "no-reason"
    }
    take_back(by=yard.by, received_id=row.pk, because="of another tote")
    assert at(yard, PlaceKind.RECEIVING) == 0
    assert Move.objects.filter(reverses__isnull=False).count() == 1
    order.refresh_from_db()
    assert order.state == OrderState.SENT
    twice = lambda: take_back(by=yard.by, received_id=row.pk, because="x")  # noqa: E731
    assert refused(twice) == {"undone"}
    assert yard.takes_in(receipt, yard.came(serial="A1")).pk != row.pk
    assert sound(yard)


def test_taking_back_what_was_set_aside_ends_its_claim(yard, receipt):
    row = yard.takes_in(receipt, yard.came(), condition=Condition.DAMAGED, because="crushed")
    take_back(by=yard.by, received_id=row.pk, because="it was not")
    assert Difference.objects.get().state == "accepted"
    assert (at(yard, PlaceKind.QUARANTINE), sound(yard)) == (0, True)


def test_an_order_is_received_with_its_very_last_package_and_not_one_before(yard):
    order = yard.sent(lisinopril=2, warfarin=2)
    receipt = yard.begun(order)
    states = []
    for drug, serial in (
        ("lisinopril", "A1"), ("lisinopril", "A2"), ("warfarin", "B1"), ("warfarin", "B2")
    ):  # fmt: skip
        yard.takes_in(receipt, yard.came(drug, serial=serial))
        order.refresh_from_db()
        states.append(order.state)
    assert states == ["part received", "part received", "part received", "received"]
