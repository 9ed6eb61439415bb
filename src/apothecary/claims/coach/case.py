"""What is known of one refused claim: what was sent and answered, what the house knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from apothecary.wires import Malformed
from apothecary.wires.telecom import Answer, Finding, Message, Reject, answers, read
from apothecary.wires.telecom.answers import Consent, Insured, OtherCoverage, Preferred

HEADER = "header"


@dataclass(frozen=True, slots=True)
class Sent:
    """The fields of a request by (segment, id), as text without padding, first of each."""

    fields: Mapping[tuple[str, str], str]
    service_on: date | None = None

    def get(self, segment: str, field_id: str) -> str:
        """A field as it went out, empty when it did not."""
        return self.fields.get((segment, field_id), "")

    def quantity(self, segment: str, field_id: str) -> Decimal | None:
        """A quantity in the billing unit; three decimals are implied on the wire."""
        text = self.get(segment, field_id)
        return Decimal(text) / 1000 if text.isascii() and text.isdigit() else None

    def day(self, segment: str, field_id: str) -> date | None:
        """A day sent as CCYYMMDD."""
        return day_in(self.get(segment, field_id))

    @property
    def days(self) -> int | None:
        """The days' supply that was billed."""
        text = self.get("07", "D5")
        return int(text) if text.isascii() and text.isdigit() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the payer answered, as far as it helps."""

    rejects: tuple[Reject, ...]
    messages: tuple[str, ...] = ()
    next_fill_on: date | None = None
    findings: tuple[Finding, ...] = ()
    help_desk: str = ""
    preferred: tuple[Preferred, ...] = ()
    other_coverages: tuple[OtherCoverage, ...] = ()
    insured: Insured = field(default_factory=Insured)
    consent: Consent | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """The reject codes in the payer's order."""
        return tuple(reject.code for reject in self.rejects)

    @property
    def text(self) -> str:
        """Every free text of the answer, one after the other."""
        return " / ".join(self.messages)


@dataclass(frozen=True, slots=True)
class Member:
    """Under what a payer was found to know, or to have paid for, this very patient.

    ``how`` is where that is known from: its own answer to an eligibility inquiry, or a claim
    that it has paid.
    """

    how: str
    cardholder_id: str = ""
    group: str = ""
    person_code: str = ""
    pcn: str = ""


@dataclass(frozen=True, slots=True)
class ShelfPackage:
    """A package of the very product that lies on the shelf, with enough of it."""

    package_id: int
    ndc11: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the house knows beside the two messages; everything may be unknown.

    ``days_proved``: whole days that quantity and directions come to, where the directions
    engine is certain. ``reviewed``: a pharmacist has looked at the prescription's data.
    ``other_cards``: good cards of the patient beside the one that was billed. ``member``: the
    payer's answer to an eligibility inquiry; ``paid``: this card's last claim that it paid for
    this patient.
    """

    plan: str = ""
    drug: str = ""
    prescriber: str = ""
    sheet_pcns: tuple[str, ...] = ()
    sheet_help_desk: str = ""
    pa_phone: str = ""
    days_proved: int | None = None
    reviewed: bool = True
    other_cards: int = 0
    member: Member | None = None
    paid: Member | None = None
    shelf: ShelfPackage | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One refused claim, whole."""

    sent: Sent
    said: Said
    known: Known = Known()

    @property
    def person(self) -> Member | None:
        """Who names a person code for this patient: the payer's answer, else what it paid."""
        named = (self.known.member, self.known.paid)
        return next((one for one in named if one and one.person_code), None)


def day_in(text: str) -> date | None:
    """A day from CCYYMMDD, or none."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def sent_in(raw: bytes) -> Sent:
    """Read what went out. Bytes that are no message give nothing that was sent."""
    try:
        message = read(raw)
    except Malformed:
        return Sent({})
    fields = {(HEADER, name): text for name, text in message.header.items()}
    for segment_id, name, text in fields_of(message):
        fields.setdefault((segment_id, name), text)
    return Sent(fields, message.service_on)


def fields_of(message: Message) -> list[tuple[str, str, str]]:
    """Segment, id and text of every field of a message, in order."""
    return [
        (segment.id, name, text.strip())
        for group in [message.transmission, *message.transactions]
        for segment in group
        for name, text in segment.fields
        if name != "AM"
    ]


def said_in(raw: bytes) -> Said | None:
    """Read the one answer; none when it cannot be read, so that nothing is guessed from it."""
    try:
        found: Answer = answers(read(raw))[0]
    except (Malformed, IndexError):
        return None
    return Said(
        rejects=found.rejects,
        messages=found.messages,
        next_fill_on=found.next_fill_on,
        findings=found.findings,
        help_desk=found.help_desk,
        preferred=found.preferred,
        other_coverages=found.other_coverages,
        insured=found.insured,
        consent=found.consent,
    )
