"""How a fill is billed apart: a vaccine given here, a drug bought under 340B. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from apothecary.law.problem import Problem

# PRODUCTTYPENAME of the FDA's directory.
VACCINE = "VACCINE"
MOST_FEE_USD, MOST_COST_USD = Decimal(1000), Decimal(10_000_000)
# Which sites a route can have.
SITES_OF: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "IM": frozenset({"LD", "RD", "LT", "RT"}),
        "SC": frozenset({"LA", "RA", "LT", "RT"}),
        "ID": frozenset({"LA", "RA", "LD", "RD"}),
        "NS": frozenset({"NS"}),
        "PO": frozenset({"MO"}),
    }
)


def is_vaccine(kind: str) -> bool:
    """Whether the directory's kind of product says vaccine."""
    return kind.strip().upper() == VACCINE


def fee_problems(fee_usd: Decimal | None, *, kind: str) -> list[Problem]:
    """Why so much cannot be asked for giving it; without a fee it is not given here."""
    if fee_usd is None:
        return []
    problems = []
    if not is_vaccine(kind):
        says = "Only a vaccine is given here: the drug file does not call this one."
        problems.append(Problem(says, field="administration_usd", code="no-vaccine"))
    if not 0 < fee_usd <= MOST_FEE_USD:
        says = f"A fee of {fee_usd} for giving it is not possible."
        problems.append(Problem(says, field="administration_usd", code="vaccine-fee"))
    return problems


def programme_problems(
    cost_usd: Decimal | None, *, because: str, compound: bool
) -> list[Problem]:
    """Why a fill cannot be billed as 340B so; without a cost it is none."""
    if cost_usd is None:
        return []
    problems = []
    if not 0 <= cost_usd <= MOST_COST_USD:
        says = f"It cannot have cost {cost_usd}."
        problems.append(Problem(says, field="cost_340b_usd", code="340b-cost"))
    if not because.strip():
        says = "Say why the patient is eligible under 340B."
        problems.append(Problem(says, field="because_340b", code="340b-because"))
    if compound:
        says = "The basis of a compound stands at each ingredient: type 08 there."
        problems.append(Problem(says, field="cost_340b_usd", code="340b-compound"))
    return problems


def giving_problems(site: str, route: str) -> list[Problem]:
    """Why a vaccine cannot have been given so."""
    sites = SITES_OF.get(route)
    if sites is None:
        return [Problem(f"{route!r} is no route of a vaccine.", field="route", code="route")]
    if site not in sites:
        says = f"{site!r} is no site of the route {route}: one of {', '.join(sorted(sites))}."
        return [Problem(says, field="site", code="site")]
    return []
