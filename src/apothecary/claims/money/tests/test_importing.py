"""Taking remittances in: kept raw, posted once and whole, each difference by its name."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from apothecary.claims.money.importing import load_remittance
from apothecary.claims.money.models import Difference, Payment, Remittance, RemittanceFile
from apothecary.claims.money.reconciling import reconcile, reconcile_due
from apothecary.claims.money.tests.books import (
    billed,
    line,
    load,
    named,
    open_usd,
    posted,
    proved,
)
from apothecary.claims.money.tests.samples import Beside, Paid, Sent, file_of, turned
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.wires.models import Incoming

D = Decimal


def test_a_remittance_is_posted_to_the_cent_and_written_down(pharmacy):
    first, second = billed(pharmacy, "9.25"), billed(pharmacy, "3.10")
    fee = Beside("AH", "0.20", "TRANSACTIONS")
    file = load(pharmacy, Sent((line(first), line(second)), (fee,)))
    assert file.problem == ""
    one = Remittance.objects.get(file=file)
    sums = (one.amount_usd, one.claims_usd, one.adjusted_usd)
    assert sums == (D("12.15"), D("12.35"), D("0.20"))
    assert sum(row.usd for row in one.payments.all()) == one.amount_usd
    assert (open_usd(first), open_usd(second), named(pharmacy)) == (0, 0, [])
    assert Entry.objects.filter(deed=Deed.REMITTANCE_POSTED.value).count() == 1
    assert proved(pharmacy)


def test_a_clerk_may_not_take_remittances_in_and_nothing_is_kept(pharmacy):
    with pytest.raises(NotAllowed):
        load_remittance(by=pharmacy.workers[Role.ADMINISTRATOR], raw=file_of(Sent()))
    assert RemittanceFile.objects.count() == Incoming.objects.count() == 0


def test_the_same_file_again_is_the_same_file(pharmacy):
    claim = billed(pharmacy, "9.25")
    sent = Sent((line(claim),))
    first, again = load(pharmacy, sent), load(pharmacy, sent, name="other name")
    assert first.pk == again.pk
    assert posted(pharmacy) == 1


def test_a_trace_that_is_posted_already_is_refused_in_any_other_file(pharmacy):
    claim = billed(pharmacy, "9.25")
    load(pharmacy, Sent((line(claim),)))
    file = load(pharmacy, Sent((line(claim), line(claim))))
    assert "T1 of this payer is posted already" in file.problem
    assert posted(pharmacy) == 1
    other = load(pharmacy, Sent((), (Beside("AH", "0.00"),), payer="1888888888"))
    assert other.problem == ""


def test_of_an_unbalanced_file_nothing_is_posted_and_the_bytes_are_kept(pharmacy):
    good, bad = billed(pharmacy, "9.25"), billed(pharmacy, "3.10")
    raw = file_of(Sent((line(good),)), Sent((line(bad),), trace="T2", more_usd="1"))
    file = load_remittance(by=pharmacy.technician, raw=raw, name="x")
    assert "BPR" in file.problem
    assert posted(pharmacy) == Remittance.objects.count() == Difference.objects.count() == 0
    assert bytes(file.incoming.raw) == raw
    assert Entry.objects.filter(deed=Deed.REMITTANCE_REFUSED.value).count() == 1


@pytest.mark.parametrize("raw", [b"", b"\x00\xff", b"ISA*00*", "ÿ~".encode("latin-1")])
def test_bytes_that_are_no_file_are_kept_and_refused(pharmacy, raw):
    file = load_remittance(by=pharmacy.technician, raw=raw)
    assert file.problem
    assert bytes(Incoming.objects.get(pk=file.incoming_id).raw) == raw


@pytest.mark.parametrize(
    ("usd", "name", "still"),
    [("4.25", "paid short", "5.00"), ("9.26", "paid over", "-0.01")],
)
def test_a_claim_paid_otherwise_than_promised_is_named_to_the_cent(pharmacy, usd, name, still):
    claim = billed(pharmacy, "9.25")
    load(pharmacy, Sent((line(claim, usd),)))
    assert named(pharmacy) == [(name, D(still))]
    assert open_usd(claim) == D(still)
    assert proved(pharmacy)


def test_a_claim_paid_twice_is_named(pharmacy):
    claim = billed(pharmacy, "9.25")
    load(pharmacy, Sent((line(claim),)))
    load(pharmacy, Sent((line(claim),), trace="T2"))
    assert named(pharmacy) == [("paid twice", D("-9.25"))]


def test_a_claim_that_nobody_sent_is_not_guessed_to_be_one_of_ours(pharmacy):
    billed(pharmacy, "9.25")
    load(pharmacy, Sent((Paid("999999999", "9.25", "999999999"),)))
    assert named(pharmacy) == [("not on our books", D("-9.25"))]
    assert Payment.objects.get().claim_id is None
    assert proved(pharmacy)


def test_a_late_payment_of_the_rest_settles_the_difference_by_itself(pharmacy):
    claim = billed(pharmacy, "9.25")
    load(pharmacy, Sent((line(claim, "4.25"),)))
    load(pharmacy, Sent((turned(line(claim, "4.25")), line(claim)), trace="T2"))
    assert named(pharmacy) == []
    assert Difference.objects.get().closing == "the payer settled it"


def test_a_reversal_of_ours_is_even_when_the_payer_has_taken_it_back(pharmacy):
    claim = billed(pharmacy, "9.25")
    load(pharmacy, Sent((line(claim),)))
    claim.state = "reversed"
    claim.save()
    assert open_usd(claim) == D("-9.25")
    load(pharmacy, Sent((turned(line(claim)),), trace="T2"))
    assert (open_usd(claim), named(pharmacy)) == (0, [])


def test_a_take_back_that_we_did_not_ask_for_is_named(pharmacy):
    claim = billed(pharmacy, "9.25")
    load(pharmacy, Sent((line(claim),)))
    load(pharmacy, Sent((turned(line(claim)),), trace="T2"))
    assert named(pharmacy) == [("taken back, not by us", D("9.25"))]


def test_money_kept_back_under_a_claims_number_is_of_that_claim(pharmacy):
    claim = billed(pharmacy, "9.25")
    load(pharmacy, Sent((line(claim),)))
    kept = Beside("WO", "4.00", claim.authorization)
    load(pharmacy, Sent((), (kept,), trace="T2"))
    assert named(pharmacy) == [("kept back beside the claim", D("4.00"))]
    load(pharmacy, Sent((), (Beside("WO", "1.00", "NOBODY"),), trace="T3"))
    assert named(pharmacy)[1] == ("not on our books", D("1.00"))
    assert proved(pharmacy)


def test_what_is_missing_after_thirty_days_is_named_once_the_payer_remits_at_all(pharmacy):
    old, paid = billed(pharmacy, "9.25", days_ago=30), billed(pharmacy, "1.00")
    young = billed(pharmacy, "2.00", days_ago=29)
    other = billed(pharmacy, "3.00", days_ago=90, bin_="111111")
    assert reconcile(by=pharmacy.technician) == 0
    load(pharmacy, Sent((line(paid),)))
    assert reconcile_due(pharmacy.pharmacy, pharmacy.system.at) == 1
    assert named(pharmacy) == [("expected, not paid", D("9.25"))]
    assert Difference.objects.get().claim_id == old.pk
    assert reconcile(by=pharmacy.technician) == 0
    assert (open_usd(young), open_usd(other)) == (D("2.00"), D("3.00"))


def test_the_second_payer_of_a_fill_is_not_taken_for_the_first(pharmacy):
    fill = pharmacy.enter()
    first = billed(pharmacy, "5.00", fill=fill, number="SAME")
    second = billed(pharmacy, "2.00", fill=fill, payer=2, number="SAME")
    load(pharmacy, Sent((line(second), line(first))))
    assert (open_usd(first), open_usd(second)) == (0, 0)


def test_a_payer_with_numbers_of_its_own_is_matched_by_everything_else_or_not_at_all(pharmacy):
    claim = billed(pharmacy, "9.25")
    number, ndc = str(claim.fill.prescription.number), claim.fill.package.ndc11
    other = Paid(number, "9.25", "ICN77", ndc=ndc)
    load(pharmacy, Sent((other,)))
    assert open_usd(claim) == 0
    wrong = Paid(other.rx, "9.25", "ICN78", charge="11.77", ndc=other.ndc)
    load(pharmacy, Sent((wrong,), trace="T2"))
    assert named(pharmacy) == [("not on our books", D("-9.25"))]


def test_what_was_posted_is_never_changed(pharmacy):
    load(pharmacy, Sent((line(billed(pharmacy, "9.25")),)))
    for change in (
        lambda: Payment.objects.update(usd=1),
        lambda: Payment.objects.all().delete(),
        lambda: Remittance.objects.update(amount_usd=1),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
