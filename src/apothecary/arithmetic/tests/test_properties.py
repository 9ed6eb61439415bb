"""What must hold for every number: inverse pairs, balances, parts that add up, what grows."""

import math
import statistics
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apothecary.arithmetic.command import answer
from apothecary.arithmetic.reckoning import Answer, reckon
from apothecary.arithmetic.table import calculations

D = Decimal
TINY = D("1e-20")


def amounts(low: str, high: str, places: int = 3) -> st.SearchStrategy[Decimal]:
    return st.decimals(low, high, places=places, allow_nan=False, allow_infinity=False)


def found(key: str, **inputs: object) -> Answer:
    return reckon(calculations()[key], inputs)


def exact(key: str, **inputs: object) -> Decimal:
    value = found(key, **inputs).exact
    assert isinstance(value, Decimal)
    return value


def near(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= TINY * max(D(1), abs(one), abs(other))


@given(amounts("-100", "500"))
def test_celsius_to_fahrenheit_and_back_is_where_it_began(celsius: Decimal) -> None:
    assert near(exact("A02", F=exact("A01", C=celsius)), celsius)


@given(amounts("0.5", "1000"))
def test_pounds_to_kilograms_and_back_is_where_it_began(lb: Decimal) -> None:
    kg = exact("A03", lb=lb)
    assert near(exact("A03", lb=f"{kg} kg"), kg)
    assert near(kg / D("0.45359237"), lb)


@given(amounts("1", "300"))
def test_a_length_in_another_unit_is_the_same_length(inch: Decimal) -> None:
    assert near(exact("A04", inch=f"{exact('A04', inch=inch)} cm"), exact("A04", inch=inch))


@given(amounts("0.01", "100"))
def test_percent_to_ratio_and_back_is_where_it_began(pct: Decimal) -> None:
    x = exact("B07", pct=pct)
    assert near(exact("B06", x=x), pct)
    assert near(exact("B04", x=x), pct * 10)
    assert near(exact("B04", x=f"{pct} %"), pct * 10)


@given(amounts("1", "5000"), st.integers(1, 4), amounts("10", "500"))
def test_milligrams_to_milliequivalents_and_back(mg: Decimal, val: int, mw: Decimal) -> None:
    meq = exact("B10", mg=mg, val=val, mw=mw)
    assert near(exact("B11", meq=meq, val=val, mw=mw), mg)


@given(amounts("1", "100"), amounts("0.1", "100"), amounts("1", "5000"))
def test_a_dilution_keeps_the_drug(c1: Decimal, c2: Decimal, v2: Decimal) -> None:
    assume(c1 >= c2)
    v1 = exact("B18", c1=c1, c2=c2, v2=v2)
    assert v1 <= v2
    assert near(c1 * v1, c2 * v2)
    assert near(exact("B19", c1=c1, v1=v1, v2=v2), c2)


@given(amounts("1", "1000"), amounts("1", "2000"), amounts("1", "2000"))
def test_a_dilution_of_ratio_strengths_keeps_the_drug(
    v: Decimal, a: Decimal, b: Decimal
) -> None:
    final, stock = max(a, b), min(a, b)
    assert near(exact("B22", V=v, xf=final, xs=stock) / stock, v / final)


@given(amounts("0", "100"), amounts("0", "100"), amounts("0", "100"), amounts("1", "5000"))
def test_an_alligation_adds_up_and_balances(
    a: Decimal, b: Decimal, c: Decimal, total: Decimal
) -> None:
    low, want, high = sorted((a, b, c))
    assume(low < high)
    answer_ = found("B20", high=high, low=low, want=want, total=total)
    of_high = answer_.exact
    assert isinstance(of_high, Decimal)
    of_low = total - of_high
    assert 0 <= of_high <= total
    assert near(of_high * high + of_low * low, total * want)
    # And the mean of what was taken is what was wanted.
    assume(of_high > TINY and of_low > TINY)
    medial = exact(
        "B21", q=[of_high.quantize(D("1e-9")), of_low.quantize(D("1e-9"))], c=[high, low]
    )
    assert abs(medial - want) < D("1e-4")


@given(amounts("0.1", "200"), amounts("0.1", "3"))
def test_specific_gravity_there_and_back(ml: Decimal, sg: Decimal) -> None:
    assert near(exact("B24", g=exact("B23", mL=ml, sg=sg), sg=sg), ml)


@given(amounts("0.1", "50"), amounts("5", "150"), amounts("1", "1000"), amounts("10", "1000"))
def test_dose_to_rate_and_back(dose: Decimal, kg: Decimal, mg: Decimal, ml: Decimal) -> None:
    rate = exact("D04", dose=dose, kg=kg, mg=mg, mL=ml)
    assume(D("1e-9") < rate < 100_000)
    assert near(exact("D05", rate=rate, kg=kg, mg=mg, mL=ml), dose)


@given(amounts("1", "1000"), amounts("0.01", "0.99"))
def test_price_and_margin_are_each_others_inverse(cost: Decimal, margin: Decimal) -> None:
    price = exact("H05", cost=cost, margin=margin)
    assert near(exact("H04", price=price, cost=cost), margin * 100)


@given(amounts("10", "500"), amounts("1", "119"))
def test_the_aliquot_holds_the_drug_needed(lwq: Decimal, needed: Decimal) -> None:
    assume(needed < lwq)
    answer_ = found("C02", needed=needed, lwq=lwq)
    assert isinstance(answer_.exact, Decimal)
    multiple = answer_.exact / lwq
    assert multiple == multiple.to_integral_value()
    assert needed * multiple >= lwq  # what is weighed can be weighed
    assert near(needed * multiple / answer_.exact * lwq, needed)


@given(st.lists(amounts("-20", "60", 1), min_size=1, max_size=30))
def test_a_mean_kinetic_temperature_lies_between_the_mean_and_the_warmest(temps) -> None:
    kinetic = exact("C18", temps=temps)
    assert statistics.mean(temps) - D("1e-9") <= kinetic <= max(temps) + D("1e-9")


@given(amounts("0.0001", "10", 4))
def test_half_of_it_is_left_after_a_half_life(k: Decimal) -> None:
    half = exact("E26", k=k)
    assert math.isclose(math.exp(-float(k) * float(half)), 0.5)
    t90 = exact("C15", k=k)
    assert math.isclose(math.exp(-float(k) * float(t90)), 0.9)


@given(amounts("50", "250", 1), amounts("3", "200", 1))
def test_the_formulas_of_body_surface_agree_within_a_third(cm: Decimal, kg: Decimal) -> None:
    assume(12 < kg / (cm / 100) ** 2 < 45)
    areas = [exact(key, cm=cm, kg=kg) for key in ("E07", "E08", "E09", "E10")]
    assert max(areas) / min(areas) < D("1.34")
    assert near(exact("E07", cm=cm, kg=kg) ** 2 * 3600, cm * kg)


# What grows (or falls) when one input grows and the others stay: calculation, input, direction.
GROWS = [
    ("A08", "kg", 1), ("A09", "n", -1), ("B18", "v2", 1), ("B18", "c1", -1), ("B20", "want", 1),
    ("C01", "err", -1), ("C05", "assay", -1), ("C05", "water", 1), ("C07", "pv", -1),
    ("C15", "k", -1), ("D02", "minutes", -1), ("D04", "kg", 1), ("D04", "mg", -1),
    ("D07", "units", -1), ("D12", "kg", 1), ("D13", "kg", 1), ("D21", "rate", -1),
    ("E02", "inch", 1), ("E05", "kg", 1), ("E07", "cm", 1), ("E08", "kg", 1),
    ("E11", "age", -1),
    ("E11", "scr", -1), ("E12", "kg", 1), ("E13", "scr", -1), ("E13", "age", -1),
    ("E15", "scr", -1), ("E16", "alb", -1), ("E17", "alb", -1), ("E23", "gfr", 1),
    ("E28", "hb", -1), ("E29", "hco3", -1), ("F04", "conc", -1), ("F05", "carb", 1),
    ("F06", "tdd", -1), ("G01", "qty", 1), ("G03", "freq", -1), ("G05", "inuse", 1),
    ("G07", "prime", -1), ("G17", "pct", 1), ("H05", "margin", 1), ("H11", "oh", -1),
    ("H13", "ded", 1), ("H13", "rate", 1), ("H14", "years", -1),
]  # fmt: skip


@pytest.mark.parametrize(("key", "name", "direction"), GROWS)
@given(more=amounts("0.001", "0.2"))
def test_more_of_one_input_moves_the_result_one_way_only(key, name, direction, more) -> None:
    row = calculations()[key]
    before = row.example[name]
    assert isinstance(before, int | Decimal)
    after = D(before) * (1 + more)
    high = next(a.kind.high for a in row.inputs if a.name == name)
    assert high is not None
    assume(after < high.value)
    inputs = row.example | {name: after}
    moved, stood = reckon(row, inputs).exact, reckon(row, row.example).exact
    assert isinstance(moved, Decimal)
    assert isinstance(stood, Decimal)
    assert (moved - stood) * direction >= 0


@given(amounts("3", "150"), st.sampled_from(["lb", "g", "oz", "mg"]))
def test_an_amount_is_the_same_in_every_unit(kg: Decimal, unit: str) -> None:
    each = {"lb": D("0.45359237"), "g": D("0.001"), "oz": D("0.028349523125"), "mg": D("1e-6")}
    typed = (kg / each[unit]).quantize(D("1e-9"))
    bare = exact("D08", u=1, kg=kg)
    assert abs(exact("D08", u=1, kg=f"{typed} {unit}") - bare) < D("1e-8")


@given(st.sampled_from(list(calculations())), st.permutations(range(6)))
def test_the_order_of_the_inputs_means_nothing(key: str, order: list[int]) -> None:
    row = calculations()[key]
    items = list(row.example.items())
    shuffled = dict(items[at] for at in order if at < len(items))
    given_ = {"calculation": key, "inputs": row.example}
    assert answer(given_) == answer({"calculation": key, "inputs": shuffled})
