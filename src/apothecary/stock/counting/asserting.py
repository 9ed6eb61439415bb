"""One assertion: the balance is held, compared and written down; the difference is posted."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max

from apothecary.law.problem import refuse
from apothecary.staff.worker import Worker
from apothecary.stock.counting.models import Assertion, CountLine, Discrepancy, Way
from apothecary.stock.counting.rules import CONTROLLED_FROM
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import Line, hold_lot, post
from apothecary.stock.models import Balance, Move
from apothecary.stock.places.queries import the_place


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says is there; ``in_vials`` is on the books here and lies in baskets."""

    counted: Decimal
    way: Way
    in_vials: Decimal = Decimal(0)


def hold_balance(*, by: Worker, lot_id: int, place_id: int) -> Balance:
    """What the books say of a lot at a place, held until the act is done (2 queries)."""
    hold_lot(by=by, lot_id=lot_id)
    balance = (
        Balance.objects.select_for_update(of=("self",), no_key=True)
        .select_related("lot__package__product", "place")
        .filter(pharmacy_id=by.pharmacy_id, lot_id=lot_id, place_id=place_id, outside=False)
        .first()
    )
    if balance is None:
        raise refuse("No such lot in that place.", code="no-balance")
    return balance


def is_controlled(balance: Balance) -> bool:
    """Whether every unit of it must be accounted for."""
    return balance.lot.package.product.schedule >= CONTROLLED_FROM


def assert_units(
    *, by: Worker, balance: Balance, said: Said, line: CountLine | None = None
) -> Assertion:
    """Write down what was counted beside what the books say of the held balance (2 queries)."""
    if said.in_vials > balance.on_hand:
        says = f"{said.in_vials} in vials are more than the books have there."
        raise refuse(says, code="vials-above-book", field="in_vials")
    moves = Move.objects.filter(pharmacy_id=by.pharmacy_id, lot_id=balance.lot_id)
    return Assertion.objects.create(
        pharmacy_id=by.pharmacy_id,
        line=line,
        place_id=balance.place_id,
        lot_id=balance.lot_id,
        way=said.way.value,
        counted=said.counted,
        book=balance.on_hand - said.in_vials,
        in_vials=said.in_vials,
        seen_move=moves.aggregate(last=Max("id"))["last"] or 0,
        by_id=by.person_id,
        made_at=by.at,
    )


def post_difference(
    *,
    by: Worker,
    balance: Balance,
    difference: Decimal,
    because: str,
    key: str,
    line: CountLine | None = None,
) -> bool:
    """Move a difference between the place and over/short, once per key; a controlled drug that
    did not agree is left for the vault to look into. False when it was posted before."""
    over_short = the_place(by.pharmacy_id, PlaceKind.OVER_SHORT).pk
    here, lot = balance.place_id, balance.lot_id
    sides = (over_short, here) if difference > 0 else (here, over_short)
    moves = [Line(*sides, lot, abs(difference), f"count: {because}")]
    if not post(by=by, key=key, lines=moves):
        return False
    if is_controlled(balance):
        Discrepancy.objects.create(
            pharmacy_id=by.pharmacy_id,
            place_id=here,
            lot_id=lot,
            line=line,
            difference=difference,
            because=because,
            found_at=by.at,
            found_by_id=by.somebody,
        )
    return True


def details(balance: Balance, said: Said, difference: Decimal) -> Mapping[str, object]:
    """What the journal keeps of a count."""
    return {
        "counted": said.counted,
        "difference": difference,
        "place": balance.place_id,
        "way": said.way.value,
    }
