"""Causes that lie in what was dispensed, for how long, and who wrote it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from apothecary.claims.coach.case import Case
from apothecary.claims.coach.found import (
    NOTHING,
    Found,
    coded,
    day_words,
    plain,
    quoted,
)

# An NPI of ten digits counts 24 for its prefix 80840 (45 CFR 162.406; ISO 7812 check digit).
NPI_PREFIX_SUM = 24


def days_cause(code: str, case: Case) -> Found:
    """19: the days that were billed beside those the directions come to."""
    sent, proved = case.sent.days, case.known.days_proved
    if sent is None:
        return Found("No days’ supply was sent.")
    if proved is not None and proved != sent:
        cause = f"{sent} days were billed; quantity and directions come to {proved}."
        return Found(cause, "entry", "days_supply", "days’ supply", str(proved))
    agrees = " and the directions agree" if proved == sent else ""
    return Found(f"{sent} days were billed{agrees}; the plan takes it in another way.")


def product_cause(code: str, case: Case) -> Found:
    """21, 54, 55, 77, 825: the NDC that was sent, and another package on the shelf."""
    sent, shelf = case.sent.get("07", "D7"), case.known.shelf
    says = {
        "21": "is not one that this plan takes",
        "54": "is not in the plan’s drug file",
        "55": "is another package size than the plan has",
        "77": "is out of trade by the plan’s file",
        "825": "was not on the market on that day",
        "8J": "is not the number this payer wants",
    }[code]
    cause = f"NDC {sent} {says}."
    if shelf is not None and shelf.ndc11 != sent:
        cause += f" The same product lies on the shelf as {shelf.ndc11}."
        return Found(cause, "entry", "package_id", "drug and package (NDC)", shelf.ndc11)
    return Found(cause)


def daw_cause(code: str, case: Case) -> Found:
    """22, 8K, UU: the product selection that was sent."""
    sent = case.sent.get("07", "D8")
    if not sent:
        return Found("No product selection code was sent.")
    return Found(f"The plan does not take DAW {sent}, {coded('D8', sent)}.")


def brand_cause(code: str, case: Case) -> Found:
    """606, AJ: brand and generic, and what the answer would rather pay."""
    sent = case.sent.get("07", "D8") or "0"
    wants = "a certain maker’s product" if code == "606" else "the generic"
    cause = f"The plan wants {wants}; DAW {sent} ({coded('D8', sent)}) was sent."
    if case.said.preferred:
        return preferred(cause, case)
    return Found(cause + quoted(case.said.text))


def coverage_cause(code: str, case: Case) -> Found:
    """70, MR, 8-series: not paid at all; what the answer names instead."""
    drug = case.known.drug or case.sent.get("07", "D7")
    cause = f"The plan does not pay for {drug}."
    if case.said.preferred:
        return preferred(cause, case)
    return Found(cause + quoted(case.said.text))


def preferred(cause: str, case: Case) -> Found:
    """The products the payer names instead, the first of them into the field."""
    named = [one.says or one.product for one in case.said.preferred]
    cause += f" It names {' and '.join(named)} instead."
    first = case.said.preferred[0].product
    return Found(cause, "entry", "package_id", "drug", first)


def prescriber_cause(code: str, case: Case) -> Found:
    """25, 42, 56, 71 …: the number that was sent; whether its check digit can be right."""
    sent = case.sent.get("03", "DB")
    who = f" of {case.known.prescriber}" if case.known.prescriber else ""
    if not sent:
        return Found("No prescriber’s number was sent.")
    if not npi_checks(sent):
        return Found(f"NPI {sent}{who} cannot be right: its check digit is wrong.")
    says = {
        "25": "is refused by the plan",
        "42": "is inactive in the plan’s list",
        "56": "is not in the plan’s list",
        "71": "is of somebody this plan does not pay for",
        "619": "is an organisation’s; the prescriber’s own is needed",
        "773": "is not on Medicare’s list of prescribers",
        "774": "was not enrolled with Medicare on that day",
        "777": "has no licence that the plan could confirm",
        "826": "is not in the plan’s list",
        "832": "was not confirmed, nor the right to prescribe",
        "889": "is not enrolled in the state’s Medicaid",
        "929": "is on Medicare’s preclusion list",
    }.get(code)
    return Found(f"NPI {sent}{who} {says}." + quoted(case.said.text)) if says else NOTHING


def npi_checks(number: str) -> bool:
    """Whether ten digits can be an NPI (Luhn over 80840 and the number)."""
    if len(number) != 10 or not (number.isascii() and number.isdigit()):
        return False
    total = NPI_PREFIX_SUM
    for place, char in enumerate(reversed(number)):
        digit = int(char) * (2 if place % 2 else 1)
        total += digit // 10 + digit % 10
    return total % 10 == 0


def quantity_cause(code: str, case: Case) -> Found:
    """E7, 18, 9E, 9H, 26: quantity and unit as they were sent."""
    quantity, unit = case.sent.quantity("07", "E7"), case.sent.get("07", "28")
    if quantity is None:
        return Found("No quantity was sent.")
    return Found(f"{plain(quantity)} {unit} was sent, and the plan does not take that.")


def written_cause(code: str, case: Case) -> Found:
    """28, AB, 8N, 8P: the date written beside the day of the fill."""
    written, on = case.sent.day("07", "DE"), case.sent.service_on
    if written is None:
        return Found("No date written was sent.")
    filled = f"; the fill is dated {day_words(on)}" if on else ""
    return Found(f"The prescription is dated {day_words(written)}{filled}.")


def refills_cause(code: str, case: Case) -> Found:
    """17, 29, 7W, 73, 8Q: which fill of how many."""
    number, refills = case.sent.get("07", "D3"), case.sent.get("07", "DF")
    nth = number.lstrip("0") or "0"
    which = "the first fill" if nth == "0" else f"refill {nth}"
    allowed = refills.lstrip("0") or "0"
    cause = f"This is {which} of a prescription with {allowed} refills."
    if code == "73":
        cause = f"The plan pays for no refills of this; {cause[0].lower()}{cause[1:]}"
    return Found(cause)


def origin_cause(code: str, case: Case) -> Found:
    """33: how the prescription came."""
    sent = case.sent.get("07", "DJ")
    if not sent or sent == "0":
        return Found("The claim did not say how the prescription came.")
    return Found(f"The plan does not take {coded('DJ', sent)} as the origin.")


def prescribed_cause(code: str, case: Case) -> Found:
    """ET: the quantity prescribed (460-ET)."""
    sent = case.sent.quantity("07", "ET")
    said = "was not sent" if sent is None else f"was sent as {plain(sent)}"
    return Found(f"The quantity prescribed {said}; the plan wants it as on the prescription.")


def diagnosis_cause(code: str, case: Case) -> Found:
    """39, 80: the diagnosis that was sent."""
    sent = case.sent.get("13", "DO")
    if not sent:
        return Found("The plan wants a diagnosis, and none was sent.")
    return Found(f"The plan does not pay for this drug with diagnosis {sent}.")


def price_cause(code: str, case: Case) -> Found:
    """23, DQ, DU, R9, 78: the amounts that were sent."""
    names = {"D9": "cost", "DC": "fee", "DQ": "cash price", "DU": "gross due"}
    sent = [f"{names[i]} {money(text)}" for i in names if (text := case.sent.get("11", i))]
    if not sent:
        return NOTHING
    what = "The plan’s highest price is passed" if code == "78" else "The payer refuses a price"
    return Found(f"{what}: {', '.join(sent)}." + quoted(case.said.text))


OVERPUNCHED = "{ABCDEFGHI"


def money(text: str) -> str:
    """A signed amount of the wire as dollars: ``1176{`` is $117.60; what is none stays."""
    if text.isascii() and text[:-1].isdigit() and text[-1] in OVERPUNCHED:
        digits = f"{text[:-1]}{OVERPUNCHED.index(text[-1])}"
        return f"${int(digits) // 100}.{int(digits) % 100:02d}"
    return text


Look = Callable[[str, Case], Found]
LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        "19": days_cause,
        **dict.fromkeys(("21", "54", "55", "77", "825", "8J"), product_cause),
        **dict.fromkeys(("22", "8K", "UU"), daw_cause),
        **dict.fromkeys(("606", "AJ"), brand_cause),
        **dict.fromkeys(("70", "MR", "816", "817", "A5", "AC"), coverage_cause),
        **dict.fromkeys(
            "25 42 56 71 619 773 774 777 826 832 889 929".split(),  # noqa: SIM905 a list of codes
            prescriber_cause,
        ),
        **dict.fromkeys(("E7", "18", "9E", "9H", "26"), quantity_cause),
        **dict.fromkeys(("28", "AB", "8N", "8P"), written_cause),
        **dict.fromkeys(("17", "29", "7W", "73", "8Q"), refills_cause),
        "33": origin_cause,
        "ET": prescribed_cause,
        **dict.fromkeys(("39", "80"), diagnosis_cause),
        **dict.fromkeys(("23", "DQ", "DU", "R9", "78"), price_cause),
    }
)
