"""A browser in which somebody is signed in, and how many statements a page took."""

from datetime import UTC, datetime

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apothecary.staff.actions import worker_token
from apothecary.staff.models import Person

HX = {"HX-Request": "true"}
BUDGET = 8


def signed_in(person: Person) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    now = datetime.now(UTC)
    client.cookies["apothecary_session"] = worker_token(person=person, station="t", at=now)
    return client


def asked(client: Client, path: str) -> tuple[str, int]:
    """The page and how many statements it took."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode(), len(queries)
