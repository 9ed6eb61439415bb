"""What the record of a transfer must show, and what the house asks beyond the law; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from apothecary.law.facts import RxFacts
from apothecary.law.identifiers import dea_problems
from apothecary.law.problem import Problem
from apothecary.law.refills import refills_left
from apothecary.law.transfers import transferred_in_problems, transferred_out_problems
from apothecary.prescriptions.transfers.models import PastFill, Title

PHONE_DIGITS = 10
MOST_TEXT = 120
MOST_SAID = 1_000
MOST_FILLS = 30
MOST_REFILLS = 99

# Where on the form stands what a row of law names.
FIELD_OUT: Mapping[str, str] = {
    "receiving_pharmacy_name": "name",
    "receiving_pharmacy_address": "street",
    "receiving_pharmacy_dea": "dea",
    "receiving_pharmacist": "spoke_with",
}
FIELD_IN: Mapping[str, str] = {
    "transferring_pharmacy_name": "name",
    "transferring_pharmacy_address": "street",
    "transferring_pharmacy_dea": "dea",
    "transferring_pharmacist": "spoke_with",
    "transferring_rx_number": "their_number",
    "first_filled_on": "fills",
    "fill_dates_and_places": "fills",
}
# The house asks this much of a prescription that is not controlled (mark C).
HOUSE_OUT = frozenset({"receiving_pharmacy_name", "receiving_pharmacist"})
HOUSE_IN = frozenset(
    {
        "written_on",
        "refills_left",
        "transferring_pharmacy_name",
        "transferring_pharmacist",
        "transferring_rx_number",
    }
)
# What an unfilled one has none of.
OF_FILLS = frozenset({"first_filled_on", "fill_dates_and_places"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """The other pharmacy, and who spoke for it; the phone is ten digits."""

    name: str
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    phone: str = ""
    dea: str = ""
    spoke_with: str = ""
    title: Title = Title.PHARMACIST

    @property
    def has_address(self) -> bool:
        """Whether street, city, state and postal code are all there."""
        return all((self.street, self.city, self.state, self.postal_code))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the other pharmacy says of a prescription it gives away; None is not yet said."""

    says: str
    their_number: str = ""
    written_on: date | None = None
    refills_originally: int | None = None
    refills_left: int | None = None
    unfilled: bool = False
    fills: Sequence[PastFill] = ()


def other_problems(other: Other, *, our_dea: str, on: date) -> list[Problem]:
    """Why these cannot be another pharmacy's details: lengths, digits, a DEA number of ours."""
    problems = too_long_problems(
        {
            "name": other.name,
            "street": other.street,
            "city": other.city,
            "postal_code": other.postal_code,
            "spoke_with": other.spoke_with,
        }
    )
    if other.state and not (len(other.state) == 2 and other.state.isalpha()):
        says = f"State: {other.state!r} is not two letters."
        problems.append(Problem(says, field="state", code="transfer-other-state"))
    if other.phone and not (len(other.phone) == PHONE_DIGITS and other.phone.isdigit()):
        says = f"The phone number {other.phone!r} is not {PHONE_DIGITS} digits."
        problems.append(Problem(says, field="phone", code="transfer-phone"))
    if other.dea:
        problems += dea_problems(other.dea, on=on)
        if other.dea == our_dea:
            says = "That is this pharmacy's own DEA number: whose is theirs?"
            problems.append(Problem(says, field="dea", code="transfer-own-dea"))
    return problems


def too_long_problems(texts: Mapping[str, str]) -> list[Problem]:
    """Texts longer than a line of the record; nothing is cut in silence."""
    return [
        Problem(f"This is over {MOST_TEXT} characters.", field=name, code="transfer-long")
        for name, text in texts.items()
        if len(text) > MOST_TEXT
    ]


def record_out_problems(other: Other, *, controlled: bool, on: date) -> list[Problem]:
    """What the record of the pharmacy that gives it away lacks, under the form's own fields."""
    shown = {"void_mark", "transferred_on", "transferring_pharmacist"}
    shown |= {
        name
        for name, there in (
            ("receiving_pharmacy_name", other.name),
            ("receiving_pharmacy_address", other.has_address),
            ("receiving_pharmacy_dea", other.dea),
            ("receiving_pharmacist", other.spoke_with),
        )
        if there
    }
    problems = transferred_out_problems(shown, on=on)
    return at_fields(problems, FIELD_OUT, only=None if controlled else HOUSE_OUT)


def missing_in_problems(
    other: Other, told: Told, *, controlled: bool, on: date
) -> list[Problem]:
    """What the other pharmacy has not said yet and the record must show: to be asked for."""
    shown = {"transfer_mark"} | (OF_FILLS if told.unfilled else frozenset())
    shown |= {
        name
        for name, there in (
            ("written_on", told.written_on is not None),
            ("refills_originally", told.refills_originally is not None),
            ("refills_left", told.refills_left is not None),
            ("first_filled_on", bool(told.fills)),
            ("fill_dates_and_places", bool(told.fills)),
            ("transferring_pharmacy_name", other.name),
            ("transferring_pharmacy_address", other.has_address),
            ("transferring_pharmacy_dea", other.dea),
            ("transferring_rx_number", told.their_number),
            ("transferring_pharmacist", other.spoke_with),
        )
        if there
    }
    problems = transferred_in_problems(shown, on=on)
    return at_fields(problems, FIELD_IN, only=None if controlled else HOUSE_IN)


def at_fields(
    problems: Sequence[Problem], fields: Mapping[str, str], *, only: frozenset[str] | None
) -> list[Problem]:
    """The problems under the form's fields; of what is not controlled the house's own alone."""
    kept = [one for one in problems if only is None or one.field in only]
    if only is not None:
        # Federal law is of controlled drugs: here it is the house that asks.
        kept = [replace(one, cite="house policy", verified="C") for one in kept]
    return [replace(one, field=fields.get(one.field, one.field)) for one in kept]


def told_problems(told: Told, *, on: date) -> list[Problem]:
    """Why what the other pharmacy says cannot be: texts, numbers, days."""
    problems = too_long_problems({"their_number": told.their_number})
    if not told.says.strip():
        says = "Write down what was said: patient, drug, strength, directions, prescriber."
        problems.append(Problem(says, field="says", code="transfer-said"))
    elif len(told.says) > MOST_SAID:
        says = f"This is over {MOST_SAID} characters."
        problems.append(Problem(says, field="says", code="transfer-long"))
    for name in ("refills_originally", "refills_left"):
        number = getattr(told, name)
        if number is not None and not 0 <= number <= MOST_REFILLS:
            says = f"{number} refills are not possible."
            problems.append(Problem(says, field=name, code="transfer-refills"))
    return problems + count_problems(told) + day_problems(told, on=on)


def count_problems(told: Told) -> list[Problem]:
    """Numbers that contradict each other."""
    problems = []
    left, first = told.refills_left, told.refills_originally
    if told.unfilled and told.fills:
        says = "It was never filled, they say, and yet there are fills: ask which is right."
        problems.append(Problem(says, field="fills", code="transfer-filled"))
    if left is not None and first is not None and left > first:
        says = f"{left} refills are left of {first}: ask which is right."
        problems.append(Problem(says, field="refills_left", code="transfer-refills"))
    if not told.unfilled and left == 0:
        says = "It has no refills left: there is nothing to take over."
        problems.append(Problem(says, field="refills_left", code="transfer-no-refills"))
    if len(told.fills) > MOST_FILLS:
        says = f"At most {MOST_FILLS} fills are written down."
        problems.append(Problem(says, field="fills", code="transfer-fills"))
    return problems


def day_problems(told: Told, *, on: date) -> list[Problem]:
    """Days still to come, and fills before the prescription was written."""
    problems = []
    if told.written_on is not None and told.written_on > on:
        says = f"{told.written_on} is still to come."
        problems.append(Problem(says, field="written_on", code="transfer-day"))
    for one in told.fills:
        before = told.written_on is not None and one.on < told.written_on
        if one.on > on or before:
            why = "is still to come" if one.on > on else "lies before it was written"
            problems.append(Problem(f"{one.on} {why}.", field="fills", code="transfer-day"))
    return problems


def fills_here(told: Told) -> int | None:
    """How many refills the prescription has here after its first fill here; None: not said.

    Of one that was filled there its first fill here is one of the refills that are left.
    """
    if told.unfilled:
        return told.refills_originally if told.refills_left is None else told.refills_left
    return None if told.refills_left is None else max(0, told.refills_left - 1)


def nothing_left_problems(facts: RxFacts, *, on: date) -> list[Problem]:
    """Why a non-controlled prescription has nothing to give away; the law asks of others."""
    if facts.controlled or not facts.fills_made or refills_left(facts, on=on):
        return []
    says = "It has no refills left to transfer."
    return [Problem(says, code="transfer-no-refills", field="refills_authorized")]


def owed_problems(facts: RxFacts, *, part_open: bool) -> list[Problem]:
    """A balance that is owed stays with who owes it; of controlled ones the law says so."""
    if facts.controlled or not part_open:
        return []
    says = "A balance of this fill is owed here: give it or call it off first."
    return [Problem(says, code="transfer-part", field="part_open")]
