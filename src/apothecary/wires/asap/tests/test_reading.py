from datetime import UTC, date, time
from decimal import Decimal

import pytest

from apothecary.wires.asap import read, read_header, read_report, read_store
from apothecary.wires.asap.records import Report, Status
from apothecary.wires.asap.segments import cut
from apothecary.wires.asap.tests.reports import COMPOUND, SINGLE, ZERO, raw
from apothecary.wires.asap.transmission import raw_stores
from apothecary.wires.errors import Malformed


def told(text: str) -> Report:
    (one,) = read(raw(text)).transmissions
    return read_report(one)


def reasons(text: str) -> list[str]:
    with pytest.raises(Malformed) as refused:
        told(text)
    return [str(one).split(" (byte")[0] for one in refused.value.faults]


def test_a_report_is_read_with_every_value_typed() -> None:
    report = told(SINGLE)
    assert report.header.version == "4.2"
    assert report.header.created_on == date(2026, 1, 15)
    assert report.header.created_at == time(10, 15)
    assert report.source.source_name == "SAMPLE COMMUNITY PHARMACY"
    (store,) = report.stores
    assert (store.pharmacy.dea_number, store.pharmacy.zip_code) == ("AB1234563", "554010000")
    (record,) = store.dispensings
    assert record.patient.born_on == date(1980, 2, 29)
    assert (record.patient.last_name, record.patient.middle_name) == ("DOE", "Q")
    assert record.dispensed.status is Status.NEW
    assert record.dispensed.quantity == Decimal(30)
    assert (record.dispensed.days_supply, record.dispensed.part) == (7, 0)
    assert record.dispensed.sold_on == date(2026, 1, 13)
    assert record.dispensed.erx_reference == "ERX-REF-0001"
    assert record.prescriber is not None
    assert record.prescriber.license_number == "MN55555"
    assert record.additional is not None
    assert (record.additional.relationship, record.additional.bringing) == ("03", "02")
    assert record.ingredients == ()


def test_a_compound_is_read_with_its_ingredients_and_a_void_beside_it() -> None:
    mixture, taken_back = told(COMPOUND).stores[0].dispensings
    assert mixture.dispensed.is_compound
    assert [one.number for one in mixture.ingredients] == [1, 2]
    assert [one.quantity for one in mixture.ingredients] == [Decimal("2.4"), Decimal("1.2")]
    assert mixture.dispensed.quantity == mixture.ingredients[0].quantity
    assert mixture.additional is None
    assert taken_back.dispensed.status is Status.VOID


def test_the_empty_segments_of_a_zero_report_are_records_of_nothing() -> None:
    (record,) = told(ZERO).stores[0].dispensings
    assert (record.patient.last_name, record.patient.first_name) == ("REPORT", "ZERO")
    assert record.dispensed.filled_on == date(2026, 1, 7)
    assert record.dispensed.quantity is None
    assert len(record.ingredients) == 1
    assert record.ingredients[0].number is None


def test_times_of_5_0_are_universal() -> None:
    text = SINGLE.replace("TH*4.2*", "TH*5.0*").replace("*101500*", "*101500Z*")
    assert told(text.replace("*02~\r\nTP", "~\r\nTP")).header.created_at == time(
        10, 15, tzinfo=UTC
    )


def test_every_ill_typed_value_is_told_at_once() -> None:
    text = (
        SINGLE.replace("*20260110*0*", "*20261310*0*")
        .replace("*30*7*01*", "*3O*7*01*")
        .replace("*19800229*", "*19810229*")
        .replace("101500", "1015")
    )
    assert reasons(text) == [
        "segment 1 TH06 (created at): must be HHMMSS, is '1015'",
        "segment 4 PAT18 (born on): is not a day of the calendar: '19810229'",
        "segment 5 DSP03 (written on): is not a day of the calendar: '20261310'",
        "segment 5 DSP09 (quantity): must be digits with at most one point, is '3O'",
    ]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("IS*6125", "IX*6125", "segment 1 TH: is followed by no IS"),
        ("PAT*MN", "PZT*MN", "segment 4 PZT: stands outside of a dispensing"),
        ("AIR***MN", "PRE**AD1~AIR***MN", "segment 7 PRE: stands twice in one dispensing"),
        ("AIR***MN", "AIR***MN~AIR***MN", "segment 8 AIR: stands twice in one dispensing"),
        ("AIR***MN", "IS*X~AIR***MN", "segment 7 IS: does not belong in a dispensing"),
        ("AIR***MN", "~AIR***MN", "segment 7 (empty): does not belong in a dispensing"),
        ("PHA*1", "PAT*1~PHA*1", "segment 3 PAT: stands outside of a pharmacy"),
        ("TT*CTL", "ZZZ*1~TT*CTL", "segment 9 ZZZ: stands outside of a pharmacy"),
    ],
)
def test_what_a_record_has_no_place_for_is_refused(old: str, new: str, reason: str) -> None:
    assert reason in reasons(SINGLE.replace(old, new, 1))


def test_a_dispensing_of_nobody_is_refused() -> None:
    assert "segment 4 DSP: follows no patient" in reasons(
        SINGLE.replace(SINGLE[SINGLE.index("PAT*") : SINGLE.index("DSP*")], "")
    )


def test_a_withdrawn_element_is_refused_in_the_version_that_withdrew_it() -> None:
    text = SINGLE.replace("TH*4.2*", "TH*5.0*").replace("101500", "101500Z")
    assert reasons(text) == ["segment 7 AIR11: is no element of this version, is '02'"]


def test_elements_behind_the_last_one_known_are_kept() -> None:
    text = SINGLE.replace("*ORD-0001~", "*ORD-0001*12*LATER~")
    assert told(text).stores[0].dispensings[0].dispensed.more == ("12", "LATER")
    assert told(text.replace("LATER", "LATER**")) == told(text)
    text = text.replace("TH*4.2*", "TH*4.2A*")
    (record,) = told(text).stores[0].dispensings
    assert record.dispensed.quantity_prescribed == Decimal(12)
    assert record.dispensed.directions == "LATER"
    assert record.dispensed.more == ()


def test_an_unknown_segment_of_a_dispensing_is_kept() -> None:
    (record,) = told(SINGLE.replace("AIR***", "ZZ9*OWN~AIR***")).stores[0].dispensings
    assert record.others == (("ZZ9", "OWN"),)


def test_stores_of_a_stream_are_read_one_by_one_and_a_bad_one_stops_no_other() -> None:
    bad = SINGLE.replace("*30*7*", "*-30*7*")
    found: list[str] = []
    for store in raw_stores(cut([SINGLE, bad, COMPOUND])):
        try:
            found.append(read_store(store).pharmacy.dea_number)
        except Malformed as refused:
            found.append(refused.field)
    assert found == ["AB1234563", "segment 5 DSP09 (quantity)", "AB1234563"]


def test_a_store_under_no_header_is_refused() -> None:
    (one,) = read(raw(SINGLE)).transmissions
    (store,) = raw_stores(one.segments[2:])
    with pytest.raises(Malformed, match="segment 3 PHA: stands under no header"):
        read_store(store)


def test_a_store_of_an_unknown_version_is_refused() -> None:
    (one,) = read(raw(SINGLE.replace("TH*4.2*", "TH*4.1*"))).transmissions
    (store,) = one.stores()
    with pytest.raises(Malformed, match=r"TH01 \(version\): must be one of"):
        read_store(store)
    with pytest.raises(Malformed, match=r"TH01 \(version\): must be one of"):
        read_report(one)


def test_a_header_is_read_by_the_version_it_names() -> None:
    (one,) = read(raw(ZERO)).transmissions
    found = read_header(one.header)
    assert (found.version, found.control_number, found.terminator) == ("4.2B", "123456", "\\")
    assert found.created_at == time(22, 30)


def test_a_fault_knows_the_byte_of_its_segment() -> None:
    text = SINGLE.replace("*30*7*", "*X*7*")
    with pytest.raises(Malformed) as refused:
        told(text)
    assert refused.value.at is not None
    assert raw(text)[refused.value.at :].lstrip().startswith(b"DSP*")
