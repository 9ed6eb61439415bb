"""`/health/live` and `/health/ready`: for supervisors, load balancers and people in a hurry."""

import json
import os
from functools import cache
from pathlib import Path

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

CHECKED = {"Cache-Control": "no-store"}


def live(request: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return JsonResponse({"live": True}, headers=CHECKED)


def ready(request: HttpRequest) -> HttpResponse:
    """200 when all of it is up, else 503 with what is missing."""
    states = {"database": database_state()} | part_states()
    missing = sorted(name for name, state in states.items() if state != "up")
    return JsonResponse(
        {"ready": not missing, "missing": missing, "parts": states},
        status=503 if missing else 200,
        headers=CHECKED,
    )


def database_state() -> str:
    """Up, migrating (tables older than the code), or down."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "up" if _migrated() else "migrating"
    except DatabaseError:
        connection.close()
        return "down"


class _Behind(Exception):
    """Keeps `cache` from remembering an answer that will change."""


@cache
def _remember_migrated() -> None:
    # Once the tables are as new as this code, they stay so for the life of the process.
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise _Behind


def _migrated() -> bool:
    try:
        _remember_migrated()
    except _Behind:
        return False
    return True


def part_states() -> dict[str, str]:
    """What the supervisor last wrote down; empty where another supervisor is in charge."""
    path = os.environ.get("APOTHECARY_PARTS")
    if not path:
        return {}
    try:
        found = json.loads(Path(path).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {"supervisor": "starting"}
    return {str(name): str(state) for name, state in found["parts"].items()}
