"""The entry form as shown: what is filled in, where the cursor goes, where a reason stands."""

from zoneinfo import ZoneInfo

import pytest

from apothecary.drugs.models import Product
from apothecary.intake.actions.by_hand import ByHand, receive_by_hand
from apothecary.intake.finding import find_drug
from apothecary.intake.matching import SentDrug
from apothecary.intake.models import Source, Sure
from apothecary.intake.page import arrival_values, build_page, by_field, fill_values, message_of
from apothecary.intake.tests.messages import Rx
from apothecary.law.problem import Problem

CHICAGO = ZoneInfo("America/Chicago")


def page_of(world, arrival):
    return build_page(arrival_values(arrival), by=world.technician, base="/", arrival=arrival)


def test_a_clean_message_asks_nothing_and_needs_no_cursor(pharmacy, arrive):
    pharmacy.receive("lisinopril", "100")
    page = page_of(pharmacy, arrive(Rx()))
    assert (page.open_asks, page.focus, page.choices.of) == ([], "", "")
    assert page.source("quantity") == "sent"
    assert page.source("patient_id") == "matched"


def test_the_cursor_goes_to_the_first_field_that_is_asked_about(pharmacy, arrive):
    page = page_of(pharmacy, arrive(Rx(days="25", sex="M")))
    assert page.focus == "patient_id"
    assert set(page.open_asks) == {"patient_id", "days_supply"}


def test_what_came_by_hand_begins_with_the_patient(pharmacy):
    arrival = receive_by_hand(by=pharmacy.technician, given=ByHand(source=Source.WALK_IN))
    page = page_of(pharmacy, arrival)
    assert (page.focus, page.choices.of, page.message) == ("patient_id", "", [])
    assert page.values["origin"] == "1"


def test_days_that_were_not_sent_are_proved_from_the_directions(pharmacy, arrive):
    page = page_of(pharmacy, arrive(Rx(days="")))
    assert page.values["days_supply"] == "30"
    assert page.source("days_supply") == "matched"


@pytest.mark.parametrize(("who", "pays"), [("insured", "plan"), ("patient", "cash")])
def test_who_has_a_card_on_file_pays_by_plan(pharmacy, arrive, who, pays):
    arrival = arrive(Rx())
    arrival.patient = getattr(pharmacy, who)
    assert page_of(pharmacy, arrival).values["pay"] == pays


def test_a_promise_is_shown_by_the_counters_clock(pharmacy, arrive):
    assert arrival_values(arrive(Rx()))["promised"] == "11/23/2026 13:00"
    fill = pharmacy.enter()
    assert fill_values(fill, zone=CHICAGO)["promised"] == "11/23/2026 13:00"


def test_each_reason_stands_under_its_field_and_the_others_above_the_form():
    reasons = [Problem("a", field="quantity"), Problem("b", field="dea"), Problem("c")]
    values = {"quantity": "", "prescriber_id": ""}
    problems, others = by_field(reasons, values)
    assert {name: [p.says for p in found] for name, found in problems.items()} == {
        "quantity": ["a"],
        "prescriber_id": ["b"],
    }
    assert [problem.says for problem in others] == ["c"]


def test_the_message_is_shown_as_sent_in_the_order_of_the_paper(pharmacy, arrive):
    lines = message_of(arrive(Rx(note="No dye", quantity="30.5")))
    labels = [label for label, _, _ in lines]
    assert labels.index("Patient") < labels.index("Prescriber") < labels.index("Drug")
    assert labels.index("Drug") < labels.index("Quantity") < labels.index("Directions")
    assert dict((label, value) for label, value, _ in lines)["Quantity"].strip() == "30.5"
    assert "DEA" not in labels


@pytest.mark.parametrize(
    ("sent", "drug", "sure"),
    [
        (SentDrug("lisinopril 10 MG Oral Tablet", "68180098001"), "lisinopril", Sure.EXACT),
        (SentDrug("lisinopril 10 MG Oral Tablet", "", "314076"), "lisinopril", Sure.EXACT),
        (SentDrug("Prinivil 10 mg tab"), "lisinopril-brand", Sure.LIKELY),
        (SentDrug("amoxicillin 500 MG Oral Capsule"), "amoxicillin", Sure.LIKELY),
        (SentDrug("Quibrofexanol 12.5 MG"), None, Sure.NONE),
        (SentDrug(""), None, Sure.NONE),
    ],
)
def test_a_drug_is_found_on_file_by_code_then_by_words(pharmacy, sent, drug, sure):
    Product.objects.filter(ingredient_key="lisinopril", brand="").update(rxcui="314076")
    pharmacy.receive("lisinopril", "100")
    match = find_drug(
        sent, pharmacy_id=pharmacy.pharmacy.pk, good_until=pharmacy.technician.today
    )
    assert (match.sure, match.id) == (sure, pharmacy.drugs[drug].pk if drug else None)
