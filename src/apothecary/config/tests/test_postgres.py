"""The life of the embedded server, on the real binaries of this machine."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from apothecary.config import binaries, lifeline, postgres
from apothecary.config.binaries import CannotStart
from apothecary.config.postgres import Cluster

pytestmark = pytest.mark.database

OWNER = """
import sys, time
from pathlib import Path
from apothecary.config.postgres import Cluster
server = Cluster(Path(sys.argv[1])).start()
print(server.pid, server.url, flush=True)
time.sleep(600)
"""


@pytest.fixture
def data() -> Iterator[Path]:
    # Not tmp_path: its name is long, and closed to the account that root drops to.
    folder = Path(tempfile.mkdtemp(prefix="apothecary-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree((folder / "postgres").resolve(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _count(url: str, statement: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return int(row[0])


def _write(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def _running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def _wait_for(condition: Callable[[], bool], *, seconds: int = 15) -> None:
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, "it did not happen in time"
        time.sleep(0.02)


def _start_owner(data: Path) -> tuple[subprocess.Popen[str], int, str]:
    """Another process that starts the server and then only waits."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(data)], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    pid, url = owner.stdout.readline().split()
    owner.stdout.close()
    return owner, int(pid), url


def test_the_data_is_there_again_after_a_stop(data: Path) -> None:
    with postgres.serving(data) as server:
        _write(server.url, "create table t (n int)", "insert into t values (7)")
    with postgres.serving(data) as server:
        assert _count(server.url, "select n from t") == 7


def test_the_role_owns_its_database_and_is_bound_by_policies(data: Path) -> None:
    with postgres.serving(data) as server:
        _write(
            server.url,
            "create table t (pharmacy_id int)",
            "insert into t values (1), (2)",
            "alter table t enable row level security",
            "alter table t force row level security",
            "create policy own on t using (pharmacy_id = 1)",
        )
        assert _count(server.url, "select count(*) from t") == 1
        assert _count(server.steward_url, "select count(*) from t") == 2


def test_nobody_enters_without_the_password(data: Path) -> None:
    with postgres.serving(data) as server:
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.url, password="a guess")


def test_socket_passwords_and_cluster_are_closed_to_other_accounts(data: Path) -> None:
    cluster = Cluster(data)
    try:
        cluster.start()
        for path in (cluster.home, cluster.socket_folder, cluster.folder, cluster.passfile):
            assert path.stat().st_mode & 0o077 == 0, path
    finally:
        cluster.stop()


def test_names_sort_by_code_point_and_pages_carry_checksums(data: Path) -> None:
    with postgres.serving(data) as server:
        assert _count(server.url, "select ('B' < 'a')::int") == 1
        assert _count(server.url, "select ('Ö' = upper('ö'))::int") == 1
        assert _count(server.url, "select current_setting('data_checksums')::bool::int") == 1


def test_a_second_start_on_the_same_folder_is_refused(data: Path) -> None:
    with postgres.serving(data):
        with pytest.raises(CannotStart, match="already runs"):
            Cluster(data).start()


def test_a_command_uses_the_server_that_runs_and_leaves_it_running(data: Path) -> None:
    with postgres.serving(data) as server:
        with postgres.reached(data) as reached:
            assert reached.pid == server.pid
            assert _count(reached.url, "select 1") == 1
        assert _count(server.url, "select 1") == 1


def test_a_command_starts_a_server_for_itself_when_none_runs(data: Path) -> None:
    with postgres.reached(data) as server:
        pid = server.pid
        assert _count(server.url, "select 1") == 1
    assert not _running(pid)
    assert Cluster(data).running() is None


@pytest.mark.skipif(sys.platform != "linux", reason="the tie to the parent is Linux's")
@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM])
def test_the_server_stops_when_its_parent_is_killed(data: Path, death: signal.Signals) -> None:
    owner, pid, url = _start_owner(data)
    _write(url, "create table t (n int)", "insert into t values (7)")
    owner.send_signal(death)
    owner.wait()
    _wait_for(lambda: not _running(pid))
    with postgres.serving(data) as server:
        assert _count(server.url, "select n from t") == 7


def test_after_a_kill_of_everything_the_data_comes_back_and_no_orphan_stays(data: Path) -> None:
    owner, pid, url = _start_owner(data)
    _write(url, "create table t (n int)", "insert into t select generate_series(1, 1000)")
    os.kill(pid, signal.SIGKILL)
    owner.kill()
    with postgres.serving(data) as server:
        assert _count(server.url, "select count(*) from t") == 1000
        assert server.pid != pid
        assert not _running(pid)
    owner.wait()


def test_a_killed_server_starts_again_at_the_same_address(data: Path) -> None:
    cluster = Cluster(data)
    try:
        first = cluster.start()
        _write(first.url, "create table t (n int)", "insert into t values (7)")
        os.kill(first.pid, signal.SIGKILL)
        _wait_for(lambda: not cluster.alive())
        second = cluster.start()
        assert second.url == first.url
        assert _count(first.url, "select n from t") == 7
    finally:
        cluster.stop()


def test_an_orphan_server_is_stopped_by_the_next_start(data: Path) -> None:
    with postgres.serving(data):
        pass
    orphan = Cluster(data)
    program = binaries.choose(written_by=orphan._written_by()).program("pg_ctl")
    account = orphan._account()
    options = f"-c listen_addresses= -c unix_socket_directories={orphan.socket_folder}"
    subprocess.run(
        [
            program,
            "-D",
            orphan.folder,
            "-s",
            "-w",
            "-l",
            orphan.home / "l",
            "-o",
            options,
            "start",
        ],
        user=account.uid,
        group=account.gid,
        cwd="/",
        check=True,
    )
    pid = orphan._living_pid()
    assert pid is not None
    assert _running(pid)
    with postgres.serving(data) as server:
        assert server.pid != pid
        assert not _running(pid)


def test_a_reused_process_number_in_the_pid_file_harms_no_other_process(data: Path) -> None:
    with postgres.serving(data):
        pass
    cluster = Cluster(data)
    bystander = subprocess.Popen(["sleep", "60"])
    pidfile = cluster.folder / "postmaster.pid"
    pidfile.write_text(f"{bystander.pid}\n{cluster.folder}\n1\n5432\n\n\n0\nready\n")
    assert cluster.running() is None
    cluster._end_orphan()
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()
    pidfile.unlink()


def test_an_initdb_cut_short_is_begun_anew(data: Path) -> None:
    (data / "postgres").mkdir(mode=0o700)
    half = data / "postgres" / "cluster.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("15\n")
    if os.getuid() == 0:
        lifeline.unprivileged().give(data / "postgres")
    with postgres.serving(data) as server:
        assert _count(server.url, "select 1") == 1


def test_data_of_another_major_version_is_refused_in_one_line(data: Path) -> None:
    with postgres.serving(data):
        pass
    mark = Cluster(data).folder / "PG_VERSION"
    mark.write_text("14\n")
    with pytest.raises(CannotStart, match="written by PostgreSQL 14") as refusal:
        Cluster(data).start()
    assert "\n" not in str(refusal.value)


def test_a_folder_with_a_long_path_gets_its_socket_elsewhere(data: Path) -> None:
    deep = data / ("a" * 60) / ("b" * 60)
    cluster = Cluster(deep)
    try:
        server = cluster.start()
        assert _count(server.url, "select 1") == 1
        assert len(os.fsencode(cluster.socket_folder)) <= postgres.LONGEST_SOCKET_FOLDER
        assert cluster.socket_folder.stat().st_mode & 0o077 == 0
    finally:
        cluster.stop()
    assert not cluster.socket_folder.exists()


@pytest.mark.skipif(os.getuid() != 0, reason="only root drops to another account")
def test_a_data_folder_below_a_closed_home_is_served_and_the_home_stays_closed(
    data: Path,
) -> None:
    home = data / "home"
    home.mkdir(mode=0o700)
    with postgres.serving(home / "var") as server:
        assert _count(server.url, "select 1") == 1
    assert home.stat().st_mode & 0o777 == 0o700
    place = (home / "var" / "postgres").resolve()
    assert place.parent == binaries.SHARED_STATE
    with postgres.serving(home / "var") as server:
        assert _count(server.url, "select 1") == 1
    shutil.rmtree(place)


@pytest.mark.skipif(os.getuid() != 0, reason="only root drops to another account")
def test_the_server_of_root_does_not_run_as_root(data: Path) -> None:
    with postgres.serving(data) as server:
        assert Path(f"/proc/{server.pid}").stat().st_uid != 0


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_has_a_server_of_his_own() -> None:
    account = lifeline.unprivileged()
    data = Path(tempfile.mkdtemp(prefix="apothecary-test-"))
    account.give(data)
    # Python itself may lie in a closed home: it starts as root, then becomes the user.
    become = f"os.setgroups([]); os.setgid({account.gid}); os.setuid({account.uid})"
    script = OWNER.replace("time.sleep(600)", "")
    script = script.replace("server =", f"import os; {become}\nserver =")
    said = subprocess.run(
        [sys.executable, "-c", script, str(data / "var")],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    owner = (data / "var" / "postgres").stat().st_uid
    assert "postgresql://apothecary:" in said.stdout, said.stderr
    assert owner == account.uid
    _wait_for(lambda: not _running(int(said.stdout.split()[0])))
    shutil.rmtree(data)
