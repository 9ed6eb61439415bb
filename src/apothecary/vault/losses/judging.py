"""What a pharmacist says of a loss, significant or not, whose to report; what two saw break.

With the judgement the units leave the books, by moves that are signed and name the loss.
"""

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.ledger import Line, post
from apothecary.stock.places.queries import the_place
from apothecary.vault.book.policy import Signature, second_person
from apothecary.vault.book.rules import LOST
from apothecary.vault.losses.models import Loss, LossLine
from apothecary.vault.losses.reporting import lock_loss
from apothecary.vault.losses.rules import Judgement, judge_problems, words_problems
from apothecary.vault.losses.states import APART, Kind, Outcome, State


@transaction.atomic
def judge_loss(*, by: Worker, loss_id: int, said: Judgement) -> Loss:
    """Judge a loss by the factors of the rule; what was in the books leaves them, signed."""
    by.must(Duty.SIGN_LOSS)
    loss = lock_loss(by=by, loss_id=loss_id)
    refuse_if(judge_problems(loss.known(), said, on=by.today))
    refuse_if(line_problems_of(loss, said))
    loss.kind = said.kind.value
    loss.significant = True if said.kind is Kind.THEFT else said.significant
    loss.in_custody = said.in_custody if said.kind is Kind.TRANSIT else None
    if said.kind is Kind.TRANSIT and not said.in_custody:
        loss.significant = None
    loss.supplier_told = said.supplier_told.strip() if loss.in_custody is False else ""
    loss.factors = {name: words.strip() for name, words in said.factors.items()}
    loss.judged_at, loss.judged_by_id = by.at, by.somebody
    loss.judged_because = said.because.strip()
    if loss.in_books_at is None:
        take_out(loss, to=PlaceKind.OVER_SHORT, says=f"{LOST}: {loss}, {loss.judged_because}",
                 by=by)  # fmt: skip
    loss.save()
    told = {
        "kind": loss.kind,
        "significant": loss.significant,
        "because": loss.judged_because,
        "factors": loss.factors,
        "in_custody": loss.in_custody,
        "supplier": loss.supplier_told,
    }
    record(by=by, did=Deed.LOSS_JUDGED, about=loss, details=told)
    return loss


def line_problems_of(loss: Loss, said: Judgement) -> list[Problem]:
    """What never came in was lost on the way; what is in the books arrived (1 query)."""
    places = set(loss.lines.values_list("place_id", flat=True))
    if said.kind is not Kind.TRANSIT and None in places:
        says = "What never came into the books was lost on the way."
        return [Problem(says, code="never-here", field="kind")]
    if said.kind is Kind.TRANSIT and not said.in_custody and places - {None}:
        says = "It stands in the books: it had been accepted."
        return [Problem(says, code="was-here", field="in_custody")]
    return []


def take_out(
    loss: Loss, *, to: PlaceKind, says: str, by: Worker, witness_id: int | None = None
) -> None:
    """The signed moves out of the books, once a loss; what never was in them stays out."""
    end = the_place(by.pharmacy_id, to).pk
    lines = LossLine.objects.filter(pharmacy_id=by.pharmacy_id, loss=loss, moved_before=False)
    moves = [
        Line(place_id, end, lot_id, units, says)
        for place_id, lot_id, units in lines.order_by("id").values_list(
            "place_id", "lot_id", "quantity"
        )
        # Broken in quarantine it stays there: no move is between one place.
        if place_id is not None and place_id != end
    ]
    if moves:
        post(by=by, key=f"loss {loss.pk}", lines=moves, witness_id=witness_id)
    loss.in_books_at = by.at


def sign_breakage(
    *, by: Worker, loss_id: int, recoverable: bool, because: str, signature: Signature
) -> Loss:
    """Two who saw it sign what broke or was spilled.

    What can be swept up goes to quarantine, where the room of returns destroys it on Form 41;
    what cannot is waste at once. Either way two names stand under it.
    """
    by.must(Duty.SIGN_LOSS)
    # The PIN stands in a transaction of its own: a wrong one counts even though it refuses.
    witness = second_person(by=by, signature=signature, duty=Duty.REPORT_LOSS)
    with transaction.atomic():
        loss = lock_loss(by=by, loss_id=loss_id)
        if Kind(loss.kind) not in APART:
            says = "Only what broke or was spilled is signed by two; judge the others."
            raise refuse(says, code="loss-not-apart", field="kind")
        if loss.state != State.DISCOVERED:
            raise refuse(f"This one is {loss.state}.", code="loss-state")
        refuse_if(words_problems(because, field="because", what="how it came about"))
        to = PlaceKind.QUARANTINE if recoverable else PlaceKind.WASTE
        says = f"{loss.kind}, {'to be destroyed' if recoverable else 'not recoverable'}: {loss}"
        take_out(loss, to=to, says=says, by=by, witness_id=witness.somebody)
        loss.recoverable = recoverable
        loss.witness_id, loss.witness_name = witness.somebody, witness.name
        loss.state, loss.outcome = State.CLOSED.value, Outcome.WITNESSED.value
        loss.closed_at, loss.closed_by_id = by.at, by.somebody
        loss.closed_because = because.strip()
        loss.save()
        told = {"recoverable": recoverable, "because": because, "witness": witness.name}
        record(by=by, did=Deed.BREAKAGE_SIGNED, about=loss, details=told)
    return loss
