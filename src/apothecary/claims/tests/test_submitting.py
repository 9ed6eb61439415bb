"""From a fill that waits for its claim to a row and its bytes in the outbox."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apothecary.claims.models import Claim
from apothecary.claims.states import ClaimState, Closing, Kind
from apothecary.claims.submitting import claim_fill, claim_waiting
from apothecary.claims.tests.counter import last_claim, now_of, queued, states
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.prescriptions.judgements import note_judgement
from apothecary.prescriptions.models import Fill, PayKind, Prescriber
from apothecary.prescriptions.states import FillState
from apothecary.wires.models import Outgoing
from apothecary.wires.telecom import read


def work(till) -> int:
    return claim_waiting(till.world.pharmacy, till.at)


def field(claim: Claim, name: str) -> object:
    return read(bytes(claim.posted.raw)).transactions[0].value("07", name)


def test_a_waiting_fill_gets_a_claim_in_the_outbox_and_it_is_written_down(till):
    fill = till.fill()
    assert work(till) == 1
    claim = last_claim(fill)
    assert (claim.state, claim.try_number, claim.plan_name) == ("out", 1, "Commercial")
    assert claim.submitted_usd == fill.price_usd
    out = claim.posted
    assert (out.party, out.state, out.tries) == ("payer", "waiting", 0)
    assert field(claim, "D2") == str(fill.prescription.number)
    lines = history(pharmacy_id=till.world.pharmacy.pk, about=[("fill", fill.pk)])
    assert lines[-1].deed == Deed.CLAIM_SENT
    assert lines[-1].details["claim"] == claim.pk


def test_writing_claims_twice_writes_one(till):
    fill = till.fill()
    assert work(till) == 1
    assert work(till) == 0
    assert not claim_fill(by=till.world.system, pharmacy=till.world.pharmacy, fill_id=fill.pk)
    assert states(fill) == [("B1", "out")]


def test_a_fill_that_has_moved_on_is_left_alone(till):
    fill = till.world.enter()
    assert not claim_fill(by=till.world.system, pharmacy=till.world.pharmacy, fill_id=fill.pk)
    assert Claim.objects.count() == Outgoing.objects.count() == 0


def test_cash_needs_no_claim_and_the_price_is_the_patients(till):
    fill = till.fill(pay=PayKind.CASH)
    work(till)
    assert states(fill) == []
    assert (now_of(fill).state, now_of(fill).copay_usd) == (FillState.WAITING, fill.price_usd)


def test_without_stock_a_cash_fill_is_short_and_still_knows_its_price(till):
    fill = till.fill(pay=PayKind.CASH, stock="5")
    work(till)
    assert (now_of(fill).state, now_of(fill).because) == (
        FillState.SHORT,
        "needs 30, 5 on hand",
    )
    assert now_of(fill).copay_usd == fill.price_usd


@pytest.mark.parametrize(
    ("starts", "ends", "billed"),
    [
        (None, None, True),
        (date(2026, 11, 23), date(2026, 11, 23), True),
        (date(2026, 11, 24), None, False),
        (None, date(2026, 11, 22), False),
    ],
)
def test_only_a_card_that_is_good_on_the_day_is_billed(till, starts, ends, billed):
    till.world.insured.coverages.update(starts_on=starts, ends_on=ends)
    fill = till.fill()
    work(till)
    assert bool(states(fill)) is billed
    found = now_of(fill)
    assert found.state == (FillState.CLAIM if billed else FillState.WAITING)
    assert found.pay == (PayKind.PLAN if billed else PayKind.CASH)
    assert found.copay_usd == (None if billed else fill.price_usd)
    assert found.because.startswith("no insurance card") is not billed


def test_the_first_card_in_order_is_billed(till):
    card = till.world.insured.coverages.get()
    card.pk, card.order, card.plan_name = None, 0, "First"
    card.save(force_insert=True)
    assert queued(till, till.fill()).plan_name == "First"


def test_a_claim_that_no_payer_could_read_goes_to_the_worklist_and_nothing_goes_out(till):
    till.world.insured.coverages.update(bin="99")
    fill = till.fill()
    work(till)
    claim = last_claim(fill)
    assert (claim.state, claim.outgoing_id) == ("rejected", None)
    assert "must be 6 digits" in claim.problem
    assert now_of(fill).state == FillState.REJECTED
    assert now_of(fill).because.startswith("the claim cannot be written")
    assert not Outgoing.objects.exists()


def test_a_prescriber_without_a_number_does_not_stop_the_claims_of_others(till):
    bad, good = till.fill(), till.fill("metformin")
    rx = bad.prescription
    rx.prescriber = Prescriber.objects.create(
        pharmacy=till.world.pharmacy, last_name="X", first_name="Y", npi="1" * 10
    )
    rx.save()
    Fill.objects.filter(pk=bad.pk).update(daw="X")
    Fill.objects.filter(pk=good.pk).update(daw="1")
    assert work(till) == 2
    assert states(good) == [("B1", "out")]
    assert field(last_claim(good), "D8") == "1"


def test_an_authorization_number_goes_with_the_next_fill_of_the_prescription(till):
    fill = till.fill()
    claim = queued(till, fill)
    Claim.objects.filter(pk=claim.pk).update(
        prior_authorization="PA77", state=ClaimState.REVERSED.value
    )
    again = queued(till, fill)
    assert (again.try_number, again.prior_authorization) == (2, "PA77")
    assert field(again, "EV") == "PA77"


def test_a_reject_of_a_fill_that_came_back_another_way_is_no_work_any_more(till):
    fill = till.fill()
    first = queued(till, fill)
    Claim.objects.filter(pk=first.pk).update(state=ClaimState.REJECTED.value)
    second = queued(till, fill)
    assert (second.try_number, second.state) == (2, "out")
    assert Claim.objects.get(pk=first.pk).closing == Closing.CORRECTED


def test_the_database_itself_refuses_a_second_live_billing(till):
    claim = queued(till, till.fill())
    claim.pk, claim.try_number = None, 2
    with pytest.raises(IntegrityError, match="claim_live_once"), transaction.atomic():
        claim.save(force_insert=True)
    assert Claim.objects.filter(kind=Kind.BILLING.value).count() == 1


def test_one_claim_costs_a_handful_of_statements(till):
    fill = till.fill()
    with CaptureQueriesContext(connection) as asked:
        claim_fill(by=till.world.system, pharmacy=till.world.pharmacy, fill_id=fill.pk)
    said = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert len(said) <= 7, said


def safety_said(claim: Claim) -> list[tuple[object, object, object]]:
    """Reason, service and result as they stand in segment 08, one by one."""
    segment = read(bytes(claim.posted.raw)).transactions[0].segment("08")
    fields = segment.typed() if segment else []
    columns = [[value for name, value in fields if name == key] for key in ("E4", "E5", "E6")]
    return list(zip(*columns, strict=True))


def test_what_the_pharmacist_judged_stands_in_the_claim(till):
    fill = till.fill()
    for about, codes in (("a", ("DD", "M0", "1G")), ("b", ("TD", "P0", "1B"))):
        note_judgement(by=till.world.pharmacist, fill_id=fill.pk, about=about, codes=codes)
    claim = queued(till, fill)
    assert safety_said(claim) == [("DD", "M0", "1G"), ("TD", "P0", "1B")]
    till.round()
    assert last_claim(fill).state == "paid"


def test_a_fill_nobody_had_to_judge_has_no_safety_segment(till):
    assert safety_said(queued(till, till.fill())) == []
