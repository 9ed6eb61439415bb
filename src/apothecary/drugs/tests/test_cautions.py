"""High alert and storage: said with source and mark, never made up, never assumed."""

import shutil
from pathlib import Path

import pytest

from apothecary.drugs.cautions import (
    Drug,
    alerts,
    high_alert,
    storage_class,
    storage_classes,
    substitution_in_general,
)
from apothecary.drugs.derived.tables import SHIPPED
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.starter import read_ingredients


def drug(key: str = "", *, classes: str = "", group: str = "tablet", route: str = "ORAL",
         words: str = "") -> Drug:  # fmt: skip
    named = frozenset({key} - {""})
    return Drug(named, frozenset({classes} - {""}), group, frozenset({route}), words)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (drug("warfarin"), "blood thinner"),
        (drug("oxycodone", classes="Opioid Agonist"), "opioid"),
        (drug("insulin-lispro", group="injection", route="SUBCUTANEOUS"), "insulin"),
        (drug("methotrexate"), "once a week"),
        (drug("tacrolimus", group="capsule"), "immunosuppressant"),
        (drug("midazolam", group="oral-liquid"), "sedates a child"),
        (drug("epinephrine", group="injection", route="INTRAMUSCULAR"), "epinephrine"),
        (
            drug("potassium-chloride", group="injection", words="solution, concentrate"),
            "diluted",
        ),
        (drug("lidocaine", group="injection", route="INTRAVENOUS"), "lidocaine"),
    ],
)
def test_a_drug_of_the_table_is_high_alert_with_its_source(found, says):
    rows = high_alert(found)
    assert any(says in row.says for row in rows)
    for row in rows:
        assert "ISMP" in row.cite
        assert row.verified in {"V2", "K"}


@pytest.mark.parametrize(
    "found",
    [
        drug("lisinopril"),
        drug("tacrolimus", group="topical", route="TOPICAL"),
        drug("midazolam"),
        drug("epinephrine", group="nebulizer", route="RESPIRATORY (INHALATION)"),
        drug("potassium-chloride", words="tablet, extended release 20 meq"),
        drug("lidocaine", group="topical", route="TOPICAL"),
        drug("naloxone", classes="Opioid Antagonist"),
        drug(),
    ],
)
def test_what_the_table_does_not_name_is_not_high_alert(found):
    assert high_alert(found) == ()


@pytest.mark.parametrize("found", [drug("digoxin"), drug("glipizide", classes="Sulfonylurea")])
def test_a_doubtful_row_is_kept_and_never_shown(found):
    assert high_alert(found) == ()
    text = (Path(str(SHIPPED)) / "high_alert.csv").read_text()
    assert "digoxin" in text
    assert text.count(",KQ") == 2
    assert all(row.caution.verified != "KQ" for row in alerts())


def test_insulin_of_500_units_is_told_apart():
    strong = drug("insulin-human", group="injection", words="injection 500 unit/ml")
    usual = drug("insulin-human", group="injection", words="injection 100 unit/ml")
    assert len(high_alert(strong)) == len(high_alert(usual)) + 1


def test_the_commonest_ingredients_of_the_table_are_keys_of_the_drug_file():
    keys = {row.key for row in read_ingredients()}
    named = set().union(*(row.ingredients for row in alerts()))
    assert {"warfarin", "insulin-glargine", "methotrexate", "valproate"} <= named & keys


def test_a_row_that_names_nobody_is_refused(tmp_path):
    for name in ("high_alert.csv",):
        shutil.copy(Path(str(SHIPPED)) / name, tmp_path / name)
    path = tmp_path / "high_alert.csv"
    path.write_text(path.read_text() + "acute,everything,,,,,,nobody,K\n")
    with pytest.raises(BadRow, match="names neither an ingredient nor a class"):
        alerts(tmp_path)


@pytest.mark.parametrize("storage", ["refrigerator", "freezer", "room"])
def test_a_storage_class_says_its_temperatures_and_its_source(storage):
    found = storage_class(storage)
    assert "°C" in found.says
    assert (found.cite, found.verified) == (storage_classes()[storage].cite, "V2")


def test_storage_that_is_not_known_is_said_to_be_so():
    assert "not in the file" in storage_class("").says
    assert storage_class("in a dry place") == storage_class("in a dry place")
    assert storage_class("in a dry place").says == "in a dry place"


def test_what_is_common_in_the_states_carries_its_weak_mark():
    assert substitution_in_general().verified == "K"
