"""What may go back, with what, for how much, and how a credit ends a line. Pure.

What travels on which paper is law (``law.waste``); the ages of open credits are convention.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from apothecary.law.identifiers import dea_problems
from apothecary.law.problem import Problem
from apothecary.law.waste import waste_row
from apothecary.returns.shipments.states import OWED, Group, LineState
from apothecary.stock.kinds import PICKED_FROM, PlaceKind

CENT, NOTHING = Decimal("0.01"), Decimal(0)
SUSPECT = "suspect"
# Where units wait that go to a reverse distributor.
WAITS_IN = frozenset({PlaceKind.QUARANTINE, PlaceKind.RETURNED})
# Upper bounds in days since the shipment, and what a column is called.
AGES = ((30, "to 30 days"), (60, "31 to 60"), (90, "61 to 90"))
OLDEST = "over 90"
COLUMNS = (*(name for _, name in AGES), OLDEST)
FULL, SHORT, DENIED = "full", "short", "denied"
SAID = frozenset({FULL, SHORT, DENIED})
MOST_LINES = 500
LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Units that somebody would put on a shipment, and what is known of them.

    ``free`` is what stands there unpromised; ``held`` says why it stands in quarantine;
    ``package`` is how many units a whole package has; ``serial`` names a package at the door.
    """

    drug: str
    schedule: int
    place: PlaceKind
    place_name: str
    quantity: Decimal
    free: Decimal
    held: str = ""
    package: Decimal = Decimal(1)
    serial: str = ""


def group_of(schedule: int, *, on: date) -> Group:
    """With what a drug of this schedule (0 for none) travels. Source: 21 CFR 1305.03."""
    if schedule == waste_row("form222_distributor", on=on).number():
        return Group.FORM_222
    if str(schedule) in waste_row("invoice_schedules", on=on).names():
        return Group.INVOICE
    return Group.PLAIN


def pick_problems(wanted: Wanted, *, group: Group, saleable: bool, on: date) -> list[Problem]:
    """Why these units may not go on that shipment; none means they may."""
    problems = quantity_problems(wanted)
    mine = group_of(wanted.schedule, on=on)
    if mine is not group:
        says = f"{wanted.drug} ({mine.value}) does not travel with what is {group.value}."
        problems.append(Problem(says, "21 CFR 1304.04(g)", "wrong-group", "K", "lot_id"))
    if SUSPECT in wanted.held.lower():
        says = f"{wanted.drug} is held as suspect: it stays until its case is decided."
        problems.append(Problem(says, "FDCA 582(d)(4)", "suspect-stays", "V2", field="lot_id"))
    return problems + (saleable_problems(wanted) if saleable else outdate_problems(wanted))


def quantity_problems(wanted: Wanted) -> list[Problem]:
    """Why so many units may not go."""
    if wanted.quantity <= 0:
        says = f"{wanted.quantity} is no quantity."
        return [Problem(says, code="bad-quantity", field="quantity")]
    if wanted.quantity > wanted.free:
        says = f"Only {wanted.free} of it stand in {wanted.place_name} unpromised."
        return [Problem(says, code="too-many", field="quantity")]
    return []


def outdate_problems(wanted: Wanted) -> list[Problem]:
    """A reverse distributor gets what was set aside, never what fills draw from."""
    if wanted.place in WAITS_IN:
        return []
    says = f"{wanted.place_name} is no quarantine: pull the lot first, with its reason."
    return [Problem(says, code="not-set-aside", field="place_id")]


def saleable_problems(wanted: Wanted) -> list[Problem]:
    """Back to whom it was bought from goes a whole package by its own serial number."""
    problems = []
    if wanted.place not in PICKED_FROM | {PlaceKind.RECEIVING, PlaceKind.QUARANTINE}:
        says = f"Nothing goes back to be sold from {wanted.place_name}."
        problems.append(Problem(says, code="not-saleable", field="place_id"))
    if not wanted.serial or wanted.quantity != wanted.package:
        # No exemption lets it through: whom it goes back to must verify it by that number.
        says = (
            f"{wanted.drug}: only a whole package with its serial number is saleable. "
            "Send this to a reverse distributor."
        )
        problems.append(Problem(says, "FDCA 582(c)(1)", "no-serial", "K", "received_id"))
    return problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What a shipment needs to be asked for and to leave."""

    group: Group
    lines: int
    dea: str
    form_222: str = ""
    partner: str = ""


def paper_problems(papers: Papers, *, on: date) -> list[Problem]:
    """Why a manifest may not go out; none means it may."""
    problems = []
    if not 0 < papers.lines <= MOST_LINES:
        says = f"A shipment has 1 to {MOST_LINES} lines; this one has {papers.lines}."
        problems.append(Problem(says, code="no-lines", field="lines"))
    if papers.group is not Group.PLAIN:
        problems += dea_problems(papers.dea, on=on)
    if papers.group is Group.FORM_222 and not papers.form_222.strip():
        row = waste_row("form222_distributor", on=on)
        says = f"{papers.partner} must send its Form 222 first: give its number."
        problems.append(row.problem(says, code="needs-form-222", field="form_222"))
    return problems


def expected_usd(
    quantity: Decimal, package: Decimal, cost_usd: Decimal | None
) -> Decimal | None:
    """The credit to expect in dollars and cents, at what one package cost; None unknown."""
    if cost_usd is None:
        return None
    return (quantity * cost_usd / package).quantize(CENT, ROUND_HALF_UP)


def outcome(*, said: str, expected: Decimal | None, credited: Decimal) -> LineState:
    """Where a line stands after a credit: all that came for it, beside what was expected.

    Where nobody knew what to expect their own word stands.
    """
    if expected is None:
        by_word = {FULL: LineState.CREDITED, SHORT: LineState.SHORT}
        return by_word.get(said, LineState.CREDITED if credited else LineState.DENIED)
    if credited >= expected:
        return LineState.CREDITED
    return LineState.SHORT if credited else LineState.DENIED


def age_of(shipped_on: date, *, on: date) -> str:
    """The column of an open credit."""
    days = (on - shipped_on).days
    return next((name for most, name in AGES if days <= most), OLDEST)


def is_settled(states: Sequence[LineState]) -> bool:
    """Whether nothing of a shipment is out any more."""
    return not OWED & set(states)


def text_problems(said: str, what: str, *, field: str) -> list[Problem]:
    """Why a text is missing or too long, by its field."""
    if not said.strip():
        return [Problem(f"Say {what}.", code="missing", field=field)]
    if len(said) > LONGEST:
        says = f"That is longer than {LONGEST} letters."
        return [Problem(says, code="too-long", field=field)]
    return []
