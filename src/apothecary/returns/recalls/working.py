"""Working a recall: decide which lots are meant, look, reply to the firm, close."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from apothecary.drugs.recalled_lots import lot_key
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.prescriptions.compound_tables import is_compound
from apothecary.prescriptions.states import FillState
from apothecary.returns.recalls.matching import (
    because_of,
    fills_to_take_back,
    list_patients,
    lock_recall,
    match,
)
from apothecary.returns.recalls.models import Recall, RecallCall, RecallHit
from apothecary.returns.recalls.rules import (
    CITE_DEPTH,
    CITE_NO_RECALL,
    Standing,
    closing_problems,
    look_problems,
)
from apothecary.returns.recalls.states import Depth, Look, RecallState, next_state
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.actions import count_lot, release_lot
from apothecary.stock.counting.asserting import hold_balance
from apothecary.stock.expiring.actions import quarantine_of
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import Line, post
from apothecary.stock.models import Lot, LotState
from apothecary.stock.recalled.holding import (
    EVERY_LOT,
    hold_recalled,
    lift_recalled,
    recalled_because,
)
from apothecary.stock.recalled.models import RecalledLot
from apothecary.stock.rules import reason_problems

# What is there already is carried nowhere.
ASIDE = frozenset({PlaceKind.QUARANTINE, PlaceKind.RETURNED})
LONGEST_LOTS = 500


@dataclass(frozen=True, slots=True)
class Meant:
    """Which lots a pharmacist says a notice is about, and how that is known."""

    lots: Sequence[str] = ()
    every_lot: bool = False
    because: str = ""


def decide_lots(*, by: Worker, recall_id: int, meant: Meant) -> Recall:
    """Say which lots a doubtful notice is about: they stay held, the others are free again."""
    by.must(Duty.DECIDE_RECALLS)
    refuse_if(meant_problems(meant))
    with transaction.atomic():
        recall = settle_lots(by=by, recall_id=recall_id, meant=meant)
    match(by=by, recall_id=recall.pk)
    return Recall.objects.get(pk=recall.pk)


def meant_problems(meant: Meant) -> list[Problem]:
    """A decision names its lots, and how anybody knows."""
    problems = list(reason_problems(meant.because, "these lots are meant"))
    if meant.every_lot == bool(meant.lots):
        says = "Name the lots that are meant, or say that every lot is: one of the two."
        problems.append(Problem(says, field="lots", code="no-lots"))
    if len(meant.lots) > LONGEST_LOTS:
        says = f"{len(meant.lots)} lots are more than {LONGEST_LOTS}: say that every lot is."
        problems.append(Problem(says, field="lots", code="too-many"))
    bad = [lot for lot in meant.lots if not lot_key(lot)]
    return problems + [
        Problem(f"{lot[:30]!r} is no lot number.", field="lots", code="bad-lot") for lot in bad
    ]


def settle_lots(*, by: Worker, recall_id: int, meant: Meant) -> Recall:
    """The decision itself, with what is freed by it, in one act."""
    recall = lock_recall(by=by, recall_id=recall_id)
    if recall.state != RecallState.DOUBTFUL:
        says = f"Its lots are no question: the recall is {recall.state}."
        raise refuse(says, code="wrong-state", field="recall_id")
    lift_recalled(by=by, recall=recall.number)
    recall.state = next_state(RecallState.DOUBTFUL, RecallState.OPEN).value
    recall.doubt, recall.decided_because = "", meant.because.strip()
    recall.decided_at, recall.decided_by = by.at, by.somebody
    recall.save()
    packages = list(recall.items.order_by("package_id").values_list("package_id", flat=True))
    for package_id in packages:
        hold_recalled(
            by=by,
            package_id=package_id,
            recall=recall.number,
            lots=[EVERY_LOT] if meant.every_lot else meant.lots,
            says=because_of(recall),
        )
    freed = free_others(recall, packages, by=by)
    told = {
        "lots": "every lot" if meant.every_lot else ", ".join(meant.lots)[:500],
        "because": recall.decided_because,
        "freed": [lot.number for lot in freed],
    }
    record(by=by, did=Deed.RECALL_DECIDED, about=recall, details=told)
    return recall


def free_others(recall: Recall, packages: Sequence[int], *, by: Worker) -> list[Lot]:
    """Release what no notice holds any more, and take it off the work list. What stands in
    quarantine for anything but a notice stays there.
    """
    said = RecalledLot.objects.filter(pharmacy_id=by.pharmacy_id, package_id__in=packages)
    held = Lot.objects.filter(
        pharmacy_id=by.pharmacy_id,
        package_id__in=packages,
        state=LotState.QUARANTINED,
        because__in=said.values("says"),
    )
    free = [
        lot
        for lot in held.order_by("package_id", "pk")
        if not recalled_because(
            pharmacy_id=by.pharmacy_id, package_id=lot.package_id, lot=lot.number
        )
    ]
    for lot in free:
        because = f"{recall.number} is not about this lot: {recall.decided_because}"
        release_lot(by=by, lot_id=lot.pk, because=because)
    RecallHit.objects.filter(
        pharmacy_id=by.pharmacy_id, recall=recall, look=Look.TO_LOOK.value, lot__in=free
    ).update(
        look=Look.NOT_MEANT.value,
        looked_at=by.at,
        looked_by=by.somebody,
        initials=by.initials,
        because=recall.decided_because,
    )
    return free


@transaction.atomic
def look(*, by: Worker, hit_id: int, found: Decimal, because: str = "") -> RecallHit:
    """Write down what was found of a lot at a place: it is carried to quarantine, and what is
    missing is counted as at any shelf. Nothing found is a look like any other.
    """
    by.must(Duty.WORK_RECALLS)
    by.must(Duty.MANAGE_STOCK)
    known = RecallHit.objects.filter(pharmacy_id=by.pharmacy_id, pk=hit_id).first()
    if known is None:
        raise refuse("No such line here.", code="no-hit", field="hit_id")
    recall = lock_recall(by=by, recall_id=known.recall_id)
    hit = RecallHit.objects.select_related("fill__package", "place", "lot").get(pk=hit_id)
    if hit.look != Look.TO_LOOK:
        says = f"{hit.initials} looked there already: {hit.look}."
        raise refuse(says, code="wrong-state", field="hit_id")
    if hit.fill is not None and hit.fill.state == FillState.READY:
        says = "The bag is not taken back yet: decide first which lots are meant."
        raise refuse(says, code="bag-not-back", field="hit_id")
    refuse_if(look_problems(found, hit.expected, because))
    if hit.fill is None or not is_compound(hit.fill.package):
        hit.uncounted = carry(hit, found, by=by, because=because)
    hit.found, hit.because = found, because.strip()
    hit.look = (Look.FOUND if found else Look.NOT_FOUND).value
    hit.looked_at, hit.looked_by, hit.initials = by.at, by.somebody, by.initials
    hit.save()
    told = {
        "lot": hit.lot.number,
        "place": hit.place.name,
        "expected": hit.expected,
        "found": found,
        "because": hit.because,
    }
    record(by=by, did=Deed.RECALL_LOOKED, about=recall, details=told)
    return hit


def carry(hit: RecallHit, found: Decimal, *, by: Worker, because: str) -> Decimal:
    """Count off what is missing and carry the rest to quarantine; what nobody has settled."""
    balance = hold_balance(by=by, lot_id=hit.lot_id, place_id=hit.place_id)
    there = min(hit.expected, balance.on_hand - balance.reserved)
    missing = max(there - found, Decimal(0))
    if missing:
        missing += count_lot(
            by=by,
            lot_id=hit.lot_id,
            place_id=hit.place_id,
            counted=balance.on_hand - missing,
            because=because,
            key=f"recall-count-{hit.pk}",
        )
    goes = min(found, there)
    if goes and hit.place.kind not in ASIDE:
        to = quarantine_of(by.pharmacy_id, hit.place.programme)
        line = Line(hit.place_id, to.pk, hit.lot_id, goes, "recalled")
        post(by=by, key=f"recall-{hit.pk}", lines=[line])
        told = {"quantity": goes, "from": hit.place_id, "to": to.pk, "because": "recalled"}
        record(by=by, did=Deed.STOCK_MOVED, about=("lot", hit.lot_id), details=told)
    return missing


@transaction.atomic
def deepen(*, by: Worker, recall_id: int, depth: Depth) -> Recall:
    """Take a recall down to the patients, or to the pharmacy: deeper, never back up."""
    by.must(Duty.DECIDE_RECALLS)
    recall = lock_recall(by=by, recall_id=recall_id)
    order = list(Depth)
    if order.index(depth) <= order.index(Depth(recall.depth)):
        says = f"It goes to the {recall.depth} already."
        raise refuse(says, cite=CITE_DEPTH, code="not-deeper", field="depth")
    if depth is Depth.CONSUMER and not recall.is_recall:
        says = f"A {recall.kind} is no recall: no patient is called for it."
        raise refuse(says, cite=CITE_NO_RECALL, code="no-recall", field="depth")
    was, recall.depth = recall.depth, depth.value
    recall.save(update_fields=["depth"])
    told = {"from": was, "to": recall.depth}
    record(by=by, did=Deed.RECALL_DEEPENED, about=recall, details=told)
    list_patients(by=by, recall_id=recall.pk)
    return recall


@transaction.atomic
def reply_to_firm(*, by: Worker, recall_id: int, reply: str) -> Recall:
    """Write down what the firm was told, even if there was none of it here."""
    by.must(Duty.WORK_RECALLS)
    recall = lock_recall(by=by, recall_id=recall_id)
    if not reply.strip():
        says = "What was the firm told, how, and by whom there?"
        raise refuse(says, code="no-reply", field="reply")
    if recall.replied_at is not None:
        raise refuse("The firm has its reply.", code="replied", field="reply")
    recall.reply, recall.replied_at, recall.replied_by = reply.strip(), by.at, by.somebody
    recall.save(update_fields=["reply", "replied_at", "replied_by"])
    record(by=by, did=Deed.RECALL_REPLIED, about=recall, details={"reply": recall.reply[:500]})
    return recall


@transaction.atomic
def close_recall(*, by: Worker, recall_id: int) -> Recall:
    """Close a recall of which every place and every patient is accounted for."""
    by.must(Duty.DECIDE_RECALLS)
    recall = lock_recall(by=by, recall_id=recall_id)
    standing = standing_of(recall)
    refuse_if(closing_problems(standing))
    recall.state = next_state(RecallState(recall.state), RecallState.CLOSED).value
    recall.closed_at, recall.closed_by = by.at, by.somebody
    recall.save(update_fields=["state", "closed_at", "closed_by"])
    told = {"places": standing.places, "patients": standing.patients}
    record(by=by, did=Deed.RECALL_CLOSED, about=recall, details=told)
    return recall


def standing_of(recall: Recall) -> Standing:
    """How far a recall is (3 queries)."""
    hits = RecallHit.objects.filter(pharmacy_id=recall.pharmacy_id, recall=recall)
    calls = RecallCall.objects.filter(pharmacy_id=recall.pharmacy_id, recall=recall)
    looks = list(hits.values_list("look", flat=True))
    told = list(calls.values_list("done_at", flat=True))
    closed = recall.state == RecallState.CLOSED
    return Standing(
        state=RecallState(recall.state),
        places=len(looks),
        places_left=looks.count(Look.TO_LOOK.value),
        patients=len(told),
        patients_left=told.count(None),
        fills_left=0 if closed else len(fills_to_take_back(recall)),
        reply_by=recall.reply_by,
        replied=recall.replied_at is not None,
    )
