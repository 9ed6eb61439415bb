"""Utilization: refills too soon, and the DUR conflicts a plan looks for in its own history."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from simulators.payer.claim import Claim, Intervention, Reject
from simulators.payer.judges.coverage import Case
from simulators.payer.memory import PaidClaim
from simulators.payer.plans import Plan

EARLY, HIGH_DOSE, SAME_CLASS, SAME_INGREDIENT = "ER", "HD", "TD", "ID"
MAJOR, MODERATE = "1", "2"


@dataclass(frozen=True)
class Finding:
    """One conflict: its reason code, how grave, the earlier claim it stands on, and words."""

    reason: str
    significance: str
    past: PaidClaim | None
    text: str = ""


def too_soon(plan: Plan, claim: Claim, earlier: list[PaidClaim], drug: str) -> PaidClaim | None:
    """The paid claim that makes this one too soon, unless an override code stands."""
    if any(code in plan.override_codes for code in claim.override_codes):
        return None
    for past in earlier:
        if past.drug == drug and past.service_on <= claim.service_on < next_fill_on(plan, past):
            return past
    return None


def next_fill_on(plan: Plan, past: PaidClaim) -> date:
    """First day on which the plan pays again: its share of the days' supply, rounded up."""
    used = (Decimal(past.days) * plan.refill_percent / 100).to_integral_value(ROUND_CEILING)
    return past.service_on + timedelta(days=int(used))


def conflicts(case: Case, early: PaidClaim | None) -> list[Finding]:
    """Every conflict this plan judges, before any intervention is looked at."""
    found = []
    if early is not None and case.plan.refill_reject == "88":
        found.append(Finding(EARLY, MAJOR, early, "EARLY REFILL"))
    if HIGH_DOSE in case.plan.dur:
        found += _high_dose(case)
    return found + [one for one in _duplications(case) if one.reason in case.plan.dur]


def _high_dose(case: Case) -> list[Finding]:
    rule = case.books.rule(case.plan, case.claim.ndc)
    if rule is None or rule.most_a_day is None:
        return []
    most = rule.most_a_day * case.claim.days
    if case.claim.quantity <= most:
        return []
    return [Finding(HIGH_DOSE, MAJOR, None, f"MORE THAN {rule.most_a_day} A DAY")]


def _duplications(case: Case) -> list[Finding]:
    drug = case.books.drug(case.claim.ndc)
    if drug is None:
        return []
    found = []
    mine = case.books.classes.get(drug.ingredient)
    for past in case.earlier:
        other = case.books.drug(past.ndc)
        ends_on = past.service_on + timedelta(days=past.days)
        if other is None or not past.service_on <= case.claim.service_on < ends_on:
            continue
        if other.same_therapy == drug.same_therapy:
            continue
        if other.ingredient == drug.ingredient:
            text = f"ALSO {other.ingredient} {other.strength}".upper()
            found.append(Finding(SAME_INGREDIENT, MODERATE, past, text[:30]))
        elif mine and case.books.classes.get(other.ingredient) == mine:
            text = f"ALSO {other.ingredient}".upper()
            found.append(Finding(SAME_CLASS, MODERATE, past, text[:30]))
    return found


def dur_rejects(
    plan: Plan, claim: Claim, found: list[Finding]
) -> tuple[list[Reject], list[Finding]]:
    """The rejects that remain after the pharmacist's interventions, and their findings."""
    rejects: list[Reject] = []
    open_ones = []
    for finding in found:
        answers = [one for one in claim.interventions if one.reason == finding.reason]
        refused = _refusals(plan, finding, answers)
        if refused is not None:
            rejects += refused
            open_ones.append(finding)
    return rejects, open_ones


def _refusals(plan: Plan, finding: Finding, answers: list[Intervention]) -> list[Reject] | None:
    """None when an intervention settles it; else the codes that say why it does not."""
    plain = Reject("88", f"DUR {finding.reason} {finding.text}"[:40])
    if not answers:
        return [plain]
    if finding.reason in plan.dur_hard:
        return [Reject("943", f"NO OVERRIDE OF {finding.reason} BY DUR CODES")]
    bad = []
    for one in answers:
        if one.service in plan.dur_services and one.result in plan.dur_results:
            return None
        if one.service not in plan.dur_services:
            bad.append(Reject("9C", f"SERVICE {one.service} NOT TAKEN"))
        if one.result not in plan.dur_results:
            bad.append(Reject("9D", f"RESULT {one.result} NOT TAKEN"))
    return [plain, *bad]
