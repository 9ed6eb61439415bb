"""Whatever a claim said and a payer answers, the coach says something and never breaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.claims.coach import Known, Member, Said, ShelfPackage, advise
from apothecary.claims.coach.causes import exact_cause
from apothecary.claims.coach.tests.cases import ON, SENT, case, soon
from apothecary.wires.telecom import Finding, Reject
from apothecary.wires.telecom.answers import Insured, OtherCoverage, Preferred
from apothecary.wires.telecom.rejects import known_rejects

CODES = sorted(known_rejects())
# Nearly all have their meaning alone: those with a look of their own come often.
LOOKED = 20 * [code for code in CODES if exact_cause(code, case(code)).cause]
PLACES = [*sorted(SENT), ("07", "C8"), ("07", "DK"), ("07", "ET"), ("07", "EV"), ("08", "E4"),
          ("13", "DO"), ("11", "DC"), ("11", "DQ")]  # fmt: skip
# What fields really hold when they are wrong: nothing, signs, letters, zeros, far too much.
texts = st.one_of(
    st.sampled_from(
        ["", "0", "00", "000", "-1", "ABC", "0000000000", "99999999", "{", "1{", "²"]
    ),
    st.text("0123456789ABCDEF{} .-", max_size=12),
)
# What payers write: limits, days, numbers, in every order and with every nonsense between.
words = st.lists(
    st.sampled_from(
        [
            "MAX",
            "QTY",
            "MAXIMUM",
            "PER",
            "IN",
            "DAYS",
            "DAY",
            "0",
            "00",
            "9",
            "34",
            "9.5",
            "UNDER",
            "AUTH",
            "#",
            "12/14/2026",
            "20261399",
            "99/99/9999",
            "NEXT",
            "FILL",
            "/",
            "-",
            "É",
        ]
    ),
    max_size=9,
).map(" ".join)
days = st.one_of(st.none(), st.just(ON))
short = st.text("ABC123 -", max_size=9)
members = st.builds(
    Member, st.just("the claim it paid"), group=short, person_code=short, cardholder_id=short
)
knowns = st.builds(
    Known,
    reviewed=st.booleans(),
    drug=short,
    plan=short,
    prescriber=short,
    days_proved=st.one_of(st.none(), st.integers(1, 365)),
    other_cards=st.integers(0, 3),
    sheet_pcns=st.lists(short, max_size=2).map(tuple),
    member=st.one_of(st.none(), members),
    shelf=st.one_of(st.none(), st.builds(ShelfPackage, st.integers(1, 9), short)),
)
findings = st.builds(
    Finding, short, short, short, days, st.one_of(st.none(), st.decimals(0, 99))
)
others = st.just(OtherCoverage("01", "", "", "", "", "", "", "", None, None))
named = st.builds(Preferred, short, short, short, st.none(), st.none())


@st.composite
def answers(draw: st.DrawFn) -> Said:
    """An answer with up to three codes and whatever comes with them."""
    codes = draw(st.lists(st.sampled_from([*CODES, *LOOKED]), min_size=1, max_size=3))
    return Said(
        rejects=tuple(Reject(code) for code in codes),
        messages=tuple(draw(st.lists(words, max_size=2))),
        findings=tuple(draw(st.lists(findings, max_size=2))),
        preferred=tuple(draw(st.lists(named, max_size=2))),
        other_coverages=tuple(draw(st.lists(others, max_size=1))),
        insured=Insured(last_name=draw(short)),
        next_fill_on=draw(days),
    )


@given(answers(), st.dictionaries(st.sampled_from(PLACES), texts, max_size=6), knowns)
def test_every_claim_and_every_answer_has_a_cause_in_words(said, fields, known):
    advice = advise(case(fields=fields, said=said, known=known))
    assert advice
    for one in advice:
        assert one.cause.strip()


@given(st.sampled_from(CODES), words)
def test_each_code_alone_with_any_words_of_the_payer(code, text):
    (one,) = advise(case(code, messages=(text,) if text else ()))
    assert one.cause.strip()


def test_each_code_there_is_has_a_cause_on_an_empty_claim_too():
    nothing = dict.fromkeys(SENT, "")
    for code in CODES:
        (one,) = advise(case(code, fields=nothing, known=Known()))
        assert one.cause.strip(), code


@pytest.mark.parametrize(
    "text", ["MAX QTY 9 PER 0 DAYS", "MAX QTY 9 PER 00 DAYS", "MAX 9 IN 0 DAYS"]
)
def test_a_limit_per_no_days_is_the_limit_itself(text):
    assert advise(case("76", messages=(text,)))[0].fill_in == "9"


def test_a_code_without_a_look_of_its_own_says_nothing_exact():
    assert exact_cause("1B", case("1B")).cause == ""
    assert advise(case("1B"))[0].cause


def test_too_soon_without_any_day_leaves_the_reason_code():
    advice = advise(case(said=soon(None)))[0]
    assert advice.cause == "Too soon, and the answer names no day."
    assert (advice.field, advice.fill_in) == ("clarification", "")
