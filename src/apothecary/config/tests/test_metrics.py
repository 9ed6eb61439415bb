import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from apothecary.config import metrics
from apothecary.config.metrics import Counted, part_lines
from apothecary.config.tallies import BOUNDS_MS, Tally


def values(text: str) -> dict[str, str]:
    rows = [line for line in text.splitlines() if not line.startswith("#")]
    return dict(row.rsplit(" ", 1) for row in rows)


@pytest.fixture(autouse=True)
def _empty_tally(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "TALLY", Tally())


def test_every_answer_is_counted_with_its_status() -> None:
    answers = iter([200, 409, 409])

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=next(answers))

    counted = Counted(view)
    counted(RequestFactory().get("/"))
    counted(RequestFactory().post("/"))
    counted(RequestFactory().post("/"))
    found = values("\n".join(metrics.TALLY.lines()))
    assert found['apothecary_requests_total{method="GET",status="200"}'] == "1"
    assert found['apothecary_requests_total{method="POST",status="409"}'] == "2"
    assert found["apothecary_request_milliseconds_count"] == "3"


@pytest.mark.parametrize(
    ("took_ms", "first_bound"), [(0, 5), (5, 5), (6, 10), (1000, 1000), (1001, 2500)]
)
def test_a_request_falls_into_its_bound_and_all_above(took_ms: int, first_bound: int) -> None:
    tally = Tally()
    tally.add(method="GET", status=200, took_ms=took_ms)
    found = values("\n".join(tally.lines()))
    for bound in BOUNDS_MS:
        name = f'apothecary_request_milliseconds_bucket{{le="{bound}"}}'
        assert found[name] == str(int(bound >= first_bound))


def test_a_request_slower_than_every_bound_is_still_counted() -> None:
    tally = Tally()
    tally.add(method="GET", status=200, took_ms=10_001)
    found = values("\n".join(tally.lines()))
    assert found['apothecary_request_milliseconds_bucket{le="10000"}'] == "0"
    assert found['apothecary_request_milliseconds_bucket{le="+Inf"}'] == "1"
    assert found["apothecary_request_milliseconds_sum"] == "10001"


def test_an_invented_method_makes_no_row_of_its_own() -> None:
    tally = Tally()
    for method in ('X"} 1', "BREW", "get"):
        tally.add(method=method, status=405, took_ms=1)
    assert list(tally.answered.items()) == [(("other", 405), 3)]


def test_many_threads_lose_no_count() -> None:
    tally = Tally()

    def add(_: int) -> None:
        tally.add(method="GET", status=200, took_ms=3)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add, range(2000)))
    assert tally.answered["GET", 200] == 2000
    assert tally.total_ms == 6000


COUNT = """
import os, sys
from pathlib import Path
from apothecary.config.tallies import Tally
tally = Tally(Path(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    tally.add(method="POST", status=200, took_ms=7)
print("counted", flush=True)
sys.stdin.read()
"""


@contextmanager
def counting(folder: Path, many: int) -> Iterator[subprocess.Popen[str]]:
    """Another process of the installation, which has counted so many requests."""
    program = [sys.executable, "-c", COUNT, str(folder), str(many)]
    pipe = subprocess.PIPE
    with subprocess.Popen(program, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "counted\n"
        try:
            yield process
        finally:
            process.kill()


def test_what_two_processes_have_counted_adds_up(tmp_path: Path) -> None:
    mine = Tally(tmp_path / "tallies")
    mine.add(method="POST", status=200, took_ms=3)
    with counting(tmp_path / "tallies", 5) as other:
        assert mine.answered["POST", 200] == 6
        assert mine.total_ms == 38
        assert sorted(mine.processes) == sorted([os.getpid(), other.pid])


def test_no_sum_falls_when_a_process_is_killed_and_another_takes_its_sheet(
    tmp_path: Path,
) -> None:
    mine = Tally(tmp_path)
    mine.add(method="GET", status=404, took_ms=1)
    with counting(tmp_path, 4):
        pass
    assert mine.answered == {("GET", 404): 1, ("POST", 200): 4}
    assert mine.processes == [os.getpid()]
    with counting(tmp_path, 2):
        assert mine.answered["POST", 200] == 6
        assert len(list(tmp_path.iterdir())) == 2


def test_a_sheet_of_a_version_that_counted_otherwise_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "sheet-00").write_bytes(b"\1" * 80)
    tally = Tally(tmp_path)
    tally.add(method="GET", status=200, took_ms=1)
    assert tally.answered == {("GET", 200): 1}


def test_only_its_own_account_reads_the_sheets(tmp_path: Path) -> None:
    Tally(tmp_path / "tallies").add(method="GET", status=200, took_ms=1)
    assert (tmp_path / "tallies").stat().st_mode & 0o077 == 0
    assert (tmp_path / "tallies" / "sheet-00").stat().st_mode & 0o077 == 0


def test_a_part_that_is_not_up_reads_as_nought() -> None:
    lines = list(part_lines({"web": "up", "worker": "down"}))
    assert lines[1:] == [
        'apothecary_part_up{part="web"} 1',
        'apothecary_part_up{part="worker"} 0',
    ]
    assert list(part_lines({})) == []


@pytest.mark.django_db
def test_the_page_reads_as_prometheus_text() -> None:
    answer = metrics.metrics(RequestFactory().get("/metrics"))
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    found = values(answer.content.decode())
    assert found["apothecary_database_up"] == "1"
    assert int(found["apothecary_database_bytes"]) > 1_000_000
    assert int(found["apothecary_database_connections"]) >= 1
    if Path("/proc/self/statm").exists():
        assert int(found["process_resident_memory_bytes"]) > 10_000_000


@pytest.mark.django_db(transaction=True)
def test_the_page_answers_while_the_database_is_down() -> None:
    host = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nowhere"
    try:
        found = values(metrics.metrics(RequestFactory().get("/metrics")).content.decode())
    finally:
        connection.close()
        connection.settings_dict["HOST"] = host
    assert found["apothecary_database_up"] == "0"
    assert "apothecary_database_bytes" not in found
