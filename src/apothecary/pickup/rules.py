"""What must be known before a bag leaves the counter. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from apothecary.law.problem import Problem

IDENTIFIERS_NEEDED = 2
CITE_IDENTIFIERS = "house policy; NPSG.01.01.01 (two patient identifiers)"


@dataclass(frozen=True, slots=True)
class ReceiverFacts:
    """Who stands at the counter and what was seen."""

    receiver: str
    identifiers: tuple[str, ...]
    id_kind: str
    id_number: str
    signature: str
    counselling_accepted: bool
    counselled: bool


def receiver_problems(facts: ReceiverFacts) -> list[Problem]:
    """Why this receiver may not take the bag yet."""
    problems = []
    if not facts.receiver.strip():
        problems.append(Problem("Who takes it?", field="receiver"))
    if len(set(facts.identifiers)) < IDENTIFIERS_NEEDED:
        says = "Ask for two identifiers, such as name and birth date."
        problems.append(
            Problem(
                says,
                cite=CITE_IDENTIFIERS,
                code="identifiers",
                verified="C",
                field="identifiers",
            )
        )
    if bool(facts.id_kind.strip()) != bool(facts.id_number.strip()):
        says = "Identification needs its kind and its number."
        problems.append(Problem(says, field="id_number"))
    if not facts.signature.strip():
        problems.append(Problem("The signature is missing.", field="signature"))
    if facts.counselling_accepted and not facts.counselled:
        says = "The patient wants to be counselled: a pharmacist does it and signs with a PIN."
        problems.append(Problem(says, field="counselled_by", code="counsel-first"))
    return problems


def day_in_bin(ready_at: datetime, *, today: date) -> int:
    """The how-manieth day it waits, the first being day 1; ``ready_at`` in the house's zone."""
    return (today - ready_at.date()).days + 1


def goes_back_on(ready_at: datetime, *, days: int) -> date:
    """The day on which an uncollected bag is due to go back to the shelf."""
    return ready_at.date() + timedelta(days=days)
