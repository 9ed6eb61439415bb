"""The National Drug Code: segments, and every form in which it is printed, billed and scanned.

Source: 21 CFR 207.33 (segments and configurations, six-digit labelers), 45 CFR 162.1002 (the
eleven-digit billing form), 91 FR 10749 (twelve digits, 6-4-2, from 7 March 2033), GS1 General
Specifications (UPC-A and GTIN check digit). The hyphens carry information: without them ten
digits are three possible drugs, therefore nothing here guesses.
"""

from dataclasses import dataclass
from typing import Self

NATIVE_SHAPES = ((4, 4, 2), (5, 3, 2), (5, 4, 1), (6, 3, 2), (6, 4, 1), (6, 4, 2))
TEN_DIGIT_SHAPES = NATIVE_SHAPES[:3]
BILLING_SHAPE = (5, 4, 2)


class BadNdc(ValueError):
    """Something that is not an NDC; ``field`` is the part at fault and ``reason`` says why."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {reason}")


@dataclass(frozen=True, slots=True, order=True)
class Ndc:
    """One code as the labeler configured it; the three segments keep their leading zeros."""

    labeler: str
    product: str
    package: str

    def __post_init__(self) -> None:
        for field in ("labeler", "product", "package"):
            _must_be_digits(field, getattr(self, field))
        if self.shape not in NATIVE_SHAPES:
            printed = "-".join(str(length) for length in self.shape)
            raise BadNdc("ndc", f"segments of {printed} digits are not a configuration in use")
        if self._is_padded():
            raise BadNdc("labeler", f"{self.hyphenated} is an older code, padded: parse it")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a hyphenated code: native, billing 5-4-2, or native padded to 6-4-2.

        Raises BadNdc when it is not one code, also when a padded one could be two.
        """
        parts = text.strip().split("-")
        if len(parts) != 3:
            raise BadNdc("ndc", f"expected three segments joined by hyphens, got {text!r}")
        labeler, product, package = parts
        shape = tuple(map(len, parts))
        if shape == BILLING_SHAPE or (shape == (6, 4, 2) and labeler.startswith("0")):
            return cls._only(candidates("".join(parts)), text)
        return cls(labeler, product, package)

    @classmethod
    def _only(cls, found: tuple["Ndc", ...], text: str) -> Self:
        if len(found) != 1:
            meant = " or ".join(each.hyphenated for each in found) or "no code in use"
            raise BadNdc("ndc", f"{text!r} could be {meant}")
        return cls(found[0].labeler, found[0].product, found[0].package)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Lengths of the segments in digits."""
        return len(self.labeler), len(self.product), len(self.package)

    @property
    def hyphenated(self) -> str:
        """As printed on the bottle: 0002-8215-01."""
        return f"{self.labeler}-{self.product}-{self.package}"

    @property
    def ndc10(self) -> str:
        """Ten digits without hyphens, as inside a barcode; BadNdc for six-digit labelers."""
        if self.shape not in TEN_DIGIT_SHAPES:
            raise BadNdc("labeler", f"{self.hyphenated} has more than ten digits")
        return self.labeler + self.product + self.package

    @property
    def ndc11(self) -> str:
        """Billing digits 5-4-2, each short segment padded with a leading zero."""
        labeler, product, package = self._billing_segments()
        return labeler + product + package

    @property
    def billing(self) -> str:
        """The billing form with hyphens: 00002-8215-01."""
        return "-".join(self._billing_segments())

    @property
    def ndc12(self) -> str:
        """Twelve digits 6-4-2 without hyphens; the one form every code has."""
        return self.hyphenated_12.replace("-", "")

    @property
    def hyphenated_12(self) -> str:
        """The form of 2033, zero-padded: 000002-8215-01."""
        return f"{self.labeler:0>6}-{self.product:0>4}-{self.package:0>2}"

    @property
    def upc_a(self) -> str:
        """Twelve digits of the linear barcode: 3, the ten digits, check digit."""
        body = "3" + self.ndc10
        return body + check_digit(body)

    def gtin14(self, indicator: int = 0) -> str:
        """Fourteen digits for GS1 symbols; indicator 0 is the saleable unit, 1-8 its cases."""
        if indicator not in range(9):
            raise BadNdc("indicator", f"must be 0 to 8, got {indicator}")
        body = f"{indicator}03{self.ndc10}"
        return body + check_digit(body)

    def _is_padded(self) -> bool:
        if self.shape != (6, 4, 2) or not self.labeler.startswith("0"):
            return False
        return bool(_candidates_of_11(self.labeler[1:], self.product, self.package))

    def _billing_segments(self) -> tuple[str, str, str]:
        labeler = self.labeler.removeprefix("0") if len(self.labeler) == 6 else self.labeler
        if len(labeler) > 5:
            raise BadNdc("labeler", f"{self.labeler} does not fit the eleven-digit form")
        return f"{labeler:0>5}", f"{self.product:0>4}", f"{self.package:0>2}"


def check_digit(body: str) -> str:
    """The GS1 modulo-10 digit that follows these digits; weights 3, 1 from the right."""
    _must_be_digits("barcode", body)
    total = sum(int(d) * (3, 1)[place % 2] for place, d in enumerate(reversed(body)))
    return str(-total % 10)


def candidates(digits: str) -> tuple[Ndc, ...]:
    """Every code that these 10, 11 (billing) or 12 digits without hyphens may stand for.

    The drug file decides which exists. Ten digits give three; eleven and twelve give those
    whose padding zero is there; a twelve-digit code that is no padded older one gives itself.
    """
    _must_be_digits("ndc", digits)
    if len(digits) == 10:
        return tuple(_cut(digits, shape) for shape in TEN_DIGIT_SHAPES)
    if len(digits) == 11:
        return _candidates_of_11(digits[:5], digits[5:9], digits[9:])
    if len(digits) == 12:
        return _candidates_of_12(digits[:6], digits[6:10], digits[10:])
    raise BadNdc("ndc", f"expected 10, 11 or 12 digits, got {len(digits)}")


def ndc10_in_barcode(digits: str) -> str:
    """The ten digits inside a UPC-A (12) or GTIN-14 of a drug; pass them to ``candidates``.

    Raises BadNdc for a wrong length, a wrong check digit or a number outside the drug range.
    """
    _must_be_digits("barcode", digits)
    if len(digits) not in {12, 14}:
        raise BadNdc("barcode", f"expected 12 or 14 digits, got {len(digits)}")
    expected = check_digit(digits[:-1])
    if digits[-1] != expected:
        raise BadNdc("barcode", f"check digit is {digits[-1]}, should be {expected}")
    prefix, body = digits[:-11], digits[-11:-1]
    if prefix not in {"3"} | {f"{indicator}03" for indicator in range(9)}:
        raise BadNdc("barcode", f"{digits} carries no NDC (a drug's number begins with 3)")
    return body


def _candidates_of_12(labeler: str, product: str, package: str) -> tuple[Ndc, ...]:
    if labeler.startswith("0"):
        older = _candidates_of_11(labeler[1:], product, package)
        return older or (Ndc(labeler, product, package),)
    return (*_without_padding(labeler, product, package), Ndc(labeler, product, package))


def _candidates_of_11(labeler: str, product: str, package: str) -> tuple[Ndc, ...]:
    # A leading zero of the labeler is padding of a four-digit one: in the whole directory of
    # May 2019 two listings out of 243,960 (00904-5899-4, 00904-7851-6) were filed otherwise.
    if labeler.startswith("0"):
        return (Ndc(labeler[1:], product, package),)
    return _without_padding(labeler, product, package)


def _without_padding(labeler: str, product: str, package: str) -> tuple[Ndc, ...]:
    found = []
    if product.startswith("0"):
        found.append(Ndc(labeler, product[1:], package))
    if package.startswith("0"):
        found.append(Ndc(labeler, product, package[1:]))
    return tuple(found)


def _cut(digits: str, shape: tuple[int, int, int]) -> Ndc:
    first, second, _ = shape
    return Ndc(digits[:first], digits[first : first + second], digits[first + second :])


def _must_be_digits(field: str, text: str) -> None:
    if not (text.isascii() and text.isdigit()):
        raise BadNdc(field, f"must be digits, got {text!r}")
