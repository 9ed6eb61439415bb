"""A fresh consent goes to the claim that waits for it, by itself."""

from apothecary.claims.actions import resubmit
from apothecary.claims.models import Claim, PriorAuthorization
from apothecary.claims.rules import Changes
from apothecary.claims.states import ClaimState
from apothecary.claims.states import Kind as ClaimKind
from apothecary.law.problem import Refused
from apothecary.prescriptions.states import FillState
from apothecary.staff.worker import Worker

# 461-EU: the number is that of a prior authorization.
PRIOR_AUTHORIZATION = "1"


def carry(row: PriorAuthorization, *, by: Worker) -> Claim | None:
    """Send the refused claim again with the number; none when no claim waits for it.

    What cannot be sent stays on the worklist, and the authorization says why.
    """
    waiting = waiting_claim(row)
    if waiting is None:
        return None
    changes = Changes(authorization_type=PRIOR_AUTHORIZATION, prior_authorization=row.number)
    try:
        return resubmit(by=by, claim_id=waiting, changes=changes)
    except Refused as refusal:
        why = " ".join(problem.says for problem in refusal.problems)
        row.problem = f"The claim could not be sent with it: {why}"
        row.save(update_fields=["problem"])
        return None


def waiting_claim(row: PriorAuthorization) -> int | None:
    """The open refused claim of this prescription and card (1 query)."""
    rows = Claim.objects.filter(
        fill__prescription_id=row.prescription_id,
        fill__state=FillState.REJECTED.value,
        coverage_id=row.coverage_id,
        kind=ClaimKind.BILLING.value,
        state=ClaimState.REJECTED.value,
        closed_at=None,
    )
    found: int | None = rows.order_by("-pk").values_list("pk", flat=True).first()
    return found
