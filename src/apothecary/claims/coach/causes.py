"""The exact cause of a reject, from what was sent, what was answered and what the house knows.

A code alone is often vague. Each function here looks at the facts behind some codes and says
what is wrong with them in plain words; where the facts say nothing, it says nothing, and the
meaning of the code stands.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from apothecary.claims.coach import benefit_causes, card_causes, drug_causes
from apothecary.claims.coach.case import Case
from apothecary.claims.coach.found import NOTHING, Found

__all__ = ["NOTHING", "Found", "exact_cause"]

Look = Callable[[str, Case], Found]
_LOOKS: Mapping[str, Look] = MappingProxyType(
    {**card_causes.LOOKS, **drug_causes.LOOKS, **benefit_causes.LOOKS}
)


def exact_cause(code: str, case: Case) -> Found:
    """What the facts say about this code; nothing, where they say nothing."""
    look = _LOOKS.get(code)
    return look(code, case) if look else NOTHING
