"""A quantity is never assumed: what has a unit is converted, what does not fit is refused."""

from decimal import Decimal

import pytest

from apothecary.arithmetic.amounts import NotTaken, limit_problem, read_amount, unlikely
from apothecary.arithmetic.command import answer
from apothecary.arithmetic.numerals import RECKONING
from apothecary.arithmetic.table import kinds


def taken(raw: object, kind: str) -> Decimal:
    return read_amount(raw, kinds()[kind]).value


@pytest.mark.parametrize(
    ("raw", "kind", "value"),
    [
        # Bare numbers are in the declared unit.
        (70, "weight", "70"), (70.5, "weight", "70.5"), ("70", "weight", "70"),
        (Decimal("70.25"), "weight", "70.25"), ("+70", "weight", "70"),
        (" 70 ", "weight", "70"),
        ("1,000", "volume", "1000"), ("1,234,567.5", "volume", "1234567.5"),
        (".5", "volume", "0.5"), ("5.", "volume", "5"), ("1e3", "volume", "1000"),
        ("5E-1", "volume", "0.5"),
        # Pounds and ounces.
        ("154 lb", "weight", "69.85322498"), ("154lbs", "weight", "69.85322498"),
        ("154 Pounds", "weight", "69.85322498"), ("7 lb 3 oz", "weight", "3.260195159375"),
        ("3000 g", "weight", "3"), ("70 KG", "weight", "70"), ("70 kilograms", "weight", "70"),
        # Micrograms, milligrams, grams.
        ("0.5 g", "mg", "500"), ("500 mcg", "mg", "0.5"), ("500 µg", "mg", "0.5"),
        ("500 μg", "mg", "0.5"), ("500ug", "mg", "0.5"), ("2 grams", "mg", "2000"),
        # Length.
        ("65 in", "height", "165.1"), ("5 ft 5 in", "height", "165.1"),
        ("1.651 m", "height", "165.1"),
        ("175 cm", "height_m", "1.75"), ("180 cm", "adult_inches", None),
        # Time and age.
        ("8 h", "minutes", "480"), ("8 hours", "minutes", "480"), ("2 days", "hours", "48"),
        ("90 min", "hours", "1.5"), ("18 months", "age", "1.5"),
        ("2 years", "age_months", "24"),
        ("2 wk", "days", "14"),
        # Temperature.
        ("98.6 F", "temperature_c", "37"), ("98.6 °F", "temperature_c", "37"),
        ("310.15 K", "temperature_c", "37"), ("37 C", "temperature_f", "98.6"),
        ("-40 degF", "temperature_c", "-40"), ("0.52 degC", "freezing_drop", "0.52"),
        # Volume and household measures.
        ("1 L", "volume", "1000"), ("5 cc", "volume", "5"), ("2 tsp", "volume", "10"),
        ("1 tbsp", "volume", "15"), ("1 fl oz", "teaspoons", "6"), ("15 mL", "teaspoons", "3"),
        # Percent, ratio, concentration.
        ("0.9%", "percent_wv", "0.9"), ("9 mg/mL", "percent_wv", "0.9"),
        ("9 g/L", "percent_wv", "0.9"),
        ("1:1000", "percent_wv", "0.1"), ("1 : 10,000", "percent_wv", "0.01"),
        ("1 in 200", "percent_wv", "0.5"), ("0.1 %", "ratio", "1000"),
        ("1:2500", "ratio", "2500"),
        ("1 mg/mL", "ratio", "1000"), ("1:1000", "mg_per_ml", "1"), ("2%", "mg_per_ml", "20"),
        ("250 mg/5 mL", "mg_per_ml", "50"), ("25 mg/g", "percent_ww", "2.5"),
        ("15 %", "fraction", "0.15"), ("100%", "fraction", "1"), ("5 mg/L", "ppm", "5"),
        # Chemistry.
        ("88.4 umol/L", "creatinine", "0.9999808"), ("5 mmol/L", "glucose", "90.08"),
        ("140 mmol/L", "sodium", "140"), ("2.5 mmol/L", "calcium", "10.0195"),
        ("2 mmol/L", "divalent_or_none", "4"), ("40 g/L", "albumin", "4"),
        ("0.5 M", "molarity", "0.5"), ("500 mmol/L", "molarity", "0.5"),
        # Rates and doses.
        ("0.3 mg/kg/h", "mcg_per_kg_min", "5"), ("5 mcg/min/kg", "mcg_per_kg_min", "5"),
        ("5 mcg per kg per min", "mcg_per_kg_min", "5"), ("2 mL/min", "mL_per_h", "120"),
        ("0.024 1/day", "per_h", "0.001"), ("500 mcg/kg", "mg_per_kg", "0.5"),
        ("59 mL/min/1.73 m2", "indexed_clearance", "59"), ("5 AUC", "auc", "5"),
        ("100 units/mL", "insulin_strength", "100"), ("100 U/mL", "insulin_strength", "100"),
        # Money and counts.
        ("$12.50", "money", "12.5"), ("12.50 USD", "money", "12.5"),
        ("60 tablets", "tablets", "60"),
        ("4 times/day", "per_day", "4"), ("2 eyes", "eyes", "2"),
        ("20 drops/mL", "drop_factor", "20"),
    ],
)  # fmt: skip
def test_an_amount_with_a_unit_is_converted_exactly(raw, kind, value) -> None:
    if value is None:
        assert RECKONING.divide(Decimal(180), Decimal("2.54")) == taken(raw, kind)
    else:
        assert taken(raw, kind) == Decimal(value)


@pytest.mark.parametrize(
    ("raw", "kind", "says"),
    [
        # Another dimension, by its name.
        ("70 cm", "weight", "70 cm measures length; asked is mass (kg)"),
        ("70 kg", "height", "70 kg measures mass; asked is length (cm)"),
        ("5 mL", "mg", "5 mL measures volume; asked is mass (mg)"),
        ("5 mg", "volume", "5 mg measures mass; asked is volume (mL)"),
        ("5 mg/kg", "mg", "5 mg/kg measures mass per mass; asked is mass (mg)"),
        ("5 mg/kg/day", "mg_per_kg", "mass per mass per time; asked is mass per mass (mg/kg)"),
        ("5 mg", "mg_per_day", "measures mass; asked is mass per time (mg/day)"),
        ("100 units", "mg", "units of activity; asked is mass"),
        ("5 mmol", "milliequivalents", "amount of substance; asked is equivalents (mEq)"),
        ("5 mEq", "millimoles", "equivalents; asked is amount of substance (mmol)"),
        ("5 %", "weight", "percent; asked is mass"),
        ("1:1000", "weight", "1:1000 measures ratio strength; asked is mass"),
        ("0 %", "ratio", "asked is ratio strength (1:x)"),
        ("0.0 1:x", "percent_wv", "1:0 measures ratio strength; asked is percent (%)"),
        ("-5 1:x", "mg_per_ml", "measures ratio strength; asked is mass per volume"),
        ("5 mmol/L", "ratio", "asked is ratio strength"),
        ("20 units/mL", "mg_per_ml", "units of activity per volume; asked is mass per volume"),
        ("5 h", "age", "time; asked is age (yr)"),
        ("5 months", "days", "age; asked is time (day)"),
        ("5 mg/mL", "percent_ww", "mass per volume; asked is percent (%)"),
        ("5 mg/mL", "percent_vv", "mass per volume; asked is percent (%)"),
        ("5 kg", "gravity", "asked is a pure number"),
        ("33 degF", "freezing_drop", "temperature;"),
        ("$5", "weight", "money; asked is mass"),
        ("60 mL", "tablets", "volume; asked is tablets"),
        # What looks alike and is not.
        ("5 gr", "mg", "a grain is never converted by itself: calculation A06"),
        ("5 grains", "weight", "a grain is never converted by itself"),
        ("4 fl oz", "volume", "29.5735 mL exactly and 30 mL by convention: say mL"),
        # No number, no unit.
        ("", "weight", "'' is no number"), ("heavy", "weight", "'heavy' is no number"),
        ("kg", "weight", "is no number"), ("1,5", "weight", "has a unit that is not known"),
        ("1,00", "weight", "not known"), ("1.2.3", "weight", "not known"),
        ("--5", "weight", "is no number"),
        ("5 stone", "weight", "not known"), ("5 kg/", "weight", "not known"),
        ("5 kg//h", "weight", "not known"),
        ("5 degC/h", "mL_per_h", "not known"), ("5 mL/degC", "mL_per_h", "not known"),
        ("5 mL/0 h", "mL_per_h", "not known"), ("$5 kg", "money", "not known"),
        ("5 " + "k" * 50, "weight", "not known"), ("٥", "weight", "is no number"),
        ("5 ft 10 kg", "height", "does not add up"),
        ("5 in 10 ft", "height", "does not add up"),
        ("5 C 3 C", "temperature_c", "does not add up"),
        ("-5 ft 10 in", "height", "does not add up"),
        ("5 foo 3 bar", "height", "not known"), ("5 ft 3 bar", "height", "not known"),
        ("1:0", "ratio", "no ratio strength"), ("1:5 mg", "ratio", "no ratio strength"),
        ("1:1..2", "ratio", "no ratio strength"),
        # Numbers that no pharmacy has.
        (True, "weight", "true is no number"), (None, "weight", "nothing is no number"),
        ([70], "weight", "a list is no number"),
        ({"kg": 70}, "weight", "an object is no number"),
        (float("nan"), "weight", "nan is no amount"),
        (float("inf"), "weight", "inf is no amount"),
        (Decimal("NaN"), "weight", "is no amount"),
        (Decimal("1E+999999"), "weight", "no amount"),
        (10**18, "weight", "no amount"), (10**60, "weight", "a number of so many digits is no"),
        (1e-13, "weight", "no amount"), ("1e999", "weight", "is no number"),
        ("9" * 70, "weight", "no number"),
        ("1e-13", "weight", "is no number"), ("1" + "," + "000" * 2, "weight", "not known"),
    ],
)  # fmt: skip
def test_what_is_no_such_amount_is_refused_with_the_reason(raw, kind, says) -> None:
    with pytest.raises(NotTaken) as refused:
        read_amount(raw, kinds()[kind])
    assert says in str(refused.value)
    assert len(str(refused.value)) < 250


def test_a_number_longer_than_python_prints_is_refused_all_the_same() -> None:
    with pytest.raises(NotTaken, match="a number of so many digits"):
        read_amount(10**5000, kinds()["weight"])


NUMBERED = [
    kind for kind in kinds().values() if kind.form == "number" and (kind.low or kind.high)
]


@pytest.mark.parametrize("kind", NUMBERED, ids=lambda kind: kind.name)
def test_a_limit_is_kept_to_the_last_place(kind) -> None:
    step = Decimal(1) if kind.whole else Decimal("0.000001")
    for bound, outwards in ((kind.low, -1), (kind.high, 1)):
        if bound is None:
            continue
        within = bound.value if bound.included else bound.value - outwards * step
        beyond = bound.value + outwards * step if bound.included else bound.value
        assert limit_problem(read_amount(within, kind), kind) == ""
        says = limit_problem(read_amount(beyond, kind), kind)
        assert says.partition(" is ")[2].startswith(
            ("below", "above", "not above", "not below")
        )
        assert kind.unit.symbol in says or kind.unit.symbol == "1:x"


@pytest.mark.parametrize("kind", [k for k in NUMBERED if k.likely], ids=lambda kind: kind.name)
def test_what_is_improbable_is_said_and_what_is_probable_is_not(kind) -> None:
    low, high = kind.likely
    step = Decimal(1) if kind.whole else Decimal("0.000001")
    assert kind.low is None or low >= kind.low.value
    assert kind.high is None or high <= kind.high.value
    for usual in (low, high):
        assert unlikely(read_amount(usual, kind), kind) == ""
    for odd in (low - step, high + step):
        assert "check the number and its unit" in unlikely(read_amount(odd, kind), kind)


@pytest.mark.parametrize("kind", [k for k in NUMBERED if k.whole], ids=lambda kind: kind.name)
def test_what_is_counted_is_whole(kind) -> None:
    assert limit_problem(read_amount("1.5", kind), kind) == (
        f"1.5 {kind.unit.symbol} is no whole number"
    )


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.name)
def test_each_unit_a_form_offers_is_one_that_is_converted(kind) -> None:
    for symbol in kind.offer:
        raw = "1:50" if symbol == "1:x" else f"50 {symbol}"
        amount = read_amount(raw, kind)
        assert amount.line.startswith(raw.replace(" ", "") if symbol == "1:x" else raw)
        assert amount.value != 0


def test_a_conversion_is_the_first_line_of_the_working() -> None:
    found = answer({"calculation": "E01", "inputs": {"kg": "154 lb", "m": "5 ft 9 in"}})
    assert found["working"][:2] == ["kg: 154 lb = 69.85322498 kg", "m: 69 in = 1.7526 m"]
    assert (found["value"], found["unit"]) == (22.74, "kg/m2")
