"""What is typed about electronic controlled prescriptions, read or refused by its field."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from apothecary.law.problem import refuse
from apothecary.stock.forms import parse_day
from apothecary.vault.epcs.archive import Wanted
from apothecary.vault.epcs.clock import Reading
from apothecary.vault.epcs.incidents import Telling, Told
from apothecary.vault.epcs.opening import Report
from apothecary.vault.epcs.requirements import vouchable

Typed = Mapping[str, str]


def read_day(typed: Typed, field: str) -> date:
    """A day that must be typed."""
    day = parse_day(typed.get(field, "").strip())
    if day is None:
        raise refuse(f"{typed.get(field, '')!r} is no day.", field=field, code="bad-day")
    return day


def read_report(typed: Typed) -> Report:
    """An audit report; what the auditor vouches for is ticked."""
    return Report(
        auditor=typed.get("auditor", ""),
        capacity=typed.get("capacity", ""),
        report=typed.get("report", ""),
        reported_on=read_day(typed, "reported_on"),
        vouches=frozenset(each.key for each in vouchable() if f"vouches_{each.key}" in typed),
    )


def read_clock(typed: Typed, *, now: datetime) -> Reading:
    """A measure made just now: our clock less the official one, in seconds."""
    said = typed.get("offset_s", "").strip()
    try:
        offset = Decimal(said)
    except InvalidOperation as bad:
        raise refuse(f"{said!r} is no number of seconds.", field="offset_s",
                     code="bad-offset") from bad  # fmt: skip
    return Reading(offset, typed.get("source", ""), now)


def read_telling(typed: Typed, *, zone: ZoneInfo) -> Telling:
    """Whom, when by the clock on the wall, and how."""
    whom, said = typed.get("whom", ""), typed.get("at", "").strip()
    if whom not in set(Told):
        raise refuse("Say who was told: DEA or the maker.", field="whom", code="bad-whom")
    try:
        at = datetime.fromisoformat(said)
    except ValueError as bad:
        raise refuse(f"{said!r} is no time.", field="at", code="bad-instant") from bad
    return Telling(Told(whom), at if at.tzinfo else at.replace(tzinfo=zone),
                   typed.get("how", ""))  # fmt: skip


def read_wanted(typed: Typed) -> Wanted:
    """What is looked for in the archive."""
    first, last = (read_day(typed, name) if typed.get(name) else None
                   for name in ("first", "last"))  # fmt: skip
    names = {name: typed.get(name, "") for name in ("prescriber", "patient", "drug")}
    return Wanted(first=first, last=last, sort=typed.get("sort", "") or "date", **names)
