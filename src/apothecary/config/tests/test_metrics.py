from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from apothecary.config import metrics
from apothecary.config.metrics import Counted, Tally, part_lines


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
    for bound in metrics.BOUNDS_MS:
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
