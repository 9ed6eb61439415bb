"""Who pays how much of a claim the plan covers: lesser of prices, then every share in turn."""

import json
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from simulators.payer import cob
from simulators.payer.claim import ZERO, same_code
from simulators.payer.judges.coverage import Case, ingredient_rejects, tier_of
from simulators.payer.judges.programs import STOCK_340B, vaccine_fee
from simulators.payer.memory import PaidClaim
from simulators.payer.parts import copay_paid
from simulators.payer.plans import Drug, Plan
from simulators.payer.wire import Pairs, read_money, write_money

CENT = Decimal("0.01")
# 522-FM: as submitted, usual and customary, maximum allowable cost.
AS_SUBMITTED, USUAL, ALLOWED, OTHER_PAYER = "1", "4", "6", "13"
DEDUCTIBLE_STAGE, INITIAL_STAGE, CATASTROPHIC_STAGE = "01", "02", "04"
SPLIT_CODES = frozenset("248")


@dataclass(frozen=True)
class Price:
    """The paid side in dollars: what was allowed less what others and the patient pay."""

    ingredient: Decimal
    fee: Decimal
    patient_pay: Decimal
    basis: str
    copay: Decimal = ZERO
    coinsurance: Decimal = ZERO
    deductible: Decimal = ZERO
    deductible_so_far: Decimal = ZERO
    deductible_left: Decimal = ZERO
    incentive: Decimal = ZERO
    recognized: Decimal = ZERO
    brand_penalty: Decimal = ZERO
    over_benefit: Decimal = ZERO
    benefit_left: Decimal | None = None
    processor_fee: Decimal = ZERO
    stages: tuple[tuple[str, Decimal], ...] = ()

    @property
    def total_paid(self) -> Decimal:
        """What the plan sends the pharmacy; below nothing it is what the pharmacy owes."""
        asked = self.ingredient + self.fee + self.incentive
        return asked - self.patient_pay - self.recognized

    def pairs(self) -> Pairs:
        """Segment 23, in the order of the field table."""
        optional: list[tuple[str, Decimal]] = [
            ("FC", self.deductible_so_far), ("FD", self.deductible_left),
            ("FE", self.benefit_left or ZERO), ("FH", self.deductible),
            ("FI", self.copay), ("FK", self.over_benefit), ("NZ", self.processor_fee),
            ("4U", self.coinsurance),
        ]  # fmt: skip
        pairs: Pairs = [
            ("F5", write_money(self.patient_pay)),
            ("F6", write_money(self.ingredient)),
            ("F7", write_money(self.fee)),
        ]
        pairs += _nonzero([("FL", self.incentive), ("J5", self.recognized)])
        pairs += [("F9", write_money(self.total_paid)), ("FM", self.basis)]
        pairs += _nonzero(optional)
        if self.stages:
            pairs.append(("MU", str(len(self.stages))))
            for stage, usd in self.stages:
                pairs += [("MV", stage), ("MW", write_money(usd))]
        return pairs + _nonzero([("UK", self.brand_penalty)])


def _nonzero(amounts: list[tuple[str, Decimal]]) -> Pairs:
    return [(field_id, write_money(usd)) for field_id, usd in amounts if usd]


def amount_of(past: PaidClaim, field_id: str) -> Decimal:
    """An amount of segment 23 that was answered for an earlier claim, zero when it was not."""
    said = dict(json.loads(past.pricing))
    return read_money(said[field_id]) if field_id in said else ZERO


def price(case: Case, partial: PaidClaim | None = None) -> Price:
    """Lesser of submitted, allowed and usual charge; then the shares in the plan's order.

    A completion is paid what the whole would be paid less its ``partial``: no second fee, and
    the copay only as far as it was not taken with the first part.
    """
    plan, claim = case.plan, case.claim
    ingredient, fee, basis = _allowed(case, partial)
    if plan.kind == "discount":
        own = ingredient + fee + plan.processor_fee_usd
        return Price(ingredient, fee, own, basis, processor_fee=plan.processor_fee_usd)
    if same_code(claim.other_coverage) in SPLIT_CODES:
        return _after_others(case, ingredient, fee)
    return _as_first(case, partial, ingredient, fee, basis)


def _after_others(case: Case, ingredient: Decimal, fee: Decimal) -> Price:
    own = min(case.plan.copay_usd.get(tier_of(case.books, case.plan, case.claim.ndc), ZERO),
              ingredient + fee)  # fmt: skip
    share = cob.split(case.plan, case.claim, ingredient=ingredient, fee=fee, own_share=own)
    return Price(
        share.ingredient, fee, share.patient_pay, OTHER_PAYER,
        copay=share.patient_pay, recognized=share.recognized,
    )  # fmt: skip


def _as_first(
    case: Case, partial: PaidClaim | None, ingredient: Decimal, fee: Decimal, basis: str
) -> Price:
    plan, claim, tier = case.plan, case.claim, tier_of(case.books, case.plan, case.claim.ndc)
    year = [p for p in case.earlier if p.service_on.year == claim.service_on.year]
    so_far = sum((p.deductible_usd for p in year), ZERO)
    penalty = min(_brand_penalty(case, ingredient), ingredient)
    rule = case.books.rule(plan, claim.ndc)
    is_vaccine = rule is not None and rule.vaccine
    open_deductible = max(ZERO, plan.deductible_usd - so_far)
    deductible = ZERO if is_vaccine else min(open_deductible, ingredient + fee - penalty)
    rest = ingredient + fee - penalty - deductible
    percent = plan.coinsurance_percent.get(tier)
    coinsurance = ZERO if percent is None else _cents(rest * percent / 100)
    due = plan.copay_usd.get(tier, ZERO) - (copay_paid(partial) if partial else ZERO)
    copay = ZERO if percent is not None or is_vaccine else min(max(due, ZERO), rest)
    left = _out_of_pocket_left(plan, year)
    stages = _stages(plan, deductible, rest, copay + coinsurance, left)
    if left is not None:
        deductible, copay, coinsurance = _capped(left, deductible, copay, coinsurance)
    incentive = vaccine_fee(case.books, plan, claim)
    own = deductible + copay + coinsurance + penalty
    paid = ingredient + fee + incentive - own
    over, benefit_left = _beyond_benefit(plan, year, paid)
    return Price(
        ingredient=ingredient, fee=fee, patient_pay=own + over, basis=basis, copay=copay,
        coinsurance=coinsurance, deductible=deductible, deductible_so_far=so_far + deductible,
        deductible_left=open_deductible - deductible, incentive=incentive,
        brand_penalty=penalty, over_benefit=over, benefit_left=benefit_left, stages=stages,
    )  # fmt: skip


def _out_of_pocket_left(plan: Plan, year: list[PaidClaim]) -> Decimal | None:
    if plan.out_of_pocket_usd is None:
        return None
    # What was chosen freely, a brand for its name, fills no maximum.
    spent = sum((amount_of(p, "F5") - amount_of(p, "UK") for p in year), ZERO)
    return max(ZERO, plan.out_of_pocket_usd - spent)


def _capped(left: Decimal, *shares: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    kept = []
    for share in shares:
        kept.append(min(share, left))
        left -= kept[-1]
    return kept[0], kept[1], kept[2]


def _stages(
    plan: Plan, deductible: Decimal, rest: Decimal, share: Decimal, left: Decimal | None
) -> tuple[tuple[str, Decimal], ...]:
    """The covered cost split over the Part D stages it passes through."""
    if not plan.stages or left is None:
        return ()
    after = max(ZERO, left - deductible)
    initial = rest if share <= after else _cents(rest * after / share)
    if not left:
        deductible, initial, rest = ZERO, ZERO, rest + deductible
    told = (
        (DEDUCTIBLE_STAGE, deductible),
        (INITIAL_STAGE, initial),
        (CATASTROPHIC_STAGE, rest - initial),
    )
    return tuple((stage, usd) for stage, usd in told if usd)


def _beyond_benefit(
    plan: Plan, year: list[PaidClaim], paid: Decimal
) -> tuple[Decimal, Decimal | None]:
    if plan.benefit_usd is None:
        return ZERO, None
    used = sum((amount_of(p, "F9") for p in year), ZERO)
    left = max(ZERO, plan.benefit_usd - used)
    over = max(ZERO, paid - left)
    return over, left - (paid - over)


def _brand_penalty(case: Case, ingredient: Decimal) -> Decimal:
    plan, claim = case.plan, case.claim
    drug = case.books.drug(claim.ndc)
    if not plan.mandatory_generic or claim.daw != "2" or drug is None:
        return ZERO
    if not case.books.has_generic(claim.ndc):
        return ZERO
    return max(ZERO, ingredient - _cents(_generic_price(case, drug) * claim.quantity))


def _generic_price(case: Case, drug: Drug) -> Decimal:
    cheapest = case.books.generics_of(drug)[0]
    return cheapest.unit_price_usd * case.plan.price_percent / 100


def _allowed(case: Case, partial: PaidClaim | None) -> tuple[Decimal, Decimal, str]:
    plan, claim = case.plan, case.claim
    submitted = claim.ingredient_cost_usd
    allowed = _compound_cost(case) if claim.ingredients else _product_cost(case, partial)
    ingredient, basis = (
        (submitted, AS_SUBMITTED) if submitted <= allowed else (allowed, ALLOWED)
    )
    fee = ZERO if partial else plan.dispensing_fee_usd
    if ingredient + fee > claim.usual_usd:
        fee = min(fee, claim.usual_usd)
        ingredient, basis = claim.usual_usd - fee, USUAL
    return ingredient, fee, basis


def _product_cost(case: Case, partial: PaidClaim | None) -> Decimal:
    claim, drug = case.claim, case.books.drug(case.claim.ndc)
    if drug is None or STOCK_340B in claim.override_codes:
        return claim.ingredient_cost_usd
    each = drug.unit_price_usd * case.plan.price_percent / 100
    if claim.daw == "5" and case.books.has_generic(claim.ndc):
        each = _generic_price(case, drug)
    before = partial.quantity if partial else Decimal(0)
    return _cents(each * (claim.quantity + before)) - _cents(each * before)


def _compound_cost(case: Case) -> Decimal:
    """The lesser of asked and allowed of each covered ingredient; the others are not paid."""
    total = ZERO
    for one in case.claim.ingredients:
        if ingredient_rejects(case, one.ndc):
            continue
        drug = case.books.drug(one.ndc)
        each = drug.unit_price_usd * case.plan.price_percent / 100 if drug else None
        allowed = _cents(each * one.quantity) if each is not None else one.cost_usd
        total += min(one.cost_usd, allowed)
    return total


def _cents(usd: Decimal) -> Decimal:
    return usd.quantize(CENT, ROUND_HALF_UP)
