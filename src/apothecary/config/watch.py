"""The pages for whoever watches the house, answered before anything else is asked."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from apothecary.config import health, metrics

PAGES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/health/live": health.live,
    "/health/ready": health.ready,
    "/metrics": metrics.metrics,
}


class Watch:
    """Middleware in front of sign-on, which asks the database: these must answer without it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page = PAGES.get(request.path)
        return self.get_response(request) if page is None else page(request)
