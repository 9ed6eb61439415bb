"""How much base a product holds, read from the words of the drug file or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.config.tests.world_days import TODAY
from apothecary.drugs.derived.strengths import strength_text
from apothecary.law.listed_chemicals import grams_of_base
from apothecary.pickup.behind_counter.contents import ProductFacts, contents_of, milligrams_of

HCL = "pseudoephedrine hydrochloride"


def facts(
    strength: str = "30 mg",
    *,
    key: str = "pseudoephedrine",
    substances: str = HCL,
    unit: str = "EA",
    schedule: int = 0,
    prescription_only: bool = False,
) -> ProductFacts:
    return ProductFacts(
        ingredient_key=key,
        substances=substances,
        strength=strength,
        schedule=schedule,
        prescription_only=prescription_only,
        unit=unit,
    )


def codes(found) -> list[str]:
    return [problem.code for problem in found.problems]


@pytest.mark.parametrize(
    ("strength", "unit", "milligrams"),
    [
        ("30 mg", "EA", "30"),
        ("120 mg", "EA", "120"),
        ("15 mg/5 mL", "ML", "3"),
        ("30 mg/5 mL", "ML", "6"),
        ("9.4 mg/mL", "ML", "9.4"),
        ("7.5 mg/0.8 mL", "ML", "9.375"),
    ],
)
def test_a_strength_is_milligrams_in_a_tablet_or_a_millilitre(strength, unit, milligrams):
    assert milligrams_of(strength, unit=unit) == Decimal(milligrams)


@pytest.mark.parametrize(
    ("strength", "unit"),
    [
        ("30 mg", "ML"),
        ("15 mg/5 mL", "EA"),
        ("30 mg", "GM"),
        ("240 mg/24 h", "EA"),
        ("30 mcg", "EA"),
        ("30", "EA"),
        ("", "EA"),
        ("1 [hp_X]", "EA"),
        ("30 mg/0 mL", "ML"),
        ("-30 mg", "EA"),
        ("1e3 mg", "EA"),
    ],
)
def test_a_strength_that_says_something_else_is_not_guessed(strength, unit):
    assert milligrams_of(strength, unit=unit) is None
    assert codes(contents_of(facts(strength, unit=unit), on=TODAY)) == ["pse-contents"]


@given(st.decimals("0.1", "600", places=1))
def test_what_the_loader_writes_of_a_tablet_is_read_back(amount):
    assert milligrams_of(strength_text(f"{amount}", "mg/1"), unit="EA") == amount


@given(st.decimals("0.1", "600", places=1), st.sampled_from(["1", "5", "2.5", "10"]))
def test_what_the_loader_writes_of_a_liquid_is_read_back(amount, per):
    said = strength_text(f"{amount}", f"mg/{per}mL")
    assert milligrams_of(said, unit="ML") == amount / Decimal(per)


@pytest.mark.parametrize(
    ("key", "substances", "strength", "salt", "milligrams"),
    [
        ("pseudoephedrine", HCL, "30 mg", HCL, "30"),
        ("loratadine+pseudoephedrine", "LORATADINE; PSEUDOEPHEDRINE SULFATE",
         "10 mg / 240 mg", "pseudoephedrine sulfate", "240"),
        ("ibuprofen+pseudoephedrine", "IBUPROFEN; PSEUDOEPHEDRINE HYDROCHLORIDE",
         "200 mg / 30 mg", HCL, "30"),
        ("ephedrine+guaifenesin", "EPHEDRINE HYDROCHLORIDE; GUAIFENESIN",
         "25 mg / 400 mg", "ephedrine hydrochloride", "25"),
    ],
)  # fmt: skip
def test_of_a_combination_the_listed_chemical_counts_alone(
    key, substances, strength, salt, milligrams
):
    found = contents_of(facts(strength, key=key, substances=substances), on=TODAY)
    assert codes(found) == []
    assert [(each.substance, each.milligrams) for each in found.listed] == [
        (salt, Decimal(milligrams))
    ]


def test_a_package_of_24_tablets_of_30_mg_holds_less_than_its_salt():
    found = contents_of(facts(), on=TODAY)
    assert grams_of_base(found.listed, Decimal(24), on=TODAY) == Decimal("0.589846")


@pytest.mark.parametrize(
    ("substances", "code"),
    [
        ("pseudoephedrine", "pse-salt"),
        ("pseudoephedrine tannate", "pse-salt"),
        ("", "pse-contents"),
        (f"loratadine; {HCL}", "pse-contents"),
        ("loratadine", "pse-contents"),
    ],
)
def test_a_salt_that_nobody_knows_cannot_be_sold(substances, code):
    found = contents_of(facts(substances=substances), on=TODAY)
    assert codes(found) == [code]
    assert found.behind


@pytest.mark.parametrize("key", ["loratadine", "phenylephrine", "acetaminophen+phenylephrine"])
def test_what_holds_no_listed_chemical_stands_elsewhere(key):
    assert not contents_of(facts(key=key, substances=key), on=TODAY).behind


@pytest.mark.parametrize(
    ("schedule", "prescription_only"), [(0, True), (5, True), (2, False), (3, False)]
)
def test_what_needs_a_prescription_is_not_sold_here(schedule, prescription_only):
    found = contents_of(facts(schedule=schedule, prescription_only=prescription_only), on=TODAY)
    assert codes(found) == ["pse-prescription"]


@pytest.mark.parametrize(
    ("key", "unit", "opium", "liquid"),
    [
        ("codeine+guaifenesin", "ML", False, True),
        ("codeine+guaifenesin", "EA", False, False),
        ("kaolin+opium+pectin", "ML", True, True),
        ("opium", "EA", True, False),
    ],
)
def test_a_schedule_v_drug_counts_against_its_own_limit(key, unit, opium, liquid):
    found = contents_of(facts("1 mg", key=key, schedule=5, unit=unit), on=TODAY)
    assert (found.exempt, found.opium, found.liquid) == (True, opium, liquid)
    assert (found.listed, found.problems) == ((), ())


def test_a_cough_syrup_may_stand_in_both_books():
    found = contents_of(
        facts(
            "2 mg/5 mL / 7.5 mg/5 mL / 30 mg/5 mL",
            key="brompheniramine+codeine+pseudoephedrine",
            substances="BROMPHENIRAMINE MALEATE; CODEINE PHOSPHATE; "
            "PSEUDOEPHEDRINE HYDROCHLORIDE",
            unit="ML",
            schedule=5,
        ),
        on=TODAY,
    )
    assert (found.exempt, found.liquid, codes(found)) == (True, True, [])
    assert [each.milligrams for each in found.listed] == [Decimal(6)]
