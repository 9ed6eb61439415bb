"""Reading several tables as they stood at one instant."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def at_one_instant() -> Iterator[None]:
    """Everything that is read inside stands as it did when the first of it was read.

    Statement by statement a page sees what others commit meanwhile, and shows a return as
    asked for beside lines that went off it later. Inside a transaction that is open already
    nothing changes: its level was chosen by whoever began it.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
