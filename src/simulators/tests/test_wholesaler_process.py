"""The process: its options, its folders, its books over a restart, and its end."""

import json
import subprocess
import sys
from pathlib import Path
from urllib.error import URLError

import pytest

from simulators.tests.counter import SOURCE
from simulators.tests.wholesale import GOOD, SHORT, Counter, Split, Want
from simulators.tests.wholesale_line import RunningWholesalers, wait_for
from simulators.wholesaler.desk import AGAIN, REFUSED, TAKEN
from simulators.wholesaler.drop import Drop


def kind_of(path: Path) -> str:
    """The kind of paper a file's name tells."""
    return path.stem.split("-")[2]


def _refused(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "simulators.wholesaler", *arguments],
        cwd=SOURCE,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 2
    return done.stderr


def test_bad_options_are_told_in_one_line(tmp_path: Path) -> None:
    assert "kind: 'sulk'" in _refused("--port", "0", "--fault", "sulk")
    assert "house: 'x'" in _refused("--port", "0", "--fault", "damaged:house=x")
    assert "--today" in _refused("--today", "tomorrow")
    assert "wholesaler:" in _refused("--port", "99999")
    assert "wholesaler:" in _refused("--port", "0", "--state", str(tmp_path))


def test_the_books_outlive_a_restart(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "books.sqlite"))
    first = RunningWholesalers(*state)
    raw = first.at.hand.written("caprock", first.at.hand.body("caprock", [Want(GOOD, 2)]))
    assert first.at.ask("POST", "/caprock/x12", raw)[0] == 202
    assert first.stop() == 0
    again = RunningWholesalers(*state)
    try:
        assert again.at.ask("POST", "/caprock/x12", raw)[0] == 200
        assert again.at.office("POST", "/ship", {})[1] == {"bottles": 2}
        kinds = [one["kind"] for one in again.at.mailbox()]
        # The price lists of the first start wait still and are not sent again.
        assert kinds == ["832", "832", "997", "855", "856", "epcis", "810"]
        assert Split(again.at.fetch("caprock", "856")).one("ISA")[13] == "000000005"
    finally:
        again.stop()


def test_it_ships_and_credits_by_itself_when_told_to_at_the_start() -> None:
    running = RunningWholesalers("--no-catalogues", "--ship-after", "0", "--credit-after", "0",
                                 "--fault", "twice:paper=856,house=caprock")  # fmt: skip
    try:
        running.at.order(Want(GOOD))
        assert wait_for(lambda: len(running.at.mailbox()) == 6)
        kinds = [one["kind"] for one in running.at.mailbox()]
        assert kinds.count("856") == 2
        row = {"ndc": GOOD, "lot": "L", "expires_on": "2026-02-01", "quantity": "9"}
        body = {"dea": "FP9000011", "reference": "M", "lines": [row]}
        running.at.ask("POST", "/mesquite/manifests", json.dumps(body).encode())
        assert wait_for(
            lambda: [one["kind"] for one in running.at.mailbox("mesquite")] == ["credit"]
        )
    finally:
        assert running.stop() == 0


def test_goods_are_on_the_road_as_long_as_told() -> None:
    running = RunningWholesalers("--no-catalogues", "--arrive-after", "3600")
    try:
        running.at.order(Want(GOOD))
        running.at.office("POST", "/ship", {})
        states = [one["state"] for one in running.at.office("GET", "/totes")[1]["totes"]]
        assert states == ["on the way"]
        running.at.office("POST", "/clock", {"seconds": 3600})
        states = [one["state"] for one in running.at.office("GET", "/totes")[1]["totes"]]
        assert states == ["arrived"]
    finally:
        running.stop()


def test_over_tls_its_own_certificate_is_what_to_trust(tmp_path: Path) -> None:
    tls = ("--no-catalogues", "--tls", str(tmp_path))
    line = RunningWholesalers(*tls)
    try:
        assert line.at.base.startswith("https://")
        with pytest.raises(URLError, match="CERTIFICATE_VERIFY_FAILED"):
            line.at.mailbox()
    finally:
        line.stop()
    # The second run keeps the certificate of the first.
    again = RunningWholesalers(*tls, trust=tmp_path / "wholesaler.crt")
    try:
        assert again.at.order(Want(GOOD))[0] == 202
        assert (tmp_path / "wholesaler.key").stat().st_mode & 0o077 == 0
    finally:
        again.stop()


def test_the_whole_way_by_folder(tmp_path: Path) -> None:
    running = RunningWholesalers("--drop", str(tmp_path), "--ship-after", "0")
    try:
        top = tmp_path / "blanco"
        assert wait_for(lambda: len(list((top / "out").iterdir())) == 1)
        raw = running.at.hand.written(
            "blanco", running.at.hand.body("blanco", [Want(SHORT, 3)])
        )
        part = top / "in" / ".order.x12"
        part.write_bytes(raw)
        part.rename(top / "in" / "order.x12")
        assert wait_for(lambda: len(list((top / "out").iterdir())) == 6)
        kinds = sorted(kind_of(path) for path in (top / "out").iterdir())
        assert kinds == ["810", "832", "855", "856", "997", "epcis"]
        assert [path.name for path in (top / "taken").iterdir()] == ["order.x12"]
        assert running.at.mailbox("blanco") == []
    finally:
        running.stop()


# The folders


@pytest.fixture
def counter() -> Counter:
    return Counter()


def test_only_the_house_of_the_folder_has_folders(counter: Counter, tmp_path: Path) -> None:
    Drop(counter.yard, tmp_path).work()
    assert [path.name for path in tmp_path.iterdir()] == ["blanco"]
    folders = sorted(path.name for path in (tmp_path / "blanco").iterdir())
    assert folders == ["in", "out", "refused", "taken"]


def test_a_file_that_is_not_finished_is_left_alone(counter: Counter, tmp_path: Path) -> None:
    drop = Drop(counter.yard, tmp_path)
    part = tmp_path / "blanco" / "in" / ".half.x12"
    part.write_bytes(b"ISA")
    (tmp_path / "blanco" / "in" / "folder").mkdir()
    drop.work()
    assert part.exists()
    assert counter.yard.log == []


def test_files_are_taken_in_the_order_of_their_names(counter: Counter, tmp_path: Path) -> None:
    drop = Drop(counter.yard, tmp_path)
    for name in ("b", "a"):
        raw = counter.written("blanco", counter.body("blanco", [Want(GOOD)], po=name))
        (tmp_path / "blanco" / "in" / name).write_bytes(raw)
    drop.work()
    assert [one["by"] for one in counter.yard.log] == ["a", "b"]
    assert [one["state"] for one in counter.yard.log] == [TAKEN, TAKEN]


def test_a_refused_file_is_kept_with_its_reason(counter: Counter, tmp_path: Path) -> None:
    drop = Drop(counter.yard, tmp_path)
    raw = counter.written("blanco", counter.body("blanco", [Want(GOOD)]))[:-20]
    (tmp_path / "blanco" / "in" / "cut.x12").write_bytes(raw)
    drop.work()
    refused = tmp_path / "blanco" / "refused"
    assert (refused / "cut.x12").read_bytes() == raw
    assert "cut off" in (refused / "cut.x12.reason").read_text()
    assert [one["state"] for one in counter.yard.log] == [REFUSED]


def test_a_file_laid_in_again_changes_nothing(counter: Counter, tmp_path: Path) -> None:
    drop = Drop(counter.yard, tmp_path)
    raw = counter.written("blanco", counter.body("blanco", [Want(GOOD)]))
    for name in ("one", "two"):
        (tmp_path / "blanco" / "in" / name).write_bytes(raw)
    drop.work()
    assert [one["state"] for one in counter.yard.log] == [TAKEN, AGAIN]
    assert len(list((tmp_path / "blanco" / "out").iterdir())) == 2


def test_a_late_paper_is_laid_out_when_it_is_due(counter: Counter, tmp_path: Path) -> None:
    drop = Drop(counter.yard, tmp_path)
    counter.fault("late_855", house="blanco")
    counter.order(Want(GOOD), key="blanco")
    drop.work()
    out = tmp_path / "blanco" / "out"
    assert [kind_of(path) for path in out.iterdir()] == ["997"]
    counter.shop.clock.advance(3600)
    drop.work()
    assert sorted(kind_of(path) for path in out.iterdir()) == ["855", "997"]


def test_a_paper_is_laid_out_once_with_its_own_bytes(counter: Counter, tmp_path: Path) -> None:
    drop = Drop(counter.yard, tmp_path)
    counter.order(Want(GOOD), key="blanco")
    waiting = {one.name: one.body for one in counter.yard.post.waiting("blanco")}
    drop.work()
    out = tmp_path / "blanco" / "out"
    assert {path.name: path.read_bytes() for path in out.iterdir()} == waiting
    for path in out.iterdir():
        path.unlink()
    drop.work()
    assert list(out.iterdir()) == []


def test_papers_of_the_others_stay_in_their_mailboxes(counter: Counter, tmp_path: Path) -> None:
    counter.order(Want(GOOD))
    Drop(counter.yard, tmp_path).work()
    assert [one.kind for one in counter.yard.post.waiting("caprock")] == ["997", "855"]
