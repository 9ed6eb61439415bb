import pytest

from apothecary.law.central_fill import (
    central_fill_label_problems,
    central_fill_receipt_problems,
    sent_to_central_fill_problems,
)
from apothecary.law.tests.cases import ON, asks_for_exactly, codes

MARKS = (
    "central_fill_mark",
    "central_pharmacy_name",
    "central_pharmacy_address",
    "central_pharmacy_dea",
    "transmitting_pharmacist",
    "transmitted_on",
)


@pytest.mark.parametrize("tie", ["contract", "common_ownership"])
def test_a_prescription_sent_to_a_tied_central_pharmacy_says_so_on_its_face(tie: str) -> None:
    asks_for_exactly(lambda shown: sent_to_central_fill_problems(shown, tie=tie, on=ON), *MARKS)


@pytest.mark.parametrize("tie", ["", "something else"])
def test_a_pharmacy_that_is_not_tied_fills_nothing_for_us(tie: str) -> None:
    problems = sent_to_central_fill_problems(set(MARKS), tie=tie, on=ON)
    assert (codes(problems), problems[0].field) == (["central-fill-tie"], "tie")


def test_what_comes_back_is_received_by_somebody_on_a_day_by_some_way() -> None:
    asks_for_exactly(
        lambda shown: central_fill_receipt_problems(shown, on=ON),
        "received_on",
        "delivery_method",
        "accepted_by",
    )


def test_the_label_names_the_retail_pharmacy_and_who_filled() -> None:
    asks_for_exactly(
        lambda shown: central_fill_label_problems(shown, on=ON),
        "retail_pharmacy",
        "central_fill_identifier",
    )
