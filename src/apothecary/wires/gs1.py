"""A scan, as the scanner typed it: what kind of code it is and what it says.

Product codes consist of digits and GS1 element strings, which begin with digits; the codes on
our own labels and bags begin with letters, so the one can never be taken for the other. A
product code gives the NDC without its segments: which package it is, the drug file must say.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from biip import ParseConfig, ParseError
from biip.gs1_messages import GS1Message
from biip.gtin import Gtin, GtinFormat

from apothecary.wires.errors import Fault, Malformed

FNC1 = "\x1d"
LONGEST_SCAN = 200  # characters; the largest GS1 symbol on a drug has well under a hundred

_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]", re.ASCII)
_ELEMENT_SYMBOLS = {
    "]d2": "GS1 DataMatrix",
    "]C1": "GS1-128",
    "]e0": "GS1 DataBar",
    "]Q3": "GS1 QR",
}
_LABEL = re.compile(r"RX([0-9]{1,12})-([0-9]{1,2})-([0-9]{1,2})", re.ASCII | re.IGNORECASE)
_BAG = re.compile(r"BAG([0-9A-Z]{1,20})", re.ASCII | re.IGNORECASE)
_NDC = re.compile(r"([0-9]{4,6})-([0-9]{3,4})-([0-9]{1,2})", re.ASCII)
# The native shapes, the billing shape and, from 2033, six-digit labelers.
_NDC_SHAPES = frozenset(
    {(4, 4, 2), (5, 3, 2), (5, 4, 1), (5, 4, 2), (6, 3, 2), (6, 4, 1), (6, 4, 2)}
)
_DATE_INSIDE = re.compile(r"17[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])", re.ASCII)
_CONFIG = ParseConfig(gs1_element_strings_verify_date=False)


class ScanKind(StrEnum):
    """What was scanned."""

    PRODUCT = "product"
    LOGISTIC = "logistic"
    LABEL = "label"
    BAG = "bag"


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan, read. Absent parts are empty or None.

    ``ndc10`` has ten digits and no segments (from a symbol); ``ndc`` is what a person typed,
    digits with or without hyphens. ``problems`` are doubts a person must settle: a value that
    cannot be trusted is left empty and stands in the problem.
    """

    kind: ScanKind
    raw: str
    symbology: str
    gtin14: str = ""
    ndc10: str = ""
    ndc: str = ""
    expires_on: date | None = None
    lot: str = ""
    serial: str = ""
    sscc: str = ""
    rx_number: str = ""
    fill_number: int | None = None
    part: int | None = None
    bag_id: str = ""
    others: tuple[tuple[str, str], ...] = ()
    problems: tuple[Fault, ...] = ()


def label_code(rx_number: str, fill_number: int, part: int) -> str:
    """The text of a label's barcode, read back by ``read_scan``."""
    code = f"RX{rx_number}-{fill_number}-{part}"
    if not _LABEL.fullmatch(code):
        raise Malformed("label", f"cannot be written as a barcode: {code!r}")
    return code


def bag_code(bag_id: str) -> str:
    """The text of a bag's barcode, read back by ``read_scan``."""
    code = f"BAG{bag_id}".upper()
    if not _BAG.fullmatch(code):
        raise Malformed("bag", f"cannot be written as a barcode: {code!r}")
    return code


def read_scan(raw: str) -> Scan:
    """Read one scan, with or without its AIM prefix, or a product number typed by hand.

    Raises Malformed on what is no code we know, a wrong check digit, an impossible date.
    Expiry years are 2000 to 2099; a day 00 is the last day of the month.
    """
    if len(raw) > LONGEST_SCAN:
        raise Malformed("scan", f"has {len(raw)} characters, at most {LONGEST_SCAN} are read")
    text = raw.strip(" \t\r\n")
    prefix = text[:3] if _AIM.match(text) else ""
    text = text[len(prefix) :]
    if not text:
        raise Malformed("scan", "is empty")
    if prefix in _ELEMENT_SYMBOLS:
        return _elements(raw, text, _ELEMENT_SYMBOLS[prefix])
    own = _own(raw, text)
    if own:
        return own
    if text.isascii() and text.isdigit():
        return _digits(raw, text, prefix)
    if text.startswith("01") or FNC1 in text:
        return _elements(raw, text, "GS1 without symbology prefix")
    return _typed(raw, text)


def _own(raw: str, text: str) -> Scan | None:
    label = _LABEL.fullmatch(text)
    if label:
        return Scan(
            ScanKind.LABEL,
            raw,
            "own label",
            rx_number=label[1],
            fill_number=int(label[2]),
            part=int(label[3]),
        )
    bag = _BAG.fullmatch(text)
    if bag:
        return Scan(ScanKind.BAG, raw, "own bag", bag_id=bag[1].upper())
    return None


def _typed(raw: str, text: str) -> Scan:
    parts = _NDC.fullmatch(text)
    if not parts:
        raise Malformed("scan", f"is no product, label or bag code: {text[:40]!r}")
    shape = (len(parts[1]), len(parts[2]), len(parts[3]))
    if shape not in _NDC_SHAPES:
        found = "-".join(str(length) for length in shape)
        raise Malformed("ndc", f"has segments of {found} digits, a shape no NDC has")
    return Scan(ScanKind.PRODUCT, raw, "typed", ndc=text)


def _digits(raw: str, text: str, prefix: str) -> Scan:
    """Digits only: a trade number with check digit, or an NDC typed without hyphens."""
    if len(text) in (10, 11) and not prefix:
        return Scan(ScanKind.PRODUCT, raw, "typed", ndc=text)
    if len(text) >= 16 and text.startswith("01"):
        return _elements(raw, text, "GS1 without symbology prefix")
    names = {12: "UPC-A", 13: "EAN-13", 14: "GTIN-14"}
    if len(text) not in names:
        reason = f"has {len(text)} digits; a product has 10 or 11 typed, 12, 13 or 14 scanned"
        raise Malformed("scan", reason)
    gtin14 = _gtin14(text)
    return Scan(ScanKind.PRODUCT, raw, names[len(text)], gtin14=gtin14, ndc10=_ndc10(gtin14))


def _gtin14(text: str) -> str:
    try:
        gtin = Gtin.parse(text)
    except ParseError as error:
        raise Malformed("gtin", f"{text}: {error}") from None
    if gtin.format is GtinFormat.GTIN_8:
        raise Malformed("gtin", f"{text}: a short code carries no drug number")
    return gtin.as_gtin_14()


def _ndc10(gtin14: str) -> str:
    """US drugs: packaging digit, 03, ten digits of NDC, check digit."""
    return gtin14[3:13] if gtin14[1:3] == "03" else ""


def _elements(raw: str, text: str, symbology: str) -> Scan:
    body = text.removeprefix(FNC1).rstrip(FNC1)
    try:
        message = GS1Message.parse(body, config=_CONFIG)
    except ParseError as error:
        reason = f"is no GS1 element string: {error}"
        raise Malformed("scan", f"{reason} A lost separator (FNC1) may be the cause.") from None
    found = [
        (one.ai.ai, one.value, one.ai.separator_required) for one in message.element_strings
    ]
    values = _single_values(found)
    problems = _lost_separators(body, found)
    gtin14 = _gtin14(values["01"]) if "01" in values else ""
    sscc = values.get("00", "")
    if not gtin14 and not sscc:
        raise Malformed("scan", "names neither a product (01) nor a logistic unit (00)")
    if sscc and not _mod10(sscc):
        raise Malformed("sscc", f"{sscc}: wrong check digit")
    doubtful = {fault.field for fault in problems}
    return Scan(
        kind=ScanKind.PRODUCT if gtin14 else ScanKind.LOGISTIC,
        raw=raw,
        symbology=symbology,
        gtin14=gtin14,
        ndc10=_ndc10(gtin14),
        expires_on=_expiry(values["17"]) if "17" in values else None,
        lot="" if "lot" in doubtful else values.get("10", ""),
        serial="" if "serial" in doubtful else values.get("21", ""),
        sscc=sscc,
        others=tuple((ai, value) for ai, value, _ in found if ai not in _NAMED),
        problems=tuple(problems),
    )


_NAMED = frozenset({"00", "01", "10", "17", "21"})
_FIELDS = {"10": "lot", "21": "serial"}


def _single_values(found: list[tuple[str, str, bool]]) -> dict[str, str]:
    values: dict[str, str] = {}
    for ai, value, _ in found:
        if values.setdefault(ai, value) != value:
            raise Malformed(f"AI {ai}", f"stands twice: {values[ai]!r} and {value!r}")
    return values


def _lost_separators(body: str, found: list[tuple[str, str, bool]]) -> list[Fault]:
    """Values that may have swallowed the next one, because a scanner dropped the FNC1."""
    present = {ai for ai, _, _ in found}
    faults = []
    place = 0
    for ai, value, ends_with_separator in found:
        place = body.index(ai + value, place) + len(ai + value)
        runs_on = ends_with_separator and place < len(body) and body[place] != FNC1
        if ai in _FIELDS and (runs_on or _swallowed(ai, value, present)):
            reason = f"a separator (FNC1) may be lost, nobody can say where {value!r} ends"
            faults.append(Fault(_FIELDS[ai], reason))
    return faults


def _swallowed(ai: str, value: str, present: set[str]) -> bool:
    """Whether a value holds what looks like one of the elements that are missing."""
    inside = value[1:]
    if "17" not in present and _DATE_INSIDE.search(inside):
        return True
    other = "21" if ai == "10" else "10"
    return other not in present and other in inside[:-1]


def _expiry(value: str) -> date:
    year, month, day = 2000 + int(value[:2]), int(value[2:4]), int(value[4:])
    if not 1 <= month <= 12:
        raise Malformed("expiry", f"{value} is not a day of the calendar")
    last = monthrange(year, month)[1]
    if day > last:
        raise Malformed("expiry", f"{value} is not a day of the calendar")
    return date(year, month, day or last)


def _mod10(digits: str) -> bool:
    total = sum(int(d) * (3 if place % 2 else 1) for place, d in enumerate(reversed(digits)))
    return total % 10 == 0
