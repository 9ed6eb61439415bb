"""Red flags by program: the facts with their numbers, and one look at several."""

import pytest

from apothecary.doors.tests.flags_world import LOOK, flags_bodies, of_flags
from apothecary.doors.tests.program import Program, codes
from apothecary.staff.duties import Role
from apothecary.vault.unusual.models import FlagLook


@pytest.fixture
def up(pharmacy):
    of_flags(pharmacy, LOOK)
    return pharmacy


def test_a_flag_comes_with_its_number_its_source_and_its_mark(up):
    (flag,) = Program(up, Role.PHARMACIST).get("/vault/flags").json()["flags"]
    assert (flag["kind"], flag["named"].split()[0]) == ("ordering", "oxycodone")
    assert (flag["shown_from"], flag["verified"]) == ("1.5 times", "C")
    assert flag["cite"].startswith("house policy")
    assert (flag["found"], flag["looked_at"]) == ("", None)


def test_a_pharmacist_says_what_was_found_and_the_flag_keeps_it(up):
    rita = Program(up, Role.PHARMACIST)
    assert rita.post(LOOK, flags_bodies(up)[LOOK]).json() == 1
    (flag,) = rita.get("/vault/flags").json()["flags"]
    assert flag["found"] == "a hospice opened"
    assert flag["looked_by"] == up.pharmacist.name


def test_with_other_numbers_it_is_another_flag_and_nothing_is_kept(up):
    body = flags_bodies(up)[LOOK]
    up.receive("oxycodone", "100", lot="L2")
    answer = Program(up, Role.PHARMACIST).post(LOOK, body)
    assert (answer.status_code, codes(answer)) == (409, {"no-flag"})
    assert not FlagLook.objects.exists()


@pytest.mark.parametrize("role", [Role.CLERK, Role.TECHNICIAN, Role.CERTIFIED, Role.INTERN])
def test_flags_are_for_pharmacists_alone(up, role):
    program = Program(up, role)
    assert program.get("/vault/flags").status_code == 403
    assert program.post(LOOK, flags_bodies(up)[LOOK]).status_code == 403
    assert not FlagLook.objects.exists()


def test_the_day_on_which_the_book_began_is_told_while_it_is_left_out(pharmacy):
    rita = Program(pharmacy, Role.PHARMACIST)
    assert rita.get("/vault/flags").json() == {"opened_on": None, "flags": []}
    pharmacy.receive("oxycodone", "5000")
    assert rita.get("/vault/flags").json() == {"opened_on": "2026-11-23", "flags": []}
