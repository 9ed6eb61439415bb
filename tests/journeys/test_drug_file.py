"""The official directory is loaded under an open pharmacy: nobody at the counter notices.

A house of its own, because the cut of the directory has far fewer drugs than the starter file,
and what left the file is no longer offered for new prescriptions.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from journeys.books import Books
from journeys.house import House, running_house
from journeys.outside import Doctors
from journeys.people import Somebody
from journeys.walk import Team

SOURCE = Path(__file__).parents[2] / "src" / "apothecary" / "drugs" / "tests" / "cuts"
STAYS, LEAVES = "0003-0894-21", "carvedilol 6.25"


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """A running house for this story alone."""
    with running_house() as running:
        yield running


@pytest.fixture(scope="module")
def tess(house: House) -> Somebody:
    return Somebody(house, "tech")


@pytest.fixture(scope="module")
def team(house: House, tess: Somebody) -> Team:
    return Team(Doctors(house), tess, Somebody(house, "rph"))


@pytest.fixture(scope="module")
def books(house: House) -> Books:
    return Books(house.data)


def load(house: House, source: str, *words: str) -> dict[str, Any]:
    """`apothecary load` and what it says."""
    done = house.command("load", source, *words, "--json")
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_a_release_is_loaded_while_a_prescription_is_on_its_way(
    house: House, team: Team, tess: Somebody, books: Books
) -> None:
    _, fill = team.has(LEAVES, "Tyrone Campbell", until="check")
    shelf = tess.on_shelf(fill.ndc), tess.on_shelf(STAYS)

    # First only looked at: the drug on its way would leave the file, and is named.
    directory = str(SOURCE / "fda")
    dry = load(house, "fda-ndc", directory, "--dry-run")
    assert dry["batch"] is None
    named = {change["about"]: change for change in dry["changes"] if change["held"]}
    assert "on hand at" in named[fill.ndc]["held"]
    assert "being filled" in named[fill.ndc]["held"]
    assert named[fill.ndc]["kind"] == "gone"
    assert STAYS not in named

    done = load(house, "fda-ndc", directory, "--released", "2019-05-01")
    assert done["rows"] == dry["rows"]
    assert (done["rows"]["product"]["read"], done["rows"]["package"]["read"]) == (56, 101)
    assert done["released_on"] == "2019-05-01"

    # Stock stands where it stood, and the prescription goes its way to the sale.
    assert (tess.on_shelf(fill.ndc), tess.on_shelf(STAYS)) == shelf
    team.rita.approves(fill)
    tess.bins(fill)
    tess.sells(fill)
    assert tess.sees(fill).state == "sold"
    assert [move[2] for move in books.moves(fill)] == [fill.quantity, fill.quantity]
    assert house.faults() == []


def test_the_same_release_again_changes_nothing_and_a_broken_one_is_refused(
    house: House, tess: Somebody, tmp_path: Path
) -> None:
    first = load(house, "fda-ndc", str(SOURCE / "fda"), "--released", "2019-05-01")
    again = load(house, "fda-ndc", str(SOURCE / "fda"), "--released", "2019-05-01")
    rows = again["rows"]["all"]
    assert (rows["new"], rows["changed"], rows["gone"]) == (0, 0, 0)
    assert again["batch"] == first["batch"]

    for name in ("product.txt", "package.txt"):
        (tmp_path / name).write_bytes((SOURCE / "fda" / name).read_bytes() + b"cut of")
    refused = house.command("load", "fda-ndc", str(tmp_path))
    assert refused.returncode == 2
    assert "product.txt line 58, line: has 1 cells, the header has 20" in refused.stderr
    assert "nothing was changed" in refused.stderr
    assert load(house, "fda-ndc", str(SOURCE / "fda"))["rows"]["all"]["same"] == 157


def test_rxnorm_comes_over_it_and_stock_is_untouched(house: House, tess: Somebody) -> None:
    before = tess.on_shelf(STAYS)
    done = load(house, "rxnorm", str(SOURCE / "rxnorm"), "--released", "2025-10-06")
    assert done["rows"]["rxlink"]["new"] == 51
    assert tess.on_shelf(STAYS) == before
    assert house.faults() == []
