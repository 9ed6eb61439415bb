"""The payer sheets of this installation: the house's own, and the site's, which win."""

from pathlib import Path

from django.conf import settings

from apothecary.claims.building.sheets import Sheet, book_of, house_book, sheet_for


def own_folder() -> Path | None:
    """The site's folder of sheets (``APOTHECARY_SHEETS``); none when it has none."""
    return settings.PAYER_SHEETS


def sheet_of(bin_number: str, pcn: str) -> Sheet:
    """The sheet of the payer behind BIN and PCN; of an unknown one, what every payer takes."""
    return sheet_for(bin_number, pcn, own=own_folder())


def taking(code: str) -> frozenset[str]:
    """The BINs of the payers whose sheet takes a transaction by name."""
    own = own_folder()
    sheets = [*house_book().sheets, *(book_of(own).sheets if own else ())]
    return frozenset(one for sheet in sheets if code in sheet.takes for one in sheet.bins)


def line_terms() -> tuple[dict[str, int], dict[str, int]]:
    """By BIN: seconds a payer is given for its answer, and calls it takes in a second.

    Raises Malformed when a sheet of the site is bad: told at the start, not at the first claim.
    """
    own = own_folder()
    sheets = [*house_book().sheets, *(book_of(own).sheets if own else ())]
    patience = {one: sheet.answer_seconds for sheet in sheets for one in sheet.bins}
    per_second = {one: sheet.throttle_per_second for sheet in sheets for one in sheet.bins}
    return (
        {one: seconds for one, seconds in patience.items() if seconds},
        {one: calls for one, calls in per_second.items() if calls},
    )
