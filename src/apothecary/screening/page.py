"""The review page: the findings in three heaps, and what the reader may do about them."""

from dataclasses import dataclass

from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.screening.codes import RESULTS, SERVICES
from apothecary.screening.models import Finding
from apothecary.screening.queries import (
    current_drugs,
    facts_of,
    findings_of,
    findings_with_history,
)
from apothecary.screening.rules.found import NOTE
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.workbench.filters import day

# Two rows of letter keys; the digits choose stages.
SERVICE_KEYS = "ABCDEFG"
RESULT_KEYS = "HIJKLMNOP"
Option = tuple[str, str, str]
# How well a row of the tables was verified, in words.
MARKS = {
    "V1": "official text read",
    "V2": "second-hand",
    "K": "not verified",
    "KQ": "doubtful, disabled",
    "C": "house convention",
}
NOT_SCREENED = "not screened"


@dataclass(frozen=True, slots=True)
class Card:
    """A finding as its card shows it."""

    id: int
    kind: str
    severity: str
    says: str
    cite: str
    source: str
    because: list[str]
    clears: str
    resolved: str
    by: str
    silent: bool
    open: bool
    note: bool
    earlier: list[str]


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Findings that speak, loudest first, those kept silent, and the reader's rights.

    ``notes`` are in nobody's way; ``unscreened`` says what could not be looked at.
    """

    cards: list[Card]
    notes: list[Card]
    unscreened: list[Card]
    silent: list[Card]
    first_open: Card | None
    open: int
    takes: list[Fill]
    may_resolve: bool
    may_review: bool
    services: list[Option]
    results: list[Option]


def card(finding: Finding, earlier: list[Finding] | None = None) -> Card:
    """A finding with who settled it; one kept silent shows the earlier resolution."""
    settled = finding.silenced_by or finding
    waits = finding.severity != NOTE and finding.resolved_at is None
    return Card(
        id=finding.pk,
        kind=finding.kind,
        severity=finding.severity,
        says=finding.says,
        cite=finding.cite,
        source=f"{day(finding.source_on)} · {mark(finding.verified)}",
        because=facts_of(finding),
        clears=finding.clears,
        resolved=resolution_said(settled),
        by=settled_by(settled),
        silent=finding.silenced_by_id is not None,
        open=waits and finding.silenced_by_id is None,
        note=finding.severity == NOTE,
        earlier=[f"{resolution_said(one)} · {settled_by(one)}" for one in earlier or ()],
    )


def mark(verified: str) -> str:
    """A mark of verification in words."""
    return f"{MARKS.get(verified, 'unknown')} ({verified})"


def settled_by(finding: Finding) -> str:
    """Who settled it and when; nothing while it is open."""
    if finding.resolved_by is None or finding.resolved_at is None:
        return ""
    return f"{finding.resolved_by.name}, {day(finding.resolved_at)}"


def resolution_said(finding: Finding) -> str:
    """What was done, what came of it, and why; nothing while it is open."""
    if finding.resolved_at is None:
        return ""
    did = SERVICES.get(finding.service_code, finding.service_code)
    result = RESULTS.get(finding.result_code, finding.result_code)
    return f"{did.capitalize()}; {result}: {finding.resolution}"


def cards_of(fill: Fill) -> list[Card]:
    """Every finding of a fill as cards, loudest first (1 query)."""
    return [card(finding) for finding in findings_of(fill)]


def review_page(fill: Fill, *, by: Worker) -> ReviewPage:
    """What the review shows of the findings (2 queries)."""
    every = [card(each, before) for each, before in findings_with_history(fill)]
    speaking = sorted((each for each in every if not each.silent), key=lambda one: not one.open)
    waiting = [each for each in speaking if each.open]
    notes = [each for each in speaking if each.note]
    here = fill.state == FillState.REVIEW
    return ReviewPage(
        cards=[each for each in speaking if not each.note],
        notes=[each for each in notes if each.kind != NOT_SCREENED],
        unscreened=[each for each in notes if each.kind == NOT_SCREENED],
        silent=[each for each in every if each.silent],
        first_open=waiting[0] if waiting else None,
        open=len(waiting),
        takes=current_drugs(fill, on=by.today),
        may_resolve=by.may(Duty.RESOLVE_FINDING),
        may_review=here and by.may(Duty.REVIEW_DATA),
        services=options(SERVICES, SERVICE_KEYS),
        results=options(RESULTS, RESULT_KEYS),
    )


def options(codes: dict[str, str], keys: str) -> list[Option]:
    """A table of codes as choices with a letter each."""
    return [
        (code, f"{says[0].upper()}{says[1:]}", key)
        for (code, says), key in zip(codes.items(), keys, strict=True)
    ]
