import json
from decimal import Decimal

import pytest

from apothecary.directions.command import answer


def test_a_line_in_is_answered_with_every_field_of_the_contract() -> None:
    found = answer(
        {"id": "7", "sig": "Take 1 tablet by mouth twice daily", "drug": "Metformin 500 mg",
         "form": "tablet", "quantity": 60}
    )  # fmt: skip
    assert list(found) == [
        "id",
        "certain",
        "questions",
        "steps",
        "as_directed",
        "quantity_per_day",
        "max_quantity_per_day",
        "days_supply",
        "english",
        "spanish",
    ]
    assert (found["id"], found["certain"], found["days_supply"]) == ("7", True, 30)
    assert (found["quantity_per_day"], found["max_quantity_per_day"]) == (2, 2)
    json.dumps(found)


@pytest.mark.parametrize("quantity", [60, 60.0, "60", "60.000"])
def test_a_quantity_may_come_as_number_or_text(quantity: object) -> None:
    assert answer({"id": 1, "sig": "1 tab po bid", "quantity": quantity})["days_supply"] == 30


@pytest.mark.parametrize("sig", ["1.5 tabs po qd", "0.25 mL po qwk", "1000 units po q3d"])
def test_numbers_are_printed_with_exactly_their_digits(sig: str) -> None:
    found = json.loads(json.dumps(answer({"id": 1, "sig": sig})), parse_float=Decimal)
    assert found["steps"][0]["dose_min"] == Decimal(sig.split(maxsplit=1)[0])
    assert found["quantity_per_day"] in (Decimal("1.5"), Decimal("0.0357"), Decimal("333.3333"))


def test_a_text_no_prescription_can_hold_is_asked_back_unread() -> None:
    found = answer({"id": 1, "sig": "1 tab po bid " * 80, "quantity": 30})
    assert found["questions"] == ["More than 1000 characters: shorter?"]
    assert (found["certain"], found["steps"], found["days_supply"]) == (False, [], None)


@pytest.mark.parametrize(
    "quantity", [0, -1, "x", True, [], "NaN", "Infinity", "", "1E+999999", 10_000_000]
)
def test_a_bad_quantity_is_refused_by_name(quantity: object) -> None:
    found = answer({"id": 1, "sig": "1 tab po bid", "quantity": quantity})
    assert found == {
        "id": 1,
        "error": f"quantity: {quantity!r} is not a number above zero and below 10000000",
    }


@pytest.mark.parametrize("line", [{"id": "a"}, {"id": "a", "sig": ""}, {"id": "a", "sig": 3}])
def test_a_line_without_directions_is_refused_by_name(line: dict[str, object]) -> None:
    assert answer(line) == {"id": "a", "error": "sig: the directions are missing"}


@pytest.mark.parametrize("field", ["drug", "form"])
def test_a_drug_or_form_that_is_no_text_is_refused_by_name(field: str) -> None:
    found = answer({"id": "a", "sig": "1 tab po bid", field: 5})
    assert found == {"id": "a", "error": f"{field}: 5 is not text"}


def test_an_id_that_is_no_id_is_answered_without_one() -> None:
    assert answer({"id": [1], "sig": ""})["id"] is None


def test_without_a_quantity_no_days_are_given() -> None:
    found = answer({"id": 1, "sig": "1 tab po bid"})
    assert found["certain"] is True
    assert found["days_supply"] is None


def test_days_are_not_guessed_for_an_uncertain_direction() -> None:
    found = answer({"id": 1, "sig": "1 tab po", "quantity": 30})
    assert found["certain"] is False
    assert found["days_supply"] is None
    assert found["questions"] == ["How often is it taken?"]


def test_the_form_settles_what_the_text_leaves_open() -> None:
    found = answer({"id": 1, "sig": "1 gtt bid", "form": "Ophthalmic Solution", "quantity": 5})
    assert found["certain"] is True
    assert found["days_supply"] == 50
