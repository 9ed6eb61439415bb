"""What a state lets be substituted: its own act before the survey, the stricter of both."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import apothecary.law
from apothecary.law.problem import Problem
from apothecary.law.substitution import (
    Exchange,
    Substitution,
    substitution,
    substitution_problems,
    substitution_steps,
)
from apothecary.law.tables import MARKS, Row, read_table, states

ON = date(2026, 6, 1)
TABLE = read_table(Path(apothecary.law.__file__).parent / "substitution.toml")
SURVEYED = sorted(
    {each for name in ("survey_must", "survey_may") for each in TABLE[name][0].names()}
)
GENERIC = Exchange(
    equivalent=True, prescribed_usd=Decimal("20.00"), offered_usd=Decimal("4.00")
)
BIOLOGIC = replace(GENERIC, equivalent=False, biologic=True, interchangeable=True)


def law(state: str, *, on: date = ON) -> Substitution:
    found = substitution(state, on=on)
    assert isinstance(found, Substitution)
    return found


def codes(state: str, exchange: Exchange, *, on: date = ON) -> list[str]:
    return [each.code for each in substitution_problems(state, exchange, on=on)]


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("NY", "mandatory @; it costs less; the patient is told"),
        ("TX", "permitted @; it costs no more; the patient is asked"),
        ("IL", "permitted @; it costs less; the patient is told"),
        ("CA", "permitted @; it costs no more; the patient is told"),
        (
            "FL",
            "mandatory @; it costs less; the patient is told; "
            "what is saved is passed on",
        ),
        (
            "MI",
            "permitted @; it costs less; the patient is told; "
            "what is saved is passed on",
        ),
        ("AL", "permitted @"),
        ("MA", "mandatory @; it costs no more"),
    ],
)  # fmt: skip
def test_the_law_of_a_state_is_one_sentence(state, says):
    unless = says.replace("@", "unless the prescriber forbids it")
    assert law(state).says == f"May be substituted in {state}: {unless}."


@pytest.mark.parametrize("state", ["OK", "VI", "XX", "", "survey"])
def test_a_state_that_no_table_names_refuses_by_its_name(state):
    found = substitution(state, on=ON)
    assert isinstance(found, Problem)
    assert (state or "a pharmacy without a state") in found.says
    assert codes(state, GENERIC) == ["law-no-substitution"]


def test_every_state_with_a_table_of_law_has_rows_of_its_own_here():
    surveyed = {"AZ", "GA", "MA"}  # Of these the act itself has not been read yet.
    for state in states():
        assert law(state).kind.id.startswith(
            "survey_" if state in surveyed else f"{state}_kind"
        )


@pytest.mark.parametrize(
    ("state", "first", "before"),
    [
        ("NY", date(2022, 8, 19), "survey_must"),
        ("TX", date(2015, 9, 1), "survey_may"),
        ("FL", date(2024, 1, 1), "survey_must"),
        ("MI", date(2019, 1, 1), "survey_may"),
        ("IL", date(2023, 1, 1), "survey_may"),
        ("CA", date(2015, 5, 5), "survey_may"),
    ],
)
def test_before_the_text_of_an_act_that_was_read_the_survey_answers(state, first, before):
    day = timedelta(days=1)
    assert law(state, on=first - day).kind.id == before
    assert law(state, on=first).kind.id == f"{state}_kind"
    assert law(state, on=first + day).kind.id == f"{state}_kind"


@pytest.mark.parametrize(
    ("on", "known"), [(date(2008, 12, 31), False), (date(2009, 1, 1), True)]
)
def test_before_the_survey_nothing_is_known_of_a_state(on, known):
    assert isinstance(substitution("VT", on=on), Substitution) is known


def test_where_act_and_survey_differ_both_are_kept_and_the_stricter_holds():
    found = law("NY")
    assert found.price is not None
    assert found.price.id == "NY_price"
    assert {"NY_price", "survey_no_dearer"} <= {row.id for row in found.rows}
    # The act that was read is silent on telling the patient; the survey is not.
    assert found.told is not None
    assert found.told.id == "survey_told"
    texas = law("TX")
    assert (texas.asks, texas.must_be_cheaper) == (True, False)
    assert {"TX_told", "survey_told"} <= {row.id for row in texas.rows}


@pytest.mark.parametrize("state", ["NY", "TX", "AL", "WY"])
def test_an_equivalent_that_costs_less_may_be_given(state):
    assert codes(state, GENERIC) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"equivalent": False}, "substitution-not-equivalent"),
        ({"prescriber_forbids": True}, "substitution-forbidden"),
        ({"patient_refuses": True}, "substitution-refused"),
        ({"offered_usd": Decimal("20.01")}, "substitution-dearer"),
    ],
)
@pytest.mark.parametrize("state", ["NY", "TX", "VT"])
def test_each_reason_stands_alone(state, change, code):
    assert codes(state, replace(GENERIC, **change)) == [code]


def test_all_reasons_are_said_at_once_each_with_its_law_and_mark():
    worst = replace(
        GENERIC, equivalent=False, prescriber_forbids=True, patient_refuses=True,
        offered_usd=Decimal(21),
    )  # fmt: skip
    found = substitution_problems("NY", worst, on=ON)
    assert len(found) == 4
    assert all(each.cite and each.verified for each in found)
    assert found[-1].cite == "N.Y. Educ. Law 6816-a(1)"


@pytest.mark.parametrize(
    ("state", "offered", "refused"),
    [
        ("NY", "19.99", False),
        ("NY", "20.00", True),
        ("TX", "19.99", False),
        ("TX", "20.00", False),
        ("TX", "20.01", True),
        ("AL", "99.00", False),
    ],
)
def test_less_means_less_and_no_more_means_no_more(state, offered, refused):
    found = codes(state, replace(GENERIC, offered_usd=Decimal(offered)))
    assert (found == ["substitution-dearer"]) is refused


@pytest.mark.parametrize(
    "exchange", [replace(GENERIC, prescribed_usd=None), replace(GENERIC, offered_usd=None)]
)
def test_an_unknown_price_is_no_refusal_but_a_step(exchange):
    assert codes("NY", exchange) == []
    steps = [each.code for each in substitution_steps(law("NY"), exchange)]
    assert "substitution-price" in steps
    assert "substitution-price" not in [
        each.code for each in substitution_steps(law("NY"), GENERIC)
    ]


@pytest.mark.parametrize(
    ("interchangeable", "code"),
    [
        (True, []),
        (False, ["substitution-not-interchangeable"]),
        (None, ["substitution-not-interchangeable"]),
    ],
)
@pytest.mark.parametrize("state", ["CA", "FL", "IL", "MI", "NY", "TX"])
def test_only_an_interchangeable_biologic_may_be_substituted(state, interchangeable, code):
    assert codes(state, replace(BIOLOGIC, interchangeable=interchangeable)) == code


def test_no_rating_makes_a_biologic_interchangeable():
    asked = replace(BIOLOGIC, equivalent=True, interchangeable=None)
    assert codes("TX", asked) == ["substitution-not-interchangeable"]


@pytest.mark.parametrize(("state", "on"), [("VT", ON), ("NY", date(2022, 8, 18))])
def test_a_state_without_a_row_on_biologics_lets_none_be_substituted(state, on):
    assert codes(state, BIOLOGIC, on=on) == ["law-no-biologics"]


@pytest.mark.parametrize(
    ("state", "first"),
    [
        ("NY", "Tell the patient."),
        ("TX", "Ask the patient to choose."),
        ("WA", "What is saved is passed on to who pays."),
    ],
)
def test_what_is_to_be_done_is_told_with_its_law(state, first):
    steps = substitution_steps(law(state), GENERIC)
    assert steps[0].says == first
    assert all(each.cite and each.verified for each in steps)


def test_a_state_that_asks_for_nothing_gives_no_step():
    assert substitution_steps(law("AL"), GENERIC) == []


def test_what_is_owed_for_a_biologic_is_said_for_a_biologic_alone():
    said = [each.code for each in substitution_steps(law("IL"), BIOLOGIC)]
    assert "substitution-biologic" in said
    plain = [each.code for each in substitution_steps(law("IL"), GENERIC)]
    assert "substitution-biologic" not in plain


@pytest.mark.parametrize(
    ("state", "part"),
    [
        ("NY", "oral prescription"),
        ("TX", "immunosuppressant"),
        ("IL", "epilepsy"),
        ("KY", "narrow therapeutic index"),
        ("NC", "may not be substituted, which is not on file"),
        ("NY", "list of what may be substituted, which is not on file"),
    ],
)
def test_what_this_table_cannot_decide_is_said_beside_it(state, part):
    assert any(part in row.says for row in law(state).notes)


@given(
    st.sampled_from(SURVEYED),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, True, False]),
)
def test_nobody_substitutes_what_is_not_equivalent_or_is_forbidden(
    state, equivalent, forbids, biologic, interchangeable
):
    exchange = Exchange(
        equivalent=equivalent,
        prescriber_forbids=forbids,
        biologic=biologic,
        interchangeable=interchangeable,
    )
    free = not substitution_problems(state, exchange, on=ON)
    assert not (free and forbids)
    assert not (free and not biologic and not equivalent)
    assert not (free and biologic and interchangeable is not True)


def surveyed() -> list[dict[str, str]]:
    """The table of all states of 2009 written down a second time, a state a line.

    Read again at its source: P&T 2008; PMC2662789, table 2 (V2).
    """
    path = Path(__file__).with_name("substitution_states.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("line", surveyed(), ids=lambda line: line["state"])
def test_a_state_owes_what_the_survey_says_of_it_and_nothing_else(line):
    # Before the first act of a state that was read itself.
    found = law(line["state"], on=date(2012, 1, 1))
    assert found.is_must is (line["kind"] == "must")
    yes = {name for name, said in line.items() if said == "yes"}
    # Not both words of it: a state that must is not among those that may.
    assert {row.id for row in found.rows} == {f"survey_{one}" for one in (line["kind"], *yes)}
    held = {"told": found.told, "no_dearer": found.price, "savings": found.savings}
    assert {name for name, row in held.items() if row} == yes & set(held)
    assert {row.id for row in found.notes} == {f"survey_{name}" for name in yes - set(held)}
    assert (found.asks, found.must_be_cheaper, found.biologic) == (False, False, None)


@pytest.mark.parametrize(
    ("state", "kind", "biologic"),
    [
        # Each act again: NY 6816-a, TX 562.008, IL 85/19.5, CA 4073.5, FL 465.0252, MI 17755.
        ("NY", True, True),
        ("TX", False, False),
        ("IL", False, False),
        ("CA", False, False),
        ("FL", True, False),
        ("MI", False, False),
    ],
)
def test_an_act_that_was_read_says_must_or_may(state, kind, biologic):
    found = law(state)
    assert (found.is_must, found.must_biologic) == (kind, biologic)
    assert (found.kind.id, found.biologic and found.biologic.id) == (
        f"{state}_kind",
        f"{state}_biologic",
    )


@pytest.mark.parametrize(
    ("state", "own"),
    [
        ("NY", {"kind", "price", "also", "biologic"}),
        ("TX", {"kind", "told", "also", "biologic"}),
        ("IL", {"kind", "price", "also", "biologic"}),
        ("CA", {"kind", "biologic"}),
        ("FL", {"kind", "price", "told", "biologic"}),
        ("MI", {"kind", "price", "told", "biologic"}),
    ],
)
def test_each_act_is_held_for_all_it_says(state, own):
    held = {row.id for row in law(state).rows if row.id.startswith(f"{state}_")}
    assert held == {f"{state}_{name}" for name in own}


@pytest.mark.parametrize("row_id", ["survey_must", "TX_kind", "NY_also", "FL_told"])
def test_a_doubtful_row_is_disabled_here_too(row_id, monkeypatch):
    (row,) = TABLE[row_id]
    doubted = dict(TABLE) | {row_id: (replace(row, verified="KQ"),)}
    monkeypatch.setattr("apothecary.law.substitution.substitutions", lambda: doubted)
    state = row_id[:2] if row_id[:2].isupper() else "KY"
    found = substitution(state, on=ON)
    if row_id == "survey_must":
        assert isinstance(found, Problem)
    else:
        assert isinstance(found, Substitution)
        assert row_id not in {each.id for each in found.rows}


@pytest.mark.parametrize("row_id", ["NY_kind", "NY_biologic", "TX_told", "NY_price"])
def test_a_word_that_nobody_knows_stops_the_house(row_id, monkeypatch):
    (row,) = TABLE[row_id]
    spoiled = dict(TABLE) | {row_id: (replace(row, value="perhaps"),)}
    monkeypatch.setattr("apothecary.law.substitution.substitutions", lambda: spoiled)
    with pytest.raises(ValueError, match=r"perhaps|not in tuple"):
        substitution(row_id[:2], on=ON)


def rows() -> list[Row]:
    return [row for each in TABLE.values() for row in each]


def test_every_row_is_cited_and_marked_and_the_survey_names_no_state_twice():
    for row in rows():
        assert row.cite
        assert row.verified in MARKS
        names = row.value if isinstance(row.value, tuple) else ()
        assert len(names) == len(set(names))
    must, may = (set(TABLE[name][0].names()) for name in ("survey_must", "survey_may"))
    assert must & may == set()
    assert len(must | may) == 52
    assert "OK" not in must | may


def test_no_act_calls_itself_read_at_its_source_when_a_copy_was_read():
    for row in rows():
        copied = "secondary" in row.cite or "survey" in row.cite or "digest" in row.cite
        assert not (copied and row.verified == "V1")
        assert copied or row.verified in {"V1", "K"} or "heading" in row.cite
