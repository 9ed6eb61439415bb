"""How facts are written on screen and paper: one way for the whole house."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.timezone import localtime
from markupsafe import Markup, escape

# NCPDP billing units as people read them. An "each" is shown as "ea" only where the caller
# does not know the word for the thing (tablet, patch, kit …).
BILLING_UNITS = {"EA": "ea", "ML": "mL", "GM": "g"}
NEVER_PLURAL = {"ea", "mL", "g", "mg", "mcg", "L", "%", "mEq"}
TALL_LETTERS = re.compile(r"[A-Z]{2,}")
MINUTES_AN_HOUR = 60
MONTHS_AN_INFANT = 24
DAYS_A_NEWBORN = 60


def quantity(value: Decimal | int, unit: str = "") -> str:
    """``Decimal("30.000")`` with "tablet" → "30 tablets": no trailing zero, a leading one.

    ``unit`` is a billing unit (EA, ML, GM) or the word for one thing in the singular. A float
    is refused: a drug is never counted in binary fractions.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise TypeError(f"a quantity is a Decimal or an int, not {type(value).__name__}")
    text = plain(Decimal(value))
    word = BILLING_UNITS.get(unit, unit)
    if not word:
        return text
    if word not in NEVER_PLURAL and text != "1":
        word = plural(word)
    return f"{text} {word}"


def plain(value: Decimal) -> str:
    """A decimal as ISMP asks: comma at thousands, no trailing zero, "0.5" and never ".5"."""
    text = f"{value:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−") if text not in {"-0", ""} else "0"


def plural(word: str) -> str:
    """The English plural of a dose-form word: patch → patches, suppository → suppositories."""
    if word.endswith(("s", "x", "ch", "sh")):
        return f"{word}es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}s"


def money(value: Decimal | None) -> str:
    """``Decimal("84.1")`` → "$84.10"; nothing known → a dash, never "$0.00"."""
    if value is None:
        return "—"
    if not isinstance(value, Decimal):
        raise TypeError(f"money is a Decimal, not {type(value).__name__}")
    sign = "−" if value < 0 else ""
    return f"{sign}${abs(value):,.2f}"


def day(value: date | None) -> str:
    """A day as it is written in a US pharmacy: 06/14/2026."""
    if value is None:
        return "—"
    on = localtime(value).date() if isinstance(value, datetime) else value
    return f"{on:%m/%d/%Y}"


def instant(value: datetime | None) -> str:
    """A moment in the pharmacy's own time zone (the active one): 06/14/2026 10:40 AM."""
    if value is None:
        return "—"
    return f"{localtime(value):%m/%d/%Y} {clock(value)}"


def clock(value: datetime | None) -> str:
    """The time of day in the pharmacy's zone: 10:40 AM."""
    if value is None:
        return "—"
    at = localtime(value)
    return f"{at:%I:%M %p}".lstrip("0")


def stamp(value: datetime) -> str:
    """The moment with the pharmacy's offset, for machines: 2026-06-14T10:40:00-05:00."""
    return localtime(value).isoformat()


def due(at: datetime, now: datetime) -> str:
    """How far off a promise is: "in 12 min", "35 min late", "in 3 h", "in 2 days"."""
    late = at < now
    away = words_for(abs(at - now))
    return f"{away} late" if late else f"in {away}"


def words_for(span: timedelta) -> str:
    """A span in its largest fitting unit, rounded down."""
    minutes = int(span.total_seconds() // 60)
    if minutes < MINUTES_AN_HOUR:
        return f"{minutes} min"
    if span < timedelta(days=1):
        hours, rest = divmod(minutes, MINUTES_AN_HOUR)
        return f"{hours} h {rest} min" if rest and hours < 3 else f"{hours} h"
    return "1 day" if span.days == 1 else f"{span.days} days"


def phone(value: str) -> str:
    """Ten digits as (512) 555-0142; anything else stays as it was given."""
    digits = re.sub(r"\D", "", value)
    if len(digits) == 11 and digits.startswith("1"):
        digits = digits[1:]
    if len(digits) != 10:
        return value
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"


def age(born: date, on: date) -> str:
    """Age in the unit that matters for a dose: days, then months, then years."""
    if born > on:
        raise ValueError(f"a birth date of {born} is after {on}")
    days = (on - born).days
    if days < DAYS_A_NEWBORN:
        return f"{days} d"
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    if months < MONTHS_AN_INFANT:
        return f"{months} mo"
    return f"{months // 12} y"


def tallman(name: str) -> Markup:
    """Set off the tall letters of a look-alike name: hydrOXYzine → hydr<b>OXY</b>zine.

    Only a word of mixed case is a tall-man name; "HCL" or "ER" alone is not.
    """
    return Markup(" ").join(tall_word(word) for word in name.split(" "))


def tall_word(word: str) -> Markup:
    if not (any(letter.islower() for letter in word) and TALL_LETTERS.search(word)):
        return escape(word)
    parts = re.split(r"([A-Z]{2,})", word)
    return Markup("").join(
        Markup('<b class="tall">{}</b>').format(part) if TALL_LETTERS.fullmatch(part) else part
        for part in parts
    )
