"""Discrepancies of controlled drugs: opened by whoever finds them, closed by a pharmacist."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.stock.counting.asserting import hold_balance
from apothecary.stock.counting.models import Assertion, Discrepancy
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import Line, hold_lot, post
from apothecary.stock.models import Move
from apothecary.stock.places.queries import the_place
from apothecary.vault.book.models import CaseNote, DiscrepancyCase, VaultCountLine
from apothecary.vault.book.rules import (
    LOST,
    UNSETTLED,
    Case,
    CaseState,
    Source,
    closing_problems,
    loss_problems,
    turn_problems,
    words_problems,
)

WAITING = [state.value for state in UNSETTLED]


@dataclass(frozen=True, slots=True)
class Found:
    """What was counted, and what the books said at that moment.

    ``posted``: the correcting move was signed already, with the sheet it was found on.
    """

    place_id: int
    lot_id: int
    book: Decimal
    counted: Decimal
    source: Source
    fill_id: int | None = None
    posted: bool = False


@dataclass(frozen=True, slots=True)
class SuspectedLoss:
    """A case that was handed on: what the room of losses needs to begin with."""

    case_id: int
    place_id: int
    lot_id: int
    quantity: Decimal
    found_at: datetime
    found_by_id: int
    handed_on_at: datetime
    handed_on_by_id: int
    because: str


def open_case(
    *,
    by: Worker,
    found: Found,
    line: VaultCountLine | None = None,
    discrepancy: Discrepancy | None = None,
) -> DiscrepancyCase:
    """Open a case, or write into the one that waits for this lot there already.

    Within the transaction of whoever found it.
    """
    hold_lot(by=by, lot_id=found.lot_id)
    waiting = waiting_case(by=by, place_id=found.place_id, lot_id=found.lot_id)
    told = {"counted": found.counted, "books": found.book, "source": found.source.value}
    if waiting is not None:
        says = f"Found again ({found.source}): counted {found.counted}, books {found.book}."
        note(waiting, says, by=by)
        return waiting
    since_move, since_at = last_good(by=by, place_id=found.place_id, lot_id=found.lot_id)
    case = DiscrepancyCase.objects.create(
        pharmacy_id=by.pharmacy_id,
        place_id=found.place_id,
        lot_id=found.lot_id,
        source=found.source.value,
        line=line,
        found=discrepancy,
        fill_id=found.fill_id,
        book=found.book,
        counted=found.counted,
        difference=found.counted - found.book,
        since_move=since_move,
        since_at=since_at,
        until_move=last_move(pharmacy_id=by.pharmacy_id, lot_id=found.lot_id),
        found_at=by.at,
        found_by_id=by.person_id or (discrepancy.found_by_id if discrepancy else 0),
        corrected=found.posted,
    )
    record(by=by, did=Deed.CASE_OPENED, about=case, details=told)
    return case


def waiting_case(*, by: Worker, place_id: int, lot_id: int) -> DiscrepancyCase | None:
    """The case of a lot at a place that is not settled, if there is one (1 query)."""
    cases = DiscrepancyCase.objects.filter(pharmacy_id=by.pharmacy_id, state__in=WAITING)
    return cases.filter(place_id=place_id, lot_id=lot_id).first()


def last_good(*, by: Worker, place_id: int, lot_id: int) -> tuple[int, datetime | None]:
    """What the last count that agreed had seen of the lot, and when (1 query)."""
    said = Assertion.objects.filter(
        pharmacy_id=by.pharmacy_id, lot_id=lot_id, place_id=place_id, counted=F("book")
    )
    good = said.order_by("-made_at", "-id").first()
    return (good.seen_move, good.made_at) if good else (0, None)


def last_move(*, pharmacy_id: int, lot_id: int) -> int:
    """The last move of a lot (1 query)."""
    moves = Move.objects.filter(pharmacy_id=pharmacy_id, lot_id=lot_id)
    return moves.aggregate(last=Max("id"))["last"] or 0


def take_up(pharmacy: Pharmacy, at: datetime) -> int:
    """Open a case for what count sheets left to look into; returns how many there were."""
    by = system_worker(pharmacy, now=at)
    taken = 0
    for row in Discrepancy.objects.filter(pharmacy=pharmacy, taken_up_at=None).order_by("id"):
        with transaction.atomic():
            held = Discrepancy.objects.select_for_update(skip_locked=True)
            left = held.filter(pk=row.pk, taken_up_at=None).first()
            if left is not None:
                take_one(left, by=by)
                taken += 1
    return taken


def take_one(row: Discrepancy, *, by: Worker) -> None:
    """One difference whose correcting move a pharmacist has signed on its sheet."""
    said = Assertion.objects.filter(
        pharmacy_id=row.pharmacy_id,
        lot_id=row.lot_id,
        place_id=row.place_id,
        made_at__lte=row.found_at,
        counted=F("book") + row.difference,
    )
    last = said.order_by("-made_at", "-id").first()
    counted = last.counted if last else max(row.difference, Decimal(0))
    found = Found(
        place_id=row.place_id,
        lot_id=row.lot_id,
        book=counted - row.difference,
        counted=counted,
        source=Source.SHELF_COUNT,
        posted=True,
    )
    open_case(by=by, found=found, discrepancy=row)
    row.taken_up_at = by.at
    row.save(update_fields=["taken_up_at"])


def lock_case(*, by: Worker, case_id: int) -> DiscrepancyCase:
    """The case, held with its package until the act is done: what is found now waits."""
    there = DiscrepancyCase.objects.filter(pharmacy_id=by.pharmacy_id, pk=case_id)
    lot_id = there.values_list("lot_id", flat=True).first()
    if lot_id is None:
        raise refuse("No such discrepancy here.", code="no-case")
    hold_lot(by=by, lot_id=lot_id)
    return there.select_for_update(of=("self",)).get()


def facts(case: DiscrepancyCase) -> Case:
    """The case as the rules look at it (2 queries)."""
    there = Q(from_place_id=case.place_id, to_place__kind=PlaceKind.OVER_SHORT.value)
    there |= Q(to_place_id=case.place_id, from_place__kind=PlaceKind.OVER_SHORT.value)
    moves = Move.objects.filter(
        there, pharmacy_id=case.pharmacy_id, lot_id=case.lot_id, pk__gt=case.until_move
    )
    later = Assertion.objects.filter(
        pharmacy_id=case.pharmacy_id,
        lot_id=case.lot_id,
        place_id=case.place_id,
        made_at__gt=case.found_at,
    )
    last = later.order_by("-made_at", "-id").first()
    return Case(
        state=CaseState(case.state),
        difference=case.difference,
        posted=case.corrected,
        corrected_since=moves.exists(),
        agrees_since=last is not None and last.counted == last.book,
    )


def note(case: DiscrepancyCase, text: str, *, by: Worker) -> CaseNote:
    """Write into a case that is held."""
    made = CaseNote.objects.create(
        pharmacy_id=by.pharmacy_id, case=case, at=by.at, by_id=by.person_id or 0, text=text
    )
    record(by=by, did=Deed.CASE_NOTED, about=case, details={"text": text})
    return made


@transaction.atomic
def note_case(*, by: Worker, case_id: int, text: str) -> CaseNote:
    """Write down what somebody found out about a discrepancy."""
    by.must(Duty.COUNT_VAULT)
    case = lock_case(by=by, case_id=case_id)
    refuse_if(words_problems(text, field="text", what="what you found out"))
    if case.state not in WAITING:
        raise refuse(f"This case is settled: it was {case.state}.", code="case-state")
    return note(case, text.strip(), by=by)


@transaction.atomic
def explain_case(*, by: Worker, case_id: int, explanation: str) -> DiscrepancyCase:
    """Say what has happened; a pharmacist looks at it before the case is closed."""
    return turn(
        by=by,
        case_id=case_id,
        to=CaseState.EXPLAINED,
        says=explanation,
        did=Deed.CASE_EXPLAINED,
    )


@transaction.atomic
def find_unexplained(*, by: Worker, case_id: int, explanation: str) -> DiscrepancyCase:
    """Say that everything was looked at and nothing explains it."""
    return turn(
        by=by,
        case_id=case_id,
        to=CaseState.UNEXPLAINED,
        says=explanation,
        did=Deed.CASE_UNEXPLAINED,
    )


def turn(*, by: Worker, case_id: int, to: CaseState, says: str, did: Deed) -> DiscrepancyCase:
    """Put a case where what was found out leads it."""
    by.must(Duty.COUNT_VAULT)
    case = lock_case(by=by, case_id=case_id)
    problems = words_problems(says, field="explanation", what="what was looked at")
    refuse_if(problems + turn_problems(facts(case), to))
    case.state, case.explanation = to.value, says.strip()
    case.explained_at, case.explained_by_id = by.at, by.somebody
    case.save()
    record(by=by, did=did, about=case, details={"because": case.explanation})
    return case


@transaction.atomic
def close_case(*, by: Worker, case_id: int, because: str, correct: bool) -> DiscrepancyCase:
    """Close a discrepancy: a pharmacist signs the reason and, with it, the correcting move."""
    by.must(Duty.CLOSE_DISCREPANCY)
    case = lock_case(by=by, case_id=case_id)
    problems = words_problems(because, field="because", what="why it is closed")
    refuse_if(problems + closing_problems(facts(case), correct=correct))
    if correct:
        correct_books(case, f"discrepancy {case.pk}: {because.strip()}", by=by)
    return settle(case, CaseState.CLOSED, because, did=Deed.CASE_CLOSED, by=by)


@transaction.atomic
def hand_on(*, by: Worker, case_id: int, because: str) -> DiscrepancyCase:
    """Hand a shortage nobody can explain on as a suspected loss; the books are corrected."""
    by.must(Duty.CLOSE_DISCREPANCY)
    case = lock_case(by=by, case_id=case_id)
    known = facts(case)
    problems = words_problems(because, field="because", what="what is suspected")
    refuse_if(problems + loss_problems(known))
    if not known.posted:
        correct_books(case, f"{LOST}: discrepancy {case.pk}, {because.strip()}", by=by)
    return settle(case, CaseState.HANDED_ON, because, did=Deed.CASE_HANDED_ON, by=by)


def correct_books(case: DiscrepancyCase, reason: str, *, by: Worker) -> None:
    """The signed move between the place and over/short, once a case."""
    hold_balance(by=by, lot_id=case.lot_id, place_id=case.place_id)
    over_short = the_place(by.pharmacy_id, PlaceKind.OVER_SHORT).pk
    sides = (over_short, case.place_id)
    if case.difference < 0:
        sides = (case.place_id, over_short)
    moves = [Line(*sides, case.lot_id, abs(case.difference), reason)]
    post(by=by, key=f"vault case {case.pk}", lines=moves)
    case.corrected = True


def settle(
    case: DiscrepancyCase, state: CaseState, because: str, *, did: Deed, by: Worker
) -> DiscrepancyCase:
    """Write down how a case ended, by whom and why."""
    case.state, case.settled_because = state.value, because.strip()
    case.settled_at, case.settled_by_id = by.at, by.somebody
    case.save()
    said = {
        "because": case.settled_because,
        "difference": case.difference,
        "corrected": case.corrected,
    }
    record(by=by, did=did, about=case, details=said)
    return case


def handed_on(*, pharmacy_id: int) -> QuerySet[DiscrepancyCase]:
    """Cases that wait for the room of losses."""
    return DiscrepancyCase.objects.filter(
        pharmacy_id=pharmacy_id, state=CaseState.HANDED_ON.value, loss_reference=""
    )


def suspected_losses(*, pharmacy_id: int) -> list[SuspectedLoss]:
    """What was handed on and not taken over yet, oldest first (1 query)."""
    return [
        SuspectedLoss(
            case_id=case.pk,
            place_id=case.place_id,
            lot_id=case.lot_id,
            quantity=abs(case.difference),
            found_at=case.found_at,
            found_by_id=case.found_by_id,
            handed_on_at=case.settled_at or case.found_at,
            handed_on_by_id=case.settled_by_id or 0,
            because=case.settled_because,
        )
        for case in handed_on(pharmacy_id=pharmacy_id).order_by("id")
    ]


@transaction.atomic
def loss_taken(*, by: Worker, case_id: int, reference: str) -> DiscrepancyCase:
    """Write down under which name the room of losses goes on with a case; once."""
    by.must(Duty.CLOSE_DISCREPANCY)
    case = lock_case(by=by, case_id=case_id)
    if case.state != CaseState.HANDED_ON or case.loss_reference:
        raise refuse("This case does not wait for the room of losses.", code="case-state")
    if not reference.strip():
        raise refuse("Say what the loss is called.", field="reference", code="no-reason")
    case.loss_reference = reference.strip()
    case.save(update_fields=["loss_reference"])
    said = {"reference": case.loss_reference}
    record(by=by, did=Deed.CASE_NOTED, about=case, details=said)
    return case
