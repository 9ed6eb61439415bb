"""Days of a pharmacy that reports: told as they happen at the counter."""

from dataclasses import replace
from datetime import UTC, date, time
from decimal import Decimal
from io import BytesIO

import pytest

from apothecary.wires.asap import (
    Check,
    Dispensing,
    Ingredient,
    Pharmacy,
    Report,
    Store,
    conformance,
    corrected,
    findings,
    in_ascii,
    is_zero_report,
    key,
    overlay,
    raw_stores,
    read,
    read_answer,
    read_report,
    read_store,
    stream,
    voided,
    write,
    write_stream,
    zero_report,
)
from apothecary.wires.asap.tests.reports import (
    ACKNOWLEDGED,
    AIR,
    DISPENSED,
    PATIENT,
    PHARMACY,
    RECORD,
    SOURCE,
    header,
    raw,
    report,
)
from apothecary.wires.errors import Malformed

DAY = date(2026, 11, 2)


def sent(*records: Dispensing, version: str = "4.2B") -> Report:
    """What the programme reads of what we wrote."""
    (one,) = read(write(report(*records, version=version))).transmissions
    assert conformance(one) == []
    return read_report(one)


def only(told: Report) -> tuple[Dispensing, ...]:
    (store,) = told.stores
    return store.dispensings


def test_a_prescription_handed_over_in_parts_is_one_record_for_each_part() -> None:
    parts = [
        replace(
            RECORD,
            dispensed=replace(
                DISPENSED,
                part=number,
                quantity=Decimal(10),
                days_supply=3,
                filled_on=date(2026, 1, 11 + number),
            ),
        )
        for number in (1, 2, 3)
    ]
    found = only(sent(*parts))
    assert [one.dispensed.part for one in found] == [1, 2, 3]
    assert [one.dispensed.quantity for one in found] == [Decimal(10)] * 3
    assert len({key(PHARMACY, one) for one in found}) == 3
    assert b"*05*01**" in write(report(parts[0]))
    assert b"*05*03**" in write(report(parts[2]))


def test_a_whole_fill_is_no_part() -> None:
    assert b"*05*00**" in write(report(RECORD))


@pytest.mark.parametrize("number", [0, 1, 5, 99])
def test_the_first_fill_is_number_zero_and_refills_count_up(number: int) -> None:
    refill = replace(RECORD, dispensed=replace(DISPENSED, fill_number=number))
    (found,) = only(sent(refill))
    assert found.dispensed.fill_number == number


def test_a_fill_number_beyond_99_waits_for_5_0() -> None:
    many = replace(RECORD, dispensed=replace(DISPENSED, fill_number=100))
    with pytest.raises(Malformed, match=r"DSP06 \(fill number\): may have 2 characters, has 3"):
        write(report(many))
    (found,) = only(sent(many, version="5.0"))
    assert found.dispensed.fill_number == 100


def test_a_bag_never_picked_up_is_taken_back_with_its_own_key() -> None:
    (back,) = only(sent(voided(RECORD)))
    assert back.dispensed.reporting_status == "02"
    assert key(PHARMACY, back) == key(PHARMACY, RECORD)


def test_a_wrong_quantity_is_revised_under_the_same_key() -> None:
    right = replace(RECORD, dispensed=replace(DISPENSED, quantity=Decimal(28)))
    (found,) = only(sent(*corrected(RECORD, right)))
    assert found.dispensed.reporting_status == "01"
    assert found.dispensed.quantity == Decimal(28)


def test_a_wrong_prescription_number_is_taken_back_and_told_anew() -> None:
    right = replace(RECORD, dispensed=replace(DISPENSED, rx_number="2001243"))
    back, new = only(sent(*corrected(RECORD, right)))
    assert (back.dispensed.reporting_status, back.dispensed.rx_number) == ("02", "2001234")
    assert (new.dispensed.reporting_status, new.dispensed.rx_number) == ("00", "2001243")


def test_a_cream_of_three_parts_reports_those_that_count() -> None:
    told = replace(
        DISPENSED, product_kind="06", product_id="99999C00017", quantity=Decimal("1.5")
    )
    parts = (
        Ingredient(1, "01", "38779052408", Decimal("1.5"), "03"),
        Ingredient(2, "01", "51927102000", Decimal("0.75"), "03"),
        Ingredient(3, "01", "49452360001", Decimal(30), "02"),
    )
    (found,) = only(sent(replace(RECORD, dispensed=told, ingredients=parts)))
    assert found.ingredients == parts
    swapped = (replace(parts[1], number=1), replace(parts[0], number=2))
    with pytest.raises(Malformed, match=r"must be that of the first ingredient, '0\.75'"):
        write(report(replace(RECORD, dispensed=told, ingredients=swapped)))


def test_a_dog_is_a_patient_whose_owner_is_named() -> None:
    dog = replace(PATIENT, species="02", animal_name="REX", gender="U")
    (found,) = only(sent(replace(RECORD, patient=dog)))
    assert (found.patient.species, found.patient.animal_name) == ("02", "REX")
    kind = replace(dog, animal_species="02", animal_location="01")
    (found,) = only(sent(replace(RECORD, patient=kind), version="5.0"))
    assert found.patient.animal_species == "02"


def test_a_daughter_who_picks_up_is_another_code_after_the_change_to_5_0() -> None:
    """What was 02 for a parent or guardian is 01; 02 says spouse now."""
    text = write(report(replace(RECORD, additional=replace(AIR, relationship="02")))).decode()
    (old,) = read(raw(text)).transmissions
    changed = text.replace("TH*4.2B*", "TH*5.0*").replace("*101500*", "*101500Z*")
    (new,) = read(raw(changed)).transmissions
    meanings = []
    for one in (old, new):
        element = one.version.element("AIR06")
        assert element is not None
        meanings.append(one.version.meaning(element, "02"))
    assert meanings == ["parent or guardian", "spouse"]


def test_a_name_with_an_accent_is_sent_plain_when_the_pharmacy_says_so() -> None:
    patient = replace(PATIENT, last_name="PEÑA")
    with pytest.raises(Malformed, match=r"PAT07 \(last name\): holds a character"):
        write(report(replace(RECORD, patient=patient)))
    plain = replace(patient, last_name=in_ascii(patient.last_name))
    (found,) = only(sent(replace(RECORD, patient=plain)))
    assert found.patient.last_name == "PENA"


def test_the_tilde_in_a_street_is_refused_before_it_cuts_the_file_in_two() -> None:
    patient = replace(PATIENT, address_1="12 ~ OAK")
    with pytest.raises(Malformed, match=r"PAT12 \(address 1\): holds a separator '~'"):
        write(report(replace(RECORD, patient=patient)))


def test_midnight_of_5_0_is_universal_and_may_be_another_day_than_the_stores() -> None:
    late = replace(header("5.0"), created_on=date(2026, 1, 16), created_at=time(4, tzinfo=UTC))
    text = write(Report(late, SOURCE, (Store(PHARMACY, (RECORD,)),)))
    assert b"*20260116*040000Z*" in text
    (one,) = read(text).transmissions
    assert read_report(one).header.created_at == time(4, tzinfo=UTC)


def test_a_quiet_week_is_a_zero_report_new_york_takes() -> None:
    told = zero_report(
        header(), SOURCE, ["AB1234563"], first=date(2026, 1, 1), last=date(2026, 1, 7)
    )
    (one,) = read(write(told)).transmissions
    assert is_zero_report(read_report(one))
    assert list(findings(one, overlay("NY"), on=DAY)) == []
    wants = overlay("NY").wants_zero_reports(on=DAY)
    assert wants is not None
    assert wants.use == "required"


def test_an_acknowledgement_belongs_to_the_file_it_names() -> None:
    (one,) = read(raw(ACKNOWLEDGED)).transmissions
    found = read_answer(one)
    assert [control for control in ("CTL-7", "CTL9") if found.is_about(control)] == ["CTL9"]


def chain(stores: int) -> list[Store]:
    return [
        Store(
            Pharmacy(dea_number="AB1234563", chain_site_id=f"{number:05}"),
            (RECORD,) * (number % 4),
        )
        for number in range(stores)
    ]


def test_a_chain_sends_its_day_in_one_file_and_each_store_has_its_own_count() -> None:
    out = BytesIO()
    written = write_stream(out, header(), SOURCE, chain(60))
    out.seek(0)
    check = Check()
    faults = [each for one in stream(out) for each in check.take(one)] + check.close()
    assert faults == []
    out.seek(0)
    found = list(raw_stores(stream(out)))
    assert [one.trailer[1] for one in found if one.trailer] == [
        str(2 + 4 * (number % 4)) for number in range(60)
    ]
    assert written.dispensings == sum(len(one.dispensings) for one in found) == 90
    assert [read_store(one).pharmacy.chain_site_id for one in found] == [
        f"{number:05}" for number in range(60)
    ]


def test_one_bad_store_of_a_chain_is_named_and_the_others_are_read() -> None:
    text = write(Report(header(), SOURCE, tuple(chain(8)))).decode()
    first, second, rest = text.split("*20260112*", 2)
    damaged = f"{first}*20260112*{second}*20261212X*{rest}"
    good, bad = [], []
    for one in raw_stores(stream(BytesIO(raw(damaged)))):
        try:
            good.append(read_store(one).pharmacy.chain_site_id)
        except Malformed as refused:
            bad.append((one.pharmacy[12], refused.field))
    assert len(good) == 7
    assert bad == [("00002", "segment 13 DSP05 (filled on)")]


def test_a_file_cut_off_on_the_line_is_told_from_a_whole_one() -> None:
    whole = write(Report(header(), SOURCE, tuple(chain(5))))
    for size in range(200, len(whole) - 4, 97):
        (one,) = read(whole[:size]).transmissions
        assert conformance(one), size


def test_two_files_glued_together_are_two_reports() -> None:
    first = write(report(RECORD))
    second = write(Report(replace(header(), control_number="CTL-8"), SOURCE, ()))
    found = read(first + second).transmissions
    assert [one.control for one in found] == ["CTL-7", "CTL-8"]
    assert [conformance(one) for one in found] == [[], []]


def test_a_trailer_of_yesterdays_file_does_not_close_todays() -> None:
    text = write(report(RECORD)).decode().replace("TT*CTL-7*", "TT*CTL-6*")
    (one,) = read(raw(text)).transmissions
    assert [each.reason for each in conformance(one)] == [
        "must be that of the header, 'CTL-7', is 'CTL-6'"
    ]
