from apothecary.law.recorded import in_words, missing_problems
from apothecary.law.tables import federal
from apothecary.law.tests.cases import ON, codes


def test_what_a_paper_lacks_is_said_in_words_with_its_law() -> None:
    row = federal("DEA-083", on=ON)
    shown = set(row.names()) - {"patient_address"}
    problems = missing_problems(row, shown, what="The record", code="record")
    assert codes(problems) == ["record-no-patient-address"]
    assert problems[0].says == "The record does not show patient address."
    assert (problems[0].cite, problems[0].verified) == ("21 CFR 1304.22(c)", "K")
    assert problems[0].field == "patient_address"


def test_everything_shown_is_nothing_missing() -> None:
    row = federal("DEA-083", on=ON)
    assert missing_problems(row, set(row.names()), what="It", code="it") == []


def test_names_are_read_out_without_their_underscores() -> None:
    assert in_words("sold_on") == "sold on"
    assert in_words("module_fips_140_2") == "module FIPS 140-2"
