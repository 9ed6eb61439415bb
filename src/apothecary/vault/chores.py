"""What the worker does for the vault, in one place."""

from apothecary.vault.book.cases import take_up
from apothecary.vault.epcs.clock import read_clock_file
from apothecary.vault.rescheduled.finding import take_up_schedules

__all__ = ["read_clock_file", "take_up", "take_up_schedules"]
