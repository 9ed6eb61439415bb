"""Whether a prescriber of this kind may sign for this schedule, where they practise."""

from dataclasses import dataclass
from datetime import date

from apothecary.law.facts import RxFacts, schedule_name
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, federal, practice

# What stands behind a name, as a kind of practitioner. Not law: the letters are customary.
_LETTERS = {
    **dict.fromkeys(("MD", "DO", "MBBS"), "physician"),
    **dict.fromkeys(("DDS", "DMD"), "dentist"),
    **dict.fromkeys(("DVM", "VMD"), "veterinarian"),
    "DPM": "podiatrist",
    **dict.fromkeys(
        ("NP", "APRN", "FNP", "ANP", "CNP", "CNM", "CRNA", "CNS", "ARNP", "DNP"),
        "nurse_practitioner",
    ),
    **dict.fromkeys(("PA", "PA-C", "PAC", "RPA-C"), "physician_assistant"),
    "OD": "optometrist",
    "ND": "naturopath",
    **dict.fromkeys(("RPH", "PHARMD"), "pharmacist"),
}
DELEGATED = frozenset({"nurse_practitioner", "physician_assistant"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerFacts:
    """Who signed: ``kind`` as ``kind_of`` names it, ``state`` where they practise, ``dea``."""

    kind: str
    state: str
    dea: str = ""


def kind_of(credential: str) -> str:
    """The kind of practitioner behind the letters after a name; empty when nobody knows.

    Of several (``APRN, FNP-C``) the first that is known counts.
    """
    for letters in credential.upper().replace(".", "").replace(",", " ").split():
        for known in (letters, letters.partition("-")[0]):
            if known in _LETTERS:
                return _LETTERS[known]
    return ""


def signer_problems(rx: RxFacts, facts: SignerFacts, *, on: date) -> list[Problem]:
    """What a pharmacist settles about who signed; nothing for a drug that is not controlled.

    A kind nobody has said and a state without rows are named, never taken for a yes.
    """
    if not rx.controlled:
        return []
    alone = federal("DEA-015", on=on)
    if facts.kind in alone.names():
        return []
    name = schedule_name(rx.schedule)
    if not facts.kind:
        # The number's class tells a practitioner from a mid-level one, no more.
        if facts.dea[:1] in federal("DEA-180/practitioner", on=on).names():
            return []
        says = f"Nobody has said what kind of prescriber signed for this {name} drug."
        return [alone.problem(says, code="signer-unknown", field="prescriber_id")]
    kind = facts.kind.replace("_", " ")
    row = practice(facts.state, f"{facts.kind}_schedules", on=on)
    if isinstance(row, Problem):
        says = (
            f"Whether a {kind} may sign for a {name} drug in {facts.state or 'their state'} "
            "is not on file: a pharmacist decides."
        )
        return [alone.problem(says, code=row.code, field="prescriber_id")]
    if str(rx.schedule) not in row.names():
        says = f"In {facts.state} a {kind} may sign for a {name} drug in special settings only."
        return [row.problem(says, code="signer-schedule", field="prescriber_id")]
    return _delegated_problems(rx, facts, on=on)


def _delegated_problems(rx: RxFacts, facts: SignerFacts, *, on: date) -> list[Problem]:
    row = practice(facts.state, "delegated_days_max", on=on)
    if facts.kind not in DELEGATED or not isinstance(row, Row) or rx.days_supply is None:
        return []
    days = rx.days_supply * (1 + rx.refills_authorized)
    if days <= row.number():
        return []
    says = f"With its refills it is for {days} days; {row.number()} are the most they may sign."
    return [row.problem(says, code="signer-days", field="refills")]
