"""How one wholesaler writes: separators, qualifiers, where the lot stands. One TOML each.

The files beside this module are plain variations of our own; a store adds its wholesalers' by
``read_dialect`` of their text. Everything must be said in each: nothing is assumed.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from apothecary.wires.errors import Malformed
from apothecary.wires.x12.segments import Delimiters

Newline = Literal["", "\n", "\r\n"]
Expiry = Literal["CCYYMMDD", "YYMMDD", "CCYYMM"]
_NEWLINES = ("", "\n", "\r\n")
_EXPIRIES = ("CCYYMMDD", "YYMMDD", "CCYYMM")
_NUMBERS = ("ndc", "item", "upc", "gtin", "buyer_item")
_LARGEST = 100_000  # characters


@dataclass(frozen=True, slots=True)
class Dialect:
    """``reads`` says by qualifier which number of a product a pair is, ``writes`` which are
    written, in order. ``account_reference`` is the REF that holds the pharmacy's account; when
    empty, the account is the id of the party ``account_party``.

    Lot and serial stand in REF under these qualifiers, or as pairs of LIN when ``lot_in_line``;
    the last day is DTM ``expiry`` in ``expiry_format``. ``price_at`` is the element of CTP that
    holds the price; the kind stands before it. ``generic`` is by value of its REF.
    """

    name: str
    delimiters: Delimiters
    newline: Newline
    envelope: str
    version: str
    reads: dict[str, str]
    writes: tuple[tuple[str, str], ...]
    account_reference: str
    account_party: str
    contract_reference: str
    lot: str
    serial: str
    lot_in_line: bool
    expiry: str
    expiry_format: Expiry
    price_at: int
    schedule_reference: str
    generic_reference: str
    generic: dict[str, bool]

    def __hash__(self) -> int:
        return hash(self.name)


class _Table:
    """A table of a dialect: each key is of its type or refused with its name."""

    def __init__(self, name: str, held: object) -> None:
        if not isinstance(held, dict):
            raise Malformed(name, "must be a table")
        self._name = name
        self._held = dict(held)

    def text(self, key: str, *, among: tuple[str, ...] = ()) -> str:
        value = self._take(key)
        if not isinstance(value, str) or (among and value not in among):
            wanted = f"one of {', '.join(map(repr, among))}" if among else "text"
            raise Malformed(f"{self._name}.{key}", f"must be {wanted}, is {value!r}")
        return value

    def choice(self, key: str) -> bool:
        value = self._take(key)
        if not isinstance(value, bool):
            raise Malformed(f"{self._name}.{key}", f"must be true or false, is {value!r}")
        return value

    def number(self, key: str, *, least: int, most: int) -> int:
        value = self._take(key)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            reason = f"must be a number from {least} to {most}, is {value!r}"
            raise Malformed(f"{self._name}.{key}", reason)
        return value

    def table(self, key: str) -> "_Table":
        return _Table(f"{self._name}.{key}", self._take(key))

    def texts(self, *, among: tuple[str, ...]) -> dict[str, str]:
        return {key: self.text(key, among=among) for key in list(self._held)}

    def choices(self) -> dict[str, bool]:
        return {key: self.choice(key) for key in list(self._held)}

    def end(self) -> None:
        """Refuse what nobody asked for: a slip in a name would go unseen."""
        if self._held:
            raise Malformed(f"{self._name}.{min(self._held)}", "is no key of a dialect")

    def _take(self, key: str) -> object:
        if key not in self._held:
            raise Malformed(f"{self._name}.{key}", "is missing")
        return self._held.pop(key)


def read_dialect(text: str, *, name: str) -> Dialect:
    """A dialect from its TOML. Raises Malformed naming the key at fault."""
    if len(text) > _LARGEST:
        raise Malformed(name, f"has {len(text)} characters, at most {_LARGEST} are read")
    try:
        whole = _Table(name, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Malformed(name, f"is no TOML: {error}") from None
    marks, product = whole.table("separators"), whole.table("product")
    account, lot, prices = whole.table("account"), whole.table("lot"), whole.table("catalogue")
    delimiters = Delimiters(*(marks.text(one) for one in ("element", "component", "segment")))
    if wrong := delimiters.faults():
        raise Malformed(f"{name}.separators", "; ".join(wrong))
    found = Dialect(
        name=name,
        delimiters=delimiters,
        newline=cast(Newline, marks.text("newline", among=_NEWLINES)),
        envelope=whole.text("envelope", among=("00401",)),
        version=whole.text("version", among=("004010", "004010VICS", "004010UCS")),
        reads=product.table("reads").texts(among=_NUMBERS),
        writes=tuple(product.table("writes").texts(among=_qualifiers()).items()),
        account_reference=account.text("reference"),
        account_party=account.text("party"),
        contract_reference=account.text("contract"),
        lot=lot.text("lot"),
        serial=lot.text("serial"),
        lot_in_line=lot.choice("in_line"),
        expiry=lot.text("expiry"),
        expiry_format=cast(Expiry, lot.text("expiry_format", among=_EXPIRIES)),
        price_at=prices.number("price_at", least=2, most=4),
        schedule_reference=prices.text("schedule"),
        generic_reference=prices.text("generic"),
        generic=prices.table("generic_values").choices(),
    )
    for one in (marks, product, account, lot, prices, whole):
        one.end()
    _refuse_one_sided(found)
    return found


def _qualifiers() -> tuple[str, ...]:
    return ("N4", "ND", "VN", "VC", "VP", "UP", "UK", "IN", "CB", "BP", "PI", "SK")


def _refuse_one_sided(dialect: Dialect) -> None:
    """What is written must be read back as the same."""
    for number, qualifier in dialect.writes:
        if number not in _NUMBERS:
            raise Malformed(f"{dialect.name}.product.writes.{number}", "is no number we know")
        if dialect.reads.get(qualifier) != number:
            reason = f"is written as {qualifier}, which is not read as {number}"
            raise Malformed(f"{dialect.name}.product.writes.{number}", reason)


@cache
def dialect(name: str) -> Dialect:
    """One of the dialects that come with the house: plain, piped, lined."""
    if name not in NAMES:
        raise Malformed("dialect", f"must be one of {', '.join(NAMES)}, is {name!r}")
    return read_dialect((files(__package__) / f"{name}.toml").read_text(), name=name)


NAMES = ("plain", "piped", "lined")
PLAIN = dialect("plain")
