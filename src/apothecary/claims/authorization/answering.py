"""Taking a payer's answer about an authorization: kept raw, understood, acted on once."""

from django.db import transaction

from apothecary.claims.answering import keep_raw
from apothecary.claims.authorization.carrying import carry
from apothecary.claims.authorization.facts import record_facts
from apothecary.claims.authorization.outcomes import (
    Outcome,
    outcome_of_answer,
    outcome_of_verdict,
    outcome_of_withdrawal,
)
from apothecary.claims.authorization.outgoing import ABOUT, CASE, EPA_FORMAT, EPA_PARTY
from apothecary.claims.authorization.rules import (
    answers_in,
    prefilled,
    wait_for_inquiry,
)
from apothecary.claims.authorization.states import STEPS, AuthorizationState
from apothecary.claims.authorization.writing import lock_authorization, questions_of
from apothecary.claims.models import PriorAuthorization
from apothecary.claims.reading import Asked, read_answer
from apothecary.claims.rules import MOST_DOUBTS, passes_by_itself, reject_sentence
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.wires import Malformed
from apothecary.wires.lanes import wait_after
from apothecary.wires.models import Outgoing, OutgoingState
from apothecary.wires.script import Acknowledgement, parse_message
from apothecary.wires.script.authorization import read_authorization
from apothecary.wires.script.authorization_model import CANCEL, Verdict
from apothecary.wires.script.model import Header

S = AuthorizationState
WITHDRAWAL = "P2"
LONGEST_ID = 19
WAITS = "the payer has it and answers by a message of its own"


def take_answer(*, by: Worker, outgoing_id: int, raw: bytes) -> None:
    """Keep an answer from the claims line raw, then act on it, once."""
    keep_raw(by=by, key=f"{outgoing_id}", raw=raw)
    act_on_answer(by=by, outgoing_id=outgoing_id, raw=raw)


@transaction.atomic
def act_on_answer(*, by: Worker, outgoing_id: int, raw: bytes) -> None:
    """Do what follows from the answer to a P4, P3 or P2."""
    row = lock_asked(by=by, outgoing_id=outgoing_id)
    if row is None or row.outgoing is None:
        return
    sent = Asked.of(bytes(row.outgoing.raw))
    try:
        answer = read_answer(raw, sent)
    except Malformed as error:
        doubt(row, by=by, says=f"unusable answer: {error}")
        return
    codes = tuple(reject.code for reject in answer.rejects)
    if answer.rejected and passes_by_itself(codes) and row.doubts + 1 < MOST_DOUBTS:
        doubt(row, by=by, says=reject_sentence(codes, next_fill_on=None))
        return
    if sent.code == WITHDRAWAL:
        outcome = outcome_of_withdrawal(answer, had_number=bool(row.number))
    else:
        outcome = outcome_of_answer(answer)
    answered(outgoing_id, raw, by=by)
    settle(row, outcome, by=by)


def take_reply(*, by: Worker, outgoing_id: int, raw: bytes) -> None:
    """Keep what came back by HTTP raw, then act on it, once."""
    keep_script(by=by, raw=raw, key=f"{outgoing_id}")
    act_on_reply(by=by, outgoing_id=outgoing_id, raw=raw)


def keep_script(*, by: Worker, raw: bytes, key: str) -> None:
    """A message of the electronic way as it came (1 statement)."""
    keep_raw(by=by, key=key, raw=raw, partner=EPA_PARTY, wire=EPA_FORMAT)


@transaction.atomic
def act_on_reply(*, by: Worker, outgoing_id: int, raw: bytes) -> None:
    """Do what follows from an electronic response, or from its receipt."""
    row = lock_asked(by=by, outgoing_id=outgoing_id)
    if row is None or row.outgoing is None:
        return
    try:
        message = parse_message(raw)
        unnamed = message.kind == "Error" and not message.header.relates_to
        if message.header.relates_to != row.outgoing.key and not unnamed:
            says = f"is {message.header.relates_to!r}, {row.outgoing.key!r} was asked"
            raise Malformed("Header/RelatesToMessageID", says)
        if isinstance(message.body, Acknowledgement):
            receipt(row, message.kind, message.body, raw, by=by)
            return
        verdict = read_authorization(raw).body
        if not isinstance(verdict, Verdict):
            raise Malformed("Body", f"{message.kind} is no answer to it")
        must_answer(row, verdict)
    except Malformed as error:
        doubt(row, by=by, says=f"unusable answer: {error}")
        return
    decide(row, verdict, raw, by=by)


def decide(row: PriorAuthorization, verdict: Verdict, raw: bytes, *, by: Worker) -> None:
    """A verdict is in: it is written down, and its questions with what our records answer."""
    if row.outgoing is None:
        raise LookupError(f"authorization {row.pk} was never in the outbox")
    answered(row.outgoing.pk, raw, by=by)
    outcome = outcome_of_verdict(verdict, had_number=bool(row.number))
    if outcome.questions:
        row.outgoing.answer = raw
        row.questioned = row.outgoing
        start_answers(row, by=by)
    settle(row, outcome, by=by)


def receipt(
    row: PriorAuthorization, kind: str, body: Acknowledgement, raw: bytes, *, by: Worker
) -> None:
    """The payer has the request and answers later, or cannot take it."""
    if row.outgoing is None:
        raise LookupError(f"authorization {row.pk} was never in the outbox")
    says = body.description or body.code
    if kind != "Error":
        answered(row.outgoing.pk, raw, by=by)
        if row.state != S.WITHDRAWING:
            settle(row, Outcome(to=S.DEFERRED, says=WAITS), by=by)
    elif body.code == "900" and row.state == S.ASKED:
        answered(row.outgoing.pk, raw, by=by)
        settle(row, Outcome(to=S.DRAFT, says=f"the payer refused it: {says}"), by=by)
    else:
        doubt(row, by=by, says=f"the payer cannot take it now: {says}")


@transaction.atomic
def take_message(*, by: Worker, raw: bytes) -> bool:
    """A response that comes on its own, after a receipt; its bytes are kept by the caller.

    False when nothing of ours waits for it. Raises Malformed on what cannot be read, comes from
    somebody else than was asked, or answers another question.
    """
    message = read_authorization(raw)
    if not isinstance(message.body, Verdict):
        raise Malformed("Body", "asks for an authorization, and this is no payer")
    outgoing_id = asked_in(message.header, message.body, pharmacy_id=by.pharmacy_id)
    row = lock_asked(by=by, outgoing_id=outgoing_id, late=True) if outgoing_id else None
    if row is None or row.outgoing is None:
        return False
    if message.header.sender.value != row.outgoing.lane:
        says = f"is {message.header.sender.value!r}, {row.outgoing.lane!r} was asked"
        raise Malformed("Header/From", says)
    must_answer(row, message.body)
    decide(row, message.body, raw, by=by)
    return True


def asked_in(header: Header, verdict: Verdict, *, pharmacy_id: int) -> int | None:
    """The message of ours that is answered: by its number, else by that of the case (1 query).

    A payer that decides days later may know only the number of the case.
    """
    ours = Outgoing.objects.filter(pharmacy_id=pharmacy_id, about=ABOUT)
    if header.relates_to:
        return ours.filter(key=header.relates_to).values_list("pk", flat=True).first()
    number = verdict.reference.removeprefix(CASE)
    is_number = number.isascii() and number.isdigit() and len(number) < LONGEST_ID
    found = ours.filter(about_id=int(number)) if is_number else ours.none()
    return found.order_by("-pk").values_list("pk", flat=True).first()


def must_answer(row: PriorAuthorization, verdict: Verdict) -> None:
    """Only a withdrawal is answered by a cancellation, and by nothing else."""
    if (verdict.step == CANCEL) != (row.state == S.WITHDRAWING):
        raise Malformed("Body", f"{verdict.step}Response answers another question")


def start_answers(row: PriorAuthorization, *, by: Worker) -> None:
    """Fill in what our own records say; what was answered to the same questions stays."""
    questions = questions_of(row)
    if questions is None:
        return
    facts = record_facts(row.fill, Pharmacy.objects.get(pk=by.pharmacy_id))
    known = prefilled(questions, facts)
    kept = {name: one for name, one in answers_in(row.answers).items() if questions.one(name)}
    row.answers = {
        name: {"values": list(one.values), "source": one.source}
        for name, one in {**known, **kept}.items()
    }


def lock_asked(
    *, by: Worker, outgoing_id: int, late: bool = False
) -> PriorAuthorization | None:
    """The authorization a message is about, held; none when it was answered or replaced.

    ``late``: the message was receipted, and its answer comes now.
    """
    about = Outgoing.objects.filter(pk=outgoing_id, about=ABOUT)
    authorization_id = about.values_list("about_id", flat=True).first()
    if authorization_id is None:
        return None
    row = lock_authorization(by=by, authorization_id=authorization_id)
    waits = row.state in {S.ASKED, S.DEFERRED, S.WITHDRAWING}
    if row.outgoing is None or row.outgoing.pk != outgoing_id or not waits:
        return None
    open_states = {OutgoingState.WAITING, OutgoingState.SENT}
    return row if late or row.outgoing.state in open_states else None


def answered(outgoing_id: int, raw: bytes, *, by: Worker) -> None:
    """The message has its answer, byte for byte."""
    Outgoing.objects.filter(pk=outgoing_id).update(
        state=OutgoingState.ANSWERED, answered_at=by.at, answer=raw, problem="", held_by=None
    )


def settle(row: PriorAuthorization, outcome: Outcome, *, by: Worker) -> None:
    """Write down where it stands now, and carry a yes to the claim."""
    start = AuthorizationState(row.state)
    row.reference = outcome.reference or row.reference
    row.doubts = 0
    if start is S.DEFERRED and outcome.to in {S.DEFERRED, S.DRAFT}:
        still_waits(row, outcome, by=by)
        return
    if (start, outcome.to) not in STEPS:
        raise LookupError(f"an answer cannot take {start.value} to {outcome.to.value}")
    row.goes(outcome.to)
    row.said, row.codes, row.problem = outcome.says, list(outcome.codes), ""
    row.deadline_at = outcome.deadline_at
    row.inquire_at = None
    if outcome.to is S.DEFERRED:
        row.inquire_at = by.at + wait_for_inquiry(row.inquiries)
    if outcome.to in {S.APPROVED, S.DENIED}:
        row.decided_at, row.appeals = by.at, outcome.appeals
    if outcome.number:
        row.number, row.from_on, row.until_on = (
            outcome.number,
            outcome.from_on,
            outcome.until_on,
        )
        row.quantity, row.usd, row.refills = outcome.quantity, outcome.usd, outcome.refills
    if outcome.to is S.CANCELLED:
        row.closed_at = by.at
    row.save()
    told = {"state": row.state, "number": row.number, "said": row.said, "codes": row.codes}
    record(by=by, did=Deed.AUTHORIZATION_DECIDED, about=row, details=told)
    if start is not S.WITHDRAWING and outcome.to is S.APPROVED:
        carry(row, by=by)


def still_waits(row: PriorAuthorization, outcome: Outcome, *, by: Worker) -> None:
    """Asked how it stands, the payer has not decided; or it does not know what is asked."""
    row.inquiries += 1
    asks_on = outcome.to is S.DEFERRED
    row.inquire_at = by.at + wait_for_inquiry(row.inquiries) if asks_on else None
    row.problem = "" if asks_on else f"Asked how it stands: {outcome.says} Call the payer."
    row.save()


@transaction.atomic
def note_doubt(*, by: Worker, outgoing_id: int, says: str) -> None:
    """It may have arrived, and no answer came: the same bytes go out again, later."""
    row = lock_asked(by=by, outgoing_id=outgoing_id)
    if row is not None:
        doubt(row, by=by, says=says)


def doubt(row: PriorAuthorization, *, by: Worker, says: str) -> None:
    """Ask again with the same bytes, some times; then say that nobody answered.

    An inquiry that nobody answers changes nothing: the payer still has the request.
    """
    if row.outgoing is None:
        raise LookupError(f"authorization {row.pk} was never in the outbox")
    row.doubts += 1
    row.problem = says
    out = Outgoing.objects.filter(pk=row.outgoing.pk)
    if row.doubts < MOST_DOUBTS:
        out.update(next_try_at=by.at + wait_after(row.doubts), problem=says, held_by=None)
    else:
        out.update(state=OutgoingState.FAILED, problem=says, held_by=None)
        if row.state == S.ASKED:
            row.goes(S.UNANSWERED)
        elif row.state == S.WITHDRAWING:
            row.goes(S.APPROVED if row.number else S.DEFERRED)
        if row.state == S.DEFERRED:
            row.inquire_at = by.at + wait_for_inquiry(row.inquiries)
    row.save()
