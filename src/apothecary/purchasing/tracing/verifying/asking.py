"""Asking whether packages were really made; what is answered, late, refused or unclear."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.tracing.cases.models import SuspectPackage
from apothecary.purchasing.tracing.door import told_of
from apothecary.purchasing.tracing.models import TracedPackage
from apothecary.purchasing.tracing.rules import differing
from apothecary.purchasing.tracing.states import ANSWERED, OPEN, Verdict, Why
from apothecary.purchasing.tracing.verifying.models import Verification
from apothecary.purchasing.tracing.verifying.rules import (
    ANSWER_WITHIN,
    Identifier,
    identifier_problems,
    question,
)
from apothecary.purchasing.wholesalers.models import Wholesaler
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.wires.models import Outgoing

PARTY, ABOUT, FORMAT = "verifier", "verification", "verification"
# House policy (C): an answer is good for a return as long; after that it is asked for anew.
GOOD_FOR = timedelta(days=3)
MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """How it stands with one identifier: asked and not answered is no answer."""

    identifier: Identifier
    verification_id: int
    verdict: Verdict
    says: str
    late: bool

    @property
    def may_return(self) -> bool:
        """Whether the package may go back as saleable."""
        return self.verdict is Verdict.VERIFIED


@transaction.atomic
def ask(
    *, by: Worker, asked: Identifier, why: Why = Why.ASKED, case_id: int | None = None
) -> Verification:
    """Put a product identifier to the responder of whoever sold it to us, by the outbox.

    The same question that waits for its answer is not asked twice.
    """
    by.must(Duty.MANAGE_STOCK)
    refuse_if(identifier_problems(asked))
    wholesaler = responder_for(by=by, asked=asked)
    try:
        with transaction.atomic():
            row = put_question(asked, wholesaler, by=by, why=why, case_id=case_id)
    except IntegrityError:
        return waiting_rows(asked, wholesaler).get()
    details = {"gtin": asked.gtin, "serial": asked.serial, "lot": asked.lot, "why": why.value}
    record(by=by, did=Deed.VERIFICATION_ASKED, about=row, details=details)
    return row


def put_question(
    asked: Identifier, wholesaler: Wholesaler, *, by: Worker, why: Why, case_id: int | None
) -> Verification:
    """The question's row and its bytes in the outbox, together."""
    row = Verification.objects.create(
        pharmacy_id=by.pharmacy_id,
        wholesaler=wholesaler,
        case_id=case_id,
        gtin=asked.gtin,
        serial=asked.serial,
        lot=asked.lot,
        expires_on=asked.expires_on,
        why=why.value,
        asked_at=by.at,
        asked_by=by.person_id,
        due_at=by.at + ANSWER_WITHIN,
    )
    row.outgoing = Outgoing.objects.create(
        pharmacy_id=by.pharmacy_id,
        party=PARTY,
        lane=wholesaler.code,
        format=FORMAT,
        about=ABOUT,
        about_id=row.pk,
        key=f"verification-{row.pk}",
        raw=question(asked),
        made_at=by.at,
        next_try_at=by.at,
    )
    row.save(update_fields=["outgoing"])
    return row


def waiting_rows(asked: Identifier, wholesaler: Wholesaler) -> QuerySet[Verification]:
    """Rows of the same question that has no answer yet."""
    return Verification.objects.filter(
        pharmacy_id=wholesaler.pharmacy_id,
        wholesaler=wholesaler,
        gtin=asked.gtin,
        serial=asked.serial,
        lot=asked.lot,
        expires_on=asked.expires_on,
        verdict=Verdict.ASKED.value,
    )


def responder_for(*, by: Worker, asked: Identifier) -> Wholesaler:
    """Whose responder is asked; refused by name where nobody is known to have sold it."""
    wholesaler_id = asked.wholesaler_id or seller_of(
        pharmacy_id=by.pharmacy_id, gtin=asked.gtin, serial=asked.serial
    )
    rows = Wholesaler.objects.filter(pharmacy_id=by.pharmacy_id, pk=wholesaler_id or 0)
    found = rows.first()
    if found is None:
        says = f"Nobody is known to have sold us {asked}: say whose responder is to be asked."
        raise refuse(says, code="no-seller", field="wholesaler_id")
    return found


def seller_of(*, pharmacy_id: int, gtin: str, serial: str) -> int | None:
    """Who told us of a package, else on whose delivery it came (1 or 2 queries)."""
    told = TracedPackage.objects.filter(pharmacy_id=pharmacy_id, gtin=gtin, serial=serial)
    found = told.values_list("item__shipment__document__wholesaler_id", flat=True).first()
    if found is not None:
        return found
    came = ReceivedPackage.objects.filter(
        pharmacy_id=pharmacy_id, gtin=gtin, serial=serial, undone_at=None
    )
    return came.values_list("receipt__wholesaler_id", flat=True).first()


def verify_for_return(*, by: Worker, packages: Sequence[Identifier]) -> list[Answer]:
    """How it stands with packages that are to go back as saleable, in their order.

    What has no answer of the last days is asked; the answer comes by the outbox, so this is
    called again until each has one. A package returns only where ``may_return``. Refused with
    every reason, and nothing asked, where one cannot be asked about or is held as suspect.
    """
    by.must(Duty.MANAGE_STOCK)
    if not 0 < len(packages) <= MOST_AT_ONCE:
        says = f"Name 1 to {MOST_AT_ONCE} packages."
        raise refuse(says, code="bad-packages", field="packages")
    refuse_if([one for asked in packages for one in return_problems(asked, by=by)])
    return [standing(asked, by=by) for asked in packages]


def return_problems(asked: Identifier, *, by: Worker) -> list[Problem]:
    """Why nobody is asked about a package: its identifier, what was told of it, a case."""
    problems = identifier_problems(asked)
    told = told_of(by=by, gtin=asked.gtin, serial=asked.serial)
    if told is not None:
        problems += differing(told, lot=asked.lot, expires_on=asked.expires_on)
    held = SuspectPackage.objects.filter(
        pharmacy_id=by.pharmacy_id,
        gtin=asked.gtin,
        serial=asked.serial,
        case__state__in=[one.value for one in OPEN],
    ).first()
    if held is not None:
        says = f"{asked} is held as suspect product, case {held.case_id}."
        problems.append(Problem(says, code="held-suspect"))
    return [replace(one, says=f"{asked.serial or 'No serial'}: {one.says}") for one in problems]


def standing(asked: Identifier, *, by: Worker) -> Answer:
    """The last word on one package, asked for where there is none of late."""
    rows = Verification.objects.filter(
        pharmacy_id=by.pharmacy_id,
        gtin=asked.gtin,
        serial=asked.serial,
        lot=asked.lot,
        expires_on=asked.expires_on,
        asked_at__gt=by.at - GOOD_FOR,
    )
    if asked.wholesaler_id is not None:
        rows = rows.filter(wholesaler_id=asked.wholesaler_id)
    row = rows.order_by("-asked_at", "-pk").first()
    if row is None:
        row = ask(by=by, asked=asked, why=Why.RETURN)
    return answer_of(row, asked, by=by)


def answer_of(row: Verification, asked: Identifier, *, by: Worker) -> Answer:
    """A verification's row as other rooms read it."""
    verdict, late = Verdict(row.verdict), is_late(row, by=by)
    waits = "no answer yet, and it is late" if late else "no answer yet"
    return Answer(
        identifier=asked,
        verification_id=row.pk,
        verdict=verdict,
        says=row.says or waits,
        late=late,
    )


def is_late(row: Verification, *, by: Worker) -> bool:
    """Whether the answer should have come."""
    return row.verdict == Verdict.ASKED and row.due_at < by.at


def is_answered(row: Verification) -> bool:
    """Whether somebody said yes or no."""
    return Verdict(row.verdict) in ANSWERED
