"""What may stand where, and where units that came should be put. Pure.

Temperatures and their sources are rows of `storage.csv`. That a Schedule II drug goes to the
vault is the house's convention (mark C): 21 CFR 1301.75(b) also allows to disperse controlled
drugs among the stock, so that a shelf is not refused.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files

from apothecary.law.problem import Problem
from apothecary.stock.kinds import PICKED_FROM, Apart, PlaceKind, Programme, Storage

SCHEDULE_II = 2
# What the drug file calls the temperatures that it knows.
SAID = {
    "room": Storage.ROOM,
    "controlled room temperature": Storage.ROOM,
    "cool": Storage.COOL,
    "refrigerator": Storage.REFRIGERATOR,
    "freezer": Storage.FREEZER,
    "ultra_cold": Storage.ULTRA_COLD,
}


@dataclass(frozen=True, slots=True)
class Temperatures:
    """A storage class in degrees Celsius, what else it keeps, and who says so."""

    storage: Storage
    low_c: Decimal
    high_c: Decimal
    keeps: frozenset[Storage]
    cite: str
    verified: str


@dataclass(frozen=True, slots=True)
class Need:
    """How a package must stand. ``storage`` is None where neither file nor house knows."""

    drug: str
    storage: Storage | None
    apart: Apart = Apart.NOTHING
    schedule: int = 0
    programme: Programme = Programme.OWN
    place_id: int | None = None
    bin: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as the rules look at it."""

    id: int
    name: str
    kind: PlaceKind
    storage: Storage
    apart: Apart = Apart.NOTHING
    programme: Programme = Programme.OWN
    area: str = ""


@dataclass(frozen=True, slots=True)
class PutAway:
    """Where units go, and why there."""

    spot: Spot
    bin: str
    because: str


@cache
def temperatures() -> dict[Storage, Temperatures]:
    """The storage classes; one without a row is a fault of the house and stops it."""
    text = files("apothecary.stock.places").joinpath("storage.csv").read_text()
    rows = {}
    for line in csv.DictReader(text.splitlines()):
        storage = Storage(line["storage"])
        rows[storage] = Temperatures(
            storage=storage,
            low_c=Decimal(line["low_c"]),
            high_c=Decimal(line["high_c"]),
            keeps=frozenset([storage, *map(Storage, line["also_keeps"].split())]),
            cite=line["cite"],
            verified=line["verified"],
        )
    if missing := set(Storage) - set(rows):
        raise LookupError(f"storage classes without a row: {sorted(missing)}")
    return rows


def storage_said(said: str) -> Storage | None:
    """The storage class that the drug file or the house names; None for a word it is not."""
    return SAID.get(said)


def fit_problems(need: Need, spot: Spot) -> list[Problem]:
    """Why units of the drug may not stand here to be filled from; none means they may.

    Only where fills draw from is looked at: in quarantine or waste nothing is kept for use.
    """
    if spot.kind not in PICKED_FROM:
        return []
    problems = []
    row = temperatures()[spot.storage]
    if need.storage is not None and need.storage not in row.keeps:
        wants = temperatures()[need.storage]
        says = (
            f"{need.drug} is kept at {degrees(wants)} ({need.storage.label}): {spot.name} is "
            f"{spot.storage.label}, {degrees(row)}."
        )
        problems.append(Problem(says, wants.cite, "wrong-storage", wants.verified, "place"))
    if need.apart != spot.apart and need.apart:
        says = f"{need.drug} stands with the {need.apart.label}: {spot.name} is not for those."
        problems.append(Problem(says, code="not-apart", field="place", verified="C"))
    return problems


def degrees(row: Temperatures) -> str:
    """The range as it is read: 2 to 8 °C."""
    return f"{row.low_c} to {row.high_c} °C".replace("-", "−")


def put_away(need: Need, spots: Sequence[Spot]) -> PutAway | None:
    """Where units of the package go; None when no open place is fit for them.

    Where the item is kept, if it is fit; else the vault for Schedule II; else the first place
    apart for what it is, of its storage class and its programme.
    """
    fit = [
        spot
        for spot in spots
        if spot.kind in PICKED_FROM
        and spot.programme == need.programme
        and not fit_problems(need, spot)
    ]
    kept = next((spot for spot in fit if spot.id == need.place_id), None)
    if kept is not None:
        return PutAway(kept, need.bin, "it is kept there")
    wanted = need.storage or Storage.ROOM
    best = sorted(fit, key=lambda spot: (rank(need, spot, wanted), spot.id))
    if not best:
        return None
    return PutAway(best[0], "", reason_of(need, best[0]))


def rank(need: Need, spot: Spot, wanted: Storage) -> tuple[bool, bool, bool, bool]:
    """What is less of a fit sorts later."""
    vault_right = (spot.kind == PlaceKind.VAULT) == (need.schedule == SCHEDULE_II)
    return (
        not vault_right,
        spot.apart != need.apart,
        spot.storage != wanted,
        spot.kind == PlaceKind.ROBOT,
    )


def reason_of(need: Need, spot: Spot) -> str:
    """Why there, in words."""
    if spot.kind == PlaceKind.VAULT and need.schedule == SCHEDULE_II:
        return "Schedule II goes to the vault"
    if need.apart:
        return f"it stands with the {need.apart.label}"
    if need.storage is None:
        return "no file says how it is stored: read the label"
    return f"it is kept at {degrees(temperatures()[need.storage])}"
