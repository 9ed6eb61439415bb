"""Why a C-II is given in parts: recorded before it is, as the time for the rest hangs on it."""

from datetime import date, timedelta

import pytest
from django.test import Client

from apothecary.config.tests.world import NOON, TODAY
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.facts import PartialReason
from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import cancel_fill
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.prescriptions.parting import owed_problems, say_part_reason, try_stock_again
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.tests.test_parting import (
    HOURS_72,
    TEN,
    codes,
    later,
    parted,
    ten_now,
    waiting,
)
from apothecary.prescriptions.writer import advance
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed, Worker
from apothecary.verification.actions import approve

SHORT, PATIENT = PartialReason.SHORT, PartialReason.PATIENT_ASKED
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WRITTEN = date(2026, 11, 20)
# 21 CFR 1306.13(b): 30 days of the date written; (c) and (d): 60 days.
LAST_DAYS = [
    (PartialReason.PATIENT_ASKED, date(2026, 12, 20), "1306.13(b)"),
    (PartialReason.PRESCRIBER_ASKED, date(2026, 12, 20), "1306.13(b)"),
    (PartialReason.LONG_TERM_CARE, date(2027, 1, 19), "1306.13(c)-(d)"),
    (PartialReason.TERMINALLY_ILL, date(2027, 1, 19), "1306.13(c)-(d)"),
]


def on_day(worker: Worker, day: date) -> Worker:
    """The worker at noon of another day."""
    return worker.at_time(NOON + (day - TODAY), day)


def reason_of(fill: Fill) -> str:
    return Fill.objects.get(pk=fill.pk).part_reason


def said(fill: Fill, reason: str, *, by: Worker) -> Fill:
    return say_part_reason(by=by, fill_id=fill.pk, reason=reason)


def test_a_c_ii_is_not_parted_before_anybody_has_said_why(pharmacy):
    fill = waiting(pharmacy, "oxycodone")
    with pytest.raises(Refused, match="Say first why") as refusal:
        ten_now(fill, by=pharmacy.technician)
    assert codes(refusal) == ["part-no-reason"]
    assert refusal.value.problems[0].cite == "21 CFR 1306.13(b)(3), (c)"
    assert Fill.objects.count() == 1


@pytest.mark.parametrize("drug", ["testosterone", "alprazolam", "pregabalin", "lisinopril"])
def test_every_other_drug_is_parted_without_a_reason(pharmacy, drug):
    balance = ten_now(waiting(pharmacy, drug), by=pharmacy.technician)
    assert (balance.part, balance.part_reason) == (2, "")


@pytest.mark.parametrize("reason", list(PartialReason))
def test_the_reason_is_on_the_part_and_on_the_balance_and_in_the_journal(pharmacy, reason):
    fill = waiting(pharmacy, "oxycodone")
    said(fill, reason, by=pharmacy.technician)
    balance = ten_now(fill, by=pharmacy.technician)
    assert {reason_of(fill), reason_of(balance)} == {reason.value}
    lines = history(pharmacy_id=pharmacy.pharmacy.pk, about=[("fill", fill.pk)])
    written = [(line.deed, line.details.get("reason")) for line in lines]
    assert written.count((Deed.PART_REASON_SAID, reason.value)) == 1
    assert written[-1] == (Deed.BALANCE_OWED, reason.value)
    assert (lines[-1].details["now"], lines[-1].details["owed"]) == ("10", "20.000")


@pytest.mark.parametrize(
    ("after", "in_time"), [(HOURS_72 - HOUR, True), (HOURS_72, True), (HOURS_72 + HOUR, False)]
)
def test_what_could_not_be_supplied_is_owed_for_72_hours(pharmacy, after, in_time):
    balance = parted(pharmacy, "oxycodone", reason=SHORT)
    found = owed_problems(balance, by=later(pharmacy.technician, after))
    assert [problem.cite for problem in found] == ([] if in_time else ["21 CFR 1306.13(a)"])


@pytest.mark.parametrize(("reason", "last", "cite"), LAST_DAYS)
@pytest.mark.parametrize("days", [-1, 0, 1])
def test_what_was_asked_for_in_parts_is_owed_until_its_last_day(
    pharmacy, reason, last, cite, days
):
    balance = parted(pharmacy, "oxycodone", reason=reason)
    by = on_day(pharmacy.technician, last + days * DAY)
    if days <= 0:
        assert try_stock_again(by=by, fill_id=balance.pk).state == FillState.WAITING
        return
    with pytest.raises(Refused, match=f"until {last}") as refusal:
        try_stock_again(by=by, fill_id=balance.pk)
    assert codes(refusal) == ["part-too-late"]
    assert cite in refusal.value.problems[0].cite
    assert Fill.objects.get(pk=balance.pk).state == FillState.SHORT


@pytest.mark.parametrize(("days", "state"), [(0, FillState.READY), (1, FillState.CHECK)])
def test_a_requested_balance_is_not_approved_after_its_last_day(pharmacy, days, state):
    balance = parted(pharmacy, "oxycodone", reason=PATIENT)
    balance = try_stock_again(by=pharmacy.technician, fill_id=balance.pk)
    for to in (FillState.FILLING, FillState.CHECK):
        advance(balance, to, by=pharmacy.pharmacist, did=Deed.FILL_MOVED)
    by = on_day(pharmacy.pharmacist, date(2026, 12, 20) + days * DAY)
    if days:
        with pytest.raises(Refused, match="until 2026-12-20"):
            approve(by=by, fill_id=balance.pk)
    else:
        approve(by=by, fill_id=balance.pk)
    assert Fill.objects.get(pk=balance.pk).state == state


def test_a_balance_from_before_reasons_were_kept_has_the_shortest_time(pharmacy):
    balance = parted(pharmacy, "oxycodone", reason=PATIENT)
    Fill.objects.update(part_reason="")
    balance.refresh_from_db()
    assert owed_problems(balance, by=later(pharmacy.technician, HOURS_72)) == []
    late = owed_problems(balance, by=later(pharmacy.technician, HOURS_72 + HOUR))
    assert [problem.cite for problem in late] == ["21 CFR 1306.13(a)"]
    with pytest.raises(Refused, match="Say first why"):
        ten_now(balance, by=pharmacy.technician)


def test_a_balance_parted_again_needs_no_second_reason(pharmacy):
    third = ten_now(parted(pharmacy, "oxycodone", reason=PATIENT), by=pharmacy.technician)
    assert (third.part, third.part_reason) == (3, PATIENT.value)


def test_of_two_reasons_both_clocks_bind_the_rest(pharmacy):
    balance = parted(pharmacy, "oxycodone", reason=SHORT)
    said(balance, PATIENT, by=pharmacy.technician)
    third = ten_now(balance, by=pharmacy.technician)
    assert owed_problems(third, by=later(pharmacy.technician, HOURS_72)) == []
    first_late = owed_problems(third, by=later(pharmacy.technician, HOURS_72 + HOUR))
    assert [problem.cite for problem in first_late] == ["21 CFR 1306.13(a)"]
    both_late = owed_problems(third, by=on_day(pharmacy.technician, date(2026, 12, 21)))
    assert len(both_late) == 2


def test_a_balance_asked_for_in_parts_is_not_parted_for_want_of_stock_after_72_hours(pharmacy):
    balance = parted(pharmacy, "oxycodone", reason=PATIENT)
    by = later(pharmacy.technician, HOURS_72 + HOUR)
    with pytest.raises(Refused, match="give the rest whole") as refusal:
        said(balance, SHORT, by=by)
    assert refusal.value.problems[0].cite == "21 CFR 1306.13(a)"
    assert reason_of(balance) == PATIENT
    assert try_stock_again(by=by, fill_id=balance.pk).state == FillState.WAITING


def test_the_reason_of_a_part_that_was_given_is_never_taken_back(pharmacy):
    balance = parted(pharmacy, "oxycodone", reason=SHORT)
    first = Fill.objects.exclude(pk=balance.pk).get()
    said(first, PATIENT, by=pharmacy.technician)
    with pytest.raises(Refused, match="could not supply the whole: that stays") as refusal:
        said(balance, PATIENT, by=pharmacy.technician)
    assert codes(refusal) == ["part-reason-stays"]
    late = owed_problems(balance, by=later(pharmacy.technician, HOURS_72 + HOUR))
    assert [problem.cite for problem in late] == ["21 CFR 1306.13(a)"]


def test_a_reason_is_changed_while_the_fill_is_whole(pharmacy):
    fill = waiting(pharmacy, "oxycodone")
    said(fill, SHORT, by=pharmacy.technician)
    said(fill, PATIENT, by=pharmacy.technician)
    assert reason_of(fill) == PATIENT


def test_when_the_other_part_was_called_off_the_reason_may_be_another(pharmacy):
    balance = parted(pharmacy, "oxycodone", reason=SHORT)
    first = Fill.objects.exclude(pk=balance.pk).get()
    cancel_fill(by=pharmacy.technician, fill_id=first.pk, because="left")
    said(balance, PATIENT, by=later(pharmacy.technician, HOURS_72 + HOUR))
    assert reason_of(balance) == PATIENT


@pytest.mark.parametrize("reason", ["", " ", "requested", "SHORT", "because", "Ω", "short\x00"])
def test_another_word_is_no_reason_and_nothing_is_written(pharmacy, reason):
    fill = waiting(pharmacy, "oxycodone")
    with pytest.raises(Refused, match="no reason for a part") as refusal:
        said(fill, reason, by=pharmacy.technician)
    assert refusal.value.problems[0].field == "reason"
    assert reason_of(fill) == ""


def test_nobody_without_the_duty_and_no_other_pharmacy_says_why(pharmacy):
    fill = waiting(pharmacy, "oxycodone")
    with pytest.raises(NotAllowed):
        said(fill, SHORT, by=pharmacy.workers[Role.CLERK])
    with pytest.raises(Refused, match="No such fill"):
        said(fill, SHORT, by=pharmacy.stranger)
    assert reason_of(fill) == ""


@pytest.mark.parametrize("until", [FillState.CHECK, FillState.READY, FillState.SOLD])
def test_what_is_counted_or_gone_gets_no_reason_any_more(pharmacy, until):
    fill = pharmacy.stocked(until=until)
    with pytest.raises(Refused, match="somebody has moved it on"):
        said(fill, SHORT, by=pharmacy.technician)


@pytest.fixture
def tech(pharmacy) -> Client:
    person = pharmacy.people[Role.TECHNICIAN]
    token = worker_token(person=person, station="counter", at=pharmacy.technician.at)
    return Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})


def test_the_page_offers_every_reason_with_a_key_of_its_own(pharmacy, tech):
    fill = waiting(pharmacy, "oxycodone")
    html = tech.get(f"/rx/fill/{fill.pk}/parts").content.decode()
    for reason, key in zip(PartialReason, "SPDLT", strict=True):
        assert f'value="{reason.value}"' in html
        assert f'data-key="{key}"' in html
    assert "given only with its reason" in html


def test_the_chosen_reason_is_answered_with_the_time_that_the_rest_has(pharmacy, tech):
    fill = waiting(pharmacy, "oxycodone")
    path = f"/rx/fill/{fill.pk}/parts"
    answer = tech.post(path, {"reason": "patient_asked"}, headers={"HX-Request": "true"})
    assert "the patient asked for a part" in answer.content.decode()
    assert "30 days of the date written, until 12/20/2026" in answer.content.decode()
    assert "21 CFR 1306.13(b); 21 USC 829(f) · V2" in answer.content.decode()
    plain = tech.post(path, {"reason": "short"})
    assert (plain.status_code, plain.headers["Location"]) == (302, path)
    assert "72 hours of the first part." in tech.get(path).content.decode()
    assert reason_of(fill) == SHORT


def test_once_parted_the_page_says_until_when_by_every_clock(pharmacy, tech):
    balance = parted(pharmacy, "oxycodone", reason=SHORT)
    said(balance, PATIENT, by=pharmacy.technician)
    html = tech.get(f"/rx/fill/{balance.pk}/parts").content.decode()
    assert "72 hours of the first part, until " in html
    assert "30 days of the date written, until 12/20/2026" in html


def test_a_part_of_a_drug_that_is_no_c_ii_has_no_clock_on_the_page(pharmacy, tech):
    balance = parted(pharmacy, "lisinopril", reason=SHORT)
    html = tech.get(f"/rx/fill/{balance.pk}/parts").content.decode()
    assert "could not supply the whole" in html
    assert "1306.13" not in html


def test_what_was_counted_shows_its_reason_and_offers_no_other(pharmacy, tech):
    fill = pharmacy.stocked(until=FillState.READY)
    html = tech.get(f"/rx/fill/{fill.pk}/parts").content.decode()
    assert "No part of it was given" in html
    assert 'name="reason"' not in html
    assert tech.get("/rx/fill/0/parts").status_code == 404
    refused = tech.post(f"/rx/fill/{fill.pk}/parts", {"reason": "short"})
    assert refused.status_code == 409


def test_the_schedule_that_counts_is_the_prescriptions(pharmacy):
    fill = waiting(pharmacy, "alprazolam")
    Prescription.objects.update(schedule=2)
    with pytest.raises(Refused, match="Say first why"):
        ten_now(fill, by=pharmacy.technician)
    said(fill, PATIENT, by=pharmacy.technician)
    assert ten_now(fill, by=pharmacy.technician).quantity == 2 * TEN
