"""The rules of screening against the shipped tables: what fires, how loud, what never does."""

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apothecary.screening.rules import (
    NOTE,
    PHARMACIST,
    RANK,
    STOP,
    VA_GRADE,
    AllergyFacts,
    DrugFacts,
    Found,
    fingerprint,
    screen,
    tables,
)

RANDOM = settings(max_examples=60, deadline=None)


def drug(*ingredients: str, strength: str = "10 mg", form: str = "tablet") -> DrugFacts:
    """A tablet, or another form, of some ingredients, taken once a day."""
    name = " / ".join(ingredients) or "unknown"
    dosage = "TABLET" if form == "tablet" else form.upper()
    return DrugFacts(name, ingredients, form, dosage, strength, Decimal(1))


def found(
    new: DrugFacts, *current: DrugFacts, allergies: tuple[AllergyFacts, ...] = ()
) -> list[Found]:
    return screen(new, current=current, allergies=allergies)


def of_kind(kind: str, findings: list[Found]) -> list[Found]:
    return [finding for finding in findings if finding.kind == kind]


def louder_or_equal(one: str, other: str) -> bool:
    return RANK[one] <= RANK[other]


ITEMS = {item.key: item for item in tables().items}
PAIRS = sorted(tables().pairs.values(), key=lambda pair: (pair.a, pair.b))
KNOWN = sorted({pair.a for pair in PAIRS} | {pair.b for pair in PAIRS})
CLASSES = tables().allergy_classes
LIMITED = {row.key: row for row in tables().duplication if len(row.ingredients) > 1}
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
        (finding,) = of_kind("interaction", found(drug(pair.a), drug(pair.b)))
        item = any(item.joins(pair.a, pair.b) for item in ITEMS.values())
        wanted = STOP if item else VA_GRADE[pair.severity]
        if finding.severity != wanted:
            quiet.append((pair.a, pair.b, finding.severity, wanted))
    assert quiet == []


def test_a_pair_fires_inside_combinations_and_names_both_products():
    (finding,) = of_kind(
        "interaction",
        found(drug("warfarin", "folic acid"), drug("aspirin", "dipyridamole")),
    )[:1]
    assert finding.because == (
        "new: warfarin / folic acid",
        "takes: aspirin / dipyridamole",
    )


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
    ("allergen", "severity", "says"),
    [
        ("latex", PHARMACIST, "stoppers"),
        (" Gelatin ", PHARMACIST, "gelatin"),
        ("lactose", NOTE, "inhalers"),
        ("strawberry", NOTE, "by name only"),
        ("", NOTE, "by name only"),
    ],
)
def test_an_allergy_by_name_alone_is_said_and_never_passed_silently(allergen, severity, says):
    (finding,) = found(drug("metformin"), allergies=(AllergyFacts(allergen),))
    assert (finding.kind, finding.severity) == ("allergy", severity)
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
    products = [DrugFacts(one, (one,), form, dosage, "10 mg", Decimal(1)) for one in members]
    new, *current = products
    classes = of_kind("duplicate class", found(new, *current))
    fires = any(row.says in finding.because[-1] for finding in classes)
    assert fires == (len(products) > (row.limit or 0))
    fewer = of_kind("duplicate class", found(new, *current[: (row.limit or 1) - 1]))
    assert not any(row.says in finding.because[-1] for finding in fewer)
    elsewhere = [replace(one, form_group="nowhere") for one in current]
    nowhere = of_kind("duplicate class", found(new, *elsewhere))
    assert not any(row.says in finding.because[-1] for finding in nowhere)


def test_the_same_ingredient_twice_is_one_finding_and_no_duplicate_of_its_class():
    findings = found(drug("lisinopril"), drug("lisinopril", strength="20 mg"))
    assert [finding.kind for finding in findings] == ["duplicate ingredient"]
    assert findings[0].severity == PHARMACIST


def test_a_drug_without_an_ingredient_is_for_the_pharmacist():
    (finding,) = found(drug(), drug("warfarin"))
    assert (finding.kind, finding.severity) == ("not screened", PHARMACIST)


def test_two_clean_drugs_say_nothing():
    assert found(drug("lisinopril"), drug("cetirizine")) == []


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
    def told(findings: list[Found]) -> set[tuple[str, ...]]:
        return {
            (each.kind, each.severity, each.because[-1])
            if each.kind == "duplicate class"
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
        ({"strength": "20 mg"}, False),
        ({"quantity_a_day": Decimal(2)}, False),
        ({"quantity_a_day": Decimal("1.000")}, True),
        ({"quantity_a_day": Decimal("1.01")}, False),
        ({"ingredients": ("warfarin", "aspirin")}, False),
    ],
)
def test_the_fingerprint_changes_with_the_dose_and_not_with_the_name(change, same):
    new = drug("warfarin")
    changed = replace(new, **change)
    assert (fingerprint("k", new, "a") == fingerprint("k", changed, "a")) == same


def test_a_finding_speaks_again_when_the_other_drugs_strength_changes():
    prints = {
        of_kind("interaction", found(drug("warfarin"), drug("aspirin", strength=strength)))[
            0
        ].fingerprint
        for strength in ("81 mg", "325 mg")
    }
    assert len(prints) == 2
