"""NDCs as agencies write them in prose and lists: found by their hyphens, compared by a key.

A key has ten digits for a product (labeler of six, product of four) and twelve for a package,
so that 0591-0405, 00591-0405 and 00591-0405-01 meet. Digits without hyphens are no code here:
ten of them may be three drugs, or a telephone.
"""

import re
from dataclasses import dataclass

# Segments of the shapes that exist: 4-4-2, 5-3-2, 5-4-1, 5-4-2 as billed, 6-3-2, 6-4-1, 6-4-2.
WHOLE = re.compile(
    r"(?<![\d-])(?:(\d{4})-(\d{4})-(\d{2})|(\d{5})-(\d{3})-(\d{2})|(\d{5,6})-(\d{4})-(\d{1,2})"
    r"|(\d{6})-(\d{3})-(\d{2}))(?![\d-])"
)
# Two segments are a code only where the text calls them one: 2019-2020 are years.
HALF = re.compile(r"NDC[\s:#.]{0,3}(?:No\.?\s*)?(\d{4,6})-(\d{3,4})(?![\d-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Written:
    """A code as it was written; ``package`` is empty where it names a product."""

    code: str
    product_key: str
    package: str = ""


def codes_in(text: str) -> tuple[Written, ...]:
    """The codes in a text, each once, in the order of their first mention."""
    found = [(match.start(), _written(*match.groups())) for match in WHOLE.finditer(text)]
    found += [(match.start(), _written(*match.groups())) for match in HALF.finditer(text)]
    return tuple(dict.fromkeys(each for _, each in sorted(found, key=lambda pair: pair[0])))


def code_of(listed: str) -> Written | None:
    """A code standing alone, of two or three segments; None where it is none."""
    segments = listed.strip().split("-")
    if not all(part.isascii() and part.isdigit() for part in segments):
        return None
    if len(segments) == 2 and 4 <= len(segments[0]) <= 6 and 3 <= len(segments[1]) <= 4:
        return _written(*segments)
    return _written(*segments) if WHOLE.fullmatch(listed.strip()) else None


def product_key(labeler: str, product: str) -> str:
    """The ten digits by which two ways of writing a product are compared."""
    return labeler.zfill(6) + product.zfill(4)


def _written(*groups: str | None) -> Written:
    segments = [group for group in groups if group is not None]
    key = product_key(segments[0], segments[1])
    package = segments[2].zfill(2) if len(segments) > 2 else ""
    return Written("-".join(segments), key, package)
