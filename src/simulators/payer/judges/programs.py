"""What special programs ask: injured workers, 340B stock, vaccines given, coupons."""

from decimal import Decimal

from simulators.payer.claim import Claim, Reject, day_or_none
from simulators.payer.plans import Books, Plan, Rule
from simulators.payer.wire import Request

STOCK_340B, BASIS_340B = "20", "08"
ADMINISTERED = "MA"
NOTHING = Decimal("0.00")


def injury_rejects(plan: Plan, request: Request, number: int) -> list[Reject]:
    """Segment 06 of an injured worker: day of injury, employer, the carrier's claim number."""
    if plan.kind != "compensation":
        return []
    segment = request.segment("06", number)
    if segment is None:
        return [Reject("6R", "WORKERS COMPENSATION SEGMENT")]
    found = []
    injured_on = day_or_none(segment.get("DY"))
    served_on = day_or_none(request.header["service_date"])
    if injured_on is None or (served_on is not None and injured_on > served_on):
        found.append(Reject("DY", "DATE OF INJURY"))
    if not segment.get("CF"):
        found.append(Reject("CF", "EMPLOYER NAME"))
    if not segment.get("DZ"):
        found.append(Reject("DZ", "CLAIM NUMBER OF THE INJURY"))
    return found


def program_rejects(books: Books, plan: Plan, claim: Claim) -> list[Reject]:
    """340B, vaccine and coupon rules of a claim whose fields are good."""
    found = []
    if STOCK_340B in claim.override_codes:
        if not plan.takes_340b:
            found.append(Reject("8R", "340B STOCK IS NOT BILLED HERE"))
        elif claim.basis != BASIS_340B:
            found.append(Reject("DN", "340B STOCK HAS BASIS OF COST 08"))
    elif claim.basis == BASIS_340B:
        found.append(Reject("34", "BASIS 08 NEEDS CLARIFICATION 20"))
    if claim.coupon and claim.coupon not in plan.coupons:
        found.append(Reject("ME", "COUPON NOT KNOWN HERE"))
    return found + _vaccine_rejects(books.rule(plan, claim.ndc), claim)


def _vaccine_rejects(rule: Rule | None, claim: Claim) -> list[Reject]:
    given = any(one.service == ADMINISTERED for one in claim.interventions)
    if claim.incentive_usd > 0 and not given:
        return [Reject("R0", "GIVING A VACCINE NEEDS SERVICE CODE MA")]
    if given and claim.incentive_usd <= 0:
        return [Reject("P0", "SERVICE CODE MA NEEDS AN INCENTIVE AMOUNT")]
    if claim.incentive_usd > 0 and not (rule and rule.vaccine):
        return [Reject("E3", "NO INCENTIVE FOR THIS PRODUCT")]
    return []


def vaccine_fee(books: Books, plan: Plan, claim: Claim) -> Decimal:
    """What the plan pays for giving a vaccine, in dollars: the lesser of asked and allowed."""
    rule = books.rule(plan, claim.ndc)
    if rule is None or not rule.vaccine:
        return NOTHING
    return min(claim.incentive_usd, plan.vaccine_fee_usd)
