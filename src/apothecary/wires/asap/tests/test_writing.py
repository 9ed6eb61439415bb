from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, time
from decimal import Decimal
from io import BytesIO

import pytest

from apothecary.wires.asap import (
    Dispensing,
    Header,
    Ingredient,
    Report,
    Separators,
    Store,
    conformance,
    pieces,
    read,
    read_report,
    write,
    write_stream,
    write_taking_back,
)
from apothecary.wires.asap.records import Record
from apothecary.wires.asap.tests.reports import (
    AIR,
    DISPENSED,
    MIXTURE,
    PATIENT,
    PHARMACY,
    PRESCRIBER,
    RECORD,
    SOURCE,
    header,
    raw,
    report,
)
from apothecary.wires.asap.writing import Newline
from apothecary.wires.errors import Malformed

VERSIONS = ("4.2", "4.2A", "4.2B", "5.0")


def reasons(bad: Report) -> list[str]:
    with pytest.raises(Malformed) as refused:
        write(bad)
    return [str(one) for one in refused.value.faults]


def test_a_report_is_written_with_its_counts() -> None:
    assert write(report(), newline="\n").decode() == (
        "TH*4.2B*CTL-7*01**20260115*101500*T**~~\n"
        "IS*6125550100*SAMPLE CHAIN~\n"
        "PHA*1234567893**AB1234563*SAMPLE****MN~\n"
        "PAT*MN*06*D123456789012****DOE*JANE****200 OAK AVE**ANYTOWN*MN*55401**19800229*F*01~\n"
        "DSP*00*2001234*20260110*0*20260112*0*01*00406012501*30*7*01*05*00***04*20260113~\n"
        "PRE*1234567893*AD1234563***SMITH~\n"
        "AIR******02*DOE*JOHN~\n"
        "TP*6~\n"
        "TT*CTL-7*9~\n"
    )


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("records", [(RECORD,), (MIXTURE,), (RECORD, MIXTURE, RECORD), ()])
def test_what_is_written_conforms_and_is_read_as_the_same(
    version: str, records: tuple[Dispensing, ...]
) -> None:
    sent = Report(header(version), SOURCE, (Store(PHARMACY, records), Store(PHARMACY, records)))
    (one,) = read(write(sent)).transmissions
    assert conformance(one) == []
    assert replace(read_report(one).header, terminator="") == sent.header
    assert read_report(one).source == sent.source
    assert read_report(one).stores == sent.stores


@pytest.mark.parametrize("newline", ["", "\n", "\r\n"])
@pytest.mark.parametrize(
    "separators", [Separators(), Separators("|", "\\"), Separators("^", "!")]
)
def test_separators_and_line_ends_are_the_programmes_choice(
    separators: Separators, newline: Newline
) -> None:
    sent = write(report(), separators=separators, newline=newline)
    (one,) = read(sent).transmissions
    assert one.header.separators == separators
    assert one.header[9] == separators.segment
    assert conformance(one) == []
    assert sent.endswith(raw(separators.segment + newline))


def test_a_compound_has_one_segment_for_each_ingredient() -> None:
    text = write(report(MIXTURE)).decode()
    assert "*06*99999AB-123*2.4*7*01*" in text
    assert "CDI*1*01*38779052408*2.4*03~\r\nCDI*2*01*51927102000*1.2*03~" in text
    assert "TP*8~\r\nTT*CTL-7*11~" in text


def test_the_time_of_5_0_is_universal() -> None:
    assert write(report(version="5.0")).startswith(b"TH*5.0*CTL-7*01**20260115*101500Z*T**~~")


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        (
            replace(RECORD, patient=replace(PATIENT, last_name="D" * 51)),
            "PAT07 (last name): may have 50 characters, has 51",
        ),
        (
            replace(RECORD, patient=replace(PATIENT, last_name="PEÑA")),
            "PAT07 (last name): holds a character that a report cannot carry: 'PEÑA'",
        ),
        (
            replace(RECORD, patient=replace(PATIENT, address_1="5*5 OAK")),
            "PAT12 (address 1): holds a separator '*': '5*5 OAK'",
        ),
        (
            replace(RECORD, patient=replace(PATIENT, address_1="SUITE ~5")),
            "PAT12 (address 1): holds a separator '~': 'SUITE ~5'",
        ),
        (
            replace(RECORD, patient=replace(PATIENT, gender="X")),
            "PAT19 (gender): is none of its codes in 4.2B: 'X'",
        ),
        (
            replace(RECORD, patient=replace(PATIENT, race="01")),
            "PAT26 (race): is no element of 4.2B",
        ),
        (
            replace(RECORD, dispensed=replace(DISPENSED, quantity=Decimal("-1"))),
            "DSP09 (quantity): must be a Decimal not below zero, is Decimal('-1')",
        ),
        (
            replace(RECORD, dispensed=replace(DISPENSED, days_supply=1000)),
            "DSP10 (days supply): may have 3 characters, has 4",
        ),
        (
            replace(RECORD, dispensed=replace(DISPENSED, product_id="0040601250")),
            "DSP08 (product id): must be an NDC of 11 digits without hyphens, is '0040601250'",
        ),
        (
            replace(RECORD, dispensed=replace(DISPENSED, reporting_status="")),
            "DSP01 (reporting status): is missing",
        ),
        (
            replace(RECORD, dispensed=replace(DISPENSED, diagnosis="S82.1")),
            "DSP25 (diagnosis): must be a diagnosis without its point, is 'S82.1'",
        ),
        (
            replace(RECORD, dispensed=replace(DISPENSED, schedule="02")),
            "DSP34 (schedule): is no element of 4.2B",
        ),
        (
            replace(RECORD, prescriber=replace(PRESCRIBER, dea_number="AD12345630")),
            "PRE02 (dea number): may have 9 characters, has 10",
        ),
        (
            replace(RECORD, additional=replace(AIR, relationship="05")),
            "AIR06 (relationship): is none of its codes in 4.2B: '05'",
        ),
        (
            replace(RECORD, ingredients=(Ingredient(1, "01", "1" * 11, Decimal(1)),)),
            "DSP07 (product kind): must be 06 beside ingredients, is '01'",
        ),
        (
            replace(MIXTURE, ingredients=()),
            "CDI: is missing: a compound names each reportable ingredient",
        ),
        (
            replace(MIXTURE, dispensed=replace(MIXTURE.dispensed, quantity=Decimal("3.6"))),
            "DSP09 (quantity): must be that of the first ingredient, '2.4', is '3.6'",
        ),
        (
            replace(MIXTURE, dispensed=replace(MIXTURE.dispensed, product_id="AB-123")),
            "DSP08 (product id): must be 99999 and six characters of a compound, is 'AB-123'",
        ),
        (
            replace(MIXTURE, ingredients=MIXTURE.ingredients[::-1]),
            "CDI01 (number): must number the ingredients from 1, is 2, 1",
        ),
        (replace(RECORD, others=(("ZZ9", "A~B"),)), "ZZ9: holds a separator '~': 'A~B'"),
        (replace(RECORD, others=((),)), "holds a segment of no other id: ''"),
        (replace(RECORD, others=(("TT", "1"),)), "holds a segment of no other id: 'TT'"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_its_place(
    record: Dispensing, fault: str
) -> None:
    told = [one.replace("record 2: ", "record 2 ") for one in reasons(report(RECORD, record))]
    assert f"pharmacy 1 record 2 {fault}" in told


def test_all_that_is_wrong_is_told_at_once_in_whichever_pharmacy() -> None:
    bad = replace(RECORD, dispensed=replace(DISPENSED, days_supply=-1, rx_number="*"))
    sent = Report(
        replace(header(), control_number=""),
        replace(SOURCE, source_id="12345678901"),
        (Store(PHARMACY, (RECORD,)), Store(replace(PHARMACY, state="MINN"), (RECORD, bad))),
    )
    assert reasons(sent) == [
        "TH02 (control number): is missing",
        "IS01 (source id): may have 10 characters, has 11",
        "pharmacy 2 PHA08 (state): may have 2 characters, has 4",
        "pharmacy 2 record 2 DSP02 (rx number): holds a separator '*': '*'",
        "pharmacy 2 record 2 DSP10 (days supply): must be a whole number not below zero, is -1",
    ]


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        (
            replace(header(), version="4.1"),
            "TH01 (version): must be one of 4.2, 4.2A, 4.2B, 5.0",
        ),
        (replace(header(), version=""), "TH01 (version): must be one of"),
        (replace(header(), created_on=None), "TH05 (created on): is missing"),
        (replace(header(), created_at=None), "TH06 (created at): is missing"),
        (replace(header(), file_type=""), "TH07 (file type): is missing"),
        (replace(header(), file_type="X"), "TH07 (file type): is none of its codes"),
        (
            replace(header(), created_at=time(10, tzinfo=UTC)),
            "TH06 (created at): must be a time of day without a zone",
        ),
        (
            replace(header("5.0"), created_at=time(10)),
            "TH06 (created at): must be a time of day in UTC",
        ),
        (
            replace(header(), transaction_type="02"),
            "TH03 (transaction type): must be 01 in a report, is '02'",
        ),
        (
            replace(header(), transaction_type="04"),
            "TH03 (transaction type): must be 01 in a report, is '04'",
        ),
    ],
)
def test_a_header_no_programme_could_use_is_refused(told: Header, fault: str) -> None:
    assert any(one.startswith(fault) for one in reasons(replace(report(), header=told)))


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        ("#20260101#", "must be #CCYYMMDD#-#CCYYMMDD#, is '#20260101#'"),
        ("#20260107#-#20260101#", "ends before it begins: '#20260107#-#20260101#'"),
        ("#20260230#-#20260301#", "is not a day of the calendar: '20260230'"),
    ],
)
def test_a_period_that_is_none_is_refused(message: str, fault: str) -> None:
    told = replace(report(), source=replace(SOURCE, message=message))
    assert reasons(told) == [f"IS03 (message): {fault}"]


@pytest.mark.parametrize(
    ("separators", "newline", "fault"),
    [
        (Separators("~", "~"), "", "separators: the element separator ends segments too"),
        (Separators("A", "~"), "", "separators: the element separator is 'A'"),
        (Separators("*", "\n"), "\r\n", "newline: is the segment terminator too"),
    ],
)
def test_separators_that_cannot_be_told_apart_are_refused(
    separators: Separators, newline: Newline, fault: str
) -> None:
    with pytest.raises(Malformed, match=fault):
        write(report(), separators=separators, newline=newline)


def test_a_blank_status_is_written_in_4_2_alone() -> None:
    blank = replace(RECORD, dispensed=replace(DISPENSED, reporting_status=""))
    assert b"DSP**2001234*" in write(report(blank, version="4.2"))
    for version in VERSIONS[1:]:
        assert reasons(report(blank, version=version)) == [
            "pharmacy 1 record 1 DSP01 (reporting status): is missing"
        ]


def test_elements_behind_the_last_one_known_are_written_behind_it() -> None:
    later = replace(RECORD, dispensed=replace(DISPENSED, more=("", "OWN")))
    text = write(report(later, version="4.2")).decode()
    assert "*20260113*****" + "*OWN~" in text
    (one,) = read(raw(text)).transmissions
    assert read_report(one).stores[0].dispensings == (later,)


def test_a_prescriber_and_who_took_the_drug_may_be_left_out() -> None:
    alone = replace(RECORD, prescriber=None, additional=None)
    text = write(report(alone)).decode()
    assert "PRE" not in text
    assert "AIR" not in text
    assert "TP*4~\r\nTT*CTL-7*7~" in text


def test_a_stream_writes_the_same_bytes_and_says_what_it_came_to() -> None:
    sent = Report(header(), SOURCE, (Store(PHARMACY, (RECORD, MIXTURE)), Store(PHARMACY, ())))
    out = BytesIO()
    written = write_stream(out, sent.header, sent.source, iter(sent.stores))
    assert out.getvalue() == write(sent)
    assert (written.size, written.stores, written.dispensings) == (len(out.getvalue()), 2, 2)
    assert written.segments == len(read(out.getvalue()).transmissions[0].segments)


def test_a_stream_takes_one_pharmacy_at_a_time() -> None:
    asked: list[int] = []

    def stores() -> Iterator[Store]:
        for number in range(3):
            asked.append(number)
            yield Store(PHARMACY, (RECORD,))

    told = pieces(header(), SOURCE, stores())
    assert next(told)[1] == 2
    assert asked == []
    assert next(told)[1] == 6
    assert asked == [0]


def test_a_stream_stops_at_a_pharmacy_that_does_not_fit_and_leaves_no_trailer() -> None:
    bad = Store(replace(PHARMACY, state="MINN"), ())
    out = BytesIO()
    with pytest.raises(Malformed, match=r"pharmacy 2 PHA08 \(state\): may have 2 characters"):
        write_stream(out, header(), SOURCE, [Store(PHARMACY, (RECORD,)), bad])
    (one,) = read(out.getvalue()).transmissions
    assert [str(each) for each in conformance(one)] == ["TT: is missing at the end"]


def test_a_stream_of_another_kind_of_file_is_refused() -> None:
    with pytest.raises(Malformed, match=r"TH03 \(transaction type\): must be 01 in a report"):
        write_stream(BytesIO(), replace(header(), transaction_type="03"), SOURCE, [])


def test_a_file_is_taken_back_by_a_header_and_a_trailer() -> None:
    sent = write_taking_back(header(), newline="")
    assert sent == b"TH*4.2B*CTL-7*04**20260115*101500*T**~~TT*CTL-7*2~"
    (one,) = read(sent).transmissions
    assert conformance(one) == []


def test_taking_back_what_has_no_number_is_refused() -> None:
    with pytest.raises(Malformed, match=r"TH02 \(control number\): is missing"):
        write_taking_back(replace(header(), control_number=""))


@pytest.mark.parametrize("record", [PATIENT, DISPENSED, PRESCRIBER, AIR, SOURCE, PHARMACY])
def test_a_record_cannot_be_changed_in_place(record: Record) -> None:
    with pytest.raises(AttributeError):
        record.__setattr__("more", ("X",))


def test_a_day_and_a_quantity_are_written_without_loss() -> None:
    exact = replace(DISPENSED, quantity=Decimal("0.125"), filled_on=date(2026, 2, 28))
    text = write(report(replace(RECORD, dispensed=exact))).decode()
    assert "*20260228*0*01*00406012501*0.125*7*" in text
