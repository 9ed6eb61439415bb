"""The proof beside the directions: what the technician reads while typing."""

import re
from decimal import Decimal
from html import unescape

import pytest
from django.template.loader import render_to_string

from apothecary.intake.judging import DrugFacts, read_sig

TABLET = DrugFacts(
    name="lisinopril", strength="10 mg", form="tablet", unit="EA", unit_word="tablet"
)
VIAL = DrugFacts(
    name="insulin lispro",
    brand="Humalog",
    strength="100 unit/mL",
    form="INJECTION, SOLUTION",
    route="SUBCUTANEOUS",
    unit="ML",
    unit_word="mL",
    package_quantity=Decimal(10),
    package_text="1 VIAL, MULTI-DOSE in 1 CARTON > 10 mL in 1 VIAL, MULTI-DOSE",
)


def html(sig: str, quantity: str, days: str, drug: DrugFacts = TABLET) -> str:
    facts = {"reading": read_sig(sig, quantity, drug), "days": days, "quiet": False}
    return render_to_string("intake/_readout.html", facts)


def text(sig: str, quantity: str, days: str, drug: DrugFacts = TABLET) -> str:
    """What is read, without the marks of the page."""
    plain = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", html(sig, quantity, days, drug), flags=re.S)
    return re.sub(r"\s+", " ", unescape(plain)).replace(" ;", ";").strip()


def test_each_line_of_the_proof_names_its_rule_and_mark():
    assert text("1 tab po q8h prn pain", "30", "10") == (
        "Label Take 1 tablet by mouth every 8 hours as needed for pain. "
        "Spanish Tome 1 tableta por la boca cada 8 horas según sea necesario para el dolor. "
        "Proof 3 tablets a day at most DS-MOST, C; 30 ÷ 3 a day = 10 whole days DS-DOWN, C"
    )


def test_the_source_of_a_rule_is_one_pointer_away():
    shown = html("1 gtt ou bid", "5", "25", DrugFacts(form="ophthalmic solution", unit="ML"))
    assert 'title="eye or ear solution: 20 drops are 1 mL when the payer says nothing;' in shown
    assert "(https://www3.paasnational.com/?p=5763)" in shown


@pytest.mark.parametrize(
    ("days", "said"),
    [("30", False), ("29", True), ("31", True), ("", False)],
)
def test_days_that_differ_from_the_proof_stand_out(days, said):
    shown = text("1 tab po bid", "60", days)
    assert (f"{days} days are typed." in shown) is said
    assert ("For" in shown) is said


def test_the_quantity_the_typed_days_need_is_shown_with_its_working():
    assert text("1 tab po bid", "60", "14").endswith(
        "14 days are typed. For 14 days 28 tablets: 2 tablets a day; 2 × 14 days = 28"
    )


def test_what_a_person_must_look_at_is_said_beside_the_number():
    shown = text("inject 8 units sc tid ac", "10", "28", VIAL)
    assert "1 × 10 in use for 28 days each at most = 28 days" in shown
    assert "Not verified (mark K): insulin: keeps 28 days once opened." in shown


def test_where_no_days_can_be_proved_the_page_says_what_is_missing():
    spray = DrugFacts(name="fluticasone", form="SPRAY, METERED", unit="GM")
    shown = text("2 sprays in each nostril daily", "16", "30", spray)
    assert "How many sprays one GM holds is not known." in shown


def test_an_open_question_shows_no_proof():
    shown = text("1 tab po zz", "30", "30")
    assert "Proof" not in shown
    assert shown.startswith("Label, as typed 1 tab po zz")


def test_what_has_no_spanish_is_named():
    assert "none here for “intrusive thoughts”: the label stays English." in text(
        "1 tab po q6h prn intrusive thoughts", "30", ""
    )


def test_what_was_typed_cannot_break_the_page():
    shown = html('<script>alert("x")</script>', "30", '"><b>')
    assert "<script>" not in shown
    assert "<b>" not in shown
