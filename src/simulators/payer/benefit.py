"""What the plan says to a clean claim: who is covered, what is limited, who pays how much."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from simulators.payer.claim import ZERO, Claim, Reject
from simulators.payer.memory import Memory, PaidClaim
from simulators.payer.parts import copay_paid
from simulators.payer.plans import Books, Member, Plan, Rule

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Price:
    """The paid side in dollars: total_paid = ingredient + fee - patient_pay."""

    ingredient: Decimal
    fee: Decimal
    patient_pay: Decimal
    copay: Decimal
    coinsurance: Decimal
    deductible: Decimal
    deductible_so_far: Decimal
    deductible_left: Decimal
    basis: str

    @property
    def total_paid(self) -> Decimal:
        """What the plan sends the pharmacy."""
        return self.ingredient + self.fee - self.patient_pay


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


def member_rejects(books: Books, memory: Memory, plan: Plan, claim: Claim) -> list[Reject]:
    """Card, person, birth date, name and coverage dates."""
    found = group_rejects(plan, claim.group)
    if plan.person_code_required and not claim.person:
        found.append(Reject("08", "PERSON CODE"))
    listed = books.on_card(plan, claim.cardholder)
    if listed:
        return found + _listed_rejects(listed, claim)
    if not books.card_is_learnable(plan, claim.cardholder):
        return [*found, Reject("52", "CARDHOLDER NOT MATCHED")]
    born = memory.birth_date(plan.key, claim.cardholder, claim.person)
    if born is not None and born != claim.born_on:
        found.append(Reject("09", "BIRTH DATE NOT MATCHED"))
    return found


def _listed_rejects(listed: tuple[Member, ...], claim: Claim) -> list[Reject]:
    member = next((m for m in listed if claim.person in {m.person, ""}), None)
    if member is None:
        return [Reject("53", "PERSON NOT MATCHED")]
    found = []
    if member.born_on != claim.born_on:
        found.append(Reject("09", "BIRTH DATE NOT MATCHED"))
    if claim.last_name and _letters(claim.last_name) != _letters(member.last_name[:15]):
        found.append(Reject("62", "NAME DOES NOT MATCH CARD"))
    if member.covered_from and claim.service_on < member.covered_from:
        found.append(Reject("67", "FILLED BEFORE COVERAGE"))
    if member.covered_until and claim.service_on > member.covered_until:
        found.append(Reject("69", f"COVERAGE ENDED {member.covered_until:%Y%m%d}"))
    return found


def _letters(name: str) -> str:
    return "".join(c for c in name.upper() if c.isalnum())


def coverage_rejects(
    books: Books, memory: Memory, plan: Plan, claim: Claim, *, today: date
) -> list[Reject]:
    """Limits that need no claim history: time, formulary, authorization, quantity, schedule."""
    found = []
    if (today - claim.service_on).days > plan.too_old_days:
        found.append(Reject("81", f"CLAIM OLDER THAN {plan.too_old_days} DAYS"))
    if claim.days > plan.max_days:
        found.append(Reject("7X", f"MAX DAYS SUPPLY {plan.max_days}"))
    if plan.origin_required and not claim.origin:
        found.append(Reject("33", "ORIGIN CODE"))
    drug = books.drug(claim.ndc)
    if drug and drug.schedule == 2:
        found += _schedule_two_rejects(claim)
    rule = books.rule(plan, claim.ndc)
    return found + (_rule_rejects(books, memory, plan, rule, claim) if rule else [])


def _schedule_two_rejects(claim: Claim) -> list[Reject]:
    found = []
    if claim.quantity_prescribed is None:
        found.append(Reject("ET", "QUANTITY PRESCRIBED NEEDED FOR C-II"))
    if claim.fill_number > 0:
        found.append(Reject("73", "NO REFILL OF C-II"))
    return found


def _rule_rejects(
    books: Books, memory: Memory, plan: Plan, rule: Rule, claim: Claim
) -> list[Reject]:
    if not rule.covered:
        return [Reject("70", rule.says or "PLAN EXCLUSION")]
    found = []
    if rule.prior_authorization:
        drug = books.drug(claim.ndc)
        on_file = memory.approvals(plan.key, claim.cardholder, drug.ingredient if drug else "")
        if not on_file:
            found.append(Reject("75", rule.says or f"CALL {plan.help_desk}"))
        elif claim.pa_number and claim.pa_number not in on_file:
            found.append(Reject("EV", "AUTHORIZATION NUMBER NOT ON FILE"))
    if rule.max_quantity is not None and rule.per_days is not None:
        periods = -(-claim.days // rule.per_days)
        most = rule.max_quantity * periods
        if claim.quantity > most:
            says = f"MAX QTY {rule.max_quantity} PER {rule.per_days} DAYS"
            found.append(Reject("76", says))
    return found


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


def price(
    books: Books,
    plan: Plan,
    claim: Claim,
    earlier: list[PaidClaim],
    partial: PaidClaim | None = None,
) -> Price:
    """Lesser of submitted, allowed and usual charge; then deductible, then copay.

    A completion is paid what the whole would be paid less its ``partial``: no second fee, and
    the copay only as far as it was not taken with the first part.
    """
    ingredient, fee, basis = _allowed(books, plan, claim, partial)
    so_far = sum(
        (p.deductible_usd for p in earlier if p.service_on.year == claim.service_on.year), ZERO
    )
    open_deductible = max(ZERO, plan.deductible_usd - so_far)
    deductible = min(open_deductible, ingredient + fee)
    rest = ingredient + fee - deductible
    tier = _tier(books, plan, claim.ndc)
    percent = plan.coinsurance_percent.get(tier)
    coinsurance = ZERO if percent is None else _cents(rest * percent / 100)
    due = plan.copay_usd.get(tier, ZERO) - (copay_paid(partial) if partial else ZERO)
    copay = ZERO if percent is not None else min(max(due, ZERO), rest)
    return Price(
        ingredient=ingredient,
        fee=fee,
        patient_pay=deductible + copay + coinsurance,
        copay=copay,
        coinsurance=coinsurance,
        deductible=deductible,
        deductible_so_far=so_far + deductible,
        deductible_left=open_deductible - deductible,
        basis=basis,
    )


def _allowed(
    books: Books, plan: Plan, claim: Claim, partial: PaidClaim | None
) -> tuple[Decimal, Decimal, str]:
    drug = books.drug(claim.ndc)
    submitted = claim.ingredient_cost_usd
    allowed = submitted
    if drug:
        each = drug.unit_price_usd * plan.price_percent / 100
        before = partial.quantity if partial else Decimal(0)
        allowed = _cents(each * (claim.quantity + before)) - _cents(each * before)
    ingredient, basis = (submitted, "1") if submitted <= allowed else (allowed, "6")
    fee = ZERO if partial else plan.dispensing_fee_usd
    if ingredient + fee > claim.usual_usd:
        fee = min(fee, claim.usual_usd)
        ingredient, basis = claim.usual_usd - fee, "4"
    return ingredient, fee, basis


def _tier(books: Books, plan: Plan, ndc: str) -> int:
    rule, drug = books.rule(plan, ndc), books.drug(ndc)
    if rule and rule.tier:
        return rule.tier
    return plan.default_tier_brand if drug and drug.brand else plan.default_tier_generic


def _cents(usd: Decimal) -> Decimal:
    return usd.quantize(CENT, ROUND_HALF_UP)
