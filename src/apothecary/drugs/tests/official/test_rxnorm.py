"""RxNorm in both layouts: the library's RRF files, of real rows, and the flattened ones."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from apothecary.drugs.official.files import Piece
from apothecary.drugs.official.rxnorm import read_links, read_names, read_parts
from apothecary.drugs.shipped import BadRow

CUTS = Path(__file__).parents[1] / "cuts"
FLAT, RRF = CUTS / "rxnorm", CUTS / "rrf"


def facts(folder: Path, names: str, parts: str, codes: str):
    """The three files without their line numbers."""
    named = [(r.rxcui, r.tty, r.name, r.unii) for r in read_names(Piece(folder / names))]
    kinds = {rxcui: tty for rxcui, tty, _, _ in named}
    steps = {(r.parent, r.child, r.rel) for r in read_parts(Piece(folder / parts), kinds)}
    links = {(r.ndc11, r.rxcui, r.tty) for r in read_links(Piece(folder / codes), kinds)}
    return sorted(named), steps, links


def test_both_layouts_say_the_same():
    flat = facts(FLAT, "concepts.csv", "edges.csv", "ndc.csv")
    rrf = facts(RRF, "RXNCONSO.RRF", "RXNREL.RRF", "RXNSAT.RRF")
    named, steps, links = flat
    kinds = {rxcui: tty for rxcui, tty, _, _ in named}
    # The flattened file also calls precise and several ingredients IN; they are other steps.
    exact = {step for step in steps if f"{kinds[step[0]]}-{kinds[step[1]]}" == step[2]}
    assert rrf == (named, exact, links)
    assert [len(part) for part in (named, steps, exact, links)] == [142, 143, 87, 51]


def test_other_vocabularies_synonyms_and_suppressed_names_are_left_out():
    text = (RRF / "RXNCONSO.RRF").read_text()
    assert "|MTHSPL|SU|" in text
    assert "|O||" in text
    names = {row.name for row in read_names(Piece(RRF / "RXNCONSO.RRF"))}
    assert not {"a synonym", "a suppressed name"} & names


def test_a_code_of_another_vocabulary_is_no_code_of_rxnorm():
    kinds = {row.rxcui: row.tty for row in read_names(Piece(RRF / "RXNCONSO.RRF"))}
    assert "|VANDF|00000000000|" in (RRF / "RXNSAT.RRF").read_text()
    codes = {row.ndc11 for row in read_links(Piece(RRF / "RXNSAT.RRF"), kinds)}
    assert "00000000000" not in codes


def test_a_step_between_other_kinds_is_not_read():
    assert list(read_parts(Piece(RRF / "RXNREL.RRF"), {})) == []


def broken(tmp_path: Path, source: Path, old: str, new: str) -> Piece:
    path = tmp_path / source.name
    path.write_text(source.read_text().replace(old, new, 1))
    return Piece(path)


def test_a_line_with_too_few_cells_is_refused(tmp_path):
    piece = broken(tmp_path, RRF / "RXNCONSO.RRF", "|ENG|", "|")
    with pytest.raises(BadRow, match="has 17 cells before its last pipe, not 18") as bad:
        list(read_names(piece))
    assert (bad.value.file, bad.value.line) == ("RXNCONSO.RRF", 1)


def test_a_code_that_is_no_eleven_digits_is_refused(tmp_path):
    old = (RRF / "RXNSAT.RRF").read_text().split("|")[10]
    piece = broken(tmp_path, RRF / "RXNSAT.RRF", f"|{old}|", f"|{old[:-1]}|")
    kinds = {row.rxcui: row.tty for row in read_names(Piece(RRF / "RXNCONSO.RRF"))}
    with pytest.raises(BadRow) as bad:
        list(read_links(piece, kinds))
    assert (bad.value.line, bad.value.field) == (1, "ATV")


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "field"),
    [
        ("concepts.csv", "rxcui,", "number,", 1, "rxcui"),
        ("concepts.csv", ",SCDC,", ",XX,", None, "tty"),
        ("edges.csv", "IN-SCDC", "below", None, "rel"),
        ("ndc.csv", ",SCD", ",SCD,more", None, "line"),
        ("ndc.csv", "ndc11", "ndc", 1, "ndc11"),
    ],
)
def test_a_flattened_file_that_cannot_be_read_is_refused(tmp_path, file, old, new, line, field):
    piece = broken(tmp_path, FLAT / file, old, new)
    readers: dict[str, Callable[[Piece], Iterator[object]]] = {
        "concepts.csv": read_names,
        "edges.csv": lambda p: read_parts(p, {}),
        "ndc.csv": lambda p: read_links(p, {}),
    }
    with pytest.raises(BadRow) as bad:
        list(readers[file](piece))
    assert bad.value.field == field
    assert line is None or bad.value.line == line
