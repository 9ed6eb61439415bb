"""What the house corrects by itself in refused claims, and what it leaves to a person."""

import json
from datetime import timedelta

import pytest

from apothecary.claims.actions import resubmit
from apothecary.claims.correcting import correct_claim, correct_rejects
from apothecary.claims.eligibility import ask_about_card
from apothecary.claims.evidence import rules_in, tries_of, typed_in
from apothecary.claims.models import Claim, Inquiry
from apothecary.claims.rules import Changes
from apothecary.claims.states import Closing
from apothecary.claims.tests.counter import Till, last_claim, now_of, states
from apothecary.journal.models import Entry
from apothecary.patients.models import Coverage
from apothecary.prescriptions.models import Fill, Judgement
from apothecary.prescriptions.states import FillState


def corrects(till: Till) -> int:
    """One round of the house's own corrections, and what they send."""
    corrected = correct_rejects(till.world.pharmacy, till.at)
    till.sends()
    return corrected


def card_of(till: Till) -> Coverage:
    return Coverage.objects.get(patient=till.world.insured)


def flawed(till: Till, *, fault: str = "", **values: object) -> Fill:
    """A fill that the payer refuses: for a value of the card, or for nothing but a code."""
    Coverage.objects.filter(patient=till.world.insured).update(**values)
    if fault:
        till.payer.misbehave("reject", code=fault, count=1)
    fill = till.fill()
    till.round()
    assert states(fill) == [("B1", "rejected")]
    return fill


def said(fill: Fill, deed: str) -> list[dict[str, object]]:
    """The details of what was written down about a fill."""
    rows = Entry.objects.filter(about="fill", about_id=fill.pk, deed=deed)
    return [json.loads(row.details) for row in rows.order_by("pk")]


def last_said(deed: str) -> dict[str, object]:
    """The details of the last such entry about anything."""
    return dict(json.loads(Entry.objects.filter(deed=deed).order_by("-pk")[0].details))


def test_a_missing_person_code_of_the_cardholder_is_put_in_sent_and_paid(till):
    fill = flawed(till, person_code="")
    assert corrects(till) == 1
    assert states(fill) == [("B1", "rejected"), ("B1", "paid")]
    claim = last_claim(fill)
    assert claim.corrected == (
        "person_code: nothing → 01, by the relationship to the cardholder"
    )
    assert card_of(till).person_code == "01"
    first = Claim.objects.filter(fill=fill).order_by("pk")[0]
    assert first.closing == Closing.RESUBMITTED
    assert now_of(fill).state == FillState.WAITING


def test_the_journal_names_the_rule_and_before_and_after(till):
    fill = flawed(till, person_code="")
    corrects(till)
    told = said(fill, "sent a claim")[-1]
    assert str(told["corrected"]).startswith("person_code: nothing → 01")
    changed = last_said("changed a patient")
    assert changed["before"] == {"person_code": ""}
    assert changed["after"] == {"person_code": "01"}


def test_the_one_pcn_of_the_payers_sheet_is_put_in(till):
    fill = flawed(till, pcn="OLD")
    assert corrects(till) == 1
    assert states(fill)[-1] == ("B1", "paid")
    assert (card_of(till).pcn, last_claim(fill).pcn) == ("TESTPCN", "TESTPCN")


def test_the_same_rule_is_not_used_twice_on_a_fill(till):
    fill = flawed(till, person_code="")
    till.payer.misbehave("reject", code="08", count=1)
    assert corrects(till) == 1
    assert states(fill) == [("B1", "rejected"), ("B1", "rejected")]
    Coverage.objects.filter(patient=till.world.insured).update(person_code="")
    # The plan may be asked about the patient; the claim is not sent a third time.
    corrects(till)
    assert len(states(fill)) == 2


def test_what_a_person_typed_is_not_overruled(till):
    fill = flawed(till, fault="75")
    till.payer.misbehave("reject", code="53", count=1)
    claim = last_claim(fill)
    resubmit(by=till.world.technician, claim_id=claim.pk, changes=Changes(person_code="07"))
    till.sends()
    assert last_claim(fill).codes == ["53"]
    assert typed_in(tries_of(last_claim(fill))) == {"person_code"}
    corrects(till)
    assert card_of(till).person_code == "07"
    assert len(states(fill)) == 2


def test_too_soon_is_put_off_to_the_payers_day_and_goes_out_then(till):
    till.fill()
    till.round()
    again = till.fill()
    till.round()
    assert last_claim(again).codes == ["79"]
    assert corrects(till) == 1
    claim = last_claim(again)
    assert claim.dated_for == claim.next_fill_on
    assert claim.corrected.startswith("refill_too_soon: ")
    assert now_of(again).state == FillState.REJECTED
    assert corrects(till) == 0


def test_somebody_who_waits_is_asked_before_a_claim_is_put_off(till):
    till.fill()
    till.round()
    again = till.fill()
    Fill.objects.filter(pk=again.pk).update(waiter=True)
    till.round()
    assert last_claim(again).codes == ["79"]
    assert corrects(till) == 0
    assert last_claim(again).dated_for is None


def days_are_wrong(till: Till) -> Fill:
    """Thirty tablets, one a day, entered as ten days; the payer asks about the days."""
    till.payer.misbehave("reject", code="19", count=1)
    fill = till.fill(days=10)
    till.round()
    assert last_claim(fill).codes == ["19"]
    return fill


def test_days_are_recomputed_from_certain_directions_before_a_pharmacist_has_looked(till):
    fill = days_are_wrong(till)
    assert corrects(till) == 1
    mended = now_of(fill)
    assert (mended.days_supply, mended.prescription.days_supply) == (30, 30)
    assert states(fill)[-1] == ("B1", "paid")
    told = last_said("corrected a prescription")
    assert (told["rule"], told["before"], told["after"]) == ("days_supply", "10", "30")


@pytest.mark.parametrize("looked", ["data", "prescription", "judgement"])
def test_what_a_pharmacist_has_looked_at_is_a_persons(till, looked):
    fill = days_are_wrong(till)
    if looked == "data":
        Fill.objects.filter(pk=fill.pk).update(data_reviewed=True)
    elif looked == "prescription":
        fill.prescription.reviewed_at = till.at
        fill.prescription.save(update_fields=["reviewed_at"])
    else:
        Judgement.objects.create(
            pharmacy=till.world.pharmacy, fill=fill, about="x", reason_code="DD",
            service_code="M0", result_code="1G", judged_at=till.at,
        )  # fmt: skip
    assert corrects(till) == 0
    assert now_of(fill).days_supply == 10
    assert last_claim(fill).closed_at is None


@pytest.mark.parametrize(
    "directions", ["Use as directed.", "Take 1 tablet as needed.", "Take tablets daily."]
)
def test_uncertain_directions_prove_no_days(till, directions):
    fill = days_are_wrong(till)
    rx = fill.prescription
    rx.directions, rx.directions_as_written = directions, directions
    rx.save(update_fields=["directions", "directions_as_written"])
    assert corrects(till) == 0
    assert now_of(fill).days_supply == 10


def test_no_other_card_on_file_is_said_when_the_payer_asks(till):
    fill = flawed(till, fault="13")
    assert corrects(till) == 1
    assert last_claim(fill).other_coverage == "01"
    assert states(fill)[-1] == ("B1", "paid")


@pytest.mark.parametrize("code", ["70", "75", "76", "83", "25", "88", "41", "09"])
def test_everything_else_waits_for_a_person_and_nothing_is_changed(till, code):
    fill = flawed(till, fault=code)
    before = now_of(fill)
    assert corrects(till) == 0
    after = now_of(fill)
    assert (after.state, after.steps) == (before.state, before.steps)
    claim = last_claim(fill)
    assert (claim.closed_at, claim.corrected, claim.problem) == (None, "", "")


def test_the_plan_is_asked_once_where_it_could_know_better(till):
    fill = flawed(till, group="")
    assert last_claim(fill).codes == ["06"]
    assert corrects(till) == 1
    assert Inquiry.objects.filter(patient=till.world.insured).count() == 1
    # The plan does not list this patient by name: nothing more is asked or changed.
    assert corrects(till) == 0
    assert Inquiry.objects.filter(patient=till.world.insured).count() == 1
    assert states(fill) == [("B1", "rejected")]


def test_a_reject_is_looked_at_once_and_again_when_a_payer_has_answered(till):
    fill = flawed(till, fault="21")
    assert corrects(till) == 0
    looked = last_claim(fill).looked_at
    assert looked == till.at
    later = till.at + timedelta(minutes=5)
    correct_rejects(till.world.pharmacy, later)
    assert last_claim(fill).looked_at == looked
    ask_about_card(by=till.world.technician, coverage_id=card_of(till).pk)
    Inquiry.objects.update(answered_at=later, state="found")
    correct_rejects(till.world.pharmacy, later + timedelta(seconds=1))
    assert last_claim(fill).looked_at == later + timedelta(seconds=1)


def test_a_claim_that_somebody_has_worked_is_left_alone(till):
    fill = flawed(till, person_code="")
    claim = last_claim(fill)
    resubmit(by=till.world.technician, claim_id=claim.pk, changes=Changes(person_code="01"))
    assert correct_claim(by=till.world.system, claim_id=claim.pk) is False
    assert len(states(fill)) == 2


def test_what_the_rooms_below_refuse_waits_for_a_person_and_says_why(till):
    fill = flawed(till, person_code="")
    Claim.objects.filter(fill=fill).update(coverage=None)
    assert correct_claim(by=till.world.system, claim_id=last_claim(fill).pk) is False
    assert "card of this claim is gone" in last_claim(fill).problem
    assert states(fill) == [("B1", "rejected")]


@pytest.mark.parametrize(
    ("corrected", "rules"),
    [
        ("", set()),
        ("pcn: A → B, the only one on the payer’s sheet", {"pcn"}),
        ("pcn: A → B, x; person_code: nothing → 01, y", {"pcn", "person_code"}),
    ],
)
def test_the_rules_of_a_correction_are_read_back_from_what_it_says(corrected, rules):
    assert rules_in(corrected) == rules
