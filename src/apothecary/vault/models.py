"""The tables of the room, each kept beside what is done with it."""

from apothecary.vault.book.models import (
    AccessRecord,
    CaseNote,
    ClockFault,
    DiscrepancyCase,
    Inventory,
    InventoryLine,
    PowerOfAttorney,
    VaultCount,
    VaultCountLine,
    VaultPolicy,
)

__all__ = [
    "AccessRecord",
    "CaseNote",
    "ClockFault",
    "DiscrepancyCase",
    "Inventory",
    "InventoryLine",
    "PowerOfAttorney",
    "VaultCount",
    "VaultCountLine",
    "VaultPolicy",
]
