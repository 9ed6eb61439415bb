"""Which bytes count as the answer to a claim, and which do not."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.claims.building import build_billing
from apothecary.claims.building.tests.test_billing import BILL
from apothecary.claims.reading import Asked, read_answer
from apothecary.claims.states import Kind
from apothecary.wires import Malformed
from apothecary.wires.telecom import Draft, ResponseHeader, build_response

ON = date(2026, 11, 23)
B1 = Asked(Kind.BILLING.value, "1234567893", "20261123", "7001234")
B2 = Asked(Kind.REVERSAL.value, "1234567893", "20261123", "7001234")
PRICES = {
    "F5": Decimal("10.00"),
    "F6": Decimal("8.50"),
    "F7": Decimal(2),
    "F9": Decimal("0.50"),
}


def answer(
    status: str = "P",
    *,
    code: str = "B1",
    header: str = "A",
    npi: str = "1234567893",
    on: date = ON,
    rx: str = "7001234",
    prices: dict[str, Decimal] | None = None,
    rejects: tuple[str, ...] = (),
    times: int = 1,
) -> bytes:
    """An answer as a payer would write it, with any part of it changed."""
    said: dict[str, object] = {"AN": status, "F3": "AUTH1"}
    if rejects:
        said["FA"] = [{"FB": one} for one in rejects]
    group = [Draft("21", said)]  # type: ignore[arg-type]  # a fixed set of plain values
    if rx:
        group.append(Draft("22", {"EM": "1", "D2": rx}))
    if prices:
        group.append(Draft("23", prices))
    head = ResponseHeader(
        transaction_code=code,
        header_response_status=header,
        service_provider_id=npi,
        date_of_service=on,
    )
    return build_response(head, transactions=[group] * times)


def test_what_was_asked_is_read_from_the_bytes_that_went_out():
    from_bytes = Asked.of(build_billing(BILL))
    assert from_bytes == B1


@pytest.mark.parametrize("status", ["P", "D"])
def test_paid_and_a_repeat_of_paid_are_the_same_word(status):
    found = read_answer(answer(status, prices=PRICES), B1)
    assert found.paid
    assert found.pricing is not None
    assert found.pricing.patient_pay_usd == Decimal("10.00")


@pytest.mark.parametrize("status", ["A", "S"])
def test_a_reversal_is_approved_once_and_again(status):
    assert read_answer(answer(status, code="B2"), B2).status == status


def test_a_rejection_carries_its_codes():
    found = read_answer(answer("R", rejects=("79", "76")), B1)
    assert [reject.code for reject in found.rejects] == ["79", "76"]


@pytest.mark.parametrize("rx", ["7001234", "007001234"])
def test_zeros_in_front_of_the_number_make_no_difference(rx):
    assert read_answer(answer("P", rx=rx, prices=PRICES), B1).paid


@pytest.mark.parametrize(
    ("raw", "asked", "field"),
    [
        (b"", B1, "header"),
        (b"garbage", B1, "header"),
        (answer("P", prices=PRICES)[:-60], B1, "segment 22 field D2"),
        (answer("P", prices=PRICES)[:20], B1, "header"),
        (answer("P", prices=PRICES, rx="7001235"), B1, "segment 22 field D2"),
        (answer("P", prices=PRICES, rx=""), B1, "segment 22 field D2"),
        (answer("R", rejects=("79",), rx="7001235"), B1, "segment 22 field D2"),
        (answer("P", prices=PRICES, npi="1093817465"), B1, "header service_provider_id"),
        (answer("P", prices=PRICES, on=date(2026, 11, 24)), B1, "header date_of_service"),
        (answer("A", code="B2"), B1, "header transaction_code"),
        (answer("P", prices=PRICES), B2, "header transaction_code"),
        (answer("P", prices=PRICES, times=2), B1, "transactions"),
        (answer("P"), B1, "segment 23 field F5"),
        (answer("P", prices={"F9": Decimal(1)}), B1, "segment 23 field F5"),
        (answer("F", prices=PRICES), B1, "segment 21 field AN"),
        (answer("A", prices=PRICES), B1, "segment 21 field AN"),
        (answer("P", code="B2"), B2, "segment 21 field AN"),
        (answer("P", prices=PRICES).replace(b"\x1cF50000100{", b"\x1cF5TEN"), B1, "F5"),
    ],
)
def test_an_answer_that_is_not_one_to_the_question_is_refused_by_field(raw, asked, field):
    with pytest.raises(Malformed) as refusal:
        read_answer(raw, asked)
    assert field in refusal.value.field


def test_a_payer_that_refuses_the_whole_message_may_leave_its_header_blank():
    raw = answer("R", header="R", rejects=("R8",), rx="")
    blank = raw[:6] + b" " * 25 + raw[31:]
    assert [one.code for one in read_answer(blank, B1).rejects] == ["R8"]


def test_a_paid_answer_with_a_blank_header_is_none():
    raw = answer("P", prices=PRICES)
    with pytest.raises(Malformed, match="service_provider_id"):
        read_answer(raw[:6] + b" " * 25 + raw[31:], B1)


@given(st.binary(max_size=200))
def test_no_bytes_at_all_are_ever_read_as_paid_by_accident(raw):
    with pytest.raises(Malformed):
        read_answer(raw, B1)
