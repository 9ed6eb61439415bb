"""Invoices compared with what came: to the cent, once, claimed, credited, approved."""

from decimal import Decimal

import pytest

from apothecary.law.problem import Refused
from apothecary.purchasing.matching.actions import (
    accept_difference,
    approve_invoice,
    claim_difference,
    credit_difference,
    last_cost,
    match_invoice,
    write_off_difference,
)
from apothecary.purchasing.matching.models import AcquisitionCost, Difference, Invoice
from apothecary.purchasing.receiving.delivery import close_receipt
from apothecary.purchasing.states import ClaimState, InvoiceState
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed
from apothecary.stock.kinds import Programme


def billed(yard, order, *lines, number: str = "INV1", freight: str = "") -> Invoice:
    """An invoice that was taken in."""
    (paper,) = yard.takes(yard.invoice(order, *lines, number=number, freight=freight))
    assert paper.problem == ""
    return Invoice.objects.get(number=number)


def received(yard, order, packages: int) -> None:
    """So many bottles came, and the totes are empty."""
    receipt = yard.begun(order)
    if packages:
        yard.takes_in(receipt, yard.came(packages=packages))
    close_receipt(by=yard.by, receipt_id=receipt.pk)


@pytest.fixture
def order(yard):
    return yard.sent(lisinopril=3)


def match(yard, invoice: Invoice) -> Invoice:
    return match_invoice(by=yard.by, invoice_id=invoice.pk)


def found() -> list[tuple[str, int, str]]:
    rows = Difference.objects.order_by("pk")
    return [(row.kind, row.packages, str(row.usd)) for row in rows]


def test_what_came_as_ordered_is_matched_approved_and_says_what_it_cost(yard, order, pharmacy):
    received(yard, order, 3)
    invoice = match(yard, billed(yard, order, ("lisinopril", 3, "2.11")))
    assert (invoice.state, found()) == (InvoiceState.MATCHED, [])
    approve_invoice(by=yard.by, invoice_id=invoice.pk)
    of, package = pharmacy.pharmacy.pk, pharmacy.drugs["lisinopril"].pk
    assert last_cost(pharmacy_id=of, package_id=package) == Decimal("2.11")
    other = last_cost(pharmacy_id=of, package_id=package, programme=Programme.DISCOUNT_340B)
    assert other is None
    with pytest.raises(Refused, match="approved already"):
        approve_invoice(by=yard.by, invoice_id=invoice.pk)
    assert AcquisitionCost.objects.count() == 1


def test_nothing_is_compared_before_the_goods_are_here(yard, order):
    invoice = billed(yard, order, ("lisinopril", 3, "2.11"))
    with pytest.raises(Refused, match="received yet"):
        match(yard, invoice)
    receipt = yard.begun(order)
    with pytest.raises(Refused, match="being taken in"):
        match(yard, invoice)
    close_receipt(by=yard.by, receipt_id=receipt.pk)
    match(yard, invoice)
    assert found() == [("short", 3, "6.33")]


def test_two_invoices_never_bill_the_same_bottle(yard, order):
    received(yard, order, 2)
    match(yard, billed(yard, order, ("lisinopril", 2, "2.11")))
    assert found() == []
    match(yard, billed(yard, order, ("lisinopril", 2, "2.11"), number="INV2"))
    assert found() == [("short", 2, "4.22")]


def test_a_bottle_named_as_short_once_is_not_claimed_twice(yard, order):
    received(yard, order, 2)
    match(yard, billed(yard, order, ("lisinopril", 3, "2.11")))
    assert found() == [("short", 1, "2.11")]
    match(yard, billed(yard, order, ("lisinopril", 1, "2.11"), number="INV2"))
    assert found()[1:] == [("short", 1, "2.11")]


def test_a_bill_for_what_nobody_ordered_is_a_difference_of_all_of_it(yard, order):
    received(yard, order, 3)
    match(yard, billed(yard, order, ("lisinopril", 3, "2.11"), ("warfarin", 1, "11.00")))
    assert found() == [("not ordered", 1, "11.00")]


def test_a_large_charge_beside_the_goods_is_looked_at(yard, order):
    received(yard, order, 3)
    match(yard, billed(yard, order, ("lisinopril", 3, "2.11"), freight="9.95"))
    assert found() == [("charge", 0, "9.95")]


def test_an_invoice_is_not_approved_before_each_difference_is_spoken_of(yard, order):
    received(yard, order, 2)
    invoice = billed(yard, order, ("lisinopril", 3, "2.20"))
    with pytest.raises(Refused, match="Compare the invoice"):
        approve_invoice(by=yard.by, invoice_id=invoice.pk)
    match(yard, invoice)
    with pytest.raises(Refused) as refusal:
        approve_invoice(by=yard.by, invoice_id=invoice.pk)
    assert len(refusal.value.problems) == 2
    for one in Difference.objects.all():
        claim_difference(by=yard.by, difference_id=one.pk, because="Kim, by phone")
    assert approve_invoice(by=yard.by, invoice_id=invoice.pk).state == InvoiceState.APPROVED
    assert AcquisitionCost.objects.get().usd == Decimal("2.11")


def test_an_invoice_is_compared_once(yard, order):
    received(yard, order, 3)
    invoice = match(yard, billed(yard, order, ("lisinopril", 3, "2.11")))
    with pytest.raises(Refused, match="compared already"):
        match(yard, invoice)


@pytest.fixture
def owed(yard, order) -> Difference:
    """A bottle that was billed and did not come."""
    received(yard, order, 2)
    match(yard, billed(yard, order, ("lisinopril", 3, "2.11")))
    return Difference.objects.get()


def test_a_claim_is_credited_in_parts_until_nothing_is_owed(yard, owed):
    claim_difference(by=yard.by, difference_id=owed.pk, because="Kim", reference="C9")
    pay = lambda usd: credit_difference(  # noqa: E731
        by=yard.by, difference_id=owed.pk, usd=Decimal(usd), reference="CM1"
    )
    assert pay("1.00").state == ClaimState.SHORT_CREDITED
    with pytest.raises(Refused, match="still owed"):
        pay("1.12")
    last = pay("1.11")
    assert (last.state, last.credited_usd, last.closed_at is not None) == (
        ClaimState.CREDITED,
        Decimal("2.11"),
        True,
    )
    with pytest.raises(Refused, match="is credited"):
        pay("0.01")


def test_a_credit_comes_for_a_claim_and_for_nothing_else(yard, owed):
    with pytest.raises(Refused, match="is open"):
        credit_difference(by=yard.by, difference_id=owed.pk, usd=Decimal(1), reference="CM1")


def test_a_claim_says_with_whom_it_was_spoken_of(yard, owed):
    with pytest.raises(Refused, match="with whom"):
        claim_difference(by=yard.by, difference_id=owed.pk, because="  ")
    assert Difference.objects.get().state == ClaimState.OPEN


@pytest.mark.parametrize("act", [accept_difference, write_off_difference])
def test_our_money_is_given_up_by_the_pharmacist_in_charge_alone(yard, owed, act):
    for role in (Role.TECHNICIAN, Role.PHARMACIST):
        with pytest.raises(NotAllowed):
            act(by=yard.world.workers[role], difference_id=owed.pk, because="x")
    charge = yard.world.workers[Role.IN_CHARGE]
    with pytest.raises(Refused, match="why"):
        act(by=charge, difference_id=owed.pk, because="")
    act(by=charge, difference_id=owed.pk, because="not worth a call")
    with pytest.raises(Refused, match="That difference is"):
        act(by=charge, difference_id=owed.pk, because="again")


def test_a_technician_accepts_what_costs_us_nothing(yard, order):
    received(yard, order, 3)
    match(yard, billed(yard, order, ("lisinopril", 3, "2.00")))
    one = Difference.objects.get()
    assert one.usd == Decimal("-0.33")
    accept_difference(by=yard.by, difference_id=one.pk, because="cheaper")
    assert Difference.objects.get().state == ClaimState.ACCEPTED


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_a_clerk_or_administrator_settles_nothing(yard, owed, role):
    with pytest.raises(NotAllowed):
        claim_difference(by=yard.world.workers[role], difference_id=owed.pk, because="Kim")
