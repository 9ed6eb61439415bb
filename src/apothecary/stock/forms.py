"""What people type about stock, read into typed values or refused by field."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.http import QueryDict
from django.utils.dateparse import parse_date

from apothecary.drugs.barcode import package_of
from apothecary.drugs.models import Package
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.stock.models import Place, PlaceKind
from apothecary.wires import Malformed
from apothecary.wires.gs1 import Scan, read_scan

RECEIVED_INTO = (PlaceKind.SHELF, PlaceKind.VAULT, PlaceKind.RECEIVING)
PLACES = Decimal("0.001")
LONGEST_KEY = 80


@dataclass(frozen=True, slots=True)
class Receipt:
    """Units that came, as typed or scanned."""

    package: Package
    lot_number: str
    expires_on: date
    quantity: Decimal
    place: Place
    key: str


def read_code(code: str) -> Scan:
    """A scan, or a refusal that names what is wrong with it."""
    try:
        return read_scan(code)
    except Malformed as bad:
        raise refuse(f"The scan {bad.reason}.", code="bad-scan", field="code") from bad


def amount(typed: str, *, field: str) -> Decimal:
    """A quantity of at most three decimals, or a refusal by field."""
    try:
        value = Decimal(typed.strip())
        exact = value.is_finite() and value == value.quantize(PLACES)
    except InvalidOperation:
        exact = False
    if not exact:
        says = f"{typed!r} is no quantity of at most three decimals."
        raise refuse(says, field=field, code="bad-quantity")
    return value


def number(typed: str, *, field: str) -> int:
    """A row's own number, as a page of ours sends it."""
    if not (typed.isascii() and typed.isdigit() and len(typed) < 16):
        raise refuse(f"{typed!r} is no {field.replace('_', ' ')}.", field=field)
    return int(typed)


def once(typed: QueryDict) -> str:
    """The key that makes a form sent twice one act."""
    key = typed.get("key", "").strip()
    if not key or len(key) > LONGEST_KEY:
        raise refuse("The form came without its key: load the page anew.", field="key")
    return key


def place_of(typed: str, *, pharmacy_id: int) -> Place:
    """The chosen place, if units may be received there."""
    found = Place.objects.filter(
        pharmacy_id=pharmacy_id, pk=number(typed, field="place"), kind__in=RECEIVED_INTO
    ).first()
    if found is None:
        raise refuse("Nothing is received into that place.", field="place")
    return found


def read_receipt(typed: QueryDict, *, pharmacy_id: int) -> Receipt:
    """What was received; every missing field is named at once."""
    until = parse_day(typed.get("expires_on", ""))
    missing = [
        Problem(f"The {label} is missing.", field=field)
        for field, label in (
            ("ndc", "NDC"),
            ("lot_number", "lot number"),
            ("quantity", "quantity"),
            ("place", "place"),
        )
        if not typed.get(field, "").strip()
    ]
    if until is None:
        missing.append(Problem("The expiry is missing or no date.", field="expires_on"))
    refuse_if(missing)
    return Receipt(
        package=package_of(read_code(typed.get("ndc", ""))),
        lot_number=typed.get("lot_number", "").strip(),
        expires_on=until or date.min,
        quantity=amount(typed.get("quantity", ""), field="quantity"),
        place=place_of(typed.get("place", ""), pharmacy_id=pharmacy_id),
        key=f"receive-{once(typed)}",
    )


def parse_day(typed: str) -> date | None:
    """A day as a date field sends it, or none."""
    try:
        return parse_date(typed.strip())
    except ValueError:
        return None
