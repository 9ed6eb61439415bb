"""Who sells and who buys: wholesalers with their dialects and accounts, from `houses.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files

from simulators.wholesaler.x12 import Marks

OWN, DISCOUNTED = "own", "340b"


@dataclass(frozen=True)
class Party:
    """A business by name, address and numbers."""

    name: str
    dea: str
    gln: str
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""


@dataclass(frozen=True)
class Account:
    """A customer's account with a wholesaler; `programme` is own or 340b."""

    number: str
    isa: str
    programme: str
    buyer: Party


@dataclass(frozen=True)
class Dialect:
    """How a wholesaler writes: the same papers in other clothes.

    `ndc_shape` is 11 digits, 12 (a zero before the 11) or 5-4-2 with hyphens. `account` is the
    REF that holds the account number; empty where the ship-to party's number is the account.
    The lot stands in a REF or as a pair of LIN; `price_at` is the element of CTP of the price.
    """

    marks: Marks
    ndc_qualifier: str
    ndc_shape: str
    item_qualifier: str
    is_item_first: bool
    account: str
    lot: str
    lot_in_line: bool
    expiry: str
    expiry_format: str
    price_at: int

    def expiry_day(self, on: date) -> str:
        """The last day of a lot as this wholesaler writes it; a month lasts to its end."""
        form = {"CCYYMMDD": "%Y%m%d", "CCYYMM": "%Y%m", "YYMMDD": "%y%m%d"}
        return on.strftime(form[self.expiry_format])

    def ndc(self, ndc11: str) -> str:
        """Eleven digits as this wholesaler writes them."""
        if self.ndc_shape == "12":
            return f"0{ndc11}"
        if self.ndc_shape == "5-4-2":
            return f"{ndc11[:5]}-{ndc11[5:9]}-{ndc11[9:]}"
        return ndc11

    def ndc11(self, text: str) -> str:
        """Eleven digits of what is in this shape or plain; empty for anything else."""
        plain = text.replace("-", "")
        if len(plain) == 12 and plain[0] == "0":
            plain = plain[1:]
        good = len(plain) == 11 and plain.isdigit() and text in {plain, self.ndc(plain)}
        return plain if good else ""


@dataclass(frozen=True)
class House:
    """One wholesaler; `line` is where its papers wait: web (mailbox) or drop (folder)."""

    key: str
    isa: str
    party: Party
    dialect: Dialect
    accounts: tuple[Account, ...]
    stranger: Account
    line: str = "web"
    epcis: str = "1.2"
    price_percent: Decimal = Decimal(100)
    item_prefix: str = "1"

    def account(self, number: str) -> Account | None:
        """The customer of that number, if there is one."""
        return next((one for one in self.accounts if one.number == number), None)


@dataclass(frozen=True)
class Fees:
    """What is charged beside the goods, per shipment."""

    freight_usd: Decimal
    free_freight_from_usd: Decimal
    fuel_usd: Decimal


@dataclass(frozen=True)
class Trade:
    """Everybody in the box."""

    houses: tuple[House, ...]
    reverse: Party
    reverse_key: str
    pharmacy: Party
    fees: Fees
    gs1_prefix: str

    def house(self, key: str) -> House | None:
        """The wholesaler of that key, if there is one."""
        return next((one for one in self.houses if one.key == key), None)

    @property
    def keys(self) -> tuple[str, ...]:
        """Everyone with a mailbox."""
        return (*(one.key for one in self.houses), self.reverse_key)


Row = dict[str, str]


def read_trade() -> Trade:
    """The wholesalers of `data/houses.toml`."""
    text = files("simulators.wholesaler").joinpath("data/houses.toml").read_text()
    data = tomllib.loads(text)
    buyer = _party(data["pharmacy"])
    lost = data["stranger"]
    stranger = Account(lost["number"], lost["isa"], OWN, _party(lost))
    return Trade(
        houses=tuple(_house(row, row["customer"], buyer, stranger) for row in data["house"]),
        reverse=_party(data["reverse"]),
        reverse_key=data["reverse"]["key"],
        pharmacy=buyer,
        fees=Fees(
            Decimal(data["freight_usd"]),
            Decimal(data["free_freight_from_usd"]),
            Decimal(data["fuel_usd"]),
        ),
        gs1_prefix=data["gs1"]["prefix"],
    )


def _house(row: Row, accounts: list[Row], buyer: Party, stranger: Account) -> House:
    return House(
        key=row["key"],
        isa=row["isa"],
        party=_party(row),
        dialect=_dialect(row),
        accounts=tuple(
            Account(one["number"], one["isa"], one["programme"], buyer) for one in accounts
        ),
        stranger=stranger,
        line=row["line"],
        epcis=row["epcis"],
        price_percent=Decimal(row["price_percent"]),
        item_prefix=row["item_prefix"],
    )


def _dialect(row: Row) -> Dialect:
    ndc, shape = row["ndc"].split()
    expiry, form = row["expiry"].split()
    return Dialect(
        Marks(row["element"], row["component"], row["end"], row["after"]),
        ndc_qualifier=ndc,
        ndc_shape=shape,
        item_qualifier=row["item"],
        is_item_first=bool(row["item_first"]),
        account=row["account"],
        lot=row["lot"],
        lot_in_line=bool(row["lot_in_line"]),
        expiry=expiry,
        expiry_format=form,
        price_at=int(row["price_at"]),
    )


def _party(row: Row) -> Party:
    where = ("street", "city", "state", "postal_code")
    return Party(row["name"], row["dea"], row["gln"], *(row.get(name, "") for name in where))
