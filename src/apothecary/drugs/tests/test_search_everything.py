"""Nothing in the drug file is lost to the search: by every beginning, order, code and slip."""

from itertools import permutations

import pytest

from apothecary.config.tests.world_drugs import DRUGS
from apothecary.drugs.models import Package
from apothecary.drugs.ndc import Ndc
from apothecary.drugs.search import find_drugs
from apothecary.drugs.search_codes import barcode, begins, coded, imprinted
from apothecary.drugs.search_words import parts

NAMES = sorted({drug.name for drug in DRUGS.values()})
CODES = sorted(drug.ndc for drug in DRUGS.values())
LONG = sorted({word for name in NAMES for word in parts(name) if len(word) >= 8})


def names(world, asked: str) -> set[str]:
    """The names that answer."""
    return {hit.name for hit in find_drugs(asked, pharmacy_id=world.pharmacy.pk).hits}


def codes(world, asked: str) -> list[str]:
    """The codes that answer, in order."""
    return [hit.ndc for hit in coded(asked, pharmacy_id=world.pharmacy.pk, limit=20)]


@pytest.mark.parametrize("name", NAMES)
def test_a_drug_is_found_by_every_beginning_of_every_word_of_its_name(pharmacy, name):
    for word in parts(name):
        lost = [n for n in range(2, len(word) + 1) if name not in names(pharmacy, word[:n])]
        assert lost == [], word


@pytest.mark.parametrize("key", sorted(DRUGS))
def test_a_drug_is_found_by_word_strength_and_form_in_every_order(pharmacy, key):
    drug = DRUGS[key]
    word = max(parts(drug.name), key=len)[:6]
    pieces = [word, parts(drug.strength)[0], drug.form.split()[0]]
    for order in permutations(pieces):
        assert drug.name in names(pharmacy, " ".join(order)), order


@pytest.mark.parametrize("key", sorted(DRUGS))
def test_a_drug_is_found_by_its_whole_line_as_a_screen_shows_it(pharmacy, key):
    drug = DRUGS[key]
    asked = f"{drug.name} {drug.strength} {drug.form}"
    (hit, *_) = find_drugs(asked, pharmacy_id=pharmacy.pharmacy.pk).hits
    assert (hit.name, hit.strength, hit.corrected) == (drug.name, drug.strength, False)


def slipped(word: str) -> list[str]:
    """The word with each letter left out, doubled, made another, or swapped with the next."""
    made = []
    for at in range(len(word)):
        made += [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + ("x" if word[at] != "x" else "y") + word[at + 1 :],
            word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
        ]
    return [each for each in made if each != word]


@pytest.mark.parametrize("word", LONG)
def test_a_long_word_is_found_with_any_one_slip_in_any_letter(pharmacy, word):
    wanted = {name for name in NAMES if word in parts(name)}
    lost = [typed for typed in slipped(word) if not wanted & names(pharmacy, typed)]
    assert lost == []


@pytest.mark.parametrize("code", CODES)
def test_a_package_is_found_by_every_beginning_of_every_form_of_its_code(pharmacy, code):
    ndc = Ndc.parse(code)
    for form in (ndc.hyphenated, ndc.billing, ndc.ndc10, ndc.ndc11):
        for n in range(len(form), 3, -1):
            typed = form[:n].rstrip("-")
            if len(typed.replace("-", "")) >= 4:
                assert code in codes(pharmacy, typed), typed


@pytest.mark.parametrize("code", CODES)
def test_a_whole_code_comes_first_and_its_barcodes_name_it(pharmacy, code):
    ndc = Ndc.parse(code)
    for form in (ndc.hyphenated, ndc.ndc10, ndc.ndc11, ndc.upc_a, ndc.gtin14()):
        assert codes(pharmacy, form)[0] == code, form


@pytest.mark.parametrize(
    "typed", ["", "123", "12-3", "abcd", "1234x", "-1234", "1234-", "12.34", "٣٤٥٦", "  "]
)
def test_what_is_no_code_asks_for_none(pharmacy, typed, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert codes(pharmacy, typed) == []


def test_no_code_is_longer_than_a_barcode(pharmacy):
    assert codes(pharmacy, "6818009801" * 3) == []
    assert codes(pharmacy, "681800980111") == []


@pytest.mark.parametrize("digits", ["", "123", "x" * 12, "412345678901", "0" * 14])
def test_what_is_no_barcode_of_a_drug_holds_no_code(digits):
    assert barcode(digits) == []


def test_a_wrong_check_digit_holds_no_code():
    code = Ndc.parse("68180-0980-1").upc_a
    assert barcode(code) == ["6818009801"]
    assert all(barcode(code[:-1] + last) == [] for last in "0123456789" if last != code[-1])


def test_hyphens_are_held_against_every_form_of_the_code():
    row = (1, "68180-0980-1", "68180098001", "068180098001", False)
    for typed in ("68180-0980-1", "68180-09", "68180-0980-01", "068180-0980-01", "68180"):
        assert begins(row, typed), typed
    for typed in ("6818-00980", "68180-1", "68180-0980-2", "8180-0980"):
        assert not begins(row, typed), typed


@pytest.mark.parametrize("typed", ["", "a", "abc", "watson", "1" * 21])
def test_an_imprint_has_two_to_twenty_signs_and_a_digit(
    pharmacy, typed, django_assert_num_queries
):
    with django_assert_num_queries(0):
        assert imprinted(typed, pharmacy_id=1, limit=5) == []


def test_a_package_that_another_one_stands_for_is_not_found_by_its_code(pharmacy):
    Package.objects.filter(ndc="68180-0980-1").update(in_use=False)
    assert codes(pharmacy, "68180-0980-1") == []
