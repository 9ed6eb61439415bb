import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from apothecary.config.postgres import Server
from apothecary.staff.signon import stand_in
from apothecary.wires.models import Incoming


@pytest.mark.django_db
def test_the_role_of_the_tests_is_bound_by_row_level_security() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select rolsuper, rolbypassrls from pg_roles where rolname = current_user"
        )
        assert cursor.fetchone() == (False, False)


@pytest.mark.django_db
def test_the_server_listens_on_a_socket_only(database_server: Server) -> None:
    with connection.cursor() as cursor:
        cursor.execute("show listen_addresses")
        assert cursor.fetchone() == ("",)
    assert f"host={quote(connection.settings_dict['HOST'], safe='')}" in database_server.url
    assert Path(connection.settings_dict["HOST"]).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("host", ["192.0.2.1", "example.test", "0.0.0.0"])  # noqa: S104
def test_a_test_cannot_reach_another_machine(host: str) -> None:
    with socket.socket() as client, pytest.raises(PermissionError, match="only loopback"):
        client.connect((host, 80))


def test_a_test_may_talk_to_a_server_on_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname(), timeout=5) as client:
            assert client.getpeername() == server.getsockname()


@pytest.mark.parametrize("turn", ["first", "second"])
@pytest.mark.django_db(transaction=True)
def test_what_a_committing_test_wrote_is_gone_before_the_next(turn: str) -> None:
    stand_in(7)
    assert Incoming.objects.count() == 0
    at = datetime(2026, 11, 20, tzinfo=UTC)
    row = Incoming(pharmacy_id=7, partner="p", format="f", message_id="m", received_at=at)
    row.raw = row.sha256 = turn.encode()
    row.save()
    assert Incoming.objects.count() == 1
    # What the migrations did is remembered: the next test's tables are not made anew.
    assert MigrationRecorder.Migration.objects.count() > 0


@pytest.mark.parametrize(
    ("file", "runs"),
    [("test_filters.py", False), ("test_watch.py", True), ("test_postgres.py", True)],
)
def test_only_tests_that_touch_the_database_are_repeated_on_another(
    file: str, runs: bool
) -> None:
    asked = ["pytest", "--needs-database", "--collect-only", str(Path(__file__).parent / file)]
    said = subprocess.run(
        [sys.executable, "-m", *asked], capture_output=True, text=True, check=False
    )
    assert (said.returncode == 0) is runs, said.stdout
    assert ("deselected" in said.stdout) is not runs


def test_skipped_browser_tests_are_told_with_the_way_to_get_a_browser(tmp_path: Path) -> None:
    (tmp_path / "test_blind.py").write_text(
        "import pytest\n\ndef test_page():\n    pytest.skip('no Chromium is found')\n"
    )
    plugin = ["-p", "apothecary.config.tests.plugin", "--ds", "apothecary.config.settings"]
    said = subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 browser tests were skipped" in said.stdout
    assert "apt-get install chromium" in said.stdout
