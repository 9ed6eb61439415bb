"""Lists, tapers, days, codes, yes and no: what is read and what is refused."""

import pytest

from apothecary.arithmetic.command import answer


def value(key: str, **inputs: object) -> object:
    found = answer({"calculation": key, "inputs": inputs})
    return found.get("value", found.get("error"))


@pytest.mark.parametrize(
    "temps",
    [
        [20, 22, 25],
        ["20", 22, "25"],
        "20, 22, 25",
        "20;22;25",
        "20\n22\n25\n",
        " 20 ,22 , 25,",
        ["20 degC", "22 C", "25 °C"],
        "68 F, 71.6 F, 77 F",
    ],
)
def test_a_list_is_read_in_every_common_spelling(temps) -> None:
    assert value("C18", temps=temps) == 22.6


@pytest.mark.parametrize(
    ("temps", "says"),
    [
        ([], "temps: a list of 0 values; 1 to 10000 are taken"),
        ("  ,", "temps: a list of 0 values"),
        ([20] * 10_001, "temps: a list of 10001 values"),
        (20, "temps: 20 is no list of numbers"),
        ({"a": 1}, "temps: an object is no list of numbers"),
        (True, "temps: true is no list of numbers"),
        ([20, "x"], "temps: 'x' is no number"),
        ([20, 200], "temps: 200 degC is above 100 degC"),
        # The bare number would be taken for Celsius.
        ("68, 70, 75 F", "temps: the values are not all in one kind of unit"),
        ([20, "68 F"], "temps: the values are not all in one kind of unit"),
    ],
)
def test_a_list_that_is_none_is_refused_with_the_reason(temps, says) -> None:
    assert str(value("C18", temps=temps)).startswith(says)


def test_amounts_of_different_kinds_do_not_mix() -> None:
    assert value("B21", q=["1 g", "2 mL"], c=[1, 2]) == (
        "q: the values are not all in one kind of unit"
    )
    assert value("B21", q=["1 g", "3000 mg"], c=[1, 3]) == 2.5


@pytest.mark.parametrize("count", [1, 12, 13, 10_000])
def test_a_long_list_is_reckoned_whole_and_written_short(count: int) -> None:
    found = answer({"calculation": "C18", "inputs": {"temps": ["77 F"] * count}})
    assert found["value"] == 25
    assert sum(line.startswith("temps: ") for line in found["working"]) == min(count, 12)
    assert all(len(line) < 300 for line in found["working"])
    assert ("more)" in found["working"][-1]) == (count > 12)


def test_at_most_three_cautions_are_said_of_one_list() -> None:
    found = answer({"calculation": "C18", "inputs": {"temps": [70] * 20}})
    assert sum(line.startswith("caution: ") for line in found["working"]) == 3


@pytest.mark.parametrize(
    "steps",
    [
        [[4, 3], [3, 3], [2, 3], [1, 3]],
        "4x3, 3x3, 2x3, 1x3",
        "4 x 3; 3 × 3; 2*3; 1X3",
        ["4x3", [3, 3], "2x3", ["1", "3"]],
        [["4 tab/day", "3 days"], ["3", 3], [2, 3], [1, 3]],
    ],
)
def test_a_taper_is_read_as_steps(steps) -> None:
    found = answer({"calculation": "G02", "inputs": {"steps": steps}})
    assert (found["value"], found["unit"]) == (30, "tab over 12 days")


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ("4", "'4' is no step: tablets in a day and days, as 4x3"),
        ([4], "4 is no step"),
        ([[4]], "a list is no step"),
        ([[4, 3, 2]], "a list is no step"),
        ([[4, 0]], "0 day is not above 0 day"),
        ([[0, 3]], "0 tab/day is not above 0 tab/day"),
        ([[4, 2.5]], "a step lasts a whole number of days"),
        ([["4 mg", 3]], "4 mg measures mass; asked is tablets per time (tab/day)"),
        ("4x3x2", "'4x3x2' is no step"),
        ("1.2.3x4", "'1.2.3' has a unit that is not known here"),
    ],
)
def test_a_taper_that_does_not_say_how_is_refused(steps, says) -> None:
    assert str(value("G02", steps=steps)).startswith(f"steps: {says}")


def test_halves_in_a_taper_are_bought_as_whole_tablets() -> None:
    assert value("G02", steps=[["1.5", 3]]) == 5
    assert value("G02", steps=[["0.5", 4]]) == 2


@pytest.mark.parametrize("said", [True, "yes", "Y", " TRUE ", "female", "F"])
def test_yes_is_said_in_words_or_as_true(said) -> None:
    assert value("E13", scr="0.7", age=50, female=said) == 105.3


@pytest.mark.parametrize("said", [False, "no", "n", "False", "male", "M"])
def test_no_is_said_in_words_or_as_false(said) -> None:
    assert value("E13", scr="0.7", age=50, female=said) == 112.3


@pytest.mark.parametrize("said", [0, 1, "maybe", "1", [], {}, "x" * 500])
def test_what_is_neither_yes_nor_no_is_asked_again(said) -> None:
    assert "is neither yes nor no" in str(value("E13", scr="0.7", age=50, female=said))


@pytest.mark.parametrize(
    ("repack", "exp", "until"),
    [
        # A quarter of what is left, rounded down to the day.
        ("2026-01-10", "2027-09-30", "2026-06-16"),
        ("2026-01-01", "2026-01-05", "2026-01-02"),
        ("2026-01-01", "2026-01-04", "2026-01-01"),
        # Six months, also where the month is shorter; 29 February in a leap year.
        ("2026-01-10", "2030-01-10", "2026-07-10"),
        ("2026-08-31", "2032-01-01", "2027-02-28"),
        ("2027-08-31", "2032-01-01", "2028-02-29"),
        ("2026-12-15", "2032-01-01", "2027-06-15"),
        # The day before and after a quarter of the time is six months.
        ("2026-01-01", "2027-12-30", "2026-07-01"),
        ("2026-01-01", "2027-12-26", "2026-07-01"),
        ("2026-01-01", "2027-12-25", "2026-06-30"),
        ("06/14/2026", "6/18/2026", "2026-06-15"),
    ],
)
def test_repackaged_drug_is_kept_no_longer_than_the_earliest_of_the_three(
    repack: str, exp: str, until: str
) -> None:
    assert value("C19", repack=repack, exp=exp) == until


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("2026-02-29", "is no day of the calendar"),
        ("13/01/2026", "is no day of the calendar"),
        ("1899-12-31", "1899-12-31 is not within 1900 to 2199"),
        ("2200-01-01", "2200-01-01 is not within 1900 to 2199"),
        ("26-01-01", "is no date: 2026-06-14 or 06/14/2026"),
        ("tomorrow", "is no date"),
        (20260110, "20260110 is no date"),
        (["2026-01-10"], "a list is no date"),
    ],
)
def test_what_is_no_day_is_refused(day, says) -> None:
    found = str(value("C19", repack=day, exp="2027-09-30"))
    assert found.startswith("repack: ")
    assert says in found


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-30"])
def test_the_first_and_the_last_year_are_still_days(day: str) -> None:
    assert value("C19", repack=day, exp="2199-12-31") is not None
    assert "error" not in answer(
        {"calculation": "C19", "inputs": {"repack": day, "exp": "2199-12-31"}}
    )


@pytest.mark.parametrize(
    ("key", "name", "code", "found"),
    [
        ("I01", "num", "BB1388568", 1), ("I01", "num", " bb1388568 ", 1),
        ("I01", "num", "B91388568", 1),
        ("I01", "num", "BB1388569", 0), ("I01", "num", "BB1388567", 0),
        ("I01", "num", "BB8318568", 1),  # digits one and three change places unnoticed
        ("I01", "num", "BB1838568", 0),
        ("I02", "npi", "1234567893", 1), ("I02", "npi", 1234567893, 1),
        ("I02", "npi", "1234567892", 0), ("I02", "npi", "1243567893", 0),
        ("I03", "ndc", "0002-8215-01", 2821501), ("I03", "ndc", "00002-8215-01", 2821501),
        ("I03", "ndc", "12345-678-90", 12345067890),
        ("I03", "ndc", "12345-6789-0", 12345678900),
        ("I04", "body", "0030002821501", 2), ("I04", "body", "0000000000000", 0),
        ("I04", "body", "0061414100003", 6),
    ],
)  # fmt: skip
def test_an_identifier_is_judged_by_its_check_digit(key, name, code, found) -> None:
    assert value(key, **{name: code}) == found


@pytest.mark.parametrize(
    ("key", "name", "code", "says"),
    [
        ("I01", "num", "1B1388568", "is not two letters and seven digits"),
        ("I01", "num", "BB138856", "is not two letters and seven digits"),
        ("I01", "num", "BB13885688", "is not two letters and seven digits"),
        ("I01", "num", 1388568, "is not two letters and seven digits"),
        ("I02", "npi", "123456789", "is not ten digits"),
        ("I02", "npi", "12345678933", "is not ten digits"),
        ("I02", "npi", "١234567893", "is not ten digits"),
        ("I02", "npi", True, "true is no ten digits"),
        ("I02", "npi", 10**50, "is no ten digits"),
        ("I02", "npi", "1" * 41, "is no ten digits"),
        ("I03", "ndc", "0002821501", "is not of the form 4-4-2"),
        ("I03", "ndc", "0002-8215-1", "is not of the form"),
        ("I03", "ndc", "000002-8215-01", "is not of the form"),
        ("I03", "ndc", "0002-82A5-01", "is not of the form"),
        ("I03", "ndc", "0002-82²5-01", "is not of the form"),
        # A number has lost the zeros at its head.
        ("I04", "body", 30002821501, "is not thirteen digits; as text it keeps its zeros"),
        ("I04", "body", "00300028215012", "is not thirteen digits"),
    ],
)
def test_what_is_no_identifier_is_refused_and_not_called_invalid(key, name, code, says) -> None:
    found = str(value(key, **{name: code}))
    assert found.startswith(f"{name}: ")
    assert says in found


@pytest.mark.parametrize("place", range(7))
@pytest.mark.parametrize("key", ["I01", "I02"])
def test_one_mistyped_digit_is_always_noticed(key: str, place: int) -> None:
    name, right = {"I01": ("num", "BB1388568"), "I02": ("npi", "1234567893")}[key]
    at = len(right) - 1 - place
    for digit in set("0123456789") - {right[at]}:
        wrong = right[:at] + digit + right[at + 1 :]
        # The DEA's sum takes every second digit twice, so that 0 and 5 look alike there.
        alike = key == "I01" and place in {1, 3, 5} and abs(int(digit) - int(right[at])) == 5
        assert value(key, **{name: wrong}) == int(alike), wrong
