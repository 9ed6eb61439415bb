"""Raw element text ↔ typed value, by kind. Decimal throughout, never a float."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import MappingProxyType

Value = str | int | Decimal | date | time | None

_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
_WRITABLE = re.compile(r"[ -~]*")


def _digits(raw: str) -> str:
    if not (raw.isascii() and raw.isdigit()):
        raise ValueError(f"must be digits, is {raw!r}")
    return raw


def read_text(raw: str) -> str:
    """Text without the padding on its right."""
    return raw.rstrip(" ")


def read_digits(raw: str) -> str:
    """Digits kept as text, zeros in front included; blank is empty."""
    text = raw.strip(" ")
    return _digits(text) if text else ""


def read_number(raw: str) -> int | None:
    """A whole number; blank is None."""
    text = raw.strip(" ")
    return int(_digits(text)) if text else None


def read_decimal(raw: str) -> Decimal | None:
    """Digits with at most one point, not below zero: ``2.4``; blank is None."""
    text = raw.strip(" ")
    if not text:
        return None
    if _DECIMAL.fullmatch(text) is None:
        raise ValueError(f"must be digits with at most one point, is {raw!r}")
    return Decimal(text)


def read_date(raw: str) -> date | None:
    """CCYYMMDD; blank is None."""
    text = raw.strip(" ")
    if not text:
        return None
    if len(text) != 8:
        raise ValueError(f"must be CCYYMMDD, is {raw!r}")
    _digits(text)
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise ValueError(f"is not a day of the calendar: {raw!r}") from None


def read_time(raw: str) -> time | None:
    """HHMMSS, the sender's local time; blank is None."""
    text = raw.strip(" ")
    if not text:
        return None
    if len(text) != 6:
        raise ValueError(f"must be HHMMSS, is {raw!r}")
    _digits(text)
    try:
        return time(int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        raise ValueError(f"is not a time of day: {raw!r}") from None


def read_utc(raw: str) -> time | None:
    """HHMMSSZ, universal time; blank is None. Without the Z its zone would be a guess."""
    text = raw.strip(" ")
    if not text:
        return None
    if len(text) != 7 or text[6] != "Z":
        raise ValueError(f"must be HHMMSSZ, is {raw!r}")
    found = read_time(text[:6])
    return found.replace(tzinfo=UTC) if found else None


READERS: Mapping[str, Callable[[str], Value]] = MappingProxyType(
    {
        "text": read_text,
        "digits": read_digits,
        "code": read_text,
        "number": read_number,
        "part": read_number,
        "decimal": read_decimal,
        "date": read_date,
        "time": read_time,
        "utc": read_utc,
    }
)


def write_text(value: Value, length: int) -> str:
    """Text of ASCII as it stands. Cutting is the caller's decision: too long is refused."""
    if not isinstance(value, str):
        raise ValueError(f"must be text, is {type(value).__name__}")
    if _WRITABLE.fullmatch(value) is None:
        raise ValueError(f"holds a character that a report cannot carry: {value[:40]!r}")
    return _fitting(value, length)


def write_digits(value: Value, length: int) -> str:
    """Digits kept as text."""
    text = write_text(value, length)
    return _digits(text) if text else ""


def write_number(value: Value, length: int) -> str:
    """A whole number, without zeros in front."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"must be a whole number not below zero, is {value!r}")
    return _fitting(str(value), length)


def write_part(value: Value, length: int) -> str:
    """A whole number in two digits: ``00`` is the whole fill, ``01`` its first part."""
    return _fitting(write_number(value, length).zfill(2), length)


def write_decimal(value: Value, length: int) -> str:
    """Digits and a point where there is a fraction; no zeros behind it, no exponent."""
    if not isinstance(value, Decimal) or not value.is_finite() or value < 0:
        raise ValueError(f"must be a Decimal not below zero, is {value!r}")
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return _fitting(text, length)


def write_date(value: Value, length: int) -> str:
    """CCYYMMDD. An instant is refused: which day it is depends on where one stands."""
    if isinstance(value, datetime) or not isinstance(value, date):
        raise ValueError(f"must be a date, is {type(value).__name__}")
    return _fitting(f"{value:%Y%m%d}".zfill(8), length)


def write_time(value: Value, length: int) -> str:
    """HHMMSS of local time; one that names its zone is refused."""
    if not isinstance(value, time) or value.tzinfo is not None:
        raise ValueError(f"must be a time of day without a zone, is {value!r}")
    return _fitting(f"{value:%H%M%S}", length)


def write_utc(value: Value, length: int) -> str:
    """HHMMSSZ; a time that is not said to be universal is refused."""
    if not isinstance(value, time) or value.tzinfo is not UTC:
        raise ValueError(f"must be a time of day in UTC, is {value!r}")
    return _fitting(f"{value:%H%M%S}Z", length)


WRITERS: Mapping[str, Callable[[Value, int], str]] = MappingProxyType(
    {
        "text": write_text,
        "digits": write_digits,
        "code": write_text,
        "number": write_number,
        "part": write_part,
        "decimal": write_decimal,
        "date": write_date,
        "time": write_time,
        "utc": write_utc,
    }
)


def in_ascii(text: str) -> str:
    """The nearest text a report can carry: accents are dropped, ``Peña`` becomes ``Pena``.

    The caller chooses to; no writer does it by itself. Raises ValueError naming the first
    character that has no such letter.
    """
    plain = "".join(
        one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one)
    )
    bad = next((one for one in plain if not " " <= one <= "~"), "")
    if bad:
        raise ValueError(f"holds a character without a plain letter: {bad!r}")
    return plain


def _fitting(text: str, length: int) -> str:
    if len(text) > length:
        raise ValueError(f"may have {length} characters, has {len(text)}")
    return text
