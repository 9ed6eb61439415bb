"""What the house knows of a discrepancy: gathered, never typed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from apothecary.staff.models import Person
from apothecary.stock.queries import LEDGER, LedgerLine, ledger_lines
from apothecary.vault.book.models import DiscrepancyCase
from apothecary.vault.book.policy import vault_policy
from apothecary.vault.book.telling import ToldOf, told

MOST_MOVES = 200
BETWEEN = (
    LEDGER
    + """AND m.lot_id = %(lot)s AND m.id > %(since)s AND m.id <= %(until)s
AND (m.from_place_id = %(place)s OR m.to_place_id = %(place)s)
ORDER BY m.id DESC LIMIT %(limit)s"""
)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case with its moves since the last good count, who made them, and what was filmed."""

    case: DiscrepancyCase
    moves: Sequence[LedgerLine]
    people: Sequence[str]
    fills: Sequence[int]
    named: dict[int, str]
    camera_from: datetime | None
    camera_until: datetime
    camera_kept_until: datetime | None

    @property
    def camera_says(self) -> str:
        """Which hours of pictures to look at, and until when they are kept."""
        if self.camera_from is None:
            return "No count of it ever agreed here: look at everything since it came."
        if self.camera_kept_until is None:
            return "This house keeps no pictures."
        return ""


def case_facts(*, pharmacy_id: int, case_id: int) -> CaseFacts | None:
    """Everything about a case (5 queries, at most 1 a teller); none where it is not here."""
    cases = DiscrepancyCase.objects.select_related("lot__package__product", "place")
    case = cases.filter(pharmacy_id=pharmacy_id, pk=case_id).first()
    if case is None:
        return None
    asked = {
        "pharmacy": pharmacy_id,
        "lot": case.lot_id,
        "place": case.place_id,
        "since": case.since_move,
        "until": case.until_move,
        "limit": MOST_MOVES,
    }
    moves = with_words(ledger_lines(BETWEEN, asked)[::-1], pharmacy_id=pharmacy_id)
    days = vault_policy(pharmacy_id=pharmacy_id).camera_days
    start = case.since_at
    ids = [case.found_by_id, case.explained_by_id, case.settled_by_id,
           *case.notes.values_list("by_id", flat=True)]  # fmt: skip
    people = Person.objects.filter(pk__in=[each for each in ids if each])
    return CaseFacts(
        case=case,
        moves=moves,
        people=sorted({move.by for move in moves}),
        fills=sorted({move.fill_id for move in moves if move.fill_id}),
        named=dict(people.values_list("pk", "name")),
        camera_from=start,
        camera_until=case.found_at,
        camera_kept_until=start + timedelta(days=days) if start and days else None,
    )


def with_words(moves: Sequence[LedgerLine], *, pharmacy_id: int) -> list[LedgerLine]:
    """The moves with what higher rooms know of them, as the number of a prescription."""
    asked = [ToldOf(move.id, "", move.lot_id, move.fill_id) for move in moves]
    words = told(pharmacy_id=pharmacy_id, moves=asked) if asked else {}
    return [
        replace(move, because=f"{move.because}, {words[move.id]}") if move.id in words else move
        for move in moves
    ]
