"""A file is read and balanced whole, or refused with the segment and the reason."""

import gc
import tracemalloc
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.claims.money.reading import (
    LARGEST_BYTES,
    Balanced,
    Payee,
    check_file,
    remittances_for,
    size_problem,
)
from apothecary.claims.money.tests.samples import NPI, Beside, Paid, Sent, file_of, turned
from apothecary.wires.errors import Malformed

US = Payee(NPI, "4500001")
ONE = Paid("7000100", "9.25", "A1")


def read(raw: bytes) -> list[Balanced]:
    check_file(BytesIO(raw))
    return list(remittances_for(BytesIO(raw), US))


def refusal(raw: bytes) -> str:
    with pytest.raises(Malformed) as caught:
        read(raw)
    return str(caught.value)


def test_a_balanced_file_is_read_with_its_claims_and_its_fees():
    (found,) = read(file_of(Sent((ONE, turned(ONE), ONE), (Beside("AH", "0.25"),))))
    assert str(found.amount_usd) == "9.00"
    assert [str(one.paid) for one in found.remittance.claims] == ["9.25", "-9.25", "9.25"]
    assert found.notes == ()


def test_a_payment_that_the_payer_collects_is_below_zero():
    (found,) = read(file_of(Sent((), (Beside("WO", "3.00", "A1"),))))
    assert str(found.amount_usd) == "-3.00"


def test_a_payment_of_a_dollar_more_than_its_claims_is_refused_at_bpr():
    says = refusal(file_of(Sent((ONE,), more_usd="1")))
    assert "BPR" in says
    assert "10.25" in says
    assert "9.25" in says


def test_a_file_cut_anywhere_is_refused():
    raw = file_of(Sent((ONE,), (Beside("AH", "0.25"),)), Sent((ONE,), trace="T2"))
    whole = read(raw)
    for end in range(len(raw)):
        if raw[:end].rstrip(b"~") != raw.rstrip(b"~"):
            assert refusal(raw[:end])
    assert len(whole) == 2


def test_bytes_that_are_no_remittance_are_refused():
    assert refusal(b"hello")
    assert refusal(b"")
    empty = file_of()
    assert "no remittance" in refusal(empty)


def test_a_remittance_of_another_pharmacy_is_left_to_it():
    theirs = Sent((ONE,), npi="1999999992", trace="T2")
    assert [one.remittance.trace.number for one in read(file_of(Sent((ONE,)), theirs))] == [
        "T1"
    ]
    assert f"NPI {NPI}" in refusal(file_of(theirs))


@pytest.mark.parametrize("usd", ["9.255", "1e-3", "99999999999"])
def test_an_amount_that_is_no_dollars_and_cents_is_refused(usd):
    assert refusal(file_of(Sent((Paid("1", usd, patient="0", charge=usd),))))


def test_a_denied_claim_that_is_paid_is_refused():
    says = refusal(file_of(Sent((Paid("1", "9.25", "A1", "4"),))))
    assert "denied" in says


def test_a_payment_without_a_day_is_refused():
    assert "BPR16" in refusal(file_of(Sent((ONE,), day="")))


def test_what_moves_no_money_is_a_note():
    odd = Paid("7000100", "9.25", "A1")
    raw = file_of(Sent((odd,))).replace(b"*9.25*2.51*12*", b"*9.25*2.50*12*")
    (found,) = read(raw)
    assert "2.50" in found.notes[0]


@pytest.mark.parametrize(
    ("size", "taken"),
    [(LARGEST_BYTES - 1, True), (LARGEST_BYTES, True), (LARGEST_BYTES + 1, False)],
)
def test_a_file_of_more_bytes_than_are_taken_is_refused_by_both_numbers(size, taken):
    says = size_problem(size)
    assert (says == "") == taken
    assert taken or f"{size} bytes" in says


def test_a_file_of_more_segments_than_are_taken_is_refused():
    raw = file_of(Sent((ONE,)))
    check_file(BytesIO(raw), most=raw.count(b"~"))
    with pytest.raises(Malformed, match="segments"):
        check_file(BytesIO(raw), most=raw.count(b"~") - 1)


def test_of_a_spoiled_file_the_first_fifty_faults_are_named():
    raw = file_of(Sent((ONE,))).replace(b"LX*1~", b"lx*1~" * 200)
    with pytest.raises(Malformed) as caught:
        check_file(BytesIO(raw))
    assert len(caught.value.faults) == 50


def test_one_remittance_stands_in_memory_at_a_time():
    def peak(remittances: int) -> int:
        many = tuple(Paid(str(7_000_000 + n), "9.25", f"A{n}") for n in range(200))
        raw = BytesIO(file_of(*(Sent(many, trace=f"T{n}") for n in range(remittances))))
        gc.collect()  # what others left is not this file's
        tracemalloc.start()
        check_file(raw)
        raw.seek(0)
        assert sum(1 for _ in remittances_for(raw, US)) == remittances
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(48) < 1.2 * peak(24)


cents = st.integers(0, 99_999).map(lambda n: f"{n / 100:.2f}")


@given(st.lists(cents, max_size=8), st.lists(cents, max_size=8), st.integers(1, 500))
def test_every_balanced_file_is_read_and_any_cent_more_is_refused(paid, kept, more):
    claims = tuple(Paid(str(n), usd, charge=usd, patient="0") for n, usd in enumerate(paid, 1))
    beside = tuple(Beside("AH", usd) for usd in kept)
    sent = Sent(claims, beside)
    (found,) = read(file_of(sent))
    assert found.amount_usd == sent.usd
    assert refusal(file_of(Sent(claims, beside, more_usd=f"{more / 100:.2f}")))
