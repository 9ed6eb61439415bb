"""The payer's 835: what it paid and took back, once each, and balanced to the cent."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.payer.desk import Desk
from simulators.payer.memory import Memory, PaidClaim
from simulators.payer.plans import Books
from simulators.payer.remittance.paying import (
    FAULTS,
    BadRemittance,
    Remitting,
    claim_line,
    turned,
)
from simulators.payer.remittance.x12 import amount
from simulators.tests.counter import Fields, Response, changed, header, money, priced, written
from simulators.tests.test_payer_books import PAID

AT = datetime(2026, 3, 8, 6, 30, tzinfo=UTC)
LISINOPRIL, NAPROXEN = "00591040801", "00093100601"


@dataclass
class Claim835:
    """A CLP as read here, by splitting alone."""

    clp: list[str]
    svc: list[str] = field(default_factory=list)
    adjustments: list[tuple[str, str, Decimal]] = field(default_factory=list)


@dataclass
class Read835:
    """One transaction set as read here."""

    bpr: list[str]
    trn: list[str] = field(default_factory=list)
    claims: list[Claim835] = field(default_factory=list)
    plb: list[tuple[str, Decimal]] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return Decimal(self.bpr[2])

    def assert_balanced(self) -> None:
        """BPR against claims and PLB, and each claim and line against its adjustments."""
        paid = sum(Decimal(c.clp[4]) for c in self.claims)
        assert self.total == paid - sum(usd for _, usd in self.plb)
        for claim in self.claims:
            cut = sum(usd for _, _, usd in claim.adjustments)
            assert Decimal(claim.clp[3]) - cut == Decimal(claim.clp[4])
            assert (claim.svc[2], claim.svc[3]) == (claim.clp[3], claim.clp[4])


def read(text: str) -> list[Read835]:
    sets: list[Read835] = []
    for segment in (s.split("*") for s in text.split("~") if s):
        if segment[0] == "BPR":
            sets.append(Read835(segment))
        elif segment[0] == "TRN":
            sets[-1].trn = segment
        elif segment[0] == "CLP":
            sets[-1].claims.append(Claim835(segment))
        elif segment[0] == "SVC":
            sets[-1].claims[-1].svc = segment
        elif segment[0] == "CAS":
            for at in range(2, len(segment), 3):
                told = (segment[1], segment[at], Decimal(segment[at + 1]))
                sets[-1].claims[-1].adjustments.append(told)
        elif segment[0] == "PLB":
            pairs = zip(segment[3::2], segment[4::2], strict=True)
            sets[-1].plb += [(reason, Decimal(usd)) for reason, usd in pairs]
    return sets


@pytest.fixture
def remitting(desk: Desk) -> Remitting:
    return Remitting(desk.books, desk.memory)


def bill(desk: Desk, rx: str, ndc: str = LISINOPRIL, *, code: str = "B1") -> Response:
    claim = changed({"07": {"D2": rx, "D7": ndc}, **priced("85.00")})
    return Response(desk.answer(written(header(code=code), claim)).transmission)


def test_a_paid_claim_is_remitted_with_its_numbers(desk: Desk, remitting: Remitting) -> None:
    answer = bill(desk, "7001")
    (one,) = read(remitting.remit(AT).x12)
    (claim,) = one.claims
    assert claim.clp[1:3] == ["7001", "1"]
    assert Decimal(claim.clp[3]) == Decimal("86.00")
    assert Decimal(claim.clp[4]) == answer.usd("F9")
    assert Decimal(claim.clp[5]) == answer.usd("F5")
    assert claim.clp[6:8] == ["12", answer.one("F3")]
    assert claim.svc[1] == f"N4:{LISINOPRIL}"
    assert claim.svc[5] == "30"
    assert ("PR", "3", answer.usd("F5")) in claim.adjustments
    one.assert_balanced()


def test_what_was_remitted_is_not_paid_again(desk: Desk, remitting: Remitting) -> None:
    bill(desk, "7001")
    assert len(remitting.remit(AT).payments) == 1
    second = remitting.remit(AT)
    assert second.payments == []
    assert read(second.x12) == []
    assert second.number == 2


def test_it_pays_by_itself_what_is_new_and_writes_no_empty_file(
    desk: Desk, remitting: Remitting
) -> None:
    assert remitting.remit_due(AT) is None
    bill(desk, "7001")
    assert remitting.remit_due(AT) == remitting.sent()[0]
    assert remitting.remit_due(AT) is None
    bill(desk, "7001", code="B2")
    back = remitting.remit_due(AT)
    assert back is not None
    assert [claim.clp[2] for one in read(back.x12) for claim in one.claims] == ["22"]
    assert remitting.remit_due(AT) is None


def test_a_reversal_turns_every_sign_and_comes_once(desk: Desk, remitting: Remitting) -> None:
    bill(desk, "7001")
    (paid,) = read(remitting.remit(AT).x12)
    bill(desk, "7001", code="B2")
    bill(desk, "7002", NAPROXEN)
    (next_one,) = read(remitting.remit(AT).x12)
    back, new = next_one.claims
    assert (back.clp[1:3], new.clp[1:3]) == (["7001", "22"], ["7002", "1"])
    assert [Decimal(v) for v in back.clp[3:5]] == [-Decimal(v) for v in paid.claims[0].clp[3:5]]
    assert {u for _, _, u in back.adjustments} == {-u for _, _, u in paid.claims[0].adjustments}
    assert back.svc[5] == "-30"
    next_one.assert_balanced()
    assert remitting.remit(AT).payments == []


def test_a_claim_taken_back_before_it_was_paid_is_never_mentioned(
    desk: Desk, remitting: Remitting
) -> None:
    bill(desk, "7001")
    bill(desk, "7001", code="B2")
    assert remitting.remit_due(AT) is None
    assert remitting.remit(AT).payments == []


def test_a_payment_never_goes_below_nothing_and_the_rest_is_carried(
    desk: Desk, remitting: Remitting
) -> None:
    # Dear enough that the plan pays something beside the copay.
    first = bill(desk, "7001", "99999001001")
    (paid,) = read(remitting.remit(AT).x12)
    bill(desk, "7001", "99999001001", code="B2")
    (owed,) = read(remitting.remit(AT).x12)
    assert owed.total == 0
    assert (owed.bpr[1], owed.bpr[4]) == ("H", "NON")
    assert owed.plb == [("FB:FORWARD", -first.usd("F9"))]
    owed.assert_balanced()
    bill(desk, "7002", "99999002001")
    (later,) = read(remitting.remit(AT).x12)
    assert later.plb == [("FB:FORWARD", first.usd("F9"))]
    assert later.total == 0
    later.assert_balanced()
    assert paid.total == first.usd("F9")


def test_an_audit_takes_money_back_from_the_next_payment(
    desk: Desk, remitting: Remitting
) -> None:
    answer = bill(desk, "7001", "99999001001")
    remitting.remit(AT)
    remitting.take_back(answer.one("F3"), Decimal("12.34"))
    bill(desk, "7002", "99999002001")
    (one,) = read(remitting.remit(AT).x12)
    assert one.plb == [(f"WO:{answer.one('F3')}", Decimal("12.34"))]
    one.assert_balanced()
    assert remitting.remit(AT).payments == []


@pytest.mark.parametrize(
    ("authorization", "usd", "names"), [("NONE", "1", "authorization"), ("", "0", "amount_usd")]
)
def test_a_take_back_of_nothing_or_of_nobody_is_refused(
    desk: Desk, remitting: Remitting, authorization: str, usd: str, names: str
) -> None:
    number = authorization or bill(desk, "7001").one("F3")
    with pytest.raises(BadRemittance, match=names):
        remitting.take_back(number, Decimal(usd))


def test_part_d_keeps_its_network_share_back(desk: Desk, remitting: Remitting) -> None:
    card = {"C2": "1AB2CD3EF45", "C1": "PCND26"}
    claim = changed({"04": card, "07": {"D7": "99999001001"}, **priced("999.10")})
    raw = written(header(bin_number="999997", pcn="TESTPTD"), claim)
    answer = Response(desk.answer(raw).transmission)
    (one,) = read(remitting.remit(AT).x12)
    assert one.plb == [("CS:NETWORK", (answer.usd("F9") * 2 / 100).quantize(Decimal("0.01")))]
    assert ("PR", "1", Decimal("150.00")) in one.claims[0].adjustments
    one.assert_balanced()


def test_a_discount_card_pays_nothing_and_takes_its_fee(
    desk: Desk, remitting: Remitting
) -> None:
    card = {"C2": "SAVE123", "C1": "OPEN1", "C3": ""}
    claim = changed({"04": card, "07": {"D7": NAPROXEN}, **priced("85.00")})
    desk.answer(written(header(bin_number="999991", pcn="TESTDSC"), claim))
    (one,) = read(remitting.remit(AT).x12)
    assert one.claims[0].clp[4] == "0"
    assert one.plb == [("AH:CARDFEE", Decimal("1.50")), ("FB:FORWARD", Decimal("-1.50"))]
    one.assert_balanced()


def test_a_captured_claim_is_paid_with_the_next_remittance(
    desk: Desk, remitting: Remitting
) -> None:
    card = {"C2": "SR1234567", "C1": "SRT1"}
    claim = changed({"04": card, "07": {"D7": "99999001001"}, **priced("85.00")})
    raw = written(header(bin_number="999990", pcn="TESTCAP"), claim)
    assert Response(desk.answer(raw).transmission).one("AN") == "C"
    (one,) = read(remitting.remit(AT).x12)
    assert one.total == Decimal("76.75")
    assert Response(desk.answer(raw).transmission).one("AN") == "D"


def test_each_plan_and_pharmacy_has_a_payment_of_its_own(
    desk: Desk, remitting: Remitting
) -> None:
    bill(desk, "7001", "99999001001")
    elsewhere = changed({"07": {"D2": "7002", "D7": "99999002001"}})
    desk.answer(written(header(provider="1234567893"), elsewhere))
    medicaid = {"C2": "123456789", "C1": "BBMED"}
    other = changed({"04": medicaid, "07": {"D2": "7003", "D7": "99999003001"}})
    desk.answer(written(header(bin_number="999998", pcn="TESTMCD"), other))
    sets = read(remitting.remit(AT).x12)
    assert [one.claims[0].clp[1] for one in sets] == ["7002", "7001", "7003"]
    assert [one.claims[0].clp[6] for one in sets] == ["12", "12", "MC"]
    assert len({one.trn[3] for one in sets}) == 2
    for one in sets:
        one.assert_balanced()


def test_one_plan_may_be_paid_alone(desk: Desk, remitting: Remitting) -> None:
    bill(desk, "7001")
    assert remitting.remit(AT, plan="pecan-part-d").payments == []
    assert len(remitting.remit(AT, plan="lonestar-commercial").payments) == 1
    with pytest.raises(BadRemittance, match="plan"):
        remitting.remit(AT, plan="nobody")


def test_the_envelope_has_its_fixed_width_and_true_counts(
    desk: Desk, remitting: Remitting
) -> None:
    bill(desk, "7001")
    text = remitting.remit(AT).x12
    assert len(text.split("~")[0]) == 105
    segments = [s.split("*") for s in text.split("~") if s]
    st_at = next(n for n, s in enumerate(segments) if s[0] == "ST")
    se_at = next(n for n, s in enumerate(segments) if s[0] == "SE")
    assert segments[se_at][1] == str(se_at - st_at + 1)
    assert segments[se_at][2] == segments[st_at][2]
    assert segments[-2][:2] == ["GE", "1"]
    assert segments[-1] == ["IEA", "1", "000000001"]


def test_a_mark_in_a_name_never_breaks_a_segment(books: Books) -> None:
    memory = Memory()
    memory.keep(replace(PAID, last_name="O*MA~LL:EY^", pricing=json.dumps(
        [("F5", money("1")), ("F9", money("2"))]), gross_usd=Decimal(3)))  # fmt: skip
    text = Remitting(books, memory).remit(AT).x12
    assert "NM1*QC*1*O MA LL EY*" in text
    read(text)[0].assert_balanced()
    memory.close()


def test_a_name_beyond_ascii_still_fits_the_file(books: Books, tmp_path: Path) -> None:
    memory = Memory()
    pricing = json.dumps([("F5", money("1")), ("F9", money("2"))])
    memory.keep(replace(PAID, last_name="NU\xd1EZ", pricing=pricing, gross_usd=Decimal(3)))
    made = Remitting(books, memory, folder=tmp_path).remit(AT)
    assert "NM1*QC*1*NU EZ*" in made.x12
    assert (tmp_path / made.name).read_bytes().decode("ascii") == made.x12
    memory.close()


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_faulty_file_shows_exactly_its_fault(desk: Desk, fault: str) -> None:
    answers = [bill(desk, rx, f"9999900{rx[-1]}001") for rx in ("7001", "7002")]
    remitting = Remitting(desk.books, desk.memory)
    made = remitting.remit(AT, fault=fault)
    if fault == "cut":
        assert "IEA" not in made.x12
        return
    (one,) = read(made.x12)
    promised = sum(a.usd("F9") for a in answers)
    told = [claim.clp[1] for claim in one.claims]
    if fault == "unbalanced":
        assert one.total == promised + 1
        with pytest.raises(AssertionError):
            one.assert_balanced()
        return
    one.assert_balanced()
    if fault == "short":
        assert (told, one.total) == (["7001", "7002"], promised - 5)
    elif fault == "missing":
        assert (told, one.total) == (["7002"], answers[1].usd("F9"))
    else:
        assert told == ["7001", "7002", "999999999"]
    assert remitting.remit(AT).payments == []


def test_a_fault_nobody_knows_is_refused(remitting: Remitting) -> None:
    with pytest.raises(BadRemittance, match="fault"):
        remitting.remit(AT, fault="lost")


def test_a_fault_without_anything_to_pay_changes_nothing(remitting: Remitting) -> None:
    for fault in ("short", "missing", "unknown", "unbalanced"):
        assert remitting.remit(AT, fault=fault).payments == []


def test_files_are_put_whole_into_the_folder_and_remembered(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "in" / "835"
    bill(desk, "7001")
    remitting = Remitting(desk.books, desk.memory, folder=folder)
    made = remitting.remit(AT)
    assert [path.name for path in folder.iterdir()] == ["835-20260308-00001.x12"]
    assert (folder / made.name).read_text() == made.x12
    assert Remitting(desk.books, desk.memory).sent() == [made]


@pytest.mark.parametrize(
    ("value", "text"),
    [("100.00", "100"), ("12.50", "12.5"), ("0.00", "0"), ("-5.25", "-5.25"), ("30.000", "30"),
     ("100", "100"), ("0.05", "0.05")],
)  # fmt: skip
def test_amounts_have_no_trailing_zeros(value: str, text: str) -> None:
    assert amount(Decimal(value)) == text


cents = st.integers(0, 999_999).map(lambda n: Decimal(n) / 100)


@given(cents, cents, cents, cents, cents, cents)
def test_every_claim_line_balances_and_so_does_its_reversal(
    books: Books, gross: Decimal, paid: Decimal, patient: Decimal, deductible: Decimal,
    coinsurance: Decimal, others: Decimal,
) -> None:  # fmt: skip
    told = {"F5": patient, "F9": paid, "FH": deductible, "4U": coinsurance, "J5": others}
    pricing = json.dumps([(name, money(usd)) for name, usd in told.items()])
    claim: PaidClaim = replace(PAID, pricing=pricing, gross_usd=gross)
    line = claim_line(books.plans[0], claim)
    for one in (line, turned(line)):
        cut = sum((a.usd for a in one.adjustments), Decimal(0))
        assert one.charge_usd - cut == one.paid_usd
    assert turned(turned(line)) == replace(line, status="22")


def test_a_later_payers_claim_says_so(books: Books) -> None:
    pricing = json.dumps([("F5", money("1")), ("F9", money("2")), ("J5", money("3"))])
    line = claim_line(books.plans[0], replace(PAID, pricing=pricing, payer_rank=4))
    assert line.status == "3"
    assert ("OA", "23", Decimal("3.00")) in [
        (a.group, a.reason, a.usd) for a in line.adjustments
    ]


def test_a_month_of_claims_is_paid_to_the_cent(books: Books) -> None:
    memory = Memory()
    today = [date(2026, 3, 1)]
    desk = Desk(books, memory, seed=3, today=lambda: today[0])
    remitting = Remitting(books, memory)
    got = Decimal(0)
    for day in range(1, 29):
        today[0] = date(2026, 3, day)
        on = f"202603{day:02d}"
        fields: Fields = {
            "04": {"C2": f"XY{day:07d}"},
            "07": {"D2": f"71{day:02d}", "DE": on, "D7": LISINOPRIL},
            **priced("85.00"),
        }
        desk.answer(written(header(on=on), changed(fields)))
        if day % 5 == 0:
            desk.answer(written(header(code="B2", on=on), changed(fields)))
        if day % 7 == 0:
            got += sum(one.total for one in read(remitting.remit(AT).x12))
    standing = [c for c in memory.everything() if c.state == "paid"]
    owed = sum((claim_line(books.plan(c.plan), c).paid_usd for c in standing), Decimal(0))
    assert got == owed
    memory.close()
