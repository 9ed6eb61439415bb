"""How long a record is kept: the longest of what federal law, the state and the payer ask."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from apothecary.law.calendar_days import years_after
from apothecary.law.facts import LastDay
from apothecary.law.problem import Problem
from apothecary.law.tables import Row, federal, practice


class Kept(StrEnum):
    """A kind of record with a time of its own in federal law."""

    CONTROLLED = "controlled"
    ORDER_FORM = "order_form"
    ELECTRONIC_TRANSFER = "electronic_transfer"
    PSEUDOEPHEDRINE_LOG = "pseudoephedrine_log"
    ELECTRONIC_PRESCRIPTION = "electronic_prescription"
    PART_D = "part_d"


_ROW: Mapping[Kept, str] = {
    Kept.CONTROLLED: "DEA-080",
    Kept.ORDER_FORM: "DEA-107",
    Kept.ELECTRONIC_TRANSFER: "DEA-055/years",
    Kept.PSEUDOEPHEDRINE_LOG: "DEA-153/years",
    Kept.ELECTRONIC_PRESCRIPTION: "DEA-173",
    Kept.PART_D: "PARTD-001",
}


def kept_until(kind: Kept, last_used_on: date, *, on: date) -> LastDay:
    """The last day federal law wants this record, counted from its last use."""
    row = federal(_ROW[kind], on=on)
    return LastDay(on=years_after(last_used_on, row.number()), row=row)


def prescription_kept_until(
    last_used_on: date, *, state_code: str, controlled: bool, part_d: bool, on: date
) -> LastDay | Problem:
    """The last day a prescription is kept; the Problem where the state's time is not known."""
    kinds = [Kept.CONTROLLED] * controlled + [Kept.PART_D] * part_d
    return _longest("keep_prescription_years", kinds, last_used_on, state_code, on=on)


def acquisition_kept_until(
    received_on: date, *, state_code: str, controlled: bool, on: date
) -> LastDay | Problem:
    """The last day the record of what came in is kept; the Problem as above."""
    kinds = [Kept.CONTROLLED] * controlled
    return _longest("keep_acquisition_years", kinds, received_on, state_code, on=on)


def paper_needed_until(last_used_on: date, *, state_code: str, on: date) -> LastDay | Problem:
    """Until when the paper itself is kept, before an electronic copy will do."""
    row = practice(state_code, "keep_paper_years", on=on)
    return row if isinstance(row, Problem) else _after(last_used_on, row)


def _longest(
    attribute: str, kinds: list[Kept], day: date, state_code: str, *, on: date
) -> LastDay | Problem:
    own = practice(state_code, attribute, on=on)
    if isinstance(own, Problem):
        return own
    ends = [_after(day, own), *(kept_until(kind, day, on=on) for kind in kinds)]
    return max(ends, key=lambda last: last.on)


def _after(day: date, row: Row) -> LastDay:
    return LastDay(on=years_after(day, row.number()), row=row)
