"""Whose stock a fill takes: what is billed as bought under 340B takes 340B stock alone."""

from dataclasses import replace
from decimal import Decimal

import pytest

from apothecary.config.tests.world_days import LONG_GOOD
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import cancel_fill, enter_prescription
from apothecary.prescriptions.apart import Apart, bill_apart
from apothecary.prescriptions.compounds import Part
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.parting import give_part, try_stock_again
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.tests.mixed import STEROID, TABLETS, compound, entered
from apothecary.prescriptions.writer import advance
from apothecary.stock.actions import receive_stock
from apothecary.stock.kinds import PlaceKind, Programme
from apothecary.stock.levels.models import Wanted
from apothecary.stock.models import Move, Place, Reservation
from apothecary.stock.places.actions import Room, open_place
from apothecary.stock.queries import book_faults

DISCOUNT = Programme.DISCOUNT_340B


def discounted_shelf(world) -> Place:
    """The shelf of 340B stock, opened once."""
    name = "340B shelf"
    found = Place.objects.filter(pharmacy=world.pharmacy, name=name).first()
    room = Room(name=name, programme=DISCOUNT)
    return found or open_place(by=world.pharmacist, kind=PlaceKind.SHELF, room=room)


def bought(world, drug: str, quantity: str, *, lot: str = "D1") -> None:
    """Units bought under 340B, on their own shelf."""
    receive_stock(
        by=world.pharmacist,
        package=world.drugs[drug],
        lot_number=lot,
        expires_on=LONG_GOOD,
        quantity=Decimal(quantity),
        place=discounted_shelf(world),
        key=f"bought-{drug}-{lot}-{quantity}",
    )


def billed_340b(world, drug: str = TABLETS, cost: str = "0.30") -> Fill:
    """A fill of thirty, billed as bought under 340B."""
    fill = world.enter(drug)
    said = Apart(cost_340b_usd=Decimal(cost), because_340b="a patient of the clinic")
    return bill_apart(by=world.technician, fill_id=fill.pk, apart=said)


def to_waiting(world, fill: Fill) -> Fill:
    return advance(fill, FillState.WAITING, by=world.system, did=Deed.FILL_MOVED)


def taken_from(fill: Fill) -> set[str]:
    """The programmes of what is promised to a fill."""
    held = Reservation.objects.filter(fill_id=fill.pk, state="pending")
    return set(held.values_list("place__programme", flat=True))


@pytest.mark.parametrize(
    ("own", "discounted", "cost", "state", "says"),
    [
        ("100", "0", "0.30", FillState.SHORT, "needs 30, 0 of 340B stock on hand"),
        ("100", "29", "0.30", FillState.SHORT, "needs 30, 29 of 340B stock on hand"),
        ("0", "30", "0.30", FillState.WAITING, ""),
        ("100", "30", "0.30", FillState.WAITING, ""),
        ("0", "100", None, FillState.SHORT, "needs 30, 0 on hand"),
        ("29", "100", None, FillState.SHORT, "needs 30, 29 on hand"),
        ("30", "100", None, FillState.WAITING, ""),
    ],
)
def test_a_fill_takes_the_stock_of_its_own_programme_and_no_other(
    pharmacy, own, discounted, cost, state, says
):
    if own != "0":
        pharmacy.receive(TABLETS, own)
    if discounted != "0":
        bought(pharmacy, TABLETS, discounted)
    fill = to_waiting(pharmacy, billed_340b(pharmacy) if cost else pharmacy.enter())
    assert (fill.state, fill.because) == (state, says)
    whose = DISCOUNT if cost else Programme.OWN
    if state is FillState.WAITING:
        assert taken_from(fill) == {whose}
        assert not Wanted.objects.exists()
    else:
        assert taken_from(fill) == set()
        assert Wanted.objects.get(fill_id=fill.pk).programme == whose


def test_what_is_sold_under_340b_has_left_the_340b_shelf_and_the_own_is_untouched(pharmacy):
    pharmacy.receive(TABLETS, "100")
    bought(pharmacy, TABLETS, "100")
    fill = pharmacy.walk(billed_340b(pharmacy), until=FillState.SOLD)
    filled = Move.objects.get(fill_id=fill.pk, reason="filled")
    assert (filled.from_place.programme, filled.lot.number) == (DISCOUNT, "D1")
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_what_is_returned_goes_back_to_the_340b_shelf(pharmacy):
    pharmacy.receive(TABLETS, "100")
    bought(pharmacy, TABLETS, "100")
    fill = pharmacy.walk(billed_340b(pharmacy), until=FillState.READY)
    advance(fill, FillState.RETURNED, by=pharmacy.technician, did=Deed.FILL_MOVED)
    back = Move.objects.get(fill_id=fill.pk, reverses__isnull=False)
    assert back.to_place.programme == DISCOUNT
    assert back.to_place.balance_set.get(lot__number="D1").on_hand == 100


def test_a_short_340b_fill_is_not_helped_by_own_stock_that_comes(pharmacy):
    fill = to_waiting(pharmacy, billed_340b(pharmacy))
    pharmacy.receive(TABLETS, "100")
    with pytest.raises(Refused, match="0 of 340B stock on hand"):
        try_stock_again(by=pharmacy.technician, fill_id=fill.pk)
    bought(pharmacy, TABLETS, "100")
    assert try_stock_again(by=pharmacy.technician, fill_id=fill.pk).state == FillState.WAITING
    assert not Wanted.objects.exists()


@pytest.mark.parametrize(
    ("now", "cost", "part", "balance"),
    [
        ("10", "0.30", "0.10", "0.20"),
        ("1", "1.00", "0.03", "0.97"),
        ("29", "0.05", "0.05", "0"),
    ],
)
def test_the_balance_of_a_part_is_340b_too_and_the_costs_are_the_whole_to_the_cent(
    pharmacy, now, cost, part, balance
):
    bought(pharmacy, TABLETS, "29")
    fill = to_waiting(pharmacy, billed_340b(pharmacy, cost=cost))
    owed = give_part(
        by=pharmacy.technician, fill_id=fill.pk, quantity_now=Decimal(now), because="short"
    )
    fill.refresh_from_db()
    assert (fill.cost_340b_usd, owed.cost_340b_usd) == (Decimal(part), Decimal(balance))
    assert Decimal(part) + Decimal(balance) == Decimal(cost)
    assert taken_from(fill) == {DISCOUNT}
    pharmacy.receive(TABLETS, "100")
    with pytest.raises(Refused, match="340B stock"):
        try_stock_again(by=pharmacy.technician, fill_id=owed.pk)


def test_the_balance_of_what_is_not_340b_is_not(pharmacy):
    pharmacy.receive(TABLETS, "10")
    fill = to_waiting(pharmacy, pharmacy.enter())
    owed = give_part(
        by=pharmacy.technician, fill_id=fill.pk, quantity_now=Decimal(10), because="short"
    )
    assert (fill.cost_340b_usd, owed.cost_340b_usd) == (None, None)


def test_no_part_of_a_dose_is_given(pharmacy):
    package = pharmacy.drugs["insulin"]
    type(package.product).every.filter(pk=package.product_id).update(kind="VACCINE")
    package.refresh_from_db()
    order = replace(
        pharmacy.order("insulin", quantity="1", days=1, refills=0),
        administration_usd=Decimal(25),
    )
    fill = to_waiting(pharmacy, enter_prescription(by=pharmacy.technician, order=order))
    with pytest.raises(Refused, match="one dose") as refused:
        give_part(
            by=pharmacy.technician, fill_id=fill.pk, quantity_now=Decimal("0.5"), because="x"
        )
    assert [problem.field for problem in refused.value.problems] == ["quantity_now"]
    assert Fill.objects.count() == 1


def mixed(world) -> Fill:
    """A cream whose tablets were bought under 340B and whose steroid was not."""
    parts = (
        Part(package_id=world.drugs[STEROID].pk, quantity=Decimal(30), unit="GM"),
        Part(
            package_id=world.drugs[TABLETS].pk,
            quantity=Decimal(7),
            unit="EA",
            basis="08",
            cost_usd=Decimal("0.07"),
        ),
    )
    return entered(world, compound(world, parts=parts, name="clinic cream"))


def test_each_ingredient_of_a_compound_takes_the_stock_of_its_own_programme(pharmacy):
    pharmacy.receive(STEROID, "100", lot="HC1")
    pharmacy.receive(TABLETS, "100", lot="LI1")
    fill = to_waiting(pharmacy, mixed(pharmacy))
    assert fill.state == FillState.SHORT
    assert "0 of 340B stock on hand" in fill.because
    assert "hydrocortisone" not in fill.because.lower()
    wanted = dict(Wanted.objects.values_list("package_id", "programme"))
    drugs = pharmacy.drugs
    assert wanted == {drugs[STEROID].pk: Programme.OWN, drugs[TABLETS].pk: DISCOUNT}
    bought(pharmacy, TABLETS, "7")
    fill = try_stock_again(by=pharmacy.technician, fill_id=fill.pk)
    held = Reservation.objects.filter(fill_id=fill.pk, state="pending")
    assert dict(held.values_list("lot__package_id", "place__programme")) == wanted


def test_a_compound_of_own_ingredients_takes_no_340b_stock(pharmacy):
    bought(pharmacy, STEROID, "100", lot="HD")
    bought(pharmacy, TABLETS, "100", lot="LD")
    fill = to_waiting(pharmacy, entered(pharmacy))
    assert fill.state == FillState.SHORT


def test_who_calls_a_short_340b_fill_off_wants_nothing_any_more(pharmacy):
    fill = to_waiting(pharmacy, billed_340b(pharmacy))
    assert Wanted.objects.get().programme == DISCOUNT
    cancel_fill(by=pharmacy.technician, fill_id=fill.pk, because="changed")
    assert not Wanted.objects.exists()
