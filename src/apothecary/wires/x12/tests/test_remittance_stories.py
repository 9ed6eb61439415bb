"""Remittances as pharmacies get them, each told segment by segment."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apothecary.wires.errors import Malformed
from apothecary.wires.x12.balance import balance, reversals
from apothecary.wires.x12.conformance import conformance
from apothecary.wires.x12.interchange import read
from apothecary.wires.x12.remittance import CLAIM_STATUS, Remark, Remittance
from apothecary.wires.x12.remittance_reader import read_remittance, read_remittances
from apothecary.wires.x12.tests.papers import Dialect, group, interchange, paper

MONTH = """
BPR*I*118.26*C*ACH*CCP*01*021000021*DA*111*1512345678**01*031000053*DA*222*20260205
TRN*1*EFT20260205*1512345678
REF*EV*7654321
DTM*405*20260203
N1*PR*SAMPLE BENEFITS
N3*1 MAIN STREET
N4*ALBANY*NY*12201
PER*BL*TECHNICAL*TE*8005550100
N1*PE*SAMPLE PHARMACY*XX*1234567893
REF*D3*0012345
LX*1
CLP*7001001*1*62.5*48.26*4*13*PAYER0001
NM1*QC*1*DOE*JANE****MI*MEMBER1
SVC*N4:00093310501*62.5*48.26**30
DTM*472*20260110
CAS*CO*45*10.24
CAS*PR*3*4
AMT*B6*52.26
CLP*7001002*4*89.99*0*0*13*PAYER0002
NM1*QC*1*ROE*RICHARD****MI*MEMBER2
SVC*N4:00185010201*89.99*0**90
DTM*472*20260111
CAS*CO*16*89.99
LQ*RX*75
CLP*7001003*2*120*25.5*0*13*PAYER0003
NM1*QC*1*MAJOR*MARY****MI*MEMBER3
CAS*OA*23*80
SVC*N4:00378180101*100*85.5**30
DTM*472*20260112
CAS*CO*45*14.5
SVC*N4:00536105701*20*20**1
DTM*472*20260112
CLP*6900500*22*-30*-22**13*PAYER0090
NM1*QC*1*DOE*JANE****MI*MEMBER1
SVC*N4:00093310501*-30*-22**30
DTM*472*20251215
CAS*CO*45*-5
CAS*PR*3*-3
CLP*6900500*1*30*20*5*13*PAYER0091
NM1*QC*1*DOE*JANE****MI*MEMBER1
SVC*N4:00093310501*30*20**30
DTM*472*20251215
CAS*CO*45*5
CAS*PR*3*5
LX*2
CLP*7001004*1*75*61.5*0*HM*PAYER0004
NM1*QC*1*POE*PAUL****MI*MEMBER4
REF*XZ*8005555
SVC*N4:68180098001*75*61.5**90
DTM*472*20260120
CAS*CO*45*13.5
PLB*1234567893*20261231*CS:FEES*3.5*WO:PAYER0042*12
PLB*1234567893*20261231*L6*-0.5
"""


def body(text: str) -> list[list[str]]:
    return [line.split("*") for line in text.split("\n") if line]


def told(text: str, dialect: Dialect | None = None) -> Remittance:
    sets = group([paper("835", body(text))], functional="HP", version="005010X221A1")
    marks = dialect or Dialect()
    rows = [[one.replace(":", marks.component) for one in row] for row in sets]
    file = read(interchange([rows], marks))
    assert conformance(file) == []
    return read_remittance(next(file.sets()))


WHOLE = told(MONTH)


def test_a_month_balances_to_the_cent() -> None:
    assert balance(WHOLE) == []
    assert WHOLE.faults == ()
    assert WHOLE.claims_paid - WHOLE.adjusted == WHOLE.payment.amount == Decimal("118.26")


@pytest.mark.parametrize(
    "dialect",
    [
        Dialect("|", "^", "\n", "", "!", "00501"),
        Dialect("*", ">", "~", "\r\n", "U", "00401"),
        Dialect("\x1d", "\x1f", "\x1e", "", "\x1c", "00501"),
    ],
)
def test_a_month_reads_the_same_in_every_dialect(dialect: Dialect) -> None:
    found = told(MONTH, dialect)
    assert found.claims == WHOLE.claims
    assert found.provider_adjustments == WHOLE.provider_adjustments


def test_each_claim_has_its_status_in_words() -> None:
    assert [CLAIM_STATUS[one.status] for one in WHOLE.claims] == [
        "paid as primary",
        "denied",
        "paid as secondary",
        "reversal of an earlier payment",
        "paid as primary",
        "paid as primary",
    ]
    assert [one.batch for one in WHOLE.claims] == ["1"] * 5 + ["2"]
    assert WHOLE.batches == ("1", "2")


def test_a_denial_says_the_reject_that_the_counter_saw() -> None:
    denied = WHOLE.claims[1]
    assert denied.lines[0].remarks == (Remark("RX", "75"),)
    assert denied.paid == 0


def test_a_secondary_payer_takes_off_what_the_first_one_paid() -> None:
    second = WHOLE.claims[2]
    assert [(one.group, one.reason, one.amount) for one in second.adjustments] == [
        ("OA", "23", Decimal(80))
    ]
    assert sum(line.paid for line in second.lines) - 80 == second.paid


def test_a_reversal_of_december_is_followed_by_its_corrected_claim() -> None:
    (pair,) = reversals(WHOLE)
    assert pair.original is None
    assert pair.corrected is not None
    assert (pair.reversal.paid, pair.corrected.paid) == (Decimal(-22), Decimal(20))
    assert pair.reversal.served_on == date(2025, 12, 15)
    assert pair.reversal.patient_responsibility is None


def test_fees_take_backs_and_interest_stand_beside_the_claims() -> None:
    assert [(one.reason, one.reference, one.amount) for one in WHOLE.provider_adjustments] == [
        ("CS", "FEES", Decimal("3.5")),
        ("WO", "PAYER0042", Decimal(12)),
        ("L6", "", Decimal("-0.5")),
    ]
    assert WHOLE.adjusted == Decimal(15)


def test_the_claim_is_found_by_the_prescriptions_number() -> None:
    assert [one.rx_number for one in WHOLE.claims][-2:] == ["6900500", "8005555"]


def test_a_payer_that_keeps_all_of_it_pays_nothing() -> None:
    """What a take-back leaves over is carried forward, for no payment is below zero."""
    text = """
BPR*H*0*C*NON************20260205
TRN*1*NOTHING*1512345678
N1*PR*SAMPLE BENEFITS
N1*PE*SAMPLE PHARMACY*XX*1234567893
LX*1
CLP*1*1*10*10*0*13*A
SVC*N4:00093310501*10*10**1
PLB*1234567893*20261231*WO:OLD*25*FB:CARRIED*-15
"""
    found = told(text)
    assert (found.payment.method, found.payment.amount) == ("NON", Decimal(0))
    assert balance(found) == []


def test_a_predetermination_promises_and_pays_nothing() -> None:
    text = """
BPR*H*0*C*NON************20260205
TRN*1*NOTHING*1512345678
N1*PR*SAMPLE BENEFITS
N1*PE*SAMPLE PHARMACY*XX*1234567893
LX*1
CLP*1*25*10*0*0*13*A
CAS*OA*101*10
"""
    found = told(text)
    assert balance(found) == []
    assert CLAIM_STATUS[found.claims[0].status].startswith("predetermination")


def test_a_compound_has_a_line_for_each_ingredient() -> None:
    text = """
BPR*I*41.5*C*CHK************20260205
TRN*1*10077*1512345678
N1*PR*SAMPLE BENEFITS
N1*PE*SAMPLE PHARMACY*XX*1234567893
LX*1
CLP*500*1*60*41.5*10*13*A
SVC*N4:38779000104*35*20**12.5
CAS*CO*45*5
CAS*PR*3*10
SVC*N4:51927100000*25*21.5**47.5
CAS*CO*45*3.5
"""
    (claim,) = told(text).claims
    assert [(line.ndc, line.units_paid) for line in claim.lines] == [
        ("38779000104", Decimal("12.5")),
        ("51927100000", Decimal("47.5")),
    ]
    assert balance(told(text)) == []


def test_a_payer_without_batches_or_days_is_read_all_the_same() -> None:
    text = """
BPR*I*10*C*CHK
TRN*1*10078
CLP*1*1*10*10
"""
    found = told(text)
    assert (found.payment.on, found.produced_on, found.payer, found.payee) == (None,) * 4
    assert (found.claims[0].batch, found.claims[0].lines) == ("", ())
    assert [one.reason for one in found.faults] == [
        "names no payer (N1 PR)",
        "names no payee (N1 PE)",
    ]
    assert balance(found) == []


def test_a_payment_without_claims_is_its_adjustments_alone() -> None:
    text = """
BPR*I*50*C*ACH************20260205
TRN*1*GRANT*1512345678
N1*PR*SAMPLE BENEFITS
N1*PE*SAMPLE PHARMACY*XX*1234567893
PLB*1234567893*20261231*BN:BONUS*-50
"""
    assert balance(told(text)) == []
    assert told(text).claims == ()


# Damage on the way

RAW = interchange([group([paper("835", body(MONTH))], functional="HP", version="005010X221A1")])
AMOUNTS = {
    b"118.26",
    b"48.26",
    b"62.5",
    b"10.24",
    b"89.99",
    b"-22",
    b"61.5",
    b"13.5",
    b"PAYER0042*12",
}


@given(st.integers(107, len(RAW) - 1), st.integers(0, 255))
@settings(max_examples=100)
def test_one_spoiled_byte_is_refused_or_read_and_never_breaks_anything(
    place: int, byte: int
) -> None:
    raw = RAW[:place] + bytes([byte]) + RAW[place + 1 :]
    try:
        file = read(raw)
        found = read_remittances(file.sets())
    except Malformed:
        return
    assert file.to_bytes() == raw
    for one in found:
        balance(one)
        reversals(one)


@pytest.mark.parametrize("amount", sorted(AMOUNTS))
def test_an_amount_with_one_digit_spoiled_never_balances(amount: bytes) -> None:
    place = RAW.index(amount) + len(amount) - 1
    other = b"7" if RAW[place : place + 1] != b"7" else b"8"
    (found,) = read_remittances(read(RAW[:place] + other + RAW[place + 1 :]).sets())
    assert balance(found)


_LINES = [
    line for line in RAW.splitlines(keepends=True) if line[:3] in (b"CLP", b"SVC", b"CAS")
]


@pytest.mark.parametrize("line", _LINES, ids=[line.decode().strip("~\n") for line in _LINES])
def test_a_segment_of_money_that_got_lost_is_noticed(line: bytes) -> None:
    file = read(RAW.replace(line, b"", 1))
    assert conformance(file)
    try:
        (found,) = read_remittances(file.sets())
    except Malformed:
        return
    assert [one for one in found.faults if "SE01" in one.field]
    # A claim may come without lines, its reasons its own: then the count alone tells the loss.
    assert balance(found) or line.startswith(b"SVC")


@pytest.mark.parametrize("line", _LINES, ids=[line.decode().strip("~\n") for line in _LINES])
def test_a_segment_of_money_that_came_twice_is_noticed(line: bytes) -> None:
    file = read(RAW.replace(line, line * 2, 1))
    assert conformance(file)
    (found,) = read_remittances(file.sets())
    assert [one for one in found.faults if "SE01" in one.field]
    assert balance(found)
