"""The tables of the tests are those of the migrations as they are now."""

from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apothecary.config.tests.pattern import sum_of_tables


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A checkout with one migration and one piece of SQL."""
    files = {
        "src/house/room/migrations/0001_first.py": "one",
        "src/house/room/sql/ledger.sql": "create function",
        "src/house/config/settings.py": "ROOMS",
        "requirements/run.txt": "django",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "src" / "house"


@pytest.mark.django_db
def test_every_migration_of_the_code_is_in_the_tables_and_no_other() -> None:
    loader = MigrationExecutor(connection).loader
    replaced = {old for one in loader.disk_migrations.values() for old in one.replaces}
    assert set(loader.applied_migrations) == set(loader.graph.nodes) | replaced
    assert len(loader.graph.nodes) > 50


@pytest.mark.parametrize(
    "changed",
    [
        "room/migrations/0001_first.py",
        "room/migrations/0002_second.py",
        "other/migrations/0001_first.py",
        "room/sql/ledger.sql",
        "config/settings.py",
        "../../requirements/run.txt",
    ],
)
def test_what_makes_other_tables_has_another_pattern(package: Path, changed: str) -> None:
    before = sum_of_tables(package)
    path = package / changed
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("two")
    assert sum_of_tables(package) != before


def test_what_makes_no_tables_keeps_its_pattern(package: Path) -> None:
    before = sum_of_tables(package)
    (package / "room" / "actions.py").write_text("def sell(): ...")
    assert sum_of_tables(package) == before


def test_another_server_has_another_pattern(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = set()
    for which in ("system", "wheel"):
        monkeypatch.setenv("APOTHECARY_POSTGRES", which)
        found.add(sum_of_tables(package))
    assert len(found) == 2
