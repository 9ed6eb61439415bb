"""The Spanish words of the label, from ``spanish.csv``: kind, English value, Spanish.

Units also have their plural and their gender. What has no row cannot be said in Spanish.
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

_HERE = Path(__file__).parent


def _rows() -> tuple[dict[str, str], ...]:
    with (_HERE / "spanish.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


_ROWS = _rows()


def _of(kind: str, column: str = "spanish") -> Mapping[str, str]:
    return MappingProxyType({r["english"]: r[column] for r in _ROWS if r["kind"] == kind})


VERB = _of("verb")
UNIT = _of("unit")
PLURAL = _of("unit", "plural")
FEMININE = frozenset(unit for unit, gender in _of("unit", "gender").items() if gender == "f")
ROUTE = _of("route")
SITE = _of("site")
WHEN = _of("when")
WEEKDAY = _of("weekday")
REASON = _of("reason")
# Remarks that are common enough to have Spanish; any other leaves the label to English.
NOTE = _of("note")
# What a time is counted from ("1 hour before meals"), with its article.
MOMENT = _of("moment")
# Parts of the body: a p in the column of the plural says that the word is one.
PART = _of("part")
FEMININE_PARTS = frozenset(
    part for part, gender in _of("part", "gender").items() if gender == "f"
)
PLURAL_PARTS = frozenset(part for part, several in _of("part", "plural").items() if several)
# One, several, and how it is said after "times".
PERIOD: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "minute": ("minuto", "minutos", "por minuto"),
        "hour": ("hora", "horas", "por hora"),
        "day": ("día", "días", "al día"),
        "week": ("semana", "semanas", "por semana"),
        "month": ("mes", "meses", "al mes"),
    }
)
