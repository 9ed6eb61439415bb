from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apothecary.wires.x12.balance import (
    Disagreement,
    Imbalance,
    balance,
    reversal_differs,
    reversals,
)
from apothecary.wires.x12.interchange import read
from apothecary.wires.x12.remittance import Remittance
from apothecary.wires.x12.remittance_reader import read_remittance
from apothecary.wires.x12.tests.papers import (
    ADVICES,
    CLAIMS,
    Advice,
    Line,
    Paid,
    dollars,
    simple_claim,
    simple_line,
)


def told(raw: bytes) -> Remittance:
    return read_remittance(next(read(raw).sets()))


def changed(old: str, new: str, *, advice: Advice | None = None) -> list[Imbalance]:
    """What is said of a balanced remittance with one text changed."""
    raw = (advice or Advice([simple_claim()], [("CS", "FEE1", 25)])).raw()
    assert raw.count(old.encode()) == 1
    return balance(told(raw.replace(old.encode(), new.encode())))


def kinds(found: list[Imbalance]) -> list[str]:
    return [one.kind.value for one in found]


def test_a_remittance_that_agrees_with_itself_has_no_imbalance() -> None:
    assert balance(told(Advice([simple_claim()], [("CS", "FEE1", 25)]).raw())) == []


def test_a_fee_makes_the_payment_smaller_and_a_negative_one_larger() -> None:
    smaller = told(Advice([simple_claim()], [("CS", "FEE1", 25)]).raw())
    larger = told(Advice([simple_claim()], [("L6", "INTEREST", -25)]).raw())
    assert (smaller.payment.amount, larger.payment.amount) == (
        Decimal("34.75"),
        Decimal("35.25"),
    )
    assert balance(smaller) == balance(larger) == []


def test_a_payment_a_cent_off_is_named_with_both_amounts() -> None:
    (one,) = changed("BPR*I*34.75", "BPR*I*34.76")
    assert (one.kind, one.segment) == (Disagreement.PAYMENT, 4)
    assert (one.stated, one.reckoned, one.difference) == (
        Decimal("34.76"),
        Decimal("34.75"),
        Decimal("0.01"),
    )
    assert one.says == (
        "The payment is 34.76, but claims of 35 less provider adjustments of 0.25 are 34.75."
    )


def test_a_fee_a_cent_off_is_an_imbalance_of_the_payment() -> None:
    assert kinds(changed("CS:FEE1*0.25", "CS:FEE1*0.26")) == ["payment"]


def test_a_debit_takes_the_payment_back() -> None:
    advice = Advice([simple_claim().reversed()])
    raw = advice.raw().replace(b"BPR*I*-35*C", b"BPR*I*35*D")
    assert balance(told(raw)) == []
    assert kinds(balance(told(raw.replace(b"*35*D", b"*35*C")))) == ["payment"]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("CLP*RX100*1*50*35", "CLP*RX100*1*50*36",
         [("payment", 4), ("claim", 15), ("lines paid", 15)]),
        ("CLP*RX100*1*50*35", "CLP*RX100*1*51*35", [("claim", 15), ("lines charged", 15)]),
        ("*50*35*5*13*", "*50*35*4.99*13*", [("patient's part", 15)]),
        ("SVC*N4:00093310501*50*35", "SVC*N4:00093310501*50*35.01",
         [("lines paid", 15), ("line", 17)]),
        ("SVC*N4:00093310501*50*35", "SVC*N4:00093310501*49*34",
         [("lines charged", 15), ("lines paid", 15)]),
        ("CAS*CO*45*10", "CAS*CO*45*9", [("claim", 15), ("line", 17)]),
        ("CAS*PR*3*5", "CAS*CO*3*5", [("patient's part", 15)]),
        ("CLP*RX100*1*", "CLP*RX100*4*", [("denied but paid", 15)]),
        ("CLP*RX100*1*", "CLP*RX100*22*",
         [("sign of a reversal", 15), ("sign of a reversal", 15)]),
    ],
)  # fmt: skip
def test_each_disagreement_is_named_with_its_segment(
    old: str, new: str, found: list[tuple[str, int]]
) -> None:
    assert [(one.kind.value, one.segment) for one in changed(old, new)] == found


def test_the_words_name_the_claim_and_the_amounts() -> None:
    said = [one.says for one in changed("CAS*CO*45*10", "CAS*CO*45*9")]
    assert said == [
        "Claim RX100 is paid 35, but 50 less 14 is 36.",
        "A line of claim RX100 is paid 35, but 50 less 14 is 36.",
    ]


def test_adjustments_of_the_claim_count_beside_those_of_its_lines() -> None:
    claim = replace(simple_claim(), cuts=[("CO", "131", 200), ("PI", "96", -50)])
    found = told(Advice([claim]).raw())
    assert found.claims[0].paid == Decimal("33.5")
    assert balance(found) == []


def test_a_patients_part_left_unsaid_is_no_imbalance() -> None:
    assert changed("*50*35*5*13*", "*50*35**13*") == []


def test_a_denied_claim_that_pays_nothing_is_in_order() -> None:
    denied = Paid("RX1", [Line("00093310501", 5000, [("CO", "16", 5000)])], "4")
    assert balance(told(Advice([denied]).raw())) == []


# Reversals


CORRECTED = replace(
    simple_claim(control="ICN2"), lines=[simple_line(4800, cuts=[("CO", "45", 1000)])]
)


def test_a_reversal_is_paired_with_its_original_and_the_corrected_claim() -> None:
    original = simple_claim()
    found = told(Advice([original, original.reversed(), CORRECTED]).raw())
    (pair,) = reversals(found)
    assert (pair.reversal, pair.original, pair.corrected) == (
        found.claims[1],
        found.claims[0],
        found.claims[2],
    )
    assert balance(found) == []


def test_a_reversal_of_an_earlier_remittance_stands_alone() -> None:
    found = told(Advice([simple_claim("OTHER"), simple_claim().reversed()]).raw())
    (pair,) = reversals(found)
    assert (pair.original, pair.corrected) == (None, None)
    assert balance(found) == []


def test_an_original_is_taken_back_only_once() -> None:
    one = simple_claim()
    found = told(Advice([one, one.reversed(), one.reversed()]).raw())
    assert [pair.original is not None for pair in reversals(found)] == [True, False]


def test_two_fills_of_one_prescription_are_told_apart_by_the_payers_number() -> None:
    first, second = simple_claim(control="A"), simple_claim(control="B")
    found = told(Advice([first, second, first.reversed()]).raw())
    (pair,) = reversals(found)
    assert pair.original == found.claims[0]


def test_another_fill_is_not_taken_for_the_original_for_its_number_alone() -> None:
    other = replace(simple_claim(control="B"), lines=[simple_line(9900)])
    found = told(Advice([other, simple_claim(control="A").reversed()]).raw())
    (pair,) = reversals(found)
    assert pair.original is None
    assert balance(found) == []


def test_a_claim_of_another_day_is_neither_original_nor_corrected() -> None:
    later = replace(simple_line(), served_on="20260301")
    other = replace(simple_claim(), lines=[later])
    found = told(Advice([other, simple_claim().reversed(), other]).raw())
    (pair,) = reversals(found)
    assert (pair.original, pair.corrected) == (None, None)


def test_two_reversals_of_one_number_get_their_corrections_in_order() -> None:
    one = simple_claim()
    claims = [one.reversed(), one.reversed(), one, CORRECTED]
    found = told(Advice(claims).raw())
    assert [pair.corrected for pair in reversals(found)] == list(found.claims[2:])


@pytest.mark.parametrize(
    ("charge", "cuts", "said"),
    [
        (
            5100,
            [("CO", "45", 1100), ("PR", "3", 500)],
            [
                "Reversal of claim RX100 is charged -51, its original was 50.",
                "Reversal of claim RX100 is adjusted -11 by CO 45, its original was 10.",
            ],
        ),
        (
            5000,
            [("CO", "45", 1100), ("PR", "3", 500)],
            [
                "Reversal of claim RX100 is paid -34, its original was 35.",
                "Reversal of claim RX100 is adjusted -11 by CO 45, its original was 10.",
            ],
        ),
        (
            5000,
            [("CO", "45", 1000), ("OA", "3", 500)],
            [
                "Reversal of claim RX100 is adjusted -5 by OA 3, its original was 0.",
                "Reversal of claim RX100 is adjusted 0 by PR 3, its original was 5.",
            ],
        ),
    ],
)
def test_a_reversal_that_is_not_the_mirror_of_its_original_is_named(
    charge: int, cuts: list[tuple[str, str, int]], said: list[str]
) -> None:
    odd = replace(simple_claim(), lines=[simple_line(charge, cuts=cuts)]).reversed()
    found = balance(told(Advice([simple_claim(), odd]).raw()))
    assert [one.says for one in found] == said
    assert {one.kind for one in found} == {Disagreement.REVERSAL_PAIR}


@given(CLAIMS)
@settings(max_examples=40)
def test_a_claim_and_its_reversal_pay_nothing_together(claim: Paid) -> None:
    found = told(Advice([claim, claim.reversed()]).raw())
    assert found.payment.amount == 0
    first, back = found.claims
    assert reversal_differs(first, back) == []
    assert Disagreement.PAYMENT not in {one.kind for one in balance(found)}


@given(ADVICES)
@settings(max_examples=40)
def test_what_was_generated_to_balance_balances(advice: Advice) -> None:
    assert balance(told(advice.raw())) == []


@given(ADVICES, st.data())
@settings(max_examples=40)
def test_a_single_changed_amount_is_always_found(advice: Advice, data: st.DataObject) -> None:
    body = advice.body()
    places = [(0, 2)]
    for number, row in enumerate(body):
        places += [(number, place) for place in _AMOUNTS.get(row[0], ()) if place < len(row)]
    number, place = data.draw(st.sampled_from(places))
    raw = advice.raw()
    row = body[number]
    text = "*".join(row) + "~\n"
    cents = round(Decimal(row[place] or "0") * 100) + data.draw(st.sampled_from([-1, 1, 1000]))
    other = "*".join([*row[:place], str(dollars(cents)), *row[place + 1 :]]) + "~\n"
    found = balance(told(raw.replace(text.encode(), other.encode(), 1)))
    assert found
    assert all(one.stated != one.reckoned for one in found)


# Amounts a balance rests on, by segment. A patient's part of nothing may be left unsaid.
_AMOUNTS = {"CLP": (3, 4, 5), "SVC": (2, 3), "CAS": (3,), "PLB": (4,)}
