"""The segments of a claim with everything the house could say in them.

Nothing here knows a payer: ``fitting`` takes out what a sheet does not want. A fact that is not
known is not a field.
"""

from collections.abc import Mapping, Sequence

from apothecary.claims.building.bill import (
    ADMINISTERED,
    NPI,
    SCHEDULE_II,
    Bill,
    Card,
    Compound,
    Ingredient,
    OtherPayer,
)
from apothecary.claims.building.text import folded, icd_code, phone_digits, wire_text
from apothecary.wires.telecom import Draft, Fields, Value

NDC, RX_BILLING = "03", "1"
NOT_A_COMPOUND, IS_A_COMPOUND, NO_PRODUCT, NO_QUALIFIER = "1", "2", "0", "00"
PRIOR_AUTHORIZATION = "1"
ICD_10 = "02"
SEX_CODES = {"M": "1", "F": "2"}
# 451-EG by the billing unit of the finished compound.
COMPOUND_UNITS = {"EA": "1", "GM": "2", "ML": "3"}

Said = Value | Sequence[Fields]


def known(fields: Mapping[str, Said | None]) -> dict[str, Said]:
    """The fields that have something to say."""
    return {
        name: value
        for name, value in fields.items()
        if value is not None and value not in ("", [])
    }


def insurance(card: Card) -> Draft:
    """Segment 04."""
    return Draft(
        "04",
        known(
            {
                "C2": wire_text(card.cardholder_id),
                "CC": folded("CC", card.first_name),
                "CD": folded("CD", card.last_name),
                "FO": wire_text(card.plan_id),
                "C9": card.eligibility_clarification,
                "C1": wire_text(card.group),
                "C3": wire_text(card.person_code),
                "C6": wire_text(card.relationship),
            }
        ),
    )


def patient(bill: Bill) -> Draft:
    """Segment 01. Names and address are folded and cut, as payers expect them."""
    return Draft(
        "01",
        known(
            {
                "C4": bill.birth_date,
                "C5": SEX_CODES.get(bill.sex, "0"),
                "CA": folded("CA", bill.first_name),
                "CB": folded("CB", bill.last_name),
                "CM": folded("CM", bill.street),
                "CN": folded("CN", bill.city),
                "CO": folded("CO", bill.state),
                "CP": folded("CP", bill.postal_code.replace("-", "")),
                "CQ": phone_digits(bill.phone),
                "C7": bill.place_of_service,
                "4X": bill.residence,
            }
        ),
    )


def claim(bill: Bill, *, other_coverage: str) -> Draft:
    """Segment 07. Quantity prescribed (460-ET) stands on every schedule II claim.

    45 CFR 162.1102 with 85 FR 4236: it tells a partial fill of a C-II from a refill.
    """
    return Draft(
        "07",
        known(
            {
                "EM": RX_BILLING,
                "D2": str(bill.rx_number),
                **product(bill),
                "E7": bill.quantity,
                "D3": f"{bill.fill_number:02d}",
                "D5": bill.days_supply,
                "D8": bill.daw,
                "DE": bill.written_on,
                "DF": bill.refills,
                "DJ": bill.origin,
                "NX": [{"DK": code} for code in bill.clarified],
                "ET": bill.quantity_prescribed if bill.schedule == SCHEDULE_II else None,
                "C8": other_coverage,
                "DT": bill.special_packaging,
                "28": bill.unit,
                "DI": bill.level_of_service,
                **authorization(bill),
                **part(bill),
                "NV": bill.delay_reason,
                "U7": bill.pharmacy_service_type,
            }
        ),
    )


def product(bill: Bill) -> dict[str, Said | None]:
    """What was dispensed: a package, or nothing but the word that it was compounded."""
    if bill.compound is None:
        return {"E1": NDC, "D7": bill.ndc11, "D6": NOT_A_COMPOUND}
    return {
        "E1": NO_QUALIFIER,
        "D7": NO_PRODUCT,
        "D6": IS_A_COMPOUND,
        "E2": bill.compound.route,
        "G1": bill.compound.kind,
    }


def authorization(bill: Bill) -> dict[str, Said | None]:
    """461-EU with 462-EV; some types stand alone, a number never does."""
    number = wire_text(bill.prior_authorization)
    kind = bill.authorization_type or (PRIOR_AUTHORIZATION if number else "")
    return {"EU": kind, "EV": number}


def part(bill: Bill) -> dict[str, Said | None]:
    """A part of a fill, and what it completes."""
    if bill.part is None:
        return {}
    fields: dict[str, Said | None] = {
        "HD": bill.part.status,
        "HF": bill.part.quantity_intended,
        "HG": bill.part.days_intended,
    }
    if bill.part.completes_number is not None and bill.part.completes_on is not None:
        fields |= {"EN": str(bill.part.completes_number), "EP": bill.part.completes_on}
    return fields


def pricing(bill: Bill) -> Draft:
    """Segment 11: gross due (DU) is the sum of what is asked for, or the payer answers R9."""
    asks = bill.asks
    return Draft(
        "11",
        known(
            {
                "D9": asks.ingredient_cost_usd,
                "DC": asks.dispensing_fee_usd,
                "BE": asks.professional_fee_usd or None,
                "DX": bill.patient_paid_usd,
                "E3": bill.incentive_usd or None,
                "H7": [{"H8": kind, "H9": amount} for kind, amount in asks.other_amounts],
                "HA": asks.flat_tax_usd or None,
                "GE": asks.percentage_tax_usd or None,
                "HE": asks.tax_percent,
                "JE": asks.tax_basis,
                "DQ": asks.usual_and_customary_usd,
                "DU": bill.gross_due_usd,
                "DN": bill.basis,
            }
        ),
    )


def prescriber(bill: Bill) -> Draft:
    """Segment 03."""
    return Draft(
        "03",
        known(
            {
                "EZ": bill.prescriber_qualifier,
                "DB": wire_text(bill.prescriber_npi),
                "DR": folded("DR", bill.prescriber_last_name),
                "PM": phone_digits(bill.prescriber_phone),
                "2J": folded("2J", bill.prescriber_first_name),
                "2K": folded("2K", bill.prescriber_street),
                "2M": folded("2M", bill.prescriber_city),
                "2N": folded("2N", bill.prescriber_state),
                "2P": folded("2P", bill.prescriber_postal_code.replace("-", "")),
            }
        ),
    )


def pharmacist(bill: Bill) -> Draft:
    """Segment 02."""
    return Draft("02", {"EY": NPI, "E9": bill.pharmacist_npi} if bill.pharmacist_npi else {})


def coordination(payers: Sequence[OtherPayer], *, amounts: bool, shares: bool) -> Draft:
    """Segment 05: what the payers before this one paid, or left to the patient, or both."""
    return Draft(
        "05", known({"4C": [other(one, amounts=amounts, shares=shares) for one in payers]})
    )


def other(payer: OtherPayer, *, amounts: bool, shares: bool) -> dict[str, Said]:
    """One payer before this one. Who refused has paid nothing and left nothing to share."""
    paid, responsible = payer.paid, payer.responsible
    refused = bool(payer.rejects)
    return known(
        {
            "5C": payer.coverage_type,
            "6C": payer.payer_id_qualifier,
            "7C": wire_text(payer.payer_id),
            "E8": payer.on,
            "A7": wire_text(payer.control_number),
            "HB": [] if refused or not amounts else _pairs("HC", "DV", paid),
            "5E": [{"6E": code} for code in payer.rejects],
            "NR": [] if refused or not shares else _pairs("NP", "NQ", responsible),
            "MU": _pairs("MV", "MW", payer.stages),
        }
    )


def _pairs(name: str, amount: str, said: Sequence[tuple[str, Value]]) -> list[Fields]:
    return [{name: qualifier, amount: usd} for qualifier, usd in said]


def injury(bill: Bill) -> Draft:
    """Segment 06."""
    if bill.injury is None:
        return Draft("06", {})
    hurt = bill.injury
    return Draft(
        "06",
        known(
            {
                "DY": hurt.on,
                "CF": folded("CF", hurt.employer),
                "CR": wire_text(hurt.carrier),
                "DZ": wire_text(hurt.reference),
            }
        ),
    )


def services(bill: Bill) -> Draft:
    """Segment 08: findings resolved with codes, a vaccine given, a compound's effort."""
    said: list[dict[str, Said]] = [
        known({"E4": why, "E5": did, "E6": came}) for why, did, came in bill.safety
    ]
    if bill.administration:
        given = bill.administration
        said.append(known({"E4": given.reason, "E5": ADMINISTERED, "E6": given.result}))
    if bill.compound and bill.compound.effort:
        said.append({"8E": bill.compound.effort})
    return Draft("08", known({"7E": said}))


def coupon(bill: Bill) -> Draft:
    """Segment 09."""
    if bill.coupon is None:
        return Draft("09", {})
    paper = bill.coupon
    return Draft(
        "09", known({"KE": paper.kind, "ME": wire_text(paper.number), "NE": paper.value_usd})
    )


def compound(made: Compound | None, unit: str) -> Draft:
    """Segment 10: every ingredient with its quantity and what all of it costs."""
    if made is None:
        return Draft("10", {})
    parts = [ingredient(one) for one in made.ingredients]
    # A unit that claims do not know is refused by the codec, by its field.
    form = COMPOUND_UNITS.get(unit, unit)
    return Draft("10", known({"EF": made.form, "EG": form, "EC": parts}))


def ingredient(one: Ingredient) -> dict[str, Said]:
    """One occurrence in segment 10."""
    return known(
        {
            "RE": NDC,
            "TE": one.ndc11,
            "ED": one.quantity,
            "EE": one.cost_usd,
            "UE": one.basis_of_cost,
            "2G": [{"2H": modifier} for modifier in one.modifiers],
        }
    )


def clinical(bill: Bill) -> Draft:
    """Segment 13: ICD-10-CM without points; a diagnosis in words has no code to send."""
    coded = [code for one in bill.diagnoses if (code := icd_code(one))]
    return Draft("13", known({"VE": [{"WE": ICD_10, "DO": code} for code in coded]}))
