"""Dyes and gluten, look-alike names, and what severe reactions make louder."""

import pytest

from apothecary.screening.rules.facts import AllergyFacts
from apothecary.screening.rules.found import NOTE, PHARMACIST, STOP
from apothecary.screening.rules.names import look_alikes
from apothecary.screening.tests.people import drug, found, of_kind, patient

RED_40, YELLOW_5, WHEAT = "WZB9127XOA", "I753WB2F1M", "4J2I0SN84Y"


@pytest.mark.parametrize(
    "allergen", ["red dye", "Tartrazine", "gluten", "Celiac disease", "dyes"]
)
def test_what_no_file_says_about_excipients_is_shown_as_not_screened(allergen):
    (finding,) = found(drug("metformin"), patient(allergies=(AllergyFacts(allergen),)))
    assert (finding.kind, finding.severity) == ("not screened", NOTE)
    assert "no file says what" in finding.says


@pytest.mark.parametrize("reaction", ["anaphylaxis", "throat swelling", "Anaphylactic shock"])
def test_after_a_severe_reaction_the_pharmacist_looks_at_the_label(reaction):
    allergy = AllergyFacts("red dye", reaction=reaction)
    (finding,) = found(drug("metformin"), patient(allergies=(allergy,)))
    assert finding.severity == PHARMACIST


@pytest.mark.parametrize(
    ("allergen", "held", "fires"),
    [
        ("red dye", RED_40, True),
        ("fd&c red no. 40", RED_40, True),
        ("red dye", YELLOW_5, False),
        ("tartrazine", YELLOW_5, True),
        ("dye", YELLOW_5, True),
        ("gluten", WHEAT, True),
        ("gluten", RED_40, False),
        ("wheat", WHEAT, True),
    ],
)
def test_where_a_file_names_the_excipients_they_are_compared(allergen, held, fires):
    new = drug("metformin", excipients=frozenset({held}))
    findings = found(new, patient(allergies=(AllergyFacts(allergen),)))
    assert [(each.kind, each.severity) for each in findings] == [("allergy", STOP)] * fires


@pytest.mark.parametrize("name", sorted(look_alikes()))
def test_written_is_one_name_of_a_look_alike_pair_and_entered_the_other(name):
    for row in look_alikes()[name]:
        (other,) = {row.name, row.confused_with.lower()} - {name}
        findings = of_kind(
            "look-alike", found(drug(name, written=f"{other.upper()} 10 MG tab"), patient())
        )
        assert [each.severity for each in findings] == [STOP]
        assert findings[0].because[0] == f"written: {other.upper()} 10 MG tab"


@pytest.mark.parametrize(
    "written",
    ["", "hydroxyzine HCl 25 mg", "hydrOXYzine", "Atarax 25", "hydroxyzine hydralazine"],
)
def test_what_was_written_as_it_was_entered_says_nothing(written):
    new = drug("hydroxyzine", written=written)
    assert of_kind("look-alike", found(new, patient())) == []


def test_nobody_has_asked_about_allergies_is_said_once_and_only_then():
    asked, unasked = patient(), patient(asked=False)
    assert found(drug("lisinopril"), asked) == []
    (finding,) = found(drug("lisinopril"), unasked)
    assert (finding.kind, finding.severity) == ("not screened", NOTE)
    known = patient(asked=False, allergies=(AllergyFacts("codeine", ingredient="codeine"),))
    assert found(drug("lisinopril"), known) == []
