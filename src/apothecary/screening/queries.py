"""What the review screen shows: findings, and what else the patient takes."""

import json
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db.models import Case, F, Q, QuerySet, When

from apothecary.journal.compiled import Compiled, Given
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.screening.models import Finding
from apothecary.screening.rules.found import NOTE, RANK

# How long after its supply has run out a drug still counts as taken.
GRACE = timedelta(days=7)
GONE = [FillState.CANCELLED.value, FillState.RETURNED.value]
LONGEST_SUPPLY = timedelta(days=365)
MOST_SHOWN = 300
TAKEN = Compiled(
    Fill.objects.filter(
        pharmacy_id=Given("pharmacy_id"),
        patient__id__among=Given("patients"),
        created_at__date__gte=Given("since"),
    )
    .exclude(state__in=GONE)
    .select_related("package__product")
    .order_by("-id")
)


def current_drugs(fill: Fill, *, on: date) -> list[Fill]:
    """The patient's other drugs that are on the way or not yet used up (1 query)."""
    taken = drugs_taken(fill.pharmacy_id, {fill.patient_id}, on=on)
    return beside(fill, taken[fill.patient_id], on=on)


def drugs_taken(
    pharmacy_id: int, patients: Collection[int], *, on: date
) -> dict[int, list[Fill]]:
    """What these patients were given or are to get within a year, newest first (1 query)."""
    found: dict[int, list[Fill]] = {patient: [] for patient in patients}
    since = on - LONGEST_SUPPLY - GRACE
    asked = {"pharmacy_id": pharmacy_id, "patients": list(patients), "since": since}
    for fill in TAKEN.all(asked):
        found[fill.patient_id].append(fill)
    return found


def beside(fill: Fill, taken: list[Fill], *, on: date) -> list[Fill]:
    """Of what a patient has had, what is taken beside this fill: the last of each drug."""
    latest: dict[int, Fill] = {}
    for other in taken:
        if other.prescription_id != fill.prescription_id:
            latest.setdefault(other.prescription_id, other)
    return [
        other
        for other in latest.values()
        if other.state != FillState.SOLD
        or other.state_since.date() + timedelta(days=other.days_supply) + GRACE >= on
    ]


def open_findings(pharmacy_id: int | Given) -> QuerySet[Finding]:
    """Findings that wait for a pharmacist."""
    return Finding.objects.filter(
        Q(resolved_at=None) & Q(silenced_by=None), pharmacy_id=pharmacy_id
    ).exclude(severity=NOTE)


UNRESOLVED = Compiled(
    open_findings(Given("pharmacy_id")).filter(fill_id=Given("fill_id")).order_by("id")
)


def unresolved(fill: Fill) -> list[Finding]:
    """Findings of this fill that wait for a pharmacist (1 query)."""
    return UNRESOLVED.all({"pharmacy_id": fill.pharmacy_id, "fill_id": fill.pk})


def findings_of(fill: Fill) -> list[Finding]:
    """Every finding of a fill, loudest first, with who resolved it (1 query)."""
    found = Finding.objects.filter(pharmacy_id=fill.pharmacy_id, fill=fill).select_related(
        "resolved_by", "silenced_by__resolved_by"
    )
    return loudest(found)


def loudest(found: Iterable[Finding]) -> list[Finding]:
    """The loudest first, then as they were found."""
    return sorted(found, key=lambda finding: (RANK[finding.severity], finding.pk))


def findings_with_history(fill: Fill) -> list[tuple[Finding, list[Finding]]]:
    """Every finding of a fill, loudest first, each with what was settled before (1 query).

    Settled before means the same drugs and facts, newest first; another dose is another
    finding and has the same history.
    """
    rows = (
        Finding.objects.filter(
            Q(fill=fill) | Q(resolved_at__isnull=False),
            pharmacy_id=fill.pharmacy_id,
            patient_id=fill.patient_id,
        )
        .select_related("resolved_by", "silenced_by__resolved_by")
        .order_by(Case(When(fill=fill, then=0), default=1), F("resolved_at").desc())
    )
    every = list(rows[:MOST_SHOWN])
    settled = [one for one in every if one.fill_id != fill.pk]
    return [
        (each, [one for one in settled if same_facts(one, each)])
        for each in loudest([one for one in every if one.fill_id == fill.pk])
    ]


def same_facts(one: Finding, each: Finding) -> bool:
    """The same kind about the same drugs, but for the one that keeps it silent."""
    alike = (one.kind, one.because) == (each.kind, each.because)
    return alike and one.pk != each.silenced_by_id


def facts_of(finding: Finding) -> list[str]:
    """The facts that fired a finding."""
    facts: list[str] = json.loads(finding.because)["facts"]
    return facts


def review_list(pharmacy_id: int) -> QuerySet[Fill]:
    """Fills that wait for the pharmacist's eye, waiters first (1 query)."""
    return listed(pharmacy_id, FillState.REVIEW)


def being_screened(pharmacy_id: int) -> QuerySet[Fill]:
    """Fills that the house is screening: they move on by themselves (1 query)."""
    return listed(pharmacy_id, FillState.SCREENING)


def listed(pharmacy_id: int, state: FillState) -> QuerySet[Fill]:
    """Fills of one state as the queue shows them, waiters first, then by promise."""
    return (
        Fill.objects.filter(pharmacy_id=pharmacy_id, state=state)
        .select_related("patient", "prescription__prescriber", "package__product", "owner")
        .order_by(F("waiter").desc(), "promised_at", "id")
    )


def fill_on_paper(pharmacy_id: int, fill_id: int) -> Fill | None:
    """A fill with everything its paper says, as ordered and as given (1 query)."""
    return (
        Fill.objects.filter(pharmacy_id=pharmacy_id, pk=fill_id)
        .select_related(
            "patient",
            "owner",
            "pharmacy",
            "package__product",
            "prescription__patient",
            "prescription__prescriber",
            "prescription__package__product",
        )
        .first()
    )
