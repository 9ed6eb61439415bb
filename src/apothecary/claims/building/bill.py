"""From typed facts to the bytes of a billing (B1) or a reversal (B2). Pure.

Fields by NCPDP Telecommunication D.0; a payer's own wishes beyond it are not known here.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apothecary.law.problem import Problem
from apothecary.wires import Malformed
from apothecary.wires.telecom import Draft, RequestHeader, build_request, cut, read
from apothecary.wires.telecom.values import Value

VENDOR = "APOTHECARY"
NPI, NDC, RX_BILLING, NOT_A_COMPOUND = "01", "03", "1", "1"
# 423-DN: our cost is submitted as the cash price less the fee.
USUAL_AND_CUSTOMARY = "07"
PRIOR_AUTHORIZATION = "1"
SEX_CODES = {"M": "1", "F": "2"}
SCHEDULE_II = 2
CENTS = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The insurance card as it is billed."""

    bin: str
    pcn: str
    group: str
    cardholder_id: str
    person_code: str
    relationship: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a fill (343-HD): P for the first, C for the one that completes it.

    A completion names the number and the day of service of the part it completes.
    """

    status: str
    quantity_intended: Decimal
    days_intended: int
    completes_number: int | None = None
    completes_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What is asked, in US dollars: gross due is always cost + fee, never typed."""

    ingredient_cost_usd: Decimal
    dispensing_fee_usd: Decimal
    usual_and_customary_usd: Decimal

    @property
    def gross_due_usd(self) -> Decimal:
        return self.ingredient_cost_usd + self.dispensing_fee_usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """Everything one billing says."""

    pharmacy_npi: str
    service_on: date
    card: Card
    last_name: str
    first_name: str
    birth_date: date
    sex: str
    street: str
    city: str
    state: str
    postal_code: str
    rx_number: int
    fill_number: int
    ndc11: str
    unit: str
    quantity: Decimal
    days_supply: int
    daw: str
    written_on: date
    refills: int
    origin: str
    schedule: int
    quantity_prescribed: Decimal
    prescriber_npi: str
    prescriber_last_name: str
    price: Price
    part: Part | None = None
    clarification: str = ""
    prior_authorization: str = ""
    safety: tuple[tuple[str, str, str], ...] = ()


def price_of(*, price_usd: Decimal, fee_usd: Decimal) -> Price:
    """Split the cash price into cost and fee; a price below the fee is all fee.

    Payers pay the lowest of submitted, allowed and usual: asking less than the cash price
    would leave money, asking more is a false claim.
    """
    fee = min(fee_usd, price_usd).quantize(CENTS)
    return Price(
        ingredient_cost_usd=price_usd - fee,
        dispensing_fee_usd=fee,
        usual_and_customary_usd=price_usd,
    )


def wire_text(text: str) -> str:
    """Letters a claim can carry: ``Núñez-O’Brien`` becomes ``NUNEZ-O'BRIEN``."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return "".join(char if " " <= char <= "~" else " " for char in letters).upper()


def text_field(field_id: str, text: str) -> dict[str, str]:
    """The field folded and cut to its length, or nothing when there is nothing to say."""
    said = cut(field_id, wire_text(text)).strip()
    return {field_id: said} if said else {}


def build_billing(bill: Bill) -> bytes:
    """The bytes of a B1. Raises Malformed with every value that cannot stand in a claim."""
    return build_request(
        header(bill),
        transmission=[insurance(bill.card), patient(bill)],
        transactions=[[claim(bill), pricing(bill.price), prescriber(bill), *safety(bill)]],
    )


def reversal_of(billing: bytes) -> bytes:
    """The bytes of the B2 that takes this B1 back: same payer, card, day, number and product.

    Read from what was billed: the fill may have changed since. Raises Malformed.
    """
    billed = read(billing)
    head, body = billed.header, billed.transactions[0]
    keys = {name: body.raw("07", name) or "" for name in ("EM", "D2", "E1", "D7", "D3")}
    # A part and its completion may have number, day and product in common.
    keys |= {"HD": status} if (status := body.raw("07", "HD")) else {}
    insured = billed.transmission.segment("04")
    card = {name: insured.shown(name) for name in ("C2", "C1") if insured and insured.raw(name)}
    service_on = billed.service_on
    if service_on is None:
        raise Malformed("header date_of_service", "is missing in the claim to reverse")
    return build_request(
        RequestHeader(
            bin=head["bin"],
            transaction_code="B2",
            pcn=head["pcn"],
            service_provider_id=head["service_provider_id"],
            date_of_service=service_on,
            software_vendor_certification_id=VENDOR,
        ),
        transmission=[Draft("04", card)],
        transactions=[[Draft("07", keys)]],
    )


def header(bill: Bill) -> RequestHeader:
    """What stands in front: whom it is for, what it asks, who asks."""
    return RequestHeader(
        bin=bill.card.bin,
        transaction_code="B1",
        pcn=wire_text(bill.card.pcn),
        service_provider_id=bill.pharmacy_npi,
        date_of_service=bill.service_on,
        software_vendor_certification_id=VENDOR,
    )


def insurance(card: Card) -> Draft:
    """Segment 04."""
    fields: dict[str, Value] = {"C2": wire_text(card.cardholder_id)}
    given = {"C1": card.group, "C3": card.person_code, "C6": card.relationship}
    fields |= {name: wire_text(value) for name, value in given.items() if value}
    return Draft("04", fields)


def patient(bill: Bill) -> Draft:
    """Segment 01. Names and address are folded and cut, as payers expect them."""
    fields: dict[str, Value] = {
        "C4": bill.birth_date,
        "C5": SEX_CODES.get(bill.sex, "0"),
        **text_field("CA", bill.first_name),
        **text_field("CB", bill.last_name),
        **text_field("CM", bill.street),
        **text_field("CN", bill.city),
        **text_field("CO", bill.state),
        **text_field("CP", bill.postal_code.replace("-", "")),
    }
    return Draft("01", fields)


def claim(bill: Bill) -> Draft:
    """Segment 07. Quantity prescribed (460-ET) stands on every schedule II claim.

    45 CFR 162.1102 with 85 FR 4236: it tells a partial fill of a C-II from a refill.
    """
    fields: dict[str, Value] = {
        "EM": RX_BILLING,
        "D2": str(bill.rx_number),
        "E1": NDC,
        "D7": bill.ndc11,
        "E7": bill.quantity,
        "D3": f"{bill.fill_number:02d}",
        "D5": bill.days_supply,
        "D6": NOT_A_COMPOUND,
        "D8": bill.daw,
        "DE": bill.written_on,
        "DF": bill.refills,
        "DJ": bill.origin,
        "28": bill.unit,
    }
    if bill.schedule == SCHEDULE_II:
        fields["ET"] = bill.quantity_prescribed
    if bill.prior_authorization:
        fields |= {"EU": PRIOR_AUTHORIZATION, "EV": wire_text(bill.prior_authorization)}
    if bill.part:
        fields |= {
            "HD": bill.part.status,
            "HF": bill.part.quantity_intended,
            "HG": bill.part.days_intended,
        }
        if bill.part.completes_number is not None and bill.part.completes_on is not None:
            fields |= {"EN": str(bill.part.completes_number), "EP": bill.part.completes_on}
    if bill.clarification:
        # 420-DK stands under its counter, which the codec writes.
        return Draft("07", {**fields, "NX": [{"DK": bill.clarification}]})
    return Draft("07", fields)


def pricing(price: Price) -> Draft:
    """Segment 11: gross due (DU) is cost (D9) plus fee (DC), or the payer answers R9."""
    return Draft(
        "11",
        {
            "D9": price.ingredient_cost_usd,
            "DC": price.dispensing_fee_usd,
            "DQ": price.usual_and_customary_usd,
            "DU": price.gross_due_usd,
            "DN": USUAL_AND_CUSTOMARY,
        },
    )


def prescriber(bill: Bill) -> Draft:
    """Segment 03."""
    fields: dict[str, Value] = {"EZ": NPI, "DB": bill.prescriber_npi}
    return Draft("03", {**fields, **text_field("DR", bill.prescriber_last_name)})


def safety(bill: Bill) -> list[Draft]:
    """Segment 08, when a finding was resolved with codes: reason, service, result."""
    if not bill.safety:
        return []
    said = [{"E4": why, "E5": did, "E6": came} for why, did, came in bill.safety]
    return [Draft("08", {"7E": said})]


def billing_problems(error: Malformed) -> list[Problem]:
    """What keeps a claim from being written, each with the codec's own field and reason."""
    return [
        Problem(f"{fault.field} {fault.reason}.", field=fault.field, code="claim-unwritable")
        for fault in error.faults
    ]
