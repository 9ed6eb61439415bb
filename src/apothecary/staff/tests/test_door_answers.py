"""The door tells no stranger which names there are: one sentence, one price, for every no."""

import re

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apothecary.config.tests.world import NOON, PASSWORD
from apothecary.journal.models import Entry
from apothecary.law.problem import Problem, Refused
from apothecary.staff import actions, guesses
from apothecary.staff.guesses import FAILURES_ALLOWED, TURNED_AWAY
from apothecary.staff.models import Guesses, Machine, Person, Session
from apothecary.staff.signon import stand_in
from apothecary.staff.tests.test_guesses import machine

TECH, NOBODY = "stechnician", "nobody"


def refused(username: str, password: str = "wrong", *, cookie: str = "") -> list[Problem]:
    with pytest.raises(Refused) as refusal:
        actions.sign_in(
            username=username, password=password, station="x", at=NOON, machine_token=cookie
        )
    return refusal.value.problems


def shut(username: str) -> None:
    for _ in range(FAILURES_ALLOWED):
        refused(username)


def spent(username: str, password: str, monkeypatch) -> list[str]:
    """What a no at the door takes: its statements by verb and table, and its hashes."""
    hashed: list[str] = []

    def counting(given: str, stored: str) -> bool:
        hashed.append("HASH")
        return hashers.check_password(given, stored)

    monkeypatch.setattr(guesses, "check_password", counting)
    with CaptureQueriesContext(connection) as asked:
        refused(username, password)
    # Taking back is a word more to the database than keeping, and as quick.
    said = [query["sql"] for query in asked if not query["sql"].startswith("ROLLBACK TO")]
    return [*hashed, *map(kind_of, said)]


def kind_of(statement: str) -> str:
    """The verb of a statement and the first table it names."""
    if "SAVEPOINT" in statement:
        return statement.partition("SAVEPOINT")[0] + "SAVEPOINT"
    tables = re.search(r'(?:FROM|INTO|UPDATE) "(\w+)"', statement)
    return f"{statement.split(maxsplit=1)[0]} {tables.group(1) if tables else ''}".strip()


@pytest.mark.parametrize("password", ["wrong", PASSWORD, ""])
def test_an_unknown_name_a_wrong_password_and_a_locked_sign_in_get_one_sentence(
    pharmacy, password
):
    shut(TECH)
    assert refused(NOBODY, password) == refused(TECH, password) == [TURNED_AWAY]
    assert refused("sclerk", "wrong") == [TURNED_AWAY]


def test_the_one_sentence_says_what_to_do_and_that_it_may_be_locked(pharmacy):
    (problem,) = refused(TECH)
    assert "do not match" in problem.says
    assert "15 minutes" in problem.says
    assert "supervisor" in problem.says


def test_every_no_to_a_strange_browser_takes_the_same_statements_and_one_hash(
    pharmacy, monkeypatch
):
    guesses.nobodys_secret()
    wrong = spent(TECH, "wrong", monkeypatch)
    shut(TECH)
    assert wrong.count("HASH") == 1
    for username, password in ((NOBODY, "wrong"), (TECH, "wrong"), (TECH, PASSWORD)):
        assert spent(username, password, monkeypatch) == wrong


def test_a_name_that_nobody_has_leaves_no_trace_on_anybody(pharmacy):
    _, cookie = machine(pharmacy)
    shut(TECH)
    before = list(Person.objects.order_by("id").values_list("id", "failures"))
    lines, counted = Entry.objects.count(), list(Guesses.objects.values())
    for _ in range(20):
        refused(NOBODY, cookie=cookie)
    stand_in(pharmacy.pharmacy.pk)
    assert list(Person.objects.order_by("id").values_list("id", "failures")) == before
    assert (Entry.objects.count(), list(Guesses.objects.values())) == (lines, counted)
    assert Machine.objects.get().failures == 0
    assert not Session.objects.exists()


def test_somebody_who_left_is_turned_away_like_a_name_that_nobody_has(pharmacy, monkeypatch):
    Person.objects.filter(username=TECH).update(active=False)
    gone = spent(TECH, PASSWORD, monkeypatch)
    assert gone == spent(NOBODY, PASSWORD, monkeypatch)
    assert refused(TECH, PASSWORD) == [TURNED_AWAY]


def test_a_house_without_people_turns_everybody_away(db):
    assert not Person.objects.exists()
    assert refused(NOBODY) == [TURNED_AWAY]
