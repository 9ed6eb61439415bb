"""The power of attorney by which somebody else than the registrant orders C-II."""

from dataclasses import dataclass
from datetime import date

from apothecary.law.problem import Problem
from apothecary.law.recorded import in_words
from apothecary.law.tables import federal


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerFacts:
    """A power of attorney; ``signed``: who of row DEA-108/signed has signed.

    ``same_registrant``: who granted it signed the latest registration. ``revoked_on``: the day
    it was, or None.
    """

    granted_on: date
    signed: frozenset[str]
    witnesses: int
    same_registrant: bool = True
    revoked_on: date | None = None


def power_problems(power: PowerFacts, *, on: date) -> list[Problem]:
    """Every reason the holder may not sign an order on that day (21 CFR 1305.05)."""
    row, signers = federal("DEA-108", on=on), federal("DEA-108/signed", on=on)
    problems = [
        signers.problem(
            f"The {in_words(name)} has not signed the power of attorney.",
            code=f"power-{name}",
            field="signed",
        )
        for name in signers.names()
        if name not in power.signed
    ]
    if power.witnesses < row.number():
        says = f"It has {power.witnesses} witnesses; {row.number()} are needed."
        problems.append(row.problem(says, code="power-witnesses", field="witnesses"))
    if not power.same_registrant:
        says = "Another person has signed the registration since: the power is renewed."
        problems.append(row.problem(says, code="power-registrant", field="same_registrant"))
    if on < power.granted_on:
        says = f"The power of attorney begins on {power.granted_on}."
        problems.append(row.problem(says, code="power-too-soon", field="granted_on"))
    if power.revoked_on is not None and on >= power.revoked_on:
        says = f"The power of attorney was revoked on {power.revoked_on}."
        problems.append(row.problem(says, code="power-revoked", field="revoked_on"))
    return problems
