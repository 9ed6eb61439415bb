"""The tables of returns: Django finds them here."""

from apothecary.returns.disposal import models as disposal
from apothecary.returns.recalls import models as recalls
from apothecary.returns.shipments import models as shipments

__all__ = ["disposal", "recalls", "shipments"]
