"""A compound that a prescriber orders: each ingredient by its words, number and quantity."""

import json
from decimal import Decimal

import pytest

from apothecary.wires.script import MalformedMessage, NewRx, parse_message
from apothecary.wires.script.as_json import document_from_json, document_to_json
from apothecary.wires.script.model import CodedDrug, CompoundOrder, DrugUse, Quantity
from apothecary.wires.script.tests.documents import FULL_NEW_RX, NEW_RX

WORDS = "CompoundIngredientItemDescription"
AT = "NewRx/MedicationPrescribed/CompoundInformation"


def ingredient(**changes: str) -> str:
    """One ingredient; a change to nothing leaves an element out."""
    said = {
        "words": f"<{WORDS}>nystatin</{WORDS}>",
        "number": "<ItemNumber><Code>00168005430</Code><Qualifier>ND</Qualifier></ItemNumber>",
        "value": "<Value>30</Value>",
        "list": "<CodeListQualifier>38</CodeListQualifier>",
        "unit": "<QuantityUnitOfMeasure><Code>C48155</Code></QuantityUnitOfMeasure>",
    } | changes
    return (
        "<CompoundIngredientsLotNotUsed><CompoundIngredient>"
        f"{said['words']}{said['number']}</CompoundIngredient>"
        f"<Quantity>{said['value']}{said['list']}{said['unit']}</Quantity>"
        "</CompoundIngredientsLotNotUsed>"
    )


def message(inner: str) -> bytes:
    whole = f"<CompoundInformation>{inner}</CompoundInformation></MedicationPrescribed>"
    return NEW_RX.replace("</MedicationPrescribed>", whole).encode()


def compound(raw: bytes) -> CompoundOrder:
    body = parse_message(raw).body
    assert isinstance(body, NewRx)
    assert body.medication.compound is not None
    return body.medication.compound


def faults(raw: bytes) -> list[str]:
    with pytest.raises(MalformedMessage) as refused:
        parse_message(raw)
    return [str(fault) for fault in refused.value.faults]


def test_every_part_of_every_ingredient_is_read_in_its_order() -> None:
    found = compound(FULL_NEW_RX.encode())
    assert found.form_code == "C42998"
    codeine, lactose = found.parts
    assert codeine.description == "codeine sulfate 30 MG Oral Tablet"
    assert codeine.item == CodedDrug("00054024424", "ND")
    assert codeine.strength == "30"
    assert (codeine.strength_form_code, codeine.strength_unit_code) == ("C42998", "C28253")
    assert codeine.dea_schedule == "II"
    assert codeine.quantity == Quantity(Decimal(12), "38", "C48542")
    assert codeine.drug_use == (DrugUse("HD", "", "", "", ""),)
    assert lactose.item == CodedDrug("J2B2A4N98G", "UN")
    assert lactose.quantity == Quantity(Decimal("2.5"), "QS", "C48155")
    assert (lactose.strength, lactose.dea_schedule, lactose.drug_use) == ("", "", ())


def test_nothing_of_a_compound_is_left_over() -> None:
    body = parse_message(FULL_NEW_RX.encode()).body
    assert isinstance(body, NewRx)
    assert not [leaf.path for leaf in body.rest if "Compound" in leaf.path]


def test_a_finished_product_is_no_compound() -> None:
    body = parse_message(NEW_RX.encode()).body
    assert isinstance(body, NewRx)
    assert (body.medication.compound, body.medication.is_compound) == (None, False)


@pytest.mark.parametrize("form", ["C28944", "<Code>C28944</Code>"])
def test_the_form_is_understood_with_and_without_a_wrapper(form: str) -> None:
    name = "FinalCompoundPharmaceuticalDosageForm"
    assert compound(message(f"<{name}>{form}</{name}>{ingredient()}")).form_code == "C28944"


def test_an_ingredient_without_a_number_has_its_words() -> None:
    (part,) = compound(message(ingredient(number=""))).parts
    assert (part.item, part.description) == (None, "nystatin")


def test_a_compound_without_ingredients_is_taken_with_a_warning() -> None:
    read = parse_message(message(""))
    assert compound(message("")).parts == ()
    says = f"{AT}/CompoundIngredientsLotNotUsed: is missing: no ingredient is named"
    assert [str(warning) for warning in read.warnings] == [says]


def test_twenty_five_ingredients_are_taken_and_one_more_is_refused() -> None:
    assert len(compound(message(ingredient() * 25)).parts) == 25
    (fault,) = faults(message(ingredient() * 26))
    assert fault.startswith(
        f"{AT}/CompoundIngredientsLotNotUsed: may stand 25 times, stands 26"
    )


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"words": ""}, "CompoundIngredient/CompoundIngredientItemDescription: is missing"),
        ({"value": "<Value>0</Value>"}, "Quantity/Value: must be above zero, is 0"),
        ({"value": "<Value>-3</Value>"}, "Quantity/Value: must be above zero, is -3"),
        ({"value": "<Value>x</Value>"}, "Quantity/Value: must be a number, is 'x'"),
        ({"value": "<Value>1.0001</Value>"}, "Quantity/Value: may have 3 decimals"),
        ({"value": "<Value>1000001</Value>"}, "Quantity/Value: 1000001 is absurd"),
        ({"value": ""}, "Quantity/Value: is missing"),
        ({"unit": ""}, "Quantity/QuantityUnitOfMeasure: is missing"),
        ({"list": ""}, "Quantity/CodeListQualifier: is missing"),
        (
            {"number": "<ItemNumber><Code>123</Code><Qualifier>ND</Qualifier></ItemNumber>"},
            "CompoundIngredient/ItemNumber/Code: an NDC must be 11 digits, is '123'",
        ),
        (
            {"number": "<ItemNumber><Code>1</Code><Qualifier>ZZ</Qualifier></ItemNumber>"},
            "CompoundIngredient/ItemNumber/Qualifier: must be one of",
        ),
    ],
)
def test_what_is_wrong_with_an_ingredient_is_named_with_its_place(
    changes: dict[str, str], fault: str
) -> None:
    found = faults(message(ingredient() + ingredient(**changes)))
    assert any(
        one.startswith(f"{AT}/CompoundIngredientsLotNotUsed[2]/{fault}") for one in found
    )


def test_an_ingredient_of_unknown_schedule_is_refused() -> None:
    schedule = "<DEASchedule><Code>C1</Code></DEASchedule></CompoundIngredient>"
    (fault,) = faults(message(ingredient().replace("</CompoundIngredient>", schedule)))
    assert "DEASchedule: is no known schedule: 'C1'" in fault


def test_a_compound_comes_back_byte_for_byte_from_json() -> None:
    raw = message(ingredient() + ingredient(number=""))
    assert document_from_json(json.loads(json.dumps(document_to_json(raw)))) == raw
