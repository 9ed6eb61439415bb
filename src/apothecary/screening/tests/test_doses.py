"""Doses against their limits: the boundary, the sum, whom a limit is for, what is missing."""

from dataclasses import replace
from decimal import Decimal

import pytest

from apothecary.screening import limits
from apothecary.screening.limits import DoseLimit
from apothecary.screening.rules.amounts import amounts
from apothecary.screening.rules.facts import Use
from apothecary.screening.rules.found import NOTE, PHARMACIST, STOP, Found
from apothecary.screening.tests.people import drug, found, of_kind, patient

ROWS = [row for row in limits.read_dose_limits() if row.unit in {"mg", "mcg"} and row.enabled]


def ordered(row: DoseLimit, a_day: Decimal) -> list[Found]:
    """What is said about this amount a day for somebody whom the row is for."""
    form = sorted(row.forms)[0] if row.forms else "tablet"
    dosage = "TABLET, EXTENDED RELEASE" if row.release == "extended" else "TABLET"
    unit = "mg" if row.unit == "mg" else "mcg"
    new = drug(row.ingredient, strength=f"{a_day} {unit}", form=form, dosage=dosage, days=1)
    beside = [drug(key, form="patch") for key in sorted(row.together)[:1]]
    said = {"kidney-severe": "N18.4", "liver-disease": "K74.60"}
    conditions = (said[row.condition],) if row.condition else ()
    who = patient(*beside, age=row.age_from or 46, sex=row.sex or "M", conditions=conditions)
    return of_kind("dose", found(new, who))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.ingredient}-{row.most}-{row.note}")
def test_the_limit_itself_passes_and_the_least_above_it_does_not(row):
    at = [each for each in ordered(row, row.most) if row.note in each.says]
    strictest = [each for each in at if f"the {row.most.normalize():f} " in each.says]
    assert strictest == []
    (finding,) = ordered(row, row.most + Decimal("0.001"))
    assert finding.severity in {row.grade, PHARMACIST, STOP}
    assert finding.origin.verified == "K"
    assert finding.origin.cite


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if not (row.condition or row.together or row.age_from or row.sex)],
    ids=lambda row: f"{row.ingredient}-{row.release}",
)
def test_more_than_twice_the_limit_is_stopped_unless_the_limit_is_only_usual(row):
    (twice,) = ordered(row, row.most * 2)
    (more,) = ordered(row, row.most * 2 + Decimal("0.001"))
    assert twice.severity == row.grade
    assert more.severity == (NOTE if row.grade == NOTE else STOP)
    assert ("house rule: stop" in " ".join(more.because)) == (row.grade != NOTE)


@pytest.mark.parametrize("form", ["topical", "eye-drops", "injection", "inhaler"])
def test_a_limit_of_what_is_swallowed_is_silent_about_other_forms(form):
    new = drug("ibuprofen", strength="9000 mg", form=form)
    assert of_kind("dose", found(new, patient())) == []


def test_the_same_ingredient_adds_up_over_all_products():
    new = drug("acetaminophen", "hydrocodone", strength="325 mg / 5 mg", a_day="8")
    other = drug("acetaminophen", strength="500 mg", a_day="2")
    assert of_kind("dose", found(new, patient(other))) == []
    more = replace(other, quantity_a_day=Decimal(4))
    (finding,) = of_kind("dose", found(new, patient(more)))
    assert finding.severity == PHARMACIST
    assert "4600 mg of acetaminophen a day: more than the 4000 mg" in finding.says
    assert finding.because[1:] == (
        "acetaminophen / hydrocodone: 2600 mg a day (quantity over days' supply)",
        "acetaminophen: 2000 mg a day (quantity over days' supply)",
    )


@pytest.mark.parametrize(
    ("use", "mg"),
    [
        (Use(Decimal(3), "tablet", 7), "30"),
        (Use(Decimal(25), "mg", 7), "25"),
        (Use(Decimal(500), "mcg", 7), "0.5"),
        (Use(Decimal(5), "mL", 7), "10"),
        (Use(None, "tablet", 7), "10"),
        (Use(), "10"),
    ],
)
def test_the_directions_say_how_much_before_the_quantity_does(use, mg):
    known = amounts(drug("lisinopril", use=use))
    assert known["lisinopril"].a_day == Decimal(mg)


def test_a_dose_in_mg_needs_no_strength():
    new = drug("lisinopril", strength="", a_day="0", use=Use(Decimal(90), "mg", 7))
    (finding,) = of_kind("dose", found(new, patient()))
    assert finding.severity == PHARMACIST


def test_a_syrup_is_reckoned_by_the_ml():
    new = drug(
        "ibuprofen", strength="100 mg/5 mL", form="oral-liquid", use=Use(Decimal(200), "mL", 7)
    )
    (finding,) = of_kind("dose", found(new, patient()))
    assert "4000 mg of ibuprofen" in finding.says


@pytest.mark.parametrize(("age", "fires"), [(60, False), (61, True), (None, False)])
def test_citalopram_is_halved_over_sixty(age, fires):
    findings = of_kind("dose", found(drug("citalopram", strength="40 mg"), patient(age=age)))
    assert bool(findings) == fires


@pytest.mark.parametrize(
    ("beside", "mg", "fires"),
    [
        ("amlodipine", "20", False),
        ("amlodipine", "40", True),
        ("diltiazem", "10", False),
        ("diltiazem", "20", True),
        ("lisinopril", "40", False),
    ],
)
def test_simvastatin_has_a_lower_limit_beside_some_drugs(beside, mg, fires):
    new = drug("simvastatin", strength=f"{mg} mg")
    assert bool(of_kind("dose", found(new, patient(drug(beside))))) == fires


@pytest.mark.parametrize(
    ("days", "severity"), [(None, PHARMACIST), (1, ""), (2, STOP), (7, STOP)]
)
def test_methotrexate_on_more_than_one_day_of_the_week_is_stopped(days, severity):
    asked = ("How often?",) if days is None else ()
    new = drug("methotrexate", strength="2.5 mg", use=Use(None, "tablet", days, asked))
    findings = [each for each in found(new, patient()) if each.severity != NOTE]
    assert [each.severity for each in findings] == ([severity] if severity else [])


def test_methotrexate_without_any_directions_is_said_and_not_in_the_way():
    new = drug("methotrexate", strength="2.5 mg", a_day="0")
    (finding,) = found(new, patient())
    assert (finding.kind, finding.severity) == ("not screened", NOTE)


def test_methotrexate_by_injection_is_not_counted_in_tablets():
    new = drug("methotrexate", form="injection", use=Use(Decimal(1), "mL", 7))
    assert of_kind("dose", found(new, patient())) == []


@pytest.mark.parametrize(("days", "fires"), [(5, False), (6, True)])
def test_ketorolac_is_for_five_days(days, fires):
    new = drug("ketorolac", days=days)
    (finding,) = of_kind("duration", found(new, patient())) or (None,)
    assert (finding is not None) == fires


@pytest.mark.parametrize(
    ("mg", "weight", "severity"),
    [("800", "20", ""), ("801", "20", PHARMACIST), ("1601", "20", STOP), ("801", "20.025", "")],
)
def test_a_childs_dose_goes_by_weight(mg, weight, severity):
    new = drug("ibuprofen", strength=f"{mg} mg")
    findings = of_kind("dose", found(new, patient(age=6, weight_kg=weight)))
    assert [each.severity for each in findings] == ([severity] if severity else [])


@pytest.mark.parametrize(("age", "asks"), [(11, True), (12, False)])
def test_a_missing_weight_is_for_the_pharmacist_where_the_dose_goes_by_it(age, asks):
    findings = found(drug("ibuprofen", strength="200 mg"), patient(age=age))
    (finding,) = of_kind("not screened", findings)
    assert finding.severity == (PHARMACIST if asks else NOTE)
    assert ("No weight is on file" in finding.says) == asks
    assert ("Only a limit of adults" in finding.says) != asks


def test_a_child_over_the_limit_of_adults_is_over_it():
    findings = found(drug("ibuprofen", strength="3201 mg"), patient(age=6, weight_kg="90"))
    assert [each.severity for each in of_kind("dose", findings)] == [PHARMACIST]


def test_a_dose_nobody_can_reckon_is_said():
    new = drug("ibuprofen", strength="some", use=Use(None, "", None, ("How much?",)), a_day="0")
    (finding,) = found(new, patient())
    assert (finding.kind, finding.severity) == ("not screened", NOTE)
    assert "daily dose of ibuprofen is not known" in finding.says


def test_nothing_is_said_of_a_dose_when_nobody_has_ordered_one():
    assert found(drug("ibuprofen", strength="", a_day="0"), patient()) == []


@pytest.mark.parametrize(("puffs", "fires"), [(12, False), (13, True)])
def test_puffs_are_counted_as_puffs(puffs, fires):
    new = drug("albuterol", form="inhaler", use=Use(Decimal(puffs), "puff", 7))
    findings = of_kind("dose", found(new, patient()))
    assert [each.severity for each in findings] == ([NOTE] if fires else [])


def test_a_finding_about_a_dose_changes_with_the_sum():
    prints = {
        of_kind("dose", found(drug("lisinopril", strength=f"{mg} mg"), patient()))[
            0
        ].fingerprint
        for mg in (81, 82)
    }
    assert len(prints) == 2
