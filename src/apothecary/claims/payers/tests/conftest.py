"""The till of the room, with its payer on a real line."""

from apothecary.claims.tests.conftest import payer_process, till

__all__ = ["payer_process", "till"]
