from datetime import date
from decimal import Decimal

import pytest

from apothecary.wires.errors import Malformed
from apothecary.wires.telecom import answers, read
from apothecary.wires.telecom.answers import STATUS_WORDS, Answer, Reject
from apothecary.wires.telecom.tests.messages import (
    BILLING,
    PAID,
    REJECTED,
    RESPONSE_HEADER,
    wire,
)


def only(raw: bytes) -> Answer:
    (answer,) = answers(read(raw))
    return answer


def test_a_paid_claim_says_what_the_patient_and_the_plan_pay() -> None:
    answer = only(PAID)
    assert answer.paid
    assert not answer.rejected
    assert answer.authorization == "000123456789"
    assert answer.rx_number == "7001234"
    pricing = answer.pricing
    assert pricing is not None
    assert pricing.patient_pay_usd == Decimal("10.00")
    assert pricing.ingredient_cost_paid_usd == Decimal("81.50")
    assert pricing.dispensing_fee_paid_usd == Decimal("5.00")
    assert pricing.total_paid_usd == Decimal("76.50")
    assert pricing.copay_usd is None
    assert pricing.balanced is True


def test_a_rejected_claim_lists_every_code_and_message() -> None:
    answer = only(REJECTED)
    assert answer.rejected
    assert not answer.paid
    assert answer.rejects == (Reject("79"), Reject("76"))
    assert answer.messages == ("REFILL TOO SOON",)
    assert answer.pricing is None


def test_a_reject_says_which_repeat_of_the_field_is_meant() -> None:
    raw = wire(RESPONSE_HEADER, "^~|AM21|ANR|FA02|FB34|4F02|FBE7")
    assert only(raw).rejects == (Reject("34", 2), Reject("E7", None))


def test_a_message_in_several_parts_is_put_together() -> None:
    raw = wire(
        RESPONSE_HEADER,
        "~|AM20|F4CALL 800",
        "^~|AM21|ANR|FA01|FB75|UF03|UH01|FQPRIOR AUTH |UG+|UH02|FQNEEDED|UH03|FQSEE FORM",
    )
    assert only(raw).messages == ("CALL 800", "PRIOR AUTH NEEDED", "SEE FORM")


@pytest.mark.parametrize(
    ("text", "day"),
    [("20260201", date(2026, 2, 1)), ("20260231", None), ("SOON", None), ("2026020", None)],
)
def test_the_next_payable_day_is_read_when_it_is_a_day(text: str, day: date | None) -> None:
    answer = only(wire(RESPONSE_HEADER, f"^~|AM21|ANR|FA01|FB79|UF01|UH10|FQ{text}"))
    assert answer.next_fill_on == day
    assert answer.messages == (text,)


@pytest.mark.parametrize(
    ("letter", "paid", "rejected"),
    [("P", True, False), ("D", True, False), ("R", False, True), ("C", False, False)],
)
def test_only_paid_and_its_duplicate_count_as_paid(
    letter: str, paid: bool, rejected: bool
) -> None:
    answer = only(wire(RESPONSE_HEADER, f"^~|AM21|AN{letter}"))
    assert (answer.paid, answer.rejected) == (paid, rejected)
    assert letter in STATUS_WORDS


def test_a_status_nobody_sent_is_neither_paid_nor_rejected() -> None:
    answer = only(wire(RESPONSE_HEADER, "^~|AM22|EM1|D2700"))
    assert answer.status == ""
    assert not answer.paid
    assert not answer.rejected


def test_a_header_that_refuses_everything_is_a_rejection() -> None:
    header = RESPONSE_HEADER.replace("B11A", "B11R")
    answer = only(wire(header, "~|AM20|F4BAD BIN"))
    assert answer.rejected
    assert answer.messages == ("BAD BIN",)


def test_each_of_four_claims_has_its_own_answer() -> None:
    header = RESPONSE_HEADER.replace("B11A", "B14A")
    parts = [f"^~|AM21|AN{letter}~|AM22|EM1|D2{n}" for n, letter in enumerate("PRPD")]
    found = answers(read(wire(header, *parts)))
    assert [(one.rx_number, one.status) for one in found] == [
        ("0", "P"),
        ("1", "R"),
        ("2", "P"),
        ("3", "D"),
    ]


@pytest.mark.parametrize(
    ("pricing", "balanced"),
    [
        ("|F50000100{|F60000815{|F70000050{|F90000765{", True),
        ("|F50000100{|F60000815{|F70000050{|F90000766{", False),
        ("|F50000100{|F60000815{|AX0000010{|J2|J31|J40000020{|J50000005{|F90000740{", True),
        ("|F50000100{", None),
    ],
)
def test_a_sum_that_does_not_add_up_is_noticed(pricing: str, balanced: bool | None) -> None:
    raw = wire(RESPONSE_HEADER, "^~|AM21|ANP~|AM23", pricing)
    found = only(raw).pricing
    assert found is not None
    assert found.balanced is balanced


def test_the_payers_safety_findings_are_read() -> None:
    raw = wire(
        RESPONSE_HEADER,
        "^~|AM21|ANR|FA01|FB88~|AM24|J61|E4DD|FS1|FU20251231|FV0000030000|FYWARFARIN|NSBLEEDING",
        "|J62|E4TD|FS2",
    )
    first, second = only(raw).findings
    assert first.reason == "DD"
    assert first.significance == "1"
    assert first.text == "WARFARIN BLEEDING"
    assert first.previous_fill_on == date(2025, 12, 31)
    assert first.previous_quantity == Decimal("30.000")
    assert (second.reason, second.significance, second.text) == ("TD", "2", "")


def test_a_request_is_no_answer() -> None:
    with pytest.raises(Malformed, match="is a request, not a response"):
        answers(read(BILLING))


def test_an_amount_that_is_no_amount_is_refused_not_guessed() -> None:
    raw = wire(RESPONSE_HEADER, "^~|AM21|ANP~|AM23|F5ten dollars")
    with pytest.raises(Malformed, match=r"segment 23 field F5 \(Patient pay amount\)"):
        answers(read(raw))


def test_a_refused_header_rejects_nobody_whose_claim_has_its_own_answer() -> None:
    header = RESPONSE_HEADER.replace("B11A", "B12R")
    both = answers(read(wire(header, "^~|AM21|ANP^~|AM22|EM1|D27")))
    assert [one.status for one in both] == ["P", ""]
    assert only(wire(header.replace("12R", "11R"), "^~|AM21|ANP")).status == "P"


def test_a_message_that_goes_on_after_nothing_is_still_shown() -> None:
    parts = "|UF04|UH01|UG+|UH02|FQREFILL|UG+|UH03|UG+|UH04|FQ TOO SOON"
    assert only(wire(RESPONSE_HEADER, "^~|AM21|ANR", parts)).messages == ("REFILL TOO SOON",)


def test_two_messages_that_do_not_go_on_stay_two() -> None:
    raw = wire(RESPONSE_HEADER, "^~|AM21|ANR|UF03|UH01|FQONE|UH02|FQTWO|UH03|FQ  ")
    assert only(raw).messages == ("ONE", "TWO")


@pytest.mark.parametrize("text", ["2026011", "202601155", "2026O115", "20261301", ""])
def test_a_next_day_that_is_no_day_is_a_message_and_no_more(text: str) -> None:
    found = only(wire(RESPONSE_HEADER, f"^~|AM21|ANR|UF01|UH10|FQ{text}"))
    assert found.next_fill_on is None
    assert len(found.messages) == bool(text)


def test_the_day_after_which_a_fill_is_payable_is_read_digit_by_digit() -> None:
    raw = wire(RESPONSE_HEADER, "^~|AM21|ANR|UF01|UH10|FQ20261231")
    assert only(raw).next_fill_on == date(2026, 12, 31)


def test_an_other_amount_left_blank_counts_nothing() -> None:
    pricing = "|F50000100{|F60000815{|J2|J31|J4|J32|J40000020{|F90000735{"
    found = only(wire(RESPONSE_HEADER, "^~|AM21|ANP~|AM23", pricing)).pricing
    assert found is not None
    assert found.balanced is True


def test_only_a_finding_is_a_finding() -> None:
    raw = wire(RESPONSE_HEADER, "^~|AM21|ANP~|AM22|EM1|J61|E4DD~|AM24|J61|E4TD")
    assert [one.reason for one in only(raw).findings] == ["TD"]


@pytest.mark.parametrize(
    ("raw", "read_at_all"),
    [(b"D0B11A", True), (b"D0B11", False), (b"999999D0B1T", True), (b"999999D0B1", False)],
)
def test_a_header_cut_short_is_read_while_it_says_what_it_is(
    raw: bytes, read_at_all: bool
) -> None:
    if read_at_all:
        assert read(raw).to_bytes() == raw
    else:
        with pytest.raises(Malformed, match="no request or response header"):
            read(raw)


def test_a_running_number_parts_two_findings_that_share_no_field() -> None:
    raw = wire(RESPONSE_HEADER, "^~|AM21|ANP~|AM24|J61|E4DD|J62|FS2")
    assert [(one.reason, one.significance) for one in only(raw).findings] == [
        ("DD", ""),
        ("", "2"),
    ]
