"""Recall notices in the shape of the FDA's enforcement reports, to every customer's mailbox."""

import json
from collections.abc import Sequence
from datetime import timedelta

from simulators.wholesaler.catalogue import Item
from simulators.wholesaler.post import JSON, Post
from simulators.wholesaler.records import Recall
from simulators.wholesaler.shop import Shop

CLASSES = ("I", "II", "III")
REASON = "Failed dissolution specifications"
Json = dict[str, object]


class Recalls:
    """The recalls now running."""

    def __init__(self, shop: Shop, post: Post) -> None:
        self._shop, self._post = shop, post

    def begin(
        self, item: Item, lots: Sequence[str], *, classification: str = "II",
        reason: str = REASON, wait: int = 0,
    ) -> Json:  # fmt: skip
        """Recall these lots; each mailbox has the notice after `wait` seconds."""
        shop = self._shop
        number = f"D-{shop.memory.count_up('recall'):04}-{shop.clock.today().year}"
        begun = shop.clock.today() - timedelta(days=1)
        recall = Recall(
            0, number, item.ndc, " ".join(lots), classification, reason, begun.isoformat()
        )
        shop.memory.add(recall)
        notice = self._notice(recall, item)
        for house in shop.trade.houses:
            self._post.keep(house.key, "recall", JSON, json.dumps(notice).encode(), wait=wait)
        return notice

    def of(self, ndc: str, lot: str) -> bool:
        """Whether that lot is under recall."""
        return any(lot in one.lots.split() for one in self._shop.memory.rows(Recall, ndc=ndc))

    def notices(self) -> list[Json]:
        """Every notice."""
        return [
            self._notice(one, self._shop.item(one.ndc))
            for one in self._shop.memory.rows(Recall)
        ]

    def _notice(self, recall: Recall, item: Item) -> Json:
        said = {
            "recall_number": recall.number,
            "status": "Ongoing",
            "classification": f"Class {recall.classification}",
            "product_type": "Drugs",
            "recalling_firm": item.labeler,
            "product_description": (
                f"{item.name} {item.strength}, {item.form}, {item.quantity} {item.unit}, "
                f"Rx only, NDC {item.ndc}"
            ),
            "code_info": ", ".join(f"Lot #: {lot}" for lot in recall.lots.split()),
            "reason_for_recall": recall.reason,
            "recall_initiation_date": recall.begun_on.replace("-", ""),
            "report_date": self._shop.clock.today().strftime("%Y%m%d"),
            "distribution_pattern": "Nationwide",
            "voluntary_mandated": "Voluntary: Firm initiated",
            "initial_firm_notification": "Letter",
            "openfda": {
                "product_ndc": [item.ndc.rsplit("-", 1)[0]],
                "package_ndc": [item.ndc],
            },
        }
        return {"meta": {"results": {"skip": 0, "limit": 1, "total": 1}}, "results": [said]}
