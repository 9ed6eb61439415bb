"""Who prescribes what for whom: people, prescribers, pharmacy and drug lines from `data/`."""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Address:
    """Where someone lives or works."""

    line_1: str
    line_2: str
    city: str
    state: str
    postal_code: str


@dataclass(frozen=True)
class Card:
    """A plan's card; all texts empty for someone who pays cash."""

    payer: str
    bin: str
    pcn: str
    group: str
    card: str
    person: str
    relationship: str


@dataclass(frozen=True)
class Person:
    """A patient. `standing`: known to the demo pharmacy, new to it, or double (a namesake)."""

    last_name: str
    first_name: str
    middle_name: str
    suffix: str
    born_on: date
    sex: str
    language: str
    address: Address
    phone: str
    weight_kg: Decimal | None
    card: Card
    standing: str

    def age(self, on: date) -> int:
        """Completed years."""
        before_birthday = (on.month, on.day) < (self.born_on.month, self.born_on.day)
        return on.year - self.born_on.year - before_birthday


@dataclass(frozen=True)
class Prescriber:
    """A prescriber; `schedules` holds the digits of the DEA schedules they may write."""

    last_name: str
    first_name: str
    middle_name: str
    specialty: str
    npi: str
    dea: str
    schedules: str
    license: str
    address: Address
    phone: str
    fax: str


@dataclass(frozen=True)
class Part:
    """An ingredient of a compound; without a number it is named by its words alone."""

    description: str
    ndc: str
    quantity: Decimal
    unit_code: str


@dataclass(frozen=True)
class DrugLine:
    """A drug as usually prescribed: directions with a quantity and days' supply that fit.

    A compound has its dosage form and its ``parts`` in place of a number of its own.
    """

    ndc: str
    rxcui: str
    rxcui_kind: str
    description: str
    schedule: int
    unit_code: str
    directions: str
    quantity: Decimal
    days: int
    refills: int
    suits: str
    form_code: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Pharmacy:
    """The pharmacy that is written to."""

    name: str
    npi: str
    ncpdp_id: str
    address: Address
    phone: str


@dataclass(frozen=True)
class World:
    """All of them."""

    people: tuple[Person, ...]
    prescribers: tuple[Prescriber, ...]
    lines: tuple[DrugLine, ...]
    compounds: tuple[DrugLine, ...]
    pharmacy: Pharmacy


def read_world(folder: Path = DATA) -> World:
    """Read the people, prescribers, drugs, compounds and the pharmacy of the folder."""
    parts = _rows(folder / "compound_parts.csv")
    return World(
        people=tuple(_person(row) for row in _rows(folder / "people.csv")),
        prescribers=tuple(_prescriber(row) for row in _rows(folder / "prescribers.csv")),
        lines=tuple(_line(row) for row in _rows(folder / "drugs.csv")),
        compounds=tuple(_compound(row, parts) for row in _rows(folder / "compounds.csv")),
        pharmacy=_pharmacy(_rows(folder / "pharmacy.csv")[0]),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _address(row: dict[str, str]) -> Address:
    second = row.get("address_2", "")
    return Address(row["address_1"], second, row["city"], row["state"], row["postal_code"])


def _person(row: dict[str, str]) -> Person:
    names = ("payer", "bin", "pcn", "group", "card", "person", "relationship")
    return Person(
        last_name=row["last_name"],
        first_name=row["first_name"],
        middle_name=row["middle_name"],
        suffix=row["suffix"],
        born_on=date.fromisoformat(row["born_on"]),
        sex=row["sex"],
        language=row["language"],
        address=_address(row),
        phone=row["phone"],
        weight_kg=Decimal(row["weight_kg"]) if row["weight_kg"] else None,
        card=Card(*(row[name] for name in names)),
        standing=row["standing"],
    )


def _prescriber(row: dict[str, str]) -> Prescriber:
    return Prescriber(
        last_name=row["last_name"],
        first_name=row["first_name"],
        middle_name=row["middle_name"],
        specialty=row["specialty"],
        npi=row["npi"],
        dea=row["dea"],
        schedules=row["schedules"],
        license=row["license"],
        address=_address(row),
        phone=row["phone"],
        fax=row["fax"],
    )


def _line(row: dict[str, str]) -> DrugLine:
    return DrugLine(
        ndc=row["ndc"],
        rxcui=row["rxcui"],
        rxcui_kind=row["rxcui_kind"],
        description=row["description"],
        schedule=int(row["schedule"]),
        unit_code=row["unit_code"],
        directions=row["directions"],
        quantity=Decimal(row["quantity"]),
        days=int(row["days"]),
        refills=int(row["refills"]),
        suits=row["suits"],
    )


def _compound(row: dict[str, str], parts: list[dict[str, str]]) -> DrugLine:
    return DrugLine(
        ndc="",
        rxcui="",
        rxcui_kind="",
        description=row["name"],
        schedule=0,
        unit_code=row["unit_code"],
        directions=row["directions"],
        quantity=Decimal(row["quantity"]),
        days=int(row["days"]),
        refills=int(row["refills"]),
        suits=row["suits"],
        form_code=row["form"],
        parts=tuple(_part(part) for part in parts if part["name"] == row["name"]),
    )


def _part(row: dict[str, str]) -> Part:
    return Part(row["description"], row["ndc"], Decimal(row["quantity"]), row["unit_code"])


def _pharmacy(row: dict[str, str]) -> Pharmacy:
    return Pharmacy(row["name"], row["npi"], row["ncpdp_id"], _address(row), row["phone"])
