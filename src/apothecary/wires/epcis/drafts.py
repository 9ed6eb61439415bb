"""Events and headers being read, whatever the syntax; and what makes one whole or refused."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from apothecary.wires.epcis import words
from apothecary.wires.epcis.model import (
    ACTIONS,
    Document,
    ErrorDeclaration,
    Event,
    Extra,
    Item,
    Kind,
    Partner,
    Place,
    Quantity,
    Statement,
    Typed,
)
from apothecary.wires.errors import Fault, malformed

VERSIONS = ("1.1", "1.2", "2.0")
_NO_INSTANT = datetime.min.replace(tzinfo=UTC)


class Draft:
    """One event on the way; ``bad`` is why it cannot be taken."""

    __slots__ = (
        "action",
        "at",
        "bad",
        "destinations",
        "disposition",
        "dispositions_set",
        "dispositions_unset",
        "epcs",
        "error",
        "expires_on",
        "extras",
        "id",
        "ilmd",
        "kind",
        "location",
        "lot",
        "number",
        "parent",
        "prefixes",
        "quantities",
        "read_point",
        "recorded_at",
        "sources",
        "statement",
        "step",
        "transactions",
        "zone",
    )

    def __init__(
        self, kind: Kind, number: int, prefixes: Mapping[str, str] | None = None
    ) -> None:
        self.prefixes = prefixes or {}
        self.kind = kind
        self.number = number
        self.bad: list[Fault] = []
        self.at: datetime | None = None
        self.recorded_at: datetime | None = None
        self.zone = self.action = self.parent = self.step = self.disposition = ""
        self.read_point = self.location = self.lot = self.id = ""
        self.epcs: list[str] | None = None
        self.quantities: list[Quantity] = []
        self.transactions: list[tuple[str, str]] = []
        self.sources: list[tuple[str, str]] = []
        self.destinations: list[tuple[str, str]] = []
        self.expires_on: date | None = None
        self.ilmd: list[Extra] = []
        self.dispositions_set: list[str] = []
        self.dispositions_unset: list[str] = []
        self.error: ErrorDeclaration | None = None
        self.statement: Statement | None = None
        self.extras: list[Extra] = []

    def wrong(self, name: str, reason: str) -> None:
        """A fault for which the event is refused; of a field the first reason is told."""
        field = f"event {self.number} ({self.kind}) {name}"
        if all(one.field != field for one in self.bad):
            self.bad.append(Fault(field, reason))

    def instant(self, field: str, name: str, text: str) -> None:
        """When it happened, or was recorded."""
        try:
            found = words.instant(text)
        except ValueError as error:
            self.wrong(name, str(error))
            found = _NO_INSTANT
        if field == "at":
            self.at = found
        else:
            self.recorded_at = found

    def set_zone(self, text: str) -> None:
        try:
            self.zone = words.zone(text)
        except ValueError as error:
            self.wrong("eventTimeZoneOffset", str(error))
            self.zone = text or "?"

    def set_expiry(self, text: str) -> None:
        try:
            self.expires_on = words.day(text)
        except ValueError as error:
            self.wrong("itemExpirationDate", str(error))

    def quantity(self, epc_class: str, count: str | None, unit: str) -> None:
        """So many of a class; a quantity may be left out, not be anything but a number."""
        if not epc_class:
            self.wrong("quantityElement", "names no epcClass")
        try:
            found = None if count is None else words.number(count)
        except ValueError as error:
            self.wrong("quantity", str(error))
            return
        if found is not None and found < 0:
            self.wrong("quantity", f"must not be below zero, is {found}")
        self.quantities.append(Quantity(epc_class, found, unit))

    def declare_error(self, at: str, reason: str, corrected_by: Sequence[str]) -> None:
        try:
            when = words.instant(at)
        except ValueError as error:
            self.wrong("declarationTime", str(error))
            return
        reason = words.bare(reason, words.ERROR)
        self.error = ErrorDeclaration(when, reason, tuple(corrected_by))


def close_event(draft: Draft, bad: list[Fault]) -> Event | None:
    """The event, or None with every reason added to ``bad``."""
    if draft.at is None:
        draft.wrong("eventTime", "is missing")
    if not draft.zone:
        draft.wrong("eventTimeZoneOffset", "is missing")
    if draft.action not in ACTIONS:
        reason = f"must be one of {', '.join(ACTIONS)}, is {draft.action[:40]!r}"
        draft.wrong("action", reason)
    _check_things(draft)
    if draft.bad or draft.at is None:
        bad.extend(draft.bad)
        return None
    return Event(
        draft.kind,
        draft.at,
        draft.zone,
        draft.action,
        tuple(draft.epcs or ()),
        draft.parent,
        tuple(draft.quantities),
        draft.step,
        draft.disposition,
        draft.read_point,
        draft.location,
        tuple(draft.transactions),
        tuple(draft.sources),
        tuple(draft.destinations),
        draft.lot,
        draft.expires_on,
        tuple(draft.ilmd),
        tuple(draft.dispositions_set),
        tuple(draft.dispositions_unset),
        draft.recorded_at,
        draft.id,
        draft.error,
        draft.statement,
        tuple(draft.extras),
        draft.number,
    )


def _check_things(draft: Draft) -> None:
    """What the event is about: things, and a parent where it puts them into something."""
    name = "childEPCs" if draft.kind is Kind.AGGREGATION else "epcList"
    if draft.epcs is None and not draft.quantities:
        draft.wrong(name, "is missing")
    for epc in draft.epcs or ():
        if ":" not in epc:
            draft.wrong(name, f"holds what is no identifier: {epc[:60]!r}")
            break
    if draft.kind is Kind.AGGREGATION and not draft.parent and draft.action != "OBSERVE":
        draft.wrong("parentID", "is missing")
    if draft.kind is Kind.TRANSACTION and not draft.transactions:
        draft.wrong("bizTransactionList", "is missing")


def refuse(bad: Sequence[Fault]) -> None:
    """Raise Malformed with every fault, if there are any."""
    if bad:
        raise malformed(bad)


class HeaderDraft:
    """What a document says above its events. Raises Malformed when it has no creation date."""

    def __init__(self, version: str, created_at: str) -> None:
        self.faults: list[Fault] = []
        bad: list[Fault] = []
        if version not in VERSIONS:
            reason = f"must be one of {', '.join(VERSIONS)}, is {version[:20]!r}"
            bad.append(Fault("schemaVersion", reason))
        try:
            self.created_at = words.instant(created_at)
        except ValueError as error:
            bad.append(Fault("creationDate", str(error)))
        refuse(bad)
        self.version = version
        self.partners: dict[str, Partner] = {}
        self.instance = ""
        self.sent_at: datetime | None = None
        self.statement: Statement | None = None
        self.items: list[Item] = []
        self.places: list[Place] = []
        self.extras: list[Extra] = []

    def odd(self, name: str, reason: str) -> None:
        """What is named and leaves no doubt about what was read."""
        self.faults.append(Fault(name, reason))

    def partner(self, role: str, name: str, authority: str) -> None:
        if role in self.partners:
            self.odd(role, f"is named twice, {name[:60]!r} was left out")
        else:
            self.partners[role] = Partner(name, authority)

    def identification(self, name: str, text: str) -> None:
        if name == "InstanceIdentifier":
            self.instance = text
        elif name == "CreationDateAndTime":
            try:
                self.sent_at = words.instant(text)
            except ValueError as error:
                self.odd(name, str(error))

    def vocabulary(self, kind: str, name: str, attributes: Typed) -> None:
        """Master data of one product or place."""
        if kind == words.EPC_CLASS:
            self.items.append(words.item(name, attributes))
        elif kind in (words.LOCATION, words.LOCATION_OLD, words.PARTY_KIND):
            self.places.append(words.place(name, attributes))
        else:
            self.odd(f"Vocabulary {kind[:80]}", f"is not read: {name[:80]!r}")

    def document(self, events: tuple[Event, ...]) -> Document:
        return Document(
            version=self.version,
            created_at=self.created_at,
            events=events,
            sender=self.partners.get("Sender"),
            receiver=self.partners.get("Receiver"),
            instance=self.instance,
            sent_at=self.sent_at,
            statement=self.statement,
            items=tuple(self.items),
            places=tuple(self.places),
            extras=tuple(self.extras),
            faults=tuple(self.faults),
        )
