"""Hazardous drugs: matched by ingredient, said with edition, table, source and mark."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apothecary.drugs.derived.tables import SHIPPED, substances
from apothecary.drugs.hazards import (
    NO_LIST,
    NOT_SAFE,
    Drug,
    Row,
    Standing,
    Verdict,
    hazard,
    key,
    read_row,
    shipped_rows,
)
from apothecary.drugs.shipped import BadRow, Line

ROWS = shipped_rows()
MADE_UP = Row(
    name="madeupimab vedotin",
    table="1",
    ingredients=frozenset({"madeupimab-vedotin"}),
    classes=frozenset(),
    mshi="yes",
    only_reproductive="",
    edition="NIOSH 2030",
    published_on=date(2030, 1, 2),
    cite="DHHS (NIOSH) 2030-1, January 2030, table 1",
    verified="V1",
)


def asked(*keys: str, classes: tuple[str, ...] = ()) -> Verdict:
    """The verdict of the shipped list on a drug of these known ingredients."""
    return hazard(Drug(frozenset(keys), frozenset(keys), frozenset(classes)), ROWS)


def says(verdict: Verdict) -> str:
    return " | ".join(each.says for each in verdict.cautions)


@pytest.mark.parametrize(
    ("ingredient", "table"),
    [
        ("methotrexate", "1"),
        ("azathioprine", "1"),
        ("cyclosporine", "1"),
        ("tamoxifen", "1"),
        ("mycophenolate-mofetil", "1"),
        ("conjugated-estrogens", "1"),
        ("mycophenolic-acid", "2"),
        ("warfarin", "2"),
        ("spironolactone", "2"),
        ("carbamazepine", "2"),
        ("valproate", "2"),
        ("estradiol", "2"),
        ("colchicine", "2"),
    ],
)
def test_a_listed_ingredient_is_hazardous_with_its_edition_and_table(ingredient, table):
    found = asked(ingredient)
    assert found.standing is Standing.LISTED
    assert found.cautions[0].says.startswith(f"hazardous (NIOSH 2024, table {table})")
    assert "DHHS (NIOSH) 2025-103" in found.cautions[0].cite
    assert found.cautions[0].verified in {"V2", "K"}


@pytest.mark.parametrize(
    ("ingredient", "only"),
    [
        ("warfarin", True),
        ("finasteride", True),
        ("carbamazepine", False),
        ("methotrexate", False),
    ],
)
def test_a_drug_that_harms_reproduction_alone_says_so(ingredient, only):
    assert ("to reproduction and the unborn only" in says(asked(ingredient))) is only


@pytest.mark.parametrize("ingredient", ["liraglutide", "pertuzumab"])
def test_what_the_agency_took_off_the_list_in_2024_is_not_on_it(ingredient):
    found = asked(ingredient)
    assert found.standing is Standing.NOT_LISTED
    assert f"{ingredient} was taken off the list" in says(found)
    assert "89 FR 104163" in found.cautions[0].cite
    assert found.cautions[0].verified == "V1"


@pytest.mark.parametrize("ingredient", ["risperidone", "paliperidone", "telavancin"])
def test_what_a_secondary_copy_calls_removed_keeps_its_weak_mark(ingredient):
    found = asked(ingredient)
    assert (found.standing, found.cautions[0].verified) == (Standing.NOT_LISTED, "K")


@pytest.mark.parametrize(
    "ingredient", ["lisinopril", "metformin", "trastuzumab", "insulin-human"]
)
def test_a_known_drug_that_is_not_listed_is_not_called_safe(ingredient):
    found = asked(ingredient)
    assert found.standing is Standing.NOT_LISTED
    assert says(found) == f"not on NIOSH 2024; {NOT_SAFE}"
    assert found.short == ""


@pytest.mark.parametrize(
    ("conjugate", "antibody"),
    [
        ("ado-trastuzumab-emtansine", "trastuzumab"),
        ("gemtuzumab-ozogamicin", "gemtuzumab"),
        ("brentuximab-vedotin", "brentuximab"),
    ],
)
def test_an_antibody_is_not_the_drug_that_it_carries_a_poison_in(conjugate, antibody):
    assert asked(conjugate).standing is Standing.LISTED
    assert asked(antibody).standing is Standing.NOT_LISTED


@pytest.mark.parametrize(
    "ingredient",
    ["ethinyl-estradiol", "pentetate-zinc", "progesterone-analog", "liposomal-doxorubicin"],
)
def test_a_longer_name_that_holds_a_listed_one_is_neither_listed_nor_absent(ingredient):
    found = asked(ingredient)
    assert (found.standing, found.short) == (Standing.UNKNOWN, "hazard unknown")
    assert "ask before handling" in says(found)


@pytest.mark.parametrize("ingredient", ["hydroxyprogesterone", "alfatretinoine", "xestradiol"])
def test_a_part_of_a_word_is_no_name(ingredient):
    assert asked(ingredient).standing is Standing.NOT_LISTED


@pytest.mark.parametrize(
    "ingredient", ["valganciclovir", "tipiracil", "aflibercept", "follitropin"]
)
def test_a_row_in_doubt_is_kept_and_makes_a_drug_unknown(ingredient):
    found = asked(ingredient)
    assert found.standing is Standing.UNKNOWN
    assert found.cautions[0].verified == "KQ"
    assert "in doubt" in says(found)


def test_a_sure_row_goes_before_one_in_doubt():
    found = asked("ganciclovir", "valganciclovir")
    assert found.standing is Standing.LISTED
    assert "valganciclovir" not in says(found)


@pytest.mark.parametrize(
    ("classes", "starts"),
    [
        (("Estrogen", "Progestin"), "hazardous (NIOSH 2024, table 1): estrogen/progesterone"),
        (("Progestin",), "hazardous (NIOSH 2024, table 2): progestins"),
    ],
)
def test_a_kind_of_drug_is_met_by_every_one_of_its_classes(classes, starts):
    assert says(asked("norethindrone", classes=classes)).startswith(starts)


def test_one_class_of_two_is_not_enough():
    found = asked("made-up-hormone", classes=("Estrogen",))
    assert found.standing is Standing.NOT_LISTED


def test_of_several_ingredients_the_listed_one_is_named():
    found = asked("hydrochlorothiazide", "spironolactone")
    assert says(found) == "hazardous (NIOSH 2024, table 2): spironolactone"


def test_a_listed_ingredient_is_hazardous_whatever_else_is_not_known():
    drug = Drug(frozenset({"warfarin", "x-9"}), frozenset({"warfarin"}))
    assert hazard(drug, ROWS).standing is Standing.LISTED


@pytest.mark.parametrize(
    ("keys", "named"),
    [(frozenset(), "its ingredients"), (frozenset({"x-9", "lisinopril"}), "x-9 cannot")],
)
def test_what_cannot_be_looked_up_stays_unknown(keys, named):
    found = hazard(Drug(keys, frozenset({"lisinopril"})), ROWS)
    assert found.standing is Standing.UNKNOWN
    assert named in says(found)


def test_without_a_list_no_drug_is_said_to_be_safe_to_handle():
    found = hazard(Drug(frozenset({"lisinopril"}), frozenset({"lisinopril"})), ())
    assert (found.standing, says(found)) == (Standing.UNKNOWN, NO_LIST)


def test_the_makers_instructions_are_said_where_the_list_says_there_are_some():
    drug = Drug(MADE_UP.ingredients, MADE_UP.ingredients)
    found = hazard(drug, [MADE_UP])
    assert says(found) == ("hazardous (NIOSH 2030, table 1), its maker says how to handle it")
    silent = hazard(drug, [replace(MADE_UP, mshi="no")])
    assert says(silent) == "hazardous (NIOSH 2030, table 1)"


@given(st.sets(st.sampled_from(sorted({k for row in ROWS for k in row.ingredients}))))
def test_another_ingredient_never_takes_a_hazard_away(keys):
    sure = {
        k for row in ROWS if row.table != "removed" and row.verified != "KQ"
        for k in row.ingredients
    }  # fmt: skip
    listed = asked(*keys).standing is Standing.LISTED
    assert listed == bool(keys & sure)
    assert asked(*keys, "lisinopril").standing is Standing.LISTED or not listed


def test_every_row_names_its_publication_its_day_and_an_honest_mark():
    assert len(ROWS) > 230
    for row in ROWS:
        assert row.cite.startswith("DHHS (NIOSH) 2025-103, December 2024, ")
        assert (row.edition, row.published_on) == ("NIOSH 2024", date(2024, 12, 20))
        assert row.verified != "V1" or "89 FR 104163" in row.cite
        assert row.ingredients or row.classes
        # Table 2 is by its definition of drugs without instructions of the maker.
        assert row.table != "2" or row.mshi != "yes"


def test_no_ingredient_is_on_the_list_and_off_it():
    on = {k for row in ROWS if row.table != "removed" for k in row.ingredients}
    off = {k for row in ROWS if row.table == "removed" for k in row.ingredients}
    assert on & off == set()


def test_no_name_of_the_list_is_there_twice_for_one_ingredient():
    with (Path(str(SHIPPED)) / "hazardous.csv").open() as file:
        named = [(row["name"], row["ingredients"]) for row in csv.DictReader(file)]
    assert len(named) == len(set(named))


def test_the_drugs_of_a_counter_are_keys_of_the_shipped_file():
    keys = set(substances().values())
    met = {k for row in ROWS for k in row.ingredients} & keys
    assert {"warfarin", "methotrexate", "finasteride", "topiramate", "valproate"} <= met
    assert len(met) > 60


LINE = {
    "name": "Methotrexate Sodium", "table": "1", "ingredients": "", "classes": "",
    "mshi": "", "reproductive_only": "", "edition": "NIOSH 2030",
    "published_on": "2030-01-02", "cite": "a publication", "verified": "K",
}  # fmt: skip


def test_a_name_alone_is_folded_to_its_ingredient_as_a_listing_is():
    assert read_row(Line("x.csv", 2, LINE)).ingredients == {"methotrexate"}
    assert key("Divalproex Sodium") == "valproate"
    named = read_row(Line("x.csv", 2, LINE | {"ingredients": "a;b"}))
    assert named.ingredients == {"a", "b"}
    kind = read_row(Line("x.csv", 2, LINE | {"classes": "Progestin"}))
    assert (kind.ingredients, kind.classes) == (set(), {"Progestin"})


@pytest.mark.parametrize(
    ("field", "cell", "reason"),
    [
        ("name", "", "is empty"),
        ("table", "3", "is none of"),
        ("mshi", "perhaps", "is none of"),
        ("reproductive_only", "true", "is none of"),
        ("edition", "", "is empty"),
        ("published_on", "December 2024", "Invalid isoformat"),
        ("cite", "", "is empty"),
        ("verified", "sure", "is none of"),
        ("ingredients", "a;;b", "empty part"),
    ],
)
def test_a_line_of_a_list_that_is_wrong_is_refused_by_its_field(field, cell, reason):
    with pytest.raises(BadRow, match=f"line 7, {field}: .*{reason}"):
        read_row(Line("x.csv", 7, LINE | {field: cell}))
