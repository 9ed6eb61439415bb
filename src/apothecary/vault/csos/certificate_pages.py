"""The page of ordering certificates: on file, ended, reported to their authority."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apothecary.law.problem import Problem, refuse
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.models import Person
from apothecary.vault.again import Act, answered
from apothecary.vault.again import done as done_or_again
from apothecary.vault.book.forms import read_instant
from apothecary.vault.csos import forms, queries
from apothecary.vault.csos.certificates import (
    end_certificate,
    note_reported,
    register_certificate,
    report_problems,
)
from apothecary.vault.csos.trust import trust_of_installation


def certificates(request: StaffRequest) -> HttpResponse:
    """The certificates on file, and the form that puts one there (3 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    return page(request)


def page(request: StaffRequest, problems: Sequence[Problem] = ()) -> HttpResponse:
    """The list; who may end one sees how, and who keeps them puts another on file."""
    by = request.worker
    rows = list(queries.certificates(pharmacy_id=by.pharmacy_id))
    keeps, signs = by.may(Duty.KEEP_ATTORNEYS), by.may(Duty.SIGN_DEA_ORDER)
    staff = Person.objects.filter(pharmacy_id=by.pharmacy_id, active=True).order_by("name")
    mine = [row for row in rows if signs and (keeps or row.person_id == by.somebody)]
    found = {
        "tab": "orders",
        "rows": [(row, report_problems(row, by=by)) for row in rows],
        "staff": [(str(person.pk), person.name) for person in staff] if keeps else [],
        "to_end": [row for row in mine if row.ended_at is None],
        "to_report": [
            row for row in rows if signs and row.known_at and row.reported_at is None
        ],
        "keeps": keeps,
        "now": by.at,
    }
    return answered(request, "vault/ordering_certificates.html", found, problems)


def done(request: StaffRequest, act: Act) -> HttpResponse:
    """The list after an act, or as it was with every reason why not."""
    return done_or_again(
        act,
        again=lambda problems: page(request, problems),
        then=lambda: redirect("vault:ordering-certificates"),
    )


@require_POST
def register(request: StaffRequest) -> HttpResponse:
    """Put an ordering certificate on file."""
    by = request.worker
    by.must(Duty.KEEP_ATTORNEYS)

    def act() -> object:
        return register_certificate(
            by=by, enrolled=forms.read_enrolled(request), trust=trust_of_installation()
        )

    return done(request, act)


@require_POST
def end(request: StaffRequest, certificate_id: int) -> HttpResponse:
    """Sign nothing more with a certificate."""
    by, typed = request.worker, request.POST
    by.must(Duty.SIGN_DEA_ORDER)

    def act() -> object:
        return end_certificate(
            by=by,
            certificate_id=certificate_id,
            because=typed.get("because", ""),
            known_at=read_instant(typed, "known_at"),
            reported_at=read_instant(typed, "reported_at"),
        )

    return done(request, act)


@require_POST
def reported(request: StaffRequest, certificate_id: int) -> HttpResponse:
    """Write down when the authority was told of a lost or compromised one."""
    by, typed = request.worker, request.POST
    by.must(Duty.SIGN_DEA_ORDER)

    def act() -> object:
        at = read_instant(typed, "reported_at")
        if at is None:
            raise refuse("Say when it was told.", code="missing", field="reported_at")
        return note_reported(by=by, certificate_id=certificate_id, reported_at=at)

    return done(request, act)
