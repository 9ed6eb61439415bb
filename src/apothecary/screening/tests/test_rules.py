"""The rules of screening against the shipped tables: what fires, how loud, what never does."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apothecary.screening.rules.facts import AllergyFacts, Use
from apothecary.screening.rules.found import (
    NOTE,
    PHARMACIST,
    RANK,
    STOP,
    Found,
    fingerprint,
)
from apothecary.screening.rules.interactions import VA_GRADE
from apothecary.screening.rules.tables import counted, tables
from apothecary.screening.sources import read_all_interactions, read_interactions
from apothecary.screening.strengths import contents_of
from apothecary.screening.tests import people
from apothecary.screening.tests.people import drug, of_kind, patient

RANDOM = settings(max_examples=60, deadline=None)


def found(new, *current, allergies=()):
    return people.found(new, patient(*current, allergies=allergies))


def louder_or_equal(one: str, other: str) -> bool:
    return RANK[one] <= RANK[other]


ITEMS = {item.key: item for items in tables().items.values() for item in items}
PAIRS = sorted(read_all_interactions(), key=lambda pair: (pair.a, pair.b))
KNOWN = sorted({key for pair in read_interactions() for key in (pair.a, pair.b)})
CLASSES = tables().allergy_classes
LIMITED = {row.key: row for row in counted() if len(row.ingredients) > 1}
SAME_CLASS = {row.from_key: row for row in tables().crossings if row.from_key == row.to_key}
DRUGS = st.builds(
    drug, st.sampled_from(KNOWN), strength=st.sampled_from(["5 mg", "10 mg", "20 mg"])
)
ALLERGIES = st.sampled_from(
    [AllergyFacts(key, allergy_class=key) for key in sorted(CLASSES)]
    + [AllergyFacts(key, ingredient=key) for key in KNOWN[::9]]
    + [AllergyFacts("dust"), AllergyFacts("Peanut", reaction="hives")]
)


@pytest.mark.parametrize("key", sorted(ITEMS))
def test_each_high_priority_item_stops_each_of_its_pairs_in_either_order(key):
    item = ITEMS[key]
    pairs = [(a, b) for a, b in product(item.objects, item.precipitants) if a != b]
    # Without a pair, one whole side is of drugs that are not in the drug file.
    assert pairs or (item.absent and not (item.objects and item.precipitants))
    for a, b in pairs:
        for new, current in ((drug(a), drug(b)), (drug(b), drug(a))):
            loud = of_kind("interaction", found(new, current))
            assert loud, (a, b)
            assert loud[0].severity == STOP
            assert loud[0].origin in {other.origin for other in ITEMS.values()}


@pytest.mark.parametrize("key", sorted(ITEMS))
def test_a_high_priority_item_never_fires_for_a_drug_with_itself(key):
    for one in ITEMS[key].objects | ITEMS[key].precipitants:
        assert of_kind("interaction", found(drug(one), drug(one))) == []


def test_each_pair_of_the_va_set_is_as_loud_as_its_grade_says_or_louder():
    quiet = []
    for pair in PAIRS:
        (finding, *_) = of_kind("interaction", found(drug(pair.a), drug(pair.b)))
        item = any(item.joins(pair.a, pair.b) for item in ITEMS.values())
        wanted = STOP if item else VA_GRADE[pair.severity]
        if not louder_or_equal(finding.severity, wanted):
            quiet.append((pair.a, pair.b, finding.severity, wanted))
    assert quiet == []


def test_a_pair_fires_inside_combinations_and_names_both_products():
    new, other = drug("warfarin", "folic acid"), drug("aspirin", "dipyridamole")
    (finding,) = of_kind("interaction", found(new, other))
    assert finding.because[:2] == (
        "new: warfarin / folic acid",
        "takes: aspirin / dipyridamole",
    )
    assert "warfarin with aspirin: significant" in finding.says


def test_two_drugs_with_several_pairs_are_one_finding_as_loud_as_the_loudest():
    new, other = drug("simvastatin", "ezetimibe"), drug("clarithromycin", "warfarin")
    (finding,) = of_kind("interaction", found(new, other))
    assert finding.severity == STOP


def test_two_ingredients_that_both_drugs_hold_together_do_not_meet():
    twice = drug("sulfamethoxazole", "trimethoprim", a_day="0")
    assert "trimethoprim" in tables().partners["sulfamethoxazole"]
    assert [each.kind for each in found(twice, twice)] == ["duplicate ingredient"]


@pytest.mark.parametrize("form", ["topical", "ear-drops", "eye-drops", "eye-ointment"])
def test_what_stays_on_the_skin_or_in_the_eye_is_a_note_that_says_why(form):
    new = drug("erythromycin", form=form)
    (finding,) = of_kind("interaction", found(new, drug("simvastatin")))
    assert finding.severity == NOTE
    assert "Little of it reaches the blood" in finding.because[-1]


def test_eye_drops_with_a_beta_blocker_are_as_loud_as_tablets():
    for form in ("eye-drops", "tablet"):
        new = drug("timolol", form=form)
        (finding,) = of_kind("interaction", found(new, drug("verapamil")))
        assert finding.severity == VA_GRADE[tables().partners["timolol"]["verapamil"].severity]
        assert finding.because == ("new: timolol", "takes: verapamil")


@pytest.mark.parametrize("insulin", ["insulin-glargine", "insulin-lispro", "insulin-human"])
def test_one_word_of_the_va_stands_for_each_of_the_drug_file(insulin):
    rows = [pair for pair in PAIRS if "insulin" in (pair.a, pair.b)]
    assert rows
    for row in rows:
        other = row.b if row.a == "insulin" else row.a
        assert of_kind("interaction", found(drug(insulin, form="injection"), drug(other)))


@pytest.mark.parametrize("key", KNOWN[::5])
def test_an_allergy_to_an_ingredient_stops_that_ingredient_alone_or_combined(key):
    allergy = AllergyFacts(key.title(), ingredient=key, reaction="hives")
    for new in (drug(key), drug("something else", key)):
        (finding,) = of_kind("allergy", found(new, allergies=(allergy,)))
        assert finding.severity == STOP
        assert "hives" in finding.says
        assert finding.because[0] == f"allergy: {key.title()} (hives)"


@pytest.mark.parametrize("key", sorted(CLASSES))
def test_an_allergy_to_a_class_speaks_for_every_member_of_it(key):
    wanted = SAME_CLASS[key].grade if key in SAME_CLASS else STOP
    for member in CLASSES[key].ingredients:
        findings = of_kind(
            "allergy", found(drug(member), allergies=(AllergyFacts(key, allergy_class=key),))
        )
        assert findings, member
        assert louder_or_equal(findings[0].severity, wanted), member


@pytest.mark.parametrize(
    "row", tables().crossings, ids=lambda row: f"{row.from_key} to {row.to_key}"
)
def test_each_row_of_cross_reactivity_fires_as_loud_as_it_says(row):
    allergy = {
        "class": AllergyFacts("named", allergy_class=row.from_key),
        "ingredient": AllergyFacts("named", ingredient=row.from_key),
        "other": AllergyFacts(row.from_key.title()),
    }[row.from_kind]
    targets = (
        [row.to_key] if row.to_kind == "ingredient" else sorted(CLASSES[row.to_key].ingredients)
    )
    asked = [one for one in targets if one != row.from_key]
    assert asked
    for one in asked:
        findings = of_kind("allergy", found(drug(one), allergies=(allergy,)))
        assert findings, one
        assert louder_or_equal(findings[0].severity, row.grade), one


@pytest.mark.parametrize(
    ("allergen", "kind", "severity", "says"),
    [
        ("latex", "allergy", PHARMACIST, "stoppers"),
        (" Gelatin ", "allergy", PHARMACIST, "gelatin"),
        ("lactose", "allergy", NOTE, "inhalers"),
        ("strawberry", "not screened", NOTE, "by name only"),
        ("", "not screened", NOTE, "by name only"),
    ],
)
def test_an_allergy_by_name_alone_is_said_and_never_passed_silently(
    allergen, kind, severity, says
):
    (finding,) = found(drug("metformin"), allergies=(AllergyFacts(allergen),))
    assert (finding.kind, finding.severity) == (kind, severity)
    assert says in finding.says


def test_an_allergy_to_a_class_no_table_knows_is_not_passed_silently():
    allergy = AllergyFacts("quinquinols", allergy_class="quinquinols")
    (finding,) = found(drug("metformin"), allergies=(allergy,))
    assert "by name only" in finding.says


@pytest.mark.parametrize("key", [key for key in KNOWN[::7]])
def test_an_allergy_to_something_known_is_silent_about_what_has_nothing_to_do_with_it(key):
    classes = [row for row in CLASSES.values() if "metformin" in row.ingredients]
    assert classes == []
    if key != "metformin":
        assert found(drug("metformin"), allergies=(AllergyFacts(key, ingredient=key),)) == []


@pytest.mark.parametrize("key", sorted(LIMITED))
def test_a_class_allows_as_many_products_as_its_limit_and_not_one_more(key):
    row = LIMITED[key]
    form = sorted(row.form_groups)[0]
    dosage = "TABLET, EXTENDED RELEASE" if row.release == "extended" else "TABLET"
    members = sorted(row.ingredients)[: (row.limit or 0) + 1]
    new, *current = [drug(one, form=form, dosage=dosage) for one in members]
    classes = of_kind("duplicate class", found(new, *current))
    # A wider class is not said again about the same drugs.
    assert len(classes) == (1 if current else 0)
    assert all(finding.severity == PHARMACIST for finding in classes)
    fewer = current[: (row.limit or 1) - 1]
    assert not any(
        row.says in finding.because[-1]
        for finding in of_kind("duplicate class", found(new, *fewer))
    )
    elsewhere = [replace(one, form_group="nowhere") for one in current]
    assert of_kind("duplicate class", found(new, *elsewhere)) == []


def test_the_same_ingredient_twice_is_one_finding_and_no_duplicate_of_its_class():
    findings = found(drug("lisinopril"), drug("lisinopril", strength="20 mg"))
    assert [finding.kind for finding in findings] == ["duplicate ingredient"]
    assert findings[0].severity == PHARMACIST


@pytest.mark.parametrize(
    ("change", "severity"),
    [
        ({}, PHARMACIST),
        ({"form_group": "topical"}, NOTE),
        ({"form_group": "rectal"}, NOTE),
        ({"dosage_form": "TABLET, EXTENDED RELEASE"}, NOTE),
        ({"runs_out_on": people.TODAY + timedelta(days=7), "strength": "20 mg"}, NOTE),
        ({"runs_out_on": people.TODAY + timedelta(days=8), "strength": "20 mg"}, PHARMACIST),
    ],
)
def test_the_same_ingredient_in_another_way_of_use_is_a_note(change, severity):
    other = replace(drug("hydrocortisone"), **change)
    (finding,) = of_kind("duplicate ingredient", found(drug("hydrocortisone"), other))
    assert finding.severity == severity


@pytest.mark.parametrize(("left", "says"), [(7, []), (8, ["duplicate ingredient"])])
def test_a_renewal_is_silent_when_the_supply_is_used_up(left, says):
    other = drug("lisinopril", runs_out_on=people.TODAY + timedelta(days=left))
    kinds = [each.kind for each in found(drug("lisinopril"), other)]
    assert kinds == says


def test_a_drug_without_an_ingredient_is_for_the_pharmacist():
    (finding,) = found(drug(), drug("warfarin"))
    assert (finding.kind, finding.severity) == ("not screened", PHARMACIST)


def test_what_the_patient_takes_without_an_ingredient_is_said():
    (finding,) = found(drug("warfarin"), drug())
    assert (finding.kind, finding.severity) == ("not screened", NOTE)
    assert "was not screened with it" in finding.says


def test_an_ingredient_that_no_source_of_interactions_knows_is_said_beside_other_drugs():
    (finding,) = found(drug("tezepelumab"), drug("warfarin"))
    assert (finding.kind, finding.severity) == ("not screened", NOTE)
    assert "No source on file knows interactions of tezepelumab" in finding.says
    assert found(drug("tezepelumab")) == []


def test_two_clean_drugs_say_nothing():
    assert found(drug("lisinopril"), drug("cetirizine")) == []


def test_iodinated_contrast_is_known_however_it_is_spelt():
    for name in ("iodinated-contrast", "Iodinated contrast"):
        (finding,) = found(drug("metformin"), allergies=(AllergyFacts(name),))
        assert finding.kind == "allergy"


@RANDOM
@given(new=DRUGS, current=st.lists(DRUGS, max_size=5), allergy=ALLERGIES, seed=st.randoms())
def test_the_order_of_the_current_drugs_changes_no_word(new, current, allergy, seed):
    shuffled = list(current)
    seed.shuffle(shuffled)
    assert found(new, *current, allergies=(allergy,)) == found(
        new, *shuffled, allergies=(allergy,)
    )


@RANDOM
@given(new=DRUGS, current=st.lists(DRUGS, max_size=4), more=DRUGS, allergy=ALLERGIES)
def test_another_drug_never_silences_a_finding(new, current, more, allergy):
    # What is summed over all drugs grows with one more: its words change, never its kind.
    summed = {"dose", "opioid load", "duplicate class", "interaction"}

    def told(findings: list[Found]) -> set[tuple[str, ...]]:
        return {
            (each.kind, each.because[0])
            if each.kind in summed
            else (each.kind, each.severity, each.fingerprint)
            for each in findings
        }

    before = found(new, *current, allergies=(allergy,))
    after = found(new, *current, more, allergies=(allergy,))
    assert told(before) <= told(after)


@RANDOM
@given(new=DRUGS, current=st.lists(DRUGS, max_size=4), first=ALLERGIES, second=ALLERGIES)
def test_another_allergy_never_silences_a_finding(new, current, first, second):
    few = found(new, *current, allergies=(first,))
    many = found(new, *current, allergies=(first, second))
    assert {each.fingerprint for each in few} <= {each.fingerprint for each in many}
    louder = {each.fingerprint: each.severity for each in many}
    assert all(louder_or_equal(louder[each.fingerprint], each.severity) for each in few)


@RANDOM
@given(new=DRUGS, current=st.lists(DRUGS, max_size=5), allergy=ALLERGIES)
def test_the_loudest_stands_first_each_thing_once_and_each_with_its_source(
    new, current, allergy
):
    findings = found(new, *current, allergies=(allergy,))
    ranks = [RANK[each.severity] for each in findings]
    assert ranks == sorted(ranks)
    prints = [each.fingerprint for each in findings]
    assert len(set(prints)) == len(prints)
    assert all(each.origin.cite and each.says and each.clears for each in findings)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"name": "by another name"}, True),
        ({"quantity_a_day": Decimal(2)}, False),
        ({"quantity_a_day": Decimal("1.000")}, True),
        ({"quantity_a_day": Decimal("1.01")}, False),
        ({"ingredients": ("warfarin", "aspirin")}, False),
        ({"use": Use(Decimal(2), "tablet", 7)}, False),
        ({"use": Use(Decimal(1), "tablet", 7)}, True),
        ({"contents": contents_of(("warfarin",), "20 mg")}, False),
        (
            {"contents": contents_of(("warfarin",), "20 mg"), "quantity_a_day": Decimal("0.5")},
            True,
        ),
        ({"contents": ()}, False),
    ],
)
def test_the_fingerprint_changes_with_the_dose_and_not_with_the_name(change, same):
    new = drug("warfarin")
    changed = replace(new, **change)
    assert (fingerprint("k", new, "a") == fingerprint("k", changed, "a")) == same


@pytest.mark.parametrize("change", [{"strength": "325 mg"}, {"a_day": "2"}])
def test_a_finding_speaks_again_when_the_other_drugs_dose_changes(change):
    before, after = (
        of_kind("interaction", found(drug("warfarin"), other))[0].fingerprint
        for other in (drug("aspirin"), drug("aspirin", **change))
    )
    assert before != after
