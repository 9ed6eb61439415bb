"""Losses of controlled drugs: reported, judged, told to DEA, filed, closed."""

from datetime import date, datetime
from decimal import Decimal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.said import Day, Id, Sent, Word
from apothecary.doors.api.schemas import BecauseIn
from apothecary.doors.api.vault_shapes import Instant, SecondIn
from apothecary.doors.asking import worker_of
from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.vault.losses import ending, filing, judging, noticing, queries, reporting
from apothecary.vault.losses.models import Loss
from apothecary.vault.losses.rules import Judgement
from apothecary.vault.losses.states import Kind, Way
from apothecary.vault.losses.taking import take_over

router = Router(tags=["vault"])
DONE = {200: None, **REFUSALS}
MADE = {200: int, **REFUSALS}
ONE = "/vault/losses/{loss_id}"


class MissingIn(Sent):
    """Units of a lot at a place; of what a carrier lost the package alone."""

    quantity: Decimal = Field(gt=0, max_digits=12, decimal_places=3)
    lot_id: Id | None = None
    place_id: Id | None = None
    package_id: Id | None = None

    def missing(self) -> reporting.Missing:
        return reporting.Missing(self.quantity, self.lot_id, self.place_id, self.package_id)


class LossIn(Sent):
    kind: Kind
    what: str = Field(max_length=500)
    lines: list[MissingIn] = Field(max_length=100)
    discovered_at: Instant | None = None


class JudgementIn(BecauseIn):
    kind: Kind
    factors: dict[str, Word] = Field(default_factory=dict)
    significant: bool | None = None
    in_custody: bool | None = None
    supplier_told: str = Field("", max_length=500)


class BreakageIn(SecondIn):
    recoverable: bool
    because: str = Field(max_length=500)


class NoticeIn(Sent):
    to: Word
    way: Way
    reference: Word = ""
    sent_at: Instant | None = None
    because: str = Field("", max_length=500)

    def sent(self) -> noticing.Sent:
        return noticing.Sent(self.to, self.way, self.reference, self.sent_at, self.because)


class TakeBackIn(NoticeIn):
    found: str = Field(max_length=500)


class FiledIn(Sent):
    filed_on: Day
    reference: Word
    because: str = Field("", max_length=500)


class DraftIn(Sent):
    fields: dict[str, str] = Field(max_length=40)


class ClockOut(Schema):
    name: str
    due_on: date
    done_on: date | None
    days_left: int
    late: bool
    cite: str


class LossOut(Schema):
    id: int
    number: int
    kind: str
    state: str
    outcome: str
    what: str
    missing: str
    discovered_at: datetime
    significant: bool | None
    noticed_on: date | None
    reported_on: date | None
    clocks: list[ClockOut]
    open: list[str]


def out(found: queries.Standing) -> LossOut:
    """A loss as a program reads it."""
    row = found.row
    return LossOut(
        id=row.pk, number=row.number, kind=row.kind, state=row.state, outcome=row.outcome,
        what=row.what, missing=queries.lost(row), discovered_at=row.discovered_at,
        significant=row.significant, noticed_on=row.noticed_on, reported_on=row.reported_on,
        clocks=[ClockOut.from_orm(clock) for clock in found.clocks],
        open=[problem.says for problem in found.problems],
    )  # fmt: skip


@router.get("/vault/losses", response={200: list[LossOut], **REFUSALS})
def losses(request: HttpRequest) -> list[LossOut]:
    """Losses with their clocks, the open ones first."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    return [out(each) for each in queries.losses(pharmacy_id=by.pharmacy_id, on=by.today)]


@router.get(ONE, response={200: LossOut, **REFUSALS})
def loss(request: HttpRequest, loss_id: Id) -> LossOut:
    """One loss."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    rows = Loss.objects.filter(pharmacy_id=by.pharmacy_id, pk=loss_id)
    row = rows.prefetch_related(queries.lines_of_all()).first()
    if row is None:
        raise refuse("No such loss here.", code="no-loss")
    return out(queries.standing(row, on=by.today))


@router.post("/vault/losses", response=MADE)
def report(request: HttpRequest, sent: LossIn) -> int:
    """Write down that something is missing or broken; answers its id."""
    lines = [line.missing() for line in sent.lines]
    found = reporting.Discovery(sent.kind, sent.what, lines, sent.discovered_at)
    return int(reporting.report_loss(by=worker_of(request), found=found).pk)


@router.post("/vault/losses/take-over/{case_id}", response=MADE)
def take(request: HttpRequest, case_id: Id) -> int:
    """Open the loss of a discrepancy that was handed on; answers its id."""
    return int(take_over(by=worker_of(request), case_id=case_id).pk)


@router.post(f"{ONE}/line", response=DONE)
def add_line(request: HttpRequest, loss_id: Id, sent: MissingIn) -> None:
    """Name one more thing that is missing."""
    reporting.add_line(by=worker_of(request), loss_id=loss_id, missing=sent.missing())


@router.post(f"{ONE}/draft", response=DONE)
def draft(request: HttpRequest, loss_id: Id, sent: DraftIn) -> None:
    """Keep what is known of the report so far."""
    reporting.save_draft(by=worker_of(request), loss_id=loss_id, typed=sent.fields)


@router.post(f"{ONE}/judge", response=DONE)
def judge(request: HttpRequest, loss_id: Id, sent: JudgementIn) -> None:
    """Judge it by the factors of the rule; it leaves the books."""
    said = Judgement(
        kind=sent.kind, because=sent.because, factors=sent.factors,
        significant=sent.significant, in_custody=sent.in_custody,
        supplier_told=sent.supplier_told,
    )  # fmt: skip
    judging.judge_loss(by=worker_of(request), loss_id=loss_id, said=said)


@router.post(f"{ONE}/breakage", response=DONE)
def breakage(request: HttpRequest, loss_id: Id, sent: BreakageIn) -> None:
    """Sign with a witness what broke or was spilled."""
    judging.sign_breakage(
        by=worker_of(request), loss_id=loss_id, recoverable=sent.recoverable,
        because=sent.because, signature=sent.signature(),
    )  # fmt: skip


@router.post(f"{ONE}/notice", response=DONE)
def notice(request: HttpRequest, loss_id: Id, sent: NoticeIn) -> None:
    """Write down that DEA was told."""
    noticing.give_notice(by=worker_of(request), loss_id=loss_id, sent=sent.sent())


@router.post(f"{ONE}/take-back", response=DONE)
def take_back(request: HttpRequest, loss_id: Id, sent: TakeBackIn) -> None:
    """Tell DEA that nothing was lost after all."""
    noticing.take_notice_back(
        by=worker_of(request), loss_id=loss_id, because=sent.found, sent=sent.sent()
    )


@router.post(f"{ONE}/file", response=DONE)
def file(request: HttpRequest, loss_id: Id, sent: FiledIn) -> None:
    """Sign Form 106 as it was filed, or its amendment."""
    said = filing.Filed(sent.filed_on, sent.reference, sent.because)
    filing.file_form(by=worker_of(request), loss_id=loss_id, filed=said)


@router.post(f"{ONE}/close", response=DONE)
def close(request: HttpRequest, loss_id: Id, sent: BecauseIn) -> None:
    """Close it."""
    ending.close_loss(by=worker_of(request), loss_id=loss_id, because=sent.because)


@router.post(f"{ONE}/call-off", response=DONE)
def call_off(request: HttpRequest, loss_id: Id, sent: BecauseIn) -> None:
    """Say that nothing was missing."""
    ending.call_off(by=worker_of(request), loss_id=loss_id, because=sent.because)
