"""Payer sheets as data: one file a payer, laid over what every payer takes."""

from apothecary.claims.building.sheets.book import SheetBook, book_of, house_book, sheet_for
from apothecary.claims.building.sheets.reading import read_sheet
from apothecary.claims.building.sheets.sheet import CORRECTIONS, Sheet, Wish

__all__ = [
    "CORRECTIONS",
    "Sheet",
    "SheetBook",
    "Wish",
    "book_of",
    "house_book",
    "read_sheet",
    "sheet_for",
]
