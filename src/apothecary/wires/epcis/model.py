"""What happened to packages, as partners tell each other (EPCIS 1.2 and 2.0, used for DSCSA).

Words of the core vocabulary stand bare (``shipping``, ``in_transit``, ``po``, ``owning_party``)
whatever way they were sent; words of others stay as they are. Instants carry their zone.
``faults`` names what is odd and was read all the same.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from apothecary.wires.errors import Fault

Typed = tuple[tuple[str, str], ...]  # kind and identifier


class Kind(StrEnum):
    """The events that are read; others are named and kept unread."""

    OBJECT = "ObjectEvent"
    AGGREGATION = "AggregationEvent"
    TRANSACTION = "TransactionEvent"


ACTIONS = ("ADD", "OBSERVE", "DELETE")


@dataclass(frozen=True, slots=True)
class Extra:
    """An element of somebody else's: its namespace and name, its text or what it holds."""

    namespace: str
    name: str
    text: str = ""
    children: tuple["Extra", ...] = ()


@dataclass(frozen=True, slots=True)
class Quantity:
    """So many of a class of things, without serial numbers; pieces when ``unit`` is empty."""

    epc_class: str
    quantity: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """The seller's transaction statement (TS) of DSCSA, in its own words."""

    affirmed: bool
    notice: str = ""


@dataclass(frozen=True, slots=True)
class ErrorDeclaration:
    """The sender takes the event back; ``corrected_by`` are the events that stand instead."""

    at: datetime
    reason: str = ""
    corrected_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``epcs`` are the things themselves, or what is put into or taken out of
    ``parent``; ``zone`` is the local zone as sent (``-05:00``); ``read_point`` and ``location``
    are where it was and where it is now. ``number`` counts from 1 and is no part of equality.
    """

    kind: Kind
    at: datetime
    zone: str
    action: str
    epcs: tuple[str, ...] = ()
    parent: str = ""
    quantities: tuple[Quantity, ...] = ()
    step: str = ""
    disposition: str = ""
    read_point: str = ""
    location: str = ""
    transactions: Typed = ()
    sources: Typed = ()
    destinations: Typed = ()
    lot: str = ""
    expires_on: date | None = None
    ilmd: tuple[Extra, ...] = ()
    dispositions_set: tuple[str, ...] = ()
    dispositions_unset: tuple[str, ...] = ()
    recorded_at: datetime | None = None
    id: str = ""
    error: ErrorDeclaration | None = None
    statement: Statement | None = None
    extras: tuple[Extra, ...] = ()
    number: int = field(default=0, compare=False)

    @property
    def path(self) -> str:
        """How a fault names it."""
        return f"event {self.number} ({self.kind})"


@dataclass(frozen=True, slots=True)
class Item:
    """A product as its seller describes it: master data of an EPC class (``id``).

    ``ndc_sent`` and ``ndc_kind`` are as sent (FDA_NDC_11, US_FDA_NDC); ``tracing.ndc_of`` makes
    eleven digits of it. ``container`` is the net content of one package.
    """

    id: str
    name: str = ""
    strength: str = ""
    form: str = ""
    container: str = ""
    manufacturer: str = ""
    ndc_sent: str = ""
    ndc_kind: str = ""
    others: Typed = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A business or one of its locations: master data of a location."""

    id: str
    name: str = ""
    street: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    others: Typed = ()


@dataclass(frozen=True, slots=True)
class Partner:
    """Who sent it or is to get it: the id and whose id it is (GLN, SGLN)."""

    id: str
    authority: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One document. ``instance`` is the sender's number of it."""

    version: str
    created_at: datetime
    events: tuple[Event, ...]
    sender: Partner | None = None
    receiver: Partner | None = None
    instance: str = ""
    sent_at: datetime | None = None
    statement: Statement | None = None
    items: tuple[Item, ...] = ()
    places: tuple[Place, ...] = ()
    extras: tuple[Extra, ...] = ()
    faults: tuple[Fault, ...] = ()
