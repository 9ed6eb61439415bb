import json
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpResponse
from django.test import RequestFactory

from apothecary.config import health


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    health._remember_migrated.cache_clear()
    monkeypatch.delenv("APOTHECARY_PARTS", raising=False)


def ask() -> tuple[int, dict[str, object]]:
    answer: HttpResponse = health.ready(RequestFactory().get("/health/ready"))
    assert answer["Cache-Control"] == "no-store"
    return answer.status_code, json.loads(answer.content)


def tell_parts(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str | None) -> None:
    path = folder / "parts.json"
    if text is not None:
        path.write_text(text)
    monkeypatch.setenv("APOTHECARY_PARTS", str(path))


def test_a_living_process_says_so_without_the_database() -> None:
    assert health.live(RequestFactory().get("/health/live")).status_code == 200


@pytest.mark.django_db
def test_with_current_tables_and_no_supervisor_it_is_ready() -> None:
    assert ask() == (200, {"ready": True, "missing": [], "parts": {"database": "up"}})


@pytest.mark.django_db
def test_tables_older_than_the_code_are_not_ready_until_they_are_brought_up() -> None:
    # Not one that stands for others before it: with those it counts as done.
    applied = MigrationRecorder.Migration.objects.filter(app="procrastinate")
    newest = applied.order_by("-id")[0]
    name = newest.name
    newest.delete()
    assert ask()[1]["missing"] == ["database"]
    MigrationRecorder(connection).record_applied("procrastinate", name)
    assert ask()[0] == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "status", "missing"),
    [
        ('{"supervisor": 1, "parts": {"web": "up", "worker": "up"}}', 200, []),
        ('{"supervisor": 1, "parts": {"web": "up", "worker": "down"}}', 503, ["worker"]),
        (
            '{"supervisor": 1, "parts": {"live": "down", "payer": "down"}}',
            503,
            ["live", "payer"],
        ),
        ("", 503, ["supervisor"]),
        (None, 503, ["supervisor"]),
    ],
)
def test_every_part_must_be_up(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    told: str | None,
    status: int,
    missing: list[str],
) -> None:
    tell_parts(tmp_path, monkeypatch, told)
    answered, says = ask()
    assert answered == status
    assert says["missing"] == missing


@pytest.mark.django_db(transaction=True)
def test_without_the_database_it_is_not_ready_and_comes_back_with_it() -> None:
    host = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nowhere"
    try:
        status, says = ask()
        assert (status, says["missing"]) == (503, ["database"])
        assert says["parts"] == {"database": "down"}
    finally:
        connection.close()
        connection.settings_dict["HOST"] = host
    assert ask()[0] == 200
