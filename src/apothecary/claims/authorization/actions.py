"""The verbs: start, ask, answer the payer's questions, withdraw, appeal, renew, write down."""

from collections.abc import Mapping

from django.db import transaction

from apothecary.claims.actions import lock_open
from apothecary.claims.answering import sentence_of
from apothecary.claims.authorization.carrying import carry
from apothecary.claims.authorization.outgoing import called_off, is_out, requeue
from apothecary.claims.authorization.rules import (
    NOT_WRITABLE,
    UNWRITABLE,
    Decision,
    Given,
    answers_in,
    decision_problems,
    misfits,
    unanswered,
)
from apothecary.claims.authorization.states import (
    LIVE,
    AuthorizationState,
    Kind,
    Way,
)
from apothecary.claims.authorization.writing import (
    lock_authorization,
    questions_of,
    write_electronic,
    write_line,
)
from apothecary.claims.models import PriorAuthorization
from apothecary.claims.states import ClaimState
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.prescriptions.models import Fill
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.wires.script.authorization_model import APPEAL, CANCEL, INITIATION, REQUEST

S = AuthorizationState
LIVE_STATES = sorted(state.value for state in LIVE)
LONGEST_BECAUSE = 2000


@transaction.atomic
def start_authorization(*, by: Worker, claim_id: int) -> PriorAuthorization:
    """Start asking for the consent a refused claim lacks; a second click starts nothing."""
    by.must(Duty.WORK_CLAIMS)
    claim = lock_open(by=by, claim_id=claim_id)
    if not claim.is_billing or claim.state != ClaimState.REJECTED:
        raise refuse("Only a rejected claim needs an authorization.", code="claim-state")
    if claim.coverage is None:
        raise refuse("The card of this claim is gone: send the fill to entry.", code="no-card")
    live = live_one(claim.fill.prescription_id, claim.coverage.pk)
    if live is not None:
        return live
    row = PriorAuthorization.objects.create(
        pharmacy_id=by.pharmacy_id,
        patient_id=claim.fill.patient_id,
        coverage=claim.coverage,
        prescription_id=claim.fill.prescription_id,
        package_id=claim.fill.package_id,
        fill=claim.fill,
        claim=claim,
        kind=Kind.FIRST.value,
        state=S.DRAFT.value,
        because_codes=claim.codes,
        because="; ".join([sentence_of(claim), *claim.messages]),
        made_at=by.at,
    )
    note(row, Deed.AUTHORIZATION_STARTED, by=by)
    return row


@transaction.atomic
def renew(*, by: Worker, authorization_id: int) -> PriorAuthorization:
    """Start the next authorization before this one ends; a second click starts nothing."""
    before = lock_authorization(by=by, authorization_id=authorization_id)
    if before.state not in {S.APPROVED, S.EXPIRED}:
        raise refuse(f"This one is {before.state}: nothing to renew.", code="wrong-state")
    live = live_one(before.prescription_id, before.coverage_id)
    if live is not None:
        return live
    last = Fill.objects.filter(prescription_id=before.prescription_id).order_by("-pk").first()
    fill = last or before.fill
    row = PriorAuthorization.objects.create(
        pharmacy_id=by.pharmacy_id,
        patient_id=before.patient_id,
        coverage=before.coverage,
        prescription_id=before.prescription_id,
        package_id=fill.package_id,
        fill=fill,
        earlier=before,
        kind=Kind.RENEWAL.value,
        state=S.DRAFT.value,
        because_codes=before.because_codes,
        because=f"renewal of {before.number}",
        made_at=by.at,
    )
    note(row, Deed.AUTHORIZATION_STARTED, by=by)
    return row


def live_one(prescription_id: int, coverage_id: int) -> PriorAuthorization | None:
    """The authorization that is asked for already, if one is (1 query)."""
    return PriorAuthorization.objects.filter(
        prescription_id=prescription_id, coverage_id=coverage_id, state__in=LIVE_STATES
    ).first()


@transaction.atomic
def ask(*, by: Worker, authorization_id: int, way: Way) -> PriorAuthorization:
    """Ask the payer, this way; what got no answer is asked again with the same bytes."""
    row = lock_authorization(by=by, authorization_id=authorization_id)
    if row.state == S.UNANSWERED:
        requeue(row, at=by.at)
    elif row.state != S.DRAFT:
        raise refuse(f"This one is {row.state}: the payer is not asked twice.", code="asked")
    elif way is Way.LINE:
        write_line(row, "P4", by=by)
    elif way is Way.EPA:
        write_electronic(row, INITIATION, by=by)
    if row.state == S.DRAFT:
        row.way, row.asked_at, row.asked_by = way.value, by.at, by.person_id
    row.goes(S.ASKED)
    row.save()
    note(row, Deed.AUTHORIZATION_ASKED, by=by)
    return row


@transaction.atomic
def answer_questions(
    *,
    by: Worker,
    authorization_id: int,
    given: Mapping[str, tuple[str, ...]],
    told_by: str,
    send: bool,
) -> PriorAuthorization:
    """Keep the answers that are known so far, and send them when all are there.

    ``given`` is by question; ``told_by`` is who at the prescriber's said it: without a name
    only what our own records answer is taken. An answer left empty is taken back.
    """
    row = lock_authorization(by=by, authorization_id=authorization_id)
    questions = questions_of(row)
    if row.state != S.QUESTIONED or questions is None:
        raise refuse(f"This one is {row.state}: the payer asks nothing.", code="wrong-state")
    before = answers_in(row.answers)
    answers = dict(before)
    for name, values in given.items():
        kept = before.get(name)
        if not values:
            answers.pop(name, None)
        elif kept is None or kept.values != values:
            answers[name] = Given(values, told_by.strip() or "records")
    refuse_if(misfits(questions, answers))
    if send:
        refuse_if(unanswered(questions, answers))
    row.answers = {
        name: {"values": list(one.values), "source": one.source}
        for name, one in answers.items()
    }
    if send:
        write_electronic(row, REQUEST, by=by)
        row.goes(S.ASKED)
    row.save()
    changed = sorted(name for name, one in answers.items() if before.get(name) != one)
    said = {"questions": changed, "told_by": told_by.strip(), "sent": send}
    note(row, Deed.AUTHORIZATION_ANSWERED, by=by, said=said)
    return row


@transaction.atomic
def withdraw(*, by: Worker, authorization_id: int, because: str) -> PriorAuthorization:
    """Take a request or a consent back; what the payer knows of, it is told."""
    row = lock_authorization(by=by, authorization_id=authorization_id)
    must_say(because)
    if row.state not in {*LIVE, S.APPROVED} or row.state == S.WITHDRAWING:
        raise refuse(f"This one is {row.state}: nothing to withdraw.", code="wrong-state")
    knows = row.reference or row.number
    if row.way == Way.LINE and knows:
        write_line(row, "P2", by=by)
        row.goes(S.WITHDRAWING)
    elif row.way == Way.EPA and row.reference:
        write_electronic(row, CANCEL, by=by, because=because.strip())
        row.goes(S.WITHDRAWING)
    elif row.way != Way.FAX and is_out(row) and not called_off(row):
        raise refuse("The payer may have it: wait for its answer.", code="authorization-out")
    elif row.state == S.APPROVED:
        says = "The payer gave it by phone or fax: ask it there to take it back."
        raise refuse(says, code="authorization-phone")
    else:
        row.goes(S.CANCELLED)
        row.closed_at = by.at
    row.save()
    note(row, Deed.AUTHORIZATION_ENDED, by=by, said={"because": because.strip()})
    return row


@transaction.atomic
def appeal(*, by: Worker, authorization_id: int, because: str) -> PriorAuthorization:
    """Contradict a denial: electronically where the payer takes it so, else on paper."""
    row = lock_authorization(by=by, authorization_id=authorization_id)
    must_say(because)
    if row.state != S.DENIED:
        raise refuse(f"This one is {row.state}: only a no is appealed.", code="wrong-state")
    row.kind = Kind.APPEAL.value
    if row.way == Way.EPA and row.appeals:
        write_electronic(row, APPEAL, by=by, because=because.strip())
    else:
        row.way, row.outgoing = Way.FAX.value, None
    row.because = because.strip()
    row.asked_at, row.asked_by, row.decided_at = by.at, by.person_id, None
    row.goes(S.ASKED)
    row.save()
    note(row, Deed.AUTHORIZATION_ASKED, by=by, said={"because": because.strip()})
    return row


@transaction.atomic
def note_decision(*, by: Worker, authorization_id: int, said: Decision) -> PriorAuthorization:
    """Write down what the payer decided by phone, fax or letter; a yes goes to the claim."""
    row = lock_authorization(by=by, authorization_id=authorization_id)
    refuse_if(decision_problems(said))
    if row.state not in LIVE or row.state == S.WITHDRAWING:
        raise refuse(f"This one is {row.state}: it is decided.", code="wrong-state")
    if is_out(row) and not called_off(row):
        row.outgoing = None
    row.goes(S.APPROVED if said.approved else S.DENIED)
    row.way = row.way or Way.FAX.value
    row.said, row.decided_at, row.problem = said.because.strip(), by.at, ""
    if said.approved:
        row.number, row.from_on, row.until_on = said.number, said.from_on, said.until_on
        row.quantity = said.quantity
    row.save()
    told = {"number": row.number, "because": row.said}
    note(row, Deed.AUTHORIZATION_TYPED, by=by, said=told)
    if said.approved:
        carry(row, by=by)
    return row


@transaction.atomic
def put_away(*, by: Worker, authorization_id: int) -> PriorAuthorization:
    """Nothing more is to be done about it: it leaves the list, its number stays good."""
    row = lock_authorization(by=by, authorization_id=authorization_id)
    if row.state in LIVE:
        raise refuse(f"This one is {row.state}: withdraw it instead.", code="wrong-state")
    if row.closed_at is None:
        row.closed_at = by.at
        row.save(update_fields=["closed_at"])
        note(row, Deed.AUTHORIZATION_ENDED, by=by)
    return row


def must_say(because: str) -> None:
    """Every end and every appeal has a reason, which a message can carry."""
    if not because.strip():
        raise refuse("Say why.", field="because", code="authorization-because")
    if len(because) > LONGEST_BECAUSE:
        says = f"The reason may have {LONGEST_BECAUSE} characters."
        raise refuse(says, field="because", code="authorization-because")
    if UNWRITABLE.search(because):
        raise refuse(f"It {NOT_WRITABLE}.", field="because", code="authorization-because")


def note(
    row: PriorAuthorization,
    did: Deed,
    *,
    by: Worker,
    said: Mapping[str, object] | None = None,
) -> None:
    """One line in the journal about the authorization."""
    details: dict[str, object] = {"state": row.state, "kind": row.kind, "way": row.way}
    details |= {"fill": row.fill_id, "coverage": row.coverage_id, **(said or {})}
    record(by=by, did=did, about=row, details=details)
