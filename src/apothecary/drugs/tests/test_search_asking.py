"""A typed piece becomes every reading it may have; the question says what it costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.search_asking import (
    BY_LABELER,
    Leaf,
    Reading,
    Width,
    asked_pieces,
    corrected,
    drugs_of,
    expected,
    leaves_of,
    named,
    need,
    reasons,
    warnings,
    written,
)
from apothecary.drugs.search_words import marks_of

EXACT, WIDE = Width.EXACT, Width.WIDE


def question(asked: str, width: Width = EXACT):
    return tuple(need(piece, width) for piece in asked_pieces(asked))


@pytest.mark.parametrize(
    ("asked", "query"),
    [
        ("lisin", "(('lisin':*))"),
        ("lisin 10", "(('lisin':*)) & (('10'))"),
        ("lisin 10m", "(('lisin':*)) & (('10m':*))"),
        ("hydrocort 1%", "(('hydrocort':*)) & (('1%'))"),
        ("apap", "(('apap':*) | ('acetaminophen':*))"),
        ("mom", "(('mom':*) | ('magnesium':* & 'hydroxide':*))"),
        ("b12", "(('b12':*) | ('cyanocobalamin':*))"),
        ("xl 150", "(('xl':*)) & (('150'))"),
        ("insulin 100 units", "(('insulin':*)) & (('100unit'))"),
    ],
)
def test_a_question_is_written_with_every_reading(asked, query):
    assert written(question(asked)) == query


@pytest.mark.parametrize(
    ("asked", "query"),
    [
        ("10", "(('10':*))"),
        ("10mg", "(('10mg':*) | ('10000mcg':*) | ('0.01g':*))"),
        ("xl", "(('xl':*) | ('extended':* & 'release':*))"),
        ("lupin", "(('lupin':*) | ('@lupin':*))"),
    ],
)
def test_read_widely_a_number_goes_on_and_a_word_may_be_a_labeler(asked, query):
    assert written(question(asked, WIDE)) == query


@pytest.mark.parametrize("asked", ["", "a", "5", "a b c", "mg", "%"])
def test_single_letters_digits_and_units_ask_for_nothing(asked):
    assert asked_pieces(asked) == []


def test_a_single_letter_beside_a_word_narrows_it():
    assert written(question("vitamin d")) == "(('vitamin':*)) & (('d':*))"


def test_what_was_not_typed_so_says_so():
    says = [one.says for each in question("apap 0.1mg xl lupin", WIDE) for one in each]
    assert [each for each in says if each] == [
        "APAP = acetaminophen",
        BY_LABELER,
        *("0.1mg = 100mcg", "0.1mg = 0.0001g"),
        "XL = extended release",
        BY_LABELER,
    ]


def test_a_correction_is_exact_and_says_what_for():
    (one, other) = corrected("metfromin", ["metformin", "metronidazole"])
    assert one.leaves == (Leaf("metformin"),)
    assert (one.says, other.says) == (
        "metformin for metfromin",
        "metronidazole for metfromin",
    )


def test_error_prone_pieces_warn_once_each():
    assert warnings(asked_pieces("hctz hctz mtx apap")) == (
        "HCTZ is error-prone: also read as hydrocortisone. Write the name out.",
        "MTX is error-prone: also read as mitoxantrone. Write the name out.",
    )
    assert warnings([]) == ()


MARKS = marks_of(
    ["hydrochlorothiazide", "Microzide"], ["25 mg", "tablet"], ["Lupin Pharmaceuticals"]
)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("hydrochl 25", []),
        ("hctz 25", ["HCTZ = hydrochlorothiazide"]),
        ("microz tabs", ["TABS = tablet"]),
        ("hydrochl 0.025g", ["0.025g = 25mg"]),
        ("hydrochl lupin", [BY_LABELER]),
    ],
)
def test_why_a_drug_answers_is_the_first_reading_it_meets(asked, why):
    assert [one.says for one in reasons(question(asked, WIDE), MARKS)] == why


def test_a_leaf_is_met_by_its_mark_or_by_every_mark_that_begins_so():
    assert Leaf("hydro", begins=True).met_by(MARKS)
    assert not Leaf("hydro").met_by(MARKS)
    assert Leaf("25mg").met_by(MARKS)
    assert not Leaf("2").met_by(MARKS)


def test_a_leaf_lies_in_the_vocabulary_from_its_mark_to_the_first_that_begins_otherwise():
    words = sorted(["met", "meta", "metz", "meu", "me", "met%", "met1"])
    begins = Leaf("met", begins=True)
    assert [word for word in words if begins.mark <= word < begins.after] == [
        *("met", "met%", "met1", "meta", "metz"),
    ]
    whole = Leaf("met")
    assert [word for word in words if whole.mark <= word < whole.after] == ["met"]


def test_a_name_begins_with_any_of_the_words_and_without_words_with_anything():
    assert [one.leaves[0] for one in named(question("500 metf er"))] == [
        Leaf("^metf", begins=True),
        Leaf("^er", begins=True),
        Leaf("^extended", begins=True),
    ]
    assert named(question("500 10")) == question("500")[0]


def test_the_vocabulary_is_asked_for_each_leaf_once_for_names_and_for_whole_words():
    leaves = leaves_of(question("metf 500"))
    assert len(leaves) == len(set(leaves))
    assert set(leaves) == {
        Leaf("metf", begins=True),
        Leaf("metf"),
        Leaf("500"),
        Leaf("^metf", begins=True),
    }


def counted(counts: dict[str, int]) -> dict[Leaf, int]:
    return {
        Leaf(mark, begins=begins): many
        for mark, many in counts.items()
        for begins in (True, False)
    }


def test_a_need_is_met_by_the_rarest_of_marks_that_go_together_and_the_sum_of_readings():
    counts = counted({"mom": 3, "magnesium": 50, "hydroxide": 20})
    assert drugs_of(question("mom")[0], counts) == 3 + 20


@pytest.mark.parametrize(
    ("asked", "many"),
    [("aa", 500), ("aa bb", 50), ("aa bb 10", 10), ("kk", 0), ("aa kk", 0), ("dd", 1000)],
)
def test_about_how_many_answer_is_the_product_of_the_shares(asked, many):
    counts = counted({"aa": 500, "bb": 100, "10": 200, "kk": 0, "dd": 5000})
    assert expected(question(asked), counts, 1000) == many


def test_that_a_name_begins_so_and_has_the_word_is_one_need():
    asked = question("aa bb")
    counts = counted({"aa": 500, "bb": 100, "^aa": 50, "^bb": 10})
    assert expected((*asked, named(asked)), counts, 1000) == 60
    assert expected(asked, counts, 0) == 0


@given(st.text(max_size=40), st.sampled_from(list(Width)))
def test_whatever_is_typed_is_a_question_that_can_be_put(typed, width):
    asked = question(typed, width)
    for each in asked:
        assert each
        for reading in each:
            assert isinstance(reading, Reading)
            assert reading.leaves
    query = written(asked)
    assert query.count("(") == query.count(")")
    assert query.count("'") % 2 == 0
    assert "\\" not in query


@given(st.lists(st.text("abcdefghij", min_size=2, max_size=8), min_size=1, max_size=4))
def test_a_drug_answers_to_the_words_of_its_own_name(words):
    marks = marks_of([" ".join(words)])
    for each in question(" ".join(words)):
        assert any(all(leaf.met_by(marks) for leaf in one.leaves) for one in each)
