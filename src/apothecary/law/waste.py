"""What kind of waste a drug is, and why it may not go where somebody would put it. Pure.

The rows stand in ``waste.toml``: codes by active ingredient, traits a person reads on the label
or the safety data sheet, clocks, bans. Where a fact is not known the stricter answer holds and
says so: nobody may call a drug harmless because a list does not name it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from apothecary.law.calendar_days import months_after
from apothecary.law.problem import Problem, Refused
from apothecary.law.tables import Row, Table, read_table
from apothecary.law.tables import state as look_up

DOUBTFUL, ACUTE = "KQ", "P"
MONTHS = 12
# Which of its two codes warfarin bears, by whether it is weak.
WARFARIN = {"P001": False, "U248": True}
AGAIN, TAKE_BACK = "dispense again", "take-back"
BY_FAULT = frozenset({"error", "recall"})


class Stream(StrEnum):
    """Where drug waste goes."""

    CREDITABLE = "creditable hazardous"
    HAZARDOUS = "hazardous"
    TRACE = "trace hazardous"
    CONTROLLED = "controlled"
    SHARPS = "sharps"
    OTHER = "non-hazardous"


class Trait(StrEnum):
    """What makes waste hazardous whatever the drug is (D codes)."""

    IGNITABLE = "ignitable"
    CORROSIVE = "corrosive"
    MERCURY = "mercury"
    SELENIUM = "selenium"
    SILVER = "silver"
    CRESOL = "m-cresol"


class Way(StrEnum):
    """How somebody would get rid of it."""

    CONTAINER = "container"
    SEWER = "sewer"


# The streams whose containers have a year, and a manifest when they go.
REGULATED = frozenset({Stream.CREDITABLE, Stream.HAZARDOUS})


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteDrug:
    """A drug as the drug file knows it.

    ``ingredients`` are the keys of its active ingredients, ``substances`` their names with the
    salts in small letters (empty where the file does not tell), ``hazardous`` what the NIOSH
    list says, None where it cannot say.
    """

    name: str
    ingredients: frozenset[str]
    substances: frozenset[str] = frozenset()
    form: str = ""
    prescription_only: bool = True
    schedule: int = 0
    hazardous: bool | None = False
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a person sees and has read. ``read`` is whether the label or data sheet was.

    ``empty``: nothing but traces is left. ``original``: undispensed in the maker's package.
    ``weak_warfarin``: it holds at most 0.3 percent of warfarin. ``adopted``: whether the state
    took the federal change on nicotine over; None where no row says.
    """

    read: bool = False
    traits: frozenset[Trait] = frozenset()
    empty: bool = False
    sharp: bool = False
    original: bool = False
    weak_warfarin: bool = False
    adopted: bool | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which waste it is, by which rows, and what else is to be known of it."""

    stream: Stream
    codes: tuple[Row, ...] = ()
    notes: tuple[Problem, ...] = ()

    @property
    def acute(self) -> bool:
        """Whether it is acute hazardous waste: a kilogram of it a month is much."""
        return any(row.id.startswith(ACUTE) for row in self.codes)

    @property
    def labels(self) -> str:
        """The codes as they are written on the manifest."""
        return " ".join(row.id for row in self.codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A waste container as the rules look at it."""

    stream: Stream
    started_on: date
    closed: bool = False


@cache
def waste_table() -> Table:
    """The rows of waste, by id."""
    return read_table(Path(__file__).parent / "waste.toml")


def waste_row(row_id: str, *, on: date) -> Row:
    """The row in force on that day; Refused with its name when there is none or in doubt."""
    return row_in(waste_table(), row_id, on=on)


def row_in(table: Table, row_id: str, *, on: date) -> Row:
    """The same in any table of this layout."""
    for row in table.get(row_id, ()):
        if row.in_force(on) and row.verified != DOUBTFUL:
            return row
    says = f"No sure row {row_id!r} on waste is in force on {on}: a pharmacist must decide."
    raise Refused([Problem(says, code="law-missing-row")])


def codes_in_force(table: Table, *, on: date) -> Mapping[str, Row]:
    """The codes of a table that name ingredients or traits and are sure, by code."""
    return {
        row.id: row
        for rows in table.values()
        for row in rows
        if row.unit in {"ingredients", "bases", "traits"}
        and row.in_force(on)
        and row.verified != DOUBTFUL
    }


def waste_stream(drug: WasteDrug, seen: Seen, *, on: date) -> Verdict:
    """Which waste a drug is. Source: 40 CFR 261.21 to 261.33, 266.500 to 266.510.

    An empty container is no listed waste; what the NIOSH list names leaves traces all the same.
    """
    if seen.empty:
        return emptied(drug, seen, on=on)
    codes, notes = listed(drug, seen, on=on)
    if codes and drug.schedule:
        row = waste_row("controlled_dual", on=on)
        return Verdict(Stream.CONTROLLED, codes, (*notes, told(row, "waste-dual")))
    if drug.schedule:
        return Verdict(Stream.CONTROLLED, (), notes)
    if codes:
        creditable = seen.original and is_creditable(drug.expires_on, on=on)
        return Verdict(Stream.CREDITABLE if creditable else Stream.HAZARDOUS, codes, notes)
    if drug.hazardous is not False:
        name = "bulk_hazardous" if drug.hazardous else "unknown_hazard"
        note = told(waste_row(name, on=on), "waste-hazard")
        return Verdict(Stream.HAZARDOUS, (), (*notes, note))
    return Verdict(Stream.SHARPS if seen.sharp else Stream.OTHER, (), notes)


def emptied(drug: WasteDrug, seen: Seen, *, on: date) -> Verdict:
    """A container whose contents were taken out."""
    note = told(waste_row("empty", on=on), "waste-empty")
    if drug.hazardous is not False:
        return Verdict(Stream.TRACE, (), (note,))
    return Verdict(Stream.SHARPS if seen.sharp else Stream.OTHER, (), (note,))


def told(row: Row, code: str) -> Problem:
    """A row as a note that stops nothing, with its citation and mark."""
    return row.problem(row.says, code=code)


def listed(
    drug: WasteDrug, seen: Seen, *, on: date
) -> tuple[tuple[Row, ...], tuple[Problem, ...]]:
    """The codes a drug bears, P before U before D, and notes on what took one off."""
    found, notes = [], []
    for row in codes_in_force(waste_table(), on=on).values():
        if not bears(row, drug, seen):
            continue
        off = taken_off(row, drug, seen, on=on)
        if off is None:
            found.append(row)
        else:
            notes.append(told(off, f"waste-not-{row.id.lower()}"))
    return tuple(sorted(found, key=lambda row: ("PUD".index(row.id[0]), row.id))), tuple(notes)


def bears(row: Row, drug: WasteDrug, seen: Seen) -> bool:
    """Whether a row names the drug: by a trait, or by its sole active ingredient.

    A row of a base leaves the salts out. The stricter answer holds: a substance whose own name
    is not known is taken as the base, warfarin as strong unless a person says it is weak.
    """
    if row.unit == "traits":
        return any(trait.value in row.names() for trait in seen.traits)
    if row.id in WARFARIN and WARFARIN[row.id] is not seen.weak_warfarin:
        return False
    names = frozenset(row.names())
    if len(drug.ingredients) != 1 or not drug.ingredients & names:
        return False
    return row.unit != "bases" or not drug.substances or bool(drug.substances & names)


def taken_off(row: Row, drug: WasteDrug, seen: Seen, *, on: date) -> Row | None:
    """The row that takes a drug off a code which names it; None where none does."""
    if row.id == "P081":
        return waste_row("P081_finished", on=on)
    if row.id == "P075" and seen.adopted and not drug.prescription_only:
        forms = waste_row("otc_nicotine", on=on)
        if any(form in drug.form.lower() for form in forms.names()):
            return forms
    return None


def is_creditable(expires_on: date | None, *, on: date) -> bool:
    """Whether a reverse distributor may still credit it: until a year after expiry."""
    if expires_on is None:
        return False
    years = waste_row("creditable_years", on=on).number()
    return on <= months_after(expires_on, MONTHS * years)


def questions(drug: WasteDrug, *, on: date) -> tuple[str, ...]:
    """What a person must look at before the drug's stream is known, in words."""
    asked = [
        row.says
        for row in codes_in_force(waste_table(), on=on).values()
        if row.unit == "traits"
    ]
    if drug.ingredients == {"warfarin"}:
        percent = waste_row("warfarin_percent", on=on).value
        asked.append(f"Holds at most {percent} percent of warfarin.")
    return tuple(asked)


def sewer_problems(verdict: Verdict, *, on: date) -> list[Problem]:
    """Why it does not go down a drain: nothing does."""
    regulated = verdict.stream in REGULATED or bool(verdict.codes)
    row = waste_row("sewer" if regulated else "sewer_other", on=on)
    return [row.problem(row.says, code="waste-sewer", field="way")]


def disposal_problems(
    verdict: Verdict, seen: Seen, container: Container | None, *, way: Way, on: date
) -> list[Problem]:
    """Every reason why waste may not be put there; none means go ahead."""
    if way is Way.SEWER:
        return sewer_problems(verdict, on=on)
    problems = []
    if not seen.read:
        says = "Nobody has read its label or safety data sheet: say what they tell."
        problems.append(Problem(says, "40 CFR 262.11", "waste-not-read", "K", "read"))
    if verdict.stream is Stream.CONTROLLED:
        row = waste_row("form41_witnesses", on=on)
        says = f"It is controlled: {row.number()} people destroy it, on Form 41."
        problems.append(row.problem(says, code="waste-controlled", field="container"))
    elif container is None:
        says = f"It goes into a container for {verdict.stream.value} waste."
        problems.append(Problem(says, code="waste-no-container", field="container"))
    else:
        problems += container_problems(verdict, container, on=on)
    return problems


def container_problems(verdict: Verdict, container: Container, *, on: date) -> list[Problem]:
    """Why waste may not go into this container."""
    problems = []
    if container.stream is not verdict.stream:
        says = (
            f"It is {verdict.stream.value} waste{of(verdict)}: "
            f"this container is for {container.stream.value} waste."
        )
        problems.append(Problem(says, code="waste-wrong-stream", field="container"))
    if container.closed:
        says = "That container is closed."
        problems.append(Problem(says, code="waste-closed", field="container"))
    due = leaves_by(container, on=on)
    if due is not None and on > due:
        row = waste_row("keep_years", on=on)
        says = f"That container had to leave by {due}: nothing more goes in."
        problems.append(row.problem(says, code="waste-overdue", field="container"))
    return problems


def of(verdict: Verdict) -> str:
    """The codes in brackets, where there are any."""
    return f" ({verdict.labels})" if verdict.codes else ""


def leaves_by(container: Container, *, on: date) -> date | None:
    """The last day a container may stand here; None for a stream without a clock."""
    if container.stream not in REGULATED:
        return None
    years = waste_row("keep_years", on=on).number()
    return months_after(container.started_on, MONTHS * years)


def standing_rows(*, on: date) -> tuple[Row, ...]:
    """What a place with hazardous waste owes beside its containers, to be read by people."""
    names = ("subpart_p", "label", "notify_days", "record_years", "small_generator")
    more = ("small_generator_acute", "sharps")
    return tuple(waste_row(name, on=on) for name in (*names, *more))


def copy_due(handed_on: date, *, on: date) -> date:
    """The day by which the signed copy of a manifest is back, or it is reported."""
    return handed_on + timedelta(days=waste_row("copy_days", on=on).number())


def confirm_due(shipped_on: date, *, on: date) -> date:
    """The day by which the reverse distributor has confirmed creditable hazardous drugs."""
    return shipped_on + timedelta(days=waste_row("confirm_days", on=on).number())


def reuse_of_returned(state: str, *, on: date) -> Row | Problem:
    """Whether a state lets a drug that left the pharmacy be dispensed again, by its own row."""
    return look_up(state, "reuse_of_returned", on=on)


def patient_return_problems(
    *, reuse: Row | Problem, purpose: str, controlled: bool, collector: bool, on: date
) -> list[Problem]:
    """Why what a patient brings back may not be taken for that purpose; none means go ahead.

    ``purpose`` is "dispense again", "take-back", "error" or "recall". Dispensing again needs
    the state's row, ``reuse``; controlled drugs need a registered collector, except where the
    pharmacy's own error or a recall brings them back.
    """
    if purpose == AGAIN:
        if isinstance(reuse, Problem):
            return [reuse]
        return (
            [] if reuse.yes() else [reuse.problem(reuse.says, code="no-reuse", field="purpose")]
        )
    if purpose in BY_FAULT or (collector and purpose == TAKE_BACK):
        return []
    if purpose != TAKE_BACK:
        says = f"{purpose!r} is no reason to take a drug back."
        return [Problem(says, code="no-purpose", field="purpose")]
    row = waste_row("take_back_collector" if controlled else "take_back", on=on)
    says = "This pharmacy is no registered collector: it takes nothing back over the counter."
    return [row.problem(says, code="no-collector", field="purpose")]
