"""The archive: found by practitioner, patient, drug and day; whole, or it says what is not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection

from apothecary.config.tests.world import TODAY
from apothecary.law.problem import Refused
from apothecary.vault.epcs.archive import (
    SORTS,
    Wanted,
    archive_problems,
    kept_until,
    record_of,
    records,
)
from apothecary.vault.epcs.tests.receiver import CII, signed_by

OTHERS = (
    replace(CII, message_id="A", last_name="Abel", prescriber_last_name="Young",
            drug="morphine sulfate 15 MG"),
    replace(CII, message_id="B", last_name="Zed", prescriber_last_name="Adams",
            drug="fentanyl 25 MCG"),
)  # fmt: skip


@pytest.fixture
def kept(house):
    for rx in (CII, *OTHERS):
        house.sends(rx.xml())
    return house


def found(house, **wanted):
    rows = records(by=house.world.technician, wanted=Wanted(**wanted))
    return [row.message_id for row in rows]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["EPCS0001", "A", "B"]),
        ({"prescriber": "smith"}, ["EPCS0001"]),
        ({"prescriber": "YOUNG, ALEX"}, ["A"]),
        ({"patient": " abel"}, ["A"]),
        ({"patient": "bel"}, []),
        ({"drug": "Morphine"}, ["A"]),
        ({"first": TODAY, "last": TODAY}, ["EPCS0001", "A", "B"]),
        ({"first": TODAY + timedelta(days=1)}, []),
        ({"last": TODAY - timedelta(days=1)}, []),
        ({"drug": "fentanyl", "patient": "zed", "prescriber": "adams"}, ["B"]),
    ],
)
def test_records_are_found_by_practitioner_patient_drug_and_day(kept, wanted, expected):
    assert found(kept, **wanted) == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("date", ["EPCS0001", "A", "B"]),
        ("practitioner", ["B", "EPCS0001", "A"]),
        ("patient", ["A", "EPCS0001", "B"]),
        ("drug", ["B", "A", "EPCS0001"]),
    ],
)
def test_records_are_sorted_by_each_of_the_four(kept, sort, expected):
    assert sort in SORTS
    assert found(kept, sort=sort) == expected


def test_another_way_of_sorting_is_refused_by_its_field(kept):
    with pytest.raises(Refused) as refusal:
        found(kept, sort="price")
    assert refusal.value.problems[0].field == "sort"


def test_another_pharmacy_finds_nothing_of_it(kept):
    row = records(by=kept.world.technician, wanted=Wanted())[0]
    assert not records(by=kept.world.stranger, wanted=Wanted()).exists()
    assert record_of(by=kept.world.stranger, record_id=row.pk) is None
    assert record_of(by=kept.world.technician, record_id=row.pk) == row


def test_the_archive_holds_the_message_byte_for_byte(house):
    house.give_key()
    house.ready()
    raw = signed_by(house.doctor, CII.xml())
    row = house.sends(raw)
    assert bytes(row.incoming.raw) == raw
    assert row.seal is not None
    assert archive_problems(row) == []


def test_bytes_that_somebody_changed_past_the_house_are_named(house):
    house.give_key()
    house.ready()
    row = house.sends(signed_by(house.doctor, CII.xml()))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE wires_incoming DISABLE TRIGGER wires_incoming_stays")
        cursor.execute("UPDATE wires_incoming SET raw = raw || 'x' WHERE id = %s",
                       [row.incoming_id])  # fmt: skip
        cursor.execute("ALTER TABLE wires_incoming ENABLE TRIGGER wires_incoming_stays")
    again = record_of(by=house.world.technician, record_id=row.pk)
    assert again is not None
    codes = [problem.code for problem in archive_problems(again)]
    assert codes == ["epcs-archive", "epcs-seal"]


def test_a_record_is_kept_two_years_from_its_receipt(house):
    row = house.sends(CII.xml())
    assert kept_until(row, on=TODAY) == date(2028, 11, 23)
