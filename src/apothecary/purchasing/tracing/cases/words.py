"""What a trading partner is told about product, word by word. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Product:
    """The product of a case as it is named to others."""

    name: str
    ndc: str
    lots: tuple[str, ...]
    serials: tuple[str, ...]

    def lines(self) -> list[str]:
        """A line a fact; what is not known is left out."""
        found = [f"Product: {self.name}, NDC {self.ndc}"]
        if self.lots:
            found.append(f"Lot: {', '.join(self.lots)}")
        if self.serials:
            found.append(f"Serial number: {', '.join(self.serials)}")
        return found


@dataclass(frozen=True, slots=True)
class Sender:
    """Who tells it."""

    name: str
    address: str
    phone: str
    person: str


def told_illegitimate(
    product: Product, *, case: int, grounds: str, because: str, at: datetime, sender: Sender
) -> str:
    """The notice that product was determined to be illegitimate."""
    return letter(
        "Notice of illegitimate product",
        [
            f"On {at:%Y-%m-%d %H:%M} UTC we determined this product to be illegitimate.",
            *product.lines(),
            f"Grounds: {grounds}",
            f"What we found: {because}",
            "We hold what we have of it in quarantine. Please look for it in your own stock.",
            f"Our case: {case}",
        ],
        sender,
    )


def told_over(product: Product, *, case: int, incident: str, sender: Sender) -> str:
    """The notice that an earlier one is over."""
    return letter(
        "End of a notice of illegitimate product",
        [
            "The FDA was consulted, and our notice about this product is over.",
            *product.lines(),
            f"Incident number of the FDA: {incident}",
            f"Our case: {case}",
        ],
        sender,
    )


def letter(title: str, lines: Sequence[str], sender: Sender) -> str:
    """Title, lines, and who signs."""
    signed = [sender.person, sender.name, sender.address, sender.phone]
    return "\n".join([title, "", *lines, "", *filter(None, signed)])
