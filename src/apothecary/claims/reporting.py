"""Telling the first payer of a fill what a later one paid (N1, N2, N3); nothing is paid by it.

A Part D plan counts what its member has truly paid, and learns of another payer's share only by
being told. Who wants to be told says so on its sheet (``takes``). What a later payer paid is
told once; when that claim is back, so is the report, and a claim paid anew is told in one.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from apothecary.claims.building import build_report, reversal_of
from apothecary.claims.coordination import other_payer
from apothecary.claims.facts import Terms, Turn, bill_of
from apothecary.claims.models import Claim, Report
from apothecary.claims.parts import slice_of
from apothecary.claims.payer_sheets import sheet_of, taking
from apothecary.claims.states import LIVE, ClaimState, Kind, ReportState
from apothecary.claims.submitting import FORMAT, PARTY
from apothecary.claims.told import ABOUT
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused, refuse
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.writer import lock_fill
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker
from apothecary.wires import Malformed
from apothecary.wires.models import Outgoing

TOLD, TAKEN_BACK, TOLD_ANEW = "N1", "N2", "N3"
STANDING = Q(code__in=[TOLD, TOLD_ANEW], state=ReportState.NOTED.value)
# As long as payers let a claim be taken back; what is older is closed everywhere.
REPORTED_WITHIN = timedelta(days=180)
LIVE_STATES = sorted(state.value for state in LIVE)


def report_due(pharmacy: Pharmacy, at: datetime, *, limit: int = 50) -> int:
    """Write what the first payers are to be told into the outbox; returns how many.

    For the worker's loop; the connection stands in this pharmacy. Each is its own transaction.
    """
    bins = taking(TOLD)
    if not bins:
        return 0
    by = system_worker(pharmacy, now=at)
    since = at - REPORTED_WITHIN
    told = untold(pharmacy.pk, since).filter(Exists(first_paid().filter(bin__in=bins)))
    ids = list(told.order_by("pk").values_list("pk", flat=True)[:limit])
    gone = list(
        outdated(pharmacy.pk, since).order_by("pk").values_list("pk", flat=True)[:limit]
    )
    return sum(tell(by=by, pharmacy=pharmacy, claim_id=one) for one in ids) + sum(
        take_back(by=by, report_id=one) for one in gone
    )


def first_paid() -> QuerySet[Claim]:
    """The first payer's claim that stands as paid, of the fill of a later one."""
    return Claim.objects.filter(
        fill_id=OuterRef("fill_id"),
        kind=Kind.BILLING.value,
        payer=1,
        state=ClaimState.PAID.value,
    )


def untold(pharmacy_id: int, since: datetime) -> QuerySet[Claim]:
    """Later payers' claims that are paid and of which nobody was told yet."""
    reports = Report.objects.filter(claim_id=OuterRef("pk"))
    return Claim.objects.filter(
        ~Exists(reports),
        pharmacy_id=pharmacy_id,
        made_at__gte=since,
        kind=Kind.BILLING.value,
        payer__gt=1,
        state=ClaimState.PAID.value,
    )


def outdated(pharmacy_id: int, since: datetime) -> QuerySet[Report]:
    """Reports that stand for a claim which is back, with none of its payer in its place."""
    later = Report.objects.filter(
        fill_id=OuterRef("fill_id"), payer=OuterRef("payer"), pk__gt=OuterRef("pk")
    )
    live = Claim.objects.filter(
        fill_id=OuterRef("fill_id"),
        payer=OuterRef("payer"),
        kind=Kind.BILLING.value,
        state__in=LIVE_STATES,
    )
    return Report.objects.filter(
        STANDING,
        ~Exists(later),
        ~Exists(live),
        pharmacy_id=pharmacy_id,
        made_at__gte=since,
        claim__state=ClaimState.REVERSED.value,
    )


@transaction.atomic
def tell(*, by: Worker, pharmacy: Pharmacy, claim_id: int) -> bool:
    """Tell the first payer what this claim's payer paid; False when there is nothing to tell.

    Where an earlier report of the fill stands it is taken back in the same breath (N3). What
    cannot be written is written down as refused: nobody is told, and a person can see why.
    """
    claim = Claim.objects.select_related("fill").get(pk=claim_id, pharmacy_id=by.pharmacy_id)
    fill = lock_fill(by=by, fill_id=claim.fill_id)
    claim.refresh_from_db()
    first = (
        Claim.objects.select_related("coverage")
        .filter(fill=fill, kind=Kind.BILLING.value, payer=1, state=ClaimState.PAID.value)
        .first()
    )
    again = Report.objects.filter(claim=claim).exists()
    if again or claim.state != ClaimState.PAID or first is None:
        return False
    last = Report.objects.filter(fill=fill, payer=claim.payer).order_by("-pk").first()
    anew = last is not None and last.state == ReportState.NOTED and last.code != TAKEN_BACK
    code = TOLD_ANEW if anew else TOLD
    try:
        raw = written(fill, first, claim, anew=anew, by=by, pharmacy=pharmacy)
    except (Malformed, Refused) as error:
        unsent = report_of(first, claim, code, by=by)
        unsent.state, unsent.problem = ReportState.REJECTED.value, str(error)
        unsent.save(force_insert=True)
        return False
    send(report_of(first, claim, code, by=by), raw, by=by)
    return True


def written(
    fill: Fill, first: Claim, claim: Claim, *, anew: bool, by: Worker, pharmacy: Pharmacy
) -> bytes:
    """The bytes of the report: the first payer's own claim, and who has paid what since.

    Raises Refused and Malformed, naming each field the payer could not read.
    """
    asks = slice_of(fill, fee_usd=pharmacy.dispensing_fee_usd)
    if asks is None or first.coverage is None:
        raise refuse("The first payer's claim has no card or no share.", code="report")
    turn = Turn(payers=claim.payers, others=(other_payer(claim),))
    bill = bill_of(
        fill, first.coverage, Terms(), asks=asks, by=by, pharmacy=pharmacy, turn=turn
    )
    said = replace(bill, service_on=first.service_on, patient_paid_usd=claim.copay_usd)
    return build_report(said, sheet_of(first.bin, first.pcn), anew=anew)


@transaction.atomic
def take_back(*, by: Worker, report_id: int) -> bool:
    """Take back what was told of a claim that is back; False when somebody was faster."""
    told = Report.objects.select_for_update(of=("self",)).select_related(
        "claim", "outgoing", "fill"
    )
    report = told.get(pk=report_id, pharmacy_id=by.pharmacy_id)
    if Report.objects.filter(claim_id=report.claim_id, code=TAKEN_BACK).exists():
        return False
    if report.outgoing is None or report.claim.state != ClaimState.REVERSED:
        return False
    raw = reversal_of(bytes(report.outgoing.raw), sheet_of(report.bin, report.pcn))
    back = copy_of(report, code=TAKEN_BACK, at=by.at)
    send(back, raw, by=by)
    return True


def report_of(first: Claim, claim: Claim, code: str, *, by: Worker) -> Report:
    """A report to the first payer about a later one's claim, not written yet."""
    return Report(
        pharmacy_id=by.pharmacy_id,
        fill_id=claim.fill_id,
        claim=claim,
        payer=claim.payer,
        code=code,
        plan_name=first.plan_name,
        bin=first.bin,
        pcn=first.pcn,
        state=ReportState.OUT.value,
        made_at=by.at,
    )


def copy_of(report: Report, *, code: str, at: datetime) -> Report:
    """Another report to the same payer about the same claim."""
    return Report(
        pharmacy_id=report.pharmacy_id,
        fill_id=report.fill_id,
        claim=report.claim,
        payer=report.payer,
        code=code,
        plan_name=report.plan_name,
        bin=report.bin,
        pcn=report.pcn,
        state=ReportState.OUT.value,
        made_at=at,
    )


def send(report: Report, raw: bytes, *, by: Worker) -> None:
    """Put it into the outbox, with its journal line."""
    report.outgoing = Outgoing.objects.create(
        pharmacy_id=by.pharmacy_id,
        party=PARTY,
        lane=report.bin,
        format=FORMAT,
        about=ABOUT,
        about_id=report.fill_id,
        key=f"report-{report.claim_id}-{report.code}",
        raw=raw,
        made_at=by.at,
        next_try_at=by.at,
    )
    report.save(force_insert=True)
    said = {"report": report.code, "plan": report.plan_name, "claim": report.claim_id}
    record(by=by, did=Deed.PAYER_TOLD, about=("fill", report.fill_id), details=said)
