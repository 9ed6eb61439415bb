"""What a report of theft or loss asks, field by field, and the report as it would be filed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import TypedDict

from apothecary.law.losses import form106_problems, form106_substance_problems
from apothecary.law.problem import Problem
from apothecary.staff.models import Pharmacy
from apothecary.vault.losses.models import Loss, LossLine
from apothecary.vault.losses.states import Kind, Manner
from apothecary.workbench.filters import quantity

LONGEST = 500
MOST_USD = Decimal(100_000_000)
CENT = Decimal("0.01")
MOST_THEFTS = 999


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of the draft: how it is typed, and whether only a carrier's loss asks it."""

    name: str
    label: str
    kind: str = "text"
    transit: bool = False
    hint: str = ""


YES_NO = ("yes", "no")
DRAFT = (
    Asked("lost_on", "Date of the theft or loss", "date", hint="or of its discovery"),
    Asked("kind", "How it was taken or lost", "manner"),
    Asked("business_kind", "Principal business"),
    Asked("county", "County"),
    Asked("police_notified", "Police told", "yes-no"),
    Asked("police", "Police: department, telephone, number of the report"),
    Asked("thefts_in_24_months", "Thefts and losses in 24 months", "count"),
    Asked("injured", "Anybody killed or injured"),
    Asked("purchase_value_usd", "What the drugs had cost", "usd"),
    Asked("other_value_usd", "Value of other goods taken", "usd"),
    Asked("marks", "Marks that tell these packages from others"),
    Asked("measures", "What is done against the next time"),
    Asked("carrier", "Carrier", transit=True),
    Asked("consignee", "Consignee", transit=True),
    Asked("consignee_dea", "Consignee's DEA number", transit=True),
    Asked("accepted", "The consignee accepted the carton", "yes-no", transit=True),
    Asked("tampered", "It showed that it had been opened", "yes-no", transit=True),
    Asked("earlier", "Earlier losses of this carrier", transit=True),
)
BY_NAME = {each.name: each for each in DRAFT}


class Substance(TypedDict):
    """One controlled drug on the report."""

    ndc: str
    name: str
    strength: str
    form: str
    package_size: str
    quantity: str
    schedule: str


class Body(TypedDict):
    """The whole report as data: the house's own fields, the typed ones, the substances."""

    registrant: dict[str, str]
    typed: dict[str, str]
    substances: list[Substance]


def draft_problems(typed: Mapping[str, str], *, discovered_on: date, on: date) -> list[Problem]:
    """Which typed fields cannot be what they are; an empty one is still open."""
    problems = []
    for name, value in typed.items():
        asked = BY_NAME.get(name)
        if asked is None:
            problems.append(Problem(f"The form asks no {name}.", code="no-field", field=name))
        elif value.strip():
            says = field_fault(asked, value.strip(), discovered_on=discovered_on, on=on)
            if says:
                problems.append(Problem(says, code="bad-field", field=name))
    return problems


def field_fault(asked: Asked, value: str, *, discovered_on: date, on: date) -> str:
    """Why this is not what the field asks; empty where it is."""
    if len(value) > LONGEST:
        return f"At most {LONGEST} letters."
    if asked.kind == "yes-no" and value not in YES_NO:
        return "Yes or no."
    if asked.kind == "manner" and value not in set(Manner):
        return f"{value!r} is no choice."
    if asked.kind == "usd" and dollars(value) is None:
        return f"{value!r} is no sum in dollars and cents."
    if asked.kind == "count" and not (
        value.isascii() and value.isdigit() and len(value) <= len(str(MOST_THEFTS))
    ):
        return f"{value!r} is no number of thefts."
    return day_fault(value, last=discovered_on) if asked.kind == "date" else ""


def day_fault(value: str, *, last: date) -> str:
    """Why it is no day on which something was lost: nothing is found before it is gone."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return f"{value!r} is no day: 2026-11-23."
    return f"It was discovered on {last}: not later." if day > last else ""


def dollars(value: str) -> Decimal | None:
    """A sum of at most two decimals; None where it is none."""
    try:
        sum_usd = Decimal(value.replace(",", ""))
        right = sum_usd.is_finite() and sum_usd == sum_usd.quantize(CENT)
    except InvalidOperation:
        return None
    return sum_usd if right and 0 <= sum_usd <= MOST_USD else None


def body_of(loss: Loss, lines: Sequence[LossLine], pharmacy: Pharmacy) -> Body:
    """The report as it would be filed now."""
    where = f"{pharmacy.street}, {pharmacy.city}, {pharmacy.state} {pharmacy.postal_code}"
    return Body(
        registrant={
            "registrant_name": pharmacy.name,
            "registrant_address": where,
            "phone": pharmacy.phone,
            "dea": pharmacy.dea,
            "discovered_on": loss.discovered_on.isoformat(),
        },
        typed={
            asked.name: loss.draft.get(asked.name, "")
            for asked in DRAFT
            if loss.kind == Kind.TRANSIT or not asked.transit
        },
        substances=substances_of(lines),
    )


def substances_of(lines: Sequence[LossLine]) -> list[Substance]:
    """What is missing package by package, wherever and of which lot it was."""
    ordered = sorted(lines, key=lambda line: (line.package.ndc, line.package_id))
    found = []
    for _, same in groupby(ordered, key=lambda line: line.package_id):
        group = list(same)
        package, product = group[0].package, group[0].package.product
        lost = sum((line.quantity for line in group), Decimal(0))
        found.append(
            Substance(
                ndc=package.ndc,
                name=product.name,
                strength=product.strength_said,
                form=product.form,
                package_size=quantity(package.quantity, group[0].unit),
                quantity=quantity(lost, group[0].unit),
                schedule=str(product.schedule),
            )
        )
    return found


def filing_problems(body: Body, *, in_transit: bool, on: date) -> list[Problem]:
    """What the report lacks by the rows of law, head first."""
    said = body["registrant"] | body["typed"]
    shown = {name for name, value in said.items() if value.strip()}
    if body["substances"]:
        shown.add("substances")
    problems = form106_problems(shown, in_transit=in_transit, on=on)
    for number, substance in enumerate(body["substances"], start=1):
        named = {name for name, value in substance.items() if str(value).strip()}
        problems += form106_substance_problems(named, line=number, on=on)
    return problems
