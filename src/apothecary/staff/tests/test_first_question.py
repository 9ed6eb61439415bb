"""The first question of a request finds out whether the kept connection still lives."""

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction

from apothecary.staff.signon import asked_first, stand_in

WHO = "SELECT current_setting('apothecary.pharmacy'), %(here)s::int"
MINE = "SELECT pg_backend_pid(), %(here)s::int"


def killed() -> int:
    """End the connection's own server process, as a restart of the database does."""
    (number, _) = asked_first(MINE, {"here": 1}) or (0, 0)
    with connection.cursor() as cursor, pytest.raises((OperationalError, InterfaceError)):
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    return int(number)


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_between_requests_is_made_anew_and_nobody_notices():
    before = killed()
    (after, here) = asked_first(MINE, {"here": 7}) or (before, 0)
    assert after != before
    assert here == 7


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_stands_in_for_whom_it_is_told():
    killed()
    stand_in(42)
    assert asked_first(WHO, {"here": 1}) == ("42", 1)
    stand_in(None)
    assert asked_first(WHO, {"here": 1}) == ("0", 1)


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_a_lost_connection_is_an_error_and_nothing_is_asked_twice():
    kill = "SELECT pg_terminate_backend(pg_backend_pid()), %(here)s::int"
    with pytest.raises((OperationalError, InterfaceError)), transaction.atomic():
        asked_first(kill, {"here": 1})
    assert asked_first(MINE, {"here": 2})
