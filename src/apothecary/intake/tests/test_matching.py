"""Who and what is meant: certain only when nothing contradicts it and nobody else fits."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.intake.matching import (
    KnownDrug,
    KnownPatient,
    KnownPrescriber,
    SentDrug,
    SentPatient,
    address_key,
    equivalents,
    match_drug,
    match_patient,
    match_prescriber,
    name_words,
    strengths,
)
from apothecary.intake.models import Sure

JANE = SentPatient("Doe", "Jane", date(1980, 2, 29), "F", "200 Oak Ave", "78701", "5125550111")
ON_FILE = KnownPatient(
    7, "doe,jane", date(1980, 2, 29), "F", "200 Oak Ave", "78701", "5125550111"
)


@pytest.mark.parametrize(
    ("sent", "known", "sure"),
    [
        ({}, {}, Sure.EXACT),
        ({"last_name": "DOE", "first_name": "jane "}, {}, Sure.EXACT),
        ({"street": "", "phone": ""}, {}, Sure.EXACT),
        ({"street": "200 Oak Avenue Apt 3"}, {}, Sure.EXACT),
        ({"street": "9 Elm St"}, {}, Sure.EXACT),
        ({"phone": "5125550000"}, {}, Sure.EXACT),
        ({"sex": "U"}, {}, Sure.EXACT),
        ({"sex": "M"}, {}, Sure.LIKELY),
        ({"street": "9 Elm St", "phone": "5125550000"}, {}, Sure.LIKELY),
        ({"street": "9 Elm St", "phone": ""}, {}, Sure.LIKELY),
        ({"first_name": "Janet"}, {}, Sure.LIKELY),
        ({"first_name": "Jo"}, {}, Sure.LIKELY),
        ({"first_name": "Jo", "street": "", "phone": ""}, {}, Sure.NONE),
        ({"born_on": date(1980, 2, 28)}, {}, Sure.LIKELY),
        ({"born_on": date(1980, 2, 28), "street": "", "phone": ""}, {}, Sure.NONE),
        ({"last_name": "Roe"}, {}, Sure.NONE),
        ({"born_on": None}, {}, Sure.NONE),
    ],
)
def test_one_patient_on_file_is_certain_likely_or_another(sent, known, sure):
    match = match_patient(replace(JANE, **sent), [replace(ON_FILE, **known)])
    assert match.sure is sure
    assert (match.id == 7) is (sure is not Sure.NONE)


def test_accents_and_hyphens_in_a_name_do_not_make_another_patient():
    known = replace(ON_FILE, folded="nunez obrien,maria")
    sent = replace(JANE, last_name="NUNEZ OBRIEN", first_name="Maria")
    assert match_patient(sent, [known]).sure is Sure.EXACT


def test_two_patients_of_one_name_and_birth_date_are_a_question():
    twin = replace(ON_FILE, id=8, street="9 Elm St", phone="5125550000")
    nowhere = replace(JANE, street="General Delivery", phone="")
    match = match_patient(nowhere, [ON_FILE, twin])
    assert (match.sure, match.id, match.others) == (Sure.SEVERAL, None, (7, 8))


def test_of_two_namesakes_the_address_points_to_one_and_still_asks():
    twin = replace(ON_FILE, id=8, street="9 Elm St", phone="5125550000")
    match = match_patient(JANE, [twin, ON_FILE])
    assert (match.sure, match.id) == (Sure.LIKELY, 7)


def test_two_who_may_be_meant_are_a_question():
    one, other = replace(ON_FILE, folded="doe,janet"), replace(ON_FILE, id=8, folded="doe,jan")
    match = match_patient(JANE, [one, other])
    assert (match.sure, match.others) == (Sure.SEVERAL, (7, 8))


@given(st.permutations([ON_FILE, replace(ON_FILE, id=8, folded="doe,john"),
                        replace(ON_FILE, id=9, born_on=date(1981, 2, 28))]))  # fmt: skip
def test_the_order_on_file_decides_nothing(known):
    assert match_patient(JANE, known).id == 7


@pytest.mark.parametrize(
    ("street", "postal_code", "key"),
    [
        ("200 Oak Ave", "78701", "200 oak 78701"),
        ("200 OAK AVENUE, #4", "78701-1234", "200 oak 78701"),
        ("", "78701", ""),
        ("200 Oak Ave", "", ""),
    ],
)
def test_an_address_is_its_number_street_and_zip(street, postal_code, key):
    assert address_key(street, postal_code) == key


GENERIC = KnownDrug(
    id=1, ndc11="68180098001", name="lisinopril", brand="", ingredient_key="lisinopril",
    strength="10 mg", form="tablet", route="oral", te_code="AB", rxcui="314076", schedule=0,
    price_usd=Decimal("0.02"), free=Decimal(100),
)  # fmt: skip
BRAND = replace(
    GENERIC, id=2, ndc11="00006010654", brand="Prinivil", rxcui="104377",
    price_usd=Decimal(11), free=Decimal(0),
)  # fmt: skip
OTHER = replace(GENERIC, id=3, ndc11="00591040701", price_usd=Decimal("0.01"))
TWENTY = replace(GENERIC, id=4, ndc11="00591040801", strength="20 mg", rxcui="314077")
SENT = SentDrug("lisinopril 10 MG Oral Tablet", "68180098001", "314076", Decimal(30))


def test_an_ndc_on_hand_is_certain():
    assert match_drug(SENT, [GENERIC, BRAND, TWENTY]).sure is Sure.EXACT


def test_a_product_that_is_not_on_hand_is_answered_with_its_equal_and_a_question():
    brand = replace(SENT, ndc11="00006010654", description="Prinivil 10 MG Oral Tablet")
    match = match_drug(brand, [GENERIC, BRAND, TWENTY])
    assert (match.sure, match.id) == (Sure.LIKELY, 1)
    assert "not on hand" in match.why


def test_where_substitution_is_forbidden_the_product_stays_what_was_sent():
    brand = replace(SENT, ndc11="00006010654", description="Prinivil 10 MG", substitution=False)
    assert match_drug(brand, [GENERIC, BRAND]).id == 2


def test_with_nothing_on_hand_the_product_stays_what_was_sent():
    empty = [replace(GENERIC, free=Decimal(29)), replace(OTHER, free=Decimal(29))]
    match = match_drug(SENT, empty)
    assert (match.sure, match.id) == (Sure.EXACT, 1)


@pytest.mark.parametrize(("free", "chosen"), [("29", 3), ("30", 1), ("31", 1)])
def test_on_hand_means_enough_for_this_fill(free, chosen):
    known = [replace(GENERIC, free=Decimal(free)), OTHER]
    assert match_drug(SENT, known).id == chosen


def test_a_code_and_words_that_name_two_drugs_are_a_question():
    match = match_drug(replace(SENT, description="warfarin sodium 5 MG Oral Tablet"), [GENERIC])
    assert (match.sure, match.id) == (Sure.SEVERAL, None)
    assert "the words say warfarin" in match.why


def test_a_code_and_words_of_two_strengths_are_a_question():
    match = match_drug(replace(SENT, description="lisinopril 20 MG Oral Tablet"), [GENERIC])
    assert match.sure is Sure.SEVERAL


def test_the_rxnorm_code_finds_the_drug_and_the_best_product_on_hand():
    match = match_drug(replace(SENT, ndc11="99999999999"), [GENERIC, OTHER, TWENTY])
    assert (match.sure, match.id) == (Sure.EXACT, 3)


@pytest.mark.parametrize(
    ("words", "sure"),
    [
        ("Lisinopril 10 MG Oral Tablet", Sure.LIKELY),
        ("PRINIVIL 10mg tab", Sure.LIKELY),
        ("lisinopril tablet", Sure.NONE),
        ("lisinopril 2.5 MG Oral Tablet", Sure.NONE),
        ("Quibrofexanol 10 MG Oral Tablet", Sure.NONE),
    ],
)
def test_words_alone_are_never_certain(words, sure):
    assert match_drug(SentDrug(words), [GENERIC, BRAND, TWENTY]).sure is sure


def test_words_that_fit_two_drugs_are_a_question():
    capsule = replace(GENERIC, id=5, form="capsule")
    match = match_drug(SentDrug("lisinopril 10 mg"), [GENERIC, capsule])
    assert (match.sure, match.others) == (Sure.SEVERAL, (1, 5))


def test_micrograms_and_milligrams_are_one_strength():
    assert strengths("levothyroxine sodium 0.1 MG Oral Tablet") == strengths("100 mcg")


def test_two_amounts_of_a_combination_are_both_read():
    assert strengths("5 MG / 325 mg") == {(Decimal(5), "mg"), (Decimal("325"), "mg")}


def test_a_drug_that_is_a_salt_is_known_by_its_salt():
    assert name_words("calcium acetate 667 mg capsule")
    assert name_words("warfarin sodium 5 MG Oral Tablet") == {"warfarin"}


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [("AB", "AB", True), ("AB1", "AB2", False), ("AB1,AB2", "AB2", True), ("BX", "BX", False),
     ("", "AB", False), ("AB", "", False)],
)  # fmt: skip
def test_only_what_is_rated_a_alike_stands_in_for_another(one, other, equal):
    of, known = replace(GENERIC, te_code=one), replace(OTHER, te_code=other)
    assert (known in equivalents(of, [of, known])) is equal


def test_another_package_of_the_same_product_needs_no_rating():
    of = replace(GENERIC, te_code="")
    assert len(equivalents(of, [of, replace(of, id=9, ndc11="68180098003")])) == 2


def test_the_most_on_hand_comes_first_then_the_cheapest_then_without_a_price():
    plenty = replace(OTHER, id=6, free=Decimal(500))
    unpriced = replace(OTHER, id=7, price_usd=None)
    order = [drug.id for drug in equivalents(GENERIC, [unpriced, GENERIC, OTHER, plenty])]
    assert order == [6, 3, 1, 7]


def test_a_product_that_is_gone_is_offered_only_while_some_is_left():
    gone = replace(OTHER, gone=True)
    assert gone in equivalents(GENERIC, [gone])
    assert not equivalents(GENERIC, [replace(gone, free=Decimal(0))])


SMITH = KnownPrescriber(4, "1234567893", "Smith", "Alex")


@pytest.mark.parametrize(
    ("npi", "name", "sure"),
    [("1234567893", "SMITH", Sure.EXACT), ("1234567893", "Jones", Sure.LIKELY),
     ("1679576722", "Smith", Sure.NONE), ("", "Smith", Sure.NONE)],
)  # fmt: skip
def test_a_prescriber_is_known_by_the_npi_and_another_name_is_a_question(npi, name, sure):
    assert match_prescriber(npi, name, [SMITH]).sure is sure
