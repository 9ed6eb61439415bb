"""What the reject screens and the frame show."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from apothecary.claims.models import Claim
from apothecary.claims.rules import (
    BECAUSE,
    LATER_AFTER_TRIES,
    NextKey,
    field_to_fix,
    next_key,
    reject_sentence,
)
from apothecary.claims.states import TO_WORK, ClaimState, Kind
from apothecary.claims.submitting import PARTY
from apothecary.prescriptions.states import FillState
from apothecary.wires.models import Outgoing, OutgoingState
from apothecary.wires.telecom import RejectMeaning, reject_meaning

GIVEN_UP = [FillState.CANCELLED.value, FillState.RETURNED.value]
GO_ON = NextKey("Alt+L", "let filling go on, bill later")
ROWS = 50


@dataclass(frozen=True, slots=True)
class RejectLine:
    """One line of the worklist."""

    fill_id: int
    rx_number: int
    since: datetime
    due_at: datetime
    waiter: bool
    patient: str
    born: date
    drug: str
    strength: str
    plan: str
    codes: tuple[str, ...]
    says: str
    cause: str
    money_usd: Decimal
    tries: int
    key: NextKey
    stopped: bool
    dated_for: date | None


@dataclass(frozen=True, slots=True)
class Worklist:
    """What is to be worked, most urgent first, with how often each code stands in it."""

    lines: list[RejectLine]
    total: int
    codes: list[tuple[str, int]]


def party_states(pharmacy_id: int) -> list[tuple[str, str]]:
    """The line to the payer: up, slow (asked, not answered) or down. 1 query."""
    tried = Outgoing.objects.filter(
        pharmacy_id=pharmacy_id,
        party=PARTY,
        state__in=[OutgoingState.WAITING, OutgoingState.SENT],
    ).exclude(problem="")
    found = tried.aggregate(
        down=Count("pk", filter=Q(problem__startswith="no line")), slow=Count("pk")
    )
    if found["down"]:
        return [("Payer", "down")]
    return [("Payer", "slow" if found["slow"] else "up")]


def open_claims(pharmacy_id: int) -> QuerySet[Claim]:
    """Claims to be worked: rejected, not answered, or kept waiting by a dead line."""
    given_up = Q(kind=Kind.BILLING.value, fill__state__in=GIVEN_UP)
    to_work = Q(state__in=[state.value for state in TO_WORK], closed_at=None) & ~given_up
    kept_waiting = Q(
        state=ClaimState.OUT.value,
        fill__state=FillState.CLAIM.value,
        outgoing__tries__gte=LATER_AFTER_TRIES,
    )
    return Claim.objects.filter(to_work | kept_waiting, pharmacy_id=pharmacy_id).select_related(
        "fill__prescription", "fill__patient", "fill__package__product", "outgoing"
    )


def worklist(*, pharmacy_id: int, code: str = "") -> Worklist:
    """The reject worklist, waiters on top, then by promise; the dated ones last. 1 query."""
    lines = [line_of(claim) for claim in open_claims(pharmacy_id)]
    lines.sort(key=lambda line: (line.dated_for is not None, not line.waiter, line.due_at))
    counts: dict[str, int] = {}
    for line in lines:
        for one in line.codes:
            counts[one] = counts.get(one, 0) + 1
    shown = [line for line in lines if not code or code in line.codes]
    codes = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Worklist(lines=shown[:ROWS], total=len(shown), codes=codes)


def next_to_work(*, pharmacy_id: int, after: int) -> int | None:
    """The fill of the next open line that is not the one just worked. 1 query."""
    for line in worklist(pharmacy_id=pharmacy_id).lines:
        if line.fill_id != after and line.dated_for is None:
            return line.fill_id
    return None


def line_of(claim: Claim) -> RejectLine:
    """One claim as a line; its rows are loaded."""
    fill = claim.fill
    product = fill.package.product
    codes = tuple(claim.codes)
    return RejectLine(
        fill_id=fill.pk,
        rx_number=fill.prescription.number,
        since=claim.answered_at or claim.made_at,
        due_at=fill.promised_at,
        waiter=fill.waiter,
        patient=str(fill.patient),
        born=fill.patient.birth_date,
        drug=product.brand or product.name,
        strength=product.strength,
        plan=claim.plan_name,
        codes=codes,
        says=sentence(claim),
        cause=reject_meaning(codes[0]).cause if codes else "",
        money_usd=claim.submitted_usd,
        tries=claim.try_number,
        key=key_of(claim),
        stopped=claim.state != ClaimState.OUT and claim.dated_for is None,
        dated_for=claim.dated_for,
    )


def sentence(claim: Claim) -> str:
    """Why this claim stands here, in one sentence."""
    codes = tuple(claim.codes)
    if claim.state == ClaimState.REJECTED and not codes and claim.problem:
        says = claim.problem
    elif claim.state == ClaimState.REJECTED:
        says = reject_sentence(
            codes, next_fill_on=claim.next_fill_on, messages=tuple(claim.messages)
        )
    elif claim.state == ClaimState.UNANSWERED:
        says = f"no usable answer after {claim.doubts} tries: {claim.problem}"
    else:
        says = f"not answered yet, {claim.posted.tries} tries: {claim.posted.problem}"
    return says if claim.is_billing else f"reversal: {says}"


def key_of(claim: Claim) -> NextKey:
    """The next key of a claim."""
    if claim.state == ClaimState.OUT:
        return GO_ON
    answered = claim.state == ClaimState.REJECTED
    key = next_key(tuple(claim.codes), answered=answered, next_fill_on=claim.next_fill_on)
    if not claim.is_billing and answered:
        return NextKey("Alt+S", "settle it with the payer by phone")
    return key


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """One fill's claims: the one to work, and every try before it, newest first."""

    claim: Claim
    tries: list[Claim]
    says: str
    key: NextKey
    meanings: list[RejectMeaning]
    field_to_fix: str
    to_work: bool
    may_go_on: bool


def claim_page(*, pharmacy_id: int, fill_id: int) -> ClaimPage | None:
    """The claims of a fill, the one to work first; nothing when there is none. 1 query."""
    tries = list(
        Claim.objects.filter(pharmacy_id=pharmacy_id, fill_id=fill_id)
        .select_related(
            "fill__prescription",
            "fill__patient",
            "fill__package__product",
            "outgoing",
            "coverage",
        )
        .order_by("-pk")
    )
    if not tries:
        return None
    to_work = [claim for claim in tries if is_to_work(claim)]
    claim = (to_work or tries)[0]
    return ClaimPage(
        claim=claim,
        tries=tries,
        says=sentence(claim) if to_work or claim.state == ClaimState.OUT else "",
        key=key_of(claim),
        meanings=[reject_meaning(code) for code in claim.codes],
        field_to_fix=field_to_fix(tuple(claim.codes)) if claim.is_billing else BECAUSE,
        to_work=bool(to_work),
        may_go_on=may_go_on(claim),
    )


def is_to_work(claim: Claim) -> bool:
    """Rejected or unanswered, and nobody has closed it."""
    return ClaimState(claim.state) in TO_WORK and claim.closed_at is None


def may_go_on(claim: Claim) -> bool:
    """Whether filling may go on before the answer: the line is dead, or nobody answered."""
    waits = claim.fill.state in {FillState.CLAIM, FillState.REJECTED}
    if not claim.is_billing or not waits:
        return False
    tried = claim.state == ClaimState.OUT and claim.posted.tries >= LATER_AFTER_TRIES
    return tried or (claim.state == ClaimState.UNANSWERED and claim.closed_at is None)
