"""Coordination of benefits: who pays first, what a later payer must be told, and the cents."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.payer.cob import other_payers, split
from simulators.payer.desk import Desk
from simulators.payer.plans import Books
from simulators.payer.reading import typed_claim
from simulators.payer.wire import split_request
from simulators.tests.counter import (
    Fields,
    Response,
    changed,
    header,
    money,
    priced,
    said,
    written,
)

# Daniel Kim of the demo: Lone Star first, Mesquite second, Live Oak third.
KIM = {"C4": "19680317", "C5": "1", "CA": "DANIEL", "CB": "KIM"}
FIRST = {"C2": "LS1152310", "C1": "LSH1001", "C3": "01"}
SECOND = {"C2": "MQ040001", "C1": "MSQ1", "C3": "01"}
THIRD = {"C2": "LO040001", "C1": "LOA1", "C3": "01"}
STRANGER = {"C2": "MQ999999", "C1": "MSQ1", "C3": "01"}
SECOND_HEAD = {"bin_number": "999995", "pcn": "TESTSEC"}
THIRD_HEAD = {"bin_number": "999994", "pcn": "TESTTER"}
DAY = "E8=20260301"


def told(
    *, rank: str = "01", bin_number: str = "999999", paid: str = "", share: str = "",
    rejects: str = "",
) -> str:  # fmt: skip
    """One payer's group of segment 05."""
    text = f"5C={rank} 6C=03 7C={bin_number} {DAY}"
    text += f" HB=1 HC=07 DV={money(paid)}" if paid else ""
    codes = rejects.split()
    text += "".join([f" 5E={len(codes):02d}", *[f" 6E={c}" for c in codes]]) if codes else ""
    return text + (f" NR=01 NP=06 NQ={money(share)}" if share else "")


def others(*payers: str) -> bytes:
    return said("05", f"4C={len(payers)} " + " ".join(payers))


def bill(
    desk: Desk, card: dict[str, str], *more: bytes, code: str = "", head: dict[str, str],
    change: Fields | None = None,
) -> Response:  # fmt: skip
    body = {"C8": code} if code else {}
    whole: Fields = {"04": card, "01": KIM, "07": {"D2": "7100001", **body}, **priced("85.00")}
    whole.update(change or {})
    raw = written(header(**head), changed(whole)) + b"".join(more)
    return Response(desk.answer(raw).transmission)


def second(
    desk: Desk, *more: bytes, code: str = "8", card: dict[str, str] = SECOND
) -> Response:
    return bill(desk, card, *more, code=code, head=SECOND_HEAD)


def third(desk: Desk, *more: bytes, code: str = "2") -> Response:
    return bill(desk, THIRD, *more, code=code, head=THIRD_HEAD)


def assert_balanced(answer: Response) -> None:
    paid = answer.usd("F6") + answer.usd("F7") - answer.usd("F5") - answer.usd("J5")
    assert answer.usd("F9") == paid


def test_a_claim_goes_through_three_payers_to_the_last_cent(desk: Desk) -> None:
    first = bill(desk, FIRST, head={})
    assert first.one("AN") == "P"
    left = str(first.usd("F5"))
    after_two = second(desk, others(told(paid=str(first.usd("F9")), share=left)))
    assert after_two.one("AN") == "P"
    assert after_two.usd("F5") == Decimal("3.00")
    assert after_two.usd("F9") == first.usd("F5") - Decimal("3.00")
    assert_balanced(after_two)
    last = third(
        desk,
        others(
            told(paid=str(first.usd("F9"))),
            told(rank="02", bin_number="999995", paid=str(after_two.usd("F9"))),
        ),
    )
    assert last.one("AN") == "P"
    assert_balanced(last)
    assert last.usd("F5") == 0
    assert last.usd("J5") == first.usd("F9") + after_two.usd("F9")


@pytest.mark.parametrize("code", ["", "0", "00"])
def test_a_later_payer_asked_first_names_the_payer_before_it(desk: Desk, code: str) -> None:
    answer = second(desk, code=code)
    assert answer.all("FB") == ["41"]
    (before,) = answer.groups("5C")
    assert answer.one("NT") == "1"
    assert before == {
        "5C": "01", "6C": "03", "7C": "999999", "MH": "TESTPCN", "NU": "LS1152310",
        "MJ": "LSH1001", "UV": "01", "UB": "5125550190", "UW": "1", "UX": "20260101",
    }  # fmt: skip


def test_a_third_payer_names_both_before_it(desk: Desk) -> None:
    answer = third(desk, others(told(paid="10.00")))
    assert answer.all("FB") == ["41", "MK"]
    assert [group["7C"] for group in answer.groups("5C")] == ["999999", "999995"]


def test_denying_other_coverage_that_is_on_file_is_told_apart(desk: Desk) -> None:
    assert second(desk, code="1").all("FB") == ["41", "7M"]


def test_billing_the_wrong_payer_first_is_told(desk: Desk) -> None:
    wrong = others(told(bin_number="999998", paid="5.00", share="4.00"))
    assert second(desk, wrong).all("FB") == ["41", "MK"]


def test_a_payer_of_demo_medicaid_members_with_part_d_pays_second(desk: Desk) -> None:
    flores = {"C4": "19540606", "C5": "2", "CA": "ANA", "CB": "FLORES"}
    card = {"C2": "634444724", "C1": "BBMED", "C3": "01"}
    head = {"bin_number": "999998", "pcn": "TESTMCD"}
    answer = bill(desk, card, head=head, change={"01": flores})
    assert answer.all("FB") == ["41"]
    assert answer.one("7C") == "999997"
    paid = others(told(bin_number="999997", paid="0.60"))
    assert bill(desk, card, paid, code="2", head=head, change={"01": flores}).one("AN") == "P"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (f"5C=01 6C=03 7C=999999 {DAY} NR=01 NP=06 NQ=0000100{{", "4C"),
        (f"4C=2 5C=01 6C=03 7C=999999 {DAY} NR=01 NP=06 NQ=0000100{{", "P4"),
        (f"4C=1 5C=1A 6C=03 7C=999999 {DAY} NR=01 NP=06 NQ=0000100{{", "5C"),
        (f"4C=1 5C=01 7C=999999 {DAY} NR=01 NP=06 NQ=0000100{{", "6C"),
        (f"4C=1 5C=01 6C=99 7C=999999 {DAY} NR=01 NP=06 NQ=0000100{{", "7Q"),
        (f"4C=1 5C=01 6C=03 7C=99999 {DAY} NR=01 NP=06 NQ=0000100{{", "7C"),
        ("4C=1 5C=01 6C=03 7C=999999 NR=01 NP=06 NQ=0000100{", "E8"),
        ("4C=1 5C=01 6C=03 7C=999999 E8=20260230 NR=01 NP=06 NQ=0000100{", "E8"),
        ("4C=1 5C=01 6C=03 7C=999999 E8=20260302 NR=01 NP=06 NQ=0000100{", "9J"),
        (f"4C=1 5C=01 6C=03 7C=999999 {DAY} NR=02 NP=06 NQ=0000100{{", "SH"),
        (f"4C=1 5C=01 6C=03 7C=999999 {DAY} NR=X NP=06 NQ=0000100{{", "NR"),
        (f"4C=1 5C=01 6C=03 7C=999999 {DAY} NR=01 NP=99 NQ=0000100{{", "NP"),
        (f"4C=1 5C=01 6C=03 7C=999999 {DAY} NR=01 NP=06 NQ=10.00", "NQ"),
        (f"4C=1 5C=01 6C=03 7C=999999 {DAY} NR=01 NP=06 NQ=0000100}}", "NQ"),
        (f"4C=1 5C=01 6C=03 7C=999999 {DAY} NR=02 NP=06 NQ=0000100{{ NP=05 NQ=0000100{{", "NP"),
        (f"4C=1 5C=01 6C=03 7C=999999 {DAY} HB=2 HC=07 DV=0000100{{", "SF"),
        (f"4C=1 5C=01 6C=03 7C=999999 {DAY} HB=1 HC=77 DV=0000100{{", "HC"),
        (f"4C=1 5C=01 6C=03 7C=999999 {DAY} HB=1 HC=07 DV=ABC", "DV"),
        (f"4C=1 5C=01 6C=03 7C=999999 {DAY} HB=1 HC=07 DV=0000100}}", "8V"),
        (f"4C=1 5C=01 6C=03 7C=999999 {DAY} 6E=70", "5E"),
        (f"4C=1 5C=01 6C=03 7C=999999 {DAY} 5E=02 6E=70", "R2"),
        (f"4C=1 5C=01 6C=03 7C=999999 {DAY} 5E=01 6E=7000", "6E"),
        (f"4C=1 5C=01 6C=03 7C=999999 {DAY} MU=2 MV=01 MW=0000100{{", "MX"),
    ],
)
def test_a_bad_field_of_another_payer_is_refused_by_its_code_and_place(
    desk: Desk, fields: str, code: str
) -> None:
    answer = second(desk, said("05", fields))
    assert answer.all("FB") == [code]
    assert answer.one("4F") == ("" if code in {"4C", "P4"} else "01")


def test_two_payers_of_one_rank_are_refused(desk: Desk) -> None:
    assert second(desk, others(told(share="4.00"), told(share="4.00"))).all("FB") == ["5C"]


def test_the_second_of_two_payers_is_named_by_its_place(desk: Desk) -> None:
    bad = told(rank="02", bin_number="9999", share="4.00")
    answer = second(desk, others(told(share="4.00"), bad))
    assert (answer.all("FB"), answer.all("4F")) == (["7C"], ["02"])


@pytest.mark.parametrize(
    ("code", "payer", "found"),
    [
        ("2", told(paid="10.00", share="4.00"), []),
        ("2", told(paid="0.00", share="4.00"), ["7K"]),
        ("2", told(share="4.00"), ["7K"]),
        ("4", told(paid="0.00", share="4.00"), []),
        ("4", told(paid="1.00", share="4.00"), ["7K"]),
        ("3", told(rejects="70"), []),
        ("3", told(share="4.00"), ["6E"]),
        ("3", told(paid="1.00", rejects="70"), ["7K"]),
        ("8", told(share="4.00"), []),
        ("8", told(paid="4.00"), ["NQ"]),
        ("08", told(share="4.00"), []),
        ("1", told(share="4.00"), ["557"]),
        ("", told(share="4.00"), ["557"]),
    ],
)
def test_the_other_coverage_code_must_say_what_the_amounts_say(
    desk: Desk, code: str, payer: str, found: list[str]
) -> None:
    assert second(desk, others(payer), code=code).all("FB") == found


@pytest.mark.parametrize("code", ["2", "3", "4", "8"])
def test_speaking_of_other_payers_without_naming_them_is_refused(desk: Desk, code: str) -> None:
    assert second(desk, code=code).all("FB") == ["6G"]


def test_a_plan_that_pays_shares_must_be_told_the_share(desk: Desk) -> None:
    assert second(desk, others(told(paid="10.00")), code="2").all("FB") == ["NR"]


def test_a_plan_that_counts_payments_takes_no_share_billing(desk: Desk) -> None:
    both = others(told(share="4.00"), told(rank="02", bin_number="999995", share="4.00"))
    assert third(desk, both, code="8").all("FB") == ["13"]


def test_a_card_that_only_pays_later_asks_for_the_others_of_anybody(desk: Desk) -> None:
    stranger: Fields = {"01": {"C4": "19800229", "C5": "2", "CB": "DOE"}}
    answer = bill(desk, STRANGER, head=SECOND_HEAD, change=stranger)
    assert answer.all("FB") == ["41"]
    assert answer.all("5C") == []


def test_what_the_first_payer_refused_the_second_may_pay_whole(desk: Desk) -> None:
    answer = second(desk, others(told(rejects="70")), code="3")
    assert answer.one("AN") == "P"
    assert answer.all("J5") == []
    assert_balanced(answer)


def test_a_share_in_parts_counts_as_their_sum(desk: Desk) -> None:
    parts = f"4C=1 5C=01 6C=03 7C=999999 {DAY} NR=02 NP=05 NQ={money('7.00')} NP=01"
    answer = second(desk, said("05", f"{parts} NQ={money('5.50')}"))
    assert answer.usd("F5") + answer.usd("F9") == Decimal("12.50")


def test_a_share_above_the_plans_own_price_is_still_split_to_the_cent(desk: Desk) -> None:
    answer = second(desk, others(told(share="999.99")))
    assert answer.usd("F9") == Decimal("996.99")
    assert answer.all("J5") == []
    assert_balanced(answer)


def test_other_payers_who_paid_all_leave_nothing_to_pay(desk: Desk) -> None:
    whole = others(told(paid="500.00"), told(rank="02", bin_number="999995", paid="1.00"))
    answer = third(desk, whole)
    assert (answer.usd("F9"), answer.usd("F5")) == (0, 0)
    assert_balanced(answer)


def test_the_same_claim_with_other_amounts_is_no_duplicate(desk: Desk) -> None:
    assert second(desk, others(told(share="8.00"))).one("AN") == "P"
    assert second(desk, others(told(share="8.00"))).one("AN") == "D"
    assert second(desk, others(told(share="9.00"))).all("FB") == ["83"]


def test_the_payers_of_a_clean_segment_are_read_in_order(desk: Desk) -> None:
    raw = written(header(), changed()) + others(
        told(paid="1.25", share="2.50"), told(rank="2", rejects="70 75")
    )
    first, later = other_payers(split_request(raw).segment("05", 0))
    assert (first.rank, first.paid_usd, first.share_usd) == (1, Decimal("1.25"), Decimal("2.5"))
    assert (later.rank, later.rejects, later.says_paid) == (2, ("70", "75"), False)


cents = st.integers(0, 99_999).map(lambda n: Decimal(n) / 100)


@given(cents, cents, cents, cents, cents, st.sampled_from(["responsibility", "payments"]))
def test_every_split_balances_and_nobody_pays_below_nothing(
    books: Books, cost: Decimal, fee: Decimal, copay: Decimal, paid: Decimal,
    share: Decimal, method: str,
) -> None:  # fmt: skip
    plan = next(p for p in books.plans if p.cob == method and p.cob_only)
    raw = written(header(), changed()) + others(told(paid=str(paid), share=str(share)))
    claim = typed_claim(split_request(raw), 0)
    own = min(copay, cost + fee)
    found = split(plan, claim, ingredient=cost, fee=fee, own_share=own)
    total = found.ingredient + fee - found.patient_pay - found.recognized
    assert total >= 0
    assert found.patient_pay >= 0
    assert found.recognized >= 0
    if method == "responsibility":
        assert total + found.patient_pay == share
    else:
        assert total + found.patient_pay + found.recognized == cost + fee
