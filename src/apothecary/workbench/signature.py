"""A signature as the pad sends it: pen strokes as numbers, drawn again as SVG."""

import re
from dataclasses import dataclass

from markupsafe import Markup

PAD = re.compile(r"(\d{2,4})x(\d{2,4})((?: [ML]-?\d{1,4},-?\d{1,4})+)")
LONGEST = 60_000
FEWEST_POINTS = 8


class SignatureUnreadable(ValueError):
    """What came from the pad is not a signature; the reason is a sentence."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Pad size in CSS pixels and the SVG path of the pen."""

    width: int
    height: int
    path: str


def read_signature(text: str) -> Signature:
    """Read ``"600x180 M12,30 L13,31 …"`` from the pad.

    Raises SignatureUnreadable when it is not that, is too long to be a hand's work, or has
    fewer points than a deliberate stroke leaves.
    """
    if len(text) > LONGEST:
        raise SignatureUnreadable("The signature is too long to keep; clear the pad and sign.")
    match = PAD.fullmatch(text)
    if not match:
        raise SignatureUnreadable("There is no signature on the pad.")
    path = match[3].strip()
    if path.count(",") < FEWEST_POINTS:
        raise SignatureUnreadable("The pad was only touched; please sign.")
    return Signature(int(match[1]), int(match[2]), path.replace(",", " "))


def signature_svg(text: str) -> Markup:
    """The kept signature as a picture; what no pad sent is said to be there, not drawn."""
    try:
        pen = read_signature(text)
    except SignatureUnreadable:
        return Markup('<p class="soft">{}</p>').format("Kept with the sale, not from a pad.")
    return Markup(
        '<svg class="signature" viewBox="0 0 {} {}" role="img" aria-label="Signature">'
        '<path d="{}" fill="none" stroke="currentColor" stroke-width="2"'
        ' stroke-linecap="round" stroke-linejoin="round"/></svg>'
    ).format(pen.width, pen.height, pen.path)
