"""Who asks: the worker that sign-on put on the request."""

from django.http import HttpRequest

from apothecary.staff.worker import Worker


def worker_of(request: HttpRequest) -> Worker:
    """The worker of a request that the middleware let through."""
    worker: Worker = request.worker  # type: ignore[attr-defined]  # put there by SignOn
    return worker
