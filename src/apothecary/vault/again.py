"""A page whose form was refused: it shows what was typed, and each reason beside its field.

A page may hold several forms with fields of one name. What was typed belongs to the one that
was sent, which its address tells (``acted``); `vault/kept.html` reads it back.
"""

from collections.abc import Callable, Mapping, Sequence

from django.http import HttpResponse
from django.shortcuts import render

from apothecary.law.problem import Problem, Refused
from apothecary.staff.middleware import CONFLICT, StaffRequest, write_down

Act = Callable[[], object]
Again = Callable[[Sequence[Problem]], HttpResponse]


def answered(
    request: StaffRequest,
    template: str,
    found: Mapping[str, object],
    problems: Sequence[Problem] = (),
    *,
    beside: frozenset[str] | None = None,
) -> HttpResponse:
    """A page; after a refusal it says what is wrong, and the law's reasons are written down.

    ``beside``: fields that show their own reasons, where they are not just those that were
    sent; every other reason stands on top.
    """
    if problems:
        write_down(request, list(problems))
    sent = {*request.POST, *request.FILES} if beside is None else beside
    said = {
        "problems": problems,
        "on_top": [each for each in problems if each.field not in sent],
        "typed": request.POST,
        "acted": request.path if problems else "",
    }
    return render(request, template, {**found, **said}, status=CONFLICT if problems else 200)


def done(act: Act, *, again: Again, then: Callable[[], HttpResponse]) -> HttpResponse:
    """What comes after an act, or the page it was sent from with every reason why not."""
    try:
        act()
    except Refused as refusal:
        return again(refusal.problems)
    return then()
