"""What every program's words and numbers must be before anybody looks at them."""

import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, NoReturn, TypeVar, get_args

from django.http import HttpRequest
from ninja import Field, Schema
from ninja.parser import Parser
from pydantic import AfterValidator, BeforeValidator, ValidationInfo, field_validator

Value = TypeVar("Value")
# What a bigint holds; an id beyond it cannot even be asked for.
LAST_ID = 2**63 - 1
# No prescription, lot or claim is of another time, and every sum of days stays in the calendar.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


def characters_problem(value: object) -> str:
    """Why the database cannot keep this text, or any within it; empty when it can.

    Works through a list, since a value may be nested deeper than Python calls go.
    """
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str):
            if "\0" in one:
                return "holds the character NUL, which cannot be kept"
            if any("\ud800" <= letter <= "\udfff" for letter in one):
                return "holds half a character, which cannot be kept"
    return ""


def writable(value: Value) -> Value:
    """The value as it is, or ValueError."""
    if problem := characters_problem(value):
        raise ValueError(problem)
    return value


def said_as_text(value: object) -> object:
    """A day is said as text; a number would be taken for seconds since 1970."""
    if isinstance(value, int | float | Decimal):
        raise ValueError("is a number where a day is asked for, as in 2026-11-23")
    return value


Id = Annotated[int, Field(ge=1, le=LAST_ID)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY), BeforeValidator(said_as_text)]
Word = Annotated[str, Field(max_length=200), AfterValidator(writable)]


class Sent(Schema):
    """The base of every body a program sends."""

    @field_validator("*", mode="before")
    @classmethod
    def is_plain(cls, value: object, info: ValidationInfo) -> object:
        """Refuse by its name a field that no table can hold, or a yes taken for a number."""
        asked = cls.model_fields[info.field_name or ""].annotation
        if isinstance(value, bool) and asked is not bool and bool not in get_args(asked):
            raise ValueError("is true or false where something else is asked for")
        return writable(value)


class Strict(Parser):
    """JSON as its standard has it; a fraction is a decimal from the first."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value, or ValueError."""
        return json.loads(request.body, parse_float=Decimal, parse_constant=no_number)


def no_number(name: str) -> NoReturn:
    """Python's JSON knows NaN and Infinity; JSON does not."""
    raise ValueError(f"{name} is no number")
