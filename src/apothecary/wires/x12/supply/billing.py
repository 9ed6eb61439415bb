"""What the wholesaler bills (810), and whether it adds up."""

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from apothecary.wires.errors import Fault
from apothecary.wires.x12.remittance import Day, Party, Reference, Rest
from apothecary.wires.x12.supply.goods import Lot, Product

CENT = Decimal("0.01")
# How many units one price is for (IT105, PO105); every other basis is a price for one.
PRICE_PER = {"HP": Decimal(100), "TP": Decimal(1000)}


@dataclass(frozen=True, slots=True)
class Charge:
    """Money beside the goods (SAC): ``indicator`` C charge, A allowance, N neither."""

    indicator: str
    code: str
    amount: Decimal | None = None
    rate: Decimal | None = None
    percent: Decimal | None = None
    quantity: Decimal | None = None
    unit: str = ""
    method: str = ""
    description: str = ""
    segment: int = field(default=0, compare=False)

    @property
    def owed(self) -> Decimal:
        """What it adds to the bill; an allowance takes away."""
        sign = {"C": 1, "A": -1}.get(self.indicator, 0)
        return sign * (self.amount or Decimal(0))


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax (TXI), in dollars."""

    kind: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """When to pay (ITD). ``discount_percent`` is off what is paid by ``discount_on``."""

    kind: str = ""
    basis: str = ""
    discount_percent: Decimal | None = None
    discount_on: date | None = None
    discount_days: int | None = None
    net_on: date | None = None
    net_days: int | None = None
    discount: Decimal | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line of an invoice (IT1). ``price`` is in dollars for one unit, or for as many as
    ``PRICE_PER`` says of its basis.
    """

    number: str
    quantity: Decimal
    unit: str
    price: Decimal
    product: Product
    price_basis: str = ""
    lots: tuple[Lot, ...] = ()
    charges: tuple[Charge, ...] = ()
    taxes: tuple[Tax, ...] = ()
    references: tuple[Reference, ...] = ()
    days: tuple[Day, ...] = ()
    segment: int = field(default=0, compare=False)

    @property
    def extended(self) -> Decimal:
        """Quantity times price, exact and not rounded, without charges and taxes."""
        return self.quantity * self.price / PRICE_PER.get(self.price_basis, Decimal(1))


@dataclass(frozen=True, slots=True)
class Invoice:
    """A bill (810). ``total`` is what is to be paid without the discount (TDS01); ``kind`` DI
    debit, CR credit; a credit's amounts are as sent, whatever their sign.
    """

    number: str
    on: date
    lines: tuple[InvoiceLine, ...]
    total: Decimal
    order_number: str = ""
    ordered_on: date | None = None
    release: str = ""
    kind: str = ""
    account: str = ""
    contract: str = ""
    currency: str = ""
    discountable: Decimal | None = None
    discounted_total: Decimal | None = None
    discount: Decimal | None = None
    terms: tuple[Terms, ...] = ()
    charges: tuple[Charge, ...] = ()
    taxes: tuple[Tax, ...] = ()
    parties: tuple[Party, ...] = ()
    references: tuple[Reference, ...] = ()
    days: tuple[Day, ...] = ()
    notes: tuple[str, ...] = ()
    control: str = ""
    rest: tuple[Rest, ...] = ()
    faults: tuple[Fault, ...] = ()

    def sums(self) -> frozenset[Decimal]:
        """What the parts may add up to: each line rounded to the cent (half up), or their
        exact sum rounded once; wholesalers do either.
        """
        exact = [line.extended for line in self.lines]
        charges = [*self.charges, *(one for line in self.lines for one in line.charges)]
        taxes = [*self.taxes, *(one for line in self.lines for one in line.taxes)]
        beside = sum((one.owed for one in charges), Decimal(0))
        beside += sum((one.amount for one in taxes), Decimal(0))
        by_line = sum((one.quantize(CENT, ROUND_HALF_UP) for one in exact), Decimal(0))
        once = sum(exact, Decimal(0)).quantize(CENT, ROUND_HALF_UP)
        return frozenset({by_line + beside, once + beside})

    def differences(self) -> list[Fault]:
        """Why the bill does not add up to the cent; none when it does."""
        sums = self.sums()
        if self.total in sums:
            return []
        found = " or ".join(str(one) for one in sorted(sums))
        return [
            Fault("TDS01", f"says {self.total}, lines, charges and taxes add up to {found}")
        ]
