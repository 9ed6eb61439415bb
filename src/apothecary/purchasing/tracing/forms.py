"""What people type about tracing, read into typed values or refused by field."""

from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from django.http import QueryDict

from apothecary.law.problem import refuse
from apothecary.purchasing.forms import read_door_scan
from apothecary.purchasing.tracing.cases.opening import Suspicion
from apothecary.purchasing.tracing.cases.telling import Said
from apothecary.purchasing.tracing.states import Source
from apothecary.purchasing.tracing.verifying.rules import Identifier
from apothecary.stock.forms import number, parse_day

LONGEST, LONGEST_SAID = 200, 8_000
Choice = TypeVar("Choice", bound=StrEnum)


def line(typed: QueryDict, name: str) -> str:
    """A line somebody typed."""
    return typed.get(name, "").strip()[:LONGEST]


def said(typed: QueryDict, name: str) -> str:
    """A longer text; what is too long is refused by the rule that reads it."""
    return typed.get(name, "").strip()[: LONGEST_SAID + 1]


def choice(typed: QueryDict, name: str, of: type[Choice], *, usual: Choice) -> Choice:
    """One of a few words; what is none of them is refused by field."""
    text = typed.get(name, "") or usual.value
    try:
        return of(text)
    except ValueError as bad:
        known = ", ".join(one.value for one in of)
        says = f"{text[:40]!r} is none of: {known}."
        raise refuse(says, field=name, code="bad-choice") from bad


def id_or_none(typed: QueryDict, name: str) -> int | None:
    """A row that was chosen, or none."""
    text = typed.get(name, "")
    return number(text, field=name) if text else None


def lots_of(typed: QueryDict) -> list[str]:
    """Lot numbers, by commas, blanks or lines."""
    return typed.get("lots", "")[:LONGEST_SAID].replace(",", " ").split()


def units_of(typed: QueryDict, name: str) -> Decimal:
    """Whole units; none where nothing is typed."""
    return Decimal(number(typed.get(name, "") or "0", field=name))


def suspicion_of(typed: QueryDict, *, usual: Source = Source.HANDS) -> Suspicion:
    """Why product is suspect, and who says so."""
    return Suspicion(
        says=said(typed, "says"),
        source=choice(typed, "source", Source, usual=usual),
        reference=said(typed, "reference"),
        wholesaler_id=id_or_none(typed, "wholesaler"),
    )


def said_of(typed: QueryDict) -> Said:
    """What a pharmacist adds to a notification."""
    return Said(
        event=said(typed, "event"),
        why_over=said(typed, "why_over"),
        quantity=line(typed, "quantity"),
        elsewhere=line(typed, "elsewhere"),
    )


def identifier_of(typed: QueryDict) -> Identifier:
    """A product identifier as scanned or typed."""
    seller = id_or_none(typed, "wholesaler")
    code = typed.get("code", "").strip()
    if code:
        came = read_door_scan(code).came
        if came is None or came.expires_on is None or not came.serial:
            says = "The code names no package with serial number, lot and expiry."
            raise refuse(says, field="code", code="not-a-package")
        return Identifier(came.gtin, came.serial, came.lot, came.expires_on, seller)
    until = parse_day(typed.get("expires_on", ""))
    if until is None:
        says = "The expiry is missing or no date."
        raise refuse(says, field="expires_on", code="no-expiry")
    return Identifier(
        line(typed, "gtin"), line(typed, "serial"), line(typed, "lot"), until, seller
    )
