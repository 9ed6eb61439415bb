"""Causes that lie in the card, the person on it, or another payer."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from apothecary.claims.coach.case import HEADER, Case
from apothecary.claims.coach.found import (
    NOTHING,
    Found,
    coded,
    day_said,
    day_words,
    quoted,
)
from apothecary.wires.telecom.answers import OtherCoverage

CARDHOLDER, DEPENDANTS, NOT_SAID = "1", frozenset("234"), frozenset({"", "0"})
# How cards number the cardholder; every other number is somebody else on the card.
FIRST_PERSON = frozenset({"0", "1"})
SAYS_FIRST = frozenset({"01", "02", "03"})


def bin_cause(code: str, case: Case) -> Found:
    """01: the payer behind the line does not know the BIN."""
    sent = case.sent.get(HEADER, "bin")
    return Found(f"BIN {sent} is not one that this payer answers for.") if sent else NOTHING


def pcn_cause(code: str, case: Case) -> Found:
    """04, 1T: the PCN of the card beside those of the payer's sheet."""
    sent, takes = case.sent.get(HEADER, "pcn"), case.known.sheet_pcns
    said = f"PCN {sent} was sent" if sent else "No PCN was sent"
    if takes and sent not in takes:
        fill_in = takes[0] if len(takes) == 1 else ""
        cause = f"{said}; this payer takes {' or '.join(takes)}."
        return Found(cause, "form", "pcn", "PCN of the card", fill_in)
    return Found(f"{said}; compare it with the card: some plans want none.")


def group_cause(code: str, case: Case) -> Found:
    """06, 51: no group, or one the plan does not know."""
    sent, member = case.sent.get("04", "C1"), case.known.member
    said = f"Group {sent} is not known to the plan" if sent else "No group was sent"
    if member and member.group and member.group != sent:
        cause = f"{said}; {member.how} names group {member.group}."
        return Found(cause, "form", "group", "group of the card", member.group)
    return Found(f"{said}: take it from the card.")


def number_cause(code: str, case: Case) -> Found:
    """07: the member number as it went out, character by character."""
    sent = case.sent.get("04", "C2")
    if not sent:
        return Found("No cardholder number was sent.")
    strange = sorted({char for char in sent if not char.isalnum()})
    if strange:
        shown = " and ".join("a space" if char == " " else char for char in strange)
        clean = "".join(char for char in sent if char.isalnum())
        cause = f"The cardholder number {sent} was sent with {shown} in it."
        return Found(cause, "form", "cardholder_id", "cardholder number", clean)
    return Found(f"The cardholder number {sent} has not the shape this plan uses: check it.")


def holder_cause(code: str, case: Case) -> Found:
    """52: nobody with this number, unless person and relationship contradict each other."""
    sent, member = case.sent.get("04", "C2"), case.known.member
    if member and member.cardholder_id and member.cardholder_id != sent:
        cause = f"The plan does not know {sent}; {member.how} names {member.cardholder_id}."
        return Found(cause, "form", "cardholder_id", "cardholder number", member.cardholder_id)
    crossed = crossed_cause(case)
    return crossed if crossed.cause else Found(f"The plan has no member number {sent}.")


def newer_cause(code: str, case: Case) -> Found:
    """ZZ, MS: the number is known, and not the one to bill."""
    found = holder_cause(code, case)
    return found if found.fill_in else NOTHING


def person_cause(code: str, case: Case) -> Found:
    """08, 53: no person code, or nobody with that one on the card."""
    sent, member = case.sent.get("04", "C3"), case.person
    refused = "is not one this plan takes" if code == "08" else "is nobody’s on this card"
    said = f"Person code {sent} {refused}" if sent else "No person code was sent"
    if member and not same_person(member.person_code, sent):
        cause = f"{said}; {member.how} names {member.person_code}."
        return Found(cause, "form", "person_code", "person code", member.person_code)
    crossed = crossed_cause(case)
    if crossed.cause:
        return crossed
    return Found(f"{said}: take it from the card.")


def same_person(one: str, other: str) -> bool:
    """Payers write one person code as 1, 01 or 001; none is nobody's."""
    return bool(one) and bool(other) and one.lstrip("0") == other.lstrip("0")


def crossed_cause(case: Case) -> Found:
    """The relationship says cardholder and the person code somebody else, or the reverse."""
    relation, person = case.sent.get("04", "C6"), case.sent.get("04", "C3")
    first = person.lstrip("0") in {"", "1"} if person else None
    if first is None or relation in NOT_SAID:
        return NOTHING
    if (relation == CARDHOLDER) == first:
        return NOTHING
    who = coded("C6", relation)
    other = "the cardholder’s" if first else "somebody else’s"
    cause = f"The relationship says {who}, and person code {person} is {other}."
    return Found(cause, "form", "person_code", "person code")


def relation_cause(code: str, case: Case) -> Found:
    """11, 7J: the relationship as it was sent."""
    sent = case.sent.get("04", "C6")
    if sent in NOT_SAID:
        return Found("The claim did not say what the patient is to the cardholder.")
    return Found(f"The plan does not take {coded('C6', sent)} as the relationship.")


def birth_cause(code: str, case: Case) -> Found:
    """09, 7D, N1: the birth date that was sent."""
    born = case.sent.day("01", "C4")
    if born is None:
        return Found("No birth date was sent.")
    return Found(f"The plan has another birth date than {day_words(born)}, which was sent.")


def sex_cause(code: str, case: Case) -> Found:
    """10, 7H: the sex that was sent."""
    sent = case.sent.get("01", "C5")
    if sent in NOT_SAID:
        return Found("The claim did not say the patient’s sex.")
    return Found(f"The plan has another sex than {coded('C5', sent)}, which was sent.")


def name_cause(code: str, case: Case) -> Found:
    """62: the name beside the number."""
    first, last = case.sent.get("01", "CA"), case.sent.get("01", "CB")
    number = case.sent.get("04", "C2")
    known = case.said.insured.last_name
    also = f"; the plan has {known}" if known and known != last else ""
    return Found(f"{last}, {first} was sent under {number}{also}: compare with the card.")


def ended_cause(code: str, case: Case) -> Found:
    """67, 68, 69: the day the payer names, beside the day of the fill."""
    on, day = case.sent.service_on, day_said(case.said.text)
    what = {"67": "begins", "68": "ran out", "69": "ended"}[code]
    when = f" on {day_words(day)}" if day else ""
    filled = f", and the fill is dated {day_words(on)}" if on else ""
    return Found(f"This card’s coverage {what}{when}{filled}.")


def not_covered_cause(code: str, case: Case) -> Found:
    """65: the card as it went out; a newer number where the payer names one."""
    found = holder_cause(code, case) if case.known.member else NOTHING
    if found.fill_in:
        return found
    number, plan = case.sent.get("04", "C2"), case.known.plan or "The plan"
    return Found(f"{plan} does not cover the holder of {number} on that day.")


def age_cause(code: str, case: Case) -> Found:
    """60, 66: how old the patient is by what was sent."""
    born, on = case.sent.day("01", "C4"), case.sent.service_on
    if born is None or on is None:
        return NOTHING
    says = "is older than the plan allows" if code == "66" else "is not of the age it pays for"
    return Found(f"Born {day_words(born)}, the patient {says}: {age(born, on)} years.")


def age(born: date, on: date) -> int:
    """Whole years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def sex_limit_cause(code: str, case: Case) -> Found:
    """61: the product is for the other sex than the one that was sent."""
    sent = coded("C5", case.sent.get("01", "C5") or "0")
    return Found(f"The plan pays for this product for one sex only; {sent} sex was sent.")


def other_first_cause(code: str, case: Case) -> Found:
    """41, AE, 819: which other plan pays first, as the answer names it."""
    others = case.said.other_coverages
    if not others:
        return Found(
            "Another plan pays first, and the answer does not say which" + said_where(case),
            "patient", "coverage", "the other card",
        )  # fmt: skip
    cause = f"Another plan pays first: {card_words(others[0])}."
    return Found(cause, "patient", "coverage", "the other card", others[0].cardholder_id)


def said_where(case: Case) -> str:
    """The payer's own words, or a full stop."""
    return f". The payer says: {case.said.text}." if case.said.text else "."


def card_words(other: OtherCoverage) -> str:
    """``BIN 999998, PCN TESTMCD, number 614866264, group BBMED, person 01``."""
    said = (
        ("BIN", other.bin), ("PCN", other.pcn), ("number", other.cardholder_id),
        ("group", other.group), ("person", other.person_code),
    )  # fmt: skip
    return ", ".join(f"{what} {value}" for what, value in said if value)


def coverage_code_cause(code: str, case: Case) -> Found:
    """13, 7K, 7M, 8W: what the claim said about other plans, and what the house knows."""
    sent = case.sent.get("07", "C8").lstrip("0")
    said = coded("C8", sent or "0")
    cards = case.known.other_cards
    has = f"{cards} more good cards are" if cards > 1 else "one more good card is"
    if cards:
        return Found(f"The claim said about other coverage: {said}; {has} on file.")
    fill_in = "01" if not sent and code == "13" else ""
    cause = f"The claim said about other coverage: {said}; no other card is on file."
    return Found(cause, fill_in=fill_in)


def pharmacy_cause(code: str, case: Case) -> Found:
    """05, 50: our own number."""
    sent = case.sent.get(HEADER, "service_provider_id")
    return Found(f"The payer does not take our number {sent}: call it.") if sent else NOTHING


def network_cause(code: str, case: Case) -> Found:
    """40, 6Z: nothing on the claim is wrong; the pharmacy is."""
    plan = case.known.plan or "The plan"
    return Found(
        f"{plan} has no contract with this pharmacy for this." + quoted(case.said.text)
    )


Look = Callable[[str, Case], Found]
LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        "01": bin_cause,
        "04": pcn_cause,
        "1T": pcn_cause,
        "05": pharmacy_cause,
        "50": pharmacy_cause,
        "06": group_cause,
        "51": group_cause,
        "07": number_cause,
        "52": holder_cause,
        "ZZ": newer_cause,
        "MS": newer_cause,
        "08": person_cause,
        "53": person_cause,
        "09": birth_cause,
        "7D": birth_cause,
        "N1": birth_cause,
        "10": sex_cause,
        "7H": sex_cause,
        "11": relation_cause,
        "7J": relation_cause,
        "62": name_cause,
        "65": not_covered_cause,
        "67": ended_cause,
        "68": ended_cause,
        "69": ended_cause,
        "60": age_cause,
        "66": age_cause,
        "61": sex_limit_cause,
        "41": other_first_cause,
        "AE": other_first_cause,
        "819": other_first_cause,
        "13": coverage_code_cause,
        "7K": coverage_code_cause,
        "7M": coverage_code_cause,
        "8W": coverage_code_cause,
        "40": network_cause,
        "6Z": network_cause,
    }
)
