"""What is typed is read the way a drug's own words are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.search_words import (
    LONGEST_PIECE,
    MOST_PIECES,
    Kind,
    Piece,
    folded,
    labeler_words,
    marks_of,
    parts,
    pieces_of,
    plain_number,
    same_amounts,
    unit_of,
)

WORD, NUMBER, AMOUNT = Kind.WORD, Kind.NUMBER, Kind.AMOUNT


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("metfor 500 er", [(WORD, "metfor"), (NUMBER, "500"), (WORD, "er")]),
        ("500 metf", [(NUMBER, "500"), (WORD, "metf")]),
        ("lisin 10mg", [(WORD, "lisin"), (AMOUNT, "10mg")]),
        ("lisin 10 mg", [(WORD, "lisin"), (AMOUNT, "10mg")]),
        ("lisin 10m", [(WORD, "lisin"), (AMOUNT, "10m")]),
        ("LISIN,10", [(WORD, "lisin"), (NUMBER, "10")]),
        ("norco 5/325", [(WORD, "norco"), (NUMBER, "5"), (NUMBER, "325")]),
        ("amox-clav 875-125mg", [
            (WORD, "amox"), (WORD, "clav"), (NUMBER, "875"), (AMOUNT, "125mg")]),
        ("hydrocort 1%", [(WORD, "hydrocort"), (AMOUNT, "1%")]),
        ("hydrocort 1 %", [(WORD, "hydrocort"), (AMOUNT, "1%")]),
        ("insulin 100 units", [(WORD, "insulin"), (AMOUNT, "100unit")]),
        ("insulin 100iu", [(WORD, "insulin"), (AMOUNT, "100unit")]),
        ("levo .05", [(WORD, "levo"), (NUMBER, "0.05")]),
        ("levo 0.050", [(WORD, "levo"), (NUMBER, "0.05")]),
        ("metformin 1,000", [(WORD, "metformin"), (NUMBER, "1000")]),
        ("levo 25µg", [(WORD, "levo"), (AMOUNT, "25mcg")]),
        ("children's advil", [(WORD, "childrens"), (WORD, "advil")]),
        ("Núñez", [(WORD, "nunez")]),
        ("vitamin b12", [(WORD, "vitamin"), (WORD, "b"), (NUMBER, "12")]),
        ("lisin lisin", [(WORD, "lisin")]),
        ("mg", []),
        ("", []),
        ("  ", []),
        ("%", []),
        ("---\x00;", []),
        ("٣٤ 10", [(NUMBER, "10")]),
    ],
)  # fmt: skip
def test_typed_fragments_are_read_in_any_order_with_their_amounts(typed, read):
    assert pieces_of(typed) == [Piece(kind, text) for kind, text in read]


def test_an_abbreviation_of_letters_and_digits_is_not_taken_apart():
    assert pieces_of("inj B12 1000", {"b12"}) == [
        Piece(WORD, "inj"), Piece(WORD, "b12"), Piece(NUMBER, "1000"),
    ]  # fmt: skip


def test_no_more_than_eight_pieces_are_read_and_none_that_is_endless():
    assert len(pieces_of(" ".join(chr(97 + at) * 2 for at in range(20)))) == MOST_PIECES
    assert pieces_of("a" * (LONGEST_PIECE + 1)) == []
    assert len(pieces_of("a" * LONGEST_PIECE)) == 1


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("10", "10"), ("10.0", "10"), ("0.50", "0.5"), (".5", "0.5"), ("010", "10"),
        ("0", "0"), ("00.00", "0"), ("100", "100"), ("word", "word"), ("%", "%"),
    ],
)  # fmt: skip
def test_a_number_is_written_one_way(written, read):
    assert plain_number(written) == read


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("12,500 unit", ["12500", "unit"]),
        ("1,25", ["1", "25"]),
        ("TABLET, FILM COATED", ["tablet", "film", "coated"]),
        ("0.75 mg/0.5 mL", ["0.75", "mg", "0.5", "ml"]),
        ("5% (w/v)", ["5", "%", "w", "v"]),
    ],
)
def test_a_text_is_parted_at_everything_but_letters_numbers_and_percent(text, kept):
    assert list(parts(text)) == kept


def test_an_unknown_word_is_no_unit_and_a_known_one_is_written_one_way():
    written = {"gm": "g", "mg": "mg", "iu": "unit", "%": "%", "tablet": "", "": ""}
    assert {word: unit_of(word) for word in written} == written


def test_the_index_keeps_words_numbers_amounts_the_first_word_of_each_name_and_labelers():
    marks = marks_of(
        ["insulin glargine", "Lantus SoloStar"],
        ["100 unit/mL", "injection, solution"],
        ["Sanofi-Aventis U.S. LLC"],
    )
    names = ["insulin", "glargine", "lantus", "solostar", "^insulin", "^lantus"]
    others = ["100", "unit", "100unit", "ml", "injection", "solution"]
    assert marks == sorted([*names, *others, "@sanofi", "@aventis"])


def test_a_labeler_is_known_by_the_words_no_other_has():
    assert labeler_words("Lupin Pharmaceuticals, Inc.") == ("@lupin",)
    assert labeler_words("The Company of America") == ()
    assert labeler_words("A-S Medication Solutions") == ("@medication",)


@pytest.mark.parametrize(
    ("amount", "also"),
    [
        ("0.1mg", {"0.1mg", "100mcg", "0.0001g"}),
        ("50mcg", {"50mcg", "0.05mg", "0.00005g"}),
        ("1g", {"1g", "1000mg", "1000000mcg"}),
        ("100unit", {"100unit"}),
        ("1%", {"1%"}),
        ("10m", {"10m"}),
    ],
)
def test_a_mass_is_found_in_whatever_unit_the_file_has_it(amount, also):
    written = same_amounts(amount)
    assert (written[0], set(written)) == (amount, also)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_left_out_and_read_alike_by_the_index(typed):
    pieces = pieces_of(typed)
    assert len(pieces) == len(set(pieces)) <= MOST_PIECES
    for piece in pieces:
        assert folded(piece.text) == piece.text
        assert piece.text.isascii()
        assert not set(piece.text) & set(" '\\&|!():*<>@^")


@given(st.lists(st.text("abcdefgh", min_size=2, max_size=9), max_size=5, unique=True))
def test_every_word_of_a_drug_finds_its_own_mark(words):
    found = {piece.text for piece in pieces_of(" ".join(words)) if piece.kind is WORD}
    assert found <= set(marks_of([" ".join(words)]))


@given(
    st.decimals("0.001", 9999, places=3).filter(lambda amount: amount > 0),
    st.sampled_from(["mg", "mcg", "g", "mL", "unit", "%"]),
    st.booleans(),
)
def test_an_amount_typed_glued_or_apart_is_the_amount_of_the_strength(amount, unit, apart):
    (piece,) = pieces_of(f"{amount}{' ' if apart else ''}{unit}")
    assert piece.kind is AMOUNT
    assert piece.text in marks_of([], [f"{amount} {unit}"])
