"""A site's own sig codes: written out word for word, and never over what the house reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.directions.command import answer
from apothecary.directions.reading import LONGEST, read_directions
from apothecary.directions.site_codes import (
    LONGEST_MEANING,
    SiteCodes,
    code_problems,
    not_settled,
    read_codes,
)
from apothecary.directions.words import sig_codes

OURS = SiteCodes(
    {
        "1TD": "take 1 tablet by mouth daily",
        "wfd": "with food",
        "hyd": "drink plenty of water",
        "tmwf": "2 times weekly",
    }
)


@pytest.mark.parametrize(
    ("typed", "english"),
    [
        ("1td", "Take 1 tablet by mouth once daily."),
        ("1TD wfd", "Take 1 tablet by mouth once daily with food."),
        ("1 tab po bid WFD", "Take 1 tablet by mouth twice daily with food."),
        ("1 tab po tmwf, wfd.", "Take 1 tablet by mouth twice a week with food."),
        ("(1td) x 10 days", "Take 1 tablet by mouth once daily for 10 days."),
    ],
)
def test_a_code_of_the_site_is_read_as_what_it_stands_for(typed: str, english: str) -> None:
    found = read_directions(typed, codes=OURS)
    assert found.questions == ()
    assert found.english() == english
    assert found.text == typed
    assert not read_directions(typed).certain


@pytest.mark.parametrize("typed", ["11td", "1td2", "wfd-x", "0.1td", "a/wfd", "wfx", "1td.5"])
def test_a_part_of_a_word_or_number_is_no_code(typed: str) -> None:
    assert OURS.written_out(typed) == typed


def test_a_code_is_written_out_once_and_no_code_stands_for_another() -> None:
    twice = SiteCodes({"wfd": "hyd", "hyd": "with food"})
    assert twice.written_out("wfd") == "hyd"
    assert twice.written_out("hyd wfd") == "with food hyd"


def test_what_a_meaning_holds_is_no_pattern() -> None:
    assert SiteCodes({"back": r"\1 \g<0>"}).written_out("back") == r"\1 \g<0>"


def test_a_text_that_grows_too_long_is_asked_back() -> None:
    long = SiteCodes({"lots": "with food " * 20})
    found = read_directions("lots " * 10, codes=long)
    assert found.questions == (f"More than {LONGEST} characters: shorter?",)


@given(st.text(max_size=80))
def test_a_site_without_codes_changes_no_text(text: str) -> None:
    assert SiteCodes({}).written_out(text) == text
    assert len(SiteCodes({})) == 0


@given(st.text("1tdwfd abc./-", max_size=40))
def test_no_text_of_anybody_breaks_the_writing_out(text: str) -> None:
    assert OURS.written_out(OURS.written_out(text)) == OURS.written_out(text)


def says(code: str, means: str, *, confirmed: bool = False) -> list[tuple[str, str]]:
    found = not_settled(code_problems(code, means), confirmed=confirmed)
    return [(problem.field, problem.says) for problem in found]


@pytest.mark.parametrize("code", ["1TD", "wfd", "abcdefghijklmnopqrst", " tk1 ", "x9"])
def test_a_word_that_nobody_reads_yet_may_be_a_code(code: str) -> None:
    assert says(code, "take 1 tablet by mouth daily", confirmed=True) == []


def test_a_new_word_needs_no_confirmation() -> None:
    assert code_problems("wfd", "with food") == []


@pytest.mark.parametrize(
    "code", ["", "w", "w f", "w/f", "w.f", "12", "abcdefghijklmnopqrstu", "1½", "ñandu", "q-d"]
)
def test_a_code_is_one_word_of_letters_and_digits(code: str) -> None:
    (problem,) = code_problems(code, "with food")
    assert (problem.field, problem.may_be_confirmed) == ("code", False)
    assert problem.says.startswith("A code is one word")


@pytest.mark.parametrize("code", ["qd", "QOD", "hs", "sc", "ss", "au"])
def test_an_error_prone_abbreviation_is_refused_with_its_source(code: str) -> None:
    (problem,) = code_problems(code, "take 1 tablet by mouth daily")
    assert problem.says == f"{code.upper()} is on the list of error-prone abbreviations."
    assert problem.cite
    assert problem.verified
    assert problem.may_be_confirmed


def test_every_error_prone_word_is_refused_without_a_word_of_confirmation() -> None:
    words = [c.word.phrase for c in sig_codes() if c.word.error_prone]
    single = [word for word in words if word.isalnum() and word.isascii() and len(word) > 1]
    assert len(single) >= 30
    for word in single:
        assert says(word, "with food") != [], word


@pytest.mark.parametrize(
    ("code", "read"),
    [
        ("bid", "2 times in 1 day"),
        ("BIDPRN", "2 times in 1 day prn"),
        ("q6h", "every 6 hour"),
        ("daily", "every 1 day"),
        ("tablet", "tablet"),
        ("tabelt", "tablet"),
        ("1t", "1 tablet"),
        ("the", "the"),
        ("aa9", "topical, affected area 9"),
    ],
)
def test_what_the_house_reads_already_needs_a_confirmation(code: str, read: str) -> None:
    (problem,) = code_problems(code, "with food")
    assert problem.says == f"{code.upper()} is read already: {read}."
    assert says(code, "with food", confirmed=True) == []


@pytest.mark.parametrize(
    ("means", "says_so"),
    [
        ("", "Say what it stands for."),
        ("  ", "Say what it stands for."),
        ("take 1 zzyzx daily", "'zzyzx' is not understood."),
        ("taper as directed", "'taper as directed' is not understood."),
        ("with food " * 31, f"At most {LONGEST_MEANING} characters, please."),
    ],
)
def test_a_meaning_that_would_always_be_asked_is_refused(means: str, says_so: str) -> None:
    assert says("wfd", means, confirmed=True) == [("means", says_so)]


def test_every_reason_is_given_at_once() -> None:
    fields = [problem.field for problem in code_problems("qd", "zzyzx and qqqqq")]
    assert fields == ["code", "means", "means"]


TABLE = "code,means,confirmed\nwfd,with food,\n1TD,take 1 tablet by mouth daily,yes\n"


def test_a_table_of_codes_is_read() -> None:
    codes = read_codes(TABLE)
    assert len(codes) == 2
    assert codes.written_out("1td WFD") == "take 1 tablet by mouth daily with food"


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("", "the column code is missing"),
        ("code\nwfd\n", "the column means is missing"),
        ("code,means\nwfd," + "x" * 140_000, "it is no table"),
        ("code,means\nwfd\n", "row 1: means: Say what it stands for."),
        ("code,means\nwfd,with food\nWFD,with meals\n", "row 2: code: 'wfd' stands twice"),
        ("code,means\nqd,with food\n", "row 1: code: QD is on the list"),
        ("code,means,confirmed\nqd,with food,no\n", "row 1: code: QD is on the list"),
        ("code,means,confirmed\nwfd,zzyzx,yes\n", "row 1: means: 'zzyzx' is not understood."),
    ],
)
def test_a_table_that_cannot_be_is_refused_by_row_and_field(table: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_codes(table)


def test_a_table_may_confirm_a_code_that_is_read_already() -> None:
    assert len(read_codes("code,means,confirmed\nbid,twice daily with food,yes\n")) == 1


def test_the_command_reads_with_the_codes_of_the_site() -> None:
    found = answer({"id": 1, "sig": "1td wfd", "quantity": 30}, codes=OURS)
    assert (found["certain"], found["days_supply"]) == (True, 30)
    assert found["english"] == "Take 1 tablet by mouth once daily with food."
    assert answer({"id": 1, "sig": "1td wfd"})["certain"] is False
