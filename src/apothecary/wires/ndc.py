"""National Drug Codes on the wire: ten digits with segments, eleven without, never guessed.

Ten digits in a row belong to up to three codes of eleven; which one, only the drug file knows.
"""

import re

# The digits of labeler, product and package in each shape that FDA has given out.
SHAPES = ((4, 4, 2), (5, 3, 2), (5, 4, 1))
_HYPHENATED = re.compile("([0-9]{4,5})-([0-9]{3,4})-([0-9]{1,2})", re.ASCII)
_TEN = re.compile("[0-9]{10}", re.ASCII)


def padded(ten: str, shape: tuple[int, int, int]) -> str:
    """Ten digits of a known shape as eleven (5-4-2): the short segment gets a zero in front."""
    labeler, product, _ = shape
    return (
        ten[:labeler].zfill(5)
        + ten[labeler : labeler + product].zfill(4)
        + ten[labeler + product :].zfill(2)
    )


def candidates(ten: str, *, labeler_digits: int | None = None) -> tuple[str, ...]:
    """Every code of eleven digits that ten bare digits may stand for.

    ``labeler_digits`` (4 or 5) is known where a company prefix tells it; one of four leaves a
    single candidate. Raises ValueError on anything but ten digits.
    """
    if _TEN.fullmatch(ten) is None:
        raise ValueError(f"must be ten digits, is {ten[:30]!r}")
    shapes = [one for one in SHAPES if labeler_digits in (None, one[0])]
    return tuple(dict.fromkeys(padded(ten, shape) for shape in shapes))


def eleven(text: str) -> str:
    """Eleven digits of a code written with hyphens, in any native shape or as 5-4-2.

    Raises ValueError when the segments are no shape a code has.
    """
    parts = _HYPHENATED.fullmatch(text)
    if parts is None or (len(parts[1]), len(parts[2]), len(parts[3])) not in (
        *SHAPES,
        (5, 4, 2),
    ):
        raise ValueError(f"is no drug code in segments: {text[:30]!r}")
    return parts[1].zfill(5) + parts[2].zfill(4) + parts[3].zfill(2)


def check_digit(body: str) -> str:
    """The GS1 check digit of all digits before it: weights 3 and 1 from the right."""
    total = sum(int(d) * (1 if place % 2 else 3) for place, d in enumerate(reversed(body)))
    return str(-total % 10)


def has_check_digit(digits: str) -> bool:
    """Whether the last of these digits is their check digit (UPC, EAN, GTIN, SSCC, GLN)."""
    plain = len(digits) > 1 and digits.isascii() and digits.isdigit()
    return plain and check_digit(digits[:-1]) == digits[-1]
