"""Giving a prescription to another pharmacy, and taking one."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from apothecary.law.facts import Origin, RxFacts, schedule_name
from apothecary.law.problem import Problem
from apothecary.law.recorded import in_words, missing_problems
from apothecary.law.refills import refills_left
from apothecary.law.tables import Row, federal, policy, state


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFacts:
    """A transfer as it is about to happen.

    ``transfers_made``: earlier transfers of this prescription. ``pharmacists``: how many of the
    two who speak with each other are licensed pharmacists; ``certified_technicians``: how many
    are certified technicians. ``conditions``: those of row DEA-055 that hold.
    ``state_confirmed``: a pharmacist has found that the state allows an electronic transfer.
    """

    transfers_made: int = 0
    shared_database: bool = False
    pharmacists: int = 2
    certified_technicians: int = 0
    part_open: bool = False
    conditions: frozenset[str] = frozenset()
    state_confirmed: bool = False


def transfer_problems(rx: RxFacts, facts: TransferFacts, *, on: date) -> list[Problem]:
    """Every reason this prescription may not be transferred on that day; none means go ahead.

    Controlled: refills of C-III to C-V once (21 CFR 1306.25), an unfilled electronic C-II to
    C-V once for its first fill (1306.08(e)-(i)). Non-controlled: the house asks for two
    pharmacists unless the state lets certified technicians do it.
    """
    if not rx.controlled:
        return _noncontrolled_problems(rx, facts, on=on)
    first = _first_fill_problems if not rx.fills_made else _refill_problems
    return [
        *_speakers_problems(facts, on=on),
        *_part_problems(facts, on=on),
        *first(rx, facts, on=on),
    ]


def transferred_out_problems(shown: AbstractSet[str], *, on: date) -> list[Problem]:
    """What the record of the pharmacy that gives a controlled prescription away lacks."""
    row = federal("DEA-052", on=on)
    return missing_problems(row, shown, what="The record", code="transfer-out")


def transferred_in_problems(shown: AbstractSet[str], *, on: date) -> list[Problem]:
    """What the record of the pharmacy that takes a controlled prescription lacks."""
    row = federal("DEA-053", on=on)
    return missing_problems(row, shown, what="The record", code="transfer-in")


def _noncontrolled_problems(rx: RxFacts, facts: TransferFacts, *, on: date) -> list[Problem]:
    house = policy("noncontrolled_transfer_pharmacists", on=on)
    own = state(rx.state, "technician_transfers", on=on)
    able = facts.pharmacists
    if isinstance(own, Row) and own.yes():
        able += facts.certified_technicians
    if able >= house.number():
        return []
    says = f"A transfer is spoken between {house.number()} pharmacists; here are {able}."
    return [house.problem(says, code="transfer-speakers", field="pharmacists")]


def _speakers_problems(facts: TransferFacts, *, on: date) -> list[Problem]:
    row = federal("DEA-051", on=on)
    if facts.pharmacists >= row.number():
        return []
    says = f"A controlled prescription is transferred between {row.number()} pharmacists."
    return [row.problem(says, code="transfer-pharmacists", field="pharmacists")]


def _part_problems(facts: TransferFacts, *, on: date) -> list[Problem]:
    row = federal("DEA-035", on=on)
    if row.yes() or not facts.part_open:
        return []
    says = "A part of this fill has been dispensed: its remainder may not be transferred."
    return [row.problem(says, code="transfer-part", field="part_open")]


def _first_fill_problems(rx: RxFacts, facts: TransferFacts, *, on: date) -> list[Problem]:
    row = federal("DEA-054", on=on)
    problems = []
    if rx.origin is not Origin.ELECTRONIC:
        says = (
            f"A {schedule_name(rx.schedule)} prescription that was never filled is "
            "transferred only when it came electronically."
        )
        problems.append(row.problem(says, code="transfer-not-electronic", field="origin"))
    if facts.transfers_made >= row.number():
        says = "It has been transferred for its first fill already."
        problems.append(row.problem(says, code="transfer-again", field="transfers_made"))
    how = federal("DEA-055", on=on)
    problems.extend(
        how.problem(
            f"Of the transfer it is not certain: {in_words(name)}.",
            code=f"transfer-{name.replace('_', '-')}",
            field=name,
        )
        for name in how.names()
        if name not in facts.conditions
    )
    if not facts.state_confirmed:
        problems.extend(_state_problems(rx, on=on))
    return problems


def _state_problems(rx: RxFacts, *, on: date) -> list[Problem]:
    row = state(rx.state, "electronic_transfer_permitted", on=on)
    if isinstance(row, Problem):
        return [row]
    if row.yes():
        return []
    says = f"{rx.state} does not allow an electronic prescription to be transferred."
    return [row.problem(says, code="transfer-state", field="state")]


def _refill_problems(rx: RxFacts, facts: TransferFacts, *, on: date) -> list[Problem]:
    if rx.schedule == 2:
        says = "A C-II prescription has no refills to transfer."
        row = federal("DEA-024", on=on)
        return [row.problem(says, code="transfer-c-ii-filled", field="fills_made")]
    problems = []
    once = federal("DEA-050", on=on)
    shared = facts.shared_database and federal("DEA-050/shared", on=on).yes()
    if facts.transfers_made >= once.number() and not shared:
        says = "Its refills have been transferred already: once is the most."
        problems.append(once.problem(says, code="transfer-again", field="transfers_made"))
    if not refills_left(rx, on=on):
        says = "It has no refills left to transfer."
        problems.append(
            once.problem(says, code="transfer-no-refills", field="refills_authorized")
        )
    return problems
