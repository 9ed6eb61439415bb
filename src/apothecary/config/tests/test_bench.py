import json
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from apothecary.config.bench import benchmarks, flat, run_benchmarks, table

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with two benchmarks that work and one that fails."""
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "codec.py").write_text('print(\'{"d0": {"ours": 12000, "floor": 30000}}\')')
    (folder / "ledger.py").write_text("print('{\"dispenses_per_s\": 1884}')")
    return tmp_path


def test_all_benchmarks_run_and_each_result_is_kept(root: Path) -> None:
    found = run_benchmarks(root, [], at=AT)
    assert list(found) == ["codec", "ledger"]
    kept = json.loads((root / "benchmarks" / "results" / "codec.json").read_text())
    assert kept["at"] == "2026-11-20T03:00:00+00:00"
    assert kept["figures"] == {"d0": {"ours": 12000, "floor": 30000}}
    assert kept["cores"] >= 1


def test_only_the_one_that_was_named_runs(root: Path) -> None:
    assert run_benchmarks(root, ["ledger"], at=AT) == {"ledger": {"dispenses_per_s": 1884}}
    assert not (root / "benchmarks" / "results" / "codec.json").exists()


def test_a_quick_run_asks_the_benchmark_for_less_and_says_so(root: Path) -> None:
    told = "import json, sys; print(json.dumps({'asked': sys.argv[1:]}))"
    (root / "benchmarks" / "codec.py").write_text(told)
    assert run_benchmarks(root, ["codec"], at=AT, quick=True) == {
        "codec": {"asked": ["--quick"]}
    }
    kept = json.loads((root / "benchmarks" / "results" / "codec.json").read_text())
    assert kept["quick"] is True
    assert run_benchmarks(root, ["codec"], at=AT) == {"codec": {"asked": []}}


def test_an_unknown_name_is_refused_with_the_known_ones(root: Path) -> None:
    with pytest.raises(
        click.UsageError, match=r"no benchmark weather; there are: codec, ledger"
    ):
        benchmarks(root, ["codec", "weather"])


def test_without_the_source_it_says_where_benchmarks_come_from(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="come with the source"):
        benchmarks(tmp_path, [])


@pytest.mark.parametrize(
    "program", ["raise SystemExit(3)", "print('fast')", "print('[1, 2]')", ""]
)
def test_a_benchmark_without_figures_fails_and_keeps_nothing(root: Path, program: str) -> None:
    (root / "benchmarks" / "ledger.py").write_text(program)
    with pytest.raises(click.ClickException, match="ledger ended with"):
        run_benchmarks(root, ["ledger"], at=AT)
    assert not (root / "benchmarks" / "results").exists()


def test_figures_stand_below_each_other_with_their_full_names() -> None:
    found: dict[str, object] = {"codec": {"d0": {"ours": 12000}}, "ledger": {"note": "flat"}}
    assert list(flat(found)) == [("codec · d0 · ours", 12000), ("ledger · note", "flat")]
    assert table(found).splitlines() == [
        "codec · d0 · ours  12,000",
        "ledger · note        flat",
    ]
