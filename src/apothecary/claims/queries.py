"""What the reject screens and the frame show."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from apothecary.claims.coach import Advice, Case, Known, advise
from apothecary.claims.evidence import case_of, said_of, sent_of, sheet_of
from apothecary.claims.models import Claim
from apothecary.claims.rules import (
    LATER_AFTER_TRIES,
    OF_THE_PLAN,
    NextKey,
    next_key,
    reject_sentence,
)
from apothecary.claims.states import TO_WORK, ClaimState, Kind
from apothecary.claims.submitting import PARTY
from apothecary.claims.suggestions import Alternative, alternatives
from apothecary.claims.tried import TryLine, try_lines
from apothecary.prescriptions.states import FillState
from apothecary.staff.worker import Worker
from apothecary.wires.models import Outgoing, OutgoingState

GIVEN_UP = [FillState.CANCELLED.value, FillState.RETURNED.value]
GO_ON = NextKey("Alt+L", "let filling go on, bill later")
BY_PHONE = NextKey("Alt+S", "settle it with the payer by phone")
ROWS = 50


@dataclass(frozen=True, slots=True)
class RejectLine:
    """One line of the worklist; ``batch`` is equal on claims that one correction mends."""

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
    batch: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Claims of one payer refused for one cause."""

    key: str
    code: str
    plan: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Worklist:
    """What is to be worked, most urgent first; how often each code and cause stands in it."""

    lines: list[RejectLine]
    total: int
    codes: list[tuple[str, int]]
    batches: list[Batch]


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


def worklist(*, pharmacy_id: int, code: str = "", batch: str = "") -> Worklist:
    """The reject worklist, waiters on top, then by promise; the dated ones last. 1 query."""
    advised = [(claim, quick_advice(claim)) for claim in open_claims(pharmacy_id)]
    lines = [line_of(claim, advice) for claim, advice in advised]
    lines.sort(key=lambda line: (line.dated_for is not None, not line.waiter, line.due_at))
    counts = Counter(one for line in lines for one in line.codes)
    shown = [
        line
        for line in lines
        if (not code or code in line.codes) and (not batch or line.batch == batch)
    ]
    return Worklist(
        lines=shown[:ROWS],
        total=len(shown),
        codes=sorted(counts.items(), key=lambda item: (-item[1], item[0])),
        batches=batches_in(advised),
    )


def batches_in(advised: Iterable[tuple[Claim, Advice]]) -> list[Batch]:
    """The causes that more than one claim has in common, the most frequent first."""
    found: dict[str, list[tuple[Claim, Advice]]] = {}
    for claim, advice in advised:
        if key := batch_of(claim, advice):
            found.setdefault(key, []).append((claim, advice))
    rows = [
        Batch(key, of[0][1].code, of[0][0].plan_name, of[0][1].label, len(of))
        for key, of in found.items()
        if len(of) > 1
    ]
    return sorted(rows, key=lambda row: (-row.count, row.key))


def batch_of(claim: Claim, advice: Advice) -> str:
    """What claims have in common that one correction mends: code, payer, field, value sent.

    Empty for what is only this patient's: a number, a person code, a birth date, a dose.
    """
    rejected = claim.is_billing and claim.state == ClaimState.REJECTED
    if not rejected or claim.dated_for is not None or advice.field not in OF_THE_PLAN:
        return ""
    value = str(getattr(claim, advice.field))
    return "|".join((advice.code, claim.bin, advice.field, value))


def alike(claim: Claim, advice: Advice) -> list[int]:
    """The other open claims with the very same cause, the oldest first. 1 query at most."""
    key = batch_of(claim, advice)
    if not key:
        return []
    others = open_claims(claim.pharmacy_id).filter(bin=claim.bin, codes__contains=[advice.code])
    return [
        other.pk
        for other in others.exclude(pk=claim.pk).order_by("pk")
        if batch_of(other, quick_advice(other)) == key
    ]


def quick_advice(claim: Claim) -> Advice:
    """The first advice on a claim from its two messages alone: no query."""
    sheet, product = sheet_of(claim), claim.fill.package.product
    known = Known(
        plan=claim.plan_name,
        drug=f"{product.brand or product.name} {product.strength_said}",
        sheet_pcns=sheet.pcns,
        sheet_help_desk=sheet.help_desk,
        pa_phone=sheet.pa_phone,
    )
    return advise(Case(sent_of(claim), said_of(claim), known))[0]


def next_to_work(*, pharmacy_id: int, after: int) -> int | None:
    """The fill of the next open line that is not the one just worked. 1 query."""
    for line in worklist(pharmacy_id=pharmacy_id).lines:
        if line.fill_id != after and line.dated_for is None:
            return line.fill_id
    return None


def line_of(claim: Claim, advice: Advice) -> RejectLine:
    """One claim as a line; its rows are loaded."""
    fill = claim.fill
    product = fill.package.product
    return RejectLine(
        fill_id=fill.pk,
        rx_number=fill.prescription.number,
        since=claim.answered_at or claim.made_at,
        due_at=fill.promised_at,
        waiter=fill.waiter,
        patient=str(fill.patient),
        born=fill.patient.birth_date,
        drug=product.brand or product.name,
        strength=product.strength_said,
        plan=claim.plan_name,
        codes=tuple(claim.codes),
        says=sentence(claim),
        cause=advice.cause if claim.codes and claim.is_billing else "",
        money_usd=claim.submitted_usd,
        tries=claim.try_number,
        key=key_of(claim, advice),
        stopped=claim.state != ClaimState.OUT and claim.dated_for is None,
        dated_for=claim.dated_for,
        batch=batch_of(claim, advice),
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


def key_of(claim: Claim, advice: Advice) -> NextKey:
    """The next key of a claim: what most often helps, on the place the coach points at."""
    if claim.state == ClaimState.OUT:
        return GO_ON
    answered = claim.state == ClaimState.REJECTED
    if not claim.is_billing and answered:
        return BY_PHONE
    usual = next_key(tuple(claim.codes), answered=answered, next_fill_on=claim.next_fill_on)
    if not answered or not claim.codes or usual.key == "F6":
        return usual
    if advice.place == "patient":
        return NextKey("F8", f"correct the {advice.label}, then send again")
    if advice.place == "entry":
        return NextKey("Alt+B", f"back to entry: {advice.label}")
    return usual


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """One fill's claims: the one to work, what to do about it, and every try before it."""

    claim: Claim
    tries: list[TryLine]
    says: str
    key: NextKey
    advice: tuple[Advice, ...]
    focus: str
    alike: list[int]
    alternatives: list[Alternative]
    to_work: bool
    may_go_on: bool

    @property
    def first(self) -> Advice:
        """The advice that is worked first."""
        return self.advice[0]


def claim_page(*, by: Worker, fill_id: int) -> ClaimPage | None:
    """The claims of a fill, the one to work first; nothing when there is none.

    1 query, at most 6 more where the codes are about what the house has to look up.
    """
    tries = claims_of(by.pharmacy_id, fill_id)
    if not tries:
        return None
    to_work = [claim for claim in tries if is_to_work(claim)]
    claim = (to_work or tries)[0]
    case = case_of(claim, by=by)
    advice = advise(case)
    return ClaimPage(
        claim=claim,
        tries=try_lines(tries),
        says=sentence(claim) if to_work or claim.state == ClaimState.OUT else "",
        key=key_of(claim, advice[0]),
        advice=advice,
        focus=focus_of(claim, advice[0]),
        alike=alike(claim, advice[0]) if to_work else [],
        alternatives=alternatives(case.said.preferred, claim.fill, by=by),
        to_work=bool(to_work),
        may_go_on=may_go_on(claim),
    )


def claims_of(pharmacy_id: int, fill_id: int) -> list[Claim]:
    """Every claim of a fill with all that the page shows of it, newest first (1 query)."""
    rows = Claim.objects.filter(pharmacy_id=pharmacy_id, fill_id=fill_id).select_related(
        "fill__prescription__prescriber",
        "fill__patient",
        "fill__package__product",
        "outgoing",
        "coverage",
    )
    return list(rows.order_by("-pk"))


def focus_of(claim: Claim, advice: Advice) -> str:
    """Where the cursor belongs: the field of the form, else where the reason is typed.

    A fill that is not refused any more cannot be put off to a day.
    """
    if not claim.is_billing or not claim.codes:
        return "because" if not claim.is_billing else "cardholder_id"
    if advice.field == "on" and claim.fill.state != FillState.REJECTED:
        return "clarification"
    return advice.field if advice.place == "form" else "because"


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
