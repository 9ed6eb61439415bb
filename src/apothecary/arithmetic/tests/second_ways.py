"""Every calculation a second time, in another form than the table's: fractions and the standard
library's binary mathematics, written from the definition and not from the row.

A second way takes the example's inputs and gives the unrounded result.
"""

import math
import statistics
from collections.abc import Callable
from fractions import Fraction

F = Fraction
Number = Fraction | float | int
Way = Callable[..., Number]


def tiers(kg: Fraction, rates: tuple[int, int, int]) -> Fraction:
    """Holliday-Segar kilogram by kilogram instead of by minimum and maximum."""
    whole, rest = divmod(kg, 1)
    pieces = [F(1)] * int(whole) + [rest]
    return sum(
        (
            piece * rates[0 if at < 10 else 1 if at < 20 else 2]
            for at, piece in enumerate(pieces)
        ),
        F(0),
    )


def cockcroft_gault(age: Fraction, kg: Fraction, scr: Fraction) -> Fraction:
    """From its SI form: 88.4 umol/L are 1 mg/dL, 88.4 / 72 = 1.2277…"""
    return (140 - age) * kg * F(884, 10) / 72 / (scr * F(884, 10))


def ckd_epi(scr: Fraction, age: Fraction, female: bool) -> float:
    """By logarithms, the two branches at kappa apart."""
    kappa = 0.7 if female else 0.9
    alpha = (-0.241 if female else -0.302) if scr < kappa else -1.2
    logs = math.log(142) + alpha * math.log(float(scr) / kappa) + float(age) * math.log(0.9938)
    return math.exp(logs + (math.log(1.012) if female else 0))


def mean_kinetic(temps: list[Fraction]) -> float:
    """With R and the heat of activation apart, in binary numbers."""
    ratio = 83.144e3 / 8.3144
    average = statistics.fmean(math.exp(-ratio / (float(t) + 273.15)) for t in temps)
    return ratio / -math.log(average) - 273.15


def by_logarithms(factor: str, kg: Fraction, a: str, cm: Fraction, b: str) -> float:
    """factor x kg^a x cm^b."""
    return math.exp(
        math.log(float(factor))
        + float(a) * math.log(float(kg))
        + float(b) * math.log(float(cm))
    )


def days_by_walking(have: Fraction, daily: Fraction) -> int:
    """Day by day until the next day's need is not there."""
    days = 0
    while have >= daily:
        have -= daily
        days += 1
    return days


WAYS: dict[str, Way] = {
    "A01": lambda celsius: (celsius + 40) * F(9, 5) - 40,
    "A02": lambda fahrenheit: (fahrenheit + 40) * F(5, 9) - 40,
    "A03": lambda lb: lb * 7000 * F("64.79891") / 1_000_000,
    "A04": lambda inch: inch * F(254, 100),
    "A05": lambda tsp: tsp / 3 * 15,
    "A06": lambda gr: gr * F("453592.37") / 7000,
    "A07": lambda dose_mg, mg, per_ml: dose_mg / (mg / per_ml),
    "A08": lambda mgkg, kg, mg, per_ml: (mgkg * kg) / (mg / per_ml),
    "A09": lambda mgkgd, kg, n, mg, per_ml: (mgkgd * kg / n) / (mg / per_ml),
    "A10": lambda dose, strength: dose * (1 / strength),
    "A11": lambda mgm2, bsa: mgm2 / (1 / bsa),
    "A12": lambda adult, bsa: adult / (F("1.73") / bsa),
    "A13": lambda adult, age: adult / (1 + 12 / age),
    "A14": lambda adult, lb: adult / (150 / lb),
    "A15": lambda adult, months: adult / (150 / months),
    "A16": lambda adult, age: adult / (24 / age),
    "B01": lambda pct, ml: ml * (pct * 10) / 1000,
    "B02": lambda pct, g: g - g * (100 - pct) / 100,
    "B03": lambda pct, ml: ml - ml * (100 - pct) / 100,
    "B04": lambda x: F(1000, 1) / x,
    "B05": lambda x: 1 / (x / 1000),
    "B06": lambda x: (1 / x) * 100,
    "B07": lambda pct: 1 / (pct / 100),
    "B08": lambda ppm, litres: ppm / 1_000_000 * (litres * 1000) * 1000,
    "B09": lambda mgdl, mw: (mgdl / 1000) / mw * 1000 * 10,
    "B10": lambda mg, val, mw: mg / (mw / val),
    "B11": lambda meq, mw, val: meq * (mw / val),
    "B12": lambda g, mw: g / (mw / 1000),
    "B13": lambda g, n, mw: n * (g / mw) * 1000,
    "B14": lambda g, n, mw: n * (g / mw) * 1000,
    "B15": lambda g, mw, litres: g / mw / litres,
    "B16": lambda molarity, eq: molarity / (1 / eq),
    "B17": lambda mmol_p: mmol_p / 3 * F("4.4"),
    "B18": lambda c1, c2, v2: v2 / (c1 / c2),
    "B19": lambda c1, v1, v2: c1 / (v2 / v1),
    "B20": lambda high, low, want, total: total - total * (high - want) / (high - low),
    "B21": lambda q, c: statistics.fmean(map(float, c), weights=map(float, q)),
    "B22": lambda volume, xf, xs: volume / (xf / xs),
    "B23": lambda ml, sg: ml / (1 / sg),
    "B24": lambda g, sg: g * (1 / sg),
    "B25": lambda ww, sg: ww / 100 * sg * 100,
    "B26": lambda wanted, original, ingredient: ingredient / original * wanted,
    "B27": lambda salt, mwb, mws: salt / (mws / mwb),
    "C01": lambda sr, err: sr * (1 / err),
    "C02": lambda needed, lwq: -(-lwq // needed) * lwq,
    "C03": lambda mg, x: mg / (1 / x),
    "C04": lambda measured, intended: abs(1 - measured / intended) * 100,
    "C05": lambda needed, assay, water: needed / assay / (1 - water),
    "C06": lambda final, water: -(water - final),
    "C07": lambda total_mg, mg_per_ml, pv: (total_mg - pv * mg_per_ml) / mg_per_ml,
    "C08": lambda mg, conc, pv: (mg - pv * conc) / conc,
    "C09": lambda ml, g, e_value: F(9, 10) / 100 * ml - g * e_value,
    "C10": lambda a: (52 - a * 100) / F("57.6"),
    "C11": lambda g, e_value: g * e_value / F("0.0090009000900090009"),
    "C12": lambda n, blank, dose, df: n * (blank - dose / df),
    "C13": lambda req, high, low: 1 - (high - req) / (high - low),
    "C14": lambda pka, salt, acid: float(pka) + math.log(salt / acid) / math.log(10),
    "C15": lambda k: -math.log(0.9) / float(k),
    "C16": lambda g: g / 20,
    "C17": lambda actual, theo: 100 - (theo - actual) / theo * 100,
    "C18": mean_kinetic,
    "C20": lambda cap_diluent, dose, cap_drug: cap_diluent * (cap_drug - dose) / cap_drug,
    "D01": lambda ml, h: ml / (h * 60) * 60,
    "D02": lambda ml, gtt, minutes: ml / minutes * gtt,
    "D03": lambda ml, rate: ml / (rate / 60) / 60,
    "D04": lambda dose, kg, mg, ml: dose / 1000 * kg * 60 / (mg / ml),
    "D05": lambda rate, kg, mg, ml: rate * (mg / ml) * 1000 / 60 / kg,
    "D06": lambda dose, mg, ml: dose * 60 / (mg / ml),
    "D07": lambda u, kg, units, ml: u * kg / (units / ml),
    "D08": lambda u, kg: u / (1 / kg),
    "D09": lambda u, kg, units, ml: u * kg / (units / ml),
    "D10": lambda meq, per: meq * (1 / per),
    "D11": lambda rate, bag: -(-(rate * 24) // bag),
    "D12": lambda kg: tiers(kg, (4, 2, 1)),
    "D13": lambda kg: tiers(kg, (100, 50, 20)),
    "D14": lambda kg, tbsa: 2 * (2 * kg * tbsa),
    "D15": lambda kg, na, f: kg * f * (na / 140 - 1),
    "D16": lambda dex, aa, lipid: (34 * dex + 40 * aa + 20 * lipid) / 10,
    "D17": lambda dex, aa, lipid: (F("3.4") * dex + 2 * lipid) / (aa * F(16, 100)),
    "D18": lambda aa, dex, nak, ca, mg: 10 * (aa + dex / 2) + 2 * nak + ca * F(7, 5) + mg,
    "D19": lambda g, kg: g / kg / 24 / 60 * 1000,
    "D20": lambda protein, uun: protein * F(16, 100) - uun - 4,
    "D21": lambda vol, rate: vol / rate / 24,
    "E01": lambda kg, m: kg / m / m,
    "E02": lambda inch: F("2.3") * inch - 88,
    "E03": lambda inch: F("2.3") * inch - F("92.5"),
    "E04": lambda ibw, tbw: F("0.6") * ibw + F("0.4") * tbw,
    "E05": lambda kg, bmi: kg / (F(6680, 9270) + F(216, 9270) * bmi),
    "E06": lambda kg, bmi: kg / (F(8780, 9270) + F(244, 9270) * bmi),
    "E07": lambda cm, kg: math.sqrt(cm) * math.sqrt(kg) / 60,
    "E08": lambda cm, kg: by_logarithms("0.007184", kg, "0.425", cm, "0.725"),
    "E09": lambda cm, kg: by_logarithms("0.024265", kg, "0.5378", cm, "0.3964"),
    "E10": lambda cm, kg: by_logarithms("0.0235", kg, "0.51456", cm, "0.42246"),
    "E11": cockcroft_gault,
    "E12": lambda age, kg, scr: cockcroft_gault(age, kg, scr) * F(85, 100),
    "E13": ckd_epi,
    "E14": lambda egfr, bsa: egfr / (F("1.73") / bsa),
    "E15": lambda cm, scr: cm / (scr / F("0.413")),
    "E16": lambda ca, alb: ca + F("3.2") - F("0.8") * alb,
    "E17": lambda c, alb: 10 * c / (2 * alb + 1),
    "E18": lambda c, alb: 10 * c / (alb + 1),
    "E19": lambda na, cl, hco3: na - cl - hco3,
    "E20": lambda ag, alb: ag + 10 - F("2.5") * alb,
    "E21": lambda na, glu, bun: na + na + glu * F(5, 90) + bun * F(5, 14),
    "E22": lambda na, glu: na + F("1.6") * (glu - 100) / 100,
    "E23": lambda auc, gfr: auc * gfr + 25 * auc,
    "E24": lambda kg, cm, age: (40 * kg + 25 * cm - 20 * age + 20) / F(4),
    "E25": lambda vd, c, sf: vd / sf * c,
    "E26": lambda k: -math.log(0.5) / float(k),
    "E27": lambda c1, c2, dt: (math.log(c1) - math.log(c2)) / float(dt),
    "E28": lambda kg, hb: 500 + kg * (36 - F("2.4") * hb),
    "E29": lambda kg, hco3: kg * (12 - hco3 / 2),
    "E30": lambda cm: F("0.91") * cm - F("88.684"),
    "E31": lambda weeks, ga: weeks + ga - 40,
    "E32": lambda mg: mg * F(15, 100),
    "F01": lambda mg, f: mg / (1 / f),
    "F02": lambda mcgh: mcgh * 24 * 100 / 1000,
    "F03": lambda h, t: h + t / 5,
    "F04": lambda u, conc: u * (1 / conc),
    "F05": lambda carb, icr, bg, target, isf: (carb * isf + (bg - target) * icr) / (icr * isf),
    "F06": lambda tdd: 1800 * (1 / tdd),
    "F07": lambda tdd: 500 * (1 / tdd),
    "G01": days_by_walking,
    "G02": lambda steps: sum(daily for daily, days in steps for _ in range(int(days))),
    "G03": lambda ml, gtt, drops, eyes, freq: days_by_walking(ml * gtt, drops * eyes * freq),
    "G04": lambda ml, gtt, drops, eyes, freq: days_by_walking(ml * gtt, drops * eyes * freq),
    "G05": lambda units, daily, inuse: min(days_by_walking(units, daily), inuse),
    "G06": days_by_walking,
    "G07": lambda units, daily, inj, prime: days_by_walking(units, daily + inj * prime),
    "G08": lambda dose, inc: dose % inc,
    "G09": lambda act, puffs, freq: days_by_walking(act, puffs * freq),
    "G10": lambda sprays, per, freq: days_by_walking(sprays, 2 * per * freq),
    "G11": lambda g, per, freq: days_by_walking(g, per * freq),
    "G12": lambda n: n * 72 / 24,
    "G13": lambda n: n // 2 * 7 + (3 if n % 2 else 0),
    "G14": lambda ml, freq, days: ml * (freq * days),
    "G15": lambda n: n * 168 / 24,
    "G16": lambda g, inch, gpi, eyes, freq: days_by_walking(g, inch * gpi * eyes * freq),
    "G17": lambda ds, pct: -(-(ds * pct) // 1),
    "G18": lambda covered, period: 100 - (period - covered) / period * 100,
    "H01": lambda awp, d, fee: awp - awp * d + fee,
    "H02": lambda cost, m: cost + cost * m,
    "H03": lambda price, cost: -(cost - price),
    "H04": lambda price, cost: 100 - cost / price * 100,
    "H05": lambda cost, margin: cost * (1 / (1 - margin)),
    "H06": lambda price, cost, disp: price - (cost + disp),
    "H07": lambda cogs, inv: cogs * (1 / inv),
    "H08": lambda turns: 365 * (1 / turns),
    "H09": lambda use, lead, safety: safety + lead * use,
    "H10": lambda demand, order, hold: math.sqrt(2 * demand) * math.sqrt(order / hold),
    "H11": lambda par, oh, oo, pack: max(0, -((oh + oo - par) // pack)) * pack,
    "H12": lambda inv, d: inv - inv * d,
    "H13": lambda price, ded, rate: price * rate + min(price, ded) * (1 - rate),
    "H14": lambda cost, salvage, years: cost / years - salvage / years,
    "H15": lambda e, f: e / (f / 10_000),
    "H16": lambda n, mg, f: n * (mg / 1000 * f),
}
