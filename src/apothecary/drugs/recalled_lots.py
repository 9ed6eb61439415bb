"""Which lots a firm's text of a recall is about. Pure; what is not read for certain is a doubt.

Firms write lots in prose: ``Lot #: 22A017, Exp 05/2026; 22A018``, ``All lots within expiry``,
``Lots 4411 through 4488``. A word or a shape that is not known here makes the whole text
doubtful, and then a person says which lots are meant: to find one lot too few harms a patient,
to ask once too often costs a minute. What looks like a lot and is none (a date, a price) is
kept among the lots: no bottle bears it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from apothecary.drugs.official.written_codes import HALF, WHOLE

MONTH = r"(?:JAN|FEB|MAR|APR|MAY|JUNE?|JULY?|AUG|SEPT?|OCT|NOV|DEC)[A-Z]*\.?"
DAY = (
    r"(?:\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|\d{4}[/-]\d{1,2}(?:[/-]\d{1,2})?"
    rf"|\d{{1,2}}[/.-](?:\d{{4}}|\d{{2}})|\d{{1,2}}[ -]?{MONTH}[ -]?(?:\d{{4}}|\d{{2}})"
    rf"|{MONTH}[ -]?(?:\d{{1,2}}, ?)?(?:\d{{4}}|\d{{2}})|\d{{4}}-\d{{4}})"
)
EXPIRY = re.compile(
    rf"\bEXP(?:IRY|IRATION|IRES|IRING|S)?\.?(?: ?DATES?)?[ :.#-]*{DAY}(?![\w/-])"
)
UPC = re.compile(r"\bUPC(?: CODES?)?[ :#]*\d{11,14}(?![\w-])")
POINT = re.compile(r"(?<![\w-])[A-Z]\)")
EVERY = re.compile(
    r"^ALL (?:UNEXPIRED |REMAINING |CURRENT )?"
    r"(?:LOT NUMBERS?|LOT CODES?|LOTS?|BATCHES|BATCH NUMBERS?|CODES)\b"
)
# What may follow "all lots" and leaves it all lots.
NO_LIMIT = re.compile(
    "WITHIN|EXPIR(?:Y|ATION|ED?)|DAT(?:ES?|ING)|THEIR|ITS|THE|OF|A|ARE|HAVE|HAS|THAT|WHICH|NOT"
    "|YET|CURRENTLY|REMAINING|ON|IN|MARKET(?:PLACE)?|DISTRIBUT(?:ION|ED)|PRODUCTS?|SHELF|LIFE"
    "|UNEXPIRED|NDC|AND"
)
# Words that say nothing of which lots: whatever else stands there is a doubt.
PLAIN = re.compile(
    "LOTS?|NOS?|NUM|NUMBERS?|CODES?|BATCH|BATCHES|CONTROL|ID|EXPS?|EXPIR(?:Y|ES|ATIONS?)|DATES?"
    "|AND|OR|THE|FOLLOWING|NDC|UPC|USE|BY|BOTTLES?|CARTONS?|BOX|BOXES|ONLY"
)
BETWEEN = frozenset({"TO", "THROUGH", "THRU", "-", "–", "—"})
PARTED = re.compile(r"[\s,;:#()\[\]&]+")
SHAPE = re.compile(r"[A-Z0-9](?:[A-Z0-9./_–—-]*[A-Z0-9])?")
UNKNOWN_LETTERS = re.compile(r"\*|\?|\dX{2,}\b|\.\.\.$|…$")
MARK = re.compile(r"^(?:LOTS?|BATCH)[-./]?(?=.*\d)")


@dataclass(frozen=True, slots=True)
class Reading:
    """The lots of a text as written, or every lot; ``doubt`` is why it is not certain."""

    lots: tuple[str, ...] = ()
    every: bool = False
    doubt: str = ""

    @property
    def keys(self) -> frozenset[str]:
        """The lots in the shape in which they are compared; none of them is empty."""
        return frozenset(lot_key(lot) for lot in self.lots) - {""}

    def names(self, lot: str) -> bool:
        """Whether it is about this lot for certain."""
        return self.every or lot_key(lot) in self.keys

    def holds(self, lot: str) -> bool:
        """Whether this lot is held: it is named, or nobody can say that it is not."""
        return bool(self.doubt) or self.names(lot)


def lot_key(lot: str) -> str:
    """A lot number without what people and printers add: letters and digits, no zeros in front.

    ``AB-0123``, ``ab0123`` and ``AB0123`` are one lot. Empty where nothing can be compared.
    """
    plain = re.sub(r"[^A-Za-z0-9]", "", lot).upper()
    return re.sub(r"^0+(?=.)", "", plain)


def lots_in(text: str) -> Reading:
    """Read a firm's text of its lots."""
    said = " ".join(text.upper().split())
    if not said:
        return Reading(doubt="The notice names no lots.")
    if UNKNOWN_LETTERS.search(said):
        return Reading(tuple(_lots(_words(said))), doubt="A lot is not written out in full.")
    words = _words(said)
    if EVERY.match(said):
        left = [word for word in _words(EVERY.sub("", said)) if not NO_LIMIT.fullmatch(word)]
        if not left:
            return Reading(every=True)
        doubt = f"It says all lots, and then {left[0][:30]!r}."
        return Reading(tuple(_lots(words)), doubt=doubt)
    lots = tuple(dict.fromkeys(_lots(words)))
    return Reading(lots, doubt=_doubt(words, lots))


def typed_lots(text: str) -> tuple[str, ...]:
    """Lots as a person types them, one a line or by commas: each as it is, every one once."""
    parts = (one.strip() for one in re.split(r"[,;\n]+", text))
    return tuple(dict.fromkeys(one for one in parts if one))


def _words(said: str) -> list[str]:
    """The words of a text without codes, expiries and the points of a list."""
    for known in (WHOLE, HALF, EXPIRY, UPC, POINT):
        said = known.sub(" ", said)
    return [word for word in (one.strip(".'\"/") for one in PARTED.split(said)) if word]


def _lots(words: list[str]) -> Iterator[str]:
    """Everything with a digit that may be a lot."""
    for word in words:
        if not any(letter.isdigit() for letter in word) or not SHAPE.fullmatch(word):
            continue
        yield word
        if (bare := MARK.sub("", word)) and bare != word:
            yield bare
        parts = word.split("/")
        if len(parts) > 1 and all(len(part) > 3 for part in parts):
            yield from parts


def _doubt(words: list[str], lots: tuple[str, ...]) -> str:
    """Why a text is not read for certain; empty when it is."""
    for place, word in enumerate(words):
        if word in BETWEEN and 0 < place < len(words) - 1:
            before, after = words[place - 1], words[place + 1]
            if before in lots and after in lots:
                return f"It names lots from {before} to {after}."
    for word in words:
        if word in lots:
            if _is_range(word):
                return f"{word[:30]!r} may be one lot or all from one to another."
        elif word not in BETWEEN and not PLAIN.fullmatch(word):
            return f"It says {word[:30]!r} of the lots."
    return "" if lots else "The notice names no lots."


def _is_range(word: str) -> bool:
    """Two numbers of one length with a dash between them, as in 24A01-24A45."""
    halves = re.split("[-–—]", word)
    return (
        len(halves) == 2
        and len(halves[0]) == len(halves[1]) > 2
        and all(any(letter.isdigit() for letter in half) for half in halves)
    )
