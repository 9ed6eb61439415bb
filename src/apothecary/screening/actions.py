"""Screening a fill, and what a pharmacist does with the findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from apothecary.drugs.models import Product
from apothecary.journal.actions import canonical, record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.patients.models import Allergy
from apothecary.prescriptions.models import Fill, PayKind, Prescription
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import FULL, advance, lock_fill, must_be_in
from apothecary.screening.codes import RESULTS, SERVICES
from apothecary.screening.models import Finding
from apothecary.screening.queries import current_drugs, unresolved
from apothecary.screening.rules import NOTE, REASON, AllergyFacts, DrugFacts, Found, screen
from apothecary.staff.duties import Duty
from apothecary.staff.models import DataReview, Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker

AT_ONCE = 20
REMEMBERED_FOR = timedelta(days=365)


def screen_waiting(pharmacy: Pharmacy, at: datetime) -> int:
    """Screen what waits in one pharmacy; one fill that fails does not hold up the others."""
    by = system_worker(pharmacy, now=at, name="Screening")
    waiting = Fill.objects.filter(pharmacy=pharmacy, state=FillState.SCREENING)
    ids = list(waiting.order_by("state_since", "id").values_list("id", flat=True)[:AT_ONCE])
    faults: list[Exception] = []
    for fill_id in ids:
        try:
            screen_fill(by=by, fill_id=fill_id, pharmacy=pharmacy)
        except Exception as fault:  # noqa: BLE001 the worker's edge: raised again below
            faults.append(fault)
    if faults:
        raise ExceptionGroup(f"{len(faults)} fills could not be screened", faults)
    return len(ids)


@transaction.atomic
def screen_fill(*, by: Worker, fill_id: int, pharmacy: Pharmacy) -> Fill | None:
    """Screen one fill and send it on, or to the pharmacist; none when somebody else has it."""
    fill = (
        Fill.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related(*FULL)
        .filter(pharmacy_id=by.pharmacy_id, pk=fill_id, state=FillState.SCREENING)
        .first()
    )
    if fill is None:
        return None
    findings = write_findings(fill, found_about(fill, by=by), by=by)
    why = review_reasons(fill, findings, pharmacy)
    Fill.objects.filter(pk=fill.pk).update(screened_at=by.at)
    details = {"findings": len(findings)}
    if why:
        because = "; ".join(reason.rstrip(".") for reason in why)
        return advance(
            fill,
            FillState.REVIEW,
            by=by,
            did=Deed.FILL_SCREENED,
            because=because,
            details=details,
        )
    return move_on(fill, by=by, did=Deed.FILL_SCREENED, details=details)


def found_about(fill: Fill, *, by: Worker) -> list[Found]:
    """What the tables say about this fill's drug and patient (2 queries)."""
    allergies = tuple(
        AllergyFacts(row.allergen, row.ingredient, row.allergy_class, row.reaction)
        for row in Allergy.objects.filter(
            pharmacy_id=by.pharmacy_id, patient_id=fill.patient_id, active=True
        )
    )
    current = tuple(
        drug_facts(other.package.product, other) for other in current_drugs(fill, on=by.today)
    )
    new = drug_facts(fill.package.product, fill)
    return screen(new, current=current, allergies=allergies)


def drug_facts(product: Product, fill: Fill) -> DrugFacts:
    """A fill's drug as the rules see it."""
    keys = tuple(key for key in product.ingredient_key.split("+") if key)
    return DrugFacts(
        name=f"{product.brand or product.name} {product.strength}",
        ingredients=keys,
        form_group=product.form_group,
        dosage_form=product.form,
        strength=product.strength,
        quantity_a_day=fill.quantity / Decimal(fill.days_supply),
    )


def write_findings(fill: Fill, found: list[Found], *, by: Worker) -> list[Finding]:
    """Write what was found; what a pharmacist has resolved on the same facts stays silent."""
    if not found:
        return []
    earlier = {
        finding.fingerprint: finding
        for finding in Finding.objects.filter(
            pharmacy_id=by.pharmacy_id,
            patient_id=fill.patient_id,
            fingerprint__in=[each.fingerprint for each in found],
            resolved_at__gt=by.at - REMEMBERED_FOR,
        ).order_by("resolved_at")
    }
    findings = [
        Finding(
            pharmacy_id=by.pharmacy_id,
            patient_id=fill.patient_id,
            fill=fill,
            kind=each.kind,
            severity=each.severity,
            says=each.says,
            because=canonical({"facts": list(each.because)}),
            cite=each.origin.cite,
            source_on=each.origin.on,
            verified=each.origin.verified,
            clears=each.clears,
            fingerprint=each.fingerprint,
            found_at=by.at,
            reason_code=REASON[each.kind],
            silenced_by=earlier.get(each.fingerprint),
        )
        for each in found
    ]
    # A fill sent back to entry is screened again: what was found before stays as it was.
    Finding.objects.bulk_create(findings, ignore_conflicts=True)
    return list(
        Finding.objects.filter(fill=fill, fingerprint__in=[f.fingerprint for f in found])
    )


def review_reasons(fill: Fill, findings: list[Finding], pharmacy: Pharmacy) -> list[str]:
    """Why a pharmacist must look before this fill goes on; none means it goes on."""
    reasons = [
        finding.says
        for finding in findings
        if finding.severity != NOTE
        and finding.resolved_at is None
        and finding.silenced_by_id is None
    ]
    reviewed = fill.data_reviewed or fill.prescription.reviewed_at is not None
    if not reviewed and fill.because:
        reasons.append(fill.because)
    if not reviewed and pharmacy.data_review == DataReview.BEFORE_FILLING:
        reasons.append("a new prescription to review")
    return reasons


def move_on(
    fill: Fill, *, by: Worker, did: Deed, details: Mapping[str, object] | None = None
) -> Fill:
    """After screening: to the plan where one pays, else to the shelf."""
    to = FillState.CLAIM if fill.pay == PayKind.PLAN else FillState.WAITING
    return advance(fill, to, by=by, did=did, details=details)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the pharmacist did about a finding, in the claim's codes and in words."""

    service_code: str
    result_code: str
    text: str


@transaction.atomic
def resolve_finding(*, by: Worker, finding_id: int, resolution: Resolution) -> Finding:
    """Settle one finding, with what was done and why; only a pharmacist may."""
    by.must(Duty.RESOLVE_FINDING)
    finding = (
        Finding.objects.select_for_update(of=("self",))
        .filter(pharmacy_id=by.pharmacy_id, pk=finding_id)
        .first()
    )
    if finding is None:
        raise refuse("No such finding here.", code="no-finding")
    if finding.resolved_at is not None:
        raise refuse("This finding was resolved already.", code="finding-resolved")
    refuse_if(resolution_problems(resolution))
    finding.resolved_at, finding.resolved_by_id = by.at, by.person_id
    finding.service_code = resolution.service_code
    finding.result_code = resolution.result_code
    finding.resolution = resolution.text.strip()
    finding.save()
    said = {
        "finding": finding.says,
        "service": resolution.service_code,
        "result": resolution.result_code,
        "text": finding.resolution,
    }
    record(by=by, did=Deed.FINDING_RESOLVED, about=("fill", finding.fill_id), details=said)
    return finding


def resolution_problems(resolution: Resolution) -> list[Problem]:
    """A resolution says what was done, what came of it, and why."""
    problems = []
    if resolution.service_code not in SERVICES:
        problems.append(Problem("Say what you did about it.", field="service_code"))
    if resolution.result_code not in RESULTS:
        problems.append(Problem("Say what came of it.", field="result_code"))
    if not resolution.text.strip():
        problems.append(Problem("Say why, in a few words.", field="text"))
    return problems


@transaction.atomic
def review_data(*, by: Worker, fill_id: int) -> Fill:
    """The pharmacist has read the prescription as entered beside as sent: it goes on."""
    by.must(Duty.REVIEW_DATA)
    fill = lock_fill(by=by, fill_id=fill_id)
    must_be_in(fill, FillState.REVIEW)
    refuse_if(
        [
            Problem(f"Not resolved yet: {finding.says}", cite=finding.cite, code="finding-open")
            for finding in unresolved(fill)
        ]
    )
    Prescription.objects.filter(pk=fill.prescription_id, reviewed_at=None).update(
        reviewed_at=by.at, reviewed_by=by.person_id
    )
    Fill.objects.filter(pk=fill.pk).update(data_reviewed=True)
    return move_on(fill, by=by, did=Deed.DATA_REVIEWED)


@transaction.atomic
def send_back_to_entry(*, by: Worker, fill_id: int, because: str) -> Fill:
    """The pharmacist wants the entry corrected before anything is filled."""
    by.must(Duty.REVIEW_DATA)
    if not because.strip():
        raise refuse("Say what is to be corrected.", field="because")
    fill = lock_fill(by=by, fill_id=fill_id)
    must_be_in(fill, FillState.REVIEW)
    return advance(fill, FillState.ENTRY, by=by, did=Deed.FILL_SENT_BACK, because=because)
