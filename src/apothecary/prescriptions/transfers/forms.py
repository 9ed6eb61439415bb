"""What is typed about a transfer, read into typed values or refused by field."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from apothecary.law.problem import Problem, refuse_if
from apothecary.prescriptions.transfers.giving import Giving
from apothecary.prescriptions.transfers.models import PastFill, Title, Transfer, Way
from apothecary.prescriptions.transfers.rules import Other, Told
from apothecary.prescriptions.transfers.taking import Taking

DAY_FORMS = ("%m/%d/%Y", "%Y-%m-%d")
FIRST_YEAR, LAST_YEAR = 1900, 2199
MOST_TYPED = 4_000
NOT_DIGITS = re.compile(r"[\s().+-]")
UNITS = re.compile(r"\d{1,6}(\.\d{1,3})?", re.ASCII)
# Every field of the forms, empty: a page shows what was typed over it.
BLANK: Mapping[str, str] = dict.fromkeys(
    (
        *("name", "street", "city", "state", "postal_code", "phone", "dea", "spoke_with"),
        *("title", "way", "shared_database", "reference", "patient_asked", "unaltered"),
        *("state_allows", "controlled", "unfilled", "their_number", "written_on", "says"),
        *("refills_originally", "refills_left", "fills", "waiter", "because"),
    ),
    "",
)
# Day, quantity, then the pharmacy and its number where it was yet another one.
PARTS = 4
Typed = Mapping[str, str]


class Reading:
    """Reads fields one by one and gathers what is wrong with them."""

    def __init__(self, typed: Typed) -> None:
        self.typed = typed
        self.problems: list[Problem] = []

    def wrong(self, field: str, says: str) -> None:
        """Note what is wrong with a field."""
        self.problems.append(Problem(says, field=field, code="typed"))

    def text(self, field: str) -> str:
        """A text without stray spaces; how long it may be is for the rules."""
        found = self.typed.get(field, "").strip()
        if "\x00" in found or len(found) > MOST_TYPED:
            self.wrong(field, "This is too long or no text.")
            return ""
        return found

    def ticked(self, field: str) -> bool:
        return self.typed.get(field, "") == "yes"

    def way(self) -> Way:
        """How it came or goes."""
        found = self.text("way")
        if found not in Way.values:
            self.wrong("way", "Choose how it goes: telephone, fax or electronic message.")
            return Way.PHONE
        return Way(found)

    def title(self) -> Title:
        """What they say they are."""
        found = self.text("title")
        if found not in Title.values:
            self.wrong("title", "Is it a pharmacist or a certified technician?")
            return Title.PHARMACIST
        return Title(found)

    def refills(self, field: str) -> int | None:
        """A number of refills; none when empty."""
        found = self.text(field)
        if not found:
            return None
        if not re.fullmatch(r"\d{1,4}", found, re.ASCII):
            self.wrong(field, f"{found!r} is not a number of refills.")
            return None
        return int(found)

    def day(self, field: str, found: str) -> date | None:
        """A day as MM/DD/YYYY or YYYY-MM-DD; none when empty."""
        if not found:
            return None
        for form in DAY_FORMS:
            try:
                read = datetime.strptime(found, form).date()  # noqa: DTZ007 a day has no zone
            except ValueError:
                continue
            if FIRST_YEAR <= read.year <= LAST_YEAR:
                return read
        self.wrong(field, f"{found!r} is not a day, MM/DD/YYYY.")
        return None

    def other(self) -> Other:
        """The other pharmacy and who speaks for it."""
        return Other(
            name=self.text("name"),
            street=self.text("street"),
            city=self.text("city"),
            state=self.text("state").upper(),
            postal_code=self.text("postal_code"),
            phone=NOT_DIGITS.sub("", self.text("phone")),
            dea=self.text("dea").upper(),
            spoke_with=self.text("spoke_with"),
            title=self.title(),
        )

    def fills(self, *, place: str, number: str) -> list[PastFill]:
        """The fills, one a line: day, quantity, and another pharmacy with its number."""
        found = []
        for line in self.text("fills").splitlines():
            parts = [part.strip() for part in line.split(",")]
            if not any(parts):
                continue
            if len(parts) > PARTS:
                self.wrong("fills", f"{line!r}: day, quantity, pharmacy, its number.")
                continue
            day, units, where, theirs = [*parts, "", "", ""][:PARTS]
            on = self.day("fills", day)
            if units and not UNITS.fullmatch(units):
                self.wrong("fills", f"{units!r} is no quantity.")
            elif on is None and not day:
                self.wrong("fills", f"{line!r} has no day.")
            elif on is not None:
                quantity = Decimal(units) if units else None
                found.append(
                    PastFill(
                        on=on, place=where or place, number=theirs or number, quantity=quantity
                    )
                )
        return found


def read_giving(typed: Typed) -> Giving:
    """The form of a prescription that is given away."""
    read = Reading(typed)
    given = Giving(
        other=read.other(),
        way=read.way(),
        shared_database=read.ticked("shared_database"),
        reference=read.text("reference"),
        patient_asked=read.ticked("patient_asked"),
        unaltered=read.ticked("unaltered"),
        state_allows=read.text("state_allows"),
    )
    refuse_if(read.problems)
    return given


def read_taking(typed: Typed) -> Taking:
    """The form of a prescription that another pharmacy gives."""
    read = Reading(typed)
    other, number = read.other(), read.text("their_number")
    given = Taking(
        other=other,
        told=Told(
            says=read.text("says"),
            their_number=number,
            written_on=read.day("written_on", read.text("written_on")),
            refills_originally=read.refills("refills_originally"),
            refills_left=read.refills("refills_left"),
            unfilled=read.ticked("unfilled"),
            fills=read.fills(place=other.name, number=number),
        ),
        way=read.way(),
        controlled=read.ticked("controlled"),
        shared_database=read.ticked("shared_database"),
        reference=read.text("reference"),
    )
    refuse_if(read.problems)
    return given


def shown(row: Transfer) -> dict[str, str]:
    """A record as the form shows it, to be completed."""
    yes = {
        "controlled": row.controlled,
        "unfilled": row.unfilled,
        "shared_database": row.shared_database,
    }
    texts = (
        *("name", "street", "city", "state", "postal_code", "phone", "dea", "spoke_with"),
        *("their_number", "says", "reference", "way"),
    )
    return {
        **{name: str(getattr(row, name)) for name in texts},
        **{name: "yes" for name, there in yes.items() if there},
        "title": row.spoke_with_title,
        "written_on": f"{row.written_on:%m/%d/%Y}" if row.written_on else "",
        "refills_originally": number_shown(row.refills_originally),
        "refills_left": number_shown(row.refills_left),
        "fills": "\n".join(fill_shown(one) for one in row.past_fills),
    }


def number_shown(number: int | None) -> str:
    """A number, or nothing where nobody has said it."""
    return "" if number is None else str(number)


def fill_shown(one: PastFill) -> str:
    """A fill as it is typed."""
    units = "" if one.quantity is None else f"{one.quantity.normalize():f}"
    return f"{one.on:%m/%d/%Y}, {units}, {one.place}, {one.number}"
