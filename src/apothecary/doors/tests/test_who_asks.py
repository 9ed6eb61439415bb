"""Who may ask at all: licence, supervision, session, PIN; refused ones change nothing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from apothecary.config.tests.world import World
from apothecary.doors.tests.program import Program, codes, order_body
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.prescriptions.states import FillState
from apothecary.staff.actions import FAILURES_ALLOWED
from apothecary.staff.duties import LICENCE_OF, PHARMACISTS, Role
from apothecary.staff.models import Licence, Person, Session, Shift
from apothecary.staff.queries import people
from apothecary.staff.signon import stand_in

LICENSED = [role for role in LICENCE_OF if role is not Role.TRAINEE]


def today_in_texas() -> date:
    """The doors ask the real clock; twelve hours behind Greenwich it is never tomorrow yet."""
    return (datetime.now(UTC) - timedelta(hours=6)).date()


def enter(program: Program, world: World) -> Any:
    today = f"{today_in_texas() - timedelta(days=2):%Y-%m-%d}"
    body = order_body(world) | {"written_on": today, "earliest_fill_on": None}
    return program.post("/prescriptions", body)


@pytest.mark.parametrize(("days", "status"), [(-2, 403), (2, 200)])
@pytest.mark.parametrize("role", LICENSED)
def test_whose_licence_has_run_out_enters_nothing(pharmacy, role, days, status):
    until = today_in_texas() + timedelta(days=days)
    Licence.objects.filter(person=pharmacy.people[role]).update(expires_on=until)
    answer = enter(Program(pharmacy, role), pharmacy)
    assert answer.status_code == status
    assert Prescription.objects.exists() == (status == 200)
    if status == 403:
        assert codes(answer) >= {"licence-expired"}
        refused = Entry.objects.filter(deed=Deed.REFUSED_DUTY.value).latest("id")
        assert refused.by_name == pharmacy.people[role].name


@pytest.mark.parametrize("role", LICENSED)
def test_a_licence_of_another_state_is_none(pharmacy, role):
    Licence.objects.filter(person=pharmacy.people[role]).update(state="NM")
    answer = enter(Program(pharmacy, role), pharmacy)
    assert (answer.status_code, "licence-missing" in codes(answer)) == (403, True)


@pytest.mark.parametrize("role", [role for role in LICENSED if role not in PHARMACISTS])
def test_without_a_pharmacist_on_duty_nobody_under_supervision_fills(pharmacy, role):
    fill = pharmacy.stocked(until=FillState.WAITING)
    Shift.objects.all().delete()
    program = Program(pharmacy, role)
    answer = program.post(f"/fills/{fill.pk}/start")
    assert (answer.status_code, "no-pharmacist-on-duty" in codes(answer)) == (403, True)
    assert Fill.objects.get(pk=fill.pk).state == FillState.WAITING


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"ended_at": datetime(2026, 11, 1, tzinfo=UTC)}, 401),
        ({"locked_at": datetime(2026, 11, 1, tzinfo=UTC)}, 423),
        ({"by_token": False, "seen_at": datetime(2026, 11, 1, tzinfo=UTC)}, 423),
        ({"by_token": True, "seen_at": datetime(2020, 1, 1, tzinfo=UTC)}, 200),
        ({}, 200),
    ],
    ids=["ended", "locked", "idle", "a program is never idle", "open"],
)
def test_a_session_that_was_ended_or_locked_asks_for_nothing(pharmacy, change, status):
    program = Program(pharmacy, Role.TECHNICIAN)
    Session.objects.update(**{"station": "api"} | change)
    assert program.get("/fills").status_code == status
    assert enter(program, pharmacy).status_code == status
    stand_in(pharmacy.pharmacy.pk)
    assert Prescription.objects.exists() == (status == 200)


def test_whoever_left_asks_for_nothing_with_the_token_kept(pharmacy):
    program = Program(pharmacy, Role.TECHNICIAN)
    Person.objects.filter(pk=pharmacy.people[Role.TECHNICIAN].pk).update(active=False)
    assert program.get("/fills").status_code == 401


def test_a_role_that_was_changed_counts_at_once(pharmacy):
    program = Program(pharmacy, Role.PHARMACIST)
    fill = pharmacy.stocked(until=FillState.CHECK)
    Person.objects.filter(pk=pharmacy.people[Role.PHARMACIST].pk).update(role="clerk")
    assert program.post(f"/fills/{fill.pk}/approve", {}).status_code == 403
    assert Fill.objects.get(pk=fill.pk).state == FillState.CHECK


def test_guessing_a_pharmacists_pin_at_the_check_locks_it_and_approves_nothing(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    program = Program(pharmacy, Role.TECHNICIAN)
    initials = pharmacy.people[Role.PHARMACIST].initials
    path = f"/fills/{fill.pk}/approve"
    for pin in ("0000", "1111", "", "4712", "9" * 8):
        answer = program.post(path, {"signature": {"initials": initials, "pin": pin}})
        assert (answer.status_code, codes(answer)) == (409, {"sign-in"})
    right = program.post(path, {"signature": {"initials": initials, "pin": "4711"}})
    assert (right.status_code, codes(right)) == (409, {"locked-out"})
    assert Fill.objects.get(pk=fill.pk).state == FillState.CHECK
    deeds = Entry.objects.filter(about="person").values_list("deed", flat=True)
    # The fifth locks out; the sixth, though right, is one more try at a locked door.
    assert list(deeds).count(Deed.SIGN_IN_FAILED.value) == FAILURES_ALLOWED
    assert list(deeds).count(Deed.LOCKED_OUT.value) == 1


def test_a_wrong_pin_with_a_key_counts_once_and_is_remembered_as_refused(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    program = Program(pharmacy, Role.TECHNICIAN)
    said = {"signature": {"initials": pharmacy.people[Role.PHARMACIST].initials, "pin": "1"}}
    for _ in range(FAILURES_ALLOWED + 1):
        answer = program.post(f"/fills/{fill.pk}/approve", said, key="same")
        assert codes(answer) == {"sign-in"}
    assert Person.objects.get(pk=pharmacy.people[Role.PHARMACIST].pk).failures == 1


@pytest.mark.parametrize("initials", ["", " ", "O5", "XX", "S5 O5"])
def test_nobody_unknown_or_of_another_pharmacy_signs_a_step(pharmacy, initials):
    fill = pharmacy.stocked(until=FillState.CHECK)
    program = Program(pharmacy, Role.TECHNICIAN)
    said = {"signature": {"initials": initials[:4], "pin": "4711"}}
    answer = program.post(f"/fills/{fill.pk}/approve", said)
    assert (answer.status_code, codes(answer)) == (409, {"sign-in"})


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.INTERN, Role.ADMINISTRATOR])
def test_a_right_pin_does_not_lend_a_duty(pharmacy, role):
    fill = pharmacy.stocked(until=FillState.CHECK)
    program = Program(pharmacy, Role.TECHNICIAN)
    said = {"signature": {"initials": pharmacy.people[role].initials, "pin": "4711"}}
    assert program.post(f"/fills/{fill.pk}/approve", said).status_code == 403
    assert Fill.objects.get(pk=fill.pk).state == FillState.CHECK


def test_the_pharmacist_who_signs_is_the_one_who_answers_for_it(pharmacy):
    fill = pharmacy.stocked(until=FillState.CHECK)
    person = pharmacy.people[Role.PHARMACIST]
    said = {"signature": {"initials": person.initials.lower(), "pin": "4711"}}
    answer = Program(pharmacy, Role.TECHNICIAN).post(f"/fills/{fill.pk}/approve", said)
    assert answer.json()["state"] == "ready"
    line = Entry.objects.filter(deed=Deed.FILL_APPROVED.value).latest("id")
    assert line.by_id == person.pk
    assert person.name in {each.name for each in people(pharmacy_id=pharmacy.pharmacy.pk)}
