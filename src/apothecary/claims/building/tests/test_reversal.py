"""Taking back: by the keys of what was sent, and by what the payer wants beside them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apothecary.claims.building import (
    Authorization,
    OtherPayer,
    build_authorization,
    build_billing,
    build_eligibility,
    build_rebill,
    build_report,
    reversal_of,
)
from apothecary.claims.building.tests.payers import CURIOUS, one, said, sheet
from apothecary.claims.building.tests.test_asks import ASK, PERSON
from apothecary.claims.building.tests.test_billing import BILL
from apothecary.claims.building.tests.test_price import CREAM
from apothecary.wires import Malformed
from apothecary.wires.telecom import read_strictly

PAID = OtherPayer(
    coverage_type="01",
    payer_id="999999",
    on=date(2026, 11, 23),
    paid=(("07", Decimal("4.00")),),
    responsible=(("06", Decimal("6.00")),),
)
COORDINATED = replace(BILL, others=(PAID, replace(PAID, coverage_type="02")))


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (build_billing(BILL), "B2"),
        (build_rebill(BILL), "B2"),
        (build_authorization(BILL, ASK, CURIOUS, code="P1"), "B2"),
        (build_report(BILL, CURIOUS), "N2"),
    ],
)
def test_what_was_sent_is_taken_back_by_the_code_for_it(raw, code):
    message = read_strictly(reversal_of(raw))
    assert message.transaction_code == code
    assert message.header["date_of_service"] == "20261123"
    keys = [message.transactions[0].raw("07", name) for name in ("EM", "D2", "E1", "D7", "D3")]
    assert keys == ["1", "7001234", "03", "68180098001", "01"]


@pytest.mark.parametrize(
    "raw",
    [
        build_eligibility(PERSON),
        build_authorization(BILL, Authorization(number="1"), CURIOUS, code="P3"),
        reversal_of(build_billing(BILL)),
    ],
)
def test_what_asks_for_nothing_to_be_paid_cannot_be_taken_back(raw):
    with pytest.raises(Malformed) as refusal:
        reversal_of(raw)
    assert refusal.value.field == "header transaction_code"


def test_a_compound_is_taken_back_by_the_keys_it_was_billed_with():
    fields = said(reversal_of(build_billing(replace(BILL, compound=CREAM, unit="GM"))))
    assert (fields["07.E1"], fields["07.D7"]) == (["00"], ["0"])


def test_a_reversal_says_nothing_of_other_payers_where_nobody_asks():
    fields = said(reversal_of(build_billing(COORDINATED)))
    assert not {"05.5C", "07.C8", "11.DU"} & fields.keys()


def test_a_payer_that_coordinates_is_told_in_the_reversal_which_payer_it_is():
    wants = sheet('reversal = ["05.5C", "07.C8", "11.DU"]\n')
    fields = said(reversal_of(build_billing(COORDINATED), wants))
    assert (fields["05.4C"], fields["05.5C"]) == ([2], ["01", "02"])
    assert fields["07.C8"] == ["02"]
    assert fields["11.DU"] == [BILL.gross_due_usd]
    assert not {"05.7C", "05.DV"} & fields.keys()


def test_what_was_not_billed_is_not_repeated():
    wants = sheet('reversal = ["05.5C", "07.C8"]\n')
    fields = said(reversal_of(build_billing(BILL), wants))
    assert not {"05.4C", "07.C8"} & fields.keys()


def test_a_field_of_the_card_can_be_repeated():
    wants = sheet('reversal = ["04.C3"]\n')
    assert one(reversal_of(build_billing(BILL), wants), "04.C3") == "01"


def test_a_claim_without_a_day_cannot_be_taken_back():
    raw = build_billing(BILL)
    assert raw[38:46] == b"20261123"
    with pytest.raises(Malformed) as refusal:
        reversal_of(raw[:38] + b"        " + raw[46:])
    assert refusal.value.field == "header date_of_service"


def test_a_transmission_without_a_claim_cannot_be_taken_back():
    with pytest.raises(Malformed) as refusal:
        reversal_of(build_billing(BILL).split(b"\x1d")[0])
    assert refusal.value.reason == "holds no claim to reverse"


def test_a_claim_without_its_keys_is_refused_by_the_codec_and_never_guessed():
    with pytest.raises(Malformed):
        reversal_of(build_billing(BILL)[:30])
