"""Answers whether a product identifier is one that was really made: a verification responder.

GTIN, serial, lot and expiry must belong together. A serial that was sold to somebody else is
suspect, a lot under recall is verified and said to be recalled.
"""

from dataclasses import dataclass

from simulators.wholesaler.recalls import Recalls
from simulators.wholesaler.records import Package
from simulators.wholesaler.shop import Shop

NO_PRODUCT = "No_match_GTIN"
NO_SERIAL = "No_match_GTIN_Serial"
NO_LOT = "No_match_GTIN_Serial_Lot"
NO_EXPIRY = "No_match_GTIN_Serial_Expiry"
NOTHING_FITS = "No_match_GTIN_Serial_Lot_Expiry"
SUSPECT, RECALLED = "suspect", "recalled"
Json = dict[str, object]


@dataclass(frozen=True)
class Identifier:
    """What stands on a package; `expires` is YYMMDD as in its symbol, 00 for no day."""

    gtin: str
    serial: str
    lot: str
    expires: str


class Verifying:
    """The responder."""

    def __init__(self, shop: Shop, recalls: Recalls) -> None:
        self._shop, self._recalls = shop, recalls

    def answer(self, asked: Identifier) -> Json:
        """Verified or not, why, and what else is known."""
        reason, beside = self._judge(asked)
        data: Json = {"verified": not reason and beside != SUSPECT}
        if reason:
            data["verificationFailureReason"] = reason
        if beside:
            data["additionalInfo"] = beside
        return {
            "responderGLN": self._shop.trade.houses[0].party.gln,
            "verificationTimestamp": self._shop.clock.moment().isoformat(),
            "corrUUID": f"{asked.gtin}-{asked.serial}",
            "data": data,
        }

    def _judge(self, asked: Identifier) -> tuple[str, str]:
        if self._shop.catalogue.by_gtin(asked.gtin) is None:
            return NO_PRODUCT, ""
        made = self._shop.memory.one(Package, gtin=asked.gtin, serial=asked.serial)
        if made is None:
            return NO_SERIAL, ""
        fits = made.lot == asked.lot, made.symbol_expiry == asked.expires
        if fits != (True, True):
            reasons = {(False, True): NO_LOT, (True, False): NO_EXPIRY}
            return reasons.get(fits, NOTHING_FITS), ""
        if made.sold_to:
            return "", SUSPECT
        return "", RECALLED if self._recalls.of(made.ndc, made.lot) else ""
