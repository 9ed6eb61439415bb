"""What makes a tracing document ours and whole, and what speaks against a package. Pure."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from apothecary.law.problem import Problem
from apothecary.purchasing.states import Condition
from apothecary.wires.epcis import Place, TransactionInformation, read_epc
from apothecary.wires.errors import Fault, Malformed

CITE_VERIFY, MARK_VERIFY = "FDCA 582(d)(4)(A)", "V2"
LEAST_SAMPLE = 3
POSTAL_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Enforced:
    """From when a dispenser of that size needs transaction information, and why."""

    who: str
    starts_on: date
    cite: str
    mark: str


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why product needs no transaction information; ``inbound`` at our door too."""

    code: str
    says: str
    cite: str
    mark: str
    inbound: bool


@dataclass(frozen=True, slots=True)
class Store:
    """What we are known by: address, and the numbers of orders that a document may name."""

    state: str
    postal_code: str
    orders: frozenset[str]


@dataclass(frozen=True, slots=True)
class Told:
    """What a seller told of a package: lot and expiry."""

    lot: str
    expires_on: date | None


@cache
def enforced() -> dict[str, Enforced]:
    """The dates by the size of the dispenser (``small``, ``larger``)."""
    text = files("apothecary.purchasing.tracing").joinpath("dates.toml").read_text()
    rows = tomllib.loads(text)["exempt_until"]
    return {
        row["who"]: Enforced(row["who"], row["enforced_from"], row["cite"], row["mark"])
        for row in rows
    }


@cache
def exemptions() -> dict[str, Exemption]:
    """The exemptions by code."""
    text = files("apothecary.purchasing.tracing").joinpath("exemptions.toml").read_text()
    rows = [
        Exemption(row["code"], row["says"], row["cite"], row["mark"], row["inbound"])
        for row in tomllib.loads(text)["exempt"]
    ]
    return {row.code: row for row in rows}


def exemption_problems(code: str) -> list[Problem]:
    """Why no package at the door is let in by that name."""
    row = exemptions().get(code)
    if row is None:
        known = ", ".join(one.code for one in exemptions().values() if one.inbound)
        says = f"{code[:40]!r} is no exemption: {known}."
        return [Problem(says, field="exemption", code="bad-exemption")]
    if not row.inbound:
        says = f"{row.says.capitalize()}: that is for what leaves us, not for what comes."
        return [Problem(says, row.cite, "not-inbound", row.mark, "exemption")]
    return []


def document_faults(faults: Sequence[Fault]) -> tuple[list[Fault], list[Fault]]:
    """What keeps a document from being taken over, and what is only noted."""
    notes = [one for one in faults if stops_nothing(one)]
    return [one for one in faults if one not in notes], notes


def stops_nothing(fault: Fault) -> bool:
    """Whether a fault leaves the transaction information whole. An NDC that contradicts its
    GTIN does not; one that is merely not said does.
    """
    field = fault.field.split(" ")[-1]
    return field == "childEPCs" or (field == "ndc" and fault.reason.endswith("is not certain"))


def party_faults(
    rows: Iterable[TransactionInformation], *, store: Store, seller_gln: str
) -> list[Fault]:
    """Why a document is not this seller's or not for us, each named once.

    It is for us when the buyer's address is ours, or when it names an order of ours.
    """
    found: dict[str, Fault] = {}
    for row in rows:
        seller, buyer = row.seller, row.buyer
        if seller_gln and seller is not None and gln_of(seller.id) not in {seller_gln, ""}:
            says = f"is {seller.name or seller.id}, not the partner it came from"
            found.setdefault("seller", Fault("seller", says))
        if not (set(row.orders) & store.orders or is_our_address(buyer, store)):
            says = f"is {buyer.name or buyer.id}, not us" if buyer else "is not named"
            found.setdefault("buyer", Fault("buyer", says))
    return list(found.values())


def is_our_address(place: Place | None, store: Store) -> bool:
    """Whether a described place lies where we are, to the postal code."""
    if place is None or not place.postal_code:
        return False
    theirs, ours = place.postal_code[:POSTAL_DIGITS], store.postal_code[:POSTAL_DIGITS]
    return (place.state, theirs) == (store.state, ours)


def gln_of(uri: str) -> str:
    """The thirteen digits of a party's identifier; empty where it is no GLN."""
    try:
        found = read_epc(uri)
    except Malformed:
        return ""
    return found.key if found.scheme in {"sgln", "pgln"} else ""


def missing_problems(serial: str, *, on: date, size: str) -> list[Problem]:
    """Why a package that no transaction information names waits in quarantine for it; none
    before the day from which an owner of that size needs it.
    """
    rule = enforced()[size]
    if on < rule.starts_on:
        return []
    what = f"package {serial}" if serial else "package without a serial number"
    says = f"No transaction information names this {what}: it waits in quarantine for it."
    return [Problem(says, rule.cite, Condition.NO_INFORMATION.value, rule.mark)]


def differing(told: Told, *, lot: str, expires_on: date | None) -> list[Problem]:
    """A package that is not as its seller described it is suspect."""
    code = Condition.SUSPECT.value
    problems = []
    if told.lot != lot.strip():
        says = f"Its seller told lot {told.lot}, the package says {lot.strip()}: suspect."
        problems.append(Problem(says, CITE_VERIFY, code, MARK_VERIFY, "lot"))
    if told.expires_on is not None and expires_on not in {None, told.expires_on}:
        says = (
            f"Its seller told expiry {told.expires_on}, the package says {expires_on}: suspect."
        )
        problems.append(Problem(says, CITE_VERIFY, code, MARK_VERIFY, "expires_on"))
    return problems


def sample_size(packages: int) -> int:
    """How many suspect packages are verified: 3 or 10 %, whichever is more; all when fewer.

    FDCA 582(d)(4)(A)(ii) (V2). A part of a package counts whole. ValueError below zero.
    """
    if packages < 0:
        raise ValueError(f"{packages} packages cannot be")
    return min(packages, max(LEAST_SAMPLE, -(-packages // 10)))
