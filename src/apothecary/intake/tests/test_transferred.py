"""A prescription from another pharmacy: taken in, asked about, entered with its record."""

from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction

from apothecary.config.tests.world import TODAY
from apothecary.intake.actions.entry import finish_entry
from apothecary.intake.actions.transferred import (
    Received,
    complete_transfer,
    receive_transfer,
)
from apothecary.intake.forms import read_picture
from apothecary.intake.models import Arrival, ArrivalState, Source
from apothecary.intake.page import arrival_values
from apothecary.intake.queries import arrival_line
from apothecary.intake.tests.test_by_hand import PNG
from apothecary.journal.deeds import Deed
from apothecary.journal.queries import history
from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import enter_prescription, start_refill
from apothecary.prescriptions.models import Origin, Prescription
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.transfers.giving import transfer_out
from apothecary.prescriptions.transfers.models import PastFill, Title, Transfer, Way
from apothecary.prescriptions.transfers.tests.partners import (
    BY_PHONE,
    FIRST,
    LAKESIDE,
    NEVER_FILLED,
    TAKEN,
    THEIRS,
    WRITTEN,
    codes,
    fields,
    from_other,
    saying,
)
from apothecary.staff.duties import Role
from apothecary.staff.worker import NotAllowed

NOT_CONTROLLED = replace(
    TAKEN, controlled=False, told=replace(THEIRS, says="lisinopril 10 mg, one daily")
)


def taken(world, given=TAKEN, *, by=None) -> Arrival:
    return receive_transfer(by=by or world.pharmacist, given=Received(taking=given))


@pytest.fixture
def typed(pharmacy, form) -> dict[str, str]:
    """The form as it is posted for what the other pharmacy gave."""
    return form | {
        "package_id": str(pharmacy.drugs["alprazolam"].pk),
        "refills": "3",
        "written_on": f"{WRITTEN:%m/%d/%Y}",
        "origin": "5",
    }


def finished(world, arrival, typed, *, by=None) -> Prescription:
    fill = finish_entry(by=by or world.technician, arrival_id=arrival.pk, typed=typed)
    return fill.prescription


def test_what_the_other_pharmacy_says_is_kept_and_waits_for_entry(pharmacy):
    arrival = taken(pharmacy)
    assert (arrival.source, arrival.state, arrival.question) == (Source.TRANSFER, "arrived", "")
    assert arrival.caller == "Dana Wells, Lakeside Pharmacy"
    row = Transfer.objects.get()
    assert (row.name, row.dea, row.their_number) == (
        "Lakeside Pharmacy",
        LAKESIDE.dea,
        "445566",
    )
    assert (row.written_on, row.refills_originally, row.refills_left) == (WRITTEN, 5, 4)
    assert row.first_filled_on == FIRST
    assert (row.by_name, row.transferred_on) == (pharmacy.pharmacist.name, TODAY)
    assert row.prescription is None
    assert arrival_line(arrival, url="/").origin == "transfer"


def test_the_form_starts_from_the_day_written_and_what_is_left_here(pharmacy):
    values = arrival_values(taken(pharmacy))
    assert values["written_on"] == "09/01/2026"
    # Four refills are left: its first fill here is one of them.
    assert (values["refills"], values["origin"]) == ("3", "5")


def test_it_becomes_a_prescription_of_origin_5_with_its_history(pharmacy, typed):
    arrival = taken(pharmacy)
    rx = finished(pharmacy, arrival, typed)
    assert (rx.origin, rx.refills, rx.written_on) == (Origin.PHARMACY, 3, WRITTEN)
    row = Transfer.objects.get()
    assert row.prescription == rx
    assert [one.on for one in row.past_fills] == [FIRST, THEIRS.fills[1].on]
    # Six months from the day it was written there, not from the day it came here.
    assert rx.expires_on is not None
    assert (rx.expires_on.year, rx.expires_on.month) == (2027, 3)
    arrival.refresh_from_db()
    assert (arrival.state, arrival.prescription) == (ArrivalState.ENTERED, rx)
    about = [("prescription", rx.pk)]
    deeds = [one.deed for one in history(pharmacy_id=pharmacy.pharmacy.pk, about=about)]
    assert Deed.TRANSFER_TAKEN_IN in deeds


def test_as_many_fills_are_here_as_refills_were_left_there(pharmacy, typed):
    pharmacy.receive("alprazolam", "200")
    rx = finished(pharmacy, taken(pharmacy), typed)
    pharmacy.walk(rx.fills.get(), until=FillState.SOLD)
    for _ in range(3):
        again = start_refill(by=pharmacy.technician, prescription_id=rx.pk)
        pharmacy.walk(again, until=FillState.SOLD)
    with pytest.raises(Refused, match="No refills are left"):
        start_refill(by=pharmacy.technician, prescription_id=rx.pk)
    assert rx.fills.count() == 4


def test_what_came_by_transfer_does_not_go_on_by_another(pharmacy, typed):
    pharmacy.receive("alprazolam", "200")
    rx = finished(pharmacy, taken(pharmacy), typed)
    pharmacy.walk(rx.fills.get(), until=FillState.SOLD)
    with pytest.raises(Refused) as refused:
        transfer_out(by=pharmacy.pharmacist, prescription_id=rx.pk, given=BY_PHONE)
    assert codes(refused) == ["transfer-again"]


@pytest.mark.parametrize("sold", [True, False])
def test_between_pharmacies_of_one_database_it_goes_on_with_its_whole_history(
    pharmacy, typed, sold
):
    pharmacy.receive("alprazolam", "200")
    rx = finished(pharmacy, taken(pharmacy, replace(TAKEN, shared_database=True)), typed)
    if sold:
        pharmacy.walk(rx.fills.get(), until=FillState.SOLD)
    given = replace(BY_PHONE, shared_database=True)
    row = transfer_out(by=pharmacy.pharmacist, prescription_id=rx.pk, given=given)
    assert (row.refills_originally, row.refills_left) == (5, 3 if sold else 4)
    places = [one.place for one in row.past_fills]
    assert places == ["Lakeside Pharmacy"] * 2 + ["Sample Community Pharmacy"] * sold


# What the other pharmacy has not said yet → what it is asked for
MISSING = [
    (saying(written_on=None), "written on"),
    (saying(refills_originally=None), "refills originally"),
    (saying(refills_left=None), "refills left"),
    (saying(fills=()), "first filled on, fill dates and places"),
    (saying(their_number=""), "transferring rx number"),
    (from_other(dea=""), "transferring pharmacy dea"),
    (from_other(street=""), "transferring pharmacy address"),
    (from_other(spoke_with=""), "transferring pharmacist"),
]


@pytest.mark.parametrize(("given", "asked"), MISSING)
def test_what_is_missing_is_asked_for_and_keeps_it_from_entry(pharmacy, typed, given, asked):
    arrival = taken(pharmacy, given)
    assert arrival.question == f"Ask Lakeside Pharmacy for: {asked}."
    assert arrival_line(arrival, url="/").waits.tone == "look"
    with pytest.raises(Refused, match="Ask the other pharmacy"):
        finished(pharmacy, arrival, typed)
    assert not Prescription.objects.exists()
    complete_transfer(by=pharmacy.pharmacist, arrival_id=arrival.pk, given=TAKEN)
    arrival.refresh_from_db()
    assert arrival.question == ""
    assert finished(pharmacy, arrival, typed).refills == 3


def test_of_what_is_not_controlled_the_house_asks_less(pharmacy, typed):
    bare = replace(LAKESIDE, street="", city="", state="", postal_code="", dea="", phone="")
    told = replace(NOT_CONTROLLED.told, fills=(), refills_originally=None)
    arrival = taken(pharmacy, replace(NOT_CONTROLLED, other=bare, told=told))
    assert arrival.question == ""
    typed["package_id"] = str(pharmacy.drugs["lisinopril"].pk)
    assert finished(pharmacy, arrival, typed).schedule == 0


def test_an_unfilled_one_that_is_not_controlled_has_its_first_fill_and_all_refills(
    pharmacy, typed
):
    given = replace(NOT_CONTROLLED, told=NEVER_FILLED)
    arrival = taken(pharmacy, given)
    assert arrival_values(arrival)["refills"] == "2"
    typed |= {
        "package_id": str(pharmacy.drugs["lisinopril"].pk),
        "refills": "2",
        "written_on": f"{TODAY:%m/%d/%Y}",
    }
    assert finished(pharmacy, arrival, typed).refills == 2


@pytest.mark.parametrize("way", list(Way))
def test_an_unfilled_controlled_one_is_not_made_up_from_a_call(pharmacy, way):
    given = replace(TAKEN, way=way, told=NEVER_FILLED)
    picture = read_picture(PNG)
    with pytest.raises(Refused, match="electronic message alone") as refused:
        receive_transfer(by=pharmacy.pharmacist, given=Received(taking=given, picture=picture))
    assert fields(refused) == ["unfilled"]
    assert refused.value.problems[0].cite == "21 CFR 1306.08(e)-(i)"
    assert not Arrival.objects.exists()


BAD = [
    (from_other(name=""), "name"),
    (from_other(dea="BL7654320"), "dea"),
    (from_other(dea="AB1234563"), "dea"),
    (from_other(phone="5550188"), "phone"),
    (from_other(state="Tex"), "state"),
    (saying(says=" "), "says"),
    (saying(says="x" * 1001), "says"),
    (saying(their_number="9" * 121), "their_number"),
    (saying(refills_left=6), "refills_left"),
    (saying(refills_left=0), "refills_left"),
    (saying(refills_left=-1), "refills_left"),
    (saying(refills_originally=100), "refills_originally"),
    (saying(written_on=TODAY.replace(day=25), fills=()), "written_on"),
    (saying(fills=(PastFill(on=TODAY.replace(day=25), place="L"),)), "fills"),
    (saying(fills=(PastFill(on=WRITTEN.replace(month=8), place="L"),)), "fills"),
    (saying(fills=tuple(THEIRS.fills[0] for _ in range(31))), "fills"),
    (replace(TAKEN, reference="x" * 121), "reference"),
    (replace(TAKEN, way=Way.FAX), "image"),
]


@pytest.mark.parametrize(("given", "field"), BAD)
def test_what_cannot_be_is_refused_by_its_field_and_nothing_is_kept(pharmacy, given, field):
    with pytest.raises(Refused) as refused:
        taken(pharmacy, given)
    assert set(fields(refused)) == {field}
    assert not Arrival.objects.exists()
    assert not Transfer.objects.exists()


def test_a_fax_is_kept_as_it_came(pharmacy):
    given = Received(taking=replace(TAKEN, way=Way.FAX), picture=read_picture(PNG))
    arrival = receive_transfer(by=pharmacy.pharmacist, given=given)
    assert arrival.image is not None
    assert bytes(arrival.image.content) == PNG


@pytest.mark.parametrize(
    ("role", "controlled", "allowed"),
    [
        (Role.TECHNICIAN, False, False),
        (Role.CERTIFIED, False, False),
        (Role.CLERK, False, False),
        (Role.INTERN, False, True),
        (Role.PHARMACIST, False, True),
        (Role.INTERN, True, False),
        (Role.CERTIFIED, True, False),
        (Role.PHARMACIST, True, True),
    ],
)
def test_who_may_speak_with_the_other_pharmacy_in_texas(pharmacy, role, controlled, allowed):
    given = TAKEN if controlled else NOT_CONTROLLED
    if allowed:
        assert taken(pharmacy, given, by=pharmacy.workers[role]).transfer is not None
        return
    with pytest.raises(NotAllowed):
        taken(pharmacy, given, by=pharmacy.workers[role])
    assert not Arrival.objects.exists()


def test_of_a_controlled_one_a_technician_there_does_not_speak_either(pharmacy):
    with pytest.raises(Refused, match="between 2 pharmacists") as refused:
        taken(pharmacy, from_other(title=Title.CERTIFIED))
    assert refused.value.problems[0].cite == "21 CFR 1306.25(b)(1)"


def test_what_was_taken_as_not_controlled_is_not_entered_as_a_controlled_drug(pharmacy, typed):
    arrival = taken(pharmacy, NOT_CONTROLLED, by=pharmacy.workers[Role.INTERN])
    with pytest.raises(Refused, match="a pharmacist speaks with theirs") as refused:
        finished(pharmacy, arrival, typed)
    assert fields(refused) == ["package_id"]
    complete_transfer(by=pharmacy.pharmacist, arrival_id=arrival.pk, given=TAKEN)
    assert finished(pharmacy, arrival, typed).schedule == 4


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"origin": "4"}, "origin"),
        ({"refills": "4"}, "refills"),
        ({"written_on": "09/02/2026"}, "written_on"),
    ],
)
def test_the_entry_is_of_the_prescription_that_was_transferred(pharmacy, typed, change, field):
    with pytest.raises(Refused) as refused:
        finished(pharmacy, taken(pharmacy), typed | change)
    assert fields(refused) == [field]
    assert not Prescription.objects.exists()


def test_fewer_refills_than_are_left_may_be_entered(pharmacy, typed):
    assert finished(pharmacy, taken(pharmacy), typed | {"refills": "0"}).refills == 0


def test_a_c_ii_that_was_filled_is_not_taken_over(pharmacy, typed):
    arrival = taken(pharmacy)
    typed |= {"package_id": str(pharmacy.drugs["oxycodone"].pk), "refills": "0"}
    with pytest.raises(Refused, match="Only an unfilled electronic C-II"):
        finished(pharmacy, arrival, typed)


def test_a_transfer_that_is_past_its_six_months_is_not_entered(pharmacy, typed):
    day = WRITTEN.replace(month=5)
    arrival = taken(pharmacy, saying(written_on=day))
    with pytest.raises(Refused, match="expired"):
        finished(pharmacy, arrival, typed | {"written_on": f"{day:%m/%d/%Y}"})


def test_a_controlled_prescription_of_origin_5_needs_the_record_of_its_transfer(pharmacy):
    order = pharmacy.order("alprazolam", origin=Origin.PHARMACY)
    with pytest.raises(Refused, match="taken in as a transfer first") as refused:
        enter_prescription(by=pharmacy.technician, order=order)
    assert fields(refused) == ["origin"]
    plain = pharmacy.order("lisinopril", origin=Origin.PHARMACY)
    assert enter_prescription(by=pharmacy.technician, order=plain).pk


def test_one_transfer_is_entered_once(pharmacy):
    taken(pharmacy)
    row = Transfer.objects.get()
    order = replace(
        pharmacy.order("alprazolam", origin=Origin.PHARMACY, written_on=WRITTEN),
        transfer_id=row.pk,
    )
    enter_prescription(by=pharmacy.technician, order=order)
    with pytest.raises(Refused, match="entered already"):
        enter_prescription(by=pharmacy.technician, order=order)
    assert Prescription.objects.count() == 1


def test_a_transfer_of_another_pharmacy_is_not_there(pharmacy):
    arrival = taken(pharmacy)
    order = replace(pharmacy.order(), transfer_id=Transfer.objects.get().pk + 1000)
    with pytest.raises(Refused, match="No such transfer"):
        enter_prescription(by=pharmacy.technician, order=order)
    with pytest.raises(Refused, match="No such arrival"):
        complete_transfer(by=pharmacy.stranger, arrival_id=arrival.pk, given=TAKEN)


def test_what_was_entered_is_not_completed_any_more(pharmacy, typed):
    arrival = taken(pharmacy)
    finished(pharmacy, arrival, typed)
    with pytest.raises(Refused, match="entered already"):
        complete_transfer(by=pharmacy.pharmacist, arrival_id=arrival.pk, given=TAKEN)
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        connection.cursor().execute("UPDATE prescriptions_transfer SET their_number = '1'")


def test_what_did_not_come_from_a_pharmacy_has_nothing_to_complete(pharmacy, arrive):
    arrival = Arrival.objects.create(
        pharmacy=pharmacy.pharmacy,
        source=Source.WALK_IN,
        arrived_at=pharmacy.pharmacist.at,
        promised_at=pharmacy.pharmacist.at,
    )
    with pytest.raises(Refused, match="did not come from another pharmacy"):
        complete_transfer(by=pharmacy.pharmacist, arrival_id=arrival.pk, given=TAKEN)


def test_an_intern_does_not_complete_what_a_pharmacist_took_as_controlled(pharmacy):
    arrival = taken(pharmacy)
    intern = pharmacy.workers[Role.INTERN]
    with pytest.raises(NotAllowed):
        complete_transfer(by=intern, arrival_id=arrival.pk, given=NOT_CONTROLLED)
    assert Transfer.objects.get().controlled
