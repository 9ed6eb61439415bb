"""What a page may load and whom it may ask: itself, its live events, and nobody else."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from apothecary.config.frame import events_url

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'{live}; form-action 'self'; frame-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
HEADER = "Content-Security-Policy"


class Policy:
    """Middleware: the policy stands on every page, also on one that refuses or fails."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault(HEADER, POLICY.format(live=live_origin(request)))
            # A page with a patient on it is not kept by the browser or anything between.
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def live_origin(request: HttpRequest) -> str:
    """The neighbouring port's origin, where the events come from one."""
    url = urlsplit(events_url(request))
    return f" {url.scheme}://{url.netloc}" if url.netloc else ""
