"""`Idempotency-Key`: the same request with the same key is done once and answered twice."""

import hashlib
from collections.abc import Callable

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from apothecary.doors.models import Answered
from apothecary.law.problem import Problem
from apothecary.staff.middleware import problems_as_json
from apothecary.staff.worker import Worker

API = "/api/"
LONGEST_KEY = 200
# Waits for a request with the same key that is still being answered; then it is there.
TAKE = """
INSERT INTO doors_answered (pharmacy_id, person_id, key, request_hash, at, content_type)
VALUES (%s, %s, %s, %s, %s, '')
ON CONFLICT (pharmacy_id, person_id, key) DO NOTHING RETURNING id
"""


class Once:
    """Remembers what a key was answered; refuses a key that comes with another request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not request.path.startswith(API):
            return self.get_response(request)
        if request.content_type != "application/json":
            # A foreign page can make a browser send a form with our cookie, but never JSON.
            return problem("Send JSON.", "content-type", status=415)
        key = request.headers.get("Idempotency-Key", "")
        worker: Worker | None = getattr(request, "worker", None)
        if not key or worker is None:
            return self.get_response(request)
        if len(key) > LONGEST_KEY:
            return problem("The key is longer than 200 characters.", "idempotency-key")
        with transaction.atomic():
            response = self.once(request, worker, key)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def once(self, request: HttpRequest, worker: Worker, key: str) -> HttpResponse:
        """Answer from memory, or do it and remember the answer in the same transaction."""
        said = f"{request.method} {request.get_full_path()}\n".encode() + request.body
        digest = hashlib.sha256(said).digest()
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [worker.pharmacy_id, worker.somebody, key, digest, worker.at])
            fresh = cursor.fetchone()
        if fresh is None:
            return remembered(worker, key, digest)
        response = self.get_response(request)
        Answered.objects.filter(pk=fresh[0]).update(
            status=response.status_code,
            body=response.content,
            content_type=response.headers.get("Content-Type", ""),
        )
        return response


def remembered(worker: Worker, key: str, digest: bytes) -> HttpResponse:
    """The answer of the first time; another request under the same key is refused."""
    first = Answered.objects.get(
        pharmacy_id=worker.pharmacy_id, person_id=worker.somebody, key=key
    )
    if bytes(first.request_hash) != digest:
        return problem("This key came with another request.", "idempotency-key")
    response = HttpResponse(
        bytes(first.body or b""), status=first.status or 200, content_type=first.content_type
    )
    response["Idempotent-Replayed"] = "true"
    return response


def problem(says: str, field: str, *, status: int = 422) -> JsonResponse:
    """A refusal of the request itself."""
    return problems_as_json([Problem(says, field=field, code=field)], status=status)
