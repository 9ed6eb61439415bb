"""What an answer says beside paid or not: other cards, consent, what it would rather pay."""

from datetime import date
from decimal import Decimal

import pytest

from apothecary.wires.errors import Malformed
from apothecary.wires.telecom import Consent, Insured, OtherCoverage, Preferred, answers, read
from apothecary.wires.telecom.answers import Answer
from apothecary.wires.telecom.tests.messages import PAID, RESPONSE_HEADER, wire

REJECT = "^~|AM21|ANR|FA01|FB70"


def only(raw: bytes) -> Answer:
    (answer,) = answers(read(raw))
    return answer


def test_preferred_products_are_read_in_their_order() -> None:
    claim = (
        "~|AM22|EM1|D27001234|9F02|AP03|AR00093015001|AS0000500{|AT0000250}|AUATORVASTATIN 20"
        "|AP03|AR00093015101|AUATORVASTATIN 40"
    )
    assert only(wire(RESPONSE_HEADER, REJECT + claim)).preferred == (
        Preferred("03", "00093015001", "ATORVASTATIN 20", Decimal("50.00"), Decimal("-25.00")),
        Preferred("03", "00093015101", "ATORVASTATIN 40", None, None),
    )


def test_the_cards_a_payer_knows_of_are_read_with_their_days() -> None:
    other = (
        "~|AM28|NT2|5C01|6C03|7C610011|MHABCPCN|NUX123|MJGRP9|UV01|UB8005550100|UW1|UX20260101"
        "|UY20261231|5C02|6C03|7C004336|NUY9"
    )
    first, second = only(wire(RESPONSE_HEADER, REJECT + other)).other_coverages
    assert first == OtherCoverage(
        coverage_type="01",
        bin="610011",
        pcn="ABCPCN",
        cardholder_id="X123",
        group="GRP9",
        person_code="01",
        relationship="1",
        help_desk="8005550100",
        from_on=date(2026, 1, 1),
        until_on=date(2026, 12, 31),
    )
    assert (second.coverage_type, second.bin, second.cardholder_id) == ("02", "004336", "Y9")
    assert (second.pcn, second.from_on) == ("", None)


def test_the_member_as_the_payer_knows_him_is_read_from_the_transmission() -> None:
    raw = wire(
        RESPONSE_HEADER,
        "~|AM25|C1GRP1|FOPLAN7|2FNET|C2ABC123~|AM29|CAMARIA|CBGARCIA|C419610402",
        "^~|AM21|ANA",
    )
    assert only(raw).insured == Insured(
        group="GRP1",
        plan="PLAN7",
        cardholder_id="ABC123",
        network="NET",
        first_name="MARIA",
        last_name="GARCIA",
        birth_on=date(1961, 4, 2),
    )


def test_a_payer_that_says_nothing_of_the_member_leaves_him_empty() -> None:
    assert only(PAID).insured == Insured()
    assert (only(PAID).preferred, only(PAID).other_coverages) == ((), ())
    assert only(PAID).consent is None


def test_an_authorization_is_read_with_its_days_and_limits() -> None:
    consent = (
        "~|AM26|PR20261101|PS20261101|PT20270501|RA0000090000|RB0012500{|PW05|PX0|PY12345678901"
    )
    assert only(wire(RESPONSE_HEADER, "^~|AM21|ANA" + consent)).consent == Consent(
        number="12345678901",
        processed_on=date(2026, 11, 1),
        from_on=date(2026, 11, 1),
        until_on=date(2027, 5, 1),
        quantity=Decimal("90.000"),
        usd=Decimal("1250.00"),
        refills=5,
    )


def test_a_deductible_and_the_stages_of_a_benefit_are_read() -> None:
    pricing = (
        "~|AM23|F50000500{|F90000100{|FD0001450{|FE0002000{|J50000300{"
        "|MU2|MV01|MW0000400{|MV02|MW0000100{"
    )
    found = only(wire(RESPONSE_HEADER, "^~|AM21|ANP" + pricing)).pricing
    assert found is not None
    assert found.deductible_left_usd == Decimal("145.00")
    assert found.benefit_left_usd == Decimal("200.00")
    assert found.other_payers_recognized_usd == Decimal("30.00")
    assert found.stages == (("01", Decimal("40.00")), ("02", Decimal("10.00")))


def test_a_stage_without_an_amount_is_left_out_of_the_sums() -> None:
    pricing = "~|AM23|F50000500{|MU1|MV01"
    found = only(wire(RESPONSE_HEADER, "^~|AM21|ANP" + pricing)).pricing
    assert found is not None
    assert found.stages == ()


def test_a_day_of_an_authorization_that_is_none_is_refused_with_its_field() -> None:
    with pytest.raises(Malformed, match="PT"):
        only(wire(RESPONSE_HEADER, "^~|AM21|ANA~|AM26|PT20261399|PY1"))


@pytest.mark.parametrize(
    ("letter", "undecided"), [("C", True), ("Q", True), ("F", True), ("P", False), ("R", False)]
)
def test_captured_and_deferred_are_neither_paid_nor_refused(
    letter: str, undecided: bool
) -> None:
    answer = only(wire(RESPONSE_HEADER, f"^~|AM21|AN{letter}"))
    assert answer.undecided is undecided
    assert not (undecided and (answer.paid or answer.rejected))
