"""Bills of any shape: to the cent they are what may be paid, what differs, and nothing else."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apothecary.purchasing.matching.actions import (
    accept_difference,
    approve_invoice,
    claim_difference,
    match_invoice,
    of_invoice,
)
from apothecary.purchasing.matching.models import AcquisitionCost, Difference, Invoice
from apothecary.purchasing.receiving.delivery import close_receipt
from apothecary.purchasing.states import InvoiceState
from apothecary.staff.duties import Role

CENT = Decimal("0.01")
AGREED = {"lisinopril": Decimal("2.11"), "warfarin": Decimal("11.00")}
PRICES = st.integers(0, 3_000).map(lambda cents: Decimal(cents) / 100)
# A billed line: which drug, how many packages, at what price.
LINES = st.lists(
    st.tuples(st.sampled_from(sorted(AGREED)), st.integers(1, 6), PRICES),
    min_size=1,
    max_size=5,
)
EASY = settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def billed(yard, ordered: int, came: dict[str, int], lines, freight: str = "") -> Invoice:
    """An order, what came of it, and a bill with these lines that was compared."""
    order = yard.sent(lisinopril=ordered, warfarin=ordered)
    receipt = yard.begun(order)
    for drug, packages in came.items():
        if packages:
            yard.takes_in(receipt, yard.came(drug, packages=packages))
    close_receipt(by=yard.by, receipt_id=receipt.pk)
    said = [(drug, many, f"{price:f}") for drug, many, price in lines]
    (paper,) = yard.takes(yard.invoice(order, *said, number=f"I{order.pk}", freight=freight))
    assert paper.problem == ""
    return match_invoice(by=yard.by, invoice_id=Invoice.objects.get(paper=paper).pk)


def owed(usd: Decimal) -> Decimal:
    return usd.quantize(CENT, ROUND_HALF_UP)


@pytest.mark.django_db
@EASY
@given(lines=LINES, came=st.tuples(st.integers(0, 8), st.integers(0, 8)))
def test_a_bill_less_its_differences_is_what_came_at_the_price_agreed(yard, lines, came):
    with transaction.atomic():
        arrived = dict(zip(sorted(AGREED), came, strict=True))
        invoice = billed(yard, 8, arrived, lines)
        differs = sum(
            (one.usd for one in Difference.objects.filter(invoice=invoice)), Decimal(0)
        )
        many = {drug: sum(n for name, n, _ in lines if name == drug) for drug in AGREED}
        payable = sum(owed(min(many[drug], arrived[drug]) * AGREED[drug]) for drug in AGREED)
        assert invoice.total_usd - differs == payable
        # Who pays for what did not come is asked once: never more packages than were billed.
        for drug in AGREED:
            rows = Difference.objects.filter(
                invoice=invoice, kind="short", package=yard.world.drugs[drug]
            )
            short = sum(row.packages for row in rows)
            assert short == max(many[drug] - arrived[drug], 0)
        transaction.set_rollback(True)


@pytest.mark.django_db
@EASY
@given(lines=LINES, claims=st.booleans())
def test_what_packages_cost_is_what_was_billed_less_what_was_claimed_of_their_price(
    yard, pharmacy, lines, claims
):
    with transaction.atomic():
        invoice = billed(yard, 30, dict.fromkeys(AGREED, 30), lines)
        by = pharmacy.workers[Role.IN_CHARGE]
        for one in of_invoice(invoice):
            act = claim_difference if claims else accept_difference
            act(by=by, difference_id=one.pk, because="spoken of")
        approve_invoice(by=by, invoice_id=invoice.pk)
        costs = AcquisitionCost.objects.select_related("invoice_line", "package")
        for drug, agreed in AGREED.items():
            rows = [row for row in costs if row.package == yard.world.drugs[drug]]
            spent = sum(row.usd * row.invoice_line.packages for row in rows)
            packages = sum(row.invoice_line.packages for row in rows)
            said = sum(n * price for name, n, price in lines if name == drug)
            assert abs(spent - (packages * agreed if claims else said)) < CENT
            if claims:
                # However a bill cuts its lines, one bottle costs as much as the other.
                assert {owed(row.usd) for row in rows} <= {agreed}
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("freight", "claimed"),
    [("", None), ("0.63", None), ("0.64", "0.64"), ("7.50", "7.50")],
)
def test_charges_of_more_than_a_tenth_of_the_goods_are_looked_at(yard, freight, claimed):
    """Three bottles at $2.11: a tenth of the goods is 63.3 cents."""
    lines = [("lisinopril", 3, Decimal("2.11"))]
    invoice = billed(yard, 3, {"lisinopril": 3}, lines, freight)
    kinds = dict(Difference.objects.filter(invoice=invoice).values_list("kind", "usd"))
    assert kinds == ({"charge": Decimal(claimed)} if claimed else {})
    assert invoice.state == (InvoiceState.DIFFERS if claimed else InvoiceState.MATCHED)


@pytest.mark.parametrize("off", ["-6.33", "-0.01", "0.01", "100.00"])
def test_a_bill_that_is_off_by_whatever_sum_is_set_aside_and_bills_nothing(yard, off):
    order = yard.sent(lisinopril=3)
    total = f"{Decimal('6.33') + Decimal(off):f}"
    bill = yard.invoice(order, ("lisinopril", 3, "2.11"), total=total)
    (paper,) = yard.takes(bill)
    assert paper.problem
    assert bytes(paper.interchange.incoming.raw).startswith(b"ISA")
    assert not Invoice.objects.exists()


def test_a_bill_of_two_lines_for_one_order_line_claims_the_price_of_each_bottle_once(
    yard, pharmacy
):
    lines = [("lisinopril", 1, Decimal("2.50")), ("lisinopril", 2, Decimal("2.50"))]
    invoice = billed(yard, 3, {"lisinopril": 3}, lines)
    by = pharmacy.workers[Role.IN_CHARGE]
    for one in of_invoice(invoice):
        claim_difference(by=by, difference_id=one.pk, because="spoken of")
    approve_invoice(by=by, invoice_id=invoice.pk)
    assert [row.usd for row in AcquisitionCost.objects.order_by("pk")] == [Decimal("2.11")] * 2
