"""JSON from outside: each value is of the expected type or refused with its key."""

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal

from apothecary.wires.errors import Fault, Malformed

Json = dict[str, object]


def text_at(obj: Json, key: str, *, path: str = "", default: str | None = None) -> str:
    """The text under a key; ``default`` None means it must be there."""
    value = obj.get(key, default)
    if not isinstance(value, str):
        where = f"{path}.{key}" if path else key
        raise Malformed(where, "must be text" if key in obj else "is missing")
    return value


def object_at(value: object, path: str) -> Json:
    """The value as an object."""
    if not isinstance(value, dict):
        raise Malformed(path, "must be an object")
    return value


def list_at(value: object, path: str) -> list[object]:
    """The value as a list."""
    if not isinstance(value, list):
        raise Malformed(path, "must be a list")
    return value


def faults_out(faults: Sequence[Fault]) -> list[Json]:
    """Faults as JSON objects."""
    return [{"field": fault.field, "reason": fault.reason} for fault in faults]


def plain(value: str | int | Decimal | date | time | None) -> object:
    """A typed value as JSON: decimals and days as text, so that no digit is lost."""
    if isinstance(value, Decimal | date | time):
        return str(value)
    return value
