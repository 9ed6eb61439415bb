import socket
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from apothecary.config.postgres import Server


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
