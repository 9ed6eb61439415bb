"""One prescription as a prescriber means it, and the choice of a plausible one."""

from dataclasses import dataclass, replace
from datetime import date
from random import Random

from simulators.prescriber.world import DrugLine, Person, Pharmacy, Prescriber, World

ADULT_FROM = 18
_SPECIALTIES: dict[str, frozenset[str]] = {
    "eye": frozenset(["Optometry", "Family medicine", "Urgent care"]),
    "child": frozenset(["Pediatrics", "Family medicine", "Family practice", "Urgent care"]),
}
_GENERAL = frozenset(
    ["Family medicine", "Internal medicine", "Family practice", "Urgent care",
     "Emergency medicine", "Endocrinology", "Cardiology", "Obstetrics and gynecology",
     "Psychiatry", "Oncology and pain"]
)  # fmt: skip


@dataclass(frozen=True)
class Order:
    """What goes on the wire. Numbers are texts, so that a flaw may put anything there."""

    message_id: str
    order_number: str
    sent_at: str
    person: Person
    prescriber: Prescriber
    pharmacy: Pharmacy
    line: DrugLine
    ndc: str
    rxcui: str
    description: str
    directions: str
    quantity: str
    days: str
    refills: str
    written_on: str
    born_on: str
    npi: str
    dea: str
    generic_allowed: bool = True
    relates_to: str = ""


def choose(world: World, random: Random, *, message_id: str, sent_at: str, on: date) -> Order:
    """A plausible order: the drug suits the patient, the prescriber may write it.

    The same state of `random` gives the same order. One in nine forbids substitution;
    the pharmacy knows most of the patients and some are new to it.
    """
    person = random.choice([p for p in world.people if p.standing != "double"])
    line = random.choice([one for one in world.lines if _suits(one, person, on)])
    prescriber = random.choice([p for p in world.prescribers if may_write(p, line)])
    generic_allowed = random.randrange(9) != 0
    return Order(
        message_id=message_id,
        order_number=f"PON{message_id[-12:]}",
        sent_at=sent_at,
        person=person,
        prescriber=prescriber,
        pharmacy=world.pharmacy,
        line=line,
        ndc=line.ndc,
        rxcui=line.rxcui,
        description=line.description,
        directions=line.directions,
        quantity=f"{line.quantity.normalize():f}",
        days=str(line.days),
        refills=str(line.refills),
        written_on=on.isoformat(),
        born_on=person.born_on.isoformat(),
        npi=prescriber.npi,
        dea=prescriber.dea if line.schedule else "",
        generic_allowed=generic_allowed,
    )


def compounded(order: Order, world: World, random: Random, *, on: date) -> Order:
    """The same order for something to be compounded that suits the patient."""
    lines = [one for one in world.compounds if _suits(one, order.person, on)]
    return made_of(order, random.choice(lines))


def made_of(order: Order, line: DrugLine) -> Order:
    """The same order for a compound: it has no number of its own."""
    return replace(
        order,
        line=line,
        ndc="",
        rxcui="",
        dea="",
        description=line.description,
        directions=line.directions,
        quantity=f"{line.quantity.normalize():f}",
        days=str(line.days),
        refills=str(line.refills),
    )


def _suits(line: DrugLine, person: Person, on: date) -> bool:
    age = person.age(on)
    adult = age >= ADULT_FROM
    fits = {
        "any": age >= 6,
        "eye": age >= 2,
        "adult": adult,
        "child": not adult,
        "man": adult and person.sex == "M",
        "woman": adult and person.sex == "F",
    }
    return fits[line.suits]


def may_write(prescriber: Prescriber, line: DrugLine) -> bool:
    """Whether the prescriber's schedules and specialty cover the line."""
    if line.schedule and str(line.schedule) not in prescriber.schedules:
        return False
    return prescriber.specialty in _SPECIALTIES.get(line.suits, _GENERAL)
