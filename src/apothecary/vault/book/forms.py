"""What people type about the vault, read into typed values or refused by field."""

from datetime import date, datetime

from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware

from apothecary.law.problem import refuse
from apothecary.stock.forms import amount, number, parse_day
from apothecary.stock.places.forms import chosen
from apothecary.vault.book.attorneys import Grant, Revocation
from apothecary.vault.book.inventory import Counted
from apothecary.vault.book.policy import Asks, Signature
from apothecary.vault.book.rules import Access


def read_signature(typed: QueryDict) -> Signature:
    """Initials and PIN of the second person."""
    return Signature(typed.get("initials", ""), typed.get("pin", ""))


def read_day(typed: QueryDict, field: str) -> date:
    """A day that must be said."""
    day = parse_day(typed.get(field, ""))
    if day is None:
        raise refuse("The day is missing or no date.", field=field, code="bad-day")
    return day


def read_instant(typed: QueryDict, field: str) -> datetime | None:
    """An instant in the pharmacy's own time, none where nothing was typed."""
    said = typed.get(field, "").strip()
    if not said:
        return None
    try:
        at = parse_datetime(said)
    except ValueError:
        at = None
    if at is None:
        raise refuse(f"{said!r} is no date and time.", field=field, code="bad-instant")
    return make_aware(at) if is_naive(at) else at


def read_access(typed: QueryDict) -> Access:
    return chosen(Access, typed.get("kind", ""), field="kind")


def read_counted(typed: QueryDict) -> Counted:
    """Sealed containers, and what lies in opened ones; an empty field is nought."""
    return Counted(
        full=number(typed.get("full", "").strip() or "0", field="full"),
        opened=amount(typed.get("opened", "").strip() or "0", field="opened"),
        estimated="estimated" in typed,
    )


def read_grant(typed: QueryDict) -> Grant:
    """A power of attorney as its paper says."""
    return Grant(
        person_id=number(typed.get("person", ""), field="person"),
        registrant_name=typed.get("registrant_name", ""),
        registrant_title=typed.get("registrant_title", ""),
        granted_on=read_day(typed, "granted_on"),
        first_witness=typed.get("first_witness", ""),
        second_witness=typed.get("second_witness", ""),
    )


def read_revocation(typed: QueryDict) -> Revocation:
    """The paper that ends one."""
    return Revocation(
        revoked_on=read_day(typed, "revoked_on"),
        by_name=typed.get("by_name", ""),
        because=typed.get("because", ""),
        first_witness=typed.get("first_witness", ""),
        second_witness=typed.get("second_witness", ""),
    )


def read_policy(typed: QueryDict) -> Asks:
    """What the house asks of its vault."""
    return Asks(
        access_witness="access_witness" in typed,
        inventory_witness="inventory_witness" in typed,
        camera_days=number(typed.get("camera_days", ""), field="camera_days"),
    )
