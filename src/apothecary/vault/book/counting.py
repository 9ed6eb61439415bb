"""Counting the vault: two people, blind; what does not agree is counted again by another."""

from decimal import Decimal

from django.db import IntegrityError, transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.counting.asserting import Said, assert_units, hold_balance
from apothecary.stock.counting.models import Way
from apothecary.stock.models import Balance, Place
from apothecary.vault.book.cases import Found, open_case
from apothecary.vault.book.models import VaultCount, VaultCountLine
from apothecary.vault.book.policy import Signature, second_person
from apothecary.vault.book.rules import (
    CONTROLLED_FROM,
    ON_HAND,
    OPEN_LINES,
    LineState,
    Source,
    counted_problems,
    counting_problems,
    line_after,
    words_problems,
)

OPEN = [state.value for state in OPEN_LINES]


def start_vault_count(*, by: Worker, place_id: int, signature: Signature) -> VaultCount:
    """Begin to count the controlled drugs of a place, with a second person who watches."""
    by.must(Duty.COUNT_VAULT)
    witness = second_person(by=by, signature=signature, duty=Duty.COUNT_VAULT)
    with transaction.atomic():
        place = Place.objects.filter(pharmacy_id=by.pharmacy_id, pk=place_id).first()
        if place is None or place.kind not in ON_HAND:
            says = "No such place with stock here."
            raise refuse(says, field="place", code="no-place")
        lots = controlled_lots(by=by, place_id=place_id)
        if not lots:
            says = f"No controlled drug stands in {place.name} by the books."
            raise refuse(says, field="place", code="nothing-to-count")
        count = begin(by=by, place=place, witness_id=witness.somebody)
        VaultCountLine.objects.bulk_create(
            VaultCountLine(pharmacy_id=by.pharmacy_id, count=count, lot_id=lot) for lot in lots
        )
        said = {"place": place.name, "witness": witness.name, "lines": len(lots)}
        record(by=by, did=Deed.VAULT_COUNT_STARTED, about=count, details=said)
    return count


def controlled_lots(*, by: Worker, place_id: int) -> list[int]:
    """The lots of controlled drugs there by the books, drug by drug (1 query)."""
    there = Balance.objects.filter(
        pharmacy_id=by.pharmacy_id,
        place_id=place_id,
        on_hand__gt=0,
        lot__package__product__schedule__gte=CONTROLLED_FROM,
    )
    ordered = there.order_by("lot__package__product__name", "lot__package_id", "lot_id")
    return list(ordered.values_list("lot_id", flat=True))


def begin(*, by: Worker, place: Place, witness_id: int) -> VaultCount:
    """The count itself; a place is counted once at a time, whoever was first."""
    try:
        with transaction.atomic():
            return VaultCount.objects.create(
                pharmacy_id=by.pharmacy_id,
                place=place,
                counter_id=by.somebody,
                witness_id=witness_id,
                started_at=by.at,
            )
    except IntegrityError as twice:
        says = f"{place.name} is being counted: finish that count, or give it up."
        raise refuse(says, field="place", code="count-open") from twice


@transaction.atomic
def enter_vault_count(*, by: Worker, line_id: int, counted: Decimal) -> VaultCountLine:
    """Say how much of a lot is there, first or again, without having seen the books.

    Counted with what lies in baskets: it is on the books until the check. A second count that
    does not agree either opens a discrepancy.
    """
    by.must(Duty.COUNT_VAULT)
    line = lock_line(by=by, line_id=line_id)
    state = LineState(line.state)
    refuse_if(
        counting_problems(
            state=state,
            by=by.somebody,
            counter=line.count.counter_id,
            witness=line.count.witness_id,
            counted_by=line.counted_by_id,
        )
    )
    again = state is LineState.RECOUNT
    balance = hold_balance(by=by, lot_id=line.lot_id, place_id=line.count.place_id)
    refuse_if(counted_problems(counted, unit=balance.lot.package.unit))
    after = line_after(book=balance.on_hand, counted=counted, again=again)
    write(line, counted, after, by=by, again=again)
    assert_units(
        by=by, balance=balance, said=Said(counted, Way.RECOUNT if again else Way.SHEET)
    )
    # What it differs by is told to nobody before another has counted.
    said = {"counted": counted, "count": line.count_id, "state": after.value}
    record(by=by, did=Deed.VAULT_COUNTED, about=balance.lot, details=said)
    if after is LineState.DIFFERS:
        found = Found(
            line.count.place_id, line.lot_id, balance.on_hand, counted, Source.VAULT_COUNT
        )
        open_case(by=by, found=found, line=line)
    close_when_done(line.count, by=by)
    return line


def write(
    line: VaultCountLine, counted: Decimal, state: LineState, *, by: Worker, again: bool
) -> None:
    """Put the count where it belongs: the first one, or the one of another person."""
    line.state = state.value
    if again:
        line.recounted, line.recounted_by_id, line.recounted_at = counted, by.somebody, by.at
    else:
        line.counted, line.counted_by_id, line.counted_at = counted, by.somebody, by.at
    line.save()


def close_when_done(count: VaultCount, *, by: Worker) -> None:
    """A count of which every line is counted is closed by itself."""
    if count.closed_at is None and not count.lines.filter(state__in=OPEN).exists():
        close(count, "", by=by)


def close(count: VaultCount, because: str, *, by: Worker) -> VaultCount:
    count.closed_at, count.closed_because = by.at, because
    count.save(update_fields=["closed_at", "closed_because"])
    said = {"because": because, "differs": differing(count)}
    record(by=by, did=Deed.VAULT_COUNT_CLOSED, about=count, details=said)
    return count


def differing(count: VaultCount) -> int:
    """On how many lines the books and the hands did not agree (1 query)."""
    return count.lines.filter(state=LineState.DIFFERS.value).count()


@transaction.atomic
def give_up_count(*, by: Worker, count_id: int, because: str) -> VaultCount:
    """End a count with lines nobody has counted, and say why."""
    by.must(Duty.COUNT_VAULT)
    held = VaultCount.objects.select_for_update()
    count = held.filter(pharmacy_id=by.pharmacy_id, pk=count_id).first()
    if count is None:
        raise refuse("No such count here.", code="no-count")
    if count.closed_at is not None:
        raise refuse("This count is closed.", code="count-closed")
    refuse_if(words_problems(because, field="because", what="why the count is given up"))
    return close(count, because.strip(), by=by)


def lock_line(*, by: Worker, line_id: int) -> VaultCountLine:
    """The line of an open count, held with its count: two people may count at once."""
    there = VaultCountLine.objects.filter(pharmacy_id=by.pharmacy_id, pk=line_id)
    count_id = there.values_list("count_id", flat=True).first()
    if count_id is None:
        raise refuse("No such line here.", code="no-line")
    count = VaultCount.objects.select_for_update().get(pk=count_id)
    if count.closed_at is not None:
        raise refuse("This count is closed.", code="count-closed")
    line = there.select_for_update(of=("self",)).get()
    line.count = count
    return line
