"""What is in a package, out of the text the labeler wrote: quantity, unit, inner containers.

Source: FDA NDC Directory, PACKAGEDESCRIPTION: levels "N UNIT in M CONTAINER (code)" from the
outside in, parted by ``>`` in older releases and by ``/`` in newer ones; kits by ``*``.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

CODE = re.compile(r"\s*\([0-9]{4,6}-[0-9]{3,4}-[0-9]{1,2}\)\s*")
# A slash parts levels only after a blank: SOLUTION/ DROPS is one unit.
BETWEEN = re.compile(r"\s+[>/]\s+(?=[\d.])")
LEVEL = re.compile(r"([0-9]*\.?[0-9]+)\s+(.+?)\s+in\s+([0-9]*\.?[0-9]+)\s+(.+)")
LARGEST = Decimal(999_999_999)
THOUSANDTH = Decimal("0.001")
MEASURES = {
    "mL": ("ML", Decimal(1)),
    "L": ("ML", Decimal(1000)),
    "uL": ("ML", THOUSANDTH),
    "g": ("GM", Decimal(1)),
    "kg": ("GM", Decimal(1000)),
}
# Hours and days are how long a patch or a ring works; what is counted stands a level above.
TIMES = frozenset({"h", "d", "wk"})
# Weights, potencies and areas of what a container holds; the container is what is counted.
WITHIN = frozenset({"mg", "ug", "cm2", "mm", "Ci", "mCi"})
# Doses that leave a device or a substance that is poured: the device or container is billed.
POURED = (
    *("SPRAY", "AEROSOL", "INHALANT", "POWDER, METERED", "LIQUID", "SOLUTION", "SUSPENSION"),
    *("INJECTION", "GEL", "CREAM", "OINTMENT", "LOTION", "SYRUP", "OIL", "EMULSION", "GAS"),
    *("TINCTURE", "PASTE", "POWDER, FOR", "FOR SOLUTION", "FOR SUSPENSION", "LINIMENT"),
)
WORDS = {
    "GUM": "gum",
    "POWDER": "packet",
    "GRANULE": "packet",
    "INTRAUTERINE DEVICE": "device",
    "BAR": "bar",
    "PLASTER": "patch",
    "CHEWABLE GEL": "gummy",
}
CONTAINERS = {
    "VIAL": "vial",
    "SYRINGE": "syringe",
    "AMPULE": "ampule",
    "BOTTLE": "bottle",
    "INHALER": "inhaler",
    "CANISTER": "inhaler",
    "CARTRIDGE": "cartridge",
    "PACKET": "packet",
    "POUCH": "packet",
    "TUBE": "tube",
    "BAG": "bag",
}


@dataclass(frozen=True, slots=True)
class Content:
    """How much one package holds, in its billing unit EA, ML or GM.

    ``source`` is ``content`` where the innermost level names the unit, ``container`` where
    whole containers are counted instead, ``unread`` where the text could not be read: then one
    package counts as one, to be asked about before billing. ``inner`` are unbroken containers.
    """

    quantity: Decimal
    unit: str
    word: str
    inner: int
    source: str


UNREAD = Content(Decimal(1), "EA", "package", 1, "unread")


def tidy(description: str) -> str:
    """The text without the codes in it and with one blank where there were more."""
    return " ".join(CODE.sub(" ", description).split())


@lru_cache(maxsize=60_000)
def content_of(description: str, form: str) -> Content:
    """What a tidy description says a package of a product of that dosage form holds."""
    if "*" in description or form == "KIT":
        return _kit(description)
    levels = [LEVEL.fullmatch(level) for level in BETWEEN.split(description)]
    if not levels or None in levels:
        return UNREAD
    read = [_Level.of(level) for level in levels if level]
    if any(level.per == 0 or level.count == 0 for level in read):
        return UNREAD
    return _within_limits(_content(read, form))


@dataclass(frozen=True, slots=True)
class _Level:
    count: Decimal
    unit: str
    per: Decimal
    container: str

    @classmethod
    def of(cls, found: "re.Match[str]") -> "_Level":
        return cls(
            Decimal(found[1]), found[2].strip(), Decimal(found[3]), found[4].strip().upper()
        )

    @property
    def each(self) -> Decimal:
        return self.count / self.per


def _content(levels: list[_Level], form: str) -> Content:
    outer = Decimal(1)
    for level in levels[:-1]:
        outer *= level.each
    last = levels[-1]
    if last.unit in TIMES:
        return _worn(levels, outer, form)
    if last.unit in MEASURES:
        # A powder's millilitres are there only after mixing.
        if "POWDER" in form and "INJECTION" in form:
            return _containers(last, outer)
        unit, times = MEASURES[last.unit]
        word = "mL" if unit == "ML" else "g"
        return Content(outer * last.each * times, unit, word, _whole(outer), "content")
    breathed = last.container.startswith("INHALER")
    if breathed or last.unit in WITHIN or last.unit.startswith(("[", *POURED)):
        return _containers(last, outer)
    return _counted(outer * last.each, _word(last.unit), _whole(outer))


def _worn(levels: list[_Level], outer: Decimal, form: str) -> Content:
    above = levels[-2].unit.upper() if len(levels) > 1 else ""
    counted = outer if len(levels) > 1 else Decimal(1)
    worn = "PATCH" in above or "PATCH" in form
    return _counted(counted, "patch" if worn else _word(form), _whole(counted))


def _counted(quantity: Decimal, word: str, inner: int) -> Content:
    # A pouch of one patch is opened by whoever wears it: nothing unbroken is counted inside.
    return Content(quantity, "EA", word, 1 if word == "patch" else inner, "content")


def _containers(last: _Level, outer: Decimal) -> Content:
    kind = "VIAL" if "POWDER" in last.unit and "INJ" in last.unit else last.container
    kind = kind.partition(",")[0]
    return Content(outer, "EA", CONTAINERS.get(kind, "container"), 1, "container")


def _kit(description: str) -> Content:
    first = BETWEEN.split(description.partition("*")[0].strip())
    levels = [LEVEL.fullmatch(level.strip()) for level in first]
    count = Decimal(1)
    for level in levels:
        if level is None or Decimal(level[3]) == 0 or Decimal(level[1]) == 0:
            return Content(Decimal(1), "EA", "kit", 1, "unread")
        if level[2].strip().upper().startswith(("KIT", "BLISTER", "POUCH", "CARTON", "BOX")):
            count *= Decimal(level[1]) / Decimal(level[3])
    return _within_limits(Content(count, "EA", "kit", _whole(count), "content"))


def _within_limits(content: Content) -> Content:
    quantity = content.quantity.quantize(THOUSANDTH)
    if not THOUSANDTH <= quantity <= LARGEST:
        return UNREAD
    return Content(quantity, content.unit, content.word, content.inner, content.source)


def _whole(count: Decimal) -> int:
    return max(1, min(int(count), 1_000_000))


def _word(unit: str) -> str:
    upper = unit.upper()
    for begins, word in WORDS.items():
        if upper.startswith(begins):
            return word
    return upper.partition(",")[0].partition("/")[0].strip().lower() or "each"
