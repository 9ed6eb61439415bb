import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apothecary.wires.errors import Malformed
from apothecary.wires.x12.balance import balance
from apothecary.wires.x12.conformance import read_strictly
from apothecary.wires.x12.interchange import read
from apothecary.wires.x12.remittance import (
    Remittance,
)
from apothecary.wires.x12.remittance_reader import VERSIONS, read_remittance, read_remittances
from apothecary.wires.x12.tests.papers import (
    ADVICES,
    ORDER,
    Advice,
    Line,
    Paid,
    dollars,
    group,
    interchange,
    paper,
    simple_claim,
)

Row = list[str]


def remittance(body: list[Row], *, version: str = "005010X221A1") -> Remittance:
    sets = group([paper("835", body)], functional="HP", version=version)
    return read_remittance(next(read_strictly(interchange([sets])).sets()))


def strings(value: object) -> Iterator[str]:
    """Every text, number and day a value holds, as plain text."""
    if is_dataclass(value):
        for field in fields(value):
            yield from strings(getattr(value, field.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from strings(one)
    elif isinstance(value, Decimal):
        yield f"{value.normalize():f}"
    elif isinstance(value, date):
        yield f"{value:%Y%m%d}"
    elif isinstance(value, str):
        yield value


def sent(body: list[Row]) -> Iterator[str]:
    """Every component that was sent, numbers in their plain form."""
    for row in body:
        for element in row[1:]:
            for part in element.split(":"):
                number = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", part) and len(part) < 9
                yield f"{Decimal(part).normalize():f}" if number else part


@given(ADVICES)
@settings(max_examples=40)
def test_every_claim_comes_out_as_it_went_in(advice: Advice) -> None:
    (found,) = read_remittances(read_strictly(advice.raw()).sets())
    assert found.payment.amount == dollars(advice.total)
    assert len(found.claims) == len(advice.claims)
    for claim, wanted in zip(found.claims, advice.claims, strict=True):
        assert (claim.id, claim.status, claim.payer_control) == (
            wanted.number,
            wanted.status,
            wanted.control,
        )
        assert (claim.charge, claim.paid) == (dollars(wanted.charge), dollars(wanted.paid))
        assert claim.patient_responsibility == dollars(wanted.owed)
        assert [(a.group, a.reason, a.amount) for a in claim.adjustments] == [
            (kind, reason, dollars(cents)) for kind, reason, cents in wanted.cuts
        ]
        assert [line.ndc for line in claim.lines] == [line.ndc for line in wanted.lines]
        for line, drawn in zip(claim.lines, wanted.lines, strict=True):
            assert (line.charge, line.paid) == (dollars(drawn.charge), dollars(drawn.paid))
            assert len(line.adjustments) == len(drawn.cuts)
            assert [(r.code_list, r.code) for r in line.remarks] == drawn.remarks
            assert [(r.qualifier, r.value) for r in line.references] == drawn.references
    assert [(p.reason, p.reference, p.amount) for p in found.provider_adjustments] == [
        (why, which, dollars(cents)) for why, which, cents in advice.beside
    ]


@given(ADVICES)
@settings(max_examples=40)
def test_nothing_that_was_sent_is_lost(advice: Advice) -> None:
    body = advice.body()
    kept = set(strings(remittance(body)))
    kept |= {part for one in kept for part in re.split(r"[*:]", one.strip())}
    assert {one for one in sent(body) if one} - kept == set()


_SEGMENT_IDS = st.sampled_from(
    ["BPR", "TRN", "N1", "N3", "N4", "PER", "LX", "CLP", "CAS", "NM1", "REF", "DTM", "AMT",
     "QTY", "SVC", "LQ", "PLB", "TS3", "MOA", "RDM"]
)  # fmt: skip
_ELEMENTS = st.sampled_from(
    ["", "1", "PR", "PE", "22", "C", "20260115", "-7.5", "N4:1", "A:B:C", "?"]
)
_ROWS = st.builds(
    lambda name, rest: [name, *rest], _SEGMENT_IDS, st.lists(_ELEMENTS, max_size=20)
)


def read_or_refused(body: list[Row]) -> Remittance | None:
    try:
        return remittance(body)
    except Malformed as bad:
        refused = bad
    assert [one for one in refused.faults if not re.match("segment [0-9]+ ", one.field)] == []
    return None


@given(st.lists(_ROWS, max_size=12))
@settings(max_examples=100)
def test_segments_in_any_order_are_kept_or_refused_by_place(rows: list[Row]) -> None:
    body = [["BPR", "I", "10", "C"], ["TRN", "1", "T"], *rows]
    found = read_or_refused(body)
    if found is None:
        return
    kept = set(strings(found))
    kept |= {part for one in kept for part in re.split(r"[*:]", one.strip())}
    assert {one for one in sent(body) if one} - kept == set()
    balance(found)


def test_ten_thousand_claims_balance_to_the_cent() -> None:
    claims = [
        Paid(f"RX{n}", [Line("00093310501", 5000 + n, [("CO", "45", n), ("PR", "3", 500)])])
        for n in range(10_000)
    ]
    advice = Advice(claims, [("CS", "FEES", 10_000)])
    (found,) = read_remittances(read_strictly(advice.raw()).sets())
    assert len(found.claims) == 10_000
    assert found.claims_paid == Decimal("450000")
    assert found.payment.amount == Decimal("449900")
    assert balance(found) == []
    assert found.claims[-1].charge == Decimal("149.99")


def test_all_remittances_of_a_file_are_read_and_other_papers_passed_over() -> None:
    first, second = Advice([simple_claim()]), Advice([simple_claim("RX2")])
    sets = [paper("835", first.body()), paper("835", second.body(), control="0002")]
    groups = [group(sets, functional="HP", version=VERSIONS[0])]
    groups += [group([paper("850", ORDER)], functional="PO", control="902")]
    found = read_remittances(read_strictly(interchange(groups)).sets())
    assert [(one.control, one.claims[0].id) for one in found] == [
        ("0001", "RX100"),
        ("0002", "RX2"),
    ]


def test_no_remittance_that_was_cut_off_is_ever_read() -> None:
    raw = Advice([simple_claim()], [("CS", "FEE1", 25)]).raw()
    end_of_set = raw.index(b"SE*") + len(b"SE*")
    for end in range(107, end_of_set):
        for one in read(raw[:end]).sets():
            with pytest.raises(Malformed):
                read_remittance(one)
