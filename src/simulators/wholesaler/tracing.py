"""What happened to the packages of a shipment, as EPCIS tells it, before it is XML or JSON.

The manufacturers commissioned the packages lot by lot, the wholesaler packed them into totes
and shipped the totes. Ids are pure: NDC and serial, SSCC, GLN; each writer has its own form.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from simulators.wholesaler.catalogue import Item
from simulators.wholesaler.houses import Party

OBJECT, AGGREGATION = "ObjectEvent", "AggregationEvent"
NOTICE = "Seller has complied with each applicable subsection of FDCA Sec. 581(27)(A)-(G)."
MADE_BEFORE = timedelta(days=120)
PACKED_BEFORE = timedelta(hours=2)


@dataclass(frozen=True)
class Traced:
    """One package as the document tells it."""

    item: Item
    serial: str
    lot: str
    expires_on: date
    sscc: str


@dataclass(frozen=True)
class Deal:
    """The transaction: from whom to whom, under which order and ship notice."""

    seller: Party
    buyer: Party
    po: str
    shipment: str
    at: datetime
    gs1_prefix: str
    instance: str
    with_statement: bool = True


@dataclass(frozen=True)
class Event:
    """One event about `packages` (in tote `parent`, where there is one) or about `totes`."""

    kind: str
    at: datetime
    action: str
    step: str
    disposition: str
    packages: tuple[Traced, ...] = ()
    totes: tuple[str, ...] = ()
    parent: str = ""
    lot: str = ""
    expires_on: date | None = None
    is_sale: bool = False


def events(deal: Deal, packages: Sequence[Traced]) -> Iterator[Event]:
    """Commissioning by lot, packing by tote, one shipping."""
    lots: dict[tuple[str, str, date], list[Traced]] = {}
    totes: dict[str, list[Traced]] = {}
    for one in packages:
        lots.setdefault((one.item.ndc, one.lot, one.expires_on), []).append(one)
        totes.setdefault(one.sscc, []).append(one)
    for (_, lot, expires_on), made in lots.items():
        yield Event(
            OBJECT, deal.at - MADE_BEFORE, "ADD", "commissioning", "active", tuple(made),
            lot=lot, expires_on=expires_on,
        )  # fmt: skip
    for sscc, inside in totes.items():
        yield Event(
            AGGREGATION, deal.at - PACKED_BEFORE, "ADD", "packing", "in_progress",
            tuple(inside), parent=sscc,
        )  # fmt: skip
    yield Event(
        OBJECT, deal.at, "OBSERVE", "shipping", "in_transit", totes=tuple(totes), is_sale=True
    )


def items(packages: Sequence[Traced]) -> list[Item]:
    """Each item once, for the master data."""
    return list({one.item.ndc: one.item for one in packages}.values())


def about_item(item: Item, *, by_eleven: bool) -> list[tuple[str, str]]:
    """Master data of a product: names of the core business vocabulary, and what they say.

    Senders differ in how they tell the NDC: with hyphens, or as eleven digits.
    """
    number = (item.ndc11, "FDA_NDC_11") if by_eleven else (item.ndc, "US_FDA_NDC")
    return [
        ("additionalTradeItemIdentification", number[0]),
        ("additionalTradeItemIdentificationTypeCode", number[1]),
        ("regulatedProductName", item.name),
        ("manufacturerOfTradeItemPartyName", item.labeler),
        ("dosageFormType", item.form),
        ("strengthDescription", item.strength),
        ("netContentDescription", f"{item.quantity} {item.unit}"),
    ]


def about_party(party: Party) -> list[tuple[str, str]]:
    """Master data of a place."""
    return [
        ("name", party.name),
        ("streetAddressOne", party.street),
        ("city", party.city),
        ("state", party.state),
        ("postalCode", party.postal_code),
        ("countryCode", "US"),
    ]


def instant(at: datetime) -> str:
    """An instant in UTC, to the second."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
