"""What the law asks of a controlled prescription, as findings a pharmacist settles.

Entry has refused what the law says no to. What is a pharmacist's to settle, and what nobody has
on file for the state, speaks here beside the clinical findings, once for each prescription.
"""

from apothecary.law.carried import carried_problems, is_question, is_remark
from apothecary.law.problem import Problem
from apothecary.patients.models import Coverage, CoverageKind
from apothecary.prescriptions.lawful import carried_facts
from apothecary.prescriptions.models import Dispensed, Fill, Origin, PayKind
from apothecary.screening.rules.facts import Case, on_hand
from apothecary.screening.rules.found import NOTE, PHARMACIST, STOP, Found, fingerprint
from apothecary.screening.rules.opioids import OPIOIDS
from apothecary.screening.rules.supplies import handed_out
from apothecary.screening.rules.tables import tables
from apothecary.screening.sources import Origin as Source
from apothecary.staff.worker import Worker

KIND = "law"
# Known, and broken unless the pharmacist finds the exception the law itself makes.
_STOPS = frozenset({"signer-schedule", "supply-opioid", "supply-early"})
NOBODYS_MARK = "C"
CLEARS = {
    "mandate-electronic": "An exception of the state, or it is sent electronically.",
    "purpose-unresolved": "What the pharmacist found out, written down.",
    "signer-schedule": "The setting in which the state lets them sign, or another prescriber.",
    "supply-early": "The day on which enough of the earlier supply is used up.",
}
ELSE_CLEARS = "The pharmacist’s own look at the state’s law, with the reason written down."


def lawful(fill: Fill, case: Case, *, by: Worker) -> list[Found]:
    """What the law has to say of this fill, loudest first.

    No query but one where the way it came is judged: who pays for a controlled drug.
    """
    rx = fill.prescription
    state = fill.pharmacy.state
    facts = carried_facts(
        rx,
        state=state,
        drug=fill.package.product.name,
        opioid=not tables().classes[OPIOIDS].isdisjoint(case.new.ingredients),
        part_d=by_part_d(fill),
        days_left=on_hand(
            [each for each in case.patient.supplies if handed_out(each, case.new)], on=case.on
        ),
    )
    asked = rx.facts(state=state, dispensed=Dispensed())
    problems = carried_problems(asked, facts, on=by.today)
    spoken = [one for one in problems if is_question(one) or is_remark(one)]
    return sorted(
        (found(one, fill, case) for one in spoken), key=lambda one: one.severity == NOTE
    )


def by_part_d(fill: Fill) -> bool:
    """Whether Medicare Part D pays for a controlled drug that no message brought (1 query)."""
    if fill.pay != PayKind.PLAN or fill.prescription.origin == Origin.ELECTRONIC:
        return False
    if not fill.prescription.schedule:
        return False
    cards = Coverage.objects.filter(
        pharmacy_id=fill.pharmacy_id, patient_id=fill.patient_id, kind=CoverageKind.MEDICARE_D
    )
    return cards.exists()


def found(problem: Problem, fill: Fill, case: Case) -> Found:
    """A reason of the law as a finding; it is about this prescription and no other."""
    rx = fill.prescription
    facts = [f"Rx {rx.number}, {rx.get_origin_display()}, for {rx.days_supply} days"]
    if rx.mandate_exception:
        facts.append(f"exception named: {rx.mandate_exception.replace('_', ' ')}")
    return Found(
        kind=KIND,
        severity=grade(problem, fill),
        says=problem.says,
        because=tuple(facts),
        origin=Source(
            problem.cite or "no row on file", case.on, problem.verified or NOBODYS_MARK
        ),
        clears=CLEARS.get(problem.code, ELSE_CLEARS),
        fingerprint=fingerprint(KIND, case.new, problem.cite, problem.says, str(rx.pk)),
    )


def grade(problem: Problem, fill: Fill) -> str:
    """How loud: a pharmacist looks, but for remarks and for drugs that are not controlled."""
    if is_remark(problem) or not fill.prescription.schedule:
        return NOTE
    return STOP if problem.code in _STOPS else PHARMACIST
