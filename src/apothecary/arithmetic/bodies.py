"""Cautions that no single input shows: a weight that does not fit the age or the height.

Never a refusal: children of every weight exist. The estimate for the age is the textbook's
2 x (age + 4) kg for 1 to 10 years (mark K); how far off is suspicious is a convention of this
house (mark C), as are the bounds of the body mass index.
"""

from decimal import Decimal

from apothecary.arithmetic.numerals import RECKONING, written

_FIRST_YEAR, _LAST_YEAR = 1, 10
_OFF = 3
_LEAST_BMI, _MOST_BMI = 9, 75
_CM_A_METRE = 100


def body_cautions(numbers: dict[str, Decimal]) -> list[str]:
    """What ``age`` (years), weight ``kg`` and height ``cm`` or ``m`` make doubtful together."""
    said: list[str] = []
    weight, age = numbers.get("kg"), numbers.get("age")
    if weight is None:
        return said
    if age is not None and _FIRST_YEAR <= age <= _LAST_YEAR:
        usual = 2 * (age + 4)
        if not usual / _OFF <= weight <= usual * _OFF:
            said.append(
                f"kg: {written(weight)} kg at {written(age)} years (usual is about"
                f" {written(usual)} kg): check the unit of the weight"
            )
    height = numbers.get("m") or numbers.get("cm", Decimal(0)) / _CM_A_METRE
    if height:
        bmi = RECKONING.divide(weight, height * height)
        if not _LEAST_BMI <= bmi <= _MOST_BMI:
            said.append(
                f"kg: {written(weight)} kg at {written(height * _CM_A_METRE)} cm make"
                f" {bmi:.0f} kg/m2: check the units of weight and height"
            )
    return said
