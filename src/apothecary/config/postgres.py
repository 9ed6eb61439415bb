"""The database server's life: found, made, started, recovered, stopped.

`DATABASE_URL` wins; else a server of our own lives in `DATA/postgres`, listens on a socket in a
closed folder only, asks for a password, and ends with the process that started it.
"""

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
from psycopg import sql

from apothecary.config import lifeline
from apothecary.config.binaries import (
    SHARED_STATE,
    Binaries,
    CannotStart,
    choose,
    within_reach,
)
from apothecary.config.lifeline import Account

STEWARD = "steward"  # bootstrap superuser: makes the role and the database, takes backups
ROLE = "apothecary"  # owns the database; neither superuser nor BYPASSRLS, so policies bind it
DATABASE = "apothecary"
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")  # sun_path of Linux, less the file's name
LOG_LIMIT_BYTES = 5_000_000
RETRY_S = 10  # a killed postmaster may stay a zombie this long under a slow init
RECOVERY_S = 600
POLL_S = 0.02
# What a start says while remains of a killed server are still being cleared away.
REMAINS = (b"lock file", b"pre-existing shared memory block")

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "1",
    "jit": "off",
    "random_page_cost": "1.1",
    "synchronous_commit": "on",
    # A new store's tables grow from nothing: until they are counted, its plans are guesses.
    "autovacuum_naptime": "15s",
    "wal_compression": "on",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    "idle_in_transaction_session_timeout": "5min",
}
THROW_AWAY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@dataclass(frozen=True)
class Server:
    """A server one can connect to. `steward_url` bypasses row security: backups only."""

    url: str
    steward_url: str
    pid: int
    binaries: Binaries


def _clean_environment() -> dict[str, str]:
    # PG* variables or an unknown locale of the caller must not steer our server.
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _secret_file(path: Path, text: str, account: Account) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    account.give(path)


def _closed_folder(path: Path, account: Account) -> None:
    """Make a folder only the account may enter; one that somebody else made is refused."""
    if not path.exists():
        path.mkdir(mode=0o700)
        account.give(path)
    found = path.stat()
    if found.st_uid != account.owner_uid:
        raise CannotStart(f"{path} belongs to another user (uid {found.st_uid})")
    if found.st_mode & 0o077:
        path.chmod(0o700)


class Cluster:
    """One data folder and the server on it. Start and stop it from the main thread."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.data = data.resolve()
        self._home = self.data / "postgres"
        self._settings = SETTINGS if durable else SETTINGS | THROW_AWAY
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    # What is on the disk

    @property
    def home(self) -> Path:
        """Where the cluster really is: `DATA/postgres`, or what that link points to."""
        return self._home.resolve()

    @property
    def folder(self) -> Path:
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        return self.home / "log"

    def _account(self) -> Account:
        if os.getuid() == 0 and self._home.exists():
            found = self._home.stat()
            if found.st_uid != 0:  # keep the account that owns the data
                return Account(found.st_uid, found.st_gid)
        return lifeline.unprivileged()

    def _written_by(self) -> int | None:
        mark = self.folder / "PG_VERSION"
        return int(mark.read_text()) if mark.exists() else None

    def _settle(self, account: Account) -> None:
        """Make the home, elsewhere and linked when the account cannot come to DATA."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o711)
        if not self._home.exists():
            if self._home.is_symlink():
                raise CannotStart(f"{self._home} points to {self.home}, which is gone")
            if not lifeline.can_reach(account, self.data):
                place = Path(tempfile.mkdtemp(prefix="apothecary-", dir=SHARED_STATE))
                account.give(place)
                self._home.symlink_to(place)
        _closed_folder(self.home, account)

    def _hold(self) -> None:
        """Claim the folder for this process; it ends with the process, however that ends."""
        if self._lock is not None:
            return
        lock = (self.home / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise CannotStart(f"Apothecary already runs on {self.data}") from None
        self._lock = lock

    def _passwords(self, account: Account) -> dict[str, str]:
        """Passwords of both roles, in the format of libpq's password file."""
        if not self.passfile.exists():
            lines = [f"*:*:*:{role}:{secrets.token_urlsafe(24)}\n" for role in (STEWARD, ROLE)]
            _secret_file(self.passfile, "".join(lines), account)
        fields = [line.split(":") for line in self.passfile.read_text().splitlines()]
        return {role: password for *_, role, password in fields}

    @property
    def passfile(self) -> Path:
        return self.home / "passwords"

    @property
    def socket_folder(self) -> Path:
        inside = self.home / "socket"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            return inside
        # The same place at every start, so that addresses stay good over a restart.
        mark = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"apothecary-{mark}"

    def _url(self, role: str, password: str) -> str:
        host = quote(str(self.socket_folder), safe="")
        return f"postgresql://{role}:{password}@/{DATABASE}?host={host}&port=5432"

    def _server(self, pid: int, binaries: Binaries, passwords: dict[str, str]) -> Server:
        return Server(
            url=self._url(ROLE, passwords[ROLE]),
            steward_url=self._url(STEWARD, passwords[STEWARD]),
            pid=pid,
            binaries=binaries,
        )

    # Its life

    def _create(self, binaries: Binaries, account: Account, password: str) -> None:
        """Run initdb beside the final place: a half-made cluster is never taken for a whole."""
        half = self.home / "cluster.new"
        shutil.rmtree(half, ignore_errors=True)
        pwfile = self.home / "initdb-password"
        _secret_file(pwfile, password, account)
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        made = subprocess.run(
            [
                str(binaries.program("initdb")),
                f"--pgdata={half}",
                f"--username={STEWARD}",
                f"--pwfile={pwfile}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--data-checksums",
                *(builtin if binaries.major >= 17 else ["--locale=C.UTF-8"]),
                *([] if self._durable else ["--no-sync"]),
            ],
            cwd="/",
            env=_clean_environment(),
            user=account.uid,
            group=account.gid,
            extra_groups=None if account.uid is None else [],
            capture_output=True,
            text=True,
            check=False,
        )
        pwfile.unlink()
        if made.returncode != 0:
            raise CannotStart(f"initdb failed: {made.stderr.strip() or made.stdout.strip()}")
        half.rename(self.folder)

    def start(self) -> Server:
        """Start the server, recovering what a crash left; the first time, make it."""
        account = self._account()
        self._settle(account)
        binaries = choose(
            only=os.environ.get("APOTHECARY_POSTGRES", ""), written_by=self._written_by()
        )
        binaries = within_reach(binaries, account)
        self._hold()
        self._end_orphan()
        passwords = self._passwords(account)
        if self._written_by() is None:
            self._create(binaries, account, passwords[STEWARD])
        _closed_folder(self.socket_folder, account)
        process = self._launch(binaries, account)
        self._process = process
        server = self._server(process.pid, binaries, passwords)
        _furnish(server, passwords[ROLE])
        return server

    def _launch(self, binaries: Binaries, account: Account) -> subprocess.Popen[bytes]:
        """Start postgres until it is ready, waiting out the remains of a killed one."""
        settings = self._settings | {"unix_socket_directories": str(self.socket_folder)}
        argv: list[str | Path] = [binaries.program("postgres"), "-D", self.folder]
        options = [part for name, v in settings.items() for part in ("-c", f"{name}={v}")]
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_name("log.old"))
        retry_until = time.monotonic() + RETRY_S
        while True:
            with self.log.open("ab") as log:
                told_from = log.tell()
                process = lifeline.spawn(
                    [*argv, *options],
                    env=_clean_environment(),
                    cwd=Path("/"),
                    output=log,
                    account=account,
                    on_parent_death=signal.SIGINT,  # postgres: end sessions, then stop
                )
            if self._became_ready(process):
                return process
            said = self.log.read_bytes()[told_from:]
            if time.monotonic() > retry_until or not any(mark in said for mark in REMAINS):
                last = said.decode(errors="replace").strip().splitlines()[-3:]
                raise CannotStart(f"PostgreSQL did not start: {' / '.join(last)}")
            time.sleep(0.2)

    def _became_ready(self, process: subprocess.Popen[bytes]) -> bool:
        give_up_at = time.monotonic() + RECOVERY_S
        while process.poll() is None:
            if self._pid_if_ready() == process.pid:
                return True
            if time.monotonic() > give_up_at:
                lifeline.stop(process, asked=signal.SIGINT, patience_s=30)
                raise CannotStart(f"PostgreSQL was not ready after {RECOVERY_S} s")
            time.sleep(POLL_S)
        return False

    def _pid_if_ready(self) -> int | None:
        """Process number out of postmaster.pid, once its last line says ready."""
        lines = self._pid_lines()
        return int(lines[0]) if len(lines) >= 8 and lines[7].strip() == "ready" else None

    def _pid_lines(self) -> list[str]:
        try:
            return (self.folder / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _living_pid(self) -> int | None:
        """The postmaster of this very folder, not another process of the same number."""
        lines = self._pid_lines()
        if not lines or not lines[0].strip().isdigit():
            return None
        pid = int(lines[0])
        return pid if str(self.folder) in _command_line(pid) else None

    def _end_orphan(self) -> None:
        """Stop a server whose parent is gone: nobody holds the folder, yet it still runs."""
        pid = self._living_pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        give_up_at = time.monotonic() + 60
        while self._living_pid() == pid:
            if time.monotonic() > give_up_at:
                raise CannotStart(f"an orphan server (process {pid}) does not stop")
            time.sleep(POLL_S)

    def running(self) -> Server | None:
        """The server another process of ours has running on this folder, if any."""
        pid = self._living_pid() if self.folder.exists() else None
        if pid is None or pid != self._pid_if_ready():
            return None
        binaries = choose(
            only=os.environ.get("APOTHECARY_POSTGRES", ""), written_by=self._written_by()
        )
        return self._server(pid, binaries, self._passwords(self._account()))

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End sessions, write everything out, let the folder go."""
        if self._process is not None:
            lifeline.stop(self._process, asked=signal.SIGINT, patience_s=60)
            self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        if self.socket_folder.parent != self.home:
            with contextlib.suppress(OSError):
                self.socket_folder.rmdir()


def _command_line(pid: int) -> str:
    if sys.platform != "linux":
        asked = ["ps", "-o", "command=", "-p", str(pid)]
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _furnish(server: Server, password: str) -> None:
    """Make the role and its database where they are missing; a crash in between is mended."""
    base = server.steward_url.replace(f"/{DATABASE}?", "/postgres?")
    with psycopg.connect(base, autocommit=True) as steward:
        role, name = sql.Identifier(ROLE), sql.Identifier(DATABASE)
        if not steward.execute("select from pg_roles where rolname = %s", [ROLE]).rowcount:
            steward.execute(
                sql.SQL(
                    "create role {} login nosuperuser nobypassrls createdb password {}"
                ).format(role, sql.Literal(password))
            )
        asked = "select from pg_database where datname = %s"
        if not steward.execute(asked, [DATABASE]).rowcount:
            steward.execute(sql.SQL("create database {} owner {}").format(name, role))


@contextlib.contextmanager
def serving(data: Path, *, durable: bool = True) -> Iterator[Server]:
    """A server of our own for the length of the block."""
    cluster = Cluster(data, durable=durable)
    try:
        yield cluster.start()
    finally:
        cluster.stop()


@contextlib.contextmanager
def reached(data: Path) -> Iterator[Server]:
    """The server on that folder: the running one, else one for the length of the block."""
    server = Cluster(data).running()
    if server is not None:
        yield server
        return
    with serving(data) as server:
        yield server
