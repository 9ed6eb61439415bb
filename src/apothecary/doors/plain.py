"""What is typed into a page or asked of it must be text that a table can hold."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict

from apothecary.law.problem import Problem
from apothecary.staff.middleware import refused_response

UNPROCESSABLE = 422


class Plain:
    """Refuses the character NUL by its field, once for every page there is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: list[Any],
        names: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Look at question and form; a door that reads raw bytes judges them itself."""
        if getattr(view, "csrf_exempt", False):
            return None
        wrong = [*fields_with_nul(request.GET), *fields_with_nul(request.POST)]
        if not wrong:
            return None
        problems = [
            Problem("The character NUL cannot be kept.", field=name, code="bad-input")
            for name in wrong
        ]
        return refused_response(request, problems, status=UNPROCESSABLE)


def fields_with_nul(said: QueryDict) -> list[str]:
    """The fields whose name or value holds a NUL, each said without it."""
    return [
        name.replace("\0", "")
        for name, values in said.lists()
        if any("\0" in text for text in (name, *values))
    ]
