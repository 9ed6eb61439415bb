"""One place turns a refusal into an answer, so that no view has to."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from apothecary.law.problem import Refused

CONFLICT = 409


class Refusals:
    """A ``Refused`` from any action becomes a 409 with every reason at once.

    A page asks for a page, htmx for the piece that goes into the notice line, a program for
    JSON. The database has rolled the action back by the time the exception arrives here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        return refused(request, error)


def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """The refusal in the shape that was asked for."""
    if request.headers.get("HX-Request"):
        # Without the request: the piece has no frame, so the frame's counts are not asked for.
        piece = render_to_string("workbench/refused_part.html", {"problems": error.problems})
        return HttpResponse(piece, status=CONFLICT)
    if "text/html" not in request.headers.get("Accept", ""):
        reasons = [
            {"says": each.says, "cite": each.cite, "code": each.code} for each in error.problems
        ]
        return JsonResponse({"problems": reasons}, status=CONFLICT)
    page = {"problems": error.problems}
    return render(request, "workbench/refused.html", page, status=CONFLICT)
