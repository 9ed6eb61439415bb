from dataclasses import replace
from datetime import date

import pytest

from apothecary.wires.asap import (
    Dispensed,
    Header,
    Report,
    Store,
    conformance,
    corrected,
    is_zero_report,
    key,
    read,
    read_report,
    voided,
    write,
    zero_period,
    zero_report,
)
from apothecary.wires.asap.tests.reports import (
    DISPENSED,
    MIXTURE,
    PATIENT,
    PHARMACY,
    RECORD,
    SOURCE,
    ZERO,
    header,
    raw,
    report,
)
from apothecary.wires.errors import Malformed

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 7)


def test_a_programme_finds_a_record_by_pharmacy_number_day_and_fill() -> None:
    assert key(PHARMACY, RECORD) == ("AB1234563", "2001234", date(2026, 1, 12), 0)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (replace(DISPENSED, days_supply=8), True),
        (replace(DISPENSED, product_id="00406012505"), True),
        (replace(DISPENSED, sold_on=date(2026, 1, 14)), True),
        (replace(DISPENSED, rx_number="2001235"), False),
        (replace(DISPENSED, filled_on=date(2026, 1, 13)), False),
        (replace(DISPENSED, fill_number=1), False),
    ],
)
def test_a_revision_keeps_the_key_and_a_change_of_it_is_a_void_and_a_new_record(
    change: Dispensed, same: bool
) -> None:
    sent = corrected(RECORD, replace(RECORD, dispensed=change))
    told = [one.dispensed.reporting_status for one in sent]
    assert told == (["01"] if same else ["02", "00"])
    assert replace(sent[-1].dispensed, reporting_status="00") == change
    if not same:
        assert replace(sent[0].dispensed, reporting_status="00") == DISPENSED
        assert key(PHARMACY, sent[0]) == key(PHARMACY, RECORD)


def test_a_new_name_of_the_patient_is_a_revision() -> None:
    (sent,) = corrected(RECORD, replace(RECORD, patient=replace(PATIENT, last_name="ROE")))
    assert sent.dispensed.reporting_status == "01"
    assert sent.patient.last_name == "ROE"


def test_a_void_tells_all_else_as_it_was() -> None:
    sent = voided(MIXTURE)
    assert sent.dispensed.reporting_status == "02"
    assert replace(sent, dispensed=MIXTURE.dispensed) == MIXTURE


def test_a_revised_record_may_be_revised_again() -> None:
    (first,) = corrected(RECORD, RECORD)
    (second,) = corrected(first, RECORD)
    assert second.dispensed.reporting_status == "01"


def test_a_record_taken_back_is_not_revised() -> None:
    with pytest.raises(Malformed, match=r"DSP01 \(reporting status\): a record taken back"):
        corrected(voided(RECORD), RECORD)


def test_corrections_are_written_in_the_order_they_are_to_be_read() -> None:
    new = replace(RECORD, dispensed=replace(DISPENSED, fill_number=1))
    text = write(report(*corrected(RECORD, new))).decode()
    assert text.index("DSP*02*2001234") < text.index("DSP*00*2001234")
    (one,) = read(raw(text)).transmissions
    assert conformance(one) == []


def test_a_zero_report_looks_as_programmes_want_it() -> None:
    sent = write(
        zero_report(
            replace(header(), control_number="123456", file_type="P"),
            SOURCE,
            ["AB1234563"],
            first=FIRST,
            last=LAST,
        ),
        newline="",
    )
    assert sent.decode() == (
        "TH*4.2B*123456*01**20260115*101500*P**~~"
        "IS*6125550100*SAMPLE CHAIN*#20260101#-#20260107#~"
        "PHA***AB1234563~PAT*******REPORT*ZERO~DSP*****20260107~PRE*~CDI*~AIR*~"
        "TP*7~TT*123456*10~"
    )


@pytest.mark.parametrize("version", ["4.2", "4.2A", "4.2B", "5.0"])
def test_a_zero_report_conforms_in_every_version(version: str) -> None:
    sent = zero_report(
        header(version), SOURCE, ["AB1234563", "BB1234563"], first=FIRST, last=LAST
    )
    (one,) = read(write(sent)).transmissions
    assert conformance(one) == []
    found = read_report(one)
    assert is_zero_report(found)
    assert found.stores == sent.stores
    assert [each.pharmacy.dea_number for each in found.stores] == ["AB1234563", "BB1234563"]


def test_a_period_may_be_one_day_and_must_not_end_before_it_begins() -> None:
    assert zero_period(FIRST, FIRST) == "#20260101#-#20260101#"
    with pytest.raises(Malformed, match=r"IS03 \(message\): the period ends on 2026-01-01"):
        zero_period(LAST, FIRST)


@pytest.mark.parametrize("numbers", [[], [""], ["AB1234563", ""]])
def test_a_zero_report_names_each_pharmacy(numbers: list[str]) -> None:
    with pytest.raises(Malformed, match=r"PHA03 \(dea number\): a zero report names"):
        zero_report(header(), SOURCE, numbers, first=FIRST, last=LAST)


def test_a_zero_report_is_told_from_others() -> None:
    (one,) = read(raw(ZERO)).transmissions
    nothing = read_report(one)
    assert is_zero_report(nothing)
    assert not is_zero_report(report())
    assert not is_zero_report(Report(Header(), SOURCE, ()))
    mixed = Store(PHARMACY, (RECORD,))
    assert not is_zero_report(replace(nothing, stores=(*nothing.stores, mixed)))
