"""A vaccine given here, a drug bought under 340B: who may say so, when, and what is kept."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from apothecary.drugs.models import Product
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.patients.tests.test_pages import client_of
from apothecary.prescriptions.actions import cancel_fill, enter_prescription
from apothecary.prescriptions.apart import Apart, bill_apart, give_vaccine, not_given_problems
from apothecary.prescriptions.models import Fill, VaccineGiven
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.tests.mixed import compound, order
from apothecary.prescriptions.writer import advance
from apothecary.staff.duties import Role
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import NotAllowed

FEE = Decimal("25.00")


def vaccine(world, *, lots: tuple[str, ...] = ("V1",), quantity: str = "1") -> Fill:
    """Insulin plays the vaccine: the drug file says so, and it is given here."""
    package = world.drugs["insulin"]
    Product.every.filter(pk=package.product_id).update(kind="VACCINE")
    package.refresh_from_db()
    for lot in lots:
        world.receive("insulin", str(Decimal(quantity) / len(lots)), lot=lot)
    wanted = replace(
        world.order("insulin", quantity=quantity, days=1, refills=0), administration_usd=FEE
    )
    return enter_prescription(by=world.technician, order=wanted)


def ready(world, **changes: Any) -> Fill:
    return world.walk(vaccine(world, **changes), until=FillState.READY)


def give(world, fill, *, by=None, site="LD", route="IM", under=None) -> VaccineGiven:
    return give_vaccine(
        by=by or world.pharmacist, fill_id=fill.pk, site=site, route=route, under=under
    )


def lines(world, fill):
    return history(pharmacy_id=world.pharmacy.pk, about=[("fill", fill.pk)])


def test_a_vaccine_is_given_by_a_pharmacist_from_the_lot_of_the_bag(pharmacy):
    fill = ready(pharmacy)
    given = give(pharmacy, fill)
    assert (given.lot.number, given.expires_on) == ("V1", given.lot.expires_on)
    assert (given.site, given.route, given.under) == ("LD", "IM", "")
    assert (given.by_id, given.at) == (pharmacy.pharmacist.person_id, pharmacy.pharmacist.at)
    last = lines(pharmacy, fill)[-1]
    assert last.deed == Deed.VACCINE_GIVEN
    assert (last.details["lot"], last.details["site"]) == ("V1", "LD")


def test_an_intern_gives_it_under_a_pharmacist_who_is_named(pharmacy):
    fill = ready(pharmacy)
    intern = pharmacy.workers[Role.INTERN]
    for nobody in (None, 0, pharmacy.technician.person_id, pharmacy.stranger.person_id):
        with pytest.raises(Refused, match="Which pharmacist stands by"):
            give(pharmacy, fill, by=intern, under=nobody)
    assert not VaccineGiven.objects.exists()
    given = give(pharmacy, fill, by=intern, under=pharmacy.pharmacist.person_id)
    assert given.under == pharmacy.pharmacist.name


@pytest.mark.parametrize("role", [Role.CLERK, Role.TRAINEE, Role.TECHNICIAN, Role.CERTIFIED])
def test_who_may_not_give_vaccines_here_writes_nothing_down(pharmacy, role):
    fill = ready(pharmacy)
    with pytest.raises(NotAllowed):
        give(pharmacy, fill, by=pharmacy.workers[role])
    assert not VaccineGiven.objects.exists()


@pytest.mark.parametrize("state", [FillState.WAITING, FillState.CHECK])
def test_nothing_is_given_before_the_pharmacist_has_checked_it(pharmacy, state):
    fill = pharmacy.walk(vaccine(pharmacy), until=state)
    with pytest.raises(Refused, match="not in ready"):
        give(pharmacy, fill)
    assert not VaccineGiven.objects.exists()


def test_it_is_given_once(pharmacy):
    fill = ready(pharmacy)
    give(pharmacy, fill)
    with pytest.raises(Refused, match="already"):
        give(pharmacy, fill, site="RD")
    assert VaccineGiven.objects.get(fill=fill).site == "LD"


def test_a_site_that_the_route_has_not_is_refused(pharmacy):
    fill = ready(pharmacy)
    with pytest.raises(Refused) as refused:
        give(pharmacy, fill, site="NS")
    assert [problem.field for problem in refused.value.problems] == ["site"]
    assert not VaccineGiven.objects.exists()


def test_a_fill_nobody_gives_here_has_nobody_who_gave_it(pharmacy):
    fill = pharmacy.stocked(until=FillState.READY)
    with pytest.raises(Refused, match="Nobody has said"):
        give(pharmacy, fill)
    assert not_given_problems(fill) == []


def test_a_dose_of_several_lots_is_not_one_dose(pharmacy):
    fill = ready(pharmacy, lots=("V1", "V2"), quantity="2")
    with pytest.raises(Refused, match="several lots"):
        give(pharmacy, fill)


def test_another_pharmacys_fill_is_not_here(pharmacy):
    fill = ready(pharmacy)
    with pytest.raises(Refused, match="No such fill"):
        give(pharmacy, fill, by=pharmacy.stranger)


def test_what_is_billed_as_given_is_not_sold_before_it_is(pharmacy):
    fill = ready(pharmacy)
    assert [problem.code for problem in not_given_problems(fill)] == ["not-given"]
    give(pharmacy, fill)
    assert not_given_problems(fill) == []


def test_a_vaccine_nobody_wants_any_more_is_called_off(pharmacy):
    fill = ready(pharmacy)
    cancel_fill(by=pharmacy.technician, fill_id=fill.pk, because="changed his mind")
    assert Fill.objects.get(pk=fill.pk).state == FillState.CANCELLED


def test_only_a_vaccine_is_entered_with_a_fee_for_giving_it(pharmacy):
    wanted = replace(pharmacy.order(), administration_usd=FEE)
    with pytest.raises(Refused, match="Only a vaccine") as refused:
        enter_prescription(by=pharmacy.technician, order=wanted)
    assert [problem.field for problem in refused.value.problems] == ["administration_usd"]
    assert not Fill.objects.exists()


def test_a_340b_drug_is_entered_with_its_cost_and_why(pharmacy):
    wanted = replace(
        pharmacy.order(), cost_340b_usd=Decimal("0.30"), because_340b="a patient of the clinic"
    )
    fill = enter_prescription(by=pharmacy.technician, order=wanted)
    assert fill.cost_340b_usd == Decimal("0.30")
    about = [("prescription", fill.prescription_id)]
    (line,) = history(pharmacy_id=pharmacy.pharmacy.pk, about=about)
    assert line.details["because_340b"] == "a patient of the clinic"


def test_340b_without_a_reason_or_for_a_compound_is_refused(pharmacy):
    wanted = replace(pharmacy.order(), cost_340b_usd=Decimal("0.30"))
    with pytest.raises(Refused, match="Say why the patient is eligible"):
        enter_prescription(by=pharmacy.technician, order=wanted)
    mixed = replace(
        order(pharmacy, compound(pharmacy)), cost_340b_usd=Decimal(1), because_340b="clinic"
    )
    with pytest.raises(Refused, match="at each ingredient"):
        enter_prescription(by=pharmacy.technician, order=mixed)
    assert not Fill.objects.exists()


def apart(world, fill, *, by=None, cost="0.30", because="a patient of the clinic") -> Fill:
    said = Apart(cost_340b_usd=Decimal(cost) if cost else None, because_340b=because)
    return bill_apart(by=by or world.technician, fill_id=fill.pk, apart=said)


def test_a_fill_is_marked_340b_before_its_claim_and_it_is_written_down(pharmacy):
    fill = pharmacy.enter()
    assert apart(pharmacy, fill).cost_340b_usd == Decimal("0.30")
    last = lines(pharmacy, fill)[-1]
    assert last.deed == Deed.FILL_BILLED_APART
    assert last.details["cost_340b_usd"] == ["", "0.30"]
    assert last.details["because"] == "a patient of the clinic"


def test_the_same_mark_twice_is_written_once_and_can_be_taken_back(pharmacy):
    fill = pharmacy.enter()
    apart(pharmacy, fill)
    apart(pharmacy, fill)
    assert [line.deed for line in lines(pharmacy, fill)].count(Deed.FILL_BILLED_APART) == 1
    assert apart(pharmacy, fill, cost="", because="").cost_340b_usd is None
    assert Fill.objects.get(pk=fill.pk).cost_340b_usd is None


def test_who_does_not_work_claims_marks_nothing(pharmacy):
    fill = pharmacy.enter()
    with pytest.raises(NotAllowed):
        apart(pharmacy, fill, by=pharmacy.clerk)
    assert Fill.objects.get(pk=fill.pk).cost_340b_usd is None


def test_nothing_is_marked_once_the_claim_is_out(pharmacy):
    fill = advance(
        pharmacy.enter(), FillState.CLAIM, by=pharmacy.system, did=Deed.FILL_SCREENED
    )
    with pytest.raises(Refused, match="not in"):
        apart(pharmacy, fill)
    assert Fill.objects.get(pk=fill.pk).cost_340b_usd is None


def test_a_refused_mark_changes_nothing(pharmacy):
    fill = pharmacy.enter()
    with pytest.raises(Refused) as refused:
        apart(pharmacy, fill, cost="-1", because="")
    fields = {problem.field for problem in refused.value.problems}
    assert fields == {"cost_340b_usd", "because_340b"}
    assert Fill.objects.get(pk=fill.pk).cost_340b_usd is None


def page(world, fill, role=Role.TECHNICIAN):
    answer = client_of(world, role).get(f"/rx/fill/{fill.pk}/apart")
    stand_in(world.pharmacy.pk)
    return answer


def posts(world, path, values, role=Role.TECHNICIAN, **headers):
    answer = client_of(world, role).post(path, values, **headers)
    stand_in(world.pharmacy.pk)
    return answer


def test_the_page_marks_a_fill_and_says_when_it_is_too_late(pharmacy):
    fill = pharmacy.enter()
    assert "Bill it so" in page(pharmacy, fill).content.decode()
    path = f"/rx/fill/{fill.pk}/billed-apart"
    answer = posts(pharmacy, path, {"cost_340b_usd": "1,000.50", "because_340b": "clinic"})
    assert answer["Location"] == f"/rx/fill/{fill.pk}/apart"
    assert Fill.objects.get(pk=fill.pk).cost_340b_usd == Decimal("1000.50")
    fill.refresh_from_db()
    advance(fill, FillState.CLAIM, by=pharmacy.system, did=Deed.FILL_SCREENED)
    shown = page(pharmacy, fill).content.decode()
    assert "nothing of this can be changed now" in shown
    assert "$1,000.50" in shown


@pytest.mark.parametrize("typed", ["x", "1.001", "NaN", "1e99", "٣", "--1", "Infinity"])
def test_what_is_no_amount_is_refused_by_its_field(pharmacy, typed):
    fill = pharmacy.enter()
    path = f"/rx/fill/{fill.pk}/billed-apart"
    answer = posts(pharmacy, path, {"cost_340b_usd": typed, "because_340b": "clinic"})
    assert answer.status_code == 409
    assert Fill.objects.get(pk=fill.pk).cost_340b_usd is None


def test_the_page_writes_down_who_gave_it_and_shows_it(pharmacy):
    fill = ready(pharmacy)
    assert "Given by me, now" in page(pharmacy, fill, Role.PHARMACIST).content.decode()
    answer = posts(
        pharmacy,
        f"/rx/fill/{fill.pk}/vaccine",
        {"site": "RD", "route": "IM"},
        Role.PHARMACIST,
        headers={"HX-Request": "true"},
    )
    assert answer["HX-Redirect"] == f"/rx/fill/{fill.pk}/apart"
    shown = page(pharmacy, fill).content.decode()
    assert "right deltoid" in shown
    assert "V1" in shown


def test_an_intern_chooses_the_pharmacist_on_the_page(pharmacy):
    fill = ready(pharmacy)
    shown = page(pharmacy, fill, Role.INTERN).content.decode()
    key = pharmacy.pharmacist.person_id
    assert f'<option value="{key}"' in shown
    path = f"/rx/fill/{fill.pk}/vaccine"
    given = {"site": "LD", "route": "IM"}
    assert posts(pharmacy, path, given | {"under": "x"}, Role.INTERN).status_code == 409
    done = posts(pharmacy, path, given | {"under": str(key)}, Role.INTERN)
    assert done.status_code == 302
    assert VaccineGiven.objects.get().under == pharmacy.pharmacist.name


def test_there_is_no_page_of_a_fill_that_is_not_here(pharmacy):
    assert client_of(pharmacy).get("/rx/fill/999999999/apart").status_code == 404
