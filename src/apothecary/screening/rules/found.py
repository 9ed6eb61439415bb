"""What screening says: a finding, how loud it is, and the seam for another knowledge base."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from apothecary.screening.rules.amounts import dose_said
from apothecary.screening.rules.facts import Case, DrugFacts
from apothecary.screening.sources import Origin

STOP, PHARMACIST, NOTE = "stop", "pharmacist", "note"
RANK = {STOP: 0, PHARMACIST: 1, NOTE: 2}
# NCPDP reason for service codes (439-E4) of the kinds; none where a payer knows no word for it.
REASON = {
    "interaction": "DD",
    "allergy": "DA",
    "duplicate ingredient": "ID",
    "duplicate class": "TD",
    "dose": "HD",
    "duration": "MX",
    "age": "PA",
    "pregnancy": "PG",
    "lactation": "NR",
    "condition": "MC",
    "opioid load": "HC",
    "early refill": "ER",
    "look-alike": "",
    "law": "",
    "not screened": "",
}
OURS = Origin("house rule: what is not known is not passed silently", date(2026, 11, 22), "C")
SAME = Origin("the patient's own record: the same ingredient", date(2026, 11, 22), "C")


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: how loud, one sentence, the facts that fired it, where it is written."""

    kind: str
    severity: str
    says: str
    because: tuple[str, ...]
    origin: Origin
    clears: str
    fingerprint: str


class KnowledgeBase(Protocol):
    """What a licensed knowledge base plugs in as: one pure function, named in the settings.

    Every finding has a kind of ``REASON``, a severity of ``RANK``, a sentence, its facts, its
    source and what clears it. The same case gives the same findings, and the order in which
    drugs and allergies are named changes nothing. ``rules.house.screen`` is the one in the box.
    """

    def __call__(self, case: Case) -> list[Found]:
        """Everything there is to say about a new drug, loudest first, each thing once."""
        ...


def fingerprint(kind: str, new: DrugFacts, *facts: str) -> str:
    """The facts in one word: it changes when the dose, a drug or an allergy does."""
    said = (kind, *sorted(new.ingredients), dose_said(new), *sorted(facts))
    return hashlib.sha256("|".join(said).encode()).hexdigest()[:32]


def loudest_once(found: Iterable[Found]) -> list[Found]:
    """The loudest first, each thing once."""
    once: dict[str, Found] = {}
    for finding in sorted(found, key=lambda finding: RANK[finding.severity]):
        once.setdefault(finding.fingerprint, finding)
    return list(once.values())


def not_screened(new: DrugFacts, says: str, *facts: str, grade: str = NOTE) -> Found:
    """What could not be looked at, and what would let it be."""
    return Found(
        kind="not screened",
        severity=grade,
        says=says,
        because=(f"new: {new.name}", *facts),
        origin=OURS,
        clears="The missing fact on file, or the pharmacist's own look.",
        fingerprint=fingerprint("not screened", new, says),
    )
