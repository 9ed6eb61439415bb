"""Who is covered: plan, group, card, person, birth date, name, dates, dependents' age."""

from datetime import date

from simulators.payer.claim import Claim, Reject
from simulators.payer.memory import Memory
from simulators.payer.plans import Books, Member, Plan

CHILD = "3"


def find_plan(books: Books, bin_number: str, pcn: str) -> Plan | Reject:
    """The plan behind BIN and PCN, or which of the two is wrong."""
    behind = books.by_bin(bin_number)
    if not behind:
        return Reject("01", "BIN NOT KNOWN HERE")
    fitting = [plan for plan in behind if pcn in plan.pcns]
    return fitting[0] if fitting else Reject("04", "PROCESSOR CONTROL NUMBER")


def group_rejects(plan: Plan, group: str) -> list[Reject]:
    """Group missing (06) or of another employer (51)."""
    if not group:
        return [Reject("06", "GROUP ID")]
    return [] if group in plan.groups else [Reject("51", "GROUP NOT MATCHED")]


def listed_member(books: Books, plan: Plan, claim: Claim) -> Member | None:
    """The listed person a claim is for; None when card or person is not listed."""
    listed = books.on_card(plan, claim.cardholder)
    return next((m for m in listed if claim.person in {m.person, ""}), None)


def member_rejects(books: Books, memory: Memory, plan: Plan, claim: Claim) -> list[Reject]:
    """Card, person, birth date, name, coverage dates and age of a dependent."""
    found = group_rejects(plan, claim.group)
    if plan.person_code_required and not claim.person:
        found.append(Reject("08", "PERSON CODE"))
    found += _age_rejects(plan, claim)
    if books.on_card(plan, claim.cardholder):
        member = listed_member(books, plan, claim)
        if member is None:
            return [*found, Reject("53", "PERSON NOT MATCHED")]
        return found + _listed_rejects(member, claim)
    if not books.card_is_learnable(plan, claim.cardholder):
        return [*found, Reject("52", "CARDHOLDER NOT MATCHED")]
    born = memory.birth_date(plan.key, claim.cardholder, claim.person)
    if born is not None and born != claim.born_on:
        found.append(Reject("09", "BIRTH DATE NOT MATCHED"))
    return found


def _age_rejects(plan: Plan, claim: Claim) -> list[Reject]:
    limit = plan.child_until_age
    if limit is None or claim.relationship != CHILD:
        return []
    if age_on(claim.born_on, claim.service_on) < limit:
        return []
    return [Reject("66", f"A CHILD IS COVERED UNTIL {limit}")]


def age_on(born_on: date, day: date) -> int:
    """Whole years; who is born on 29 February has the birthday on 1 March in other years."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def _listed_rejects(member: Member, claim: Claim) -> list[Reject]:
    found = []
    if member.born_on != claim.born_on:
        found.append(Reject("09", "BIRTH DATE NOT MATCHED"))
    if claim.last_name and letters(claim.last_name) != letters(member.last_name[:15]):
        found.append(Reject("62", "NAME DOES NOT MATCH CARD"))
    if member.covered_from and claim.service_on < member.covered_from:
        found.append(Reject("67", "FILLED BEFORE COVERAGE"))
    if member.covered_until and claim.service_on > member.covered_until:
        found.append(Reject("69", f"COVERAGE ENDED {member.covered_until:%Y%m%d}"))
    return found


def letters(name: str) -> str:
    """A name as it is compared: letters and digits alone, in capitals."""
    return "".join(c for c in name.upper() if c.isalnum())
