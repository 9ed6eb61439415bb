"""What a prescription carries beside its elements, judged at entry and again at review.

The same rules are asked twice. Entry refuses what the law says no to; what it leaves to a
pharmacist, and what nobody has on file, goes on to review as a question and waits there.
"""

from dataclasses import dataclass
from datetime import date

from apothecary.law.facts import RxFacts
from apothecary.law.mandates import MandateFacts, mandate_problems
from apothecary.law.problem import Problem
from apothecary.law.purpose import PurposeFacts, purpose_problems
from apothecary.law.signers import SignerFacts, signer_problems
from apothecary.law.supply_limits import SupplyFacts, supply_problems

# Answers of the rules that are a pharmacist's to settle; every other one refuses the entry.
_SETTLED_BY_PHARMACIST = frozenset(
    {
        *("mandate-electronic", "purpose-unresolved", "purpose-telemedicine"),
        *("signer-unknown", "signer-schedule", "signer-days"),
        *("supply-opioid", "supply-early", "supply-silent-opioid", "supply-silent-long"),
    }
)
# Said and kept, and in nobody's way.
_REMARKS = frozenset({"supply-silent"})
_NOT_ON_FILE = "law-"


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedFacts:
    """What came with the prescription, as each rule looks at it."""

    mandate: MandateFacts
    purpose: PurposeFacts
    signer: SignerFacts
    supply: SupplyFacts


def carried_problems(rx: RxFacts, facts: CarriedFacts, *, on: date) -> list[Problem]:
    """Everything the law has to say of it: refusals, questions and remarks, each once."""
    every = [
        *purpose_problems(rx, facts.purpose, on=on),
        *signer_problems(rx, facts.signer, on=on),
        *supply_problems(rx, facts.supply, on=on),
        *mandate_problems(facts.mandate, on=on),
    ]
    return list(dict.fromkeys(every))


def refusals(problems: list[Problem]) -> list[Problem]:
    """Of these the ones that stop the entry."""
    return [one for one in problems if not (is_question(one) or is_remark(one))]


def is_question(problem: Problem) -> bool:
    """Whether a pharmacist settles it: so the rule says, or nothing is on file."""
    return problem.code in _SETTLED_BY_PHARMACIST or problem.code.startswith(_NOT_ON_FILE)


def is_remark(problem: Problem) -> bool:
    """Whether it is said for the record alone."""
    return problem.code in _REMARKS
