"""One correction for every claim that one payer has refused for one cause."""

from apothecary.claims.actions import resubmit
from apothecary.claims.models import Claim
from apothecary.claims.queries import alike, quick_advice
from apothecary.claims.rules import Changes
from apothecary.law.problem import Refused, refuse
from apothecary.staff.worker import Worker


def resubmit_alike(*, by: Worker, claim_id: int, changes: Changes) -> list[Claim]:
    """Correct a claim, and as far as the plan goes every other one with the very same cause.

    What is each patient's own on a card is changed on the first claim alone. Each claim is its
    own transaction; one that is refused stays on the worklist, and the others go out.
    """
    first = claim_with_rows(by=by, claim_id=claim_id)
    others = alike(first, quick_advice(first))
    shared = shared_of(changes)
    if others and not shared.given():
        says = "Nothing here is the plan's: correct the others one by one."
        raise refuse(says, field="group", code="claim-batch")
    sent = [resubmit(by=by, claim_id=claim_id, changes=changes)]
    for other in others:
        try:
            sent.append(resubmit(by=by, claim_id=other, changes=shared))
        except Refused as refusal:
            problem = " ".join(problem.says for problem in refusal.problems)
            Claim.objects.filter(pk=other).update(problem=problem)
    return sent


def claim_with_rows(*, by: Worker, claim_id: int) -> Claim:
    """The claim as the worklist reads it, or a refusal (1 query)."""
    rows = Claim.objects.filter(pharmacy_id=by.pharmacy_id, pk=claim_id)
    found = rows.select_related("fill__package__product", "outgoing").first()
    if found is None:
        raise refuse("No such claim in this pharmacy.", code="no-claim")
    return found


def shared_of(changes: Changes) -> Changes:
    """Of the changes only what everybody in the plan has in common."""
    return Changes(
        bin=changes.bin,
        pcn=changes.pcn,
        group=changes.group,
        clarification=changes.clarification,
        delay_reason=changes.delay_reason,
    )
