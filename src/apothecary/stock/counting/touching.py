"""Whether to ask at the shelf how many are left: where one more count is worth most."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from apothecary.staff.worker import Worker
from apothecary.stock.counting.queries import asked_of_late, moves_since
from apothecary.stock.counting.rules import is_worth_asking, risk_usd
from apothecary.stock.models import Balance


@dataclass(frozen=True, slots=True)
class Question:
    """How many of a lot are left at a place? The books are not in it."""

    place_id: int
    lot_id: int
    place: str
    lot: str
    drug: str
    unit: str
    worth_usd: Decimal


def touch_question(*, by: Worker, place_id: int, lot_id: int) -> Question | None:
    """The question at a natural touch (after filling, put-away or return), or none when it is
    not worth the interruption or enough were asked today (3 queries)."""
    balance = (
        Balance.objects.select_related("lot__package__product", "place")
        .filter(pharmacy_id=by.pharmacy_id, place_id=place_id, lot_id=lot_id, outside=False)
        .first()
    )
    if balance is None:
        return None
    since = moves_since(pharmacy_id=by.pharmacy_id, place_id=place_id, lot_id=lot_id)
    package = balance.lot.package
    worth = risk_usd(
        moves=since,
        units=balance.on_hand,
        price_usd=package.price_usd,
        schedule=package.product.schedule,
    )
    done = asked_of_late(pharmacy_id=by.pharmacy_id, since=by.at - timedelta(days=1))
    if not is_worth_asking(worth, asked=done):
        return None
    return Question(
        place_id=place_id,
        lot_id=lot_id,
        place=balance.place.name,
        lot=balance.lot.number,
        drug=str(package.product),
        unit=package.unit_word or package.unit,
        worth_usd=worth,
    )
