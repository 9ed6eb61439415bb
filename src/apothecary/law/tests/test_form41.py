"""The record of destroyed controlled drugs: what is missing is named, all of it at once."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.law.form41 import (
    Destroyed,
    Form41,
    Witness,
    form41_problems,
    kept_until,
    method_problems,
    witness_problems,
)

ON = date(2026, 11, 23)
ANN = Witness(id=1, name="Ann", title="pharmacist")
BEN = Witness(id=2, name="Ben", title="technician")
LINE = Destroyed(
    ndc="0406-0512-01",
    drug="oxycodone 5 mg",
    form="tablet",
    schedule=2,
    lot="L1",
    expires_on=date(2026, 10, 31),
    quantity=Decimal(130),
    unit="EA",
    package=Decimal(100),
)
FORM = Form41(
    registrant="Sample Pharmacy",
    dea="FP9000011",
    address="100 Pecan Ledger Lane",
    destroyed_on=ON,
    place="pharmacy",
    method="incinerated by a permitted unit",
    witnesses=(ANN, BEN),
    lines=(LINE,),
)


def codes(form: Form41) -> list[str]:
    return [one.code for one in form41_problems(form, on=ON)]


def test_a_whole_record_of_two_witnesses_stands() -> None:
    assert codes(FORM) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"dea": "FP9000012"}, "dea-check-digit"),
        ({"dea": ""}, "dea-form"),
        ({"method": " "}, "no-method"),
        ({"place": " "}, "no-place"),
        ({"destroyed_on": date(2026, 11, 24)}, "not-yet"),
        ({"witnesses": (ANN,)}, "too-few-witnesses"),
        ({"witnesses": (ANN, ANN)}, "too-few-witnesses"),
        ({"witnesses": (ANN, Witness(id=None, name="Ben", title=""))}, "too-few-witnesses"),
        ({"witnesses": ()}, "too-few-witnesses"),
        ({"lines": ()}, "no-lines"),
        ({"lines": (replace(LINE, schedule=0),)}, "not-controlled"),
        ({"lines": (replace(LINE, quantity=Decimal(0)),)}, "no-quantity"),
    ],
)
def test_what_is_missing_is_refused_by_its_field(change: dict[str, object], code: str) -> None:
    found = form41_problems(replace(FORM, **change), on=ON)  # type: ignore[arg-type]  # one field a case
    assert [one.code for one in found] == [code]
    assert all(one.field for one in found)


def test_every_lack_is_told_at_once() -> None:
    bad = replace(FORM, dea="", place="", method="", witnesses=(), lines=())
    assert codes(bad) == ["dea-form", "no-method", "no-place", "too-few-witnesses", "no-lines"]


@pytest.mark.parametrize("day", [date(2026, 11, 22), ON])
def test_it_is_written_down_on_the_day_or_after(day: date) -> None:
    assert codes(replace(FORM, destroyed_on=day)) == []


@pytest.mark.parametrize(
    "method",
    [
        "flushed down the toilet",
        "into the Sewer",
        "mixed with kitty litter",
        "coffee grounds in a bag",
        "landfill",
        "washed down the drain",
    ],
)
def test_what_leaves_a_drug_that_could_be_had_again_is_no_way(method: str) -> None:
    (one,) = method_problems(method, on=ON)
    assert (one.code, one.cite, one.field) == (
        "retrievable",
        "21 CFR 1300.05; 1317.90",
        "method",
    )


def test_one_witness_hears_how_many_there_are() -> None:
    (one,) = witness_problems((ANN,), on=ON)
    assert one.says == "2 people see it and sign: so far 1."
    assert one.cite == "21 CFR 1317.95; 1304.21(e)"


@given(st.integers(min_value=1, max_value=100_000), st.integers(min_value=1, max_value=1000))
def test_whole_packages_and_loose_units_make_the_quantity(units: int, package: int) -> None:
    line = replace(LINE, quantity=Decimal(units), package=Decimal(package))
    assert line.full_packages * line.package + line.loose == units
    assert 0 <= line.loose < package


def test_the_record_is_kept_two_years() -> None:
    assert kept_until(date(2024, 2, 29), on=ON) == date(2026, 2, 28)
    assert kept_until(ON, on=ON) == date(2028, 11, 23)
