"""Opening and shutting: a typed audit report, a change that ends it, the setting itself."""

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.epcs.models import EpcsAudit, EpcsChange, EpcsSetting
from apothecary.vault.epcs.requirements import vouchable
from apothecary.vault.epcs.standing import Stands, stands
from apothecary.vault.losses.rules import words_problems

AUDIT_CITE = "21 CFR 1311.300"
# Who may audit (1311.300(b), (e)): an auditor of processing integrity, or a certifying body.
CAPACITIES = {
    "systrust": "a person qualified for WebTrust or SysTrust audits",
    "cisa": "a certified information system auditor",
    "certifier": "a certifying organization whose process DEA has approved",
}
OFF = "epcs-off"


@dataclass(frozen=True, slots=True)
class Report:
    """What was typed of an audit report."""

    auditor: str
    capacity: str
    report: str
    reported_on: date
    vouches: frozenset[str]


@transaction.atomic
def type_report(*, by: Worker, report: Report) -> EpcsAudit:
    """Put an auditor's report on file, with what the auditor vouches for."""
    by.must(Duty.KEEP_EPCS)
    refuse_if(report_problems(report, today=by.today))
    row = EpcsAudit.objects.create(
        pharmacy_id=by.pharmacy_id,
        auditor=report.auditor.strip(),
        capacity=report.capacity,
        report=report.report.strip(),
        reported_on=report.reported_on,
        vouches=sorted(report.vouches),
        typed_at=by.at,
        typed_by_id=by.somebody,
        typed_by_name=by.name,
    )
    said = {"auditor": row.auditor, "report": row.report, "on": row.reported_on,
            "vouches": row.vouches}  # fmt: skip
    record(by=by, did=Deed.EPCS_AUDITED, about=row, details=said)
    return row


def report_problems(report: Report, *, today: date) -> list[Problem]:
    """Why this is no report that could open anything."""
    problems = words_problems(report.auditor, field="auditor", what="who audited")
    problems += words_problems(report.report, field="report", what="the report's number")
    if report.capacity not in CAPACITIES:
        says = "Say in which capacity they audit."
        problems.append(Problem(says, AUDIT_CITE, "epcs-capacity", "V2", "capacity"))
    if report.reported_on > today:
        says = "The report is of a day still to come."
        problems.append(Problem(says, AUDIT_CITE, "bad-day", "V2", "reported_on"))
    unknown = report.vouches - {each.key for each in vouchable()}
    if unknown:
        says = f"Nobody is asked to vouch for {', '.join(sorted(unknown))}."
        problems.append(Problem(says, code="epcs-vouches", field="vouches"))
    return problems


@transaction.atomic
def say_change(*, by: Worker, changed_on: date, what: str) -> EpcsChange:
    """Say that these functions changed: an audit of before that day is over."""
    by.must(Duty.KEEP_EPCS)
    problems = words_problems(what, field="what", what="what changed")
    if changed_on > by.today:
        problems.append(Problem("That is still to come.", code="bad-day", field="changed_on"))
    refuse_if(problems)
    row = EpcsChange.objects.create(
        pharmacy_id=by.pharmacy_id,
        changed_on=changed_on,
        what=what.strip(),
        said_at=by.at,
        said_by_id=by.somebody,
    )
    said = {"on": row.changed_on, "what": row.what}
    record(by=by, did=Deed.EPCS_CHANGED, about=row, details=said)
    return row


@transaction.atomic
def turn(*, by: Worker, on: bool, because: str) -> EpcsSetting:
    """Open or shut the receipt of controlled prescriptions; open only with nothing missing."""
    by.must(Duty.KEEP_EPCS)
    with connection.cursor() as cursor:
        lock = "SELECT pg_advisory_xact_lock(hashtextextended('epcs', %s))"
        cursor.execute(lock, [by.pharmacy_id])
    now = stands(pharmacy_id=by.pharmacy_id, at=by.at, today=by.today)
    problems = words_problems(because, field="because", what="why")
    if on is now.is_on:
        says = f"It is {'on' if on else 'off'} already."
        raise refuse(says, code="epcs-as-it-is", field="setting")
    refuse_if(problems + (opening_problems(now) if on else []))
    row = EpcsSetting.objects.create(
        pharmacy_id=by.pharmacy_id,
        on=on,
        because=because.strip(),
        said_at=by.at,
        said_by_id=by.somebody,
        said_by_name=by.name,
    )
    said = {"on": row.on, "because": row.because}
    record(by=by, did=Deed.EPCS_TURNED, about=row, details=said)
    return row


def opening_problems(now: Stands) -> list[Problem]:
    """What stands in the way of turning it on, the setting itself set apart."""
    return [problem for problem in now.problems if problem.code != OFF]
