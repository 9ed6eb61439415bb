"""What stands in the library's files beside what we read: each kind of row that misleads."""

from pathlib import Path

import pytest

from apothecary.drugs.official.files import Piece
from apothecary.drugs.official.rxnorm import read_links, read_names, read_parts
from apothecary.drugs.shipped import BadRow

KINDS = {"1": "IN", "2": "SCDC", "3": "SCD", "4": "SBD", "5": "GPCK", "6": "BPCK"}
Rows = list[str]


def conso(
    rxcui: str = "3",
    tty: str = "SCD",
    name: str = "warfarin sodium 5 MG Oral Tablet",
    *,
    sab: str = "RXNORM",
    suppress: str = "N",
    language: str = "ENG",
    code: str = "3",
) -> str:
    return f"{rxcui}|{language}||||||8||{rxcui}||{sab}|{tty}|{code}|{name}||{suppress}|4096|"


def rel(first: str, second: str, rela: str, *, sab: str = "RXNORM", suppress: str = "") -> str:
    return f"{first}||CUI|RO|{second}||CUI|{rela}|7||{sab}|{sab}|||{suppress}||"


def sat(
    code: str, rxcui: str = "3", *, atn: str = "NDC", sab: str = "RXNORM", suppress: str = "N"
) -> str:
    return f"{rxcui}|||9|AUI|{rxcui}|||{atn}|{sab}|{code}|{suppress}|4096|"


def piece(folder: Path, name: str, rows: Rows, end: str = "\n") -> Piece:
    path = folder / name
    path.write_bytes("".join(row + end for row in rows).encode())
    return Piece(path)


def names(folder: Path, *rows: str) -> list[tuple[str, str, str]]:
    found = read_names(piece(folder, "RXNCONSO.RRF", list(rows)))
    return [(row.rxcui, row.tty, row.name) for row in found]


def links(folder: Path, *rows: str) -> list[tuple[str, str]]:
    found = read_links(piece(folder, "RXNSAT.RRF", list(rows)), KINDS)
    return [(row.ndc11, row.rxcui) for row in found]


def steps(folder: Path, *rows: str) -> list[tuple[str, str, str]]:
    found = read_parts(piece(folder, "RXNREL.RRF", list(rows)), KINDS)
    return [(row.parent, row.child, row.rel) for row in found]


@pytest.mark.parametrize("suppress", ["O", "Y", "E"])
def test_a_suppressed_row_is_not_read_from_any_of_the_three_files(tmp_path, suppress):
    assert names(tmp_path, conso(suppress=suppress)) == []
    assert links(tmp_path, sat("31722033201", suppress=suppress)) == []
    assert steps(tmp_path, rel("3", "4", "tradename_of", suppress=suppress)) == []


@pytest.mark.parametrize("sab", ["MTHSPL", "VANDF", "GS", "MMSL", "SNOMEDCT_US", "USP"])
def test_the_rows_of_another_vocabulary_carry_other_terms_and_are_not_read(tmp_path, sab):
    assert names(tmp_path, conso(sab=sab)) == []
    assert links(tmp_path, sat("31722033201", sab=sab)) == []
    assert steps(tmp_path, rel("3", "4", "tradename_of", sab=sab)) == []


@pytest.mark.parametrize(
    "tty", ["DF", "DFG", "SY", "PSN", "TMSY", "ET", "SCDF", "SCDG", "SBDG"]
)
def test_a_dose_form_a_synonym_or_a_group_is_no_drug(tmp_path, tty):
    assert names(tmp_path, conso(tty=tty), conso()) == [
        ("3", "SCD", "warfarin sodium 5 MG Oral Tablet")
    ]


def test_a_name_in_another_language_is_not_read(tmp_path):
    assert names(tmp_path, conso(language="SPA")) == []


@pytest.mark.parametrize(
    "name", ['10 ML "Ready to use" Syringe', "O'Neil's 5%", "Ménière, 1 MG", "a, b; c", "#"]
)
def test_quotes_commas_and_accents_are_letters_of_a_name(tmp_path, name):
    assert names(tmp_path, conso(name=name)) == [("3", "SCD", name)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_may_end_in_either_way(tmp_path, end):
    found = read_names(piece(tmp_path, "RXNCONSO.RRF", [conso(), conso("4", "SBD")], end))
    assert [(row.line, row.rxcui) for row in found] == [(1, "3"), (2, "4")]


@pytest.mark.parametrize("row", [conso()[:-1], conso() + "x", conso() + "|", ""])
def test_a_line_without_its_last_pipe_or_with_more_behind_it_refuses_the_file(tmp_path, row):
    with pytest.raises(BadRow) as bad:
        names(tmp_path, conso(), row)
    assert (bad.value.file, bad.value.line, bad.value.field) == ("RXNCONSO.RRF", 2, "line")


@pytest.mark.parametrize(
    ("first", "second", "rela", "step"),
    [
        ("1", "2", "ingredient_of", []),
        ("2", "1", "has_ingredient", []),
        ("1", "2", "has_ingredient", [("1", "2", "IN-SCDC")]),
        ("2", "3", "consists_of", [("2", "3", "SCDC-SCD")]),
        ("3", "4", "tradename_of", [("3", "4", "SCD-SBD")]),
        ("4", "3", "tradename_of", []),
        ("4", "3", "has_tradename", []),
        ("3", "5", "contains", [("3", "5", "SCD-GPCK")]),
        ("5", "6", "tradename_of", [("5", "6", "GPCK-BPCK")]),
        ("3", "9", "tradename_of", []),
    ],
)
def test_the_second_concept_of_a_line_is_that_of_the_first(tmp_path, first, second, rela, step):
    assert steps(tmp_path, rel(first, second, rela)) == step


def test_a_line_of_attributes_is_a_code_only_where_it_says_so(tmp_path):
    rows = [sat("31722033201"), sat("RXN_HUMAN_DRUG", atn="RXN_HUMAN_DRUG"), sat("1", atn="X")]
    assert links(tmp_path, *rows) == [("31722033201", "3")]


@pytest.mark.parametrize("rxcui", ["1", "2", "9"])
def test_the_code_of_an_ingredient_or_of_a_strength_alone_names_no_drug(tmp_path, rxcui):
    assert links(tmp_path, sat("31722033201", rxcui)) == []


@pytest.mark.parametrize("code", ["31722-332-01", "3172203320", "317220332011", "3172203320X"])
def test_a_code_of_the_library_itself_has_eleven_digits_or_refuses_the_file(tmp_path, code):
    with pytest.raises(BadRow, match="ATV"):
        links(tmp_path, sat(code))


def test_a_flattened_link_to_a_strength_alone_refuses_the_file(tmp_path):
    path = tmp_path / "ndc.csv"
    path.write_text("ndc11,rxcui,tty\n31722033201,2,SCDC\n")
    with pytest.raises(BadRow, match="'SCDC' is none of") as bad:
        list(read_links(Piece(path), {}))
    assert (bad.value.line, bad.value.field) == (2, "tty")


@pytest.mark.parametrize(
    ("suppress", "sab", "code", "unii"),
    [
        ("N", "MTHSPL", "5Q7ZVV76EI", "5Q7ZVV76EI"),
        ("O", "MTHSPL", "5Q7ZVV76EI", ""),
        ("N", "VANDF", "5Q7ZVV76EI", ""),
        ("N", "MTHSPL", "11289", ""),
    ],
)
def test_a_unii_is_what_the_labels_in_force_say(tmp_path, suppress, sab, code, unii):
    rows = [
        conso("1", "IN", "warfarin"),
        conso("1", "SU", "WARFARIN", sab=sab, suppress=suppress, code=code),
    ]
    (row,) = read_names(piece(tmp_path, "RXNCONSO.RRF", rows))
    assert (row.name, row.unii) == ("warfarin", unii)
