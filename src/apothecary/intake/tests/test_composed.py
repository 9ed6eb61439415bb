"""A compound that was ordered: what the message fills in, and what a person must."""

from dataclasses import replace
from decimal import Decimal

import pytest

from apothecary.drugs.models import Package
from apothecary.intake.composed import (
    FORM_OF,
    SentPart,
    compound_lines,
    compound_values,
    sent_compound,
)
from apothecary.intake.mixture import Mixture, mixture_sent
from apothecary.intake.models import Arrival, ArrivalState, Sure
from apothecary.intake.tests.messages import Rx
from apothecary.intake.tests.test_mixture import Desk, shown, text
from apothecary.prescriptions.compound_rules import FORMS
from apothecary.prescriptions.compound_tables import Compound
from apothecary.prescriptions.tests.mixed import STEROID, TABLETS
from apothecary.staff.duties import Role
from apothecary.wires.script.model import (
    CodedDrug,
    CompoundOrder,
    CompoundPart,
    Quantity,
)

STEROID_NDC, TABLETS_NDC = "00168001631", "68180098001"
CREAM = Rx(
    drug="hydrocortisone lisinopril cream",
    ndc="",
    quantity="40",
    unit="C48155",
    days="10",
    directions="Apply to the hand twice daily",
    form="C28944",
    parts=(
        ("hydrocortisone 10 MG/ML Topical Cream", STEROID_NDC, "30", "C48155"),
        ("lisinopril 10 MG Oral Tablet", TABLETS_NDC, "7", "C48542"),
    ),
)


def part(**changes: object) -> CompoundPart:
    """Thirty grams of nystatin cream by its NDC."""
    whole = CompoundPart(
        description="nystatin  cream",
        item=CodedDrug("00168005430", "ND"),
        strength="",
        strength_form_code="",
        strength_unit_code="",
        dea_schedule="",
        quantity=Quantity(Decimal("30.50"), "38", "C48155"),
        drug_use=(),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # values by field name


def kept(*parts: CompoundPart, form: str = "C28944") -> dict[str, str]:
    order = CompoundOrder(form, parts)
    said = {"compound": compound_values(order), "drug": "clinic cream"}
    return said | {"quantity": "40", "quantity_unit": "GM"}


def package(ndc11: str, unit: str, key: int) -> Package:
    return Package(pk=key, ndc11=ndc11, unit=unit)


@pytest.fixture
def desk(pharmacy) -> Desk:
    return Desk(pharmacy)


@pytest.fixture
def arrival(pharmacy, arrive) -> Arrival:
    for drug, number in ((STEROID, STEROID_NDC), (TABLETS, TABLETS_NDC)):
        Package.every.filter(pk=pharmacy.drugs[drug].pk).update(ndc11=number)
    return arrive(CREAM)


def test_a_finished_product_keeps_nothing_of_a_compound():
    assert compound_values(None) == ""
    assert sent_compound({"compound": ""}) is None
    assert sent_compound({}) is None
    assert compound_lines({}) == []


def test_what_was_sent_is_kept_and_read_back():
    found = sent_compound(kept(part(), part(item=CodedDrug("7597", "SCD"), quantity=None)))
    assert found is not None
    first, second = found.parts
    assert first == SentPart("nystatin cream", "00168005430", "", "30.5", "GM", "gram")
    assert first.amount == "30.5 gram"
    assert (second.ndc, second.number, second.amount) == ("", "SCD 7597", "")


@pytest.mark.parametrize(
    ("unit", "billing", "said"),
    [("C48155", "GM", "gram"), ("C28254", "ML", "mL"), ("C48542", "EA", "tablet"),
     ("C48540", "", "syringe"), ("C99999", "", "C99999")],
)  # fmt: skip
def test_a_unit_is_billed_as_its_code_says_or_not_at_all(unit, billing, said):
    found = sent_compound(kept(part(quantity=Quantity(Decimal(3), "38", unit))))
    assert found is not None
    assert (found.parts[0].unit, found.parts[0].unit_said) == (billing, said)


def test_each_form_of_a_claim_can_be_ordered():
    assert set(FORM_OF.values()) == set(FORMS)


@pytest.mark.parametrize(
    ("form", "code", "says"),
    [
        ("C28944", "03", "cream"),
        ("C43001", "17", "lozenge"),
        ("C42888", "", "C42888"),
        ("", "", ""),
    ],
)
def test_a_form_that_a_claim_has_not_is_left_to_a_person(form, code, says):
    values = kept(part(), form=form)
    assert mixture_sent(values, {}).values["form"] == code
    found = sent_compound(values)
    assert found is not None
    assert found.form_said == says


def test_what_is_on_file_is_filled_in_and_the_rest_left_open():
    values = kept(part(), part(item=None), part(item=CodedDrug("00000000000", "ND")))
    form = mixture_sent(values, {"00168005430": package("00168005430", "GM", 7)})
    assert [(line.package, line.quantity, line.unit) for line in form.lines] == [
        ("7", "30.5", "GM")
    ]
    said = {name: form.values[name] for name in ("name", "form", "unit", "makes")}
    assert said == {"name": "clinic cream", "form": "03", "unit": "GM", "makes": "40"}
    assert (form.values["route"], form.values["beyond_use_days"]) == ("", "")


@pytest.mark.parametrize("unit", ["EA", "ML"])
def test_a_quantity_in_another_unit_than_the_packages_is_typed_by_a_person(unit):
    form = mixture_sent(kept(part()), {"00168005430": package("00168005430", unit, 7)})
    assert [(line.quantity, line.unit) for line in form.lines] == [("", unit)]


def test_a_long_name_is_cut_to_what_a_label_takes():
    form = mixture_sent(kept(part()) | {"drug": "x" * 105}, {})
    assert form.values["name"] == "x" * 60


def test_nothing_sent_fills_nothing_in():
    assert mixture_sent({}, {}) == Mixture(values=dict.fromkeys(form_names(), ""))


def form_names() -> tuple[str, ...]:
    return ("name", "form", "route", "unit", "makes", "beyond_use_days")


def test_the_paper_says_each_ingredient_in_its_order():
    lines = compound_lines(kept(part(), part(description="menthol", item=None)))
    assert [line[:2] for line in lines] == [
        ("Compound", "cream"),
        ("Ingredient 1", "nystatin cream, 30.5 gram"),
        ("Ingredient 2", "menthol, 30.5 gram"),
    ]


def test_a_compound_that_arrives_names_no_product_and_asks_for_its_ingredients(arrival):
    assert (arrival.package_id, arrival.package_sure) == (None, Sure.NONE)
    assert arrival.question == "A compound. Enter what it is made of."
    assert "It is a compound of 2" in arrival.unsure_list[0]


def test_the_entry_form_leads_to_the_compound_and_shows_it_as_sent(desk, arrival):
    page = text(desk.get(f"/intake/{arrival.pk}/"))
    assert "A compound: enter what it is made of." in page
    assert "hydrocortisone 10 MG/ML Topical Cream, 30 gram" in page
    assert 'id="sent-ingredient-2"' in page


def test_the_compounds_form_starts_from_what_was_sent_and_is_entered_so(
    pharmacy, desk, arrival
):
    path = f"/intake/{arrival.pk}/compound"
    page = text(desk.get(path))
    values = shown(page)
    assert (values["form"], values["makes"], values["unit"]) == ("03", "40", "GM")
    assert (values["quantity_1"], values["quantity_2"]) == ("30", "7")
    assert page.count("in the form") == 2
    refused = desk.post(path, values | {"finish": "yes"})
    assert refused.status_code == 409
    assert not Compound.objects.exists()
    said = {"route": "6064005", "beyond_use_days": "30", "finish": "yes"}
    assert desk.post(path, values | said).headers["HX-Redirect"] == f"/intake/{arrival.pk}/"
    made = Compound.objects.get()
    assert {one.package_id: one.quantity for one in made.ingredients.all()} == {
        pharmacy.drugs[STEROID].pk: 30,
        pharmacy.drugs[TABLETS].pk: 7,
    }
    arrival.refresh_from_db()
    assert arrival.draft_values["package_id"] == str(made.package_id)


def test_what_is_not_on_file_by_its_number_is_found_by_its_words(pharmacy, desk, arrive):
    unknown = replace(CREAM, parts=(("hydrocortisone 1 % cream", "", "30", "C48155"),))
    path = f"/intake/{arrive(unknown).pk}/compound"
    page = text(desk.get(path))
    assert 'name="seek" value="1"' in page
    assert "in the form" not in page
    found = text(desk.post(path, shown(page) | {"seek": "1"}))
    assert f'name="add" value="{pharmacy.drugs[STEROID].pk}"' in found
    assert "hydrocortisone 1 % cream" in found


@pytest.mark.parametrize("place", ["0", "3", "-1", "x", "", "9" * 30])
def test_an_ingredient_that_was_not_sent_is_not_looked_for(desk, arrival, place):
    path = f"/intake/{arrival.pk}/compound"
    answer = desk.post(path, shown(text(desk.get(path))) | {"seek": place})
    assert answer.status_code == 200
    assert 'name="add"' not in text(answer)


def test_a_compound_typed_before_goes_before_what_was_sent(desk, arrival):
    path = f"/intake/{arrival.pk}/compound"
    said = {"route": "6064005", "beyond_use_days": "30", "finish": "yes", "quantity_1": "31"}
    desk.post(path, shown(text(desk.get(path))) | said)
    assert shown(text(desk.get(path)))["quantity_1"] == "31"


def test_a_compound_with_a_bad_ingredient_is_refused_at_the_door_and_no_arrival_is_made(
    pharmacy, arrive
):
    spoiled = replace(CREAM, parts=(("nystatin", "", "0", "C48155"),))
    with pytest.raises(Arrival.DoesNotExist):
        arrive(spoiled)
    assert not Arrival.objects.exists()


def test_who_may_not_enter_prescriptions_enters_no_compound_that_was_sent(pharmacy, arrival):
    clerk = Desk(pharmacy, role=Role.CLERK)
    path = f"/intake/{arrival.pk}/compound"
    assert clerk.post(path, {"finish": "yes"}).status_code == 403
    assert not Compound.objects.exists()
    arrival.refresh_from_db()
    assert arrival.state == ArrivalState.ARRIVED
