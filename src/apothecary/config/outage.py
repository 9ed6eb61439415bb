"""What is answered when a request ends in a fault: 503 while the database is away, else 500."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from apothecary.law.problem import Problem
from apothecary.staff.middleware import problems_as_json, wants_json

RETRY_AFTER_S = "2"
# SQLSTATE classes of a server that is gone, going or coming back: connection exceptions, and
# operator intervention. A deadlock or a failed check is none of them and stays a fault.
AWAY = ("08", "57P")
AWAY_SAYS = "The database is away for a moment. Nothing is lost: do it again."
FAULT_SAYS = "Something is broken here; it was written to the log."


def database_away(error: BaseException | None) -> bool:
    """Whether this fault is a lost or refused connection rather than a mistake of ours."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or str(state).startswith(AWAY)


def answer(request: HttpRequest) -> HttpResponse:
    """Django's handler500: called while the fault is being handled."""
    away = database_away(sys.exc_info()[1])
    status, says = (503, AWAY_SAYS) if away else (500, FAULT_SAYS)
    if wants_json(request):
        code = "database-away" if away else "fault"
        response: HttpResponse = problems_as_json([Problem(says, code=code)], status=status)
    else:
        response = HttpResponse(says, status=status, content_type="text/plain; charset=utf-8")
    if away:
        response["Retry-After"] = RETRY_AFTER_S
    return response
