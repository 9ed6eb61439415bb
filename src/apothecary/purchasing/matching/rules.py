"""What an invoice's line should cost by order and hands, and why it does not. Pure.

Per line: billed = what may be paid + every difference, to the cent. A price is that which was
agreed on; of what did not come, or came and was set aside, nothing is paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from apothecary.law.problem import Problem
from apothecary.purchasing.states import ClaimState, DifferenceKind

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A billed line beside its order and what hands found.

    ``arrived`` are packages that came for the line and were billed by no other invoice;
    ``aside`` those of them that were set aside, and are a difference of their own already;
    ``missing`` those already named as short.
    """

    drug: str
    packages: int
    price_usd: Decimal
    amount_usd: Decimal
    ordered: bool
    agreed_usd: Decimal | None
    arrived: int
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """One difference: what it is, of how many packages, how much of the bill it is."""

    kind: DifferenceKind
    packages: int
    usd: Decimal
    says: str


def cents(usd: Decimal) -> Decimal:
    """Dollars to the cent, half up."""
    return usd.quantize(CENT, ROUND_HALF_UP)


def dollars(usd: Decimal) -> str:
    """Dollars in words: to the cent, and finer where a price is (up to four decimals)."""
    whole, _, rest = f"{abs(usd):,.4f}".partition(".")
    return f"{'-' if usd < 0 else ''}${whole}.{rest[:2]}{rest[2:].rstrip('0')}"


def line_differences(line: LineFacts) -> list[Found]:
    """Why a line is not billed as it should be; none means it may be paid as it stands."""
    if not line.ordered:
        says = f"{line.drug}: billed and on no order of ours"
        return [Found(DifferenceKind.NOT_ORDERED, line.packages, line.amount_usd, says)]
    agreed = line.price_usd if line.agreed_usd is None else line.agreed_usd
    found = []
    over_price = line.amount_usd - cents(line.packages * agreed)
    if over_price:
        says = f"{line.drug}: billed at {dollars(line.price_usd)}, agreed {dollars(agreed)}"
        found.append(Found(DifferenceKind.PRICE, line.packages, over_price, says))
    short = line.packages - line.arrived - line.missing
    if short > 0:
        says = f"{line.drug}: {line.packages} billed, {line.arrived} came"
        found.append(Found(DifferenceKind.SHORT, short, cents(short * agreed), says))
    return found


def charge_differences(
    charges: Sequence[tuple[str, Decimal]], *, goods_usd: Decimal
) -> list[Found]:
    """Charges beside the goods that somebody should look at: more than a tenth of the goods."""
    total = sum((usd for _, usd in charges), NOTHING)
    if total <= 0 or total * 10 <= goods_usd:
        return []
    words = ", ".join(f"{says} {dollars(usd)}" for says, usd in charges)
    return [Found(DifferenceKind.CHARGE, 0, total, f"charges of {dollars(total)}: {words}")]


def approval_problems(
    *, matched: bool, open_differences: Sequence[tuple[str, Decimal]]
) -> list[Problem]:
    """Why an invoice may not be approved: not compared, or nobody told the wholesaler."""
    if not matched:
        says = "Compare the invoice with what came first."
        return [Problem(says, code="not-matched")]
    return [
        Problem(f"{says} ({dollars(usd)}): claim or accept it first.", code="difference-open")
        for says, usd in open_differences
    ]


def credit_state(*, claimed_usd: Decimal, credited_usd: Decimal) -> ClaimState:
    """Where a claim is once so much was credited in all."""
    return ClaimState.CREDITED if credited_usd >= claimed_usd else ClaimState.SHORT_CREDITED


def credit_problems(*, usd: Decimal, owed_usd: Decimal) -> list[Problem]:
    """Why a credit may not be written down."""
    problems = []
    if usd <= 0 or usd != cents(usd):
        says = "A credit is an amount above zero, in dollars and cents."
        problems.append(Problem(says, field="usd", code="bad-amount"))
    elif usd > owed_usd:
        says = f"{dollars(usd)} is more than the {dollars(owed_usd)} still owed."
        problems.append(Problem(says, field="usd", code="too-much"))
    return problems
