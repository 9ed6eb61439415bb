"""RxNorm: names, what is part of what, and the drug each code is.

Two layouts. The library's own: RXNCONSO, RXNREL, RXNSAT (pipe-separated with a trailing pipe,
no header, UTF-8, no quoting), of which only SAB=RXNORM and SUPPRESS=N is read. And the same
facts flattened into three comma-separated tables: concepts, edges, ndc.
Address: download.nlm.nih.gov/rxnorm/RxNorm_full_prescribe_current.zip, which asks for no login.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from apothecary.drugs.official.files import Piece, Tell, silent, text_lines
from apothecary.drugs.shipped import BadRow, Line

KINDS = frozenset({"IN", "PIN", "MIN", "SCDC", "SCD", "SBD", "BN", "GPCK", "BPCK"})
LINKED = frozenset({"SCD", "SBD", "GPCK", "BPCK"})
CONSO = (
    *("RXCUI", "LAT", "TS", "LUI", "STT", "SUI", "ISPREF", "RXAUI", "SAUI", "SCUI", "SDUI"),
    *("SAB", "TTY", "CODE", "STR", "SRL", "SUPPRESS", "CVF"),
)
REL = (
    *("RXCUI1", "RXAUI1", "STYPE1", "REL", "RXCUI2", "RXAUI2", "STYPE2", "RELA", "RUI"),
    *("SRUI", "SAB", "SL", "DIR", "RG", "SUPPRESS", "CVF"),
)
SAT = (
    *("RXCUI", "LUI", "SUI", "RXAUI", "STYPE", "CODE", "ATUI", "SATUI", "ATN", "SAB", "ATV"),
    *("SUPPRESS", "CVF"),
)
OWN, LABELS, ENGLISH = "RXNORM", "MTHSPL", "ENG"
# "The second concept is RELA of the first": its kinds, and which of the two stands above.
STEPS: Mapping[tuple[str, str, str], str] = {
    ("has_ingredient", "IN", "SCDC"): "IN-SCDC",
    ("consists_of", "SCDC", "SCD"): "SCDC-SCD",
    ("tradename_of", "SCD", "SBD"): "SCD-SBD",
    ("contains", "SCD", "GPCK"): "SCD-GPCK",
    ("contains", "SCD", "BPCK"): "SCD-BPCK",
    ("contains", "SBD", "BPCK"): "SBD-BPCK",
    ("tradename_of", "GPCK", "BPCK"): "GPCK-BPCK",
    ("form_of", "IN", "PIN"): "IN-PIN",
    ("has_part", "IN", "MIN"): "IN-MIN",
}
STEP = re.compile(r"[A-Z]{2,5}-[A-Z]{2,5}")
CUI = re.compile(r"[0-9]{1,8}")
UNII = re.compile(r"[0-9A-Z]{10}")
NDC11 = re.compile(r"[0-9]{11}")


@dataclass(frozen=True, slots=True)
class NameRow:
    """A concept: its RxCUI, its kind (``IN``, ``SCD``), its name, its UNII where known."""

    line: int
    rxcui: str
    tty: str
    name: str
    unii: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """One step down: ``parent`` is part of ``child``, as an ingredient is of its drug."""

    line: int
    child: str
    parent: str
    rel: str


@dataclass(frozen=True, slots=True)
class LinkRow:
    """The drug that a code of eleven digits is."""

    line: int
    ndc11: str
    rxcui: str
    tty: str


def is_flat(piece: Piece) -> bool:
    """Whether a file is of the flattened layout."""
    return piece.name.lower().removesuffix(".gz").endswith(".csv")


def read_names(piece: Piece, *, tell: Tell = silent) -> Iterator[NameRow]:
    """The names of the kinds the drug file uses, one a concept. Raises BadRow."""
    if is_flat(piece):
        yield from _flat_names(piece, tell)
        return
    uniis = _uniis(piece)
    for line in _rrf(piece, CONSO, tell):
        cells = line.cells
        ours = cells["SAB"] == OWN and cells["SUPPRESS"] == "N" and cells["LAT"] == ENGLISH
        if ours and cells["TTY"] in KINDS:
            rxcui = _cui(line, "RXCUI")
            unii = uniis.get(rxcui, "")
            yield NameRow(line.number, rxcui, cells["TTY"], line.text("STR"), unii)


def read_parts(
    piece: Piece, kinds: Mapping[str, str], *, tell: Tell = silent
) -> Iterator[PartRow]:
    """The steps between concepts of these kinds (kind by RxCUI). Raises BadRow."""
    if is_flat(piece):
        yield from _flat_parts(piece, tell)
        return
    for line in _rrf(piece, REL, tell):
        cells = line.cells
        if cells["SAB"] != OWN or cells["SUPPRESS"] not in {"", "N"}:
            continue
        first, second = cells["RXCUI1"], cells["RXCUI2"]
        step = (cells["RELA"], kinds.get(first, ""), kinds.get(second, ""))
        if step in STEPS:
            yield PartRow(line.number, second, first, STEPS[step])


def read_links(
    piece: Piece, kinds: Mapping[str, str], *, tell: Tell = silent
) -> Iterator[LinkRow]:
    """The codes of drugs of these kinds (kind by RxCUI). Raises BadRow."""
    if is_flat(piece):
        yield from _flat_links(piece, tell)
        return
    for line in _rrf(piece, SAT, tell):
        cells = line.cells
        ours = cells["ATN"] == "NDC" and cells["SAB"] == OWN and cells["SUPPRESS"] == "N"
        tty = kinds.get(cells["RXCUI"], "")
        if ours and tty in LINKED:
            yield LinkRow(line.number, _like(line, "ATV", NDC11), _cui(line, "RXCUI"), tty)


def _uniis(piece: Piece) -> dict[str, str]:
    """The UNII that structured product labels give a concept, by RxCUI."""
    found: dict[str, str] = {}
    for line in _rrf(piece, CONSO, silent):
        cells = line.cells
        ours = cells["SAB"] == LABELS and cells["TTY"] == "SU" and cells["SUPPRESS"] == "N"
        if ours and UNII.fullmatch(cells["CODE"]):
            found.setdefault(cells["RXCUI"], cells["CODE"])
    return found


def _rrf(piece: Piece, columns: tuple[str, ...], tell: Tell) -> Iterator[Line]:
    for number, text in enumerate(text_lines(piece, encoding="utf-8", tell=tell), 1):
        cells = text.split("|")
        if len(cells) != len(columns) + 1 or cells[-1]:
            says = f"has {len(cells) - 1} cells before its last pipe, not {len(columns)}"
            raise BadRow(piece.name, number, "line", says)
        yield Line(piece.name, number, dict(zip(columns, cells, strict=False)))


def _flat(piece: Piece, columns: tuple[str, ...], tell: Tell) -> Iterator[Line]:
    rows = csv.reader(text_lines(piece, encoding="utf-8", tell=tell), strict=True)
    header = next(rows, [])
    missing = [name for name in columns if name not in header]
    if missing:
        raise BadRow(piece.name, 1, missing[0], "the header has no such column")
    try:
        for number, cells in enumerate(rows, 2):
            if len(cells) != len(header):
                says = f"has {len(cells)} cells, the header has {len(header)}"
                raise BadRow(piece.name, number, "line", says)
            yield Line(piece.name, number, dict(zip(header, cells, strict=True)))
    except csv.Error as why:
        raise BadRow(piece.name, rows.line_num, "line", str(why)) from None


def _flat_names(piece: Piece, tell: Tell) -> Iterator[NameRow]:
    for line in _flat(piece, ("rxcui", "tty", "name", "unii"), tell):
        kind = line.one_of("tty", KINDS)
        unii = _like(line, "unii", UNII) if line.maybe("unii") else ""
        yield NameRow(line.number, _cui(line, "rxcui"), kind, line.text("name"), unii)


def _flat_parts(piece: Piece, tell: Tell) -> Iterator[PartRow]:
    for line in _flat(piece, ("parent_rxcui", "child_rxcui", "rel"), tell):
        rel = _like(line, "rel", STEP)
        yield PartRow(line.number, _cui(line, "child_rxcui"), _cui(line, "parent_rxcui"), rel)


def _flat_links(piece: Piece, tell: Tell) -> Iterator[LinkRow]:
    for line in _flat(piece, ("ndc11", "rxcui", "tty"), tell):
        ndc11, tty = _like(line, "ndc11", NDC11), line.one_of("tty", LINKED)
        yield LinkRow(line.number, ndc11, _cui(line, "rxcui"), tty)


def _cui(line: Line, field: str) -> str:
    return _like(line, field, CUI)


def _like(line: Line, field: str, shape: "re.Pattern[str]") -> str:
    found = line.cells[field]
    if not shape.fullmatch(found):
        raise line.bad(field, f"{found!r} is not of the form {shape.pattern}")
    return found
