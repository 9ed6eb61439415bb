"""What a payer's response says, transaction by transaction, in typed words."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from apothecary.wires.errors import Malformed
from apothecary.wires.telecom.message import Message, Segment, Transaction

# What the one-letter status means. A letter not listed here must be looked at by a person.
STATUS_WORDS = {
    "A": "approved",
    "C": "captured",
    "D": "duplicate of paid",
    "F": "deferred",
    "P": "paid",
    "Q": "duplicate of captured",
    "R": "rejected",
    "S": "duplicate of approved",
}
_NEXT_FILL = "10"  # message qualifier: the text is the next day a fill is payable


@dataclass(frozen=True, slots=True)
class Reject:
    """A reject code as sent; ``occurrence`` says which repeat of the field is meant."""

    code: str
    occurrence: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One drug-use finding of the payer (segment 24). Codes as sent."""

    reason: str
    significance: str
    text: str
    previous_fill_on: date | None
    previous_quantity: Decimal | None


@dataclass(frozen=True, slots=True)
class Pricing:
    """What is paid and by whom, US dollars; None where the payer did not say."""

    patient_pay_usd: Decimal | None
    ingredient_cost_paid_usd: Decimal | None
    dispensing_fee_paid_usd: Decimal | None
    total_paid_usd: Decimal | None
    copay_usd: Decimal | None
    coinsurance_usd: Decimal | None
    deductible_usd: Decimal | None
    balanced: bool | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The payer's word on one claim. ``status`` is the letter, empty when it did not come."""

    status: str
    rx_number: str
    authorization: str
    rejects: tuple[Reject, ...]
    messages: tuple[str, ...]
    next_fill_on: date | None
    pricing: Pricing | None
    findings: tuple[Finding, ...]
    help_desk: str

    @property
    def paid(self) -> bool:
        """The claim stands as paid: paid now, or this is the answer to a repeat of it."""
        return self.status in ("P", "D")

    @property
    def rejected(self) -> bool:
        return self.status == "R"


def answers(response: Message) -> list[Answer]:
    """One answer for each transaction of a response, in order.

    A response that refuses the whole transmission without transactions gives one answer, from
    the segments at the transmission level. Raises Malformed on a request, on a value of the
    wrong kind, or when a response says nothing at all.
    """
    if response.kind != "response":
        raise Malformed("header", "is a request, not a response", 0)
    groups = response.transactions or [response.transmission]
    shared = [text for text in _texts(response.transmission) if text]
    found = [_answer(group, shared) for group in groups]
    header_refused = response.header["header_response_status"] == "R"
    if header_refused and len(found) == 1 and not found[0].status:
        return [replace(found[0], status="R")]
    return found


def _texts(group: Transaction) -> list[str]:
    return [segment.shown("F4") for segment in group if segment.id == "20"]


def _answer(group: Transaction, shared: list[str]) -> Answer:
    status = group.segment("21")
    claim, pricing = group.segment("22"), group.segment("23")
    said, next_fill_on = _messages(status) if status else ([], None)
    return Answer(
        status=status.shown("AN") if status else "",
        rx_number=claim.shown("D2") if claim else "",
        authorization=status.shown("F3") if status else "",
        rejects=_rejects(status) if status else (),
        messages=tuple(shared + said),
        next_fill_on=next_fill_on,
        pricing=_pricing(pricing) if pricing else None,
        findings=tuple(_findings(group)),
        help_desk=status.shown("8F") if status else "",
    )


def _rejects(status: Segment) -> tuple[Reject, ...]:
    found = (
        Reject(one.shown("FB"), one.number("4F"))
        for one in status.repeats("FA")
        if one.shown("FB")
    )
    return tuple(found)


def _messages(status: Segment) -> tuple[list[str], date | None]:
    """Free texts with their continuations joined, and the next payable day if given."""
    texts: list[str] = []
    next_fill_on = None
    goes_on = False
    for one in status.repeats("UF"):
        if one.shown("UH") == _NEXT_FILL:
            next_fill_on = _day(one.shown("FQ"))
        if goes_on and texts:
            texts[-1] += one.raw("FQ") or ""
        else:
            texts.append(one.raw("FQ") or "")
        goes_on = one.shown("UG") == "+"
    return [text.rstrip(" ") for text in texts if text.strip(" ")], next_fill_on


def _day(text: str) -> date | None:
    """The text is free by the standard, so what is no date stays a message and no more."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _pricing(segment: Segment) -> Pricing:
    return Pricing(
        patient_pay_usd=segment.decimal("F5"),
        ingredient_cost_paid_usd=segment.decimal("F6"),
        dispensing_fee_paid_usd=segment.decimal("F7"),
        total_paid_usd=segment.decimal("F9"),
        copay_usd=segment.decimal("FI"),
        coinsurance_usd=segment.decimal("4U"),
        deductible_usd=segment.decimal("FH"),
        balanced=_balanced(segment),
    )


def _balanced(segment: Segment) -> bool | None:
    """Whether the total is the sum of its parts. Payers exist whose sums differ."""
    total = segment.decimal("F9")
    if total is None:
        return None
    others = [one.decimal("J4") or Decimal(0) for one in segment.repeats("J2")]
    plus = [
        segment.decimal(name) or Decimal(0) for name in ("F6", "F7", "AW", "AX", "FL", "J1")
    ]
    minus = [segment.decimal(name) or Decimal(0) for name in ("F5", "J5")]
    return total == sum(plus) + sum(others) - sum(minus)


def _findings(group: Transaction) -> list[Finding]:
    found = []
    for segment in group:
        if segment.id != "24":
            continue
        for one in segment.repeats("J6"):
            text = " ".join(part for part in (one.shown("FY"), one.shown("NS")) if part)
            found.append(
                Finding(
                    reason=one.shown("E4"),
                    significance=one.shown("FS"),
                    text=text,
                    previous_fill_on=one.day("FU"),
                    previous_quantity=one.decimal("FV"),
                )
            )
    return found
