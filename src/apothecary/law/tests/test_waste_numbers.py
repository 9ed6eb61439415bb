"""The numbers of waste, each as its source has it: a slip in a row fails here."""

from datetime import date

import pytest

from apothecary.law.waste import Seen, WasteDrug, codes_in_force, waste_row, waste_stream
from apothecary.law.waste import waste_table as table

ON = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("row", "value", "unit", "cite", "mark"),
    [
        ("sewer", 0, "units", "40 CFR 266.505", "V1"),
        ("keep_years", 1, "years", "40 CFR 266.502", "K"),
        ("notify_days", 60, "days", "40 CFR 266.502(a)", "K"),
        ("record_years", 3, "years", "40 CFR 266.502(j)", "K"),
        ("copy_days", 60, "days", "40 CFR 266.502(j)", "K"),
        ("creditable_years", 1, "years", "40 CFR 266.500, 266.503", "K"),
        ("confirm_days", 35, "days", "40 CFR 266.509", "K"),
        ("small_generator", 100, "kilograms", "40 CFR 266.504; 262.14", "K"),
        ("small_generator_acute", 1, "kilograms", "40 CFR 266.504; 262.14", "K"),
        ("form41_witnesses", 2, "people", "21 CFR 1317.95; 1304.21(e)", "K"),
        ("form41_years", 2, "years", "21 CFR 1304.04(a); 1304.21(e)", "K"),
        ("form222_distributor", 2, "schedule", "21 CFR 1305.03", "K"),
    ],
)
def test_each_number_stands_with_its_unit_its_source_and_its_mark(
    row: str, value: int, unit: str, cite: str, mark: str
) -> None:
    found = waste_row(row, on=ON)
    assert (found.number(), found.unit, found.cite, found.verified) == (value, unit, cite, mark)


# Every code with the drug or trait that bears it and how well its row was checked.
CODES = {
    "P001": ("warfarin", "V2"),
    "P012": ("arsenic-trioxide", "K"),
    "P042": ("epinephrine", "V2"),
    "P046": ("phentermine", "K"),
    "P075": ("nicotine", "V2"),
    "P081": ("nitroglycerin", "K"),
    "P188": ("physostigmine-salicylate", "K"),
    "P204": ("physostigmine", "K"),
    "U010": ("mitomycin", "V2"),
    "U034": ("chloral", "K"),
    "U035": ("chlorambucil", "K"),
    "U058": ("cyclophosphamide", "V2"),
    "U059": ("daunorubicin", "K"),
    "U089": ("diethylstilbestrol", "K"),
    "U129": ("lindane", "V2"),
    "U132": ("hexachlorophene", "K"),
    "U150": ("melphalan", "K"),
    "U151": ("mercury", "K"),
    "U182": ("paraldehyde", "K"),
    "U188": ("phenol", "K"),
    "U200": ("reserpine", "K"),
    "U201": ("resorcinol", "K"),
    "U205": ("selenium-sulfide", "K"),
    "U206": ("streptozocin", "K"),
    "U237": ("uracil-mustard", "K"),
    "U248": ("warfarin", "K"),
    "D001": ("ignitable", "V2"),
    "D002": ("corrosive", "K"),
    "D009": ("mercury", "V2"),
    "D010": ("selenium", "K"),
    "D011": ("silver", "K"),
    "D024": ("m-cresol", "K"),
}


def test_the_list_of_codes_is_whole_and_holds_no_other() -> None:
    assert set(codes_in_force(table(), on=ON)) == set(CODES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_each_code_names_its_drug_or_trait_with_its_mark(code: str) -> None:
    row = codes_in_force(table(), on=ON)[code]
    name, mark = CODES[code]
    assert name in row.names()
    assert row.verified == mark
    assert (row.unit == "traits") == code.startswith("D")


@pytest.mark.parametrize("code", sorted(code for code in CODES if code[0] in "PU"))
def test_no_row_of_an_ingredient_names_a_drug_of_another(code: str) -> None:
    mine = set(codes_in_force(table(), on=ON)[code].names())
    others = {
        name
        for other, row in codes_in_force(table(), on=ON).items()
        if other != code and row.unit != "traits"
        for name in row.names()
    }
    assert mine & others == ({"warfarin"} if code in {"P001", "U248"} else set())


@pytest.mark.parametrize(
    "key",
    ["lisinopril", "metformin", "amlodipine", "furosemide", "insulin-glargine", "warfarin-x"],
)
def test_a_drug_on_no_list_bears_no_code(key: str) -> None:
    drug = WasteDrug(name=key, ingredients=frozenset({key}))
    assert waste_stream(drug, Seen(read=True), on=ON).labels == ""
