"""A controlled prescription by wire: archived always, dispensed where all of it fits."""

from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction

from apothecary.config.tests.world import NOON
from apothecary.intake.actions.covering import Marks, cover_by_arrival
from apothecary.intake.actions.entry import finish_entry
from apothecary.intake.models import Arrival
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.prescriptions.emergency.tests.orders import record_of, take
from apothecary.prescriptions.models import Prescription
from apothecary.vault.csos.tests.authority import DAY
from apothecary.vault.epcs import receiving
from apothecary.vault.epcs.models import EpcsRecord
from apothecary.vault.epcs.opening import turn
from apothecary.vault.epcs.receiving import dispensing_problems, held_says
from apothecary.vault.epcs.tests.receiver import CII, DEA, codes, signed_by
from apothecary.wires.models import Incoming

RAW = CII.xml()


def asked(house, row=None):
    """What entry would be told about the record."""
    return [
        problem.code
        for problem in dispensing_problems(
            by=house.world.technician, incoming_id=row.incoming_id if row else None
        )
    ]


def form(house):
    world = house.world
    return {
        "patient_id": str(world.patient.pk), "prescriber_id": str(world.prescriber.pk),
        "package_id": str(world.drugs["oxycodone"].pk), "quantity": "30",
        "days_supply": "30", "refills": "0", "daw": "0", "written_on": "11/20/2026",
        "directions": "Take 1 tablet by mouth once daily", "origin": "3", "pay": "cash",
        "directions_source": "accepted", "package_id_source": "typed",
    }  # fmt: skip


def enters(house, row):
    arrival = Arrival.objects.get(incoming_id=row.incoming_id)
    return finish_entry(by=house.world.technician, arrival_id=arrival.pk, typed=form(house))


def test_as_the_house_ships_a_signed_prescription_is_archived_and_not_dispensed(house):
    raw = signed_by(house.doctor, RAW)
    row = house.sends(raw)
    assert "epcs-not-audited" in codes(row)
    assert (row.signer, bytes(row.incoming.raw)) == ("practitioner", raw)
    assert asked(house, row)[0] == "epcs-not-audited"
    with pytest.raises(Refused, match="it is disabled"):
        enters(house, row)
    assert not Prescription.objects.exists()
    assert held_says(row).startswith("Electronic controlled prescription held: No third party")


def test_an_intermediarys_signature_opens_the_way_to_entry(house):
    house.open()
    row = house.sends(signed_by(house.network, RAW))
    assert (codes(row), row.signer, row.sealed) == (
        [],
        "intermediary",
        "signed_by_intermediary",
    )
    assert row.steps == [
        "archived", "indicator_stored", "revocation_checked", "signature_verified",
    ]  # fmt: skip
    assert asked(house, row) == []
    fill = enters(house, row)
    assert fill.prescription.origin == "3"
    assert held_says(row) == ""


def test_a_practitioners_signature_is_dispensed_where_the_house_seals_on_receipt(house):
    house.open()
    house.give_key()
    row = house.sends(signed_by(house.doctor, RAW))
    assert (codes(row), row.signer, row.sealed) == ([], "practitioner", "signed_on_receipt")
    assert enters(house, row).prescription.schedule == 2


def test_an_indication_alone_needs_the_houses_own_seal(house):
    house.open()
    assert codes(house.sends(RAW)) == ["epcs-not-sealed"]
    house.give_key()
    row = house.sends(replace(CII, message_id="EPCS0002").xml())
    assert (codes(row), row.signer, row.sealed) == ([], "nobody", "signed_on_receipt")
    assert enters(house, row).prescription.schedule == 2


def covers(house, row, order):
    """The message is attached to an emergency oral order for twelve of the same."""
    arrival = Arrival.objects.get(incoming_id=row.incoming_id)
    reads = form(house) | {"quantity": "12", "written_on": "11/23/2026"}
    return cover_by_arrival(
        by=house.rph, arrival_id=arrival.pk, order_id=order.pk, typed=reads, marks=Marks()
    )


def test_it_covers_an_emergency_order_where_the_house_may_receive_it_and_nowhere_else(house):
    order = record_of(take(house.world))
    row = house.sends(signed_by(house.network, RAW))
    with pytest.raises(Refused, match="it is disabled"):
        covers(house, row, order)
    house.open()
    with pytest.raises(Refused, match="it is disabled"):
        covers(house, row, order)
    later = house.sends(signed_by(house.network, replace(CII, message_id="EPCS0003").xml()))
    made = covers(house, later, order)
    assert (made.kind, made.message_id) == ("electronic", "EPCS0003")
    assert "Authorization for emergency dispensing" in made.annotation


def test_a_message_that_says_nowhere_that_it_was_signed_is_held(house):
    house.open()
    house.give_key()
    row = house.sends(replace(CII, signed=False).xml())
    assert codes(row) == ["epcs-not-indicated"]


@pytest.mark.parametrize("who", ["doctor", "network"])
def test_a_spoiled_prescription_is_held_and_never_dispensed(house, who):
    house.open()
    house.give_key()
    raw = signed_by(getattr(house, who), RAW).replace(b"<Value>30<", b"<Value>90<")
    row = house.sends(raw)
    assert "epcs-spoiled" in codes(row)
    with pytest.raises(Refused, match="does not fit the message"):
        enters(house, row)
    assert not Prescription.objects.exists()
    entry = Entry.objects.get(deed__contains="not to be dispensed")
    assert "epcs-spoiled" in entry.details


@pytest.mark.parametrize(
    ("issued", "code"),
    [
        (lambda house: house.authority.issue(dea="BX1111119"), "epcs-other-signer"),
        (lambda house: house.authority.issue("Somebody"), "epcs-signer"),
        (lambda house: house.authority.issue(dea=DEA, until=NOON - DAY), "csos-expired"),
    ],
)
def test_the_signature_of_somebody_else_or_of_yesterday_is_held(house, issued, code):
    house.open()
    house.give_key()
    row = house.sends(signed_by(issued(house), RAW))
    assert code in codes(row)
    assert code in asked(house, row)


def test_a_certificate_revoked_by_its_authority_is_held(house):
    house.open()
    house.give_key()
    house.authority.revoke(house.doctor, NOON - DAY)
    house.lay()
    assert "csos-certificate-revoked" in codes(house.sends(signed_by(house.doctor, RAW)))


def test_without_a_trust_folder_or_with_one_nobody_can_read_no_signature_counts(house):
    house.open()
    house.give_key()
    house.patch.delenv(receiving.FOLDER)
    assert "epcs-no-trust" in codes(house.sends(signed_by(house.doctor, RAW)))
    (house.folder / "broken.pem").write_text("-----BEGIN CERTIFICATE-----\nx\n")
    house.patch.setenv(receiving.FOLDER, str(house.folder))
    other = replace(CII, message_id="EPCS0002").xml()
    assert "csos-no-trust" in codes(house.sends(signed_by(house.doctor, other)))


def test_a_list_of_intermediaries_nobody_can_read_stops_every_signature(house):
    house.open()
    (house.folder / "intermediaries.txt").write_bytes(b"\xff\xfe")
    assert "epcs-trust" in codes(house.sends(signed_by(house.network, RAW)))


def test_nothing_is_sealed_by_a_wrong_clock(house):
    house.open()
    house.give_key()
    house.world.system = house.world.system.at_time(NOON + 2 * DAY, NOON.date())
    row = house.sends(RAW)
    assert (row.sealed, row.seal) == ("", None)
    assert {"epcs-clock-old", "epcs-not-sealed"} <= set(codes(row))


def test_what_was_held_when_the_house_was_shut_stays_held_when_it_opens(house):
    row = house.sends(signed_by(house.network, RAW))
    house.open()
    assert "epcs-not-audited" in asked(house, row)
    with pytest.raises(Refused):
        enters(house, row)


def test_what_was_good_is_not_entered_once_the_house_is_shut(house):
    house.open()
    row = house.sends(signed_by(house.network, RAW))
    turn(by=house.boss, on=False, because="the network is changed")
    assert asked(house, row) == ["epcs-off"]
    with pytest.raises(Refused, match="it is off"):
        enters(house, row)


def test_a_drug_that_is_not_controlled_has_no_record_and_no_gate(house):
    assert (
        house.sends(replace(CII, schedule="", ndc="68180098001", drug="lisinopril 10").xml())
        is None
    )
    assert not EpcsRecord.objects.exists()


def test_a_controlled_product_makes_a_record_though_the_message_says_no_schedule(house):
    row = house.sends(replace(CII, schedule="").xml())
    assert row.schedule == "2"


def test_a_message_that_names_a_controlled_drug_only_at_entry_has_no_record(house):
    house.open()
    house.sends(replace(CII, schedule="", ndc="68180098001", drug="lisinopril 10").xml())
    arrival = Arrival.objects.get()
    with pytest.raises(Refused) as refusal:
        finish_entry(by=house.world.technician, arrival_id=arrival.pk, typed=form(house))
    assert [problem.code for problem in refusal.value.problems] == ["epcs-no-record"]


def test_the_same_message_again_has_one_record_and_one_answer(house):
    raw = signed_by(house.network, RAW)
    assert house.sends(raw) == house.sends(raw)
    assert EpcsRecord.objects.count() == 1


def test_another_pharmacys_record_opens_nothing_here(house):
    house.open()
    row = house.sends(signed_by(house.network, RAW))
    theirs = dispensing_problems(by=house.world.stranger, incoming_id=row.incoming_id)
    assert "epcs-no-record" in [problem.code for problem in theirs]


def test_the_dea_number_is_kept_as_it_came_with_an_institutions_suffix(house):
    house.open()
    raw = replace(CII, dea=f"{DEA}-BG1").xml()
    house.give_key()
    row = house.sends(signed_by(house.doctor, raw))
    assert (codes(row), row.dea) == ([], f"{DEA}-BG1")


def test_neither_record_nor_bytes_are_changed_or_deleted(house):
    row = house.sends(signed_by(house.doctor, RAW))
    incoming = Incoming.objects.get(pk=row.incoming_id)
    incoming.raw = b"another"
    for act in (row.save, row.delete, incoming.save, incoming.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert bytes(Incoming.objects.get(pk=row.incoming_id).raw) != b"another"
