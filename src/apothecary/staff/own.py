"""One's own sign-in: second factors, recovery codes; and which work stations are trusted."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from apothecary.law.problem import Problem, Refused
from apothecary.staff import second, stations
from apothecary.staff.duties import Duty
from apothecary.staff.factors import app_address, qr_picture
from apothecary.staff.forms import row_number
from apothecary.staff.middleware import CONFLICT, StaffRequest
from apothecary.staff.models import Person
from apothecary.staff.queries import codes_left, trusted_stations
from apothecary.staff.views import host_name


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows beside the list: what was wrong, what is begun, what is new."""

    problems: list[Problem] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    factor_id: int = 0
    app_key: str = ""
    picture: str = ""
    question: str = ""


NOTHING = Shown()


def said(request: HttpRequest, name: str) -> str:
    """A field of the form, empty where it is not there."""
    return request.POST.get(name, "")


def page(request: StaffRequest, shown: Shown = NOTHING) -> HttpResponse:
    """The page of one's own sign-in (secrets are on it once: it is never kept)."""
    worker = request.worker
    person = Person.objects.select_related("pharmacy").get(pk=worker.somebody)
    leads = worker.may(Duty.MANAGE_PEOPLE)
    facts = {
        "shown": shown,
        "factors": second.confirmed(person),
        "codes_left": codes_left(person.pk),
        "must_have": second.must_have(person),
        "leads": leads,
        "sets_policy": worker.may(Duty.SET_POLICY),
        "required": person.pharmacy.second_factor_required,
        "stations": trusted_stations(pharmacy_id=worker.pharmacy_id) if leads else [],
    }
    status = CONFLICT if shown.problems else 200
    return render(request, "staff/own.html", facts, status=status)


@never_cache
def own(request: StaffRequest) -> HttpResponse:
    """See one's second factors, and what may be added."""
    return page(request)


def answered(request: StaffRequest, act: Callable[[], Shown]) -> HttpResponse:
    """The page with what an act gave, or with why it was refused."""
    try:
        return page(request, act())
    except Refused as refusal:
        return page(request, Shown(problems=refusal.problems))


@never_cache
@require_POST
def add_app(request: StaffRequest) -> HttpResponse:
    """Begin with an authenticator app: show its key, as text and as QR code."""

    def act() -> Shown:
        factor, key = second.begin_app(by=request.worker, password=said(request, "password"))
        picture = qr_picture(app_address(key, username=factor.person.username))
        return Shown(factor_id=factor.pk, app_key=key, picture=picture)

    return answered(request, act)


@never_cache
@require_POST
def confirm_app(request: StaffRequest) -> HttpResponse:
    """The first code of the app."""

    def act() -> Shown:
        return Shown(
            codes=second.confirm_app(
                by=request.worker,
                factor_id=row_number(said(request, "factor_id")),
                code=said(request, "code"),
                name=said(request, "name"),
            )
        )

    return answered(request, act)


@never_cache
@require_POST
def add_passkey(request: StaffRequest) -> HttpResponse:
    """Begin with a passkey: the page carries the question to the browser."""

    def act() -> Shown:
        factor, asked = second.begin_passkey(
            by=request.worker, password=said(request, "password"), host=host_name(request)
        )
        return Shown(factor_id=factor.pk, question=asked)

    return answered(request, act)


@never_cache
@require_POST
def confirm_passkey(request: StaffRequest) -> HttpResponse:
    """What the browser has made."""

    def act() -> Shown:
        return Shown(
            codes=second.confirm_passkey(
                by=request.worker,
                factor_id=row_number(said(request, "factor_id")),
                reply=said(request, "passkey"),
                name=said(request, "name"),
            )
        )

    return answered(request, act)


@never_cache
@require_POST
def new_codes(request: StaffRequest) -> HttpResponse:
    """Ten new recovery codes."""

    def act() -> Shown:
        return Shown(
            codes=second.new_codes(by=request.worker, password=said(request, "password"))
        )

    return answered(request, act)


@require_POST
def end(request: StaffRequest) -> HttpResponse:
    """End one of one's own factors."""
    try:
        second.end_factor(
            by=request.worker,
            factor_id=row_number(said(request, "factor_id")),
            password=said(request, "password"),
        )
    except Refused as refusal:
        return page(request, Shown(problems=refusal.problems))
    return redirect("staff:own")


@require_POST
def trust(request: StaffRequest) -> HttpResponse:
    """Trust the work station one sits at."""
    stations.trust_station(by=request.worker)
    return redirect("staff:own")


@require_POST
def distrust(request: StaffRequest) -> HttpResponse:
    """End the trust in a work station."""
    stations.distrust_station(
        by=request.worker, machine_id=row_number(said(request, "machine_id"))
    )
    return redirect("staff:own")


@require_POST
def policy(request: StaffRequest) -> HttpResponse:
    """Ask a second factor of whoever runs the place, or no longer."""
    required = said(request, "required") == "yes"
    stations.require_second_factor(by=request.worker, required=required)
    return redirect("staff:own")
