"""What the screens of prior authorizations show; each says how many questions it asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from apothecary.claims.authorization.carrying import waiting_claim
from apothecary.claims.authorization.consent import NOTHING, left_of, with_used
from apothecary.claims.authorization.facts import Tried, tried_before
from apothecary.claims.authorization.outgoing import ABOUT
from apothecary.claims.authorization.post import epa_addresses
from apothecary.claims.authorization.rules import (
    FLAG_DAYS,
    LIFTED_BY_CONSENT,
    Given,
    answers_in,
    is_ours,
    next_key,
    record_of,
    renewal_flag,
    unanswered,
    values_of,
    ways_of,
)
from apothecary.claims.authorization.states import (
    KIND_WORDS,
    LIVE,
    WAY_WORDS,
    AuthorizationState,
    Kind,
    Way,
)
from apothecary.claims.authorization.writing import questions_of
from apothecary.claims.building import Sheet
from apothecary.claims.models import Claim, PriorAuthorization
from apothecary.claims.payer_sheets import sheet_of
from apothecary.claims.states import ClaimState
from apothecary.journal.queries import history
from apothecary.prescriptions.states import FillState
from apothecary.staff.worker import Worker
from apothecary.wires.models import Outgoing
from apothecary.wires.script.authorization_model import Question

S = AuthorizationState
ROWS = 50
LIVE_STATES = sorted(state.value for state in LIVE)
RENEW = ("Alt+R", "renew it")


@dataclass(frozen=True, slots=True)
class Line:
    """One authorization on the list."""

    id: int
    rx_number: int
    patient: str
    drug: str
    strength: str
    plan: str
    state: str
    says: str
    ours: bool
    key: str
    key_says: str
    since: datetime
    due_at: datetime
    waits: bool
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the payer as the page shows it."""

    question: Question
    given: Given | None
    records: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the history."""

    at: datetime
    by: str
    deed: str
    says: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything about one authorization."""

    row: PriorAuthorization
    sheet: Sheet
    ways: tuple[Way, ...]
    says: str
    ours: bool
    key: str
    key_says: str
    questions: tuple[Asked, ...]
    title: str
    ready: bool
    tried: list[Tried]
    messages: list[Outgoing]
    history: list[Happened]
    left: Decimal | None
    waiting_claim_id: int | None
    renewable: str


@dataclass(frozen=True, slots=True)
class ForClaim:
    """What the page of a refused claim says about its authorization."""

    may_start: bool
    authorization_id: int | None
    says: str


def for_claim(claim: Claim) -> ForClaim:
    """Whether a consent would lift a refusal, and how one that is asked stands (1 query).

    For the reject page: with ``may_start`` one key posts to ``authorizations:start``, with an
    ``authorization_id`` one opens its page.
    """
    if claim.coverage_id is None:
        return ForClaim(may_start=False, authorization_id=None, says="")
    latest = (
        PriorAuthorization.objects.filter(
            prescription_id=claim.fill.prescription_id, coverage_id=claim.coverage_id
        )
        .order_by("-pk")
        .first()
    )
    refused = claim.is_billing and claim.state == ClaimState.REJECTED
    may = refused and claim.closed_at is None
    lifts = bool(LIFTED_BY_CONSENT.intersection(claim.codes))
    if latest is None:
        return ForClaim(may_start=may and lifts, authorization_id=None, says="")
    again = may and latest.state not in LIVE
    return ForClaim(may_start=again, authorization_id=latest.pk, says=sentence(latest))


def sentence(row: PriorAuthorization) -> str:
    """How it stands, in one sentence."""
    state = AuthorizationState(row.state)
    way = WAY_WORDS[Way(row.way)] if row.way else ""
    told = {
        S.DRAFT: f"not asked yet{': ' + row.said if row.said else ''}",
        S.ASKED: f"asked {way}, no answer yet",
        S.QUESTIONED: "the payer asks questions",
        S.DEFERRED: f"the payer decides later{': ' + row.said if row.said else ''}",
        S.APPROVED: f"approved, number {row.number}",
        S.DENIED: f"denied{': ' + row.said if row.said else ''}",
        S.WITHDRAWING: "taken back, the payer has not confirmed it yet",
        S.CANCELLED: f"ended{': ' + row.said if row.said else ''}",
        S.EXPIRED: f"number {row.number} has expired",
        S.UNANSWERED: "no usable answer from the payer",
    }
    says = told[state]
    if state is S.APPROVED and row.until_on:
        says += f" until {row.until_on:%B} {row.until_on.day}, {row.until_on.year}"
    return says


def open_list(*, by: Worker) -> list[Line]:
    """What is asked, what is ours to do, and what must be renewed (1 query)."""
    soon = Q(state=S.APPROVED.value) & (
        Q(until_on__lte=date.fromordinal(by.today.toordinal() + FLAG_DAYS[0]))
        | Q(quantity__isnull=False)
    )
    rows = (
        PriorAuthorization.objects.filter(
            Q(state__in=[*LIVE_STATES, S.DENIED.value, S.EXPIRED.value]) | soon,
            pharmacy_id=by.pharmacy_id,
            closed_at=None,
        )
        .exclude(pk__in=renewed(by))
        .annotate(used=Coalesce(with_used(), NOTHING))
        .select_related(
            "patient", "prescription", "package__product", "coverage", "fill", "questioned"
        )
        .order_by("made_at")
    )
    lines = [line for row in rows if (line := line_of(row, row.used, by=by)) is not None]
    lines.sort(key=lambda line: (not line.ours, not line.waits, line.due_at))
    return lines[:ROWS]


def renewed(by: Worker) -> QuerySet[PriorAuthorization, int | None]:
    """The authorizations that have a next one, as a subquery."""
    later = PriorAuthorization.objects.filter(
        pharmacy_id=by.pharmacy_id, earlier__isnull=False
    ).exclude(state=S.CANCELLED.value)
    return later.values_list("earlier_id", flat=True)


def line_of(row: PriorAuthorization, used: Decimal, *, by: Worker) -> Line | None:
    """One authorization as a line; none for an approved one that needs nothing."""
    state = AuthorizationState(row.state)
    questions = questions_of(row) if state is S.QUESTIONED else None
    ready = questions is not None and not unanswered(questions, answers_in(row.answers))
    key, key_says = next_key(state, way=row.way, ready=ready)
    says, ours = sentence(row), is_ours(state, way=row.way)
    if state in {S.APPROVED, S.EXPIRED}:
        flag = renewal(row, used, by=by)
        if not flag:
            return None
        says, ours, (key, key_says) = f"{says}: {flag}", True, RENEW
    product = row.package.product
    decided = state in {S.APPROVED, S.EXPIRED}
    waits = not decided and row.fill.state in {FillState.REJECTED, FillState.CLAIM}
    return Line(
        id=row.pk,
        rx_number=row.prescription.number,
        patient=str(row.patient),
        drug=product.brand or product.name,
        strength=product.strength_said,
        plan=row.coverage.plan_name,
        state=row.state,
        says=row.problem or says,
        ours=ours,
        key=key,
        key_says=key_says,
        since=row.asked_at or row.made_at,
        due_at=row.deadline_at or row.fill.promised_at,
        waits=waits,
        until_on=row.until_on,
    )


def renewal(row: PriorAuthorization, used: Decimal, *, by: Worker) -> str:
    """Why a renewal is due, empty while it is early."""
    if row.state == S.EXPIRED:
        return "renew it before the next fill"
    _, says = renewal_flag(
        on=by.today,
        until_on=row.until_on,
        left=left_of(row, used),
        need=row.prescription.quantity,
    )
    return says


def authorization_page(*, by: Worker, authorization_id: int) -> Page | None:
    """One authorization with questions, messages and history (5 queries)."""
    row = (
        PriorAuthorization.objects.filter(pharmacy_id=by.pharmacy_id, pk=authorization_id)
        .annotate(used=Coalesce(with_used(), NOTHING))
        .select_related(
            "patient",
            "prescription__prescriber",
            "package__product",
            "coverage",
            "fill__package__product",
            "outgoing",
            "questioned",
        )
        .first()
    )
    if row is None:
        return None
    sheet = sheet_of(row.coverage.bin, row.coverage.pcn)
    state = AuthorizationState(row.state)
    asked, title, ready = asked_of(row)
    key, key_says = next_key(state, way=row.way, ready=ready)
    renewable = renewal(row, row.used, by=by) if state in {S.APPROVED, S.EXPIRED} else ""
    if renewable:
        key, key_says = RENEW
    return Page(
        row=row,
        sheet=sheet,
        ways=ways_of(sheet, has_epa=row.coverage.bin in epa_addresses()),
        says=sentence(row),
        ours=is_ours(state, way=row.way) or bool(renewable),
        key=key,
        key_says=key_says,
        questions=asked,
        title=title,
        ready=ready,
        tried=tried_before(row.fill),
        messages=list(
            Outgoing.objects.filter(
                pharmacy_id=by.pharmacy_id, about=ABOUT, about_id=row.pk
            ).order_by("-pk")
        ),
        history=happened(row, by=by),
        left=left_of(row, row.used),
        waiting_claim_id=waiting_claim(row),
        renewable=renewable,
    )


def happened(row: PriorAuthorization, *, by: Worker) -> list[Happened]:
    """What was done about it, oldest first (1 query)."""
    lines = history(pharmacy_id=by.pharmacy_id, about=[("priorauthorization", row.pk)])
    found = []
    for line in lines:
        told = (line.details.get(name, "") for name in ("state", "told_by", "because", "said"))
        says = "; ".join(str(one) for one in told if one)
        found.append(Happened(line.at, line.by, line.deed, says))
    return found


def asked_of(row: PriorAuthorization) -> tuple[tuple[Asked, ...], str, bool]:
    """The payer's questions on their way, the set's title, and whether all are answered."""
    questions = questions_of(row)
    if questions is None:
        return (), "", False
    given: Mapping[str, Given] = answers_in(row.answers)
    asked = tuple(
        Asked(one, given.get(one.id), bool(record_of(one)))
        for one in questions.path(values_of(given))
    )
    return asked, questions.title, not unanswered(questions, given)


def kind_of(row: PriorAuthorization) -> str:
    """A first request, a renewal or an appeal, in words."""
    return KIND_WORDS[Kind(row.kind)]
