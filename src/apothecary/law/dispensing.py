"""Handing a finished prescription over the counter."""

from datetime import date

from apothecary.law.facts import CONTROLLED, Counselling, HandOverFacts
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, federal, policy, state


def hand_over_problems(
    facts: HandOverFacts,
    *,
    on: date,
    house_identification: bool | None = None,
    house_counsels_new: bool = False,
) -> list[Problem]:
    """Every reason the bag may not leave the counter yet; none means go ahead.

    ``house_identification`` answers where the state's row on identification for controlled
    drugs is missing; None leaves that a Problem. ``house_counsels_new`` asks for the offer to
    counsel on every new prescription beyond what federal law asks.
    """
    return [
        *_controlled_problems(facts, on=on, house_identification=house_identification),
        *counselling_problems(facts, on=on, house_counsels_new=house_counsels_new),
    ]


def identification_needed(
    schedule: int, state_code: str, *, on: date, house_identification: bool | None = None
) -> Row | Problem | None:
    """The row that asks an unknown receiver for identification; None when nothing asks for it.

    A Problem where the state's row is missing and the house has not said what it wants.
    """
    if schedule not in CONTROLLED:
        return None
    row = state(state_code, "controlled_pickup_identification", on=on)
    if isinstance(row, Row):
        return row if row.yes() else None
    if house_identification is None:
        return row
    return policy("controlled_pickup_identification", on=on) if house_identification else None


def counselling_problems(
    facts: HandOverFacts, *, on: date, house_counsels_new: bool = False
) -> list[Problem]:
    """Why the offer to counsel still has to be made; a refusal by the patient is an answer."""
    if facts.counselling is not Counselling.NOT_OFFERED:
        return []
    row = _asks_for_offer(facts, on=on, house_counsels_new=house_counsels_new)
    if row is None:
        return []
    return [
        row.problem(
            "Counselling by the pharmacist has not been offered.",
            code="counselling-not-offered",
            field="counselling",
        )
    ]


def _asks_for_offer(facts: HandOverFacts, *, on: date, house_counsels_new: bool) -> Row | None:
    offered = federal("OBRA-90", on=on)
    if facts.medicaid and offered.yes():
        return offered
    if not facts.new_prescription:
        return None
    row = state(facts.state, "counsel_every_new_prescription", on=on)
    if isinstance(row, Row) and row.yes():
        return row
    return policy("counsel_every_new_prescription", on=on) if house_counsels_new else None


def _controlled_problems(
    facts: HandOverFacts, *, on: date, house_identification: bool | None
) -> list[Problem]:
    problems = []
    needed = identification_needed(
        facts.schedule, facts.state, on=on, house_identification=house_identification
    )
    if isinstance(needed, Problem):
        problems.append(needed)
    elif needed is not None and not (facts.receiver_known or facts.identification_seen):
        problems.append(
            needed.problem(
                "The receiver of a controlled substance is not known here and has not shown "
                "identification.",
                code="pickup-no-identification",
                field="identification_seen",
            )
        )
    by_pharmacist = state(facts.state, "controlled_dispensed_by_pharmacist", on=on)
    if (
        facts.schedule in CONTROLLED
        and isinstance(by_pharmacist, Row)
        and by_pharmacist.yes()
        and not facts.dispensed_by_pharmacist
    ):
        problems.append(
            by_pharmacist.problem(
                "A pharmacist has not dispensed this controlled substance yet.",
                code="pickup-not-dispensed-by-pharmacist",
                field="dispensed_by_pharmacist",
            )
        )
    return problems
