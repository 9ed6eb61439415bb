"""A patient looked up: asked once, answered once, signed by a pharmacist or excepted."""

from datetime import timedelta

import pytest

from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import NotAllowed
from apothecary.vault.monitoring.lookup import sending
from apothecary.vault.monitoring.lookup.asking import (
    choose_person,
    except_look_up,
    history_of,
    sign_look_up,
    take_history,
    unlooked_problems,
)
from apothecary.vault.monitoring.lookup.sending import HistoryPost
from apothecary.vault.monitoring.lookup.states import LookUpState
from apothecary.vault.monitoring.lookup.tests.hands import asked, fresh, question, says
from apothecary.vault.monitoring.tests.hands import Says
from apothecary.wires.errors import Rejected, Unreachable
from apothecary.wires.models import OutgoingState


def answered(world, result="found", **said):
    """A question that was answered so."""
    row = asked(world)
    number = question(row).pk
    take_history(by=world.system, outgoing_id=number, raw=says(row, result, **said))
    return fresh(row)


def codes_of(refusal):
    return [each.code for each in refusal.value.problems]


def test_who_asked_why_and_about_whom_is_written_down(pharmacy):
    row = asked(pharmacy, because="early again")
    entry = Entry.objects.order_by("-id")[0]
    assert (entry.about, entry.about_id) == ("fill", 7)
    assert "early again" in str(entry.details)
    assert (row.asked_by_id, row.about["last"]) == (pharmacy.pharmacist.person_id, "Doe")


def test_the_answer_is_kept_with_its_instant_and_read(pharmacy):
    row = answered(pharmacy)
    assert (row.state, row.answered_at) == (LookUpState.FOUND, pharmacy.system.at)
    (fill,) = history_of(row).fills
    assert fill.pharmacy == "Bluestem Drug"
    assert question(row).state == OutgoingState.ANSWERED


def test_the_same_answer_again_changes_nothing(pharmacy):
    row = answered(pharmacy, "none")
    take_history(by=pharmacy.system, outgoing_id=question(row).pk, raw=says(row))
    assert fresh(row).state == LookUpState.NOTHING


def test_a_second_question_waits_for_the_first(pharmacy):
    asked(pharmacy)
    with pytest.raises(Refused) as refusal:
        asked(pharmacy)
    assert codes_of(refusal) == ["look-up-asked"]
    asked(pharmacy, fill_id=8)


def test_a_question_says_why(pharmacy):
    with pytest.raises(Refused) as refusal:
        asked(pharmacy, because=" ")
    assert refusal.value.problems[0].field == "because"


def test_an_answer_that_cannot_be_read_is_said_to_be_so(pharmacy):
    row = asked(pharmacy)
    take_history(by=pharmacy.system, outgoing_id=question(row).pk, raw=b"<html>")
    row = fresh(row)
    assert row.state == LookUpState.FAILED
    assert "cannot be read" in row.problem
    assert history_of(row).fills == ()


@pytest.mark.parametrize("result", ["found", "none"])
def test_a_pharmacist_signs_once_that_it_was_looked_at(pharmacy, result):
    row = answered(pharmacy, result)
    here = pharmacy.pharmacy.pk
    assert [each.code for each in unlooked_problems(here, 7)] == ["look-up-owed"]
    sign_look_up(by=pharmacy.pharmacist, look_up_id=row.pk)
    assert unlooked_problems(here, 7) == []
    assert fresh(row).signed_by_id == pharmacy.pharmacist.person_id
    with pytest.raises(Refused) as refusal:
        sign_look_up(by=pharmacy.pharmacist, look_up_id=row.pk)
    assert codes_of(refusal) == ["look-up-signed"]


def test_nobody_signs_for_what_was_not_answered(pharmacy):
    row = asked(pharmacy)
    with pytest.raises(Refused) as refusal:
        sign_look_up(by=pharmacy.pharmacist, look_up_id=row.pk)
    assert codes_of(refusal) == ["look-up-state"]
    assert fresh(row).signed_at is None


def test_an_exception_is_documented_in_words_and_only_where_no_answer_is(pharmacy):
    row = asked(pharmacy)
    with pytest.raises(Refused) as refusal:
        except_look_up(by=pharmacy.pharmacist, look_up_id=row.pk, because="")
    assert refusal.value.problems[0].field == "because"
    except_look_up(by=pharmacy.pharmacist, look_up_id=row.pk, because="hospice")
    assert fresh(row).exception == "hospice"
    assert unlooked_problems(pharmacy.pharmacy.pk, 7) == []
    take_history(by=pharmacy.system, outgoing_id=question(row).pk, raw=says(row))
    assert fresh(row).exception == "hospice"


def test_an_answer_that_is_there_is_looked_at_and_not_excepted(pharmacy):
    row = answered(pharmacy)
    with pytest.raises(Refused) as refusal:
        except_look_up(by=pharmacy.pharmacist, look_up_id=row.pk, because="no time")
    assert codes_of(refusal) == ["look-up-state"]


@pytest.mark.parametrize(
    "act",
    [
        lambda by, row: sign_look_up(by=by, look_up_id=row.pk),
        lambda by, row: except_look_up(by=by, look_up_id=row.pk, because="x"),
        lambda by, row: choose_person(by=by, look_up_id=row.pk, number="1"),
    ],
)
def test_a_technician_neither_signs_nor_excepts_nor_chooses(pharmacy, act):
    row = answered(pharmacy)
    with pytest.raises(NotAllowed):
        act(pharmacy.technician, row)
    assert fresh(row).signed_at is None


def test_the_house_itself_signs_nothing(pharmacy):
    row = answered(pharmacy)
    with pytest.raises(Refused) as refusal:
        sign_look_up(by=pharmacy.system, look_up_id=row.pk)
    assert codes_of(refusal) == ["no-person"]


def test_the_look_up_of_another_pharmacy_is_not_found(pharmacy):
    row = answered(pharmacy)
    with pytest.raises(Refused) as refusal:
        sign_look_up(by=pharmacy.stranger, look_up_id=row.pk)
    assert codes_of(refusal) == ["no-look-up"]


def several(world):
    people = [{"id": "TX-1", "says": "on Oak"}, {"id": "TX-2", "says": "on Elm"}]
    return answered(world, "candidates", candidates=people)


def test_of_several_people_one_is_chosen_and_asked_for_by_number(pharmacy):
    row = several(pharmacy)
    assert row.state == LookUpState.SEVERAL
    again = choose_person(by=pharmacy.pharmacist, look_up_id=row.pk, number="TX-2")
    assert (again.state, again.about["candidate"]) == (LookUpState.ASKED, "TX-2")
    assert b'"TX-2"' in bytes(question(again).raw)


def test_somebody_who_was_not_named_is_not_chosen(pharmacy):
    row = several(pharmacy)
    with pytest.raises(Refused) as refusal:
        choose_person(by=pharmacy.pharmacist, look_up_id=row.pk, number="TX-3")
    assert codes_of(refusal) == ["no-candidate"]
    assert fresh(row).state == LookUpState.SEVERAL


def rounds(world, line, *, many=1):
    """So many rounds of the worker with that line."""
    house = Pharmacy.objects.get(pk=world.pharmacy.pk)
    post, at = HistoryPost({"TX": line}), world.system.at
    for number in range(many):
        post.send_due(house, at + timedelta(minutes=number))


def test_without_an_answer_it_is_asked_again_and_said_so(pharmacy):
    row = asked(pharmacy)
    rounds(pharmacy, Says(Unreachable("no line")))
    assert fresh(row).state == LookUpState.ASKED
    assert "no line" in question(row).problem
    rounds(pharmacy, Says(says(row)), many=2)
    assert fresh(row).state == LookUpState.FOUND


def test_it_is_not_asked_for_ever(pharmacy):
    row = asked(pharmacy)
    line = Says(Unreachable("no line"))
    rounds(pharmacy, line, many=sending.MOST_TRIES + 3)
    assert fresh(row).state == LookUpState.FAILED
    assert "no answer: no line" in fresh(row).problem
    assert len(line.heard) == sending.MOST_TRIES


def test_what_the_programme_refuses_is_not_asked_again(pharmacy):
    row = asked(pharmacy)
    line = Says(Rejected("who are you"))
    rounds(pharmacy, line, many=3)
    assert (fresh(row).state, len(line.heard)) == (LookUpState.FAILED, 1)
    asked(pharmacy)


def test_without_a_line_nothing_is_tried_and_the_question_waits(pharmacy):
    row = asked(pharmacy)
    house = Pharmacy.objects.get(pk=pharmacy.pharmacy.pk)
    assert HistoryPost({"OK": Says(b"")}).send_due(house, pharmacy.system.at) == 0
    assert fresh(row).state == LookUpState.ASKED
