"""Fixtures of every test: a throw-away database server, sockets closed to other machines."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test import TransactionTestCase
from psycopg.conninfo import conninfo_to_dict

from apothecary.config.postgres import Server, serving
from apothecary.config.tests.pattern import furnish
from apothecary.config.tests.plugin import FOLDER
from apothecary.config.tests.world_again import REMEMBERED

NEEDS = frozenset({"db", "transactional_db", "database_server", "live_server"})


def _touches_database(item: pytest.Item) -> bool:
    marked = any(item.get_closest_marker(name) for name in ("django_db", "database"))
    return marked or not NEEDS.isdisjoint(getattr(item, "fixturenames", ()))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--needs-database"):
        config.hook.pytest_deselected(items=[i for i in items if not _touches_database(i)])
        items[:] = [item for item in items if _touches_database(item)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly that browser tests were skipped: a dot among thousands says nothing."""
    skipped = terminalreporter.stats.get("skipped", [])
    blind = [report for report in skipped if "Chromium" in str(report.longrepr)]
    if blind:
        terminalreporter.write_line(
            f"{len(blind)} browser tests were skipped: no Chromium was found. "
            "To get one: apt-get install chromium (or your system's package)."
        )


def _durable(session: pytest.Session) -> bool:
    """Crash tests need a server that keeps its word; the others may have a fast one."""
    return any("concurrency" in item.path.parts for item in session.items)


@pytest.fixture(scope="session")
def database_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server for this session alone, started when the first test asks for it."""
    template = furnish(FOLDER)
    connections.settings["default"]["TEST"]["TEMPLATE"] = template
    with serving(FOLDER, durable=_durable(request.session)) as server:
        yield server


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """Point Django at the session's server, unless DATABASE_URL names another."""
    if "DATABASE_URL" in os.environ:
        return
    server: Server = request.getfixturevalue("database_server")
    # In place: a connection made while Django was set up holds this same dictionary.
    parts = conninfo_to_dict(server.url)
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}
    entry = connections.settings["default"]
    entry.update({django: parts[libpq] for libpq, django in names.items()})
    entry["PORT"] = str(parts["port"])


EMPTYING = """
DO $$ BEGIN
  SET session_replication_role = replica;  -- append-only triggers stand aside
  EXECUTE (SELECT 'TRUNCATE ' || string_agg(format('%I.%I', schemaname, tablename), ', ')
           || ' RESTART IDENTITY CASCADE' FROM pg_tables
           WHERE schemaname = 'public' AND tablename <> 'django_migrations');
END $$
"""


@pytest.fixture(autouse=True, scope="session")
def _append_only_tables_are_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test that commits: the journal and the ledger refuse Django's own flush."""

    def empty(self: TransactionTestCase) -> None:
        server: Server = request.getfixturevalue("database_server")
        name = connections["default"].settings_dict["NAME"]
        with psycopg.connect(server.steward_url, dbname=name, autocommit=True) as steward:
            steward.execute(EMPTYING)
        REMEMBERED.forget()

    with pytest.MonkeyPatch.context() as patch:
        if "DATABASE_URL" not in os.environ:
            patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


def _is_local(address: Any) -> bool:
    if not isinstance(address, tuple):  # the path of a Unix socket
        return True
    host = str(address[0])
    if host in {"localhost", ""}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    """No test talks to another machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if not _is_local(address):
            raise PermissionError(f"a test tried to reach {address!r}; only loopback is open")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield
