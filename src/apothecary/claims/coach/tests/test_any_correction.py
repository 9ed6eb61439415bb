"""Whatever the house knows and whatever is refused: what no correction ever does."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from apothecary.claims.building.sheets import CORRECTIONS
from apothecary.claims.coach import (
    Case,
    Correction,
    Known,
    Limits,
    Member,
    Said,
    ShelfPackage,
    asks_for_member,
    corrections,
)
from apothecary.claims.coach.safe import CORRECTABLE, correction_of
from apothecary.claims.coach.tests.cases import ON, case, sent
from apothecary.wires.telecom import Reject

OTHERS = ("70", "75", "88", "25", "85", "R8", "")
CODES = st.lists(st.sampled_from([*sorted(CORRECTABLE), *OTHERS]), min_size=1, max_size=4)
SHORT = st.text("AB019", max_size=4)
MEMBERS = st.builds(
    Member,
    how=st.just("its answer"),
    cardholder_id=st.sampled_from(["", "ABC123456", "NEW1"]),
    group=st.sampled_from(["", "GRP1", "GRP9"]),
    person_code=st.sampled_from(["", "01", "1", "03"]),
    pcn=st.sampled_from(["", "TESTPCN", "P2"]),
)
KNOWN = st.builds(
    Known,
    sheet_pcns=st.sampled_from([(), ("TESTPCN",), ("P2",), ("P1", "P2")]),
    days_proved=st.none() | st.integers(1, 365),
    reviewed=st.booleans(),
    other_cards=st.integers(0, 2),
    member=st.none() | MEMBERS,
    paid=st.none() | MEMBERS,
    shelf=st.none()
    | st.builds(ShelfPackage, st.just(7), st.sampled_from(["68180098001", "68180098003"])),
)
FIELDS = st.dictionaries(
    st.sampled_from([("04", "C1"), ("04", "C2"), ("04", "C3"), ("04", "C6"), ("header", "pcn"),
                     ("07", "C8"), ("07", "D5"), ("07", "D7")]),
    SHORT,
    max_size=3,
)  # fmt: skip
DAYS = st.none() | st.integers(-3, 40).map(lambda days: ON + timedelta(days=days))
NAMES = sorted(CORRECTIONS)
FORM = ("pcn", "group", "cardholder_id", "person_code", "relationship", "other_coverage",
        "days_supply", "package_id", "on")  # fmt: skip
LIMITS = st.builds(
    Limits,
    allowed=st.sets(st.sampled_from(NAMES)).map(frozenset),
    done=st.sets(st.sampled_from(NAMES), max_size=2).map(frozenset),
    typed=st.sets(st.sampled_from(FORM), max_size=2).map(frozenset),
)
EVERYTHING = Limits(allowed=CORRECTIONS)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A refused claim with any facts about it."""
    rejects = tuple(Reject(code) for code in draw(CODES))
    said = Said(rejects=rejects, next_fill_on=draw(DAYS))
    fields = {place: text for place, text in draw(FIELDS).items() if place != ("07", "D5")}
    return Case(sent(fields), said, draw(KNOWN))


def touched(one: Correction) -> set[str]:
    """The fields that a correction writes to."""
    fields = set(one.form)
    fields |= {"days_supply"} if one.days is not None else set()
    fields |= {"package_id"} if one.package_id is not None else set()
    return fields | ({"on"} if one.on is not None else set())


@given(cases(), LIMITS)
def test_nothing_is_corrected_that_the_sheet_or_a_person_has_kept_out(of: Case, limits: Limits):
    for one in corrections(of, limits):
        assert one.rule in limits.allowed
        assert one.rule not in limits.done
        assert not touched(one) & set(limits.typed)


@given(cases())
def test_what_is_put_in_is_something_else_than_what_was_sent_and_says_why(of: Case):
    for one in corrections(of, EVERYTHING):
        assert one.after
        assert one.after != one.before
        assert one.because
        assert one.after in one.says


@given(cases())
def test_a_code_that_no_rule_answers_leaves_the_whole_claim_to_a_person(of: Case):
    unanswered = [code for code in of.said.codes if correction_of(code, of, EVERYTHING) is None]
    assert not (unanswered and corrections(of, EVERYTHING))


@given(cases())
def test_what_is_put_off_to_a_day_is_changed_in_nothing_else_and_the_day_is_to_come(of: Case):
    found = corrections(of, EVERYTHING)
    for one in found:
        if one.on is not None:
            assert len(found) == 1
            assert one.on > ON
            assert not one.form


@given(cases())
def test_no_correction_changes_quantity_drug_directions_or_price(of: Case):
    allowed = set(FORM)
    for one in corrections(of, EVERYTHING):
        assert touched(one) <= allowed
        assert one.package_id in {None, 7}


@given(cases())
def test_what_a_pharmacist_has_looked_at_is_neither_recounted_nor_exchanged(of: Case):
    looked = replace(of, known=replace(of.known, reviewed=True))
    for one in corrections(looked, EVERYTHING):
        assert one.days is None
        assert one.package_id is None


@given(cases())
def test_the_same_correction_is_never_made_twice_of_a_fill(of: Case):
    first = corrections(of, EVERYTHING)
    done = Limits(allowed=CORRECTIONS, done=frozenset(one.rule for one in first))
    assert not {one.rule for one in corrections(of, done)} & set(done.done)


@given(cases(), LIMITS)
def test_a_plan_that_has_answered_is_not_asked_again(of: Case, limits: Limits):
    if of.known.member is not None:
        assert not asks_for_member(of, limits)


@given(cases())
def test_a_sheet_that_allows_nothing_makes_the_house_do_nothing(of: Case):
    nothing = Limits(allowed=frozenset())
    assert corrections(of, nothing) == ()
    assert not asks_for_member(of, nothing)


@given(st.sampled_from(sorted(CORRECTABLE)))
def test_a_claim_without_a_day_of_service_is_put_off_to_no_day(code: str):
    of = case(code, said=Said(rejects=(Reject(code),), next_fill_on=date(2027, 1, 1)))
    undated = Case(sent(on=None), of.said, of.known)
    assert not [one for one in corrections(undated, EVERYTHING) if one.on]
