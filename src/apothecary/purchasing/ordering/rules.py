"""What goes on the order pad, and why something may not. Pure.

Whole packages only. Schedule II is ordered on DEA Form 222 or by CSOS alone (21 CFR 1305.03):
it never goes out with an ordinary order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from apothecary.law.problem import Problem
from apothecary.purchasing.states import Said
from apothecary.purchasing.wholesalers.rules import Offer, cheapest
from apothecary.wires.x12.supply.ordering import Answer, AnsweredLine, Outcome

SCHEDULE_II = 2
MOST_PACKAGES = 9_999
CITE_222, MARK_222 = "21 CFR 1305.03", "K"
LOW, BY_HAND, INSTEAD = "below the reorder point", "by hand", "in place of {ndc}"


@dataclass(frozen=True, slots=True)
class Need:
    """A package that is to be ordered, in whole packages."""

    package_id: int
    ndc: str
    drug: str
    schedule: int
    packages: int
    contract_only: bool = False
    automatic: bool = True


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A line for the pad: from whom, how many, at what price, in place of what."""

    need: Need
    offer: Offer
    because: str
    instead_of: int | None = None
    review: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A need nobody can be asked for, and why."""

    need: Need
    says: str
    cite: str = ""


def suggest(
    needs: Sequence[Need],
    *,
    offers: Mapping[int, Sequence[Offer]],
    substitutes: Mapping[int, Sequence[tuple[int, str]]],
    short: frozenset[int] = frozenset(),
) -> tuple[list[Suggestion], list[LeftOut]]:
    """The cheapest contract price for each need, or an equivalent where there is none.

    ``substitutes`` are packages with why each may stand in, by package; ``short`` are packages
    that wholesalers could not send of late. What is left out is named with its reason.
    """
    found: list[Suggestion] = []
    left: list[LeftOut] = []
    for need in needs:
        if need.schedule == SCHEDULE_II:
            left.append(LeftOut(need, needs_222(need.drug), CITE_222))
            continue
        own = [] if need.package_id in short else offers.get(need.package_id, ())
        offer = cheapest(own, contract_only=need.contract_only)
        if offer is not None:
            review = not need.automatic
            found.append(Suggestion(need, offer, LOW, review=review))
            continue
        other = _substitute(need, offers, substitutes.get(need.package_id, ()), short)
        if other is not None:
            found.append(other)
            continue
        why = "is short at the wholesalers" if need.package_id in short else "has no price"
        kind = "contract " if need.contract_only and not own else ""
        says = f"{need.drug} {why}, and no equivalent has a {kind}price today."
        left.append(LeftOut(need, says))
    return found, left


def _substitute(
    need: Need,
    offers: Mapping[int, Sequence[Offer]],
    equivalents: Sequence[tuple[int, str]],
    short: frozenset[int],
) -> Suggestion | None:
    """The cheapest equivalent; a person always looks at it."""
    choices = []
    for package_id, why in equivalents:
        if package_id not in short:
            offer = cheapest(offers.get(package_id, ()), contract_only=need.contract_only)
            if offer is not None:
                choices.append((offer.usd, offer.priority, offer.item_id, offer, why))
    if not choices:
        return None
    *_, offer, why = min(choices, key=lambda one: one[:3])
    because = f"{INSTEAD.format(ndc=need.ndc)}: {why}"
    return Suggestion(need, offer, because, instead_of=need.package_id, review=True)


def needs_222(drug: str) -> str:
    """Why a Schedule II drug is on no ordinary order."""
    return f"{drug} is Schedule II: it is ordered on DEA Form 222 or by CSOS, not here."


def pad_problems(*, drug: str, schedule: int, packages: int) -> list[Problem]:
    """Why a line may not stand on the pad."""
    problems = []
    if schedule == SCHEDULE_II:
        says = needs_222(drug)
        problems.append(Problem(says, CITE_222, "needs-222", MARK_222, "ndc"))
    if not 0 < packages <= MOST_PACKAGES:
        says = f"An order of {packages} packages is not possible: 1 to {MOST_PACKAGES:,}."
        problems.append(Problem(says, field="packages", code="bad-quantity"))
    return problems


@dataclass(frozen=True, slots=True)
class Approvable:
    """What is looked at before an order may go out."""

    account: str
    wholesaler_active: bool
    lines: Sequence[tuple[str, int, bool]]
    programme: str


def approval_problems(order: Approvable) -> list[Problem]:
    """Why an order may not be approved; a line is its drug, schedule, whether it is sold."""
    problems = []
    if not order.lines:
        problems.append(Problem("There is nothing on this order.", code="empty-order"))
    if not order.account:
        says = f"This wholesaler has no {order.programme} account of ours."
        problems.append(Problem(says, code="no-account"))
    if not order.wholesaler_active:
        problems.append(Problem("We no longer buy from this wholesaler.", code="inactive"))
    for drug, schedule, is_sold in order.lines:
        if schedule == SCHEDULE_II:
            problems.append(Problem(needs_222(drug), CITE_222, "needs-222", MARK_222))
        if not is_sold:
            says = f"{drug}: the wholesaler sells it no more."
            problems.append(Problem(says, code="discontinued"))
    return problems


@dataclass(frozen=True, slots=True)
class Told:
    """One part of a wholesaler's answer about a line, in our words."""

    said: Said
    code: str
    packages: int
    price_usd: Decimal | None
    due_on: date | None
    needs_decision: bool


# What each outcome is when neither price nor quantity explains it better.
PLAIN = {
    Outcome.ACCEPTED: Said.ACCEPTED,
    Outcome.CHANGED: Said.SHORT,
    Outcome.BACKORDERED: Said.BACK_ORDERED,
    Outcome.SUBSTITUTED: Said.SUBSTITUTED,
    Outcome.HELD: Said.ON_HOLD,
    Outcome.REJECTED: Said.REJECTED,
    Outcome.DELETED: Said.REJECTED,
    Outcome.UNKNOWN: Said.ON_HOLD,
}
SENDING = frozenset({Said.ACCEPTED, Said.SHORT, Said.PRICE})
PRICE_CODES = frozenset({"IP"})


def told(
    line: AnsweredLine,
    *,
    ordered: int,
    agreed_usd: Decimal | None,
    price_usd: Decimal | None,
) -> list[Told]:
    """What a wholesaler says of a line, each part a person must decide on marked.

    ``price_usd`` is what it now asks. Packages it says nothing of are named as short, so that
    the parts always make up what was ordered.
    """
    parts = [
        _told_of(answer, line, ordered=ordered, agreed_usd=agreed_usd, price_usd=price_usd)
        for answer in line.answers
    ]
    rest = ordered - sum(part.packages for part in parts)
    if rest <= 0 or not parts:
        return parts
    for place, part in enumerate(parts):
        if part.said is Said.SHORT:
            return parts
        if part.said is Said.ACCEPTED and part.packages < ordered:
            parts[place] = replace(part, said=Said.SHORT, needs_decision=True)
            return parts
    unsaid = replace(parts[-1], said=Said.REJECTED, packages=rest, needs_decision=True)
    return [*parts, unsaid]


def _told_of(
    answer: Answer,
    line: AnsweredLine,
    *,
    ordered: int,
    agreed_usd: Decimal | None,
    price_usd: Decimal | None,
) -> Told:
    packages = int(line.quantity if answer.quantity is None else answer.quantity)
    said = PLAIN[answer.outcome]
    # A price at which nothing was agreed is news as well: somebody must look at it.
    differs = price_usd is not None and price_usd != agreed_usd
    if differs and (said in SENDING or answer.status in PRICE_CODES):
        said = Said.PRICE
    elif said is Said.SHORT and packages >= ordered:
        said = Said.ACCEPTED
    return Told(
        said=said,
        code=answer.status,
        packages=packages,
        price_usd=price_usd,
        due_on=answer.day.on if answer.day else None,
        needs_decision=said is not Said.ACCEPTED or packages > ordered,
    )


def promised(parts: Sequence[tuple[Said, int, str]]) -> int:
    """How many packages of a line are on their way: what they send and nobody refused.

    ``parts`` are what was said, packages, and what was decided on it. A substitute comes on
    a line of its own.
    """
    return sum(packages for said, packages, _ in parts if said in SENDING)


def back_ordered(parts: Sequence[tuple[Said, int, str]]) -> int:
    """How many will come later, as far as nobody has refused to wait."""
    waiting = {Said.BACK_ORDERED, Said.ON_HOLD}
    return sum(n for said, n, decided in parts if said in waiting and decided != "refused")
