"""Spanish of what is not in a table word by word: clock times, spans, places on the body."""

import re
from collections.abc import Callable, Mapping

from apothecary.directions.spanish_words import (
    FEMININE_PARTS,
    MOMENT,
    PART,
    PERIOD,
    PLURAL_PARTS,
    SITE,
    WHEN,
)

_SIDES: Mapping[str, tuple[str, str, str, str]] = {
    # Masculine, feminine, masculine plural, feminine plural.
    "right": ("derecho", "derecha", "derechos", "derechas"),
    "left": ("izquierdo", "izquierda", "izquierdos", "izquierdas"),
    "affected": ("afectado", "afectada", "afectados", "afectadas"),
    "upper": ("superior", "superior", "superiores", "superiores"),
    "lower": ("inferior", "inferior", "inferiores", "inferiores"),
    "outer": ("externo", "externa", "externos", "externas"),
}
_COUNT = r"(\d+(?: to \d+)?)"
_SPAN = rf"{_COUNT} (minute|hour|day|week|month)s?"
_LIQUID = {
    "water": "agua",
    "juice": "jugo",
    "milk": "leche",
    "liquid": "líquido",
    "water or juice": "agua o jugo",
}


def when_in_spanish(value: str) -> str:
    """A time of the day or a circumstance; KeyError when it has no Spanish here."""
    if value in WHEN:
        return WHEN[value]
    for pattern, say in _PATTERNS:
        found = pattern.fullmatch(value)
        if found is not None:
            return say(found)
    raise KeyError(value)


def site_in_spanish(site: str) -> str:
    """A place on the body with its article; KeyError when it has no Spanish here."""
    side, _, part = site.partition(" ")
    if site in SITE:
        return SITE[site]
    if site in PART:
        side, part = "", site
    if part not in PART or (side and side != "both" and side not in _SIDES):
        raise KeyError(site)
    several, feminine = part in PLURAL_PARTS, part in FEMININE_PARTS
    name = PART[part]
    form = 2 * several + feminine
    if side == "both":
        return f"en {'ambas' if feminine else 'ambos'} {name}"
    # "El área": a stressed a at the beginning takes the masculine article.
    stressed = feminine and not several and name.startswith("área")
    article = "el" if stressed else ("el", "la", "los", "las")[form]
    after = f" {_SIDES[side][form]}" if side else ""
    return f"en {article} {name}{after}"


def _clock(found: re.Match[str]) -> str:
    hour, minutes, half = found.groups()
    article = "la" if hour == "1" else "las"
    return f"a {article} {hour}{minutes or ''} {'a. m.' if half == 'AM' else 'p. m.'}"


def _span(count: str, unit: str) -> str:
    names = PERIOD[unit]
    return f"{count.replace(' to ', ' a ')} {names[0] if count == '1' else names[1]}"


def _moment(side: str, name: str) -> str:
    """Before or after a moment, with "de el" drawn together."""
    said = f"{'antes' if side == 'before' else 'después'} de {MOMENT[name]}"
    return said.replace(" de el ", " del ")


def _around(found: re.Match[str]) -> str:
    count, unit, side, name = found.groups()
    return f"{_span(count, unit)} {_moment(side, name)}"


def _before_or_after(found: re.Match[str]) -> str:
    first, unit, second, other, name = found.groups()
    before = f"{_span(first, unit)} antes o {_span(second, other)}"
    return f"{before} {_moment('after', name)}"


def _mixed(found: re.Match[str]) -> str:
    count, unit, liquid = found.groups()
    measure = "mL" if unit == "mL" else "onza" if count == "1" else "onzas"
    return f"en {count.replace(' to ', ' a ')} {measure} de {_LIQUID[liquid]}"


_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"at (1[0-2]|[1-9])(:[0-5]\d)? (AM|PM)"), _clock),
    (re.compile(rf"{_SPAN} before or {_SPAN} after (.+)"), _before_or_after),
    (re.compile(rf"{_SPAN} (before|after) (.+)"), _around),
    (re.compile(rf"{_SPAN} later"), lambda found: f"{_span(found[1], found[2])} después"),
    (re.compile(rf"mixed in {_COUNT} (ounces?|mL) of (.+)"), _mixed),
    (
        re.compile(rf"remove after {_SPAN}"),
        lambda found: f"quitándolo después de {_span(found[1], found[2])}",
    ),
    (re.compile(r"(before|after) (.+)"), lambda found: _moment(found[1], found[2])),
)
