"""What the house corrects by itself, once, by name, and what it never touches."""

from datetime import date

import pytest

from apothecary.claims.building.sheets import CORRECTIONS
from apothecary.claims.coach import (
    Known,
    Limits,
    Member,
    Said,
    ShelfPackage,
    asks_for_member,
    corrections,
    safe,
)
from apothecary.claims.coach.tests.cases import ON, case, soon
from apothecary.wires.telecom import Reject

ALL = Limits(allowed=CORRECTIONS)
PERSON, GROUP, HOLDER = ("04", "C3"), ("04", "C1"), ("04", "C2")
PAID = Member(
    "the claim it paid on May 3", group="GRP9", cardholder_id="NEW1", person_code="03"
)
SHELF = ShelfPackage(7, "68180098003")
KNOWN = Known(sheet_pcns=("RIGHT",), days_proved=90, reviewed=False, member=PAID, shelf=SHELF)

# code, fields, rule, before, after
SAFE = [
    ("08", {PERSON: ""}, "person_code", "", "03"),
    ("53", {}, "person_code", "01", "03"),
    ("06", {GROUP: ""}, "group_from_eligibility", "", "GRP9"),
    ("51", {}, "group_from_eligibility", "GRP1", "GRP9"),
    ("52", {}, "group_from_eligibility", "ABC123456", "NEW1"),
    ("07", {}, "group_from_eligibility", "ABC123456", "NEW1"),
    ("65", {}, "group_from_eligibility", "ABC123456", "NEW1"),
    ("04", {}, "pcn", "TESTPCN", "RIGHT"),
    ("1T", {("header", "pcn"): ""}, "pcn", "", "RIGHT"),
    ("11", {("04", "C6"): "0"}, "relationship", "0", "1"),
    ("13", {}, "other_coverage", "", "01"),
    ("19", {}, "days_supply", "30", "90"),
    ("76", {}, "days_supply", "30", "90"),
    ("21", {}, "shelf_ndc", "68180098001", "68180098003"),
    ("77", {}, "shelf_ndc", "68180098001", "68180098003"),
]


@pytest.mark.parametrize(("code", "fields", "rule", "before", "after"), SAFE)
def test_a_known_right_value_is_put_in_by_its_rule(code, fields, rule, before, after):
    (one,) = corrections(case(code, fields=fields, known=KNOWN), ALL)
    assert (one.rule, one.before, one.after) == (rule, before, after)
    assert one.says.startswith(f"{rule}: {before or 'nothing'} → {after}, ")


@pytest.mark.parametrize(("code", "fields", "rule", "before", "after"), SAFE)
def test_a_rule_the_sheet_does_not_allow_is_not_used(code, fields, rule, before, after):
    limits = Limits(allowed=CORRECTIONS - {rule})
    assert corrections(case(code, fields=fields, known=KNOWN), limits) == ()


@pytest.mark.parametrize(("code", "fields", "rule", "before", "after"), SAFE)
def test_a_rule_is_used_once_for_a_fill(code, fields, rule, before, after):
    limits = Limits(allowed=CORRECTIONS, done={rule})
    assert corrections(case(code, fields=fields, known=KNOWN), limits) == ()


@pytest.mark.parametrize(("code", "fields", "rule", "before", "after"), SAFE)
def test_what_a_person_typed_is_not_overruled(code, fields, rule, before, after):
    (one,) = corrections(case(code, fields=fields, known=KNOWN), ALL)
    touched = next(iter(one.form), "days_supply" if one.days else "package_id")
    limits = Limits(allowed=CORRECTIONS, typed={touched})
    assert corrections(case(code, fields=fields, known=KNOWN), limits) == ()


@pytest.mark.parametrize(("code", "fields", "rule", "before", "after"), SAFE)
def test_where_nothing_better_is_known_nothing_is_guessed(code, fields, rule, before, after):
    known = Known(reviewed=False, other_cards=1)
    found = corrections(case(code, fields=fields | {("04", "C6"): "3"}, known=known), ALL)
    assert found == ()


@pytest.mark.parametrize("code", ["19", "76", "9G", "7X", "21", "54", "55", "77"])
def test_what_a_pharmacist_has_looked_at_goes_to_a_person(code):
    reviewed = Known(days_proved=90, shelf=SHELF, reviewed=True)
    assert corrections(case(code, known=reviewed), ALL) == ()


@pytest.mark.parametrize(
    ("relation", "sent", "after"),
    [("1", "", "01"), ("1", "07", "01"), ("2", "", "02"), ("2", "01", "02")],
)
def test_cardholder_and_spouse_have_a_usual_person_code(relation, sent, after):
    fields = {PERSON: sent, ("04", "C6"): relation}
    (one,) = corrections(case("53", fields=fields, known=Known()), ALL)
    assert (one.after, one.because) == (after, "by the relationship to the cardholder")


def test_what_the_payer_answers_goes_before_what_it_paid_and_that_before_custom():
    paid = Member("the claim it paid on May 3", person_code="04")
    answered = Member("its answer", person_code="05")
    for known, after in (
        (Known(paid=paid), "04"), (Known(paid=paid, member=answered), "05"),
        (Known(paid=paid, member=Member("its answer", group="G")), "04"),
    ):  # fmt: skip
        (one,) = corrections(case("53", known=known), ALL)
        assert one.after == after


SENT_HOLDER = "ABC123456"


@pytest.mark.parametrize(
    ("takes", "named", "holder", "after"),
    [
        ((), "P2", SENT_HOLDER, "P2"),
        (("P1", "P2"), "P2", SENT_HOLDER, "P2"),
        (("P1", "P2"), "P2", "", "P2"),
        # What its own sheet has not, another member's card, nothing new, nothing said.
        (("P1", "P2"), "P3", SENT_HOLDER, ""),
        ((), "P2", "SOMEBODY9", ""),
        ((), "TESTPCN", SENT_HOLDER, ""),
        ((), "", SENT_HOLDER, ""),
        # The one of the sheet goes before whatever was answered.
        (("P1",), "P2", SENT_HOLDER, "P1"),
    ],
)
@pytest.mark.parametrize("code", ["04", "1T"])
def test_the_pcn_of_the_plans_answer_is_taken_where_its_sheet_leaves_a_choice(
    code, takes, named, holder, after
):
    member = Member("its answer", pcn=named, cardholder_id=holder)
    found = corrections(case(code, known=Known(sheet_pcns=takes, member=member)), ALL)
    assert [one.form for one in found] == ([{"pcn": after}] if after else [])
    if found and len(takes) != 1:
        assert found[0].because == "as its answer names it"


@pytest.mark.parametrize(
    ("code", "takes", "allowed", "asks"),
    [
        ("04", (), CORRECTIONS, True),
        ("1T", ("P1", "P2"), CORRECTIONS, True),
        ("04", ("P1",), CORRECTIONS, False),
        ("04", (), CORRECTIONS - {"pcn"}, False),
        ("79", (), CORRECTIONS, False),
    ],
)
def test_the_plan_is_asked_for_its_pcn_only_where_nobody_knows_it(code, takes, allowed, asks):
    found = asks_for_member(case(code, known=Known(sheet_pcns=takes)), Limits(allowed=allowed))
    assert found is asks


@pytest.mark.parametrize("way", ["done", "answered"])
def test_a_plan_is_not_asked_for_its_pcn_twice(way):
    known = Known(member=Member("its answer")) if way == "answered" else Known()
    limits = Limits(allowed=CORRECTIONS, done={"pcn"} if way == "done" else ())
    assert not asks_for_member(case("04", known=known), limits)


def test_one_person_code_with_and_without_zeros_is_the_same():
    for named, sent in (("1", "01"), ("01", "1"), ("001", "01"), ("2", "002")):
        known = Known(member=Member("its answer", person_code=named))
        fields = {PERSON: sent, ("04", "C6"): "3"}
        assert corrections(case("53", fields=fields, known=known), ALL) == ()


@pytest.mark.parametrize(
    ("relation", "sent"),
    [("1", "01"), ("2", "02"), ("3", ""), ("4", "05"), ("0", ""), ("", "")],
)
def test_of_children_and_others_no_person_code_is_guessed_nor_the_same_sent_twice(
    relation, sent
):
    fields = {PERSON: sent, ("04", "C6"): relation}
    assert corrections(case("53", fields=fields, known=Known()), ALL) == ()


@pytest.mark.parametrize(
    ("relation", "person", "after"),
    [("", "01", "1"), ("0", "1", "1"), ("0", "00", "1"), ("0", "001", "1")],
)
def test_the_first_person_on_a_card_is_its_holder(relation, person, after):
    fields = {("04", "C6"): relation, PERSON: person}
    (one,) = corrections(case("11", fields=fields, known=Known()), ALL)
    assert dict(one.form) == {"relationship": after}


@pytest.mark.parametrize(("relation", "person"), [("0", "02"), ("0", ""), ("3", "01")])
def test_nobody_elses_relationship_is_guessed(relation, person):
    fields = {("04", "C6"): relation, PERSON: person}
    assert corrections(case("11", fields=fields, known=Known()), ALL) == ()


def test_a_payer_with_two_pcns_leaves_the_choice_to_a_person():
    assert corrections(case("04", known=Known(sheet_pcns=("A", "B"))), ALL) == ()
    assert corrections(case("04", known=Known(sheet_pcns=("TESTPCN",))), ALL) == ()


def test_too_soon_is_put_off_to_the_day_the_payer_names_and_never_back():
    day = date(2026, 12, 14)
    (one,) = corrections(case(said=soon(day)), ALL)
    assert (one.rule, one.on, one.after) == ("refill_too_soon", day, "2026-12-14")
    for never in (None, ON, date(2026, 11, 22)):
        assert corrections(case(said=soon(never)), ALL) == ()


def test_too_soon_beside_another_code_is_a_persons():
    both = Said(rejects=(Reject("79"), Reject("08")), next_fill_on=date(2026, 12, 14))
    assert corrections(case(said=both, known=KNOWN), ALL) == ()


def test_two_codes_are_answered_together_or_not_at_all():
    found = corrections(case("06", "53", fields={GROUP: ""}, known=KNOWN), ALL)
    assert [dict(one.form) for one in found] == [{"group": "GRP9"}, {"person_code": "03"}]
    assert corrections(case("06", "75", fields={GROUP: ""}, known=KNOWN), ALL) == ()
    assert corrections(case("06", "QQQ", known=KNOWN), ALL) == ()


def test_the_same_correction_for_two_codes_is_made_once():
    (one,) = corrections(case("08", "53", known=KNOWN), ALL)
    assert dict(one.form) == {"person_code": "03"}


@pytest.mark.parametrize(
    "code", ["70", "75", "88", "83", "25", "41", "09", "62", "22", "E7", "608", "943", "7W"]
)
def test_what_touches_drug_dose_or_judgement_is_never_corrected(code):
    assert corrections(case(code, known=KNOWN), ALL) == ()


def test_an_answer_without_codes_corrects_nothing():
    assert corrections(case(known=KNOWN), ALL) == ()


def test_no_other_coverage_is_said_only_where_no_other_card_is():
    assert corrections(case("13", known=Known(other_cards=1)), ALL) == ()
    said = {("07", "C8"): "02"}
    assert corrections(case("13", fields=said, known=Known()), ALL) == ()


@pytest.mark.parametrize("code", ["06", "07", "08", "51", "52", "53", "65", "ZZ"])
def test_the_plan_is_asked_under_what_it_knows_the_patient(code):
    assert asks_for_member(case(code, known=Known()), ALL)
    assert not asks_for_member(case(code, known=KNOWN), ALL)
    assert not asks_for_member(case(code, known=Known()), Limits(allowed={"pcn"}))
    done = Limits(allowed=CORRECTIONS, done={"person_code", "group_from_eligibility"})
    assert not asks_for_member(case(code, known=Known()), done)


def test_the_plan_is_not_asked_about_what_it_could_not_answer():
    assert not asks_for_member(case("75", known=Known()), ALL)


def test_every_rule_here_is_one_that_payer_sheets_can_name():
    named = {safe.PERSON, safe.GROUP, safe.PCN, safe.RELATION, safe.DAYS, safe.SHELF}
    assert named | {safe.DATED, safe.OTHER} <= CORRECTIONS
