"""How long a vial filled from a stock bottle may be used."""

from datetime import date

from apothecary.law.calendar_days import months_after
from apothecary.law.tables import policy


def discard_after(*, filled_on: date, expires_on: date) -> date:
    """The last day on the label: the lot's expiry, or the house's months on if that is sooner.

    Source: policy row ``discard_after_months`` (mark C): most states say one year or the
    maker's expiry for a multi-unit vial; no state row of it has been read at its source yet.
    """
    months = policy("discard_after_months", on=filled_on).number()
    return min(months_after(filled_on, months), expires_on)
