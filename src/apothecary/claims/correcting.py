"""What the house corrects in refused claims by itself; everything else waits for a person.

Each refusal is looked at once when it came, and again when a payer has answered an inquiry
about the patient since. What binds the house stands in ``coach.safe`` and on the payer's
sheet. Each correction is journalled with its rule, before and after, and said on the claim.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from apothecary.claims.actions import date_it, lock_open, resubmit
from apothecary.claims.coach import Case, Correction, Limits, asks_for_member, corrections
from apothecary.claims.coach.safe import CORRECTABLE
from apothecary.claims.eligibility import ask_about_patient
from apothecary.claims.evidence import case_of, inquiries_of, limits_of, sheet_of
from apothecary.claims.models import Claim, Inquiry
from apothecary.claims.rules import Changes
from apothecary.claims.states import ClaimState, Kind
from apothecary.drugs.models import Package
from apothecary.intake.actions.correct import mend, mend_fill
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Refused
from apothecary.prescriptions.actions import Order
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.staff.models import Pharmacy
from apothecary.staff.signon import system_worker
from apothecary.staff.worker import Worker

INQUIRY = "E1"


def correct_rejects(pharmacy: Pharmacy, at: datetime, *, limit: int = 50) -> int:
    """Correct and send again what may be; ask the plan where it knows better. Returns how many.

    For the worker's loop; the connection stands in this pharmacy. Each claim is its own
    transaction.
    """
    by = system_worker(pharmacy, now=at)
    told_since = Inquiry.objects.filter(
        pharmacy=pharmacy,
        patient_id=OuterRef("fill__patient_id"),
        answered_at__gte=OuterRef("looked_at"),
    )
    fresh = Claim.objects.filter(
        Q(looked_at=None) | Exists(told_since),
        pharmacy=pharmacy,
        kind=Kind.BILLING.value,
        state=ClaimState.REJECTED.value,
        closed_at=None,
        dated_for=None,
        fill__state=FillState.REJECTED.value,
        codes__contained_by=sorted(CORRECTABLE),
    ).exclude(codes=[])
    ids = list(fresh.order_by("pk").values_list("pk", flat=True)[:limit])
    return sum(correct_claim(by=by, claim_id=claim_id) for claim_id in ids)


def correct_claim(*, by: Worker, claim_id: int) -> bool:
    """Correct one refused claim, or ask the plan about the patient; False when neither helps.

    What the rooms below refuse waits for a person as it was.
    """
    try:
        return correct_open(by=by, claim_id=claim_id)
    except Refused as refusal:
        problem = " ".join(problem.says for problem in refusal.problems)
        looked = Claim.objects.filter(pk=claim_id)
        looked.update(looked_at=by.at)
        looked.filter(problem="").update(problem=problem)
        return False


@transaction.atomic
def correct_open(*, by: Worker, claim_id: int) -> bool:
    """The claim held, its facts gathered, the corrections made together."""
    claim = lock_open(by=by, claim_id=claim_id)
    if claim.state != ClaimState.REJECTED or claim.fill.state != FillState.REJECTED:
        return False
    claim.looked_at = by.at
    claim.save(update_fields=["looked_at"])
    case = case_of(claim, by=by)
    limits = limits_of(claim, waiter=claim.fill.waiter)
    found = corrections(case, limits)
    if found:
        make(found, claim, by=by)
        return True
    return ask_plan(claim, case, limits, by=by)


def make(found: Sequence[Correction], claim: Claim, *, by: Worker) -> None:
    """Make the corrections and send the claim again, or put it off to its day."""
    says = "; ".join(one.says for one in found)
    for one in found:
        if one.on is not None:
            claim.corrected = says
            claim.save(update_fields=["corrected"])
            date_it(by=by, claim_id=claim.pk, on=one.on)
            return
        if one.days is not None or one.package_id is not None:
            mend_entry(one, claim.fill, by=by)
    form = {name: value for one in found for name, value in one.form.items()}
    changes = Changes(
        pcn=form.get("pcn"),
        group=form.get("group"),
        cardholder_id=form.get("cardholder_id"),
        person_code=form.get("person_code"),
        relationship=form.get("relationship"),
        other_coverage=form.get("other_coverage"),
    )
    resubmit(by=by, claim_id=claim.pk, changes=changes, corrected=says)


def mend_entry(one: Correction, fill: Fill, *, by: Worker) -> None:
    """Days or package, through the writers that mend an entry: nothing was reviewed yet."""
    rx, order = fill.prescription, order_as_it_is(fill)
    did = Deed.PRODUCT_CHANGED
    if one.days is not None:
        did, order = Deed.PRESCRIPTION_CORRECTED, replace(order, days_supply=one.days)
        mended = copy(rx)
        mended.days_supply = one.days
        mend(rx, mended)
    if one.package_id is not None:
        package = Package.objects.select_related("product").get(pk=one.package_id)
        order = replace(order, package=package)
    mend_fill(fill, order, price_usd=fill.price_usd, by=by)
    said = {"rule": one.rule, "before": one.before, "after": one.after, "because": one.because}
    record(by=by, did=did, about=rx if one.days is not None else fill, details=said)


def order_as_it_is(fill: Fill) -> Order:
    """The fill as an order that changes nothing."""
    rx = fill.prescription
    return Order(
        patient=rx.patient,
        prescriber=rx.prescriber,
        package=fill.package,
        quantity=fill.quantity,
        days_supply=fill.days_supply,
        refills=rx.refills,
        daw=fill.daw,
        origin=rx.origin,
        directions=rx.directions,
        written_on=rx.written_on,
        pay=fill.pay,
        waiter=fill.waiter,
        promised_at=fill.promised_at,
    )


def ask_plan(claim: Claim, case: Case, limits: Limits, *, by: Worker) -> bool:
    """Ask under what the plan knows the patient, once for a fill and payer."""
    sheet = sheet_of(claim)
    if INQUIRY not in sheet.takes or not asks_for_member(case, limits):
        return False
    if inquiries_of(claim).exists():
        return False
    pcn = sheet.pcns[0] if len(sheet.pcns) == 1 else claim.pcn
    ask_about_patient(by=by, patient_id=claim.fill.patient_id, bin_number=claim.bin, pcn=pcn)
    return True
