"""What a package holds, read from its description in the drug listing.

``5 SYRINGE in 1 CARTON > 3 mL in 1 SYRINGE``: from the outside in, each level says how many of
what are in one of which. Layout of the FDA drug listing, package description.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

_LEVEL = re.compile(
    r"(\d*\.?\d+) ([A-Za-z][A-Za-z, -]*?) in ([1-9]\d*) ([A-Z][A-Z, -]*?)(?: \([\d-]+\))?\s*"
)
_METERED = re.compile(r"METERED|SPRAY|AEROSOL|INHALANT")
# The dose unit of a direction and how the listing calls the thing.
_CALLED = {
    "syringe": ("SYRINGE",),
    "pen": ("PEN", "SYRINGE", "CARTRIDGE", "INJECTOR"),
    "vial": ("VIAL", "AMPULE"),
    "ampule": ("AMPULE", "VIAL"),
    "packet": ("PACKET", "POUCH", "SACHET"),
    "applicatorful": ("APPLICATOR",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """``amount`` of ``unit`` in each of ``containers`` innermost containers of a package."""

    amount: Fraction
    unit: str
    container: str
    containers: Fraction

    @property
    def doses(self) -> Fraction | None:
        """Puffs or sprays in the whole package; None when it is not metered."""
        metered = _METERED.search(self.unit) is not None
        powder = self.unit.startswith("POWDER") and self.container.startswith("INHALER")
        return self.amount * self.containers if metered or powder else None

    def is_called(self, dose_unit: str) -> bool:
        """Whether the innermost container is what the direction counts."""
        return self.container.startswith(_CALLED.get(dose_unit, ()))

    @property
    def pen(self) -> bool:
        """Whether it is a pen or cartridge rather than a vial."""
        return self.is_called("pen")


def content_of(description: str) -> Content | None:
    """What one package holds; None for a kit, an empty or an unknown description."""
    levels = [_LEVEL.fullmatch(part.strip()) for part in description.split(" > ")]
    read = [level for level in levels if level is not None]
    if len(read) != len(levels):
        return None
    containers = Fraction(1)
    for level in read[:-1]:
        containers *= Fraction(level[1]) / Fraction(level[3])
    last = read[-1]
    if not Fraction(last[1]) or not containers:
        return None
    return Content(
        amount=Fraction(last[1]) / Fraction(last[3]),
        unit=last[2],
        container=last[4],
        containers=containers,
    )
