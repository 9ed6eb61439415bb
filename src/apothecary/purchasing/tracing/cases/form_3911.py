"""What a notification to the FDA holds: the items of Form FDA 3911, in an order of our own.

Items: Form FDA 3911 (8/15), read in a public copy (V2); the place of the incident is asked by a
later edition. Values are text, as they are to be typed into the form. Pure.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType

from apothecary.law.problem import Problem

CITE, MARK = "Form FDA 3911", "V2"
LONGEST = 8_000
# Beside their labels; the order is that in which a person reads them.
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "kind": "Type of report",
        "incident": "Incident number given by the FDA",
        "first_told_on": "Date of the initial notification",
        "determined_on": "Date the product was determined to be illegitimate",
        "place": "Where the incident took place",
        "grounds": "Classification",
        "name": "Name of the product as on its label",
        "ingredients": "Primary ingredients",
        "use": "Drug use",
        "description": "Drug description",
        "strength": "Strength",
        "form": "Dosage form",
        "quantity": "Quantity, number and unit",
        "ndc": "NDC",
        "serials": "Serial numbers",
        "lots": "Lot numbers",
        "expiries": "Expiration dates",
        "event": "Description of the event or issue",
        "why_over": "Why the notification is no longer necessary",
        "elsewhere": "Told to the FDA in another way too",
        "company": "Company",
        "address": "Address",
        "contact": "Contact",
        "phone": "Telephone",
    }
)
ALWAYS = ("determined_on", "grounds", "name", "quantity", "ndc", "event", "company", "contact")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form3911:
    """The items; empty where one is not known or not asked for."""

    kind: str
    incident: str = ""
    first_told_on: str = ""
    determined_on: str = ""
    place: str = ""
    grounds: str = ""
    name: str = ""
    ingredients: str = ""
    use: str = "human use"
    description: str = "finished prescription drug"
    strength: str = ""
    form: str = ""
    quantity: str = ""
    ndc: str = ""
    serials: str = ""
    lots: str = ""
    expiries: str = ""
    event: str = ""
    why_over: str = ""
    elsewhere: str = "none"
    company: str = ""
    address: str = ""
    contact: str = ""
    phone: str = ""

    def lines(self) -> list[tuple[str, str]]:
        """Label and value of every item."""
        values = asdict(self)
        return [(label, values[name]) for name, label in LABELS.items()]


def form_of(facts: Mapping[str, object]) -> Form3911:
    """A form as it was kept. ValueError for facts that are none of a form."""
    known = {one.name for one in fields(Form3911)}
    if set(facts) != known or not all(isinstance(one, str) for one in facts.values()):
        raise ValueError("these are not the facts of a Form FDA 3911")
    return Form3911(**{name: str(facts[name]) for name in known})


def whole_problems(form: Form3911, *, is_first: bool, is_last: bool) -> list[Problem]:
    """Which items are missing, each by name, and which are too long."""
    values = asdict(form)
    needed = [*ALWAYS]
    needed += [] if is_first else ["incident", "first_told_on"]
    needed += ["why_over"] if is_last else []
    problems = [
        Problem(f"{LABELS[name]}: it is missing.", CITE, "missing", MARK, name)
        for name in needed
        if not values[name].strip()
    ]
    problems += [
        Problem(
            f"{LABELS[name]}: at most {LONGEST:,} characters.", CITE, "too-long", MARK, name
        )
        for name, value in values.items()
        if len(value) > LONGEST
    ]
    return problems
