"""What comes in over HTTP, from a form or from a device as JSON, as typed values."""

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.http import HttpRequest

from apothecary.filling.models import CountMethod
from apothecary.law.problem import refuse

LARGEST_QUANTITY = Decimal(100_000)


@dataclass(frozen=True, slots=True)
class CountForm:
    """A count as typed, or as a scale or counter sends it."""

    quantity: Decimal
    method: str
    pass_number: int


def count_form(request: HttpRequest) -> CountForm:
    """The count in a form or in a JSON body ``{"quantity": "30", "method": "scale"}``."""
    values = json_values(request) if is_json(request) else request.POST
    return CountForm(
        quantity=quantity(values.get("quantity", ""), field="quantity"),
        method=str(values.get("method") or CountMethod.HAND),
        pass_number=whole(values.get("pass_number") or "1", field="pass_number"),
    )


def is_json(request: HttpRequest) -> bool:
    return request.content_type == "application/json"


def json_values(request: HttpRequest) -> dict[str, str]:
    """The body's values as text: a number keeps its decimal digits, never a binary float."""
    try:
        body = json.loads(request.body, parse_float=str, parse_int=str)
    except ValueError as bad:
        raise refuse(f"The body is no JSON: {bad}.", code="bad-json") from bad
    if not isinstance(body, dict):
        raise refuse("The body is no JSON object.", code="bad-json")
    return {name: value for name, value in body.items() if isinstance(value, str)}


def quantity(text: str, *, field: str) -> Decimal:
    """A quantity as a person types it, or a refusal that names the field."""
    try:
        value = Decimal(text.strip().replace(",", ""))
    except InvalidOperation as bad:
        raise refuse(f"{text!r} is no quantity.", field=field, code="bad-quantity") from bad
    if not value.is_finite() or abs(value) > LARGEST_QUANTITY:
        raise refuse(f"{text!r} is no quantity.", field=field, code="bad-quantity")
    if value != round(value, 3):
        raise refuse("A quantity has at most three decimals.", field=field, code="bad-quantity")
    return value


def whole(text: str, *, field: str) -> int:
    """A whole number, or a refusal that names the field."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise refuse(f"{text!r} is no whole number.", field=field, code="bad-number")
    return int(text)
