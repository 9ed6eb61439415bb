"""What the house knows about a refused claim, gathered for the coach: rows in, facts out.

Only what the codes at hand could need is looked up: at most 6 queries, most often 2.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from django.db.models import F, QuerySet, Sum

from apothecary.claims.building import Sheet, sheet_for
from apothecary.claims.cards import cards_of
from apothecary.claims.coach import (
    Case,
    Known,
    Limits,
    Member,
    Said,
    Sent,
    ShelfPackage,
    changed_between,
    said_in,
    sent_in,
)
from apothecary.claims.coach.safe import ASKED_FOR_MEMBER, DATED
from apothecary.claims.eligibility import found_by
from apothecary.claims.models import Claim, Inquiry
from apothecary.claims.rules import day_in_words
from apothecary.claims.states import ClaimState, InquiryState, Kind
from apothecary.intake.actions.entry import drug_facts
from apothecary.intake.judging import read_sig
from apothecary.intake.sig_codes import codes_of
from apothecary.prescriptions.models import Fill, Judgement
from apothecary.prescriptions.writer import programme_of
from apothecary.staff.worker import Worker
from apothecary.stock.models import Balance, LotState
from apothecary.stock.queries import PICK_KINDS
from apothecary.wires.telecom import OtherCoverage, Reject

ABOUT_DAYS = frozenset({"19", "76", "9G", "7X", "AG", "925"})
ABOUT_PRODUCT = frozenset({"21", "54", "55", "77", "825", "8J"})
ABOUT_OTHERS = frozenset({"13", "7K", "7M", "8W"})
# A claim that was paid longer ago says little about the card of today.
PAID_WITHIN = timedelta(days=400)


def case_of(claim: Claim, *, by: Worker) -> Case:
    """One refused claim with everything the coach can use; its fill and rows are loaded."""
    said = said_of(claim)
    return Case(sent_of(claim), said, known_of(claim, set(said.codes), by=by))


def sent_of(claim: Claim) -> Sent:
    """What went out, from the bytes; of a claim that could not be written, nothing."""
    return sent_in(bytes(claim.outgoing.raw)) if claim.outgoing else Sent({})


def said_of(claim: Claim) -> Said:
    """What came back, from the bytes; else what the row has kept of it."""
    raw = claim.outgoing.answer if claim.outgoing else None
    found = said_in(bytes(raw)) if raw else None
    if found is not None:
        return found
    return Said(
        rejects=tuple(Reject(code) for code in claim.codes),
        messages=tuple([*claim.messages, *filter(None, [claim.problem])]),
        next_fill_on=claim.next_fill_on,
        help_desk=claim.help_desk,
    )


def sheet_of(claim: Claim) -> Sheet:
    """The sheet of the payer that was asked."""
    return sheet_for(claim.bin, claim.pcn)


def known_of(claim: Claim, codes: set[str], *, by: Worker) -> Known:
    """What the house knows that these codes may be about."""
    fill, sheet = claim.fill, sheet_of(claim)
    product = fill.package.product
    about_person = bool(codes & ASKED_FOR_MEMBER)
    safe_only = bool(codes & (ABOUT_DAYS | ABOUT_PRODUCT))
    return Known(
        plan=claim.plan_name,
        drug=f"{product.brand or product.name} {product.strength_said}",
        prescriber=str(fill.prescription.prescriber) if codes else "",
        sheet_pcns=sheet.pcns,
        sheet_help_desk=sheet.help_desk,
        pa_phone=sheet.pa_phone,
        days_proved=days_proved(fill, by=by) if codes & ABOUT_DAYS else None,
        reviewed=reviewed(fill) if safe_only else True,
        other_cards=other_cards(claim, by=by) if codes & ABOUT_OTHERS else 0,
        member=answered_member(claim) if about_person else None,
        paid=paid_member(claim, by=by) if about_person else None,
        shelf=on_the_shelf(fill, by=by) if codes & ABOUT_PRODUCT else None,
    )


def days_proved(fill: Fill, *, by: Worker) -> int | None:
    """The days that directions and quantity come to, where both are certain (1 query)."""
    rx = fill.prescription
    if fill.part != 1 or fill.quantity != rx.quantity:
        return None
    text = rx.directions_as_written or rx.directions
    drug = drug_facts(fill.package)
    reading = read_sig(text, f"{fill.quantity:f}", drug, codes_of(by.pharmacy_id))
    if not reading.directions.certain or reading.proof is None or reading.proof.doubts:
        return None
    return reading.proof.days


def reviewed(fill: Fill) -> bool:
    """Whether a pharmacist has looked at the data or judged a finding (1 query at most)."""
    if fill.data_reviewed or fill.prescription.reviewed_at is not None:
        return True
    return Judgement.objects.filter(pharmacy_id=fill.pharmacy_id, fill_id=fill.pk).exists()


def other_cards(claim: Claim, *, by: Worker) -> int:
    """How many other cards of the patient are good today (1 query)."""
    return sum(card.pk != claim.coverage_id for card in cards_of(claim.fill, by=by))


def answered_member(claim: Claim) -> Member | None:
    """Under what this payer says that it knows the patient, since this fill (1 query)."""
    inquiry = (
        inquiries_of(claim)
        .filter(state=InquiryState.FOUND.value)
        .select_related("outgoing")
        .order_by("-pk")
        .first()
    )
    found = found_by(inquiry) if inquiry else None
    if found is None:
        return None
    own = own_coverage(found.others, claim)
    return Member(
        how="the plan’s answer to our question",
        cardholder_id=found.insured.cardholder_id or (own.cardholder_id if own else ""),
        group=found.insured.group or (own.group if own else ""),
        person_code=own.person_code if own else "",
        pcn=own.pcn if own else "",
    )


def own_coverage(others: Sequence[OtherCoverage], claim: Claim) -> OtherCoverage | None:
    """The payer's own card among those it lists."""
    return next((one for one in others if one.bin == claim.bin), None)


def inquiries_of(claim: Claim) -> QuerySet[Inquiry]:
    """The eligibility questions about this patient to this payer since the fill was made."""
    return Inquiry.objects.filter(
        pharmacy_id=claim.pharmacy_id,
        patient_id=claim.fill.patient_id,
        bin=claim.bin,
        made_at__gte=claim.fill.created_at,
    )


def paid_member(claim: Claim, *, by: Worker) -> Member | None:
    """The person code under which this card was last paid for this patient (1 query)."""
    paid = (
        Claim.objects.filter(
            pharmacy_id=claim.pharmacy_id,
            fill__patient_id=claim.fill.patient_id,
            kind=Kind.BILLING.value,
            state=ClaimState.PAID.value,
            bin=claim.bin,
            cardholder_id=claim.cardholder_id,
            made_at__gte=by.at - PAID_WITHIN,
        )
        .exclude(person_code="")
        .order_by("-pk")
        .first()
    )
    if paid is None:
        return None
    return Member(
        how=f"the claim it paid on {day_in_words(paid.service_on)}",
        person_code=paid.person_code,
    )


def on_the_shelf(fill: Fill, *, by: Worker) -> ShelfPackage | None:
    """Another package of the product with enough on the shelf, the most first (1 query)."""
    free = (
        Balance.objects.filter(
            pharmacy_id=by.pharmacy_id,
            place__kind__in=PICK_KINDS,
            place__programme=programme_of(fill),
            lot__state=LotState.AVAILABLE,
            lot__package__product_id=fill.package.product_id,
            lot__package__in_use=True,
            lot__expires_on__gte=by.today + timedelta(days=fill.days_supply),
        )
        .exclude(lot__package_id=fill.package_id)
        .values_list("lot__package_id", "lot__package__ndc11")
        .annotate(free=Sum(F("on_hand") - F("reserved")))
        .filter(free__gte=fill.quantity)
        .order_by("-free", "lot__package__ndc11")
    )
    found = free.first()
    return ShelfPackage(found[0], found[1]) if found else None


def limits_of(claim: Claim, *, waiter: bool) -> Limits:
    """What binds the house in this fill: sheet, earlier corrections, what was typed (1 query).

    Somebody who waits at the counter is asked before a claim is put off.
    """
    allowed = set(sheet_of(claim).corrections)
    tries = tries_of(claim)
    return Limits(
        allowed=allowed - {DATED} if waiter else allowed,
        done=frozenset(rule for one in tries for rule in rules_in(one.corrected)),
        typed=typed_in(tries),
    )


def tries_of(claim: Claim) -> list[Claim]:
    """Every billing of this fill to this payer, oldest first (1 query)."""
    rows = Claim.objects.filter(
        fill_id=claim.fill_id, kind=Kind.BILLING.value, payer=claim.payer
    )
    return list(rows.select_related("outgoing").order_by("pk"))


def rules_in(corrected: str) -> set[str]:
    """The names of the rules in what a claim says it was corrected by."""
    return {part.partition(":")[0] for part in corrected.split("; ") if part}


def typed_in(tries: Sequence[Claim]) -> frozenset[str]:
    """The form's fields that a person changed from one try to the next."""
    typed: set[str] = set()
    for earlier, later in pairwise(tries):
        if later.corrected or earlier.outgoing is None or later.outgoing is None:
            continue
        changes = changed_between(bytes(earlier.outgoing.raw), bytes(later.outgoing.raw))
        typed |= {change.form_field for change in changes}
    return frozenset(typed - {""})
