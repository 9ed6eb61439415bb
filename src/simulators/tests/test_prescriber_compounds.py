"""Compounds that the prescribers order: plausible, whole, and readable by anybody's reader."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from lxml import etree

from simulators.prescriber.order import ADULT_FROM, compounded, made_of
from simulators.prescriber.practice import KINDS, Practice
from simulators.prescriber.script import cancelrx, newrx
from simulators.prescriber.world import Part, read_world
from simulators.tests.orders import ADULT_LINE, CASH, ORDER

WORLD = read_world()
DAY = date(2026, 3, 2)
UNITS = {"C28254", "C48155", "C48542", "C48480"}
FORMS = {"C42994", "C29167", "C28944"}
INGREDIENTS = (
    "Body/NewRx/MedicationPrescribed/CompoundInformation/CompoundIngredientsLotNotUsed"
)


def practice(seed: int = 1) -> Practice:
    return Practice(WORLD, seed=seed, run="t", today=DAY)


@pytest.mark.parametrize("line", WORLD.compounds, ids=lambda line: line.description)
def test_each_compound_has_a_form_two_ingredients_and_numbers_that_can_be(line):
    assert line.form_code in FORMS
    assert len(line.parts) >= 2
    assert (line.ndc, line.rxcui, line.schedule) == ("", "", 0)
    for part in line.parts:
        assert part.quantity > 0
        assert part.unit_code in UNITS
        assert part.description
        assert not part.ndc or (part.ndc.isdigit() and len(part.ndc) == 11)
    assert sum((part.quantity for part in line.parts), Decimal(0)) == line.quantity


def test_no_ingredient_belongs_to_no_compound_and_one_at_least_has_no_number():
    names = {line.description for line in WORLD.compounds}
    assert len(names) == len(WORLD.compounds) >= 3
    assert any(not part.ndc for line in WORLD.compounds for part in line.parts)


@pytest.mark.parametrize("line", WORLD.compounds, ids=lambda line: line.description)
def test_the_message_names_each_ingredient_with_its_quantity_and_unit(line):
    root = etree.fromstring(newrx(made_of(ORDER, line)))
    found = root.findall(INGREDIENTS)
    assert [
        (
            one.findtext("CompoundIngredient/CompoundIngredientItemDescription"),
            one.findtext("CompoundIngredient/ItemNumber/Code", ""),
            one.findtext("CompoundIngredient/ItemNumber/Qualifier", ""),
            one.findtext("Quantity/Value"),
            one.findtext("Quantity/QuantityUnitOfMeasure/Code"),
        )
        for one in found
    ] == [
        (
            part.description,
            part.ndc,
            "ND" if part.ndc else "",
            f"{part.quantity:f}",
            part.unit_code,
        )
        for part in line.parts
    ]
    drug = root.find("Body/NewRx/MedicationPrescribed")
    assert drug is not None
    assert drug.findtext("DrugDescription") == line.description
    assert drug.find("DrugCoded") is None
    form = "CompoundInformation/FinalCompoundPharmaceuticalDosageForm"
    assert drug.findtext(form) == line.form_code


def test_a_finished_product_has_no_compound_in_its_message():
    for raw in (newrx(ORDER), cancelrx(ORDER)):
        assert b"Compound" not in raw


def test_a_quantity_is_written_without_trailing_zeros():
    part = Part("menthol", "", Decimal("0.500"), "C48155")
    line = replace(WORLD.compounds[0], parts=(part, part))
    assert newrx(made_of(ORDER, line)).count(b"<Value>0.5</Value>") == 2


def test_a_compound_takes_everything_of_the_drug_it_stands_in_for_away():
    order = made_of(replace(ORDER, dea="AB1234563"), WORLD.compounds[0])
    assert (order.ndc, order.rxcui, order.dea) == ("", "", "")
    assert order.person == ORDER.person


@pytest.mark.parametrize("seed", range(30))
def test_what_only_adults_get_no_child_gets(seed):
    child = compounded(ORDER, WORLD, Random(seed), on=DAY)
    assert ORDER.person.age(DAY) < ADULT_FROM
    assert child.line.suits == "any"
    assert CASH.line == ADULT_LINE


def test_every_compound_is_ordered_for_some_adult():
    grown = replace(CASH, person=replace(CASH.person, born_on=date(1980, 2, 29)))
    drawn = {compounded(grown, WORLD, Random(n), on=DAY).line.description for n in range(60)}
    assert drawn == {line.description for line in WORLD.compounds}


def test_the_office_composes_one_when_asked_and_expects_it_to_be_taken():
    draft = practice().compose("compound")
    assert draft.kind == "compound"
    assert draft.order.line.parts
    assert draft.expected.right == frozenset(["status"])
    assert practice().compose("compound").order.description == draft.order.description


def test_it_is_a_kind_of_its_own_and_no_flaw():
    assert "compound" in KINDS
    assert "compound" not in {practice(seed).next_kind(1) for seed in range(200)}
