"""What was typed, as typed values: each field read or refused with its name and the reason."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from apothecary.intake.pictures import DRAWN, PDF, TIFF, check_pages
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.prescriptions.carried import FAX_CASES, AcutePain, Carried, MadeAs
from apothecary.prescriptions.models import Origin, PayKind

IMAGE_KINDS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"%PDF-": PDF,
    b"II*\x00": TIFF,
    b"MM\x00*": TIFF,
}
MOST_IMAGE_BYTES = 5 * 1024 * 1024
MOST_DIGITS = 12
MOST_TEXT = 1000
# No prescription is of another time, and every sum of days and months stays in the calendar.
FIRST_YEAR, LAST_YEAR = 1900, 2199
DAY = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})|(\d{4})-(\d\d)-(\d\d)", re.ASCII)
INSTANT = "%m/%d/%Y %H:%M"
# Where a field's value is from; a draft with any other could not be shown again.
VALUE_SOURCES = frozenset({"", "sent", "matched", "typed", "accepted", "guessed"})
# The fields of the entry form in the order of the paper; each may carry `<name>_source`.
FIELDS = (
    *("patient_id", "prescriber_id", "package_id", "quantity", "days_supply", "refills"),
    *("daw", "written_on", "earliest_fill_on", "directions", "origin", "pay", "price_usd"),
    *("waiter", "promised", "diagnosis", "note"),
    *("administration_usd", "cost_340b_usd", "because_340b"),
    *("made_as", "doubt", "mandate_exception", "original_seen", "fax_case"),
    *("condition_code", "acute_pain"),
    *("emergency", "emergency_because", "emergency_period", "emergency_ordered_at"),
    *("emergency_needed_at_once", "emergency_no_alternative"),
    *("emergency_no_written_in_time", "emergency_known", "emergency_verified_how"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The entry form, every field read. Quantities in the billing unit."""

    patient_id: int
    prescriber_id: int
    package_id: int
    quantity: Decimal
    days_supply: int
    refills: int
    daw: str
    written_on: date
    earliest_fill_on: date | None
    directions: str
    origin: str
    pay: str
    price_usd: Decimal | None
    waiter: bool
    promised_at: datetime | None
    diagnosis: str
    note: str
    administration_usd: Decimal | None
    cost_340b_usd: Decimal | None
    because_340b: str
    carried: Carried


class Reader:
    """Reads fields one by one and gathers what is wrong with them."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.problems: list[Problem] = []

    def wrong(self, name: str, says: str) -> None:
        """Note what is wrong with a field."""
        self.problems.append(Problem(says, field=name, code="typed"))

    def text(self, name: str, *, most: int = MOST_TEXT) -> str:
        """A text without stray spaces; too long is refused, never cut."""
        found = self.values.get(name, "").strip()
        if len(found) > most or "\x00" in found:
            self.wrong(name, f"This is over {most} characters or not text.")
            return ""
        return found

    def choice(self, name: str, allowed: set[str], says: str) -> str:
        """One of the values a field may have."""
        found = self.text(name)
        if found not in allowed:
            self.wrong(name, says)
        return found

    def key(self, name: str, says: str) -> int:
        """The number of a row that was chosen."""
        found = self.text(name, most=MOST_DIGITS)
        if not (found.isascii() and found.isdigit()):
            self.wrong(name, says)
            return 0
        return int(found)

    def whole(self, name: str, label: str) -> int:
        """A whole number; its range is for the rules to judge."""
        found = self.text(name)
        if not re.fullmatch(r"-?\d{1,6}", found, re.ASCII):
            self.wrong(name, f"{label}: {found!r} is not a whole number.")
            return 0
        return int(found)

    def number(self, name: str, label: str, *, places: int) -> Decimal:
        """A decimal number with at most so many places."""
        found = self.text(name).replace(",", "")
        try:
            value = (
                Decimal(found) if re.fullmatch(r"-?\d{0,9}\.?\d*", found, re.ASCII) else None
            )
        except InvalidOperation:
            value = None
        if value is None:
            self.wrong(name, f"{label}: {found!r} is not a number.")
            return Decimal(0)
        if value != round(value, places):
            self.wrong(name, f"{label}: {found} has more than {places} decimals.")
        return round(value, places)

    def money(self, name: str, label: str) -> Decimal | None:
        """An amount in dollars and cents; none when empty."""
        return self.number(name, label, places=2) if self.text(name) else None

    def day(self, name: str, label: str) -> date | None:
        """A day as MM/DD/YYYY or YYYY-MM-DD; none when empty."""
        found = self.text(name)
        if not found:
            return None
        parts = DAY.fullmatch(found)
        if parts is None:
            self.wrong(name, f"{label}: {found!r} is not a day, MM/DD/YYYY.")
            return None
        year, month, day = (int(parts[n]) for n in ((3, 1, 2) if parts[3] else (4, 5, 6)))
        try:
            read = date(year, month, day)
        except ValueError:
            self.wrong(name, f"{label}: {found} is not a day of the calendar.")
            return None
        if not FIRST_YEAR <= year <= LAST_YEAR:
            self.wrong(name, f"{label}: {found} is of no time in which anybody fills.")
            return None
        return read

    def instant(self, name: str, zone: ZoneInfo, label: str = "Promised") -> datetime | None:
        """A moment at the pharmacy, MM/DD/YYYY HH:MM; none when empty."""
        found = self.text(name)
        if not found:
            return None
        try:
            read = datetime.strptime(found, INSTANT).replace(tzinfo=zone)
        except ValueError:
            self.wrong(name, f"{label}: {found!r} is not MM/DD/YYYY HH:MM.")
            return None
        if not FIRST_YEAR <= read.year <= LAST_YEAR:
            self.wrong(name, f"{label}: {found} is of no time in which anybody fills.")
            return None
        return read


def read_entry(values: Mapping[str, str], *, zone: ZoneInfo) -> Entry:
    """The form as typed values, or a refusal with every field at fault."""
    read = Reader(values)
    written_on = read.day("written_on", "Written")
    if written_on is None and not any(p.field == "written_on" for p in read.problems):
        read.wrong("written_on", "The day it was written is missing.")
    entry = Entry(
        patient_id=read.key("patient_id", "Choose the patient."),
        prescriber_id=read.key("prescriber_id", "Choose the prescriber."),
        package_id=read.key("package_id", "Choose the drug and product."),
        quantity=read.number("quantity", "Quantity", places=3),
        days_supply=read.whole("days_supply", "Days' supply"),
        refills=read.whole("refills", "Refills"),
        daw=read.choice("daw", set("0123456789"), "Choose a product selection code."),
        written_on=written_on or date.min,
        earliest_fill_on=read.day("earliest_fill_on", "Not before"),
        directions=read.text("directions"),
        origin=read.choice("origin", set(Origin.values), "Choose how it came."),
        pay=read.choice("pay", set(PayKind.values), "Choose insurance or cash."),
        price_usd=read.money("price_usd", "Price"),
        waiter=bool(read.text("waiter")),
        promised_at=read.instant("promised", zone),
        diagnosis=read.text("diagnosis", most=15),
        note=read.text("note", most=210),
        administration_usd=read.money("administration_usd", "Fee for giving it"),
        cost_340b_usd=read.money("cost_340b_usd", "Cost under 340B"),
        because_340b=read.text("because_340b", most=210),
        carried=read_carried(read),
    )
    refuse_if(read.problems)
    return entry


def read_carried(read: Reader) -> Carried:
    """What the law asks about, as typed; each is empty where nobody said anything."""
    cases = {"", *(case.value for case in FAX_CASES)}
    return Carried(
        original_seen=bool(read.text("original_seen")),
        fax_case=read.choice("fax_case", cases, "Choose the case, or none."),
        mandate_exception=read.text("mandate_exception", most=60),
        condition_code=read.text("condition_code", most=1).upper(),
        acute_pain=read.choice("acute_pain", set(AcutePain.values), "Choose one of the list."),
        made_as=read.choice("made_as", set(MadeAs.values), "Choose what it is."),
        doubt=read.text("doubt", most=500),
    )


@dataclass(frozen=True, slots=True)
class Picture:
    """An uploaded image that is what it says it is."""

    content_type: str
    content: bytes


def read_picture(content: bytes) -> Picture:
    """A scan, photo or fax, known by its own first bytes; at most five megabytes.

    A PDF or TIFF is read to its last page: what could not be shown later is refused now.
    """
    if len(content) > MOST_IMAGE_BYTES:
        says = f"The image has {len(content):,} bytes; at most {MOST_IMAGE_BYTES:,} are kept."
        raise refuse(says, field="image", code="image-size")
    for start, kind in IMAGE_KINDS.items():
        if content.startswith(start):
            if kind in DRAWN:
                check_pages(kind, content)
            return Picture(kind, content)
    raise refuse("The file is not a PNG, JPEG, PDF or TIFF.", field="image", code="image-kind")


def texts_of(values: Mapping[str, str]) -> dict[str, str]:
    """What stands in the boxes of patient, prescriber and drug, chosen or half typed."""
    names = [name.removesuffix("_id") for name in FIELDS if name.endswith("_id")]
    return {name: values[name][:MOST_TEXT] for name in names if values.get(name)}


def source_name(field: str) -> str:
    """Under which name the form says where a field's value is from."""
    return f"{field.removesuffix('_id')}_source"


def settled(values: Mapping[str, str], name: str) -> bool:
    """Whether a person has answered the question on a field.

    A row that is typed over must be chosen anew, so that typing is an answer there. Directions
    or days typed against the proof are no answer: they need a yes.
    """
    source = values.get(source_name(name), "")
    return source == "accepted" or (source == "typed" and name.endswith("_id"))


def unsettled(values: Mapping[str, str], asks: Mapping[str, str]) -> list[str]:
    """The questions nobody has answered: asked, and the field still stands on a guess."""
    return [ask for name, ask in asks.items() if not settled(values, name)]


def kept(values: Mapping[str, str]) -> dict[str, str]:
    """What of a posted form is a draft: its own fields and where each value is from."""
    names = {*FIELDS, *(source_name(name) for name in FIELDS)}
    found = {name: values[name] for name in names if name in values}
    long = [name for name, value in found.items() if len(value) > MOST_TEXT]
    refuse_if([Problem("This is too long to keep.", field=name) for name in long])
    odd = [n for n in found if n.endswith("_source") and found[n] not in VALUE_SOURCES]
    refuse_if([Problem(f"{found[n]!r} is no source of a value.", field=n) for n in odd])
    return found
