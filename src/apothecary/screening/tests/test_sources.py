"""The shipped screening tables: whole, tied to the drug file, with origin on each row."""

from collections import Counter
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

from apothecary.drugs.shipped import BadRow
from apothecary.drugs.starter import ProductRow, read_ingredients, read_products
from apothecary.screening import sources
from apothecary.screening.naming import names
from apothecary.screening.sources import (
    AllergyClass,
    DuplicationClass,
    HighPriorityItem,
    Interaction,
    Origin,
    release_of,
)


@pytest.fixture(scope="module")
def known() -> set[str]:
    return {row.key for row in read_ingredients()}


@pytest.fixture(scope="module")
def named() -> set[str]:
    """The drug file's ingredients, and those that people bring from elsewhere."""
    return {key for keys in names().values() for key in keys}


@pytest.fixture(scope="module")
def interactions() -> dict[tuple[str, str], Interaction]:
    return {(row.a, row.b): row for row in sources.read_interactions()}


@pytest.fixture(scope="module")
def items() -> dict[str, HighPriorityItem]:
    return {row.key: row for row in sources.read_high_priority_items()}


@pytest.fixture(scope="module")
def duplicates() -> dict[str, DuplicationClass]:
    return {row.key: row for row in sources.read_duplication_classes()}


@pytest.fixture(scope="module")
def allergies() -> dict[str, AllergyClass]:
    return {row.key: row for row in sources.read_allergy_classes()}


def test_the_tables_have_the_rows_they_claim(
    interactions: dict[tuple[str, str], Interaction],
    items: dict[str, HighPriorityItem],
    duplicates: dict[str, DuplicationClass],
    allergies: dict[str, AllergyClass],
) -> None:
    assert Counter(row.severity for row in interactions.values()) == {
        "critical": 629,
        "significant": 1461,
    }
    assert len(list(sources.read_interactions())) == len(interactions)
    assert len(list(sources.read_interactions_beyond())) == 3146
    assert (len(items), len(duplicates), len(allergies)) == (15, 59, 23)
    assert len(list(sources.read_cross_reactions())) == 34
    assert len(list(sources.read_allergy_notes())) == 10
    assert len(list(sources.read_allergens())) == 678


def test_every_key_is_an_ingredient_of_the_drug_file_or_has_a_name(
    known: set[str],
    named: set[str],
    interactions: dict[tuple[str, str], Interaction],
    items: dict[str, HighPriorityItem],
    duplicates: dict[str, DuplicationClass],
    allergies: dict[str, AllergyClass],
) -> None:
    assert known <= named
    assert {key for pair in interactions for key in pair} <= known
    beyond = list(sources.read_interactions_beyond())
    assert {key for row in beyond for key in (row.a, row.b)} <= named
    assert not any({row.a, row.b} <= known for row in beyond)
    for item in items.values():
        assert item.objects | item.precipitants <= named
    for duplicate in duplicates.values():
        assert duplicate.ingredients <= named
    for allergy in allergies.values():
        assert allergy.ingredients
        assert allergy.ingredients <= named
    assert {row.ingredient for row in sources.read_allergens()} <= {"", *known}


def test_every_cross_reaction_joins_things_that_exist(
    named: set[str], allergies: dict[str, AllergyClass]
) -> None:
    exists = {"class": set(allergies), "ingredient": named}
    for row in sources.read_cross_reactions():
        assert row.to_key in exists[row.to_kind]
        assert row.from_kind == "other" or row.from_key in exists[row.from_kind]


def test_every_row_tells_its_origin(
    interactions: dict[tuple[str, str], Interaction],
    items: dict[str, HighPriorityItem],
    duplicates: dict[str, DuplicationClass],
    allergies: dict[str, AllergyClass],
) -> None:
    origins: set[Origin] = {row.origin for row in interactions.values()}
    origins |= {row.origin for row in items.values()}
    origins |= {row.origin for row in duplicates.values()}
    origins |= {row.origin for row in allergies.values()}
    origins |= {row.origin for row in sources.read_cross_reactions()}
    origins |= {row.origin for row in sources.read_allergy_notes()}
    assert all(origin.cite for origin in origins)
    assert {origin.on for origin in origins} == {
        date(2014, 11, 1),
        date(2012, 9, 1),
        date(2026, 11, 22),
    }
    assert {origin.verified for origin in origins} == {"V1", "K"}


def test_what_is_only_knowledge_is_marked_so(
    duplicates: dict[str, DuplicationClass], allergies: dict[str, AllergyClass]
) -> None:
    assert {row.origin.verified for row in duplicates.values()} == {"K"}
    assert {row.origin.verified for row in allergies.values()} == {"K"}
    assert {row.origin.verified for row in sources.read_cross_reactions()} == {"K"}


@pytest.mark.parametrize(
    ("a", "b", "severity"),
    [
        ("amiodarone", "warfarin", "critical"),
        ("ciprofloxacin", "warfarin", "significant"),
        ("aspirin", "warfarin", "significant"),
        ("clopidogrel", "warfarin", "significant"),
        ("ciprofloxacin", "tizanidine", "critical"),
        ("nitroglycerin", "sildenafil", "critical"),
        ("amlodipine", "clarithromycin", "significant"),
        ("amiodarone", "atorvastatin", "significant"),
    ],
)
def test_pairs_that_every_technician_learns_are_there(
    interactions: dict[tuple[str, str], Interaction], a: str, b: str, severity: str
) -> None:
    assert interactions[a, b].severity == severity
    assert interactions[a, b].nuis


@pytest.mark.parametrize(
    ("a", "b"), [("cholecalciferol", "warfarin"), ("acetaminophen", "lisinopril")]
)
def test_pairs_that_nobody_warns_of_are_not(
    interactions: dict[tuple[str, str], Interaction], a: str, b: str
) -> None:
    assert (a, b) not in interactions


def test_an_herb_outside_the_drug_file_still_meets_warfarin() -> None:
    others = {
        row.a: row.severity for row in sources.read_interactions_beyond() if row.b == "warfarin"
    }
    assert others["danshen"] == "significant"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("dabigatran-etexilate", "ketoconazole"),
        ("bumetanide", "lithium-carbonate"),
        ("cholestyramine", "mycophenolate-mofetil"),
    ],
)
def test_what_the_va_names_by_its_base_is_the_drug_files_salt(a: str, b: str) -> None:
    assert any({row.a, row.b} == {a, b} for row in sources.read_all_interactions())


@pytest.mark.parametrize(
    ("item", "a", "b"),
    [
        ("ONC-HP-01", "methylphenidate", "phenelzine"),
        ("ONC-HP-02", "atazanavir", "omeprazole"),
        ("ONC-HP-03", "febuxostat", "azathioprine"),
        ("ONC-HP-04", "sertraline", "tranylcypromine"),
        ("ONC-HP-05", "irinotecan", "ketoconazole"),
        ("ONC-HP-06", "meperidine", "selegiline"),
        ("ONC-HP-07", "amitriptyline", "isocarboxazid"),
        ("ONC-HP-09", "ramelteon", "fluvoxamine"),
        ("ONC-HP-10", "darunavir", "rifampin"),
        ("ONC-HP-11", "simvastatin", "clarithromycin"),
        ("ONC-HP-12", "ergotamine", "ritonavir"),
        ("ONC-HP-13", "tizanidine", "ciprofloxacin"),
        ("ONC-HP-14", "tranylcypromine", "procarbazine"),
        ("ONC-HP-15", "sumatriptan", "phenelzine"),
    ],
)
def test_a_high_priority_pair_is_met_from_both_sides(
    items: dict[str, HighPriorityItem], item: str, a: str, b: str
) -> None:
    assert items[item].joins(a, b)
    assert items[item].joins(b, a)
    assert not items[item].joins(a, a)
    assert not items[item].joins(a, "lisinopril")


def test_two_drugs_of_the_same_side_are_no_high_priority_pair(
    items: dict[str, HighPriorityItem],
) -> None:
    assert not items["ONC-HP-04"].joins("sertraline", "fluoxetine")
    assert not items["ONC-HP-13"].joins("ciprofloxacin", "fluvoxamine")


def test_every_member_of_the_items_has_a_name(items: dict[str, HighPriorityItem]) -> None:
    absent = {name for item in items.values() for name in item.absent}
    assert absent == set()


def test_the_qt_item_has_no_lawful_list_and_never_fires(
    items: dict[str, HighPriorityItem], known: set[str]
) -> None:
    qt = items["ONC-HP-08"]
    assert not qt.enabled
    assert not any(qt.joins(a, b) for a, b in combinations(sorted(known)[:50], 2))
    assert [row.key for row in items.values() if not row.enabled] == ["ONC-HP-08"]


def held(row: DuplicationClass, product: ProductRow) -> bool:
    return row.holds(
        ingredients=product.ingredients,
        form_group=product.form_group,
        dosage_form=product.dosage_form,
    )


def test_every_enabled_class_finds_a_product_and_no_disabled_one_does(
    duplicates: dict[str, DuplicationClass],
) -> None:
    products = list(read_products())
    found = {
        row.key for row in duplicates.values() if any(held(row, each) for each in products)
    }
    assert found == {row.key for row in duplicates.values() if row.enabled}
    assert set(duplicates) - found == {"anticholinergics", "serotonergics", "qt-drugs"}


@pytest.mark.parametrize(
    ("key", "ingredient", "form_group", "dosage_form", "expected"),
    [
        ("nsaids", "ibuprofen", "tablet", "TABLET", True),
        ("nsaids", "diclofenac", "topical", "GEL", False),
        ("nsaids", "ketorolac", "eye-drops", "SOLUTION/ DROPS", False),
        ("inhaled-corticosteroids", "fluticasone", "inhaler", "AEROSOL, METERED", True),
        ("inhaled-corticosteroids", "fluticasone", "nasal-spray", "SPRAY, METERED", False),
        ("opioids-immediate", "oxycodone", "tablet", "TABLET", True),
        ("opioids-immediate", "oxycodone", "tablet", "TABLET, EXTENDED RELEASE", False),
        ("opioids-extended", "oxycodone", "tablet", "TABLET, EXTENDED RELEASE", True),
        ("opioids-extended", "fentanyl", "patch", "PATCH", True),
        ("statins", "lisinopril", "tablet", "TABLET", False),
        ("qt-drugs", "amiodarone", "tablet", "TABLET", False),
    ],
)
def test_a_class_counts_only_its_forms_and_release(
    duplicates: dict[str, DuplicationClass],
    key: str,
    ingredient: str,
    form_group: str,
    dosage_form: str,
    expected: bool,
) -> None:
    row = duplicates[key]
    found = row.holds(ingredients=[ingredient], form_group=form_group, dosage_form=dosage_form)
    assert found is expected


def test_two_of_the_second_generation_antipsychotics_are_allowed_one_of_most_others(
    duplicates: dict[str, DuplicationClass],
) -> None:
    assert duplicates["second-generation-antipsychotics"].limit == 2
    assert duplicates["statins"].limit == 1
    assert (duplicates["acetaminophen"].counts, duplicates["acetaminophen"].limit) == (
        "dose",
        None,
    )


@pytest.mark.parametrize(
    ("form_group", "dosage_form", "release"),
    [
        ("tablet", "TABLET", "immediate"),
        ("tablet", "TABLET, DELAYED RELEASE", "immediate"),
        ("capsule", "CAPSULE, EXTENDED RELEASE", "extended"),
        ("patch", "PATCH", "extended"),
    ],
)
def test_release_is_read_from_the_form(form_group: str, dosage_form: str, release: str) -> None:
    assert release_of(form_group, dosage_form) == release


@pytest.mark.parametrize(
    ("key", "inside", "outside"),
    [
        ("penicillins", "amoxicillin", "cephalexin"),
        ("cephalosporins", "cephalexin", "amoxicillin"),
        ("sulfonamide-antibiotics", "sulfamethoxazole", "furosemide"),
        ("nsaids", "ibuprofen", "celecoxib"),
        ("opioid-phenanthrenes", "codeine", "fentanyl"),
        ("macrolides", "azithromycin", "clindamycin"),
        ("ace-inhibitors", "lisinopril", "losartan"),
    ],
)
def test_an_allergy_class_has_its_members_and_no_others(
    allergies: dict[str, AllergyClass], key: str, inside: str, outside: str
) -> None:
    assert inside in allergies[key].ingredients
    assert outside not in allergies[key].ingredients


@pytest.mark.parametrize(
    ("a", "b", "grade"),
    [
        ("penicillins", "penicillins", "stop"),
        ("penicillins", "cephalosporins-aminopenicillin-chain", "pharmacist"),
        ("penicillins", "cephalosporins-other-chain", "note"),
        ("sulfonamide-antibiotics", "sulfonamides-not-antibiotic", "note"),
        ("ace-inhibitors", "sacubitril", "stop"),
        ("carbamazepine", "aromatic-anticonvulsants", "stop"),
        ("egg", "propofol", "note"),
    ],
)
def test_a_cross_reaction_has_its_grade(a: str, b: str, grade: str) -> None:
    found = [
        row.grade
        for row in sources.read_cross_reactions()
        if (row.from_key, row.to_key) == (a, b)
    ]
    assert found == [grade]


def test_an_allergen_is_found_by_the_words_people_use() -> None:
    rows = [row for row in sources.read_allergens() if "shell fish" in row.synonyms]
    assert [row.name for row in rows] == ["shellfish"]
    assert rows[0].origin.on == date(2019, 11, 1)


SOURCES = "key,title,publisher,released_on,licence,used_for,verified\n" + "".join(
    f"{key},title,publisher,2014-11-01,free,x,V1\n" for key in ("va-ndfrt", "own", "onc-2012")
)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("warfarin,amiodarone,critical,N1", "b"),
        ("warfarin,warfarin,critical,N1", "b"),
        ("amiodarone,warfarin,mild,N1", "severity"),
        ("amiodarone,,critical,N1", "b"),
        ("amiodarone,warfarin,critical,N1;", "nui"),
    ],
)
def test_a_bad_interaction_is_refused_by_field(tmp_path: Path, row: str, field: str) -> None:
    (tmp_path / "sources.csv").write_text(SOURCES, encoding="utf-8")
    (tmp_path / "interactions.csv").write_text(f"a,b,severity,nui\n{row}\n", encoding="utf-8")
    with pytest.raises(BadRow) as refused:
        list(sources.read_interactions(tmp_path))
    assert (refused.value.field, refused.value.line) == (field, 2)


def test_a_table_without_its_source_is_not_read(tmp_path: Path) -> None:
    header = SOURCES.splitlines()[0]
    (tmp_path / "sources.csv").write_text(header + "\n", encoding="utf-8")
    (tmp_path / "interactions.csv").write_text("a,b,severity,nui\n", encoding="utf-8")
    with pytest.raises(KeyError, match="va-ndfrt"):
        list(sources.read_interactions(tmp_path))
