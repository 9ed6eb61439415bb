"""Whatever a record may hold in its version is written, conforms, and is read as the same."""

from dataclasses import fields, replace
from datetime import UTC, date
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st

from apothecary.wires.asap import (
    VERSIONS,
    Additional,
    Dispensed,
    Dispensing,
    Ingredient,
    Patient,
    Pharmacy,
    Prescriber,
    Report,
    Separators,
    Source,
    Store,
    conformance,
    raw_stores,
    read,
    read_report,
    read_store,
    stream,
    version,
    write,
    write_stream,
)
from apothecary.wires.asap.records import SEGMENTS, Record
from apothecary.wires.asap.tables import Element
from apothecary.wires.asap.tests.reports import header

MARKS = [Separators(), Separators("|", "~"), Separators("^", "\\"), Separators("*", "\n")]
_PLAIN = st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="*~|^\\#. ")
_DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
_TIMES = st.times().map(lambda one: one.replace(microsecond=0))


def _value(element: Element, code: str) -> st.SearchStrategy[object]:
    length = element.length
    drawn: dict[str, st.SearchStrategy[object]] = {
        "text": st.text(_PLAIN, min_size=1, max_size=min(length, 12)),
        "digits": st.text("0123456789", min_size=1, max_size=length),
        "number": st.integers(0, 10**length - 1),
        "part": st.integers(0, 99),
        "decimal": st.decimals(0, 99_999, places=3),
        "date": _DAYS,
        "time": _TIMES,
        "utc": _TIMES.map(lambda one: one.replace(tzinfo=UTC)),
    }
    if element.codes:
        return st.sampled_from(sorted(version(code).codes[element.codes]))
    return drawn[element.kind]


def records(kind: type[Record], code: str) -> st.SearchStrategy[Record]:
    """A record with any of its elements said or not."""
    row = version(code).elements[SEGMENTS[kind]]
    drawn = {
        one.key: st.one_of(st.just(field.default), _value(one, code))
        for one, field in zip(row, fields(kind), strict=False)
        if one is not None
    }
    return st.builds(kind, **drawn)


@st.composite
def dispensings(draw: st.DrawFn, code: str) -> Dispensing:
    """A record of one drug or of a compound, that agrees with itself."""
    told = draw(records(Dispensed, code))
    patient = draw(records(Patient, code))
    assert isinstance(told, Dispensed)
    assert isinstance(patient, Patient)
    status = draw(st.sampled_from(["00", "01", "02"]))
    told = replace(told, reporting_status=status, product_kind="01", product_id="00406012501")
    ingredients: tuple[Ingredient, ...] = ()
    if draw(st.booleans()):
        quantities = draw(st.lists(st.decimals(0, 999, places=2), min_size=1, max_size=4))
        ingredients = tuple(
            Ingredient(number, "01", "38779052408", quantity, "03")
            for number, quantity in enumerate(quantities, 1)
        )
        told = replace(
            told, product_kind="06", product_id="99999A12345", quantity=quantities[0]
        )
    prescriber = draw(st.none() | records(Prescriber, code))
    additional = draw(st.none() | records(Additional, code))
    assert prescriber is None or isinstance(prescriber, Prescriber)
    assert additional is None or isinstance(additional, Additional)
    return Dispensing(patient, told, prescriber, ingredients, additional)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    code = draw(st.sampled_from(VERSIONS))
    found = []
    for _ in range(draw(st.integers(0, 3))):
        pharmacy = draw(records(Pharmacy, code))
        assert isinstance(pharmacy, Pharmacy)
        held = tuple(draw(st.lists(dispensings(code), max_size=3)))
        found.append(Store(pharmacy, held))
    source = draw(records(Source, code))
    assert isinstance(source, Source)
    return Report(header(code), source, tuple(found))


def same(one: Report, other: Report) -> bool:
    return (
        replace(one.header, terminator="") == replace(other.header, terminator="")
        and one.source == other.source
        and one.stores == other.stores
    )


@settings(deadline=None, max_examples=60)
@given(reports(), st.sampled_from(MARKS))
def test_a_report_is_read_as_it_was_written(report: Report, separators: Separators) -> None:
    sent = write(report, separators=separators, newline="")
    (one,) = read(sent).transmissions
    assert conformance(one) == []
    assert one.to_bytes() == sent
    found = read_report(one)
    assert same(found, report)
    assert write(found, separators=separators, newline="") == sent


@settings(deadline=None, max_examples=25)
@given(reports(), st.integers(1, 300))
def test_a_stream_is_read_store_by_store_as_it_was_written(report: Report, block: int) -> None:
    out = BytesIO()
    write_stream(out, report.header, report.source, report.stores)
    out.seek(0)
    found = [read_store(one) for one in raw_stores(stream(out, block=block))]
    assert tuple(found) == report.stores


@settings(deadline=None, max_examples=25)
@given(reports())
def test_counts_are_those_of_the_segments(report: Report) -> None:
    (one,) = read(write(report)).transmissions
    assert one.trailer is not None
    assert int(one.trailer[2]) == len(one.segments)
    told = sum(int(each.trailer[1]) for each in one.stores() if each.trailer)
    assert told == len(one.segments) - 3
