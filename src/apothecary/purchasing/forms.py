"""What people type about orders and deliveries, read into typed values or refused by field."""

from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from uuid import uuid4

from django.http import QueryDict
from django.utils.dateparse import parse_time

from apothecary.drugs.barcode import package_of
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.purchasing.receiving.door import Came
from apothecary.purchasing.states import Condition
from apothecary.purchasing.wholesalers.rules import Particulars
from apothecary.stock.forms import number, once, parse_day, read_code
from apothecary.stock.kinds import Programme
from apothecary.wires.gs1 import Scan, ScanKind

LONGEST = 200
MOST_DOLLARS = Decimal(10_000_000)


def text(typed: QueryDict, name: str) -> str:
    """A line somebody typed."""
    return typed.get(name, "").strip()[:LONGEST]


def programme_of(typed: QueryDict) -> Programme:
    """Whose stock it is; the pharmacy's own unless it is said."""
    said = typed.get("programme", "") or Programme.OWN.value
    if said not in Programme.values:
        raise refuse(f"{said!r} is no programme.", field="programme", code="bad-programme")
    return Programme(said)


def condition_of(typed: QueryDict) -> Condition:
    """How a package came; good unless it is said."""
    said = typed.get("condition", "") or Condition.GOOD.value
    try:
        return Condition(said)
    except ValueError as bad:
        says = f"{said!r} is no condition of a package."
        raise refuse(says, field="condition", code="bad-condition") from bad


def decimal_of(typed: QueryDict, name: str, *, places: int) -> Decimal:
    """A number of so many decimals at most, or a refusal by field."""
    said = typed.get(name, "").strip().lstrip("$")
    body = said.removeprefix("-")
    whole, _, rest = body.partition(".")
    good = (
        whole.isascii()
        and whole.isdigit()
        and len(whole) < 9
        and (not rest or (rest.isascii() and rest.isdigit() and len(rest) <= places))
    )
    if not good:
        says = f"{said!r} is no number of at most {places} decimals."
        raise refuse(says, field=name, code="bad-number")
    return Decimal(said)


def wholesaler_or_none(typed: QueryDict) -> int | None:
    """The wholesaler that was chosen, or none for the cheapest."""
    said = typed.get("wholesaler", "")
    return number(said, field="wholesaler") if said else None


def read_particulars(typed: QueryDict, *, code: str = "") -> Particulars:
    """A wholesaler as typed; numbers that are none are named at once."""
    problems = []
    whole = {"lead_days": 1, "priority": 1, "receipt_minutes": 60}
    for name, usual in tuple(whole.items()):
        said = typed.get(name, "").strip() or str(usual)
        if said.isascii() and said.isdigit() and len(said) < 6:
            whole[name] = int(said)
        else:
            problems.append(Problem(f"{said!r} is no whole number.", field=name))
    order_by = time_or_none(text(typed, "order_by"))
    if text(typed, "order_by") and order_by is None:
        problems.append(Problem("The cut-off is no time of the day.", field="order_by"))
    refuse_if(problems)
    return Particulars(
        code=code or text(typed, "code"),
        name=text(typed, "name"),
        account=text(typed, "account"),
        account_340b=text(typed, "account_340b"),
        dialect=text(typed, "dialect"),
        edi_id=text(typed, "edi_id"),
        our_edi_id=text(typed, "our_edi_id"),
        dea=text(typed, "dea").upper(),
        gln=text(typed, "gln"),
        order_by=order_by,
        lead_days=whole["lead_days"],
        priority=whole["priority"],
        receipt_minutes=whole["receipt_minutes"],
        phone=phone_digits(text(typed, "phone")),
        active=typed.get("active", "yes") == "yes",
    )


def phone_digits(said: str) -> str:
    """Ten digits, however they are written; empty or a refusal."""
    digits = "".join(letter for letter in said if letter.isascii() and letter.isdigit())
    if said and len(digits) != 10:
        raise refuse("A phone number has ten digits.", field="phone", code="bad-phone")
    return digits


def time_or_none(said: str) -> time | None:
    """A time of the day as a field sends it, or none."""
    try:
        return parse_time(said)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code at the door: a tote's, or a package with what its code says of it."""

    scan: Scan
    came: Came | None

    @property
    def is_whole(self) -> bool:
        """Lot, expiry and serial stand in the code: nothing has to be typed."""
        came = self.came
        return bool(came and came.lot and came.expires_on and came.serial)


def read_door_scan(code: str) -> Scanned:
    """A scan at the door; what is no package of the drug file is refused by name."""
    scan = read_code(code)
    if scan.kind is ScanKind.LOGISTIC:
        return Scanned(scan, None)
    package = package_of(scan)
    came = Came(
        package=package,
        lot=scan.lot,
        expires_on=scan.expires_on,
        key=uuid4().hex,
        gtin=scan.gtin14,
        serial=scan.serial,
    )
    return Scanned(scan, came)


def read_came(typed: QueryDict) -> Came:
    """A package as typed or corrected; every missing field is named at once."""
    until = parse_day(typed.get("expires_on", ""))
    missing = [
        Problem(f"The {label} is missing.", field=name)
        for name, label in (("ndc", "NDC"), ("lot", "lot number"))
        if not text(typed, name)
    ]
    if until is None:
        missing.append(Problem("The expiry is missing or no date.", field="expires_on"))
    refuse_if(missing)
    serial = text(typed, "serial")
    scan = read_code(typed.get("ndc", ""))
    return Came(
        package=package_of(scan),
        lot=text(typed, "lot"),
        expires_on=until,
        key=once(typed),
        gtin=text(typed, "gtin")[:14] if serial else "",
        serial=serial,
        packages=number(typed.get("packages", "") or "1", field="packages"),
        dea_order=text(typed, "dea_order"),
    )
