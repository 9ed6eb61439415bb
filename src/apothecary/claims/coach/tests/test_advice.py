"""Every code gets an answer, and the answer names one field, words and somebody to call."""

from datetime import date

import pytest

from apothecary.claims.coach import Case, Known, Said, Sent, advise, leading, sent_in
from apothecary.claims.coach.advice import phone_in, places, spanish_day, words
from apothecary.claims.coach.tests.cases import case, request, sent, soon
from apothecary.claims.states import Closing
from apothecary.wires.telecom import Reject, reject_meaning
from apothecary.wires.telecom.answers import OtherCoverage
from apothecary.wires.telecom.rejects import known_rejects

FORM = {
    *("bin", "pcn", "group", "cardholder_id", "person_code", "relationship", "daw", "on"),
    *("other_coverage", "clarification", "authorization_type", "prior_authorization"),
    *("safety_codes", "delay_reason", "because"),
}
PLACES = {"form", "entry", "patient", "pharmacy", "system"}
CALLED = {"payer", "prescriber", "pharmacist", ""}
ENDS = {closing.value for closing in Closing} | {"goes out on its day"}


def test_all_one_thousand_five_hundred_and_forty_codes_have_a_cause_a_field_and_words():
    codes = known_rejects()
    assert len(codes) == 1540
    nothing = Sent({})
    for code in codes:
        (advice,) = advise(Case(nothing, Said(rejects=(Reject(code),))))
        assert advice.code == code
        assert len(advice.cause) > 10, code
        assert advice.place in PLACES, code
        assert advice.field, code
        assert advice.label, code
        assert len(advice.to_patient) > 20, code
        assert len(advice.al_paciente) > 20, code
        assert advice.call in CALLED, code
        assert advice.closing in ENDS, code


def test_with_a_whole_claim_behind_it_no_code_shows_an_empty_brace_or_an_unknown_field():
    for code in known_rejects():
        (advice,) = advise(case(code))
        assert "{" not in advice.cause + advice.to_patient + advice.al_paciente, code
        assert "None" not in advice.cause, code
        if advice.place == "form":
            assert advice.field in FORM, code


def test_every_row_of_the_places_names_a_place_the_house_has():
    for key, place in places().items():
        assert place.place in PLACES, key
        if place.place == "form":
            assert place.field in FORM, key


def test_every_desk_of_the_reject_codes_has_words_and_a_field():
    desks = {reject_meaning(code).desk for code in known_rejects()}
    assert {f"desk:{desk}" for desk in desks} <= set(places())
    assert {f"desk:{desk}" for desk in desks} <= set(words())


def test_words_for_the_patient_are_one_sentence_or_question_in_each_language():
    for about, said in words().items():
        for text in (said.english, said.spanish):
            assert text[-1] in ".?", about
            assert text[0].isupper() or text[0] == "¿", about
            # Nothing of the payers' language.
            assert not any(word in text for word in ("reject", "NDC", "PCN", "claim code")), (
                about
            )


def test_an_answer_without_a_code_is_advised_on_by_the_payers_own_text():
    (advice,) = advise(case(messages=("CALL 800-555-0100",)))
    assert "CALL 800-555-0100" in advice.cause
    assert advice.phone == "8005550100"
    assert advice.field == "because"


def test_a_code_nobody_knows_is_shown_as_it_is_with_the_payers_text():
    (advice,) = advise(case("QQ9", messages=("SEE BULLETIN 12",)))
    assert advice.code == "QQ9"
    assert "QQ9" in advice.cause
    assert "SEE BULLETIN 12" in advice.cause


def test_too_soon_leads_and_every_other_code_follows_in_the_payers_order():
    found = advise(case("75", "79", "76"))
    assert [advice.code for advice in found] == ["79", "75", "76"]
    assert leading(("75", "76")) == "75"
    assert leading(()) == ""


@pytest.mark.parametrize(
    ("occurrence", "says"), [(1, "the first of them"), (2, "the second of them"),
                             (7, "the 7th of them")],
)  # fmt: skip
def test_the_occurrence_of_a_repeated_field_is_said(occurrence, says):
    said = Said(rejects=(Reject("EE", occurrence),))
    (advice,) = advise(case(said=said))
    assert says in advice.cause


def test_a_code_without_an_occurrence_does_not_speak_of_one():
    (advice,) = advise(case("EE"))
    assert "of them" not in advice.cause


@pytest.mark.parametrize(
    ("code", "text", "help_desk", "phone"),
    [
        # A consent is asked where the payer's text says; everything else at its help desk.
        ("75", "CALL PA DESK (800) 555-0123", "5125550190", "8005550123"),
        ("75", "PRIOR AUTHORIZATION", "5125550190", "8665550177"),
        ("70", "CALL 800-555-0123", "5125550190", "5125550190"),
        ("70", "CALL 800-555-0123", "", "5125550199"),
        ("70", "NOT COVERED", "1-512-555-0190 X12", "5125550190"),
    ],
)
def test_the_number_to_call_is_the_nearest_to_the_matter(code, text, help_desk, phone):
    known = Known(pa_phone="8665550177", sheet_help_desk="5125550199")
    said = Said(rejects=(Reject(code),), messages=(text,), help_desk=help_desk)
    (advice,) = advise(Case(sent(), said, known))
    assert advice.phone == phone


@pytest.mark.parametrize(
    "text", ["20260614", "AUTH 00012345", "NDC 68180098001", "NPI 2910000035000", "555-0123"]
)
def test_dates_and_numbers_of_other_kinds_are_no_telephone(text):
    assert phone_in(text) == ""


def test_the_day_is_said_to_the_patient_in_both_languages():
    (advice,) = advise(case(said=soon(date(2026, 12, 14))))
    assert "lisinopril 10 mg again from December 14" in advice.to_patient
    assert "a partir del 14 de diciembre" in advice.al_paciente
    assert advice.closing == "goes out on its day"


def test_without_a_day_the_patient_is_asked_for_a_reason():
    (advice,) = advise(case(said=soon(None)))
    assert "a trip, a lost bottle or a new dose" in advice.to_patient
    assert "un viaje" in advice.al_paciente
    assert advice.field == "clarification"


@pytest.mark.parametrize(
    ("day", "says"),
    [(date(2026, 1, 1), "1 de enero"), (date(2026, 6, 14), "14 de junio"),
     (date(2026, 12, 31), "31 de diciembre")],
)  # fmt: skip
def test_spanish_months_are_right_at_both_ends_of_the_year(day, says):
    assert spanish_day(day) == says


@pytest.mark.parametrize("code", ["01", "04", "06", "07", "08", "11", "51", "52", "53"])
def test_what_is_wrong_on_the_card_is_asked_of_who_has_the_card(code):
    (advice,) = advise(case(code))
    assert "may I see the card?" in advice.to_patient
    assert "¿me enseña la tarjeta?" in advice.al_paciente


def test_the_patient_is_asked_for_the_card_the_payer_names():
    other = OtherCoverage("01", "999998", "TESTMCD", "614866264", "", "", "", "", None, None)
    said = Said(rejects=(Reject("41"),), other_coverages=(other,))
    (advice,) = advise(case(said=said))
    assert "BIN 999998 pays first" in advice.to_patient
    assert (advice.place, advice.field) == ("patient", "coverage")
    assert advice.fill_in == "614866264"


def test_the_claim_as_it_goes_out_is_read_with_header_and_repeats():
    found = Sent({("07", "D5"): "030", ("07", "E7"): "8500"})
    assert (found.days, found.quantity("07", "E7")) == (30, 8.5)
    assert found.quantity("07", "ET") is None
    assert Sent({("07", "D5"): "X"}).days is None


def test_bytes_that_are_no_message_advise_without_inventing_what_was_sent():
    assert sent_in(b"garbage").fields == {}
    assert sent_in(request(person="02")).get("04", "C3") == "02"
    assert sent_in(request()).get("header", "bin") == "999999"
