from dataclasses import replace
from datetime import date

import pytest

from apothecary.law.attorney import PowerFacts, power_problems
from apothecary.law.tests.cases import ON, codes

POWER = PowerFacts(
    granted_on=date(2026, 1, 5), signed=frozenset({"registrant", "attorney"}), witnesses=2
)


def test_the_holder_of_a_living_power_signs_orders() -> None:
    assert power_problems(POWER, on=ON) == []


@pytest.mark.parametrize("name", ["registrant", "attorney"])
def test_who_gives_and_who_receives_the_power_sign_it(name: str) -> None:
    problems = power_problems(replace(POWER, signed=POWER.signed - {name}), on=ON)
    assert codes(problems) == [f"power-{name}"]
    assert problems[0].cite == "21 CFR 1305.05"


def test_nobody_else_has_to_sign_it() -> None:
    problems = power_problems(replace(POWER, signed=frozenset()), on=ON)
    assert codes(problems) == ["power-registrant", "power-attorney"]


@pytest.mark.parametrize(
    ("witnesses", "expected"),
    [(0, ["power-witnesses"]), (1, ["power-witnesses"]), (2, []), (3, [])],
)
def test_two_witnesses_sign_it(witnesses: int, expected: list[str]) -> None:
    assert codes(power_problems(replace(POWER, witnesses=witnesses), on=ON)) == expected


def test_a_new_signer_of_the_registration_grants_it_anew() -> None:
    problems = power_problems(replace(POWER, same_registrant=False), on=ON)
    assert codes(problems) == ["power-registrant"]


@pytest.mark.parametrize(("day", "expected"), [(4, ["power-too-soon"]), (5, []), (6, [])])
def test_the_power_begins_on_its_day(day: int, expected: list[str]) -> None:
    assert codes(power_problems(POWER, on=date(2026, 1, day))) == expected


@pytest.mark.parametrize(
    ("day", "expected"), [(9, []), (10, ["power-revoked"]), (11, ["power-revoked"])]
)
def test_a_revoked_power_ends_on_that_day(day: int, expected: list[str]) -> None:
    revoked = replace(POWER, revoked_on=date(2026, 2, 10))
    assert codes(power_problems(revoked, on=date(2026, 2, day))) == expected
