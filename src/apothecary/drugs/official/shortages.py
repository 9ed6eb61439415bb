"""openFDA drug shortages: one record a presentation of a company.

Address: download.open.fda.gov/drug/shortages, or api.fda.gov/drug/shortages.json. An absent
date is an empty text there. A record is not a shortage by itself: its status says whether it is
current, resolved, or the product is to be discontinued.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from apothecary.drugs.official.files import Piece, Tell, silent
from apothecary.drugs.official.json_rows import Record, json_records
from apothecary.drugs.official.written_codes import code_of

STATUSES = ("Current", "To Be Discontinued", "Discontinued", "Resolved")


@dataclass(frozen=True, slots=True)
class ShortageRow:
    """What a company says of one package; ``product_key`` is empty where it names no code."""

    line: int
    package_ndc: str
    product_key: str
    package: str
    generic_name: str
    company: str
    presentation: str
    status: str
    availability: str
    reason: str
    note: str
    posted_on: date | None
    updated_on: date | None
    discontinued_on: date | None


def read_shortages(piece: Piece, *, tell: Tell = silent) -> Iterator[ShortageRow]:
    """Every record, in the order of the file. Raises BadRow."""
    return map(_shortage, json_records(piece, tell=tell))


def _shortage(record: Record) -> ShortageRow:
    said = record.maybe("package_ndc")
    code = code_of(said) if said else None
    if said and code is None:
        raise record.bad("package_ndc", f"{said!r} is no NDC")
    notes = [record.maybe("related_info"), record.maybe("resolved_note")]
    return ShortageRow(
        line=record.line,
        package_ndc=said,
        product_key=code.product_key if code else "",
        package=code.package if code else "",
        generic_name=record.text("generic_name"),
        company=record.maybe("company_name"),
        presentation=record.maybe("presentation"),
        status=record.one_of("status", STATUSES),
        availability=record.maybe("availability"),
        reason=record.maybe("shortage_reason"),
        note=" ".join(note for note in notes if note),
        posted_on=_day(record, "initial_posting_date"),
        updated_on=_day(record, "update_date"),
        discontinued_on=_day(record, "discontinued_date"),
    )


def _day(record: Record, field: str) -> date | None:
    """Month, day, year with slashes, or an ISO date; an empty text is no date."""
    cell = record.maybe(field)
    if not cell:
        return None
    try:
        if "/" in cell:
            return datetime.strptime(cell, "%m/%d/%Y").date()  # noqa: DTZ007 a day has no zone
        return date.fromisoformat(cell)
    except ValueError as why:
        raise record.bad(field, f"{cell!r} is no date: {why}") from None
