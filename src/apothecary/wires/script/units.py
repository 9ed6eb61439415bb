"""The NCI codes of quantity units: what to call them, and how a claim counts them.

Codes of the NCI Thesaurus, a public terminology; the words and the choice are ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class QuantityUnit:
    """A unit of a prescribed quantity. ``billing`` is EA, ML or GM; empty when the unit does
    not say it (a package or tube must be looked up: its content is billed).
    """

    code: str
    name: str
    billing: str


_COUNTED = {
    "C64933": "each",
    "C48480": "capsule",
    "C48542": "tablet",
    "C48524": "patch",
    "C48539": "suppository",
    "C48506": "lozenge",
    "C48548": "troche",
    "C48552": "wafer",
    "C53499": "film",
    "C62609": "ring",
    "C48499": "implant",
    "C53502": "sponge",
    "C120216": "pen needle",
    "C120263": "lancet",
    "C48538": "strip",
    "C48504": "kit",
}
_CONTAINERS = {
    "C48520": "package",
    "C48521": "packet",
    "C48540": "syringe",
    "C48551": "vial",
    "C48473": "ampule",
    "C48481": "cartridge",
    "C54564": "blister",
    "C62412": "applicator",
    "C48537": "spray",
    "C38046": "unspecified",
}


def _table() -> dict[str, QuantityUnit]:
    units = [QuantityUnit(code, name, "EA") for code, name in _COUNTED.items()]
    units += [QuantityUnit(code, name, "") for code, name in _CONTAINERS.items()]
    units += [QuantityUnit("C28254", "mL", "ML"), QuantityUnit("C48155", "gram", "GM")]
    return {unit.code: unit for unit in units}


QUANTITY_UNITS: Mapping[str, QuantityUnit] = MappingProxyType(_table())


def quantity_unit(code: str) -> QuantityUnit | None:
    """The unit of a code; None for one we do not know, then somebody must read the text."""
    return QUANTITY_UNITS.get(code)
