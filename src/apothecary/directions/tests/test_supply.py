from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.directions.reading import read_directions
from apothecary.directions.supply import days_supply, days_supply_problems


@pytest.mark.parametrize(
    ("quantity", "sig", "unit", "days"),
    [
        ("30", "1 tab po qd", "EA", 30),
        ("59", "1 tab po bid", "EA", 29),
        ("60", "1 tab po bid", "EA", 30),
        ("61", "1 tab po bid", "EA", 30),
        ("15", "1/2 tab po qd", "EA", 30),
        ("45", "1.5 tabs po qd", "EA", 30),
        ("4", "1 tab po qwk", "EA", 28),
        ("12", "1 tab po mon, wed and fri", "EA", 28),
        ("10", "1 patch td q72h", "EA", 30),
        ("15", "1 tab po qod", "EA", 30),
        ("150", "5 ml po tid", "ML", 10),
        ("118", "1 tsp po qid prn cough", "ML", 5),
        ("30", "1-2 tabs po q4-6h prn pain", "EA", 2),
        ("30", "1-2 tabs po q6h prn pain max 4 tablets per day", "EA", 7),
        ("90", "1 tab po qam and 2 tabs po qhs", "EA", 30),
        ("6", "2 tabs po on day 1, then 1 tab daily on days 2-5", "EA", 5),
        ("30",
         "4 tabs qd x 3 days then 3 tabs qd x 3 days then 2 tabs qd x 3 days then 1 tab qd x "
         "3 days", "EA", 12),
        ("8", "4 tabs qd x 3 days then 1 tab qd x 3 days", "EA", 2),
        ("10", "1 tab po bid", "", 5),
        ("100", "apply 2 g topically bid", "GM", 25),
        ("2", "2 tabs po once", "EA", 1),
        ("31", "2 tabs po now then 1 tab po daily", "EA", 30),
        ("2.000", "1 syringe subcut q2wk", "EA", 28),
        ("3", "1 cap po qmo", "EA", 90),
        ("100", "1 tab po qd x 1 month", "EA", 30),
        ("20", "1 tab po bid for 6 doses", "EA", 3),
        ("20", "1 tab po tid for 7 doses", "EA", 3),
        ("9", "1 tab qam x 3 days and 1 tab qhs x 5 days", "EA", 5),
        ("7", "1 tab qam x 3 days and 1 tab qhs x 5 days", "EA", 4),
        ("8", "1 tab qam and 1 tab qhs x 2 days", "EA", 6),
    ],
)  # fmt: skip
def test_the_days_a_quantity_lasts_are_rounded_down(
    quantity: str, sig: str, unit: str, days: int
) -> None:
    proof = days_supply(Decimal(quantity), read_directions(sig), unit=unit)
    assert proof.days == days, proof.lines
    assert proof.lines


@pytest.mark.parametrize(
    ("quantity", "sig", "unit", "line"),
    [
        ("30", "1 tab po", "EA", "The directions leave a question open."),
        ("0", "1 tab po qd", "EA", "A quantity of 0 lasts for no time."),
        ("-1", "1 tab po qd", "EA", "A quantity of -1 lasts for no time."),
        ("1", "2 puffs bid", "EA", "How many puffs one EA holds is not known."),
        ("5", "1 gtt od bid", "ML", "How many drops one ML holds is not known."),
        ("10", "10 units sc qhs", "ML", "How many units one ML holds is not known."),
        ("30", "5 ml po bid", "EA", "How many mL one EA holds is not known."),
        ("30", "aaa bid", "GM",
         "How large is the area, in palms, or how many grams are used a day?"),
        ("30", "aaa bid", "GM", "The quantity of one day is not known."),
        ("30", "1 tab po after each loose stool max 8/day", "ML",
         "How many tablets one ML holds is not known."),
        ("1", "2 tabs po bid", "EA", "less than one day"),
        ("30", "500 mg po bid", "EA", "How many mg one EA holds is not known."),
    ],
)  # fmt: skip
def test_days_that_cannot_be_proved_are_not_given(
    quantity: str, sig: str, unit: str, line: str
) -> None:
    proof = days_supply(Decimal(quantity), read_directions(sig), unit=unit)
    assert proof.days is None
    assert line in proof.lines


def test_the_working_is_shown_line_by_line() -> None:
    proof = days_supply(
        Decimal(6), read_directions("2 tabs po today, then 1 tab daily for 4 days")
    )
    assert proof.lines == (
        "2 tablets a day",
        "1 tablet a day",
        "2 × 1 day = 2",
        "1 × 4 days = 4",
        "5 days",
    )


def test_each_line_names_the_rule_it_rests_on_with_its_source_and_mark() -> None:
    proof = days_supply(
        Decimal(30), read_directions("1-2 tabs po tid x 2 days then 1 tab qd"), unit="EA"
    )
    assert [(line.says, line.source) for line in proof.working] == [
        ("6 tablets a day at most", "DS-MOST, claims practice, C"),
        ("1 tablet a day", "DS-COUNT, claims practice (calculation G01), C"),
        ("6 × 2 days = 12", ""),
        ("18 ÷ 1 a day = 18 whole days", "DS-DOWN, claims practice, C"),
    ]
    assert proof.days == 20


@pytest.mark.parametrize(
    ("sig", "quantity", "lines"),
    [
        ("1 tab po 3 times a week", 12,
         ("a week is 7 days", "3 tablets in 7 days", "12 ÷ 3 in 7 days = 28 whole days")),
        ("1 patch td q72h", 10, ("1 patch in 3 days", "10 ÷ 1 in 3 days = 30 whole days")),
        ("1 tab po qod", 15, ("0.5 tablet a day", "15 ÷ 0.5 a day = 30 whole days")),
        ("1 tab po once a week for 4 weeks", 5,
         ("a week is 7 days", "1 tablet in 7 days", "1 in 7 days × 28 days = 4",
          "1 is left over", "28 days")),
    ],
)  # fmt: skip
def test_a_day_without_an_exact_decimal_is_said_in_whole_days(
    sig: str, quantity: int, lines: tuple[str, ...]
) -> None:
    assert days_supply(Decimal(quantity), read_directions(sig), unit="EA").lines == lines


def test_what_is_left_over_is_said() -> None:
    proof = days_supply(Decimal(20), read_directions("1 tab po bid x 7 days"), unit="EA")
    assert proof.days == 7
    assert "6 is left over" in proof.lines


def test_as_needed_counts_with_the_most_of_a_day() -> None:
    proof = days_supply(Decimal(30), read_directions("1 tab po q8h prn pain"), unit="EA")
    assert proof.lines[0] == "3 tablets a day at most"
    assert proof.days == 10


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (29, ["29 days are stated; quantity and directions come to 30."]),
        (30, []),
        (31, ["31 days are stated; quantity and directions come to 30."]),
    ],
)
def test_a_stated_days_supply_must_agree_with_quantity_and_directions(
    days: int, expected: list[str]
) -> None:
    assert days_supply_problems(Decimal(60), read_directions("1 tab po bid"), days) == expected


def test_a_days_supply_nobody_can_prove_is_said_to_be_so() -> None:
    problems = days_supply_problems(Decimal(1), read_directions("2 puffs bid"), 30, unit="EA")
    assert problems == [
        "The days' supply cannot be proved: How many puffs one EA holds is not known."
    ]


@given(st.integers(1, 400), st.integers(1, 6), st.integers(1, 4))
def test_the_quantity_always_covers_the_days_and_not_one_day_more(
    quantity: int, times: int, dose: int
) -> None:
    directions = read_directions(f"Take {dose} tablets by mouth {times} times a day")
    days = days_supply(Decimal(quantity), directions, unit="EA").days or 0
    assert dose * times * days <= quantity < dose * times * (days + 1)
