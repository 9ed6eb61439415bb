"""Headers spelt in many ways, titles above them, cells in quotes: read, or refused by line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.official.delimited import MOST_TITLES, quoted_lines
from apothecary.drugs.official.files import Piece
from apothecary.drugs.official.heads import letters
from apothecary.drugs.shipped import BadRow

COLUMNS = {"code": ("ndc",), "price": ("nadacperunit", "price")}
OPTIONAL = {"note": ("note",)}


def rows(folder: Path, text: str) -> list[tuple[int, dict[str, str]]]:
    path = folder / "file.csv"
    path.write_bytes(text.encode())
    lines = quoted_lines(Piece(path), encoding="utf-8", columns=COLUMNS, optional=OPTIONAL)
    return [(line.number, dict(line.cells)) for line in lines]


@pytest.mark.parametrize(
    "header",
    [
        "NDC,NADAC Per Unit",
        "ndc,nadac_per_unit",
        "\ufeffNDC,NADAC_Per_Unit",
        '"NDC","Nadac Per  Unit"',
        "NDC\tPrice",
        "price,ndc",
    ],
)
def test_a_column_is_known_by_the_letters_of_its_name_alone(tmp_path, header):
    comma = "\t" if "\t" in header else ","
    cells = ["1", "2"] if not header.startswith("price") else ["2", "1"]
    found = rows(tmp_path, f"{header}\n{comma.join(cells)}\n")
    assert found == [(2, {"code": "1", "price": "2", "note": ""})]


def test_titles_above_the_header_are_passed_over_and_lines_count_from_the_first(tmp_path):
    titles = "".join(f"title {number}\n" for number in range(MOST_TITLES - 1))
    assert rows(tmp_path, f"{titles}ndc,price\n1,2\n")[0][0] == MOST_TITLES + 1


def test_a_header_further_down_than_any_title_goes_is_not_looked_for(tmp_path):
    titles = "".join(f"title {number}\n" for number in range(MOST_TITLES))
    with pytest.raises(BadRow, match="line 1, code: none of the first"):
        rows(tmp_path, f"{titles}ndc,price\n1,2\n")


def test_a_missing_column_is_named_even_where_the_others_are_there(tmp_path):
    with pytest.raises(BadRow) as refused:
        rows(tmp_path, "ndc,cost\n1,2\n")
    assert (refused.value.line, refused.value.field) == (1, "price")


def test_a_column_that_is_there_twice_refuses_the_file(tmp_path):
    with pytest.raises(BadRow, match="line 1, price: the header has this column twice"):
        rows(tmp_path, "ndc,price,NADAC per unit\n1,2,3\n")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("ndc,price\n1,2\n3\n", 3),
        ("ndc,price\n1,2,3\n", 2),
        ('ndc,price\n1,"2\n', 2),
        ('ndc,price\n1,"2"x\n', 2),
    ],
)
def test_a_line_of_another_shape_refuses_the_file_by_its_number(tmp_path, text, line):
    with pytest.raises(BadRow) as refused:
        rows(tmp_path, text)
    assert (refused.value.file, refused.value.line) == ("file.csv", line)


@pytest.mark.parametrize(
    "text", ["ndc,price,\n1,2,\n", "ndc,price\n1,2,\n", "ndc,price\n1,2,,\n"]
)
def test_an_empty_cell_after_the_last_is_no_cell(tmp_path, text):
    assert rows(tmp_path, text) == [(2, {"code": "1", "price": "2", "note": ""})]


def test_a_comma_in_quotes_parts_nothing_and_outer_blanks_go(tmp_path):
    found = rows(tmp_path, 'ndc,price,note\n 1 ,2,"4, 5"\n\n3,4,\n')
    assert found == [
        (2, {"code": "1", "price": "2", "note": "4, 5"}),
        (4, {"code": "3", "price": "4", "note": ""}),
    ]


@given(st.text())
def test_letters_are_small_and_ascii_and_stay_what_they_are(name):
    found = letters(name)
    assert letters(found) == found
    assert found == "" or (found.isascii() and found.isalpha() and found.islower())
