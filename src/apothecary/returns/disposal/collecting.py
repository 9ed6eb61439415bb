"""Whether this pharmacy is a registered collector; without somebody's word it is none."""

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse_if
from apothecary.returns.disposal.models import CollectorStanding
from apothecary.returns.shipments.rules import text_problems
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

TAKE_BACK = "take-back"
# What a collector takes, the patient's own hand puts into the receptacle.
CITE, MARK = "21 CFR 1317.75", "K"


@transaction.atomic
def say_collector(*, by: Worker, registered: bool, evidence: str) -> CollectorStanding:
    """Write down whether the DEA has registered this place as a collector, and how that is
    known. The last word counts; what was said before stays.
    """
    by.must(Duty.SET_POLICY)
    refuse_if(text_problems(evidence, "how that is known", field="evidence"))
    last = collector_row(pharmacy_id=by.pharmacy_id)
    # A second click says nothing new.
    if last and (last.registered, last.evidence) == (registered, evidence.strip()):
        return last
    row = CollectorStanding.objects.create(
        pharmacy_id=by.pharmacy_id,
        registered=registered,
        evidence=evidence.strip(),
        said_at=by.at,
        said_by=by.person_id,
    )
    details = {"registered_collector": registered, "evidence": row.evidence}
    record(by=by, did=Deed.POLICY_CHANGED, about=row, details=details)
    return row


def collector_row(*, pharmacy_id: int) -> CollectorStanding | None:
    """The last word on it; none where nobody has said anything (1 query)."""
    rows = CollectorStanding.objects.filter(pharmacy_id=pharmacy_id)
    return rows.order_by("-said_at", "-pk").first()


def is_collector(*, pharmacy_id: int) -> bool:
    """Whether somebody has said so last (1 query)."""
    row = collector_row(pharmacy_id=pharmacy_id)
    return row is not None and row.registered


def receptacle_problems(*, purpose: str, controlled: bool, collector: bool) -> list[Problem]:
    """A collector's staff takes no controlled drug in its hands either; none means go ahead.

    Its registration lets patients use the receptacle: what is in it nobody counts or sorts,
    so that no book of ours can hold it by lot and units.
    """
    if not (collector and controlled and purpose == TAKE_BACK):
        return []
    says = (
        "The patient puts it into the collection receptacle by their own hand: "
        "nobody here takes, counts or sorts it."
    )
    return [Problem(says, CITE, "receptacle", MARK, "purpose")]
