"""The demo pharmacy's people are invented, well formed and tied to the other tables."""

import csv
import io
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from importlib.resources import files

import pytest

from apothecary.drugs.starter import read_ingredients
from apothecary.law.identifiers import dea_problems, npi_problems
from apothecary.screening.sources import read_allergy_classes

DATA = files("apothecary.config.demo") / "data"
TODAY = date(2026, 11, 22)


def rows(name: str) -> list[dict[str, str]]:
    text = (DATA / name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text), strict=True))


def test_there_are_enough_people_for_a_day() -> None:
    assert len(rows("patients.csv")) == 62
    assert len(rows("prescribers.csv")) == 15
    assert len({row["key"] for row in rows("patients.csv")}) == 62


@pytest.mark.parametrize("name", ["prescribers.csv", "pharmacy.csv"])
def test_identifiers_have_true_check_digits(name: str) -> None:
    for row in rows(name):
        assert npi_problems(row["npi"], on=TODAY) == []
        assert row["dea_number"] == "" or dea_problems(row["dea_number"], on=TODAY) == []


def test_no_two_prescribers_share_a_number() -> None:
    for field in ("npi", "license_number"):
        assert len({row[field] for row in rows("prescribers.csv")}) == 15


def test_only_the_optometrist_has_no_dea_number_and_no_schedules() -> None:
    without = [row["credential"] for row in rows("prescribers.csv") if not row["dea_number"]]
    assert without == ["OD"]
    for row in rows("prescribers.csv"):
        assert bool(row["dea_number"]) is bool(row["dea_schedules"])
        assert not row["dea_number"] or row["dea_number"][1] == row["last_name"][0]


@pytest.mark.parametrize("credential", ["NP", "PA"])
def test_mid_level_prescribers_are_not_registered_for_schedule_ii(credential: str) -> None:
    (row,) = (row for row in rows("prescribers.csv") if row["credential"] == credential)
    assert row["dea_number"].startswith("M")
    assert row["dea_schedules"].split(";") == ["3", "3N", "4", "5"]


def test_every_telephone_is_a_number_nobody_has() -> None:
    numbers = [
        row[field]
        for name, fields in (
            ("patients.csv", ["phone"]),
            ("prescribers.csv", ["phone", "fax"]),
            ("pharmacy.csv", ["phone", "fax"]),
            ("plans.csv", ["help_desk_phone"]),
        )
        for row in rows(name)
        for field in fields
    ]
    assert [number for number in numbers if not re.fullmatch(r"\d{3}55501\d\d", number)] == []


def test_every_patient_was_born_and_weighed_before_today() -> None:
    for row in rows("patients.csv"):
        assert date.fromisoformat(row["birth_date"]) < TODAY
        weighed = date.fromisoformat(row["weighed_on"])
        assert date.fromisoformat(row["birth_date"]) <= weighed <= TODAY
        assert Decimal(2) < Decimal(row["weight_kg"]) < Decimal(200)
        assert row["state"] == "TX"
        assert re.fullmatch(r"78\d{3}", row["postal_code"])


def test_ages_languages_and_sexes_vary() -> None:
    patients = rows("patients.csv")
    assert Counter(row["language"] for row in patients).keys() == {"en", "es"}
    assert Counter(row["sex"] for row in patients).keys() == {"F", "M", "U"}
    years = {int(row["birth_date"][:4]) for row in patients}
    assert min(years) < 1940
    assert max(years) == 2026


def test_two_people_share_name_and_birth_date_but_not_their_address() -> None:
    by_name: dict[tuple[str, ...], list[str]] = {}
    for row in rows("patients.csv"):
        who = row["last_name"], row["first_name"], row["birth_date"]
        by_name.setdefault(who, []).append(row["address_line_1"])
    shared = {who: where for who, where in by_name.items() if len(where) > 1}
    assert list(shared) == [("Delgado", "Maria", "1980-12-12")]
    assert len(set(shared["Delgado", "Maria", "1980-12-12"])) == 2


def test_twins_share_everything_but_the_first_name() -> None:
    twins = [row for row in rows("patients.csv") if row["birth_date"] == "2026-08-18"]
    assert [row["first_name"] for row in twins] == ["Jordan", "Riley"]
    assert len({(row["last_name"], row["address_line_1"]) for row in twins}) == 1


def test_every_allergy_names_something_the_tables_know() -> None:
    known = {
        "ingredient": {row.key for row in read_ingredients()},
        "class": {row.key for row in read_allergy_classes()},
    }
    kinds = Counter(row["kind"] for row in rows("allergies.csv"))
    assert kinds.keys() == {"ingredient", "class", "food", "other"}
    for row in rows("allergies.csv"):
        if row["kind"] in known:
            assert row["allergen_key"] in known[row["kind"]]
        assert row["reaction"]
        assert row["severity"] in {"mild", "moderate", "severe"}


def test_every_row_about_a_patient_finds_its_patient() -> None:
    patients = {row["key"] for row in rows("patients.csv")}
    for name in ("allergies.csv", "conditions.csv", "coverages.csv"):
        assert {row["patient"] for row in rows(name)} <= patients


def test_every_condition_is_a_diagnosis_code_with_words() -> None:
    for row in rows("conditions.csv"):
        assert re.fullmatch(r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?", row["icd10"])
        assert row["says"]
        assert date.fromisoformat(row["since"]) <= TODAY


def test_every_card_belongs_to_a_plan_of_the_simulated_payer() -> None:
    plans = {row["key"]: (row["bin"], row["pcn"], row["group_id"]) for row in rows("plans.csv")}
    assert {plan[0] for plan in plans.values()} == {"999997", "999998", "999999"}
    for row in rows("coverages.csv"):
        assert (row["bin"], row["pcn"], row["group_id"]) == plans[row["plan"]]
        assert row["relationship_code"] in {"1", "2", "3"}


def test_no_two_people_share_a_person_code_on_one_card() -> None:
    people = Counter(
        (row["cardholder_id"], row["person_code"]) for row in rows("coverages.csv")
    )
    assert set(people.values()) == {1}


def test_each_patient_has_at_most_one_first_card_and_some_pay_cash() -> None:
    ranks = Counter((row["patient"], row["rank"]) for row in rows("coverages.csv"))
    assert set(ranks.values()) == {1}
    insured = {row["patient"] for row in rows("coverages.csv")}
    assert {row["key"] for row in rows("patients.csv")} - insured == {"p024", "p036"}
    assert {row["patient"] for row in rows("coverages.csv") if row["rank"] == "2"} == {
        "p026",
        "p061",
    }
