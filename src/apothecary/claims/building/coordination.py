"""After another payer: what this one is told of it (segment 05, 308-C8)."""

from collections.abc import Iterator

from apothecary.claims.building.bill import Bill, OtherPayer
from apothecary.claims.building.segments import coordination
from apothecary.claims.building.sheets import Sheet
from apothecary.law.problem import Problem
from apothecary.wires.telecom import Draft

# 308-C8. 8 asks for no more than what the payer before left to the patient.
PAID, NOT_COVERED, PAID_NOTHING, SHARE_ONLY = "02", "03", "04", "08"
# What stands only with another payer's answer beside it, and what cannot stand with one.
NEEDS_OTHERS, DENIES_OTHERS = frozenset("2348"), frozenset("01")
MOST_OTHERS = 9


def other_coverage_of(bill: Bill, sheet: Sheet) -> str:
    """308-C8: as somebody chose it, else as the other payers' answers and the sheet say."""
    if bill.other_coverage or not bill.others:
        return bill.other_coverage
    if all(payer.rejects for payer in bill.others):
        return NOT_COVERED
    if sheet.cob == "responsibility":
        return SHARE_ONLY
    return PAID if any(payer.paid_usd > 0 for payer in bill.others) else PAID_NOTHING


def others(bill: Bill, sheet: Sheet) -> Draft:
    """Segment 05 by the method of the sheet: payments, the patient's shares, or both."""
    return coordination(
        bill.others,
        amounts=sheet.cob in {"payment", "both"},
        shares=sheet.cob in {"responsibility", "both"},
    )


def coordination_problems(bill: Bill, sheet: Sheet) -> list[Problem]:
    """What does not fit between the other payers, the code that tells of them and the sheet."""
    return list(_misfits(bill, sheet))


def no(field: str, says: str) -> Problem:
    """One reason, at the fact of the bill that has to change."""
    return Problem(says, field=field, code="claim-coordination")


def _misfits(bill: Bill, sheet: Sheet) -> Iterator[Problem]:
    said = bill.other_coverage.lstrip("0") or bill.other_coverage[:1]
    code = f"Other coverage {said} (308-C8)"
    if said in NEEDS_OTHERS and not bill.others:
        yield no("other_coverage", f"{code} needs what the other payer answered.")
    if said in DENIES_OTHERS and bill.others:
        yield no("other_coverage", f"{code} does not go with the answer of another payer.")
    if bill.others and sheet.cob == "none":
        yield no("others", f"{sheet.name} is not billed after another payer.")
    if len(bill.others) > MOST_OTHERS:
        yield no("others", f"A claim names at most {MOST_OTHERS} payers before this one.")
    if len({payer.coverage_type for payer in bill.others}) < len(bill.others):
        yield no("others", "Two other payers have the same place in the order (338-5C).")
    for payer in bill.others:
        if says := _answer_misfit(payer, sheet):
            yield no("others", f"Other payer {payer.coverage_type}: {says}.")


def _answer_misfit(payer: OtherPayer, sheet: Sheet) -> str:
    if payer.rejects:
        refused_and_paid = payer.paid or payer.responsible
        return "it either paid or refused, not both" if refused_and_paid else ""
    if sheet.cob in {"payment", "both"} and not payer.paid:
        return f"{sheet.name} wants what it paid (431-DV)"
    if sheet.cob == "responsibility" and not payer.responsible:
        return f"{sheet.name} wants what it left to the patient (352-NQ)"
    return ""
