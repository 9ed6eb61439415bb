"""How many technicians work under so many pharmacists."""

from dataclasses import dataclass
from datetime import date

from apothecary.law.calendar_days import days_after
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, practice

COMMUNITY, INSTITUTIONAL = "community", "institutional"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffFacts:
    """Who is at work at one moment.

    ``technicians`` counts all, ``certified`` (registered, in New York) and ``trainees`` are
    parts of them. ``house_ratio``: technicians a pharmacist by the pharmacy's own documented
    policies, None when it has set none; ``board_approved``: the board's own figure.
    """

    state: str
    pharmacists: int
    technicians: int
    certified: int = 0
    trainees: int = 0
    setting: str = COMMUNITY
    house_ratio: int | None = None
    board_approved: int | None = None

    def __post_init__(self) -> None:
        if self.certified > self.technicians or self.trainees > self.technicians:
            raise ValueError("technicians: fewer than the certified or the trainees of them")


def ratio_problems(facts: StaffFacts, *, on: date) -> list[Problem]:
    """Every reason these people may not work so; none means go ahead.

    A state whose figure is missing or doubtful answers with its own Problem.
    """
    if facts.technicians == 0:
        return []
    if facts.pharmacists == 0:
        says = "Technicians work under a pharmacist; none is here."
        return [Problem(says, code="ratio-no-pharmacist", field="pharmacists")]
    return [*_technician_problems(facts, on=on), *_trainee_problems(facts, on=on)]


def stopping_problems(facts: StaffFacts, *, on: date) -> list[Problem]:
    """Of `ratio_problems` those that stop one more: by a row that is a hard limit, read well.

    The official text was read, or a second source that dates the rule itself; a survey that
    dates nothing may lag the law, and what a manager or a board may raise is no hard limit.
    Where no pharmacist is here nothing is counted: each act asks for one itself.
    """
    if facts.pharmacists == 0:
        return []
    row = _ratio_row(facts.state, facts.setting, on=on)
    problems = []
    if isinstance(row, Row) and _is_hard(row) and not _may_be_raised(facts, row, on=on):
        problems = _tier_problems(facts, row, on=on)
    trainees = practice(facts.state, "trainees_max", on=on)
    if isinstance(trainees, Row) and _is_hard(trainees):
        problems = [*problems, *_trainee_problems(facts, on=on)]
    return problems


def ratio_limit(state_code: str, *, on: date, setting: str = COMMUNITY) -> Row | Problem:
    """The row that says how many technicians a pharmacist supervises, or why there is none."""
    return _ratio_row(state_code, setting, on=on)


def limit_in_words(row: Row) -> str:
    """The row's figure as it is said: ``3 each or 4 each (1 certified)``."""
    if row.names() == ("none",):
        return "no limit"
    return _in_words(row, None)


def _is_hard(row: Row) -> bool:
    return row.verified == "V1" or (row.verified == "V2" and row.dated == "rule")


def _may_be_raised(facts: StaffFacts, row: Row, *, on: date) -> bool:
    """Whether the pharmacy or the board may set another figure than the row's."""
    names = ("ratio_by_manager", "ratio_approval")
    others = [practice(facts.state, name, on=on) for name in names]
    return row.names() == ("manager",) or any(
        isinstance(other, Row) and other.yes() for other in others
    )


def _ratio_row(state_code: str, setting: str, *, on: date) -> Row | Problem:
    row = practice(state_code, "ratio", on=on)
    if isinstance(row, Problem) and _plain(row):
        found = practice(state_code, f"ratio_{setting}", on=on)
        return row if isinstance(found, Problem) and _plain(found) else found
    return row


def acknowledgement_problems(
    state_code: str, hired_on: date, signed_on: date | None, *, on: date
) -> list[Problem]:
    """Why a technician's signature under the policies is late, where the state wants one."""
    row = practice(state_code, "ratio_acknowledged_days", on=on)
    if isinstance(row, Problem):
        return [] if row.code == "law-missing-row" else [row]
    last = days_after(hired_on, row.number())
    if (signed_on or on) <= last:
        return []
    says = f"The technician was to sign the policies by {last}."
    return [row.problem(says, code="ratio-not-acknowledged", field="signed_on")]


def _technician_problems(facts: StaffFacts, *, on: date) -> list[Problem]:
    if facts.setting == INSTITUTIONAL:
        special = _institution_problems(facts, on=on)
        if special is not None:
            return special
    row = _ratio_row(facts.state, facts.setting, on=on)
    if isinstance(row, Problem):
        return [row]
    return _tier_problems(facts, row, on=on)


def _plain(problem: Problem) -> bool:
    """Whether only the general row is missing, so that one of the setting may stand."""
    return problem.code == "law-missing-row"


def _tier_problems(facts: StaffFacts, row: Row, *, on: date) -> list[Problem]:
    for tier in row.names():
        if tier == "none" or _within(tier, facts):
            return []
    own = _own_figure(facts, row, on=on)
    if own is not None and facts.technicians <= own * facts.pharmacists:
        return []
    says = (
        f"{facts.technicians} technicians ({facts.certified} certified) work under "
        f"{facts.pharmacists} pharmacists: the most here is {_in_words(row, own)}."
    )
    return [row.problem(says, code="ratio-technicians", field="technicians")]


def _within(tier: str, facts: StaffFacts) -> bool:
    most, _, certified = tier.partition("/")
    if not most.isdecimal() or facts.technicians > int(most) * facts.pharmacists:
        return False
    if certified == "majority":
        return 2 * facts.certified > facts.technicians
    return facts.certified >= int(certified) * facts.pharmacists or (
        # Fewer technicians than the tier allows need no more certified ones than they are.
        int(certified) > 0 and facts.certified == facts.technicians
    )


def _own_figure(facts: StaffFacts, row: Row, *, on: date) -> int | None:
    by_manager = practice(facts.state, "ratio_by_manager", on=on)
    if row.names() == ("manager",) or (isinstance(by_manager, Row) and by_manager.yes()):
        return facts.house_ratio
    approval = practice(facts.state, "ratio_approval", on=on)
    if isinstance(approval, Row) and approval.yes():
        return facts.board_approved
    return None


def _in_words(row: Row, own: int | None) -> str:
    if own is not None:
        return f"{own} each by the pharmacy's own figure"
    if row.names() == ("manager",):
        return "what the responsible manager sets in writing, and nothing is set"
    tiers = [tier.partition("/") for tier in row.names()]
    return " or ".join(
        f"{most} each" + (f" ({certified} certified)" if certified != "0" else "")
        for most, _, certified in tiers
    )


def _institution_problems(facts: StaffFacts, *, on: date) -> list[Problem] | None:
    """Judged by kind of technician where the state does so in institutions; None elsewhere."""
    limits = (
        ("registered", facts.certified),
        ("unlicensed", facts.technicians - facts.certified),
    )
    problems = []
    for kind, count in limits:
        row = practice(facts.state, f"{kind}_max_institutional", on=on)
        if isinstance(row, Problem):
            return None
        if count > row.number() * facts.pharmacists:
            says = f"{count} {kind} people work under {facts.pharmacists} pharmacists."
            problems.append(row.problem(says, code=f"ratio-{kind}", field="technicians"))
    return problems


def _trainee_problems(facts: StaffFacts, *, on: date) -> list[Problem]:
    row = practice(facts.state, "trainees_max", on=on)
    if isinstance(row, Problem) or facts.trainees <= row.number() * facts.pharmacists:
        return []
    says = (
        f"{facts.trainees} trainees work under {facts.pharmacists} pharmacists; "
        f"{row.number()} each are the most."
    )
    return [row.problem(says, code="ratio-trainees", field="trainees")]
