"""Values of X12 elements: numbers, amounts, days and times, from text and to text.

Reading raises ValueError with the reason; the caller knows the segment and element.
"""

import re
from datetime import date, datetime, time
from decimal import Decimal

# X12 counts digits without point and sign; no amount in a pharmacy comes near.
MOST_DIGITS = 18
_DECIMAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_WHOLE = re.compile("-?[0-9]+")


def read_decimal(text: str) -> Decimal:
    """A decimal (type R): ``12.5``, ``-.07``. Exact; no exponent, no plus sign."""
    if _DECIMAL.fullmatch(text) is None or len(text) > MOST_DIGITS + 2:
        raise ValueError(f"must be a decimal number of at most 18 digits, is {text[:30]!r}")
    return Decimal(text)


def read_implied(text: str, places: int) -> Decimal:
    """A number whose point is not written (type Nn): ``read_implied("1234", 2)`` is 12.34."""
    if _WHOLE.fullmatch(text) is None or len(text) > MOST_DIGITS + 1:
        raise ValueError(f"must be a whole number of at most 18 digits, is {text[:30]!r}")
    return Decimal(text).scaleb(-places)


def read_day(text: str) -> date:
    """A date as CCYYMMDD, or as YYMMDD of the years 2000 to 2099."""
    whole = f"20{text}" if len(text) == 6 else text
    if len(whole) == 8 and whole.isascii() and whole.isdigit():
        try:
            return date(int(whole[:4]), int(whole[4:6]), int(whole[6:]))
        except ValueError:
            raise ValueError(f"is no day of the calendar: {text!r}") from None
    raise ValueError(f"must be a date of 6 or 8 digits, is {text[:30]!r}")


def read_clock(text: str) -> time:
    """A time as HHMM, HHMMSS or with decimals of the second."""
    if len(text) in (4, 6, 7, 8) and text.isascii() and text.isdigit():
        whole = text.ljust(8, "0")
        try:
            return time(
                int(whole[:2]), int(whole[2:4]), int(whole[4:6]), int(whole[6:]) * 10_000
            )
        except ValueError:
            raise ValueError(f"is no time of the day: {text!r}") from None
    raise ValueError(f"must be a time of 4 to 8 digits, is {text[:30]!r}")


def decimal_text(value: Decimal) -> str:
    """A decimal (type R) as short as can be: no exponent, no idle zeros, no needless point."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def implied_text(value: Decimal, places: int) -> str:
    """A number without its point (type Nn). Raises ValueError when it has more decimals."""
    scaled = value.scaleb(places)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"has more than {places} decimals: {value}")
    return format(scaled.to_integral_value(), "f")


def day_text(day: date) -> str:
    """A date as CCYYMMDD."""
    # %Y alone leaves out the leading zeros of an early year.
    return f"{day.year:04}{day:%m%d}"


def clock_text(at: datetime) -> str:
    """The time of day as HHMM."""
    return f"{at:%H%M}"
