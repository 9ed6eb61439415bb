"""The bytes of everything a payer is asked, from typed facts and the payer's sheet."""

from collections.abc import Sequence
from datetime import date

from apothecary.claims.building.asks import Authorization, Eligibility, Representative
from apothecary.claims.building.bill import Bill
from apothecary.claims.building.checks import bill_problems
from apothecary.claims.building.coordination import other_coverage_of, others
from apothecary.claims.building.fitting import fitted, misfits, transaction_problems
from apothecary.claims.building.segments import (
    SEX_CODES,
    claim,
    clinical,
    compound,
    coupon,
    injury,
    insurance,
    known,
    patient,
    pharmacist,
    prescriber,
    pricing,
    services,
)
from apothecary.claims.building.sheets import Sheet, house_book
from apothecary.claims.building.text import folded, wire_text
from apothecary.law.problem import Problem, refuse_if
from apothecary.wires.telecom import Draft, RequestHeader, build_request
from apothecary.wires.telecom.tables import REQUEST_PLACES

VENDOR = "APOTHECARY"
BILLING, REBILL, ELIGIBILITY = "B1", "B3", "E1"
# What was dispensed and who paid: told, and taken back and told anew in one.
REPORT, REPORT_ANEW = "N1", "N3"
# They carry the card and the authorization, and nothing of a drug.
ABOUT_AN_AUTHORIZATION = frozenset(["P2", "P3"])


def any_payer() -> Sheet:
    """The sheet of what every payer takes."""
    return house_book().default


def sheet_problems(
    bill: Bill, sheet: Sheet, *, code: str = BILLING, on: date | None = None
) -> list[Problem]:
    """Every reason why this payer would not take these facts as that transaction, all at once.

    ``on`` is the day it would be sent: with it, a claim that comes too late is told too.
    """
    return _problems(bill, sheet, _drafts(bill, sheet, code=code), code=code, on=on)


def build_billing(bill: Bill, sheet: Sheet | None = None) -> bytes:
    """The bytes of a B1, cut to the payer's sheet.

    Raises Refused with everything the sheet wants and the bill does not say, and Malformed with
    every value that cannot stand in a claim.
    """
    return _build(bill, sheet or any_payer(), code=BILLING)


def build_rebill(bill: Bill, sheet: Sheet | None = None) -> bytes:
    """The bytes of a B3: take back what was billed under this number and bill it anew."""
    return _build(bill, sheet or any_payer(), code=REBILL)


def build_report(bill: Bill, sheet: Sheet | None = None, *, anew: bool = False) -> bytes:
    """The bytes of an N1: tell a payer what was dispensed and who paid, asking for nothing.

    ``anew``: an N3, which takes back what was told of the fill before.
    """
    return _build(bill, sheet or any_payer(), code=REPORT_ANEW if anew else REPORT)


def build_authorization(
    bill: Bill, ask: Authorization, sheet: Sheet | None = None, *, code: str
) -> bytes:
    """P1 asks for an authorization and bills, P4 only asks; P3 asks after one, P2 ends it.

    Raises Refused where the sheet does not take it, or where it is not said what is asked for.
    """
    if code not in {"P1", "P2", "P3", "P4"}:
        raise ValueError(f"{code!r} asks for no authorization")
    refuse_if(_authorization_problems(ask, code))
    extra = fitted([authorization_segment(ask)], sheet or any_payer())
    return _build(bill, sheet or any_payer(), code=code, extra=extra)


def _authorization_problems(ask: Authorization, code: str) -> list[Problem]:
    """A question after one names it; a request says its kind, its reason and its days."""
    if code in ABOUT_AN_AUTHORIZATION:
        known = ask.number or ask.authorization
        missing = [] if known else ["number (498-PY) or reference (503-F3)"]
    else:
        said = (
            ("request type (498-PA)", ask.request_type),
            ("first day (498-PB)", ask.begins_on),
            ("last day (498-PC)", ask.ends_on),
            ("basis (498-PD)", ask.basis),
        )
        missing = [name for name, value in said if not value]
    if not missing:
        return []
    says = f"The prior authorization lacks its {', '.join(missing)}."
    return [Problem(says, field="authorization", code="claim-authorization")]


def build_eligibility(ask: Eligibility, sheet: Sheet | None = None) -> bytes:
    """The bytes of an E1. Raises Refused when it names neither a card nor a patient."""
    sheet = sheet or any_payer()
    refuse_if(_eligibility_problems(ask, sheet))
    person = Draft(
        "01",
        known(
            {
                "C4": ask.birth_date,
                "C5": SEX_CODES.get(ask.sex, "0"),
                "CA": folded("CA", ask.first_name),
                "CB": folded("CB", ask.last_name),
                "CP": folded("CP", ask.postal_code.replace("-", "")),
            }
        ),
    )
    # The insurance segment stands in every question, and says nothing where there is no card.
    card = fitted([insurance(ask.card)], sheet) if ask.card else [Draft("04", {})]
    return build_request(
        _header(ELIGIBILITY, ask.bin, ask.pcn, ask.pharmacy_npi, ask.service_on),
        transmission=[*card, *fitted([person], sheet)],
    )


def _eligibility_problems(ask: Eligibility, sheet: Sheet) -> list[Problem]:
    found = transaction_problems(sheet, ELIGIBILITY)
    wanted = (
        ("last name", ask.last_name),
        ("first name", ask.first_name),
        ("birth date", ask.birth_date),
        ("postal code", ask.postal_code),
    )
    missing = [name for name, value in wanted if not value]
    if ask.card is None and missing:
        says = f"Without a card the patient's {', '.join(missing)} must be known."
        found.append(Problem(says, field=missing[0].replace(" ", "_"), code="claim-facts"))
    return found


def authorization_segment(ask: Authorization) -> Draft:
    """Segment 12."""
    by = ask.representative or Representative(first_name="", last_name="")
    return Draft(
        "12",
        known(
            {
                "PA": ask.request_type,
                "PB": ask.begins_on,
                "PC": ask.ends_on,
                "PD": ask.basis,
                "PE": folded("PE", by.first_name),
                "PF": folded("PF", by.last_name),
                "PG": folded("PG", by.street),
                "PH": folded("PH", by.city),
                "PJ": folded("PJ", by.state),
                "PK": folded("PK", by.postal_code.replace("-", "")),
                "PY": wire_text(ask.number),
                "F3": wire_text(ask.authorization),
                "PP": folded("PP", ask.supporting_text),
            }
        ),
    )


def _build(bill: Bill, sheet: Sheet, *, code: str, extra: Sequence[Draft] = ()) -> bytes:
    claimed = _drafts(bill, sheet, code=code)
    refuse_if(_problems(bill, sheet, claimed, code=code))
    places = REQUEST_PLACES[code]
    drafts = {draft.segment: draft for draft in (*claimed, *extra)}
    return build_request(
        _header(code, bill.card.bin, bill.card.pcn, bill.pharmacy_npi, bill.service_on),
        transmission=[drafts[one] for one in places.transmission if one in drafts],
        transactions=[[drafts[one] for one in places.transactions if one in drafts]],
    )


def _problems(
    bill: Bill, sheet: Sheet, drafts: Sequence[Draft], *, code: str, on: date | None = None
) -> list[Problem]:
    if code in ABOUT_AN_AUTHORIZATION:
        return transaction_problems(sheet, code)
    return bill_problems(bill) + misfits(bill, sheet, drafts, code=code, on=on)


def _drafts(bill: Bill, sheet: Sheet, *, code: str) -> list[Draft]:
    """The segments of a bill that have a place in that transaction, cut to the sheet."""
    places = REQUEST_PLACES[code]
    carried = {*places.transmission, *places.transactions}
    every = [
        insurance(bill.card),
        patient(bill),
        claim(bill, other_coverage=other_coverage_of(bill, sheet)),
        pricing(bill),
        pharmacist(bill),
        prescriber(bill),
        others(bill, sheet),
        injury(bill),
        services(bill),
        coupon(bill),
        compound(bill.compound, bill.unit),
        clinical(bill),
    ]
    return fitted([draft for draft in every if draft.segment in carried], sheet)


def _header(
    code: str, bin_number: str, pcn: str, pharmacy_npi: str, service_on: date
) -> RequestHeader:
    """What stands in front: whom it is for, what it asks, who asks."""
    return RequestHeader(
        bin=bin_number,
        transaction_code=code,
        pcn=wire_text(pcn),
        service_provider_id=pharmacy_npi,
        date_of_service=service_on,
        software_vendor_certification_id=VENDOR,
    )
