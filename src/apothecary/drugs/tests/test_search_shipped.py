"""The shipped tables of the search: every row says what it rests on, and none contradicts."""

import re

import pytest

from apothecary.drugs import starter
from apothecary.drugs.search_alike import alike_in, alike_pairs, tall, tall_words
from apothecary.drugs.search_shipped import (
    TOLD_BY_FORM,
    abbreviations,
    name_words,
    own_words,
    read_abbreviations,
    read_alike,
    read_usage,
    usage,
    used,
)
from apothecary.drugs.search_words import parts
from apothecary.drugs.shipped import BadRow


@pytest.fixture(scope="module")
def shipped_words() -> set[str]:
    """Every word of the starter file: names, substances, forms and routes."""
    words: set[str] = set()
    for row in starter.read_products():
        for text in (row.generic, row.brand, row.dosage_form, *row.routes, *row.substances):
            words |= set(parts(text))
    return words


def test_every_abbreviation_is_small_letters_and_digits_and_means_words_of_letters():
    for row in read_abbreviations():
        assert re.fullmatch(r"[a-z0-9]{2,7}", row.abbreviation), row
        assert row.means
        assert all(re.fullmatch(r"[a-z]+", word) for word in row.means), row
        assert row.abbreviation not in row.means


def test_a_reading_is_said_once_and_an_error_prone_one_says_what_it_is_read_as():
    rows = list(read_abbreviations())
    assert len({(row.abbreviation, row.means) for row in rows}) == len(rows)
    assert all(bool(row.may_be_read_as) == row.error_prone for row in rows)
    assert all(row.cite for row in rows)


@pytest.mark.parametrize(
    ("abbreviation", "means", "error_prone"),
    [
        ("apap", ("acetaminophen",), False),
        ("asa", ("aspirin",), False),
        ("hctz", ("hydrochlorothiazide",), True),
        ("mom", ("magnesium", "hydroxide"), False),
        ("mtx", ("methotrexate",), True),
        ("b12", ("cyanocobalamin",), False),
        ("er", ("extended", "release"), False),
        ("xl", ("extended", "release"), False),
        ("odt", ("orally", "disintegrating"), False),
        ("hcl", ("hydrochloride",), True),
    ],
)
def test_what_pharmacies_write_is_read(abbreviation, means, error_prone):
    (row,) = abbreviations()[abbreviation]
    assert (row.means, row.error_prone) == (means, error_prone)


@pytest.mark.parametrize("abbreviation", ["ms", "t3"])
def test_what_two_drugs_are_called_has_two_readings_that_warn_of_each_other(abbreviation):
    rows = abbreviations()[abbreviation]
    assert len(rows) == 2
    assert all(row.error_prone and row.may_be_read_as for row in rows)
    assert rows[0].means != rows[1].means


@pytest.mark.parametrize(
    "abbreviation", ["apap", "asa", "hctz", "ntg", "kcl", "er", "odt", "xr", "sl", "hcl", "po"]
)
def test_the_meaning_of_the_common_ones_stands_in_the_drug_file(abbreviation, shipped_words):
    for row in abbreviations()[abbreviation]:
        assert set(row.means) <= shipped_words, row


def test_only_extended_release_has_the_letters_a_brand_may_have():
    release = {
        name for name, rows in abbreviations().items() if any(r.kind == "release" for r in rows)
    }
    assert release == {"xr", "xl", "sr", "cr", "la", "cd", "sa"}
    assert all(
        row.means == ("extended", "release")
        for name in release
        for row in abbreviations()[name]
    )


def test_usage_says_each_drug_once_most_used_first_in_whole_thousands():
    rows = list(read_usage())
    assert len({(row.name, row.brand) for row in rows}) == len(rows)
    claims = [row.claims_thousand for row in rows]
    assert claims == sorted(claims, reverse=True)
    assert min(claims) >= 20
    assert all(row.name == " ".join(sorted(row.name.split())) for row in rows)


@pytest.mark.parametrize(
    ("name", "brand", "claims"),
    [
        ("lisinopril", "", 39_104),
        ("LISINOPRIL", "", 39_104),
        ("metformin hydrochloride", "", 37_614),
        ("Metformin HCl", "", 37_614),
        ("metformin", "", 37_614),
        ("metformin hydrochloride", "Metformin Hydrochloride ER", 37_614),
        ("hydrocodone bitartrate and acetaminophen", "", 38_482),
        ("albuterol sulfate", "Ventolin HFA", 17_515),
        ("metoprolol succinate", "", 25_223),
        ("metoprolol tartrate", "", 25_376),
        ("lisinopril", "No Such Brand", 0),
        ("no such drug", "", 0),
        ("", "", 0),
    ],
)
def test_use_is_told_by_the_words_of_a_name_a_brand_has_its_own(name, brand, claims):
    assert used(name, brand) == claims


def test_no_drug_is_known_by_salts_alone():
    assert all(words for words, _ in usage())
    assert used("calcium acetate", "") != used("potassium sodium", "") == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Metformin HCl", ("metformin", "hydrochloride")),
        ("amoxicillin and clavulanate potassium", ("amoxicillin", "clavulanate", "potassium")),
        ("", ()),
    ],
)
def test_abbreviated_salts_are_written_out(name, words):
    assert name_words(name) == words


@pytest.mark.parametrize(
    ("name", "brand", "own"),
    [
        ("bupropion hydrochloride", "Bupropion Hydrochloride XL", "xl"),
        ("bupropion hydrochloride", "Bupropion HCl (SR)", "sr"),
        ("metformin hydrochloride", "Metformin Hydrochloride ER", ""),
        ("metformin hydrochloride", "Metformin E/R", "e r"),
        ("metformin", "Metformin Hydrochloride Extended Release Tablets, USP", ""),
        ("ibuprofen", "Ibuprofen Junior Strength", "junior strength"),
    ],
)
def test_what_a_brand_says_beside_the_generic_name_is_its_own(name, brand, own):
    assert own_words(name, brand) == own


def test_the_letters_that_part_two_releases_are_never_taken_as_told_by_the_form():
    assert not TOLD_BY_FORM & {"xl", "sr", "xr", "cd", "la", "cr", "xt", "hfa", "mix", "n", "r"}


def test_every_look_alike_pair_is_two_names_with_a_source_and_a_mark_said_once():
    rows = list(read_alike())
    assert len(rows) == 88
    assert len({frozenset((row.one.lower(), row.other.lower())) for row in rows}) == len(rows)
    for row in rows:
        assert row.one.lower() != row.other.lower()
        assert row.cite
        assert row.verified in {"V2", "K"}


def test_the_first_eighteen_pairs_are_the_list_of_the_fda():
    rows = list(read_alike())
    assert {row.cite for row in rows[:18]} == {"FDA Name Differentiation Project list"}
    assert all("fact only" in row.cite or "unconfirmed" in row.cite for row in rows[18:])


def test_a_word_has_one_way_of_tall_letters():
    written: dict[str, set[str]] = {}
    for row in read_alike():
        for name in (row.one, row.other):
            for word in name.replace("-", " ").split():
                written.setdefault(word.lower(), set()).add(word)
    assert {word: ways for word, ways in written.items() if len(ways) > 1} == {}


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("hydroxyzine hydrochloride", "hydrOXYzine hydrochloride"),
        ("HYDROXYZINE", "hydrOXYzine"),
        ("prednisone", "predniSONE"),
        ("prednisolone", "prednisoLONE"),
        ("morphine", "morphine"),
        ("lisinopril", "lisinopril"),
        ("", ""),
    ],
)
def test_only_look_alike_words_have_tall_letters(name, written):
    assert tall(name) == written


def test_tall_letters_change_nothing_but_the_case():
    assert all(word == written.lower() for word, written in tall_words().items())
    assert all(tall(word).lower() == word for word in tall_words())


def marks(names: list[str]) -> list[list[str]]:
    return [sorted(each.name for each in found) for found in alike_in(names)]


def test_both_names_of_a_pair_are_marked_wherever_they_stand_in_the_list():
    names = ["hydroxyzine 25 mg", "lisinopril", "warfarin", "HYDRALAZINE hydrochloride"]
    assert marks(names) == [["hydrALAZINE"], [], [], ["hydrOXYzine"]]


def test_a_name_alone_is_marked_with_nothing():
    assert marks(["hydroxyzine", "hydroxyzine pamoate"]) == [[], []]
    assert marks([]) == []


def test_a_name_of_several_words_needs_all_of_them():
    assert marks(["depo-medrol", "solu-medrol"]) == [["SOLU-Medrol"], ["DEPO-Medrol"]]
    assert marks(["medrol", "solu-medrol"]) == [[], []]


def test_one_of_three_that_are_taken_for_each_other_names_both_others():
    found = marks(["clonazepam", "clonidine", "lorazepam"])
    assert found[0] == ["LORazepam", "cloNIDine"]


def test_what_holds_both_names_is_taken_for_neither_but_others_are():
    assert marks(["prednisone prednisolone", "prednisone"]) == [[], ["prednisoLONE"]]


def test_every_pair_marks_both_ways_with_its_own_source():
    for _, _, row in alike_pairs():
        one, other = alike_in([row.one, row.other])
        assert (row.other, row.cite, row.verified) in {
            (each.name, each.cite, each.verified) for each in one
        }
        assert row.one in {each.name for each in other}


@pytest.mark.parametrize(
    ("file", "line", "field"),
    [
        ("abbreviations.csv", "apap,,drug,no,,known,K", "means"),
        ("abbreviations.csv", "apap,acetaminophen,sort,no,,known,K", "kind"),
        ("abbreviations.csv", "apap,acetaminophen,drug,maybe,,known,K", "error_prone"),
        ("abbreviations.csv", "apap,acetaminophen,drug,no,,known,V9", "verified"),
        ("abbreviations.csv", "apap,acetaminophen,drug,no,,,K", "cite"),
        ("usage.csv", "lisinopril,,many", "claims_thousand"),
        ("usage.csv", "lisinopril,,0", "claims_thousand"),
        ("usage.csv", ",,12", "name"),
    ],
)
def test_a_bad_row_is_refused_with_file_line_and_field(tmp_path, file, line, field):
    head = (starter.SHIPPED / file).read_text().splitlines()[0]
    (tmp_path / file).write_text(f"{head}\n{line}\n")
    read = {"abbreviations.csv": read_abbreviations, "usage.csv": read_usage}[file]
    with pytest.raises(BadRow) as refused:
        list(read(tmp_path))
    assert (refused.value.file, refused.value.line, refused.value.field) == (file, 2, field)
