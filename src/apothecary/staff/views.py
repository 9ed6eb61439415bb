"""The door: sign in, lock, switch by PIN, sign out; and the list of people."""

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apothecary.law.problem import Problem, Refused
from apothecary.staff import actions
from apothecary.staff.duties import LICENCE_OF, PHARMACISTS, Duty, Role
from apothecary.staff.forms import read_newcomer, row_number, station_name
from apothecary.staff.guesses import free_sign_in
from apothecary.staff.middleware import CONFLICT, StaffRequest, open_to_all, open_when_locked
from apothecary.staff.queries import people, shut_out, with_factor
from apothecary.staff.ratio import ratio_now
from apothecary.staff.second import (
    ANSWER_WITHIN,
    Answer,
    HalfSignedIn,
    question,
    reset_factors,
)

STATION_COOKIE = "apothecary_station"
STATION_DAYS = 400
FIRST_STATION = "counter"
MACHINE_COOKIE, HALF_COOKIE = "apothecary_machine", "apothecary_half"
ROLES = [role for role in Role if role is not Role.SYSTEM]


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with user name and password at a named work station."""
    if request.method == "GET":
        return sign_in_page(request, [])
    station = station_name(request.POST.get("station", "")) or FIRST_STATION
    try:
        signed_in = actions.sign_in(
            username=request.POST.get("name", "").strip(),
            password=request.POST.get("password", ""),
            station=station,
            at=request.now,  # type: ignore[attr-defined]  # StaffRequest
            machine_token=request.COOKIES.get(MACHINE_COOKIE, ""),
        )
    except Refused as refusal:
        return sign_in_page(request, refusal.problems)
    to = request.POST.get("next", "")
    response = (
        send_on(request, signed_in, to=to)
        if isinstance(signed_in, HalfSignedIn)
        else let_in(request, signed_in, to=to)
    )
    response.set_cookie(
        STATION_COOKIE,
        station,
        max_age=STATION_DAYS * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response


def sign_in_page(request: HttpRequest, problems: list[Problem]) -> HttpResponse:
    """The door, with what was wrong; the name typed is kept, the password never."""
    station = request.POST.get("station") or request.COOKIES.get(STATION_COOKIE)
    facts = {
        "problems": problems,
        "name": request.POST.get("name", ""),
        "station": station or FIRST_STATION,
        "next": local_address(request, request.POST.get("next", "")),
    }
    return render(request, "staff/signin.html", facts, status=CONFLICT if problems else 200)


def let_in(request: HttpRequest, signed_in: actions.SignedIn, *, to: str) -> HttpResponse:
    """Hand out the session's token, in a cookie that no script can read."""
    response = HttpResponseRedirect(local_address(request, to))
    secure = request.is_secure()
    response.set_cookie(
        settings.SESSION_COOKIE_NAME,
        signed_in.token,
        httponly=True,
        samesite="Lax",
        secure=secure,
    )
    if signed_in.machine_token:
        response.set_cookie(
            MACHINE_COOKIE,
            signed_in.machine_token,
            max_age=STATION_DAYS * 24 * 3600,
            httponly=True,
            samesite="Lax",
            secure=secure,
        )
    return response


def send_on(request: HttpRequest, half: HalfSignedIn, *, to: str) -> HttpResponse:
    """The password was right: on to the second factor, with a cookie for that page alone."""
    asked = reverse("staff:second")
    response = HttpResponseRedirect(
        f"{asked}?{urlencode({'next': local_address(request, to)})}"
    )
    response.set_cookie(
        HALF_COOKIE,
        half.token,
        max_age=int(ANSWER_WITHIN.total_seconds()),
        path=asked,
        httponly=True,
        samesite="Strict",
        secure=request.is_secure(),
    )
    return response


@open_to_all
@never_cache
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Give the second factor: a code, a recovery code or a passkey."""
    token, host = request.COOKIES.get(HALF_COOKIE, ""), host_name(request)
    now = request.now  # type: ignore[attr-defined]  # StaffRequest
    problems: list[Problem] = []
    if request.method == "POST":
        typed = request.POST
        answer = Answer(typed.get("code", ""), typed.get("passkey", ""), host)
        try:
            signed_in = actions.answer_second_factor(token=token, answer=answer, at=now)
        except Refused as refusal:
            problems = refusal.problems
        else:
            response = let_in(request, signed_in, to=typed.get("next", ""))
            response.delete_cookie(HALF_COOKIE, path=request.path, samesite="Strict")
            return response
    return second_page(request, question(token=token, host=host, at=now), problems)


def second_page(
    request: HttpRequest, asked: str | None, problems: list[Problem]
) -> HttpResponse:
    """Ask for the second factor; whoever is not expected begins with the password."""
    if asked is None:
        return redirect("staff:sign-in")
    to = request.POST.get("next") or request.GET.get("next", "")
    facts = {"problems": problems, "question": asked, "next": local_address(request, to)}
    return render(request, "staff/second.html", facts, status=CONFLICT if problems else 200)


def host_name(request: HttpRequest) -> str:
    """The name of the house in the browser's address, without the port."""
    return urlsplit(f"//{request.get_host()}").hostname or ""


def local_address(request: HttpRequest, to: str) -> str:
    """Where to go on, if that is a page of this house; else the start page."""
    hosts = {request.get_host()}
    here = url_has_allowed_host_and_scheme(to, hosts, require_https=request.is_secure())
    return to if here else "/"


@open_when_locked
@never_cache
@require_http_methods(["GET", "POST"])
def locked(request: StaffRequest) -> HttpResponse:
    """Lock this station; the PIN of whoever was here opens it, another's takes it over."""
    if request.method == "GET":
        if not request.signed_on.locked:
            actions.lock_station(by=request.worker)
        return locked_page(request, [], to=request.headers.get("Referer", ""))
    initials = request.POST.get("initials", "").strip().upper()
    pin, to = request.POST.get("pin", ""), request.POST.get("next", "")
    try:
        if initials == request.worker.initials:
            actions.unlock(by=request.worker, pin=pin)
            return HttpResponseRedirect(local_address(request, to))
        # Another person starts at the list: the page left open was not theirs.
        taken_over = actions.switch_user(by=request.worker, initials=initials, pin=pin)
        return let_in(request, taken_over, to="/")
    except Refused as refusal:
        return locked_page(request, refusal.problems, to=to)


def locked_page(request: StaffRequest, problems: list[Problem], *, to: str) -> HttpResponse:
    """The locked screen: nothing of a patient is on it."""
    back = local_address(request, to)
    facts = {
        "problems": problems,
        "initials": request.POST.get("initials", request.worker.initials),
        "next": "/" if back.endswith(request.path) else back,
    }
    return render(request, "staff/locked.html", facts, status=CONFLICT if problems else 200)


@open_when_locked
@require_POST
def sign_out(request: StaffRequest) -> HttpResponse:
    """Leave the work station."""
    actions.sign_out(by=request.worker)
    response = redirect("staff:sign-in")
    response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
    return response


def people_list(request: StaffRequest) -> HttpResponse:
    """Who works here; whoever runs the place takes people on."""
    return people_page(request, [])


def people_page(request: StaffRequest, problems: list[Problem]) -> HttpResponse:
    """The list with the form; a refused form keeps what was typed but the secrets."""
    worker = request.worker
    lines = people(pharmacy_id=worker.pharmacy_id)
    facts = {
        "people": lines,
        "problems": problems,
        "typed": request.POST,
        "may_manage": worker.may(Duty.MANAGE_PEOPLE),
        "is_pharmacist": worker.role in PHARMACISTS,
        "on_duty": any(line.on_duty for line in lines if line.id == worker.person_id),
        "role_options": [(role.value, role.value) for role in ROLES],
        "may_free": worker.may(Duty.FREE_SIGN_IN),
        "shut_out": shut_out(pharmacy_id=worker.pharmacy_id, at=worker.at),
        "with_factor": with_factor(pharmacy_id=worker.pharmacy_id),
        "ratio": ratio_now(pharmacy_id=worker.pharmacy_id, now=worker.at, on=worker.today),
        "licensed_roles": {role.value for role in LICENCE_OF},
    }
    return render(request, "staff/people.html", facts, status=CONFLICT if problems else 200)


@require_POST
def add_person(request: StaffRequest) -> HttpResponse:
    """Take somebody on, with role and licence."""
    request.worker.must(Duty.MANAGE_PEOPLE)
    try:
        new = read_newcomer(request.POST)
        actions.add_person(
            by=request.worker,
            username=new.username,
            name=new.name,
            initials=new.initials,
            role=new.role,
            password=new.password,
            pin=new.pin,
            licence_number=new.licence_number,
            licence_kind=new.licence_kind,
            licence_until=new.licence_until,
        )
    except Refused as refusal:
        return people_page(request, refusal.problems)
    return redirect("staff:people")


@require_POST
def come_on_duty(request: StaffRequest) -> HttpResponse:
    """Take the supervision."""
    actions.come_on_duty(by=request.worker)
    return redirect("staff:people")


@require_POST
def go_off_duty(request: StaffRequest) -> HttpResponse:
    """Give the supervision up."""
    actions.go_off_duty(by=request.worker)
    return redirect("staff:people")


@require_POST
def free(request: StaffRequest) -> HttpResponse:
    """Open a colleague's sign-in that failed tries have shut."""
    free_sign_in(by=request.worker, person_id=row_number(request.POST.get("person_id", "")))
    return redirect("staff:people")


@require_POST
def reset(request: StaffRequest) -> HttpResponse:
    """End the lost second factors of a colleague."""
    reset_factors(by=request.worker, person_id=row_number(request.POST.get("person_id", "")))
    return redirect("staff:people")
