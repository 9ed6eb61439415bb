"""Authorizations that stand where a test needs them, and what their payer says of them."""

from dataclasses import dataclass

from apothecary.claims.authorization.actions import ask, note_decision, start_authorization
from apothecary.claims.authorization.answering import take_reply
from apothecary.claims.authorization.rules import Decision
from apothecary.claims.authorization.states import Way
from apothecary.claims.models import PriorAuthorization
from apothecary.config.tests.world import World
from apothecary.doors.tests.claims_world import rejected_claim
from apothecary.wires.script.authorization_model import (
    DENIED,
    INITIATION,
    OPEN,
    REQUEST,
    Question,
    QuestionSet,
    Verdict,
)
from apothecary.wires.script.authorization_write import write_verdict
from apothecary.wires.script.model import Address

QUESTIONS = QuestionSet(
    "Q",
    "",
    (Question("1", "Quantity?", "Numeric"), Question("2", "What was tried?", "FreeText")),
)


@dataclass(frozen=True)
class Said:
    """A payer's message; what is not said is as a payer says it."""

    verdict: Verdict
    message_id: str = "R1"
    relates_to: str = ""
    sender: str = ""

    def xml(self, row: PriorAuthorization) -> bytes:
        """Its bytes, in answer to the last message about the authorization."""
        assert row.outgoing is not None
        return write_verdict(
            self.verdict,
            to=Address("1234567", "P"),
            sender=Address(self.sender or row.outgoing.lane, "PY"),
            message_id=self.message_id,
            sent_at=row.made_at,
            relates_to=self.relates_to or row.outgoing.key,
        )


def questioned(row: PriorAuthorization) -> Verdict:
    """The payer asks two questions, one of which our records answer."""
    return Verdict(
        step=INITIATION,
        reference=f"PA-{row.pk}",
        status=OPEN,
        case_id="C9",
        questions=QUESTIONS,
    )


def denied(row: PriorAuthorization) -> Verdict:
    """The payer says no and takes an appeal electronically."""
    return Verdict(
        step=REQUEST,
        reference=f"PA-{row.pk}",
        status=DENIED,
        case_id="C9",
        reason="step therapy",
        appeals=True,
    )


def drafted(world: World) -> PriorAuthorization:
    """An authorization right after the key on a refused claim."""
    claim_id = rejected_claim(world, unanswered=False, insured=True)
    return start_authorization(by=world.technician, claim_id=claim_id)


def asked(world: World) -> PriorAuthorization:
    """One that the payer was asked for electronically."""
    row = drafted(world)
    return ask(by=world.technician, authorization_id=row.pk, way=Way.EPA)


def told(world: World, verdict: Verdict, row: PriorAuthorization) -> PriorAuthorization:
    """The payer's answer has come."""
    raw = Said(verdict).xml(row)
    take_reply(by=world.system, outgoing_id=row.outgoing_id or 0, raw=raw)
    return PriorAuthorization.objects.select_related("outgoing").get(pk=row.pk)


def authorization(world: World, verb: str) -> PriorAuthorization:
    """One that stands where an act of this name would be done."""
    if verb == "renew":
        row = drafted(world)
        yes = Decision(approved=True, number="PA77", because="by phone")
        return note_decision(by=world.technician, authorization_id=row.pk, said=yes)
    if verb in {"answers", "appeal", "put-away"}:
        row = asked(world)
        verdict = questioned(row) if verb == "answers" else denied(row)
        return told(world, verdict, row)
    return drafted(world)
