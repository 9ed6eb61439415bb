"""Writing what a payer is asked about an authorization, and the rows that are held for it."""

from apothecary.claims.authorization.facts import line_facts, parties_of, tried_before
from apothecary.claims.authorization.outgoing import CASE, addresses, next_key_of, put_out
from apothecary.claims.authorization.rules import answers_in, values_of
from apothecary.claims.building import billing_problems, build_authorization
from apothecary.claims.models import PriorAuthorization
from apothecary.claims.payer_sheets import sheet_of
from apothecary.law.problem import Refused, refuse
from apothecary.prescriptions.writer import lock_fill
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.wires import Malformed
from apothecary.wires.script.authorization import read_authorization
from apothecary.wires.script.authorization_model import (
    REQUEST,
    Asking,
    QuestionSet,
    Verdict,
)
from apothecary.wires.script.authorization_write import write_asking


def lock_authorization(*, by: Worker, authorization_id: int) -> PriorAuthorization:
    """The authorization and its fill, both held, the fill first as everywhere (3 queries)."""
    by.must(Duty.WORK_CLAIMS)
    found = PriorAuthorization.objects.filter(pharmacy_id=by.pharmacy_id, pk=authorization_id)
    fill_id = found.values_list("fill_id", flat=True).first()
    if fill_id is None:
        raise refuse("No such authorization in this pharmacy.", code="no-authorization")
    fill = lock_fill(by=by, fill_id=fill_id)
    row = (
        found.select_for_update(of=("self",))
        .select_related("outgoing", "questioned", "coverage")
        .get()
    )
    row.fill = fill
    return row


def write_line(row: PriorAuthorization, code: str, *, by: Worker) -> None:
    """A P4 (ask), P3 (inquire) or P2 (withdraw) into the outbox, or a refusal with why not."""
    fill = row.fill
    tried = tried_before(fill) if code == "P4" else []
    bill, ask = line_facts(row, fill=fill, by=by, tried=tried)
    sheet = sheet_of(row.coverage.bin, row.coverage.pcn)
    try:
        raw = build_authorization(bill, ask, sheet, code=code)
    except Malformed as error:
        raise Refused(billing_problems(error)) from error
    put_out(row, raw, key=next_key_of(row), electronic=False, by=by)


def write_electronic(
    row: PriorAuthorization, step: str, *, by: Worker, because: str = ""
) -> None:
    """One SCRIPT request into the outbox, or a refusal naming what is missing in it."""
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    to, sender = addresses(row, pharmacy.ncpdp_id)
    key = next_key_of(row)
    asking = Asking(
        step=step,
        reference=f"{CASE}{row.pk}",
        case_id=row.reference,
        parties=parties_of(row.fill, row.coverage, pharmacy),
        questions=questions_of(row) if step == REQUEST else None,
        answers=values_of(answers_in(row.answers)) if step == REQUEST else None,
        note=because,
    )
    try:
        raw = write_asking(asking, to=to, sender=sender, message_id=key, sent_at=by.at)
    except Malformed as error:
        raise Refused(billing_problems(error)) from error
    put_out(row, raw, key=key, electronic=True, by=by)


def questions_of(row: PriorAuthorization) -> QuestionSet | None:
    """The payer's questions, read from the bytes they came in; none when it has none."""
    if row.questioned is None or row.questioned.answer is None:
        return None
    body = read_authorization(bytes(row.questioned.answer)).body
    return body.questions if isinstance(body, Verdict) else None
