"""Asking a payer about a patient over a real line, and putting on file what it knows."""

from datetime import timedelta

import pytest

from apothecary.claims.eligibility import (
    ask_about_card,
    ask_about_patient,
    found_by,
    note_doubt,
    take_answer,
)
from apothecary.claims.models import Inquiry
from apothecary.claims.payers.found import take_insured, take_other
from apothecary.claims.rules import MOST_DOUBTS
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.patients.models import Coverage
from apothecary.staff.worker import NotAllowed
from apothecary.wires.models import Incoming, Outgoing
from apothecary.wires.telecom import Draft, ResponseHeader, build_response


@pytest.fixture
def card(till) -> Coverage:
    return Coverage.objects.get(patient=till.world.insured)


@pytest.fixture
def known(till, card) -> Coverage:
    """A member the payer has seen: it has paid for the patient once."""
    till.fill()
    till.round()
    return card


def now_of(inquiry: Inquiry) -> Inquiry:
    return Inquiry.objects.select_related("outgoing").get(pk=inquiry.pk)


def reply(till, status: str, *drafts: Draft) -> bytes:
    """An E1 answer as a payer writes it."""
    head = ResponseHeader(
        transaction_code="E1",
        header_response_status="A",
        service_provider_id=till.world.pharmacy.npi,
        date_of_service=till.at.date(),
    )
    said: dict[str, object] = {"AN": status}
    if status == "R":
        said["FA"] = [{"FB": "52"}]
    group = [Draft("21", said)]  # type: ignore[arg-type]  # a fixed set of plain values
    group += [draft for draft in drafts if draft.segment == "28"]
    above = [draft for draft in drafts if draft.segment != "28"]
    return build_response(head, transmission=above, transactions=[group])


def hears(till, inquiry: Inquiry, raw: bytes) -> Inquiry:
    take_answer(by=till.world.system, outgoing_id=inquiry.outgoing_id, raw=raw)
    return now_of(inquiry)


def deeds(till) -> list[str]:
    about = [("patient", till.world.insured.pk)]
    return [line.deed for line in history(pharmacy_id=till.world.pharmacy.pk, about=about)]


def test_a_payer_that_has_paid_for_a_patient_says_that_it_knows_the_card(till, known):
    asked = ask_about_card(by=till.world.technician, coverage_id=known.pk)
    assert asked.state == "out"
    till.sends()
    assert now_of(asked).state == "found"
    assert found_by(now_of(asked)) is not None
    assert deeds(till)[-2:] == [Deed.ELIGIBILITY_ASKED, Deed.ELIGIBILITY_ANSWERED]


def test_a_card_the_payer_does_not_know_is_not_found(till, card):
    Coverage.objects.filter(pk=card.pk).update(cardholder_id="NOBODY")
    asked = ask_about_card(by=till.world.technician, coverage_id=card.pk)
    till.sends()
    found = now_of(asked)
    assert (found.state, found.codes != []) == ("not found", True)
    assert found_by(found) is None
    with pytest.raises(Refused, match="has not found"):
        take_insured(by=till.world.technician, inquiry_id=asked.pk)


def test_a_second_click_asks_nobody_again_until_the_answer_is_here(till, known):
    first = ask_about_card(by=till.world.technician, coverage_id=known.pk)
    assert ask_about_card(by=till.world.technician, coverage_id=known.pk).pk == first.pk
    assert Outgoing.objects.filter(about="eligibility").count() == 1
    till.sends()
    assert ask_about_card(by=till.world.technician, coverage_id=known.pk).pk != first.pk


def test_a_dead_line_keeps_the_question_and_the_next_round_asks_it(till, known):
    till.payer.misbehave("down", count=1)
    asked = ask_about_card(by=till.world.technician, coverage_id=known.pk)
    till.sends()
    assert now_of(asked).state == "out"
    till.payer.behave()
    till.at += timedelta(minutes=10)
    till.sends()
    assert now_of(asked).state == "found"


def test_what_is_no_answer_is_kept_noted_and_given_up_in_the_end(till, card):
    asked = ask_about_card(by=till.world.technician, coverage_id=card.pk)
    assert hears(till, asked, b"garbage").problem.startswith("unusable answer")
    assert Incoming.objects.filter(kind="answer").count() == 1
    for _ in range(MOST_DOUBTS - 1):
        note_doubt(by=till.world.system, outgoing_id=asked.outgoing_id, says="nobody answered")
    found = now_of(asked)
    assert (found.state, found.outgoing.state) == ("unanswered", "failed")
    note_doubt(by=till.world.system, outgoing_id=asked.outgoing_id, says="late")
    assert now_of(asked).doubts == MOST_DOUBTS


def test_an_answer_counts_once(till, card):
    asked = ask_about_card(by=till.world.technician, coverage_id=card.pk)
    hears(till, asked, reply(till, "A", Draft("25", {"C1": "G7"})))
    assert hears(till, asked, reply(till, "R")).state == "found"
    assert deeds(till).count(Deed.ELIGIBILITY_ANSWERED) == 1


def test_group_and_number_as_the_payer_knows_them_are_put_on_the_card(till, card):
    asked = ask_about_card(by=till.world.technician, coverage_id=card.pk)
    hears(till, asked, reply(till, "A", Draft("25", {"C1": "G7", "C2": "ABC000999"})))
    take_insured(by=till.world.technician, inquiry_id=asked.pk)
    kept = Coverage.objects.get(pk=card.pk)
    assert (kept.group, kept.cardholder_id, kept.bin) == ("G7", "ABC000999", card.bin)


def test_a_payer_that_names_no_group_leaves_the_one_on_the_card(till, card):
    Coverage.objects.filter(pk=card.pk).update(group="G1")
    asked = ask_about_card(by=till.world.technician, coverage_id=card.pk)
    hears(till, asked, reply(till, "A", Draft("25", {"C2": "ABC000999"})))
    take_insured(by=till.world.technician, inquiry_id=asked.pk)
    assert Coverage.objects.get(pk=card.pk).group == "G1"


def test_a_patient_found_by_name_gets_a_card(till):
    patient = till.world.insured
    till.world.insured.postal_code = "78701"
    type(patient).objects.filter(pk=patient.pk).update(postal_code="78701")
    asked = ask_about_patient(
        by=till.world.technician, patient_id=patient.pk, bin_number="610500", pcn="ANY"
    )
    hears(till, asked, reply(till, "A", Draft("25", {"C1": "G7", "C2": "N1", "FO": "P1"})))
    added = take_insured(by=till.world.technician, inquiry_id=asked.pk)
    assert (added.bin, added.pcn, added.cardholder_id, added.group, added.plan_name) == (
        "610500",
        "ANY",
        "N1",
        "G7",
        "P1",
    )


def test_another_card_the_payer_has_seen_is_put_on_file_behind_the_others(till, card):
    other = {"5C": "01", "6C": "03", "7C": "610600", "NU": "X9", "MJ": "GX", "MH": "PC"}
    asked = ask_about_card(by=till.world.technician, coverage_id=card.pk)
    hears(till, asked, reply(till, "A", Draft("28", {"NT": [other]})))
    added = take_other(by=till.world.technician, inquiry_id=asked.pk, place=1)
    assert (added.bin, added.cardholder_id, added.order) == ("610600", "X9", card.order + 1)
    with pytest.raises(Refused, match="1 other cards"):
        take_other(by=till.world.technician, inquiry_id=asked.pk, place=2)


def test_a_patient_who_cannot_be_looked_for_is_refused_by_field(till):
    patient = till.world.insured
    type(patient).objects.filter(pk=patient.pk).update(postal_code="")
    with pytest.raises(Refused, match="postal code") as refusal:
        ask_about_patient(
            by=till.world.technician, patient_id=patient.pk, bin_number="610500", pcn=""
        )
    assert refusal.value.problems[0].field == "postal_code"
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize("number", ["", "61", "ABCDEF"])
def test_a_bin_that_is_none_asks_nobody(till, number):
    type(till.world.insured).objects.filter(pk=till.world.insured.pk).update(
        postal_code="78701"
    )
    with pytest.raises(Refused, match="bin"):
        ask_about_patient(
            by=till.world.technician,
            patient_id=till.world.insured.pk,
            bin_number=number,
            pcn="",
        )
    assert not Outgoing.objects.filter(about="eligibility").exists()


def test_a_card_of_nobody_and_a_patient_of_nobody_are_refused(till):
    with pytest.raises(Refused, match="No such card"):
        ask_about_card(by=till.world.technician, coverage_id=10**9)
    with pytest.raises(Refused, match="No such patient"):
        ask_about_patient(
            by=till.world.technician, patient_id=10**9, bin_number="610500", pcn=""
        )
    with pytest.raises(Refused, match="No such question"):
        take_insured(by=till.world.technician, inquiry_id=10**9)


def test_who_may_not_work_claims_asks_no_payer(till, card):
    with pytest.raises(NotAllowed):
        ask_about_card(by=till.world.clerk, coverage_id=card.pk)
    assert not Inquiry.objects.exists()
