"""Raw field text ↔ typed value, by kind. Decimal throughout, never a float."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from types import MappingProxyType

Value = str | int | Decimal | date | time

_PLUS = dict(zip("{ABCDEFGHI", "0123456789", strict=True))
_MINUS = dict(zip("}JKLMNOPQR", "0123456789", strict=True))
_PLUS_OUT = "{ABCDEFGHI"
_MINUS_OUT = "}JKLMNOPQR"
_PRINTABLE = re.compile(r"[ -~]*")


def _digits(raw: str) -> str:
    if not (raw.isascii() and raw.isdigit()):
        raise ValueError(f"must be digits, is {raw!r}")
    return raw


def _overpunched(raw: str, places: int) -> Decimal | None:
    text = raw.rstrip(" ")
    if not text:
        return None
    head, last = text[:-1], text[-1]
    if head and not (head.isascii() and head.isdigit()):
        raise ValueError(f"must be digits before its sign character, is {raw!r}")
    if last in _PLUS:
        digits, sign = head + _PLUS[last], ""
    elif last in _MINUS:
        digits, sign = head + _MINUS[last], "-"
    else:
        # A bare digit where the sign belongs: sloppy senders mean a positive amount.
        digits, sign = head + _digits(last), ""
    if len(digits) <= places:
        digits = digits.zfill(places + 1)
    return Decimal(f"{sign}{digits[:-places]}.{digits[-places:]}")


def read_money(raw: str) -> Decimal | None:
    """Signed overpunch with 2 implied decimals, dollars: ``123{`` is 12.30, blank is None."""
    # The common form without detours: a third of all typed values of a claim are amounts.
    head, digit = raw[:-1], _PLUS.get(raw[-1:])
    if digit and head[1:] and head.isdigit() and head.isascii():
        return Decimal(f"{head[:-1]}.{head[-1]}{digit}")
    return _overpunched(raw, 2)


def read_rate(raw: str) -> Decimal | None:
    """Signed overpunch with 4 implied decimals: ``008250{`` is 8.2500, blank is None."""
    return _overpunched(raw, 4)


def read_quantity(raw: str) -> Decimal | None:
    """Unsigned with 3 implied decimals, in billing units: ``2500`` is 2.500, blank is None."""
    text = raw.rstrip(" ")
    if not text:
        return None
    digits = _digits(text).zfill(4)
    return Decimal(f"{digits[:-3]}.{digits[-3:]}")


def read_number(raw: str) -> int | None:
    """Digits, zero padded or not; blank is None."""
    if raw.isdigit() and raw.isascii():
        return int(raw)
    text = raw.strip(" ")
    return int(_digits(text)) if text else None


def read_date(raw: str) -> date | None:
    """CCYYMMDD; blank or all zeros is None."""
    text = raw.rstrip(" ")
    if not text or text == "00000000":
        return None
    if len(text) != 8:
        raise ValueError(f"must be CCYYMMDD, is {raw!r}")
    _digits(text)
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise ValueError(f"is not a day of the calendar: {raw!r}") from None


def read_time(raw: str) -> time | None:
    """HHMM; blank is None."""
    text = raw.rstrip(" ")
    if not text:
        return None
    if len(text) != 4 or _digits(text) > "2359" or text[2:] > "59":
        raise ValueError(f"must be HHMM, is {raw!r}")
    return time(int(text[:2]), int(text[2:]))


def read_text(raw: str) -> str:
    """Text without the padding on its right."""
    return raw.rstrip(" ")


READERS: Mapping[str, Callable[[str], Value | None]] = MappingProxyType(
    {
        "text": read_text,
        "digits": read_number,
        "date": read_date,
        "time": read_time,
        "money": read_money,
        "rate": read_rate,
        "quantity": read_quantity,
    }
)


def write_text(value: Value, length: int) -> str:
    """Upper case, no padding. Cutting is the caller's decision: too long is refused."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"must be text, is {type(value).__name__}")
    text = str(value).upper()
    if not _PRINTABLE.fullmatch(text):
        raise ValueError("holds a character that the standard cannot carry")
    if len(text) > length:
        raise ValueError(f"may have {length} characters, has {len(text)}")
    return text


def write_number(value: Value, length: int) -> str:
    """Digits, zero padded on the left to the full length."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"must be a whole number not below zero, is {value!r}")
    return _fitting(str(value), length)


def write_date(value: Value, length: int) -> str:
    """CCYYMMDD. An instant is refused: which day it is depends on where one stands."""
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError(f"must be a date, is {type(value).__name__}")
    return _fitting(f"{value:%Y%m%d}".zfill(8), length)


def write_time(value: Value, length: int) -> str:
    """HHMM."""
    if not isinstance(value, time):
        raise ValueError(f"must be a time of day, is {type(value).__name__}")
    return _fitting(f"{value:%H%M}", length)


def write_money(value: Value, length: int) -> str:
    """Dollars as signed overpunch with 2 implied decimals, zero padded."""
    return _overpunch(value, 2, length)


def write_rate(value: Value, length: int) -> str:
    """A rate as signed overpunch with 4 implied decimals, zero padded."""
    return _overpunch(value, 4, length)


def write_quantity(value: Value, length: int) -> str:
    """Billing units with 3 implied decimals, zero padded; below zero is refused."""
    digits = _scaled(value, 3)
    if digits < 0:
        raise ValueError(f"must not be below zero, is {value}")
    return _fitting(str(digits), length)


WRITERS: Mapping[str, Callable[[Value, int], str]] = MappingProxyType(
    {
        "text": write_text,
        "digits": write_number,
        "date": write_date,
        "time": write_time,
        "money": write_money,
        "rate": write_rate,
        "quantity": write_quantity,
    }
)


def _scaled(value: Value, places: int) -> int:
    if not isinstance(value, Decimal) or not value.is_finite():
        raise ValueError(f"must be a finite Decimal, is {value!r}")
    scaled = value.scaleb(places)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"may have {places} decimals, is {value}")
    return int(scaled)


def _overpunch(value: Value, places: int, length: int) -> str:
    scaled = _scaled(value, places)
    digits = _fitting(str(abs(scaled)), length)
    signs = _MINUS_OUT if scaled < 0 else _PLUS_OUT
    return digits[:-1] + signs[int(digits[-1])]


def _fitting(digits: str, length: int) -> str:
    if len(digits) > length:
        raise ValueError(f"may have {length} digits, has {len(digits)}")
    return digits.zfill(length)
