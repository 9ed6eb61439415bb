"""Every request is somebody's: the session cookie or bearer token becomes a worker."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apothecary.staff.signon import SignedOn, sign_on, stand_in


class StaffRequest(HttpRequest):
    """A request after sign-on: views of the rooms may rely on these."""

    signed_on: SignedOn | None
    now: datetime


class SignOn:
    """Puts ``signed_on`` and ``now`` on the request; points row-level security at the pharmacy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        now = datetime.now(UTC)
        token = bearer(request) or request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        signed_on = None
        if not request.path.startswith(("/static/", "/health/")):
            signed_on = sign_on(token, now=now) if token else None
            if signed_on is None:
                # A connection is kept between requests: without this, the next stranger would
                # see through the eyes of whoever used it last.
                stand_in(None)
        request.now = now  # type: ignore[attr-defined]  # StaffRequest
        request.signed_on = signed_on  # type: ignore[attr-defined]  # StaffRequest
        if bearer(request):
            # A bearer token is no ambient credential: no other page can make a browser send it.
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # Django's own flag
        return self.get_response(request)


def bearer(request: HttpRequest) -> str:
    """The bearer token of a request, or an empty string."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
