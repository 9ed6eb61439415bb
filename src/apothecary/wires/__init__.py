"""Bytes from and to the outside world, as typed values. Pure: no clock, no database."""

from apothecary.wires.errors import Fault, Malformed, Rejected, Unreachable

__all__ = ["Fault", "Malformed", "Rejected", "Unreachable"]
