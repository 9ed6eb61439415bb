"""What changed from one try to the next, and what a message says, read from the bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.claims.coach import changed_between, said_in
from apothecary.claims.coach.tests.cases import request, response
from apothecary.wires.telecom import Draft


def shown(earlier: bytes, later: bytes) -> list[tuple[str, str, str, str]]:
    return [
        (one.id, one.before, one.after, one.form_field)
        for one in changed_between(earlier, later)
    ]


@pytest.mark.parametrize(
    ("later", "change"),
    [
        (request(person="02"), ("C3", "01", "02", "person_code")),
        (request(group=""), ("C1", "GRP1", "", "group")),
        (request(pcn="OTHER"), ("pcn", "TESTPCN", "OTHER", "pcn")),
        (request(days=90), ("D5", "030", "090", "days_supply")),
        (request(days=9), ("D5", "030", "009", "days_supply")),
    ],
)
def test_the_one_field_that_differs_is_named_with_both_values(later, change):
    assert plainly(shown(request(), later)) == [plainly_one(change)]


def plainly_one(change: tuple[str, str, str, str]) -> tuple[str, str, str, str]:
    name, before, after, form = change
    return name, before.lstrip("0"), after.lstrip("0"), form


def plainly(changes: list[tuple[str, str, str, str]]) -> list[tuple[str, str, str, str]]:
    """Counts may go out with or without leading zeros; that is the codec's matter."""
    return [plainly_one(change) for change in changes]


def test_a_field_that_came_to_stand_there_is_a_change_too():
    found = changed_between(request(), request(clarification="5"))
    assert ("DK", "", "5") in [(one.id, one.before, one.after.lstrip("0")) for one in found]
    assert "clarification" in " ".join(one.name.lower() for one in found)


def test_repeats_of_a_field_are_compared_together():
    once = request(clarification="3")
    twice = once.replace(b"\x1cDK3", b"\x1cDK3\x1cDK5")
    (change,) = changed_between(once, twice)
    assert (change.id, change.before, change.after) == ("DK", "3", "3 5")


@pytest.mark.parametrize("broken", [b"", b"garbage", b"\x02\x03"])
def test_what_cannot_be_read_shows_no_change_instead_of_a_false_one(broken):
    assert changed_between(broken, request()) == ()
    assert changed_between(request(), broken) == ()


@given(st.sampled_from(["", "01", "02", "3"]), st.sampled_from(["", "GRP1", "X"]))
def test_a_claim_does_not_differ_from_itself_and_changes_are_the_same_both_ways(person, group):
    one, other = request(), request(person=person, group=group)
    assert changed_between(other, other) == ()
    there = {(c.id, c.before, c.after) for c in changed_between(one, other)}
    back = {(c.id, c.after, c.before) for c in changed_between(other, one)}
    assert there == back


def test_an_answer_is_read_with_codes_texts_help_desk_and_what_the_plan_would_rather_pay():
    status = Draft(
        "21",
        {
            "AN": "R",
            "FA": [{"FB": "70"}, {"FB": "EE", "4F": 2}],
            "UF": [{"UH": "01", "FQ": "USE OMEPRAZOLE"}],
            "7F": "03",
            "8F": "5125550190",
        },
    )
    named = Draft(
        "22",
        {"EM": "1", "D2": "7000001",
         "9F": [{"AP": "03", "AR": "00093721410", "AU": "OMEPRAZOLE 20 MG"}]},
    )  # fmt: skip
    said = said_in(response(status, named))
    assert said is not None
    assert said.codes == ("70", "EE")
    assert said.rejects[1].occurrence == 2
    assert said.text == "USE OMEPRAZOLE"
    assert said.help_desk == "5125550190"
    assert [one.product for one in said.preferred] == ["00093721410"]


@pytest.mark.parametrize("broken", [b"", b"garbage"])
def test_an_answer_that_cannot_be_read_says_nothing(broken):
    assert said_in(broken) is None


def test_a_request_is_no_answer():
    assert said_in(request()) is None
