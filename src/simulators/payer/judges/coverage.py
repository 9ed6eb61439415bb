"""What the benefit covers: time, formulary, steps, authorization, quantity, age, sex, brand."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from simulators.payer.claim import Claim, Reject
from simulators.payer.judges.members import age_on
from simulators.payer.memory import Approval, Memory, PaidClaim
from simulators.payer.plans import Books, Plan, Rule

COMPOUND_DRUG = "compound"
PROCESS_APPROVED = "8"
STEP_MONTHS_DAYS = 365
SEXES = {"M": "1", "F": "2"}


@dataclass(frozen=True)
class Case:
    """One claim before the judges: who pays, what is asked, what was paid before."""

    books: Books
    memory: Memory
    plan: Plan
    claim: Claim
    earlier: list[PaidClaim]
    today: date


def coverage_rejects(case: Case) -> list[Reject]:
    """Limits of the claim, then of its product, or of each ingredient of a compound."""
    plan, claim = case.plan, case.claim
    found = []
    if (case.today - claim.service_on).days > plan.too_old_days:
        found.append(Reject("81", f"CLAIM OLDER THAN {plan.too_old_days} DAYS"))
    if claim.days > plan.max_days:
        found.append(Reject("7X", f"MAX DAYS SUPPLY {plan.max_days}"))
    if plan.origin_required and not claim.origin:
        found.append(Reject("33", "ORIGIN CODE"))
    if plan.most_cost_usd is not None and claim.ingredient_cost_usd > plan.most_cost_usd:
        found.append(Reject("78", f"COST ABOVE {plan.most_cost_usd}"))
    if claim.ingredients:
        return found + _compound_rejects(case)
    drug = case.books.drug(claim.ndc)
    if drug and drug.schedule == 2:
        found += _schedule_two_rejects(claim)
    return found + product_rejects(case, claim.ndc) + brand_rejects(case)


def _schedule_two_rejects(claim: Claim) -> list[Reject]:
    found = []
    if claim.quantity_prescribed is None:
        found.append(Reject("ET", "QUANTITY PRESCRIBED NEEDED FOR C-II"))
    if claim.fill_number > 0:
        found.append(Reject("73", "NO REFILL OF C-II"))
    return found


def _compound_rejects(case: Case) -> list[Reject]:
    if not case.plan.compounds:
        return [Reject("7Y", "COMPOUNDS ARE NOT COVERED")]
    bad: list[Reject] = []
    covered = 0
    for place, ingredient in enumerate(case.claim.ingredients, start=1):
        said = ingredient_rejects(case, ingredient.ndc)
        covered += not said
        bad += [Reject(one.code, one.text, occurrence=place) for one in said]
    if not covered:
        return [*bad, Reject("8A", "NO INGREDIENT IS COVERED")]
    return [] if PROCESS_APPROVED in case.claim.override_codes else bad


def ingredient_rejects(case: Case, ndc: str) -> list[Reject]:
    """Why one ingredient is not paid for; its quantity and refills are not judged alone."""
    rule = case.books.rule(case.plan, ndc)
    if rule is None:
        return _unknown_rejects(case, ndc)
    if not rule.covered:
        return [Reject(rule.code, rule.says or "INGREDIENT NOT COVERED")]
    return _authorization_rejects(case, rule, ndc)


def _unknown_rejects(case: Case, ndc: str) -> list[Reject]:
    if case.plan.known_products_only and case.books.drug(ndc) is None:
        return [Reject("54", "PRODUCT NOT IN OUR DRUG FILE")]
    return []


def product_rejects(case: Case, ndc: str) -> list[Reject]:
    """What the formulary line of the product says, if it has one."""
    rule = case.books.rule(case.plan, ndc)
    if rule is None:
        return _unknown_rejects(case, ndc)
    if not rule.covered:
        standing = _authorization_rejects(case, rule, ndc) if rule.prior_authorization else None
        if standing == []:
            return []
        return [Reject(rule.code, rule.says or "PLAN EXCLUSION")]
    found = _authorization_rejects(case, rule, ndc)
    authorized = rule.prior_authorization and not found
    found += [] if authorized else _step_rejects(case, rule)
    found += [] if _allows_more(case, ndc) else _quantity_rejects(case.claim, rule)
    return found + _person_rejects(case.claim, rule)


def _authorization_rejects(case: Case, rule: Rule, ndc: str) -> list[Reject]:
    if not rule.prior_authorization:
        return []
    claim = case.claim
    on_file = approvals_for(case, ndc)
    numbers = {one.number for one in on_file}
    if numbers and claim.pa_number and claim.pa_number not in numbers:
        return [Reject("EV", "AUTHORIZATION NUMBER NOT ON FILE")]
    standing = [one for one in on_file if one.stands(claim.service_on)]
    if not standing:
        ended = " AUTHORIZATION ENDED" if on_file else ""
        code = "830" if case.plan.kind == "compensation" else "75"
        return [Reject(code, (rule.says or f"CALL {case.plan.help_desk}") + ended)]
    if not any(one.covers(claim.quantity) for one in standing):
        return [Reject("PA", "AUTHORIZED QUANTITY USED UP")]
    return []


def approvals_for(case: Case, ndc: str) -> list[Approval]:
    """Every authorization on file for this card and ingredient, ended ones too."""
    drug = case.books.drug(ndc)
    ingredient = drug.ingredient if drug else ""
    return case.memory.approvals_on(case.plan.key, case.claim.cardholder, ingredient)


def _allows_more(case: Case, ndc: str) -> bool:
    claim = case.claim
    return any(
        one.number == claim.pa_number
        and one.quantity is not None
        and one.stands(claim.service_on)
        and one.covers(claim.quantity)
        for one in approvals_for(case, ndc)
    )


def _step_rejects(case: Case, rule: Rule) -> list[Reject]:
    if not rule.step_first:
        return []
    for past in case.earlier:
        drug = case.books.drug(past.ndc)
        age = (case.claim.service_on - past.service_on).days
        if drug and drug.ingredient in rule.step_first and 0 <= age <= STEP_MONTHS_DAYS:
            return []
    return [Reject("608", f"FIRST {' OR '.join(rule.step_first).upper()}")]


def _quantity_rejects(claim: Claim, rule: Rule) -> list[Reject]:
    if rule.max_quantity is None or rule.per_days is None:
        return []
    most = rule.max_quantity * -(-claim.days // rule.per_days)
    if claim.quantity <= most:
        return []
    return [Reject("76", f"MAX QTY {rule.max_quantity} PER {rule.per_days} DAYS")]


def _person_rejects(claim: Claim, rule: Rule) -> list[Reject]:
    found = []
    years = age_on(claim.born_on, claim.service_on)
    too_young = rule.age_min is not None and years < rule.age_min
    if too_young or (rule.age_max is not None and years > rule.age_max):
        low, high = rule.age_min or 0, rule.age_max or "MORE"
        found.append(Reject("60", f"COVERED FROM AGE {low} TO {high}"))
    if rule.sex and claim.sex in {"1", "2"} and claim.sex != SEXES[rule.sex]:
        found.append(Reject("61", "NOT COVERED FOR THIS GENDER"))
    return found


def brand_rejects(case: Case) -> list[Reject]:
    """Mandatory generics (22), and brands this plan wants instead of their generics (606)."""
    plan, claim, books = case.plan, case.claim, case.books
    rule, drug = books.rule(plan, claim.ndc), books.drug(claim.ndc)
    if rule and rule.brand_wanted and drug and not drug.brand:
        return [Reject("606", "THE BRAND COSTS LESS HERE, DAW 9")]
    if rule and rule.brand_wanted:
        return []
    excused = (*plan.generic_excused_daw, "2", "5")
    if plan.mandatory_generic and books.has_generic(claim.ndc) and claim.daw not in excused:
        return [Reject("22", f"A GENERIC EXISTS, DAW {claim.daw} NOT TAKEN")]
    return []


def alternatives(case: Case, ndc: str) -> list[tuple[str, str, Decimal | None]]:
    """Preferred products: NDC, words, and what they save the patient in copay (dollars).

    The saving is told only where the product asked for is covered at all.
    """
    rule = case.books.rule(case.plan, ndc)
    if rule is None:
        return []
    found = []
    for preferred in rule.preferred:
        drug = case.books.drug(preferred)
        words = f"{drug.ingredient} {drug.strength} {drug.form}".upper() if drug else ""
        saved = _copay(case, ndc) - _copay(case, preferred) if rule.covered else None
        found.append((preferred, words[:40], saved if saved and saved > 0 else None))
    return found


def _copay(case: Case, ndc: str) -> Decimal:
    return case.plan.copay_usd.get(tier_of(case.books, case.plan, ndc), Decimal("0.00"))


def tier_of(books: Books, plan: Plan, ndc: str) -> int:
    """The copay tier of a product."""
    rule, drug = books.rule(plan, ndc), books.drug(ndc)
    if rule and rule.tier:
        return rule.tier
    return plan.default_tier_brand if drug and drug.brand else plan.default_tier_generic
