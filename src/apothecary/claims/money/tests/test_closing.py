"""Closing a difference: who may, what follows, and taking it back."""

from decimal import Decimal

import pytest

from apothecary.claims.money.closing import accept, dispute, reopen, tie_payment, write_off
from apothecary.claims.money.models import Difference, Payment
from apothecary.claims.money.tests.books import (
    billed,
    line,
    load,
    named,
    open_usd,
    posted,
    proved,
)
from apothecary.claims.money.tests.samples import Paid, Sent
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed

D = Decimal
VERBS = [accept, dispute, write_off]


@pytest.fixture
def short(pharmacy) -> Difference:
    """A claim paid five dollars short."""
    load(pharmacy, Sent((line(billed(pharmacy, "9.25"), "4.25"),)))
    return Difference.objects.get()


@pytest.fixture
def over(pharmacy) -> Difference:
    """A claim paid a dollar too much."""
    load(pharmacy, Sent((line(billed(pharmacy, "8.25"), "9.25"),), trace="T9"))
    return Difference.objects.get(kind="paid over")


@pytest.fixture
def unknown(pharmacy) -> Difference:
    """A line of no claim of ours."""
    load(pharmacy, Sent((Paid("999999999", "9.25", "X1"),)))
    return Difference.objects.get()


def in_charge(pharmacy):
    return pharmacy.workers[Role.IN_CHARGE]


def test_the_pharmacist_in_charge_writes_a_loss_off_and_the_account_is_even(pharmacy, short):
    write_off(by=in_charge(pharmacy), difference_id=short.pk, because="not worth a call")
    short.refresh_from_db()
    assert (short.closing, short.because) == ("written off", "not worth a call")
    assert short.claim is not None
    assert open_usd(short.claim) == 0
    assert Entry.objects.filter(deed=Deed.DIFFERENCE_CLOSED.value).count() == 1
    assert proved(pharmacy)


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.PHARMACIST, Role.ADMINISTRATOR])
def test_nobody_else_writes_off(pharmacy, short, role):
    with pytest.raises(NotAllowed):
        write_off(by=pharmacy.workers[role], difference_id=short.pk, because="x")
    assert named(pharmacy) == [("paid short", D("5.00"))]


def test_a_technician_does_not_accept_a_loss(pharmacy, short):
    with pytest.raises(Refused, match="loss"):
        accept(by=pharmacy.technician, difference_id=short.pk, because="x")
    assert named(pharmacy) == [("paid short", D("5.00"))]


def test_a_technician_accepts_what_costs_nothing(pharmacy, over):
    accept(by=pharmacy.technician, difference_id=over.pk, because="told them, they let it be")
    assert named(pharmacy) == []
    assert over.claim is not None
    assert open_usd(over.claim) == 0
    reopen(by=pharmacy.technician, difference_id=over.pk, because="they want it after all")
    now = Difference.objects.get(claim=over.claim, closed_at=None)
    with pytest.raises(Refused, match="Nothing is lost"):
        write_off(by=in_charge(pharmacy), difference_id=now.pk, because="x")


def test_a_disputed_difference_stays_expected(pharmacy, short):
    dispute(by=pharmacy.technician, difference_id=short.pk, because="call 17")
    short.refresh_from_db()
    assert short.disputed_at == pharmacy.technician.at
    assert named(pharmacy) == [("paid short", D("5.00"))]


@pytest.mark.parametrize("verb", VERBS)
def test_a_closing_without_a_reason_is_refused_and_changes_nothing(pharmacy, short, over, verb):
    row = over if verb is accept else short
    before = posted(pharmacy)
    with pytest.raises(Refused, match="Say why"):
        verb(by=in_charge(pharmacy), difference_id=row.pk, because="  ")
    assert posted(pharmacy) == before
    assert Difference.objects.get(pk=row.pk).closed_at is None


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_closed_is_not_closed_again(pharmacy, short, verb):
    write_off(by=in_charge(pharmacy), difference_id=short.pk, because="x")
    before = posted(pharmacy)
    with pytest.raises(Refused, match="closed already"):
        verb(by=in_charge(pharmacy), difference_id=short.pk, because="x")
    assert posted(pharmacy) == before


@pytest.mark.parametrize("verb", [*VERBS, reopen])
def test_a_difference_of_another_pharmacy_is_not_there(pharmacy, short, verb):
    with pytest.raises(Refused, match="no such difference"):
        verb(by=in_charge(pharmacy), difference_id=short.pk + 999, because="x")


def test_a_closing_is_taken_back_by_a_line_that_reverses_it_once(pharmacy, short):
    by = in_charge(pharmacy)
    write_off(by=by, difference_id=short.pk, because="x")
    reopen(by=by, difference_id=short.pk, because="they will pay")
    assert named(pharmacy) == [("paid short", D("5.00"))]
    settled = Payment.objects.filter(kind="settlement").order_by("pk")
    assert [row.usd for row in settled] == [D("5.00"), D("-5.00")]
    assert settled[1].reverses_id == settled[0].pk
    with pytest.raises(Refused, match="taken back already"):
        reopen(by=by, difference_id=short.pk, because="again")
    assert proved(pharmacy)


def test_a_technician_does_not_take_a_write_off_back(pharmacy, short):
    write_off(by=in_charge(pharmacy), difference_id=short.pk, because="x")
    with pytest.raises(NotAllowed):
        reopen(by=pharmacy.technician, difference_id=short.pk, because="x")
    assert named(pharmacy) == []


def test_what_is_open_or_settled_by_the_payer_is_not_opened_again(pharmacy, short):
    with pytest.raises(Refused, match="still open"):
        reopen(by=pharmacy.technician, difference_id=short.pk, because="x")
    claim = short.claim
    assert claim is not None
    load(pharmacy, Sent((line(claim, "5.00"),), trace="T2"))
    assert named(pharmacy) == []
    with pytest.raises(Refused, match="nothing to take back"):
        reopen(by=pharmacy.technician, difference_id=short.pk, because="x")


def test_an_unknown_line_is_accepted_and_opened_again_once(pharmacy, unknown):
    accept(by=pharmacy.technician, difference_id=unknown.pk, because="credit")
    assert named(pharmacy) == []
    reopen(by=pharmacy.technician, difference_id=unknown.pk, because="found it")
    assert named(pharmacy) == [("not on our books", D("-9.25"))]
    with pytest.raises(Refused, match="taken back already"):
        reopen(by=pharmacy.technician, difference_id=unknown.pk, because="again")


def test_an_unknown_line_is_tied_to_its_claim_by_a_reversing_line(pharmacy, unknown):
    claim = billed(pharmacy, "9.25")
    number = str(claim.fill.prescription.number)
    tie_payment(by=pharmacy.technician, difference_id=unknown.pk, rx=number)
    assert (open_usd(claim), named(pharmacy)) == (0, [])
    rows = list(Payment.objects.order_by("pk").values_list("usd", "claim_id"))
    assert rows == [(D("9.25"), None), (D("-9.25"), None), (D("9.25"), claim.pk)]
    with pytest.raises(Refused, match="closed already"):
        tie_payment(by=pharmacy.technician, difference_id=unknown.pk, rx=number)
    assert proved(pharmacy)


@pytest.mark.parametrize("named_", ["", "123", "ÀÀ", "9" * 30])
def test_an_unknown_line_is_not_tied_to_what_is_no_claim(pharmacy, unknown, named_):
    with pytest.raises(Refused, match="No paid claim"):
        tie_payment(by=pharmacy.technician, difference_id=unknown.pk, rx=named_)
    assert posted(pharmacy) == 1


def test_a_prescription_with_two_paid_claims_must_be_told_apart(pharmacy, unknown):
    fill = pharmacy.enter()
    first = billed(pharmacy, "9.25", fill=fill)
    billed(pharmacy, "1.00", fill=fill, payer=2)
    with pytest.raises(Refused, match=first.authorization):
        tie_payment(
            by=pharmacy.technician,
            difference_id=unknown.pk,
            rx=str(fill.prescription.number),
        )
    tie_payment(by=pharmacy.technician, difference_id=unknown.pk, rx=first.authorization)
    assert open_usd(first) == 0


def test_what_has_its_claim_is_not_tied(pharmacy, short):
    with pytest.raises(Refused, match="has its claim"):
        tie_payment(by=pharmacy.technician, difference_id=short.pk, rx="1")
