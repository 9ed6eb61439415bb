"""A fill billed to several payers, one after the other, before payers of their own mind."""

from dataclasses import replace
from decimal import Decimal

from apothecary.claims.building import Coupon, build_billing, reversal_of
from apothecary.claims.building.tests.at_the_payer import (
    KIM,
    MODAFINIL,
    card,
    dear,
    fill,
    heard,
    sheet_of,
    split,
)


def test_three_payers_are_billed_one_after_the_other_to_the_cent(line):
    first = dear(**KIM, card=card("999999", "TESTPCN", "LSH1001", "LS1152310"))
    one = line.paid(first)
    assert split(one) == (Decimal("78.37"), Decimal("10.00"))
    second = replace(
        first,
        card=card("999995", "TESTSEC", "MSQ1", "MQ040001"),
        others=(heard("01", first, one),),
    )
    two = line.paid(second)
    # It takes over what the first left to the patient, but for its own copay.
    assert split(two) == (Decimal("7.00"), Decimal("3.00"))
    third = replace(
        first,
        card=card("999994", "TESTTER", "LOA1", "LO040001"),
        others=(*second.others, heard("02", second, two)),
    )
    three = line.paid(third)
    # Its own price, 86.62 and a fee of 7.93, less what the two before it paid.
    assert split(three) == (Decimal("9.18"), Decimal("0.00"))
    back = reversal_of(build_billing(third, sheet_of(third)), sheet_of(third))
    assert line.answer(back).status == "A"


def test_a_payer_asked_out_of_turn_names_who_is_first(line):
    bill = fill(**KIM, card=card("999995", "TESTSEC", "MSQ1", "MQ040001"))
    assert "41" in [reject.code for reject in line.bill(bill).rejects]


def test_a_claim_after_a_refusal_tells_why_it_was_refused(line):
    first = fill(
        **KIM,
        card=card("999999", "TESTPCN", "LSH1001", "LS1152310"),
        ndc11=MODAFINIL,
        schedule=4,
    )
    refused = line.bill(first)
    assert refused.rejects[0].code == "75"
    second = replace(
        first,
        card=card("999995", "TESTSEC", "MSQ1", "MQ040001"),
        others=(heard("01", first, refused),),
    )
    assert b"\x1cC803" in build_billing(second, sheet_of(second))
    assert line.paid(second)


def test_a_coupon_pays_what_the_plan_left_to_the_patient(line):
    first = dear()
    one = line.paid(first)
    assert split(one)[1] == Decimal("10.00")
    paper = replace(
        first,
        card=card("999992", "TESTCPN", "BP2026", "BP80000001"),
        card_kind="coupon",
        coupon=Coupon(kind="01", number="PENNY2026"),
        others=(heard("01", first, one),),
    )
    assert split(line.paid(paper)) == (Decimal("5.00"), Decimal("5.00"))
    assert b"\x1cC808" in build_billing(paper, sheet_of(paper))


def test_a_coupon_that_the_payer_does_not_know_is_read_and_refused(line):
    first = dear()
    one = line.paid(first)
    paper = replace(
        first,
        card=card("999992", "TESTCPN", "BP2026", "BP80000001"),
        coupon=Coupon(kind="01", number="OTHER"),
        others=(heard("01", first, one),),
    )
    assert [reject.code for reject in line.bill(paper).rejects] == ["ME"]
