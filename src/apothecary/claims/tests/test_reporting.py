"""The first payer is told what a later one paid, once; and told when that is taken back."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apothecary.claims.models import Claim, Report
from apothecary.claims.reporting import report_due
from apothecary.claims.rules import MOST_DOUBTS
from apothecary.claims.states import ReportState
from apothecary.claims.tests.test_reading import answer
from apothecary.claims.tests.test_several_payers import (
    SECOND,
    billed,
    card,
    pays,
    refuses,
    takes_back,
)
from apothecary.claims.tests.test_views import sign_in
from apothecary.claims.told import note_doubt, take_answer
from apothecary.claims.writing import write_again
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.patients.models import Coverage
from apothecary.prescriptions.actions import cancel_fill
from apothecary.wires.models import Outgoing
from apothecary.wires.telecom import read

PART_D = "999997"


@pytest.fixture
def part_d(till) -> Coverage:
    """The patient's first card is of a plan whose sheet takes reports; a second one follows."""
    first = Coverage.objects.get(patient=till.world.insured)
    first.bin, first.pcn, first.kind, first.group = PART_D, "TESTPTD", "medicare d", "PCND26"
    first.cardholder_id, first.plan_name = "1EG4TE5MK72", "Pecan Sample Part D"
    first.save()
    card(till, SECOND, kind="medicaid")
    return first


def due(till) -> int:
    return report_due(till.world.pharmacy, till.at)


def paid_by_two(till, *, leaves: str = "4.00") -> tuple[Claim, Claim]:
    """Both payers have paid a fill; what is left is the patient's."""
    fill = till.fill()
    (first,) = billed(till, fill)
    pays(till, first, patient="10.00")
    second = billed(till, fill)[1]
    pays(till, second, patient=leaves, plan="6.00")
    return Claim.objects.get(pk=first.pk), Claim.objects.get(pk=second.pk)


def reports(till) -> list[tuple[str, str]]:
    return list(Report.objects.order_by("pk").values_list("code", "state"))


def says(till, report: Report, status: str, *codes: str) -> None:
    rx = str(report.fill.prescription.number)
    raw = answer(status, code=report.code, rx=rx, rejects=codes)
    take_answer(by=till.world.system, outgoing_id=key(report), raw=raw)


def last(till) -> Report:
    found = Report.objects.select_related("outgoing", "fill__prescription").last()
    assert found is not None
    return found


def sent(report: Report) -> bytes:
    assert report.outgoing is not None
    return bytes(report.outgoing.raw)


def key(report: Report) -> int:
    assert report.outgoing_id is not None
    return report.outgoing_id


def patient_paid(raw: bytes) -> Decimal | None:
    """433-DX of a report."""
    priced = read(raw).transactions[0].segment("11")
    assert priced is not None
    return priced.decimal("DX")


def number(raw: bytes) -> str:
    """The prescription number of a report."""
    return (read(raw).transactions[0].raw("07", "D2") or "").lstrip("0")


def test_what_a_later_payer_paid_is_told_to_the_first_with_what_the_patient_paid(till, part_d):
    first, second = paid_by_two(till)
    assert due(till) == 1
    report = last(till)
    assert (report.code, report.bin, report.claim_id) == ("N1", PART_D, second.pk)
    told = read(sent(report))
    assert told.transaction_code == "N1"
    assert told.header["bin"] == PART_D
    assert patient_paid(sent(report)) == Decimal("4.00")
    assert number(sent(report)) == str(first.fill.prescription.number)
    assert told.service_on == first.service_on
    (said,) = [
        line
        for line in history(
            pharmacy_id=till.world.pharmacy.pk, about=[("fill", report.fill_id)]
        )
        if line.deed == Deed.PAYER_TOLD
    ]
    assert said.details["report"] == "N1"


def test_it_is_told_once(till, part_d):
    paid_by_two(till)
    assert [due(till), due(till)] == [1, 0]
    says(till, last(till), "C")
    assert due(till) == 0
    assert reports(till) == [("N1", "noted")]


@pytest.mark.parametrize(
    ("status", "state"), [("C", "noted"), ("Q", "noted"), ("R", "rejected")]
)
def test_what_the_payer_answers_is_written_down_and_nothing_of_the_fill_changes(
    till, part_d, status, state
):
    _, second = paid_by_two(till)
    due(till)
    before = (second.fill.state, second.fill.copay_usd)
    says(till, last(till), status, *(["85"] if status == "R" else []))
    report = last(till)
    assert (report.state, report.codes) == (state, ["85"] if status == "R" else [])
    assert report.answered_at is not None
    fill = Claim.objects.get(pk=second.pk).fill
    assert (fill.state, fill.copay_usd) == before
    # Acted on once: the same answer again changes nothing.
    says(till, report, "C")
    assert last(till).state == state


@pytest.mark.parametrize("status", ["P", "D", "A", "S", "F"])
def test_an_answer_that_is_none_to_a_report_is_a_doubt(till, part_d, status):
    paid_by_two(till)
    due(till)
    says(till, last(till), status)
    assert (last(till).state, last(till).doubts) == ("out", 1)
    assert "no answer to a N1" in last(till).problem


def test_nobody_who_answers_is_told_again_some_times_and_then_given_up(till, part_d):
    paid_by_two(till)
    due(till)
    for turn in range(1, MOST_DOUBTS + 1):
        note_doubt(by=till.world.system, outgoing_id=key(last(till)), says="the line broke")
        assert last(till).doubts == turn
        expected = ReportState.OUT if turn < MOST_DOUBTS else ReportState.UNANSWERED
        assert last(till).state == expected
    assert Outgoing.objects.get(pk=key(last(till))).state == "failed"
    note_doubt(by=till.world.system, outgoing_id=key(last(till)), says="again")
    assert last(till).doubts == MOST_DOUBTS


def test_a_plan_whose_sheet_takes_no_reports_is_told_nothing(till):
    card(till, SECOND)
    paid_by_two(till)
    assert due(till) == 0
    assert not Report.objects.exists()


def test_of_one_payer_alone_there_is_nothing_to_tell(till, part_d):
    Coverage.objects.filter(bin=SECOND).delete()
    fill = till.fill()
    (first,) = billed(till, fill)
    pays(till, first, patient="10.00")
    assert due(till) == 0


def test_a_later_payer_that_refused_has_paid_nothing_to_tell(till, part_d):
    fill = till.fill()
    (first,) = billed(till, fill)
    pays(till, first, patient="10.00")
    refuses(till, billed(till, fill)[1], "70")
    assert due(till) == 0


def called_off(till, second: Claim) -> None:
    """The fill is called off, and the later payer has taken its money back."""
    cancel_fill(by=till.world.technician, fill_id=second.fill_id, because="left")
    till.at += timedelta(minutes=1)
    write_again(till.world.pharmacy, till.at)
    takes_back(till, second)


def test_what_was_told_is_taken_back_with_the_claim_it_was_about(till, part_d):
    _, second = paid_by_two(till)
    due(till)
    says(till, last(till), "C")
    called_off(till, second)
    due(till)
    assert reports(till) == [("N1", "noted"), ("N2", "out")]
    report = last(till)
    assert read(sent(report)).transaction_code == "N2"
    assert number(sent(report)) == str(report.fill.prescription.number)
    says(till, report, "A")
    assert [due(till), reports(till)] == [0, [("N1", "noted"), ("N2", "noted")]]


@pytest.mark.parametrize("ended", ["rejected", "unanswered", "out"])
def test_what_the_payer_never_noted_is_not_taken_back(till, part_d, ended):
    _, second = paid_by_two(till)
    due(till)
    Report.objects.update(state=ended)
    called_off(till, second)
    due(till)
    assert [code for code, _ in reports(till)] == ["N1"]


def test_a_payment_made_anew_is_told_in_one_with_the_old_one_taken_back(till, part_d):
    _, second = paid_by_two(till)
    due(till)
    says(till, last(till), "C")
    second.state = "reversed"
    second.save()
    again = Claim.objects.get(pk=second.pk)
    again.pk, again.state, again.copay_usd = None, "paid", Decimal("3.00")
    again.try_number, again.outgoing = 9, None
    again.save(force_insert=True)
    assert due(till) == 1
    report = last(till)
    assert (report.code, report.claim_id) == ("N3", again.pk)
    assert read(sent(report)).transaction_code == "N3"
    assert patient_paid(sent(report)) == Decimal("3.00")
    says(till, report, "C")
    assert due(till) == 0


def test_a_report_that_cannot_be_written_says_why_and_is_not_tried_for_ever(till, part_d):
    first, _ = paid_by_two(till)
    Claim.objects.filter(pk=first.pk).update(coverage=None)
    assert [due(till), due(till)] == [0, 0]
    assert (last(till).state, last(till).outgoing_id) == ("rejected", None)
    assert "no card" in last(till).problem


@pytest.mark.parametrize(("days", "told"), [(180, 1), (181, 0)])
def test_what_is_older_than_any_payer_takes_back_is_told_to_nobody(till, part_d, days, told):
    _, second = paid_by_two(till)
    Claim.objects.filter(pk=second.pk).update(made_at=till.at - timedelta(days=days))
    assert due(till) == told


def test_another_pharmacys_payments_are_not_ours_to_tell(till, part_d):
    paid_by_two(till)
    assert report_due(till.world.other, till.at) == 0
    assert not Report.objects.exists()


def test_the_worker_tells_by_itself_and_the_payer_notes_it(till, part_d):
    Coverage.objects.filter(bin=SECOND).update(
        bin="999994", pcn="TESTTER", cardholder_id="LO486626", group="LOA1", person_code="01"
    )
    fill = till.fill()
    for _ in range(6):
        till.round(after=timedelta(minutes=1))
    found = list(Claim.objects.filter(fill=fill, kind="B1").order_by("pk"))
    assert [one.state for one in found] == ["paid", "paid"], [one.codes for one in found]
    assert reports(till) == [("N1", "noted")], last(till).problem
    assert last(till).reference.startswith("RPT")


@pytest.mark.parametrize(
    ("code", "state", "says"),
    [
        ("N1", "out", "was told what payer 2 paid (N1): no answer yet."),
        ("N1", "noted", "was told what payer 2 paid (N1): noted AUTH1."),
        ("N2", "noted", "was told that payer 2 has its money back (N2): noted AUTH1."),
        ("N3", "unanswered", "was told anew what payer 2 paid (N3): nobody answered."),
        ("N1", "rejected", "was told what payer 2 paid (N1): refused 85 LATER."),
    ],
)
def test_what_was_told_is_said_in_a_sentence(code, state, says):
    report = Report(
        code=code, state=state, payer=2, plan_name="Pecan", reference="AUTH1", codes=["85"],
        problem="LATER",
    )  # fmt: skip
    assert report.says == f"Pecan {says}"


def test_who_pays_shows_what_the_first_payer_was_told(till, part_d):
    _, second = paid_by_two(till)
    due(till)
    says(till, last(till), "C")
    page = sign_in(till).get(f"/claims/fill/{second.fill_id}/payers/")
    assert "was told what payer 2 paid (N1): noted AUTH1." in page.content.decode()
