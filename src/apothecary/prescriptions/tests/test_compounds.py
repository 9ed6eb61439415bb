"""A compound is entered once, ordered like a drug, and promised ingredient by ingredient."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.config.tests.world import TODAY
from apothecary.drugs.models import Package, Product
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import (
    cancel_fill,
    enter_prescription,
    start_refill,
)
from apothecary.prescriptions.compound_tables import Compound, CompoundIngredient
from apothecary.prescriptions.compounds import Part, enter_compound, orderable
from apothecary.prescriptions.faults import fill_faults
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.parting import give_part
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.tests.mixed import (
    STEROID,
    TABLETS,
    compound,
    entered,
    order,
    recipe,
    stocked,
)
from apothecary.prescriptions.writer import advance, lock_fills
from apothecary.staff.worker import NotAllowed
from apothecary.stock.models import Move, Reservation
from apothecary.stock.queries import book_faults


def promised(fill: Fill) -> dict[str, Decimal]:
    held = Reservation.objects.filter(fill_id=fill.pk, state="pending").select_related("lot")
    return {each.lot.number: each.quantity for each in held}


def moved(fill: Fill) -> list[tuple[str, str, str, Decimal]]:
    found = Move.objects.filter(fill_id=fill.pk).select_related("from_place", "to_place", "lot")
    return [
        (move.from_place.kind, move.to_place.kind, move.lot.number, move.quantity)
        for move in found.order_by("id")
    ]


def test_a_compound_stands_in_the_drug_file_with_all_of_its_ingredients(pharmacy):
    made = compound(pharmacy)
    of = made.package.product
    assert (of.name, of.form, of.route) == ("magic cream", "CREAM", "TOPICAL")
    assert of.ingredient_key == "hydrocortisone+lisinopril"
    assert of.labeler == "Compounded by Sample Community Pharmacy"
    assert (made.package.unit, made.package.quantity) == ("GM", Decimal(40))
    parts = made.ingredients.order_by("place")
    assert [(one.package.ndc, one.quantity, one.basis, one.cost_usd) for one in parts] == [
        (pharmacy.drugs[STEROID].ndc, Decimal(30), "09", Decimal("2.40")),
        (pharmacy.drugs[TABLETS].ndc, Decimal(7), "09", Decimal("0.15")),
    ]
    # Its price a gram is what its ingredients cost, over what they make.
    assert made.package.price_usd == Decimal("0.06375")
    (line,) = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("compound", made.pk)])
    assert line.deed == Deed.COMPOUND_ENTERED
    assert line.details["makes"] == "40 GM"
    assert str(line.details["ingredients"]).startswith("['30 GM of hydrocortisone")


def test_the_same_compound_entered_twice_is_one_and_another_cost_makes_another(pharmacy):
    first = compound(pharmacy)
    assert compound(pharmacy).pk == first.pk
    about = [("compound", first.pk)]
    assert len(history(pharmacy_id=pharmacy.pharmacy.pk, about=about)) == 1
    assert compound(pharmacy, beyond_use_days=14).pk != first.pk
    Package.objects.filter(pk=pharmacy.drugs[STEROID].pk).update(price_usd="0.09")
    assert compound(pharmacy).pk != first.pk
    assert Compound.objects.count() == 3


def test_a_typed_cost_is_acquisition_cost_unless_another_basis_is_said(pharmacy):
    cream = Part(
        package_id=pharmacy.drugs[STEROID].pk,
        quantity=Decimal(30),
        unit="GM",
        cost_usd=Decimal("3.00"),
    )
    other = Part(
        package_id=pharmacy.drugs[TABLETS].pk,
        quantity=Decimal(7),
        unit="EA",
        basis="12",
        cost_usd=Decimal("1.00"),
    )
    made = compound(pharmacy, parts=(cream, other))
    bases = list(made.ingredients.order_by("place").values_list("basis", "cost_usd"))
    assert bases == [("05", Decimal("3.00")), ("12", Decimal("1.00"))]


def test_a_compound_is_found_by_no_scan_and_no_search(pharmacy):
    made = compound(pharmacy)
    assert not Package.objects.filter(pk=made.package_id).exists()
    assert not Product.objects.filter(pk=made.package.product_id).exists()


def test_a_compound_is_ordered_in_its_own_house_alone(pharmacy):
    made = compound(pharmacy)
    assert orderable(pharmacy.pharmacy.pk).filter(pk=made.package_id).exists()
    assert not orderable(pharmacy.other.pk).filter(pk=made.package_id).exists()
    other = replace(order(pharmacy, made), patient=pharmacy.patient)
    with pytest.raises(Refused, match="No such"):
        enter_prescription(by=pharmacy.stranger, order=other)


def test_who_may_not_enter_a_prescription_enters_no_compound(pharmacy):
    with pytest.raises(NotAllowed):
        enter_compound(by=pharmacy.clerk, recipe=recipe(pharmacy))
    assert not Compound.objects.exists()


def test_a_refused_compound_changes_nothing_and_says_everything(pharmacy):
    before = Product.every.count(), Package.every.count()
    cream = Part(package_id=pharmacy.drugs[STEROID].pk, quantity=Decimal(0), unit="ML")
    with pytest.raises(Refused) as refused:
        compound(pharmacy, name="", route="54485002", parts=(cream,))
    fields = {problem.field for problem in refused.value.problems}
    assert fields == {
        "name",
        "route",
        "ingredients",
        "ingredients.1.quantity",
        "ingredients.1.unit",
    }
    assert (Product.every.count(), Package.every.count()) == before
    assert not CompoundIngredient.objects.exists()


def test_a_compound_is_no_ingredient_of_another(pharmacy):
    first = compound(pharmacy)
    part = Part(package_id=first.package_id, quantity=Decimal(5), unit="GM")
    with pytest.raises(Refused, match="No such package in the drug file") as refused:
        compound(pharmacy, parts=(part, *recipe(pharmacy).parts))
    assert [problem.field for problem in refused.value.problems] == ["ingredients.1"]


def test_an_ingredient_without_a_price_asks_for_its_cost(pharmacy):
    Package.objects.filter(pk=pharmacy.drugs[STEROID].pk).update(price_usd=None)
    with pytest.raises(Refused, match="no price for hydrocortisone") as refused:
        compound(pharmacy)
    assert [problem.field for problem in refused.value.problems] == ["ingredients.1.cost_usd"]


def test_a_controlled_ingredient_makes_the_whole_controlled(pharmacy):
    part = Part(package_id=pharmacy.drugs["oxycodone"].pk, quantity=Decimal(2), unit="EA")
    made = compound(pharmacy, parts=(*recipe(pharmacy).parts, part))
    assert made.package.product.schedule == 2
    with pytest.raises(Refused, match="refill"):
        enter_prescription(by=pharmacy.technician, order=order(pharmacy, made))


def test_an_order_for_another_quantity_than_it_makes_is_refused(pharmacy):
    made = compound(pharmacy)
    with pytest.raises(Refused, match="makes 40 GM") as refused:
        enter_prescription(by=pharmacy.technician, order=order(pharmacy, made, quantity="80"))
    assert [problem.code for problem in refused.value.problems] == ["compound-quantity"]
    assert not Fill.objects.exists()


def test_every_ingredient_is_promised_or_none(pharmacy):
    stocked(pharmacy, tablets="6")
    fill = entered(pharmacy)
    advance(fill, FillState.WAITING, by=pharmacy.system, did=Deed.FILL_MOVED)
    assert fill.state == FillState.SHORT
    assert fill.because == "needs 7 EA of lisinopril, 6 on hand"
    assert promised(fill) == {}
    pharmacy.receive(TABLETS, "10", lot="LI2")
    advance(fill, FillState.WAITING, by=pharmacy.technician, did=Deed.FILL_MOVED)
    assert promised(fill) == {"HC1": Decimal(30), "LI1": Decimal(6), "LI2": Decimal(1)}
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_a_compound_sold_takes_each_ingredient_from_the_shelf_to_the_patient(pharmacy):
    stocked(pharmacy)
    fill = pharmacy.walk(entered(pharmacy), until=FillState.SOLD)
    assert moved(fill) == [
        ("shelf", "will_call", "HC1", Decimal(30)),
        ("shelf", "will_call", "LI1", Decimal(7)),
        ("will_call", "patient", "HC1", Decimal(30)),
        ("will_call", "patient", "LI1", Decimal(7)),
    ]
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_a_mixture_nobody_takes_is_wasted_and_goes_back_into_no_bottle(pharmacy):
    stocked(pharmacy)
    fill = pharmacy.walk(entered(pharmacy), until=FillState.READY)
    cancel_fill(by=pharmacy.technician, fill_id=fill.pk, because="not wanted")
    assert moved(fill)[2:] == [
        ("will_call", "waste", "HC1", Decimal(30)),
        ("will_call", "waste", "LI1", Decimal(7)),
    ]
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


@pytest.mark.parametrize(
    "until",
    [FillState.WAITING, FillState.FILLING, FillState.CHECK, FillState.READY, FillState.SOLD],
)
def test_the_books_prove_a_compound_by_the_sum_and_by_each_ingredient(pharmacy, until):
    stocked(pharmacy)
    fill = pharmacy.walk(entered(pharmacy), until=until)
    assert fill_faults(pharmacy_id=pharmacy.pharmacy.pk) == []
    parts = CompoundIngredient.objects.filter(compound__package_id=fill.package_id)
    parts.filter(place=1).update(quantity=29)
    parts.filter(place=2).update(quantity=8)
    # The sum still agrees: only the look at each ingredient finds it.
    cream, tablets = fill_faults(pharmacy_id=pharmacy.pharmacy.pk)
    assert cream.endswith(
        f"takes 29.000 of {pharmacy.drugs[STEROID].ndc}, the books hold 30.000"
    )
    assert tablets.endswith(
        f"takes 8.000 of {pharmacy.drugs[TABLETS].ndc}, the books hold 7.000"
    )
    parts.filter(place=1).update(quantity=30)
    assert any(
        f"of 38.000 is in {until}" in one
        for one in fill_faults(pharmacy_id=pharmacy.pharmacy.pk)
    )


def test_a_wasted_mixture_and_one_called_off_leave_books_that_prove(pharmacy):
    stocked(pharmacy)
    made = compound(pharmacy)
    for until in (FillState.WAITING, FillState.READY):
        fill = pharmacy.walk(entered(pharmacy, made), until=until)
        cancel_fill(by=pharmacy.technician, fill_id=fill.pk, because="not wanted")
    assert fill_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_a_compound_called_off_before_it_is_made_gives_back_what_was_promised(pharmacy):
    stocked(pharmacy)
    fill = pharmacy.walk(entered(pharmacy), until=FillState.WAITING)
    cancel_fill(by=pharmacy.technician, fill_id=fill.pk, because="not wanted")
    assert promised(fill) == {}
    assert moved(fill) == []
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_no_part_of_a_compound_is_given(pharmacy):
    stocked(pharmacy)
    fill = pharmacy.walk(entered(pharmacy), until=FillState.WAITING)
    with pytest.raises(Refused, match="made and billed whole"):
        give_part(
            by=pharmacy.technician, fill_id=fill.pk, quantity_now=Decimal(20), because="short"
        )


def test_a_refill_of_a_compound_is_the_same_compound(pharmacy):
    stocked(pharmacy)
    first = pharmacy.walk(entered(pharmacy), until=FillState.SOLD)
    later = pharmacy.technician.at_time(
        pharmacy.technician.at + timedelta(days=9), TODAY + timedelta(days=9)
    )
    again = start_refill(by=later, prescription_id=first.prescription_id, pay="cash")
    assert again.package_id == first.package_id
    assert again.price_usd == first.price_usd
    assert [one.quantity for one in again.made_of] == [Decimal(30), Decimal(7)]


def test_fills_with_a_compound_among_them_are_held_with_all_their_packages(pharmacy):
    stocked(pharmacy)
    made = pharmacy.walk(entered(pharmacy), until=FillState.READY)
    plain = pharmacy.walk(pharmacy.enter(), until=FillState.READY)
    held = lock_fills(by=pharmacy.technician, fill_ids=[made.pk, plain.pk])
    assert {fill.pk for fill in held} == {made.pk, plain.pk}
    for fill in held:
        advance(fill, FillState.SOLD, by=pharmacy.technician, did=Deed.SOLD)
    assert book_faults(pharmacy_id=pharmacy.pharmacy.pk) == []


def test_other_drugs_are_asked_nothing_about_ingredients(pharmacy, django_assert_num_queries):
    fill = pharmacy.enter()
    with django_assert_num_queries(0):
        assert fill.made_of == []
