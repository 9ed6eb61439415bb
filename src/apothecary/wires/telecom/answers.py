"""What a payer's response says, transaction by transaction, in typed words."""

from collections.abc import Iterator
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
    deductible_left_usd: Decimal | None = None
    benefit_left_usd: Decimal | None = None
    other_payers_recognized_usd: Decimal | None = None
    # Benefit stages (393-MV, 394-MW) as they stood: qualifier and amount.
    stages: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Preferred:
    """A product the payer would rather pay for (551-9F and its members)."""

    qualifier: str
    product: str
    says: str
    incentive_usd: Decimal | None
    cost_share_usd: Decimal | None


@dataclass(frozen=True, slots=True)
class OtherCoverage:
    """A card the payer knows of beside its own (355-NT and its members). Texts as sent."""

    coverage_type: str
    bin: str
    pcn: str
    cardholder_id: str
    group: str
    person_code: str
    relationship: str
    help_desk: str
    from_on: date | None
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Insured:
    """Under what the payer knows the member (segments 25 and 29); empty where not said."""

    group: str = ""
    plan: str = ""
    cardholder_id: str = ""
    network: str = ""
    first_name: str = ""
    last_name: str = ""
    birth_on: date | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """A prior authorization as the payer gave it (segment 26)."""

    number: str
    processed_on: date | None
    from_on: date | None
    until_on: date | None
    quantity: Decimal | None
    usd: Decimal | None
    refills: int | None


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
    preferred: tuple[Preferred, ...] = ()
    other_coverages: tuple[OtherCoverage, ...] = ()
    insured: Insured = Insured()
    consent: Consent | None = None

    @property
    def paid(self) -> bool:
        """The claim stands as paid: paid now, or this is the answer to a repeat of it."""
        return self.status in ("P", "D")

    @property
    def rejected(self) -> bool:
        return self.status == "R"

    @property
    def undecided(self) -> bool:
        """The payer has it and has not decided: captured, or an authorization deferred."""
        return self.status in ("C", "Q", "F")


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
    insured = _insured(response.transmission)
    found = [replace(_answer(group, shared), insured=insured) for group in groups]
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
        preferred=_preferred(claim) if claim else (),
        other_coverages=_other_coverages(group.segment("28")),
        consent=_consent(group.segment("26")),
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
        deductible_left_usd=segment.decimal("FD"),
        benefit_left_usd=segment.decimal("FE"),
        other_payers_recognized_usd=segment.decimal("J5"),
        stages=tuple(_stages(segment)),
    )


def _stages(segment: Segment) -> Iterator[tuple[str, Decimal]]:
    for one in segment.repeats("MU"):
        amount = one.decimal("MW")
        if amount is not None:
            yield one.shown("MV"), amount


def _preferred(claim: Segment) -> tuple[Preferred, ...]:
    return tuple(
        Preferred(
            qualifier=one.shown("AP"),
            product=one.shown("AR"),
            says=one.shown("AU"),
            incentive_usd=one.decimal("AS"),
            cost_share_usd=one.decimal("AT"),
        )
        for one in claim.repeats("9F")
    )


def _other_coverages(segment: Segment | None) -> tuple[OtherCoverage, ...]:
    if segment is None:
        return ()
    return tuple(
        OtherCoverage(
            coverage_type=one.shown("5C"),
            bin=one.shown("7C"),
            pcn=one.shown("MH"),
            cardholder_id=one.shown("NU"),
            group=one.shown("MJ"),
            person_code=one.shown("UV"),
            relationship=one.shown("UW"),
            help_desk=one.shown("UB"),
            from_on=one.day("UX"),
            until_on=one.day("UY"),
        )
        for one in segment.repeats("NT")
    )


def _insured(transmission: Transaction) -> Insured:
    card, who = transmission.segment("25"), transmission.segment("29")
    return Insured(
        group=card.shown("C1") if card else "",
        plan=card.shown("FO") if card else "",
        cardholder_id=card.shown("C2") if card else "",
        network=card.shown("2F") if card else "",
        first_name=who.shown("CA") if who else "",
        last_name=who.shown("CB") if who else "",
        birth_on=who.day("C4") if who else None,
    )


def _consent(segment: Segment | None) -> Consent | None:
    if segment is None:
        return None
    return Consent(
        number=segment.shown("PY"),
        processed_on=segment.day("PR"),
        from_on=segment.day("PS"),
        until_on=segment.day("PT"),
        quantity=segment.decimal("RA"),
        usd=segment.decimal("RB"),
        refills=segment.number("PW"),
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
