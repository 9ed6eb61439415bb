"""What is the same in writing every paper of supply: parties, days, products, and the envelope.

Strict where reading is lenient: what does not fit is refused with its field, nothing is cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Literal

from apothecary.wires.errors import Malformed
from apothecary.wires.ndc import has_check_digit
from apothecary.wires.x12.build import Draft, GroupDraft, Row, SetDraft, build
from apothecary.wires.x12.remittance import Day, Party, Reference
from apothecary.wires.x12.supply.dialect import Dialect
from apothecary.wires.x12.supply.goods import Codes, Lot, Product
from apothecary.wires.x12.values import MOST_DIGITS, day_text, decimal_text, implied_text

_MOST_PAIRS = 10


class Writing:
    """The segments of one set, in order."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.rows: list[Row] = []

    def put(self, *elements: str) -> None:
        self.rows.append(elements)

    def references(self, references: Sequence[Reference], *, of_lots: str = "") -> None:
        """``of_lots`` names a line where lots are read: their qualifiers are taken there."""
        taken = (self.dialect.lot, self.dialect.serial) if of_lots else ()
        for one in references:
            if one.qualifier in taken:
                raise Malformed(of_lots, f"reference {one.qualifier} would be read as a lot")
            self.put("REF", one.qualifier, one.value, one.description)

    def account(self, account: str, contract: str, parties: Sequence[Party]) -> None:
        """Account and contract, where this wholesaler looks for them."""
        dialect = self.dialect
        if account and dialect.account_reference:
            self.put("REF", dialect.account_reference, account)
        elif account not in {"", *_ids(parties, dialect.account_party)}:
            reason = f"{account!r} must be the id of the party {dialect.account_party}"
            raise Malformed("account", reason)
        if contract:
            self.put("REF", dialect.contract_reference, contract)

    def days(self, days: Sequence[Day], *, of_lots: str = "") -> None:
        """``of_lots`` names a line where lots are read: their last days stand with them."""
        for one in days:
            if of_lots and one.qualifier == self.dialect.expiry:
                raise Malformed(of_lots, f"day {one.qualifier} would be read as a lot's last")
            self.put("DTM", one.qualifier, day_text(one.on))

    def parties(self, parties: Sequence[Party]) -> None:
        for one in parties:
            self.put("N1", one.role, one.name, one.id_qualifier, one.id)
            if len(one.address) > 2:
                raise Malformed(f"party {one.role}", "has more than two lines of address")
            if one.address:
                self.put("N3", *one.address)
            if one.city or one.state or one.postal_code or one.country:
                self.put("N4", one.city, one.state, one.postal_code, one.country)
            self.references(one.references)
            for contact in one.contacts:
                ways = [text for way in contact.ways for text in way]
                self.put("PER", contact.function, contact.name, *ways)

    def notes(self, texts: Sequence[str]) -> None:
        for one in texts:
            self.put("NTE", "GEN", one)

    def description(self, product: Product) -> None:
        if product.description:
            self.put("PID", "F", "", "", "", product.description)

    def pairs(self, product: Product, field: str) -> list[str]:
        """The numbers of a product, in the order this wholesaler likes."""
        found: list[str] = []
        written = dict(self.dialect.writes)
        for number, value in (
            ("ndc", product.ndc),
            ("item", product.item),
            ("upc", product.upc),
            ("gtin", product.gtin),
            ("buyer_item", product.buyer_item),
        ):
            if value:
                _refuse_wrong(number, value, field)
                if number not in written:
                    raise Malformed(field, f"{self.dialect.name} has no place for {number}")
        for number, qualifier in self.dialect.writes:
            if value := getattr(product, number):
                found += [qualifier, value]
        for qualifier, value in product.others:
            found += [qualifier, value]
        if not 1 <= len(found) // 2 <= _MOST_PAIRS:
            reason = f"must name its product by 1 to {_MOST_PAIRS} numbers"
            raise Malformed(field, reason)
        return found

    def lots(self, lots: Sequence[Lot], serials: Sequence[str]) -> None:
        """Lots and serials in segments of their own; in the line they are pairs. Lots without
        a last day among others that have one could not be told apart.
        """
        dialect = self.dialect
        if len({lot.expires_on is None for lot in lots}) > 1:
            raise Malformed("lots", "must all have a last day, or none")
        if not dialect.lot_in_line:
            for lot in lots:
                if lot.number:
                    self.put("REF", dialect.lot, lot.number)
            for serial in serials:
                self.put("REF", dialect.serial, serial)
        for lot in lots:
            if lot.expires_on:
                self.put("DTM", dialect.expiry, expiry_text(lot.expires_on, dialect))

    def lot_pairs(self, lots: Sequence[Lot], serials: Sequence[str]) -> list[str]:
        """The pairs of LIN where lots and serials stand there."""
        if not self.dialect.lot_in_line:
            return []
        numbers = [(self.dialect.lot, lot.number) for lot in lots if lot.number]
        pairs: Codes = (*numbers, *((self.dialect.serial, one) for one in serials))
        return [text for pair in pairs for text in pair]

    def total(self, lines: int, hash_total: Decimal | None) -> None:
        self.put("CTT", str(lines), number_text(hash_total, "CTT02"))


def _ids(parties: Sequence[Party], role: str) -> set[str]:
    return {one.id for one in parties if one.role == role}


def _refuse_wrong(number: str, value: str, field: str) -> None:
    digits = {"ndc": 11, "upc": 12, "gtin": 14}.get(number)
    if digits is None:
        return
    if len(value) != digits or not (value.isascii() and value.isdigit()):
        raise Malformed(field, f"{number} must have {digits} digits, is {value!r}")
    if number != "ndc" and not has_check_digit(value):
        raise Malformed(field, f"{number} {value} has a wrong check digit")


def expiry_text(day: date, dialect: Dialect) -> str:
    """The last day of a lot as this wholesaler writes it."""
    whole = day_text(day)
    if dialect.expiry_format == "YYMMDD":
        if day.year // 100 != 20:
            raise Malformed("expires_on", f"{day} cannot be told by six digits")
        return whole[2:]
    return whole[:6] if dialect.expiry_format == "CCYYMM" else whole


def number_text(value: Decimal | int | None, field: str) -> str:
    """A number that may be left out. Raises Malformed when it has too many digits."""
    if value is None:
        return ""
    text = decimal_text(Decimal(value))
    if not Decimal(value).is_finite() or len(text) > MOST_DIGITS:
        raise Malformed(field, f"has too many digits: {text[:40]}")
    return text


def cents_text(value: Decimal | None, field: str) -> str:
    """Dollars as cents without a point; nothing when left out."""
    if value is None:
        return ""
    try:
        return implied_text(value, 2)
    except ValueError as error:
        raise Malformed(field, str(error)) from None


def optional_day(day: date | None) -> str:
    return "" if day is None else day_text(day)


def above_zero(quantity: Decimal, field: str) -> str:
    """A quantity that is ordered, shipped or billed."""
    if quantity <= 0:
        raise Malformed(field, f"must be above zero, is {quantity}")
    return number_text(quantity, field)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom, when (the partner's local time) and under which control numbers.
    ``group_control`` is that of the first group, the next groups count on.
    """

    sender: tuple[str, str]
    receiver: tuple[str, str]
    at: datetime
    control: int
    group_control: int
    usage: Literal["P", "T"] = "P"
    wants_receipt: bool = False


def write_interchange(sets: Sequence[SetDraft], envelope: Envelope, dialect: Dialect) -> bytes:
    """The bytes of an interchange in the wholesaler's dialect; sets of one kind that follow
    each other share a group. Raises Malformed naming what does not fit.
    """
    runs = [list(run) for _, run in groupby(sets, key=lambda one: one.kind)]
    groups = [
        GroupDraft(run, envelope.group_control + number, dialect.version)
        for number, run in enumerate(runs)
    ]
    return build(
        Draft(
            sender=envelope.sender,
            receiver=envelope.receiver,
            at=envelope.at,
            control=envelope.control,
            groups=groups,
            version=dialect.envelope,
            usage=envelope.usage,
            wants_receipt=envelope.wants_receipt,
            delimiters=dialect.delimiters,
            newline=dialect.newline,
        )
    )
