"""Telling the FDA and the partners about illegitimate product, and what becomes of it."""

import json
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from apothecary.journal.actions import canonical, record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.purchasing.tracing.cases.deciding import (
    lock_case,
    product_of,
    sender_of,
    state_of,
    write_notices,
)
from apothecary.purchasing.tracing.cases.form_3911 import Form3911, form_of, whole_problems
from apothecary.purchasing.tracing.cases.models import (
    DrugNotification,
    PartnerNotice,
    SuspectCase,
)
from apothecary.purchasing.tracing.cases.rules import (
    disposal_problems,
    form_problems,
    says_problems,
    short_problems,
    step_problems,
)
from apothecary.purchasing.tracing.cases.standing import on_hand, standing_words
from apothecary.purchasing.tracing.cases.words import told_over
from apothecary.purchasing.tracing.states import (
    CaseState,
    FormKind,
    NoticeKind,
    next_case_state,
)
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a pharmacist adds to the facts of the case. Quantity is that on hand, if empty."""

    event: str
    why_over: str = ""
    quantity: str = ""
    elsewhere: str = ""


@transaction.atomic
def write_form(*, by: Worker, case_id: int, kind: FormKind, said: Said) -> DrugNotification:
    """Write a notification to the FDA, whole, for a person to send. One of a kind that was not
    sent yet is written anew beside it; what was written stays as it is.
    """
    by.must(Duty.DECIDE_SUSPECT)
    case = lock_case(by=by, case_id=case_id)
    refuse_if(form_problems(kind, state_of(case), incident=case.incident))
    form = form_for(case, kind, said, by=by)
    is_last = kind is FormKind.TERMINATION
    refuse_if(whole_problems(form, is_first=kind is FormKind.INITIAL, is_last=is_last))
    facts = canonical({name: getattr(form, name) for name in form.__dataclass_fields__})
    row = DrugNotification.objects.create(
        pharmacy_id=by.pharmacy_id,
        case=case,
        kind=kind.value,
        facts=facts,
        made_at=by.at,
        made_by=by.person_id,
    )
    details = {"kind": kind.value, "case": case.pk}
    record(by=by, did=Deed.NOTIFICATION_WRITTEN, about=row, details=details)
    return row


def form_for(case: SuspectCase, kind: FormKind, said: Said, *, by: Worker) -> Form3911:
    """The items of the form, from the case and from what was said (6 queries).

    Its days are those of the clock on the wall: the notification goes by the place where it
    was found, and the FDA asks for no hour.
    """
    product, sender = case.package.product, sender_of(by)
    named = product_of(case)
    until = sorted({one.expires_on for one in case.packages.all() if one.expires_on})
    first = case.forms.filter(kind=FormKind.INITIAL.value).exclude(told_at=None).first()
    here = case.pharmacy
    return Form3911(
        kind=kind.value,
        incident=case.incident,
        first_told_on=here.day_of(first.told_at).isoformat() if first and first.told_at else "",
        determined_on=here.day_of(case.decided_at).isoformat() if case.decided_at else "",
        place=sender.address,
        grounds=case.grounds,
        name=product.name,
        ingredients=product.name,
        strength=product.strength,
        form=product.form,
        quantity=said.quantity.strip() or standing_words(on_hand(case)) or "none on hand",
        ndc=case.package.ndc,
        serials=", ".join(named.serials),
        lots=", ".join(named.lots),
        expiries=", ".join(one.isoformat() for one in until),
        event=said.event.strip(),
        why_over=said.why_over.strip(),
        elsewhere=said.elsewhere.strip() or "none",
        company=sender.name,
        address=sender.address,
        contact=sender.person,
        phone=sender.phone,
    )


def kept_form(row: DrugNotification) -> Form3911:
    """A notification as it was written."""
    return form_of(json.loads(row.facts))


@transaction.atomic
def told_fda(*, by: Worker, form_id: int, how: str, incident: str = "") -> SuspectCase:
    """Write down that a notification went to the FDA, how, and the number it gave."""
    by.must(Duty.DECIDE_SUSPECT)
    row = DrugNotification.objects.filter(pharmacy_id=by.pharmacy_id, pk=form_id).first()
    if row is None:
        raise refuse("No such notification here.", code="no-form", field="form_id")
    case = lock_case(by=by, case_id=row.case_id)
    row.refresh_from_db()
    missing = "Say how it was sent: by portal, e-mail, or by whom."
    problems = short_problems(how, field="how", missing=missing) + incident_problems(incident)
    if row.told_at is not None:
        problems.append(Problem("The FDA was told this already.", code="told-already"))
    refuse_if(problems)
    row.told_at, row.told_by, row.how = by.at, by.person_id, how.strip()
    row.save(update_fields=["told_at", "told_by", "how"])
    if incident.strip():
        case.incident = incident.strip()
        case.save(update_fields=["incident"])
    details = {"kind": row.kind, "how": row.how, "incident": case.incident}
    record(by=by, did=Deed.FDA_TOLD, about=case, details=details)
    return note_all_told(case, by=by)


def incident_problems(incident: str) -> list[Problem]:
    """Why this is no incident number; none is known before the FDA answers."""
    if not incident.strip():
        return []
    return short_problems(incident, field="incident", missing="")


@transaction.atomic
def note_incident(*, by: Worker, case_id: int, incident: str) -> SuspectCase:
    """The FDA acknowledged the notification: its incident number."""
    by.must(Duty.DECIDE_SUSPECT)
    case = lock_case(by=by, case_id=case_id)
    missing = "Type the incident number the FDA gave."
    problems = short_problems(incident, field="incident", missing=missing)
    past = frozenset({CaseState.ILLEGITIMATE, CaseState.NOTIFIED, CaseState.DISPOSED})
    refuse_if(step_problems(state_of(case), past, "the FDA gives it a number") + problems)
    case.incident = incident.strip()
    case.save(update_fields=["incident"])
    details = {"incident": case.incident}
    record(by=by, did=Deed.SUSPECT_NOTED, about=case, details=details)
    return case


@transaction.atomic
def told_partner(*, by: Worker, notice_id: int, how: str) -> SuspectCase:
    """Write down that a trading partner was told, and how."""
    by.must(Duty.MANAGE_STOCK)
    row = PartnerNotice.objects.filter(pharmacy_id=by.pharmacy_id, pk=notice_id).first()
    if row is None:
        raise refuse("No such notice here.", code="no-notice", field="notice_id")
    case = lock_case(by=by, case_id=row.case_id)
    row.refresh_from_db()
    problems = short_problems(how, field="how", missing="Say how, and whom you told.")
    if row.told_at is not None:
        problems.append(Problem("They were told already.", code="told-already"))
    refuse_if(problems)
    row.told_at, row.told_by, row.how = by.at, by.person_id, how.strip()
    row.save(update_fields=["told_at", "told_by", "how"])
    details = {"partner": row.wholesaler_id, "kind": row.kind, "how": row.how}
    record(by=by, did=Deed.PARTNER_TOLD, about=case, details=details)
    return note_all_told(case, by=by)


def note_all_told(case: SuspectCase, *, by: Worker) -> SuspectCase:
    """The case goes on once the FDA and every known partner have been told."""
    if state_of(case) is not CaseState.ILLEGITIMATE:
        return case
    first = case.forms.filter(kind=FormKind.INITIAL.value).exclude(told_at=None)
    waits = case.notices.filter(kind=NoticeKind.ILLEGITIMATE.value, told_at=None)
    if first.exists() and not waits.exists():
        case.state = next_case_state(state_of(case), CaseState.NOTIFIED).value
        case.notified_at = by.at
        case.save(update_fields=["state", "notified_at"])
    return case


@transaction.atomic
def note_disposed(
    *, by: Worker, case_id: int, sample: str, sample_units: Decimal = Decimal(0)
) -> SuspectCase:
    """The product is disposed of but for a sample: the ledger must say so too.

    Stock leaves by the acts of returns and stock; nothing is posted here. ``sample_units`` is
    how many units of the sample stay in quarantine.
    """
    by.must(Duty.DECIDE_SUSPECT)
    case = lock_case(by=by, case_id=case_id)
    notified = frozenset({CaseState.NOTIFIED})
    problems = step_problems(state_of(case), notified, "its product is disposed of")
    left = standing_words(on_hand(case), beside=sample_units)
    refuse_if(problems + disposal_problems(left_units=left, sample=sample))
    case.state = next_case_state(state_of(case), CaseState.DISPOSED).value
    case.disposed_at, case.sample = by.at, sample.strip()
    case.save(update_fields=["state", "disposed_at", "sample"])
    record(by=by, did=Deed.ILLEGITIMATE_DISPOSED, about=case, details={"sample": case.sample})
    return case


@transaction.atomic
def end_notification(*, by: Worker, case_id: int, because: str) -> SuspectCase:
    """The FDA was consulted and the notification is over; the partners are told so too."""
    by.must(Duty.DECIDE_SUSPECT)
    case = lock_case(by=by, case_id=case_id)
    disposed = frozenset({CaseState.DISPOSED})
    problems = step_problems(state_of(case), disposed, "its notification ends")
    problems += says_problems(because, field="because")
    asked = case.forms.filter(kind=FormKind.TERMINATION.value).exclude(told_at=None)
    if not asked.exists():
        says = "Consult the FDA first: send it a request for termination."
        problems.append(Problem(says, "FDCA 582(d)(4)(B)", "not-consulted", "V1"))
    refuse_if(problems)
    case.state = next_case_state(state_of(case), CaseState.TERMINATED).value
    case.ended_at = by.at
    case.save(update_fields=["state", "ended_at"])
    text = told_over(
        product_of(case), case=case.pk, incident=case.incident, sender=sender_of(by)
    )
    write_notices(case, NoticeKind.TERMINATED, text, by=by)
    details = {"because": because.strip(), "incident": case.incident}
    record(by=by, did=Deed.NOTIFICATION_ENDED, about=case, details=details)
    return case
