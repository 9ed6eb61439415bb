"""A step that is being read has the fields of the step it becomes, and loses none of them."""

from dataclasses import FrozenInstanceError, fields, replace
from decimal import Decimal

import pytest
from hypothesis import given

from apothecary.directions.open_step import OpenStep
from apothecary.directions.step import Step
from apothecary.directions.tests.typed_values import STEPS
from apothecary.directions.timing import every, times_in


def test_an_open_step_has_every_field_of_a_step_and_no_other() -> None:
    of_step = [(field.name, field.type, field.default) for field in fields(Step)]
    assert [(field.name, field.type, field.default) for field in fields(OpenStep)] == of_step


@given(STEPS)
def test_what_was_read_into_an_open_step_is_the_step_it_becomes(step: Step) -> None:
    being_read = OpenStep()
    for field in fields(Step):
        setattr(being_read, field.name, getattr(step, field.name))
    assert being_read.closed() == step
    assert being_read.timed == step.timed


@pytest.mark.parametrize("name", [field.name for field in fields(Step)])
def test_each_field_by_itself_comes_through(name: str) -> None:
    default = getattr(Step(), name)
    marks = {bool: True, str: "a word", tuple: ("a word",)}
    mark = marks.get(type(default), Decimal(7) if "dose" in name or "max" in name else 7)
    being_read = OpenStep()
    setattr(being_read, name, mark)
    closed = being_read.closed()
    assert getattr(closed, name) == mark
    assert replace(closed, **{name: default}) == Step()


def test_a_step_that_is_closed_no_longer_changes() -> None:
    being_read = OpenStep(verb="take")
    closed = being_read.closed()
    being_read.verb = "chew"
    assert closed.verb == "take"
    with pytest.raises(FrozenInstanceError):
        closed.verb = "chew"  # type: ignore[misc]  # that it cannot be is what is tested


def test_a_rate_replaces_the_whole_rate_before_it() -> None:
    being_read = OpenStep()
    being_read.rate(every(6, 6, "hour"))
    assert (being_read.times_min, being_read.hours_min, being_read.timed) == (4, 6, True)
    being_read.rate(times_in(1, 2, 1, "week"))
    assert (being_read.times_min, being_read.times_max) == (1, 2)
    assert (being_read.period_unit, being_read.hours_min) == ("week", None)
    being_read.no_rate()
    assert being_read == OpenStep()


def test_a_rate_is_carried_on_with_the_times_of_the_day_and_without_the_dose() -> None:
    before = OpenStep(when=("at bedtime",), weekdays=("Monday",))
    before.dose(Decimal(1), Decimal(2), "tablet")
    before.rate(every(8, 12, "hour"))
    after = OpenStep(then=True)
    after.rate_of(before)
    assert after.dose_min is None
    after.dose(Decimal(1), Decimal(2), "tablet")
    assert after.closed() == replace(before.closed(), then=True)
