"""Who the patient is: age, pregnancy, breast-feeding, diseases, kidneys."""

import pytest

from apothecary.screening import limits
from apothecary.screening.limits import AgeRule, StateRule
from apothecary.screening.rules.found import NOTE, PHARMACIST, STOP
from apothecary.screening.rules.people import meant_by
from apothecary.screening.rules.tables import aimed, tables
from apothecary.screening.tests.people import drug, found, of_kind, patient

AGES = [row for row in limits.read_age_rules() if row.aim.enabled]
STATES = [row for row in limits.read_state_rules() if row.aim.enabled]
CONDITIONS = {row.key: row for row in limits.read_conditions()}


@pytest.mark.parametrize("row", AGES, ids=lambda row: f"{row.aim.key}-{row.age_from}")
def test_each_age_fires_on_its_boundary_for_every_member_and_not_beside_it(row: AgeRule):
    if row.age_from is not None:
        inside, outside = row.age_from, row.age_from - 1
    else:
        assert row.age_under is not None
        inside, outside = row.age_under - 1, row.age_under
    for key in aimed(row.aim, tables().classes):
        says = [each.says for each in of_kind("age", found(drug(key), patient(age=inside)))]
        assert any(row.aim.says in one for one in says), key
        after = [each.says for each in of_kind("age", found(drug(key), patient(age=outside)))]
        assert not any(row.aim.says in one for one in after), key


def test_codeine_for_a_child_is_stopped_and_for_a_teenager_is_not():
    for age, severity in ((11, [STOP]), (12, [])):
        findings = of_kind("age", found(drug("codeine"), patient(age=age)))
        assert [each.severity for each in findings] == severity


def test_a_missing_birth_date_is_said_where_a_rule_goes_by_age():
    (finding,) = found(drug("codeine", a_day="0", strength=""), patient(age=None))
    assert (finding.kind, finding.severity) == ("not screened", NOTE)
    assert found(drug("lisinopril"), patient(age=None)) == []


def test_a_cream_is_not_screened_for_age():
    assert found(drug("aspirin", form="topical"), patient(age=5)) == []


@pytest.mark.parametrize(
    "row", STATES, ids=lambda row: f"{row.condition}-{row.aim.key}-{row.aim.grade}"
)
def test_each_condition_fires_for_every_member_by_code_and_by_word(row: StateRule):
    name = CONDITIONS[row.condition]
    code, word = name.codes[0], min(name.words)
    code = code if len(code) > 2 else f"{code}9"
    for key in sorted(aimed(row.aim, tables().classes)):
        for said in (code, word):
            findings = found(drug(key), patient(age=30, conditions=(said,)))
            fitting = [each for each in findings if row.aim.says in each.says]
            assert fitting, (key, said)
            assert fitting[0].because[-1] == f"condition: {said}"
            assert fitting[0].origin.cite


def test_a_row_that_is_doubtful_never_fires():
    off = [row for row in limits.read_state_rules() if not row.aim.enabled]
    assert off
    for row in off:
        assert row.aim.origin.verified == "KQ"
        findings = found(drug(row.aim.key), patient(sex="F", conditions=("pregnant",)))
        assert not any(row.aim.says in each.says for each in findings)


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        ("Z33.1", {"pregnant"}),
        ("Z331", {"pregnant"}),
        ("O09.90", {"pregnant"}),
        ("o26.891", {"pregnant"}),
        ("O80", set()),
        ("Pregnant, 20 weeks", {"pregnant"}),
        ("not pregnant", set()),
        ("denies pregnancy", set()),
        ("nursing home", set()),
        ("breast-feeding", {"lactating"}),
        ("N18.4", {"kidney-severe"}),
        ("N18.3", set()),
        ("N18.30", set()),
        ("ESRD on dialysis", {"kidney-severe"}),
        ("family history of asthma", set()),
        ("Asthma", {"asthma"}),
        ("J45.909", {"asthma"}),
        ("asthmatic", set()),
        ("no seizures", set()),
        ("Alzheimer's disease", {"dementia"}),
        ("I10", set()),
        ("", set()),
    ],
)
def test_a_condition_is_known_by_code_or_by_whole_words_and_not_by_its_denial(said, keys):
    assert set(meant_by(said)) == keys


def test_a_condition_in_no_table_is_said_where_the_drug_has_rules_for_conditions():
    (finding,) = found(drug("metformin"), patient(conditions=("purple toes",)))
    assert (finding.kind, finding.severity) == ("not screened", NOTE)
    assert found(drug("amlodipine"), patient(conditions=("purple toes",))) == []
    assert found(drug("metformin"), patient(conditions=("E11.9",))) == []


@pytest.mark.parametrize(
    ("sex", "age", "asked"),
    [("F", 11, 0), ("F", 12, 1), ("F", 55, 1), ("F", 56, 0), ("M", 30, 0), ("", 30, 0)],
)
def test_whoever_might_be_pregnant_is_asked_before_a_drug_that_harms_the_unborn(
    sex, age, asked
):
    findings = found(drug("isotretinoin"), patient(age=age, sex=sex))
    assert len(of_kind("not screened", findings)) == asked
    assert found(drug("lisinopril"), patient(age=30, sex="F")) == []


def test_pregnancy_and_breast_feeding_are_kinds_of_their_own():
    pregnant = patient(sex="F", age=30, conditions=("pregnant",))
    (finding,) = of_kind("pregnancy", found(drug("valproate"), pregnant))
    assert finding.severity == STOP
    nursing = patient(sex="F", age=30, conditions=("breastfeeding",))
    (finding,) = of_kind("lactation", found(drug("codeine"), nursing))
    assert finding.severity == PHARMACIST


def test_metformin_is_stopped_with_failing_kidneys_and_a_cream_for_the_skin_is_not():
    failing = patient(conditions=("N18.5",))
    assert [each.severity for each in found(drug("metformin"), failing)] == [STOP]
    assert found(drug("diclofenac", form="topical"), failing) == []
