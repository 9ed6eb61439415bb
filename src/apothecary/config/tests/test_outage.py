"""While the database is away a program is told to come again; a mistake of ours stays 500."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import DataError, InterfaceError, OperationalError, connection
from django.test import Client, RequestFactory

from apothecary.config.outage import answer, database_away


@pytest.fixture
def gone() -> Iterator[None]:
    """The server's socket is not where it was."""
    host = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nowhere"
    yield
    connection.close()
    connection.settings_dict["HOST"] = host


def raised(error: Exception, cause: Exception | None) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.django_db(transaction=True)
def test_a_program_is_told_to_come_again_while_the_database_is_away(gone: None) -> None:
    client = Client(raise_request_exception=False)
    response = client.get("/api/fills", headers={"authorization": "Bearer of-nobody"})
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "2"
    assert response.json()["problems"][0]["code"] == "database-away"


@pytest.mark.django_db(transaction=True)
def test_a_person_reads_that_nothing_is_lost(gone: None) -> None:
    client = Client(raise_request_exception=False, headers={"cookie": "apothecary_session=x"})
    response = client.get("/")
    assert response.status_code == 503
    assert "Nothing is lost" in response.content.decode()


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (raised(OperationalError("refused"), None), True),
        (raised(OperationalError("shut down"), psycopg.errors.AdminShutdown()), True),
        (raised(OperationalError("starting"), psycopg.errors.CannotConnectNow()), True),
        (raised(OperationalError("lost"), psycopg.errors.ConnectionFailure()), True),
        (InterfaceError("the connection is closed"), True),
        (raised(OperationalError("circle"), psycopg.errors.DeadlockDetected()), False),
        (raised(OperationalError("full"), psycopg.errors.DiskFull()), False),
        (DataError("too long"), False),
        (ValueError("ours"), False),
        (None, False),
    ],
)
def test_only_a_lost_connection_is_an_outage(error: Exception | None, away: bool) -> None:
    assert database_away(error) is away


def test_any_other_fault_is_a_500_that_gives_nothing_away() -> None:
    request = RequestFactory().get("/api/fills")
    try:
        raise KeyError("patient Doe")
    except KeyError:
        response = answer(request)
    assert response.status_code == 500
    assert "Doe" not in response.content.decode()
    assert "Retry-After" not in response.headers
