"""Screening a fill, and what a pharmacist does with the findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from apothecary.journal.actions import canonical, record
from apothecary.journal.compiled import Compiled, Given
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.prescriptions.judgements import judge_anew, note_judgement
from apothecary.prescriptions.models import Fill, PayKind, Prescription
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import FULL, advance, lock_fill, must_be_in
from apothecary.screening.codes import RESULTS, SERVICES
from apothecary.screening.knowledge import in_use
from apothecary.screening.lawful import lawful
from apothecary.screening.looked import ask_by_itself, owed
from apothecary.screening.models import Finding
from apothecary.screening.queries import unresolved
from apothecary.screening.rules.found import NOTE, REASON, Found
from apothecary.screening.taking import cases
from apothecary.staff.duties import Duty
from apothecary.staff.models import DataReview, Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker

AT_ONCE = 20
# Held first, read then: to look for the few that wait in all seven tables at once takes the
# database longer to plan than all the rest of the screening.
WAITING = Compiled(
    Fill.objects.select_for_update(skip_locked=True, no_key=True)
    .filter(pharmacy_id=Given("pharmacy_id"), state=FillState.SCREENING)
    .only("id")
    .order_by("promised_at", "id")[:AT_ONCE]
)
HELD = Compiled(
    Fill.objects.select_related("pharmacy", *FULL).filter(
        pharmacy_id=Given("pharmacy_id"), id__among=Given("ids")
    )
)
REMEMBERED_FOR = timedelta(days=365)


def screen_waiting(pharmacy: Pharmacy, at: datetime) -> int:
    """Screen what waits in one pharmacy; one fill that fails does not hold up the others."""
    by = system_worker(pharmacy, now=at, name="Screening")
    try:
        return screen_together(by=by)
    except Exception:  # noqa: BLE001 whichever fill it was: each by itself, and told below
        waiting = Fill.objects.filter(pharmacy=pharmacy, state=FillState.SCREENING)
        ids = list(waiting.order_by("promised_at", "id").values_list("id", flat=True)[:AT_ONCE])
    faults: list[Exception] = []
    for fill_id in ids:
        try:
            screen_fill(by=by, fill_id=fill_id)
        except Exception as fault:  # noqa: BLE001 the worker's edge: raised again below
            faults.append(fault)
    if faults:
        raise ExceptionGroup(f"{len(faults)} fills could not be screened", faults)
    return len(ids)


@transaction.atomic
def screen_together(*, by: Worker) -> int:
    """Screen what is wanted first in one go: all of it, or nothing (4 queries for all)."""
    waiting = WAITING.all({"pharmacy_id": by.pharmacy_id})
    if not waiting:
        return 0
    ids = [fill.pk for fill in waiting]
    fills = HELD.all({"pharmacy_id": by.pharmacy_id, "ids": ids})
    screen_held(fills, by=by)
    return len(fills)


@transaction.atomic
def screen_fill(*, by: Worker, fill_id: int) -> Fill | None:
    """Screen one fill and send it on, or to the pharmacist; none when somebody else has it."""
    waiting = Fill.objects.select_for_update(skip_locked=True, no_key=True).filter(
        pharmacy_id=by.pharmacy_id, pk=fill_id, state=FillState.SCREENING
    )
    if not waiting:
        return None
    fills = HELD.all({"pharmacy_id": by.pharmacy_id, "ids": [fill_id]})
    (fill,) = screen_held(fills, by=by)
    return fill


def screen_held(fills: list[Fill], *, by: Worker) -> list[Fill]:
    """Screen fills that are held: read, judged and written down together, then sent on."""
    # The ledger holds packages in this order, as for every act on several fills.
    fills.sort(key=lambda fill: (fill.package_id, fill.pk))
    screen = in_use()
    found = {
        fill.pk: [*screen(case), *lawful(fill, case, by=by)]
        for fill, case in zip(fills, cases(fills, by=by), strict=True)
    }
    written = write_findings(fills, found, by=by)
    return [send_on(fill, found[fill.pk], written[fill.pk], by=by) for fill in fills]


def send_on(fill: Fill, found: list[Found], findings: list[Finding], *, by: Worker) -> Fill:
    """Send a screened fill on, or to the pharmacist with every reason."""
    if fill.screened_at is not None:
        judge_anew(fill, found=[each.fingerprint for each in found])
    ask_by_itself(fill, by=by)
    why = review_reasons(fill, findings) + [each.says for each in owed(fill, on=by.today)]
    fill.screened_at = by.at  # written with its next state
    details = {"findings": len(findings)}
    if not why:
        return move_on(fill, by=by, did=Deed.FILL_SCREENED, details=details)
    return advance(
        fill,
        FillState.REVIEW,
        by=by,
        did=Deed.FILL_SCREENED,
        because="; ".join(reason.rstrip(".") for reason in why),
        details=details,
    )


def write_findings(
    fills: list[Fill], found: dict[int, list[Found]], *, by: Worker
) -> dict[int, list[Finding]]:
    """Write what was found; what a pharmacist has settled on the same facts stays silent.

    Two statements for all fills, and one more where a fill was screened before: what was found
    then stays as it was.
    """
    if not any(found.values()):
        return {fill.pk: [] for fill in fills}
    earlier = settled(fills, found, by=by)
    rows = {
        fill.pk: [row(fill, each, earlier, by=by) for each in found[fill.pk]] for fill in fills
    }
    every = [each for several in rows.values() for each in several]
    Finding.objects.bulk_create(every, ignore_conflicts=True)
    again = [fill for fill in fills if fill.screened_at is not None]
    return rows | (as_stored(again, found) if again else {})


def settled(
    fills: list[Fill], found: dict[int, list[Found]], *, by: Worker
) -> dict[tuple[int, str], Finding]:
    """What was settled within a year about these patients on the same facts (1 query)."""
    prints = {each.fingerprint for several in found.values() for each in several}
    rows = Finding.objects.filter(
        pharmacy_id=by.pharmacy_id,
        patient_id__in={fill.patient_id for fill in fills},
        fingerprint__in=prints,
        resolved_at__gt=by.at - REMEMBERED_FOR,
    )
    return {(row.patient_id, row.fingerprint): row for row in rows.order_by("resolved_at")}


def row(
    fill: Fill, each: Found, earlier: dict[tuple[int, str], Finding], *, by: Worker
) -> Finding:
    """A finding as it is written down."""
    return Finding(
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
        silenced_by=earlier.get((fill.patient_id, each.fingerprint)),
    )


def as_stored(fills: list[Fill], found: dict[int, list[Found]]) -> dict[int, list[Finding]]:
    """The findings of fills that were screened before, as they stand now (1 query)."""
    prints = {each.fingerprint for fill in fills for each in found[fill.pk]}
    rows = Finding.objects.filter(fill__in=fills, fingerprint__in=prints)
    stored: dict[int, list[Finding]] = {fill.pk: [] for fill in fills}
    for finding in rows.order_by("pk"):
        if finding.fingerprint in {each.fingerprint for each in found[finding.fill_id]}:
            stored[finding.fill_id].append(finding)
    return stored


def review_reasons(fill: Fill, findings: list[Finding]) -> list[str]:
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
    if not reviewed and fill.pharmacy.data_review == DataReview.BEFORE_FILLING:
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
    codes = finding.reason_code, finding.service_code, finding.result_code
    note_judgement(by=by, fill_id=finding.fill_id, about=finding.fingerprint, codes=codes)
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
        + owed(fill, on=by.today)
    )
    Prescription.objects.filter(pk=fill.prescription_id, reviewed_at=None).update(
        reviewed_at=by.at, reviewed_by=by.person_id
    )
    fill.data_reviewed = True  # written with its next state
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
