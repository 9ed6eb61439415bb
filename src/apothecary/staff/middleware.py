"""Every request is somebody's, every refusal is answered, and no door is open by default."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, Refused
from apothecary.staff.signon import SignedOn, sign_on, stand_in
from apothecary.staff.worker import NotAllowed, Worker

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
CONFLICT, FORBIDDEN, UNAUTHORIZED, LOCKED = 409, 403, 401, 423


class StaffRequest(HttpRequest):
    """A request after sign-on: what the views of the rooms may rely on."""

    signed_on: SignedOn
    worker: Worker
    now: datetime


def open_to_all(view: View) -> View:
    """Mark the few views that need nobody signed in; everything else does."""
    view.open_to_all = True  # type: ignore[attr-defined]  # a mark on a function
    return view


def open_when_locked(view: View) -> View:
    """Mark the views that unlock a work station or leave it."""
    view.open_when_locked = True  # type: ignore[attr-defined]  # a mark on a function
    return view


class SignOn:
    """Puts the worker on the request and tells the database whose rows it may see."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = datetime.now(UTC)
        by_header = bearer(request)
        token = by_header or request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        attended = not by_itself(request)
        signed_on = sign_on(token, now=now, attended=attended) if token else None
        if signed_on is None:
            # A connection is kept between requests: without this, the next stranger would see
            # through the eyes of whoever used it last.
            stand_in(None)
        else:
            request.worker = signed_on.worker  # type: ignore[attr-defined]  # StaffRequest
        request.now = now  # type: ignore[attr-defined]  # StaffRequest
        request.signed_on = signed_on  # type: ignore[attr-defined]  # StaffRequest
        if by_header:
            # A bearer token is no ambient credential: no other page makes a browser send it.
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # Django's
        # Every time of day on a page or label is the pharmacy's own.
        with timezone.override(signed_on.time_zone if signed_on else None):
            return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: list[Any],
        names: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Let nobody through who is not signed on, but to the views that say so."""
        if getattr(view, "open_to_all", False):
            return None
        signed_on: SignedOn | None = request.signed_on  # type: ignore[attr-defined]  # StaffRequest
        if signed_on is None:
            says = "Sign in first."
            return turned_away(request, says, status=UNAUTHORIZED, to="staff:sign-in")
        if signed_on.locked and not getattr(view, "open_when_locked", False):
            says = "The work station is locked."
            return turned_away(request, says, status=LOCKED, to="staff:locked")
        return None


def turned_away(request: HttpRequest, says: str, *, status: int, to: str) -> HttpResponseBase:
    """A program gets a status and a sentence, a person the page to go to."""
    if wants_json(request):
        return problems_as_json([Problem(says, code="sign-on")], status=status)
    there = redirect(to)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": there.url})
    return there


class Refusals:
    """Turns a refusal into 409 and a missing right into 403, each with every reason."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponseBase | None:
        """Answer what is expected; anything else stays a fault and ends in 500."""
        if isinstance(error, Refused):
            write_down(request, error.problems)
            return refused_response(request, error.problems, status=CONFLICT)
        if isinstance(error, NotAllowed):
            write_down_duty(request, error)
            return refused_response(request, error.problems, status=FORBIDDEN)
        return None


def write_down(request: HttpRequest, problems: list[Problem]) -> None:
    """Journal a refusal in which law or safety is involved: one that cites something."""
    cited = [problem for problem in problems if problem.cite]
    worker: Worker | None = getattr(request, "worker", None)
    if worker and cited:
        said = {"path": request.path, "codes": [problem.code for problem in cited]}
        with transaction.atomic():
            about = ("person", worker.person_id or 0)
            record(by=worker, did=Deed.REFUSED_BY_RULE, about=about, details=said)


def write_down_duty(request: HttpRequest, error: NotAllowed) -> None:
    """Journal that somebody tried what is not theirs to do."""
    worker: Worker | None = getattr(request, "worker", None)
    if worker:
        said = {"path": request.path, "duty": error.duty.value}
        with transaction.atomic():
            about = ("person", worker.person_id or 0)
            record(by=worker, did=Deed.REFUSED_DUTY, about=about, details=said)


def refused_response(
    request: HttpRequest, problems: list[Problem], *, status: int
) -> HttpResponseBase:
    """The sentences, as JSON, as a fragment into the page's problem list, or as a page."""
    if wants_json(request):
        return problems_as_json(problems, status=status)
    if request.headers.get("HX-Request"):
        # Without the request: the piece has no frame, so the frame's counts are not asked for.
        said = {"problems": problems, "forbidden": status == FORBIDDEN}
        piece = render_to_string("workbench/problems.html", said)
        return HttpResponse(piece, status=status)
    return render(request, "workbench/refused.html", {"problems": problems}, status=status)


def problems_as_json(problems: list[Problem], *, status: int) -> JsonResponse:
    """The body every program gets with a refusal."""
    body = [
        {
            "says": problem.says,
            "cite": problem.cite,
            "code": problem.code,
            "field": problem.field,
            "verified": problem.verified,
        }
        for problem in problems
    ]
    return JsonResponse({"problems": body}, status=status)


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: by path, or by what it accepts."""
    return request.path.startswith("/api/") or "application/json" in request.headers.get(
        "Accept", ""
    )


def by_itself(request: HttpRequest) -> bool:
    """Whether the page asks, and no person: a list that follows the live events, or counts."""
    return "live" in request.GET or request.path == "/counts"


def bearer(request: HttpRequest) -> str:
    """The bearer token of a request, or an empty string."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
