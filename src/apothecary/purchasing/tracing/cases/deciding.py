"""Investigating suspect product and deciding what it is: notes, samples, cleared or not."""

from dataclasses import dataclass

from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.states import Condition
from apothecary.purchasing.tracing.cases.models import (
    CaseNote,
    PartnerNotice,
    SuspectCase,
    SuspectPackage,
)
from apothecary.purchasing.tracing.cases.opening import OPEN_STATES, hold_name, note
from apothecary.purchasing.tracing.cases.rules import (
    TELL_WITHIN,
    Findings,
    clear_problems,
    says_problems,
    step_problems,
)
from apothecary.purchasing.tracing.cases.words import Product, Sender, told_illegitimate
from apothecary.purchasing.tracing.holding import come_out, lock_order_of
from apothecary.purchasing.tracing.rules import sample_size
from apothecary.purchasing.tracing.states import (
    OPEN,
    CaseState,
    Grounds,
    NoticeKind,
    Verdict,
    Why,
    next_case_state,
)
from apothecary.purchasing.tracing.verifying.asking import ask, seller_of
from apothecary.purchasing.tracing.verifying.models import Verification
from apothecary.purchasing.tracing.verifying.rules import Identifier
from apothecary.purchasing.wholesalers.actions import because_problems
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.stock.actions import lock_lot, release_lot
from apothecary.stock.models import LotState
from apothecary.stock.recalled.holding import lift_recalled, recalled_because


@dataclass(frozen=True, slots=True)
class Sample:
    """How many packages are to be verified, of how many that are known, and what was asked."""

    known: int
    wanted: int
    asked: tuple[Verification, ...]


def lock_case(*, by: Worker, case_id: int) -> SuspectCase:
    """A case of this pharmacy, held until the act ends (1 query)."""
    rows = SuspectCase.objects.select_for_update(of=("self",), no_key=True)
    found = (
        rows.select_related("package__product", "wholesaler")
        .filter(pharmacy_id=by.pharmacy_id, pk=case_id)
        .first()
    )
    if found is None:
        raise refuse("No such case here.", code="no-case", field="case_id")
    return found


@transaction.atomic
def add_note(*, by: Worker, case_id: int, says: str) -> CaseNote:
    """Write down what was found out or done about a case that is open."""
    by.must(Duty.MANAGE_STOCK)
    case = lock_case(by=by, case_id=case_id)
    refuse_if(says_problems(says) + step_problems(state_of(case), OPEN, "a note is written"))
    row = note(case, says.strip(), by=by)
    record(by=by, did=Deed.SUSPECT_NOTED, about=case, details={"says": says.strip()})
    return row


@transaction.atomic
def verify_sample(*, by: Worker, case_id: int) -> Sample:
    """Ask about as many packages of a case as the law wants verified (DSC-016: 3 or a tenth).

    What was asked for this case and has an answer, or waits for one, counts. A second time asks
    anew about what was refused or answered so that nobody can read it.
    """
    by.must(Duty.MANAGE_STOCK)
    case = lock_case(by=by, case_id=case_id)
    held = frozenset({CaseState.HELD})
    refuse_if(step_problems(state_of(case), held, "packages are verified"))
    known = identifiers_of(case)
    if not known:
        says = (
            "No package of it bears a serial number that is known here: ask whoever sold it, "
            "and write down what is said."
        )
        raise refuse(says, code="no-serial")
    last = last_verdicts(case)
    again = (Verdict.REFUSED, Verdict.UNCLEAR)
    done = {key for key, one in last.items() if one not in again}
    wanted = sample_size(len(known))
    open_ones = [one for one in known if str(one) not in done]
    count = max(0, wanted - sum(1 for one in known if str(one) in done))
    asked = [
        ask(by=by, asked=one, why=Why.SUSPECT, case_id=case.pk) for one in open_ones[:count]
    ]
    return Sample(len(known), wanted, tuple(asked))


def identifiers_of(case: SuspectCase) -> list[Identifier]:
    """Every package of a case that bears a serial number and came in here (2 queries)."""
    rows = list(case.packages.all())
    received = [one.received_id for one in rows if one.received_id]
    lots = [one.lot_id for one in rows if one.lot_id and not one.received_id]
    came = ReceivedPackage.objects.filter(pharmacy_id=case.pharmacy_id, undone_at=None)
    found = (came.filter(pk__in=received) | came.filter(lot_id__in=lots)).exclude(serial="")
    return [
        Identifier(
            row.gtin, row.serial, row.lot.number, row.lot.expires_on, row.receipt.wholesaler_id
        )
        for row in found.select_related("lot", "receipt").order_by("pk")
    ]


def last_verdicts(case: SuspectCase) -> dict[str, Verdict]:
    """The last word on each identifier that was asked about for a case (1 query)."""
    rows = Verification.objects.filter(pharmacy_id=case.pharmacy_id, case=case)
    return {
        str(Identifier(row.gtin, row.serial, row.lot, row.expires_on)): Verdict(row.verdict)
        for row in rows.order_by("asked_at", "pk")
    }


def findings_of(case: SuspectCase) -> Findings:
    """What is known of a case when somebody decides (2 queries)."""
    return Findings(
        state=state_of(case),
        notes=case.notes.count(),
        verdicts=tuple(last_verdicts(case).items()),
    )


def state_of(case: SuspectCase) -> CaseState:
    """The state as the rules know it."""
    return CaseState(case.state)


@transaction.atomic
def clear(*, by: Worker, case_id: int, because: str) -> SuspectCase:
    """A pharmacist finds suspect product fit: what the case held may be used again."""
    by.must(Duty.DECIDE_SUSPECT)
    case = lock_case(by=by, case_id=case_id)
    reasons = because_problems(because, "the product is cleared")
    refuse_if(clear_problems(findings_of(case)) + reasons)
    decide(case, CaseState.CLEARED, because, by=by)
    case.save()
    lift_recalled(by=by, recall=hold_name(case))
    packages = list(case.packages.select_related("lot", "received").order_by("pk"))
    for one in packages:
        if one.received is None and one.took_lot:
            give_lot_back(one, because, by=by)
    for one in packages:
        if one.received_id is not None:
            give_package_back(one.received_id, case, because, by=by)
    record(by=by, did=Deed.SUSPECT_CLEARED, about=case, details={"because": because.strip()})
    return case


def decide(case: SuspectCase, to: CaseState, because: str, *, by: Worker) -> None:
    """Who decided what, when and why; not saved yet."""
    case.state = next_case_state(state_of(case), to).value
    case.decided_at, case.decided_by = by.at, by.person_id
    case.because = because.strip()


def give_lot_back(one: SuspectPackage, because: str, *, by: Worker) -> None:
    """A lot that this case took out of use; not where another case or reason holds it now."""
    if one.lot_id is None:
        return
    lot = lock_lot(by=by, lot_id=one.lot_id)
    other = (
        SuspectPackage.objects.filter(
            pharmacy_id=by.pharmacy_id, lot=lot, received=None, case__state__in=OPEN_STATES
        )
        .exclude(case_id=one.case_id)
        .first()
    )
    if other is not None:
        other.took_lot = True
        other.save(update_fields=["took_lot"])
        return
    if lot.state != LotState.QUARANTINED or not lot.because.startswith("suspect, case "):
        # Somebody's reason was written over ours: it stays where it is.
        return
    recalled = recalled_because(
        pharmacy_id=by.pharmacy_id, package_id=lot.package_id, lot=lot.number
    )
    if recalled:
        lot.because = recalled
        lot.save(update_fields=["because"])
        return
    release_lot(by=by, lot_id=lot.pk, because=f"case {one.case_id} cleared: {because.strip()}")


def give_package_back(received_id: int, case: SuspectCase, because: str, *, by: Worker) -> None:
    """A package that stood in quarantine as suspect goes to be put away."""
    first = ReceivedPackage.objects.filter(pharmacy_id=by.pharmacy_id, pk=received_id)
    lock_order_of(first.values_list("line__order_id", flat=True).get(), by=by)
    rows = ReceivedPackage.objects.select_for_update(of=("self",))
    row = rows.select_related("lot__package__product", "line", "receipt").get(pk=received_id)
    if row.condition != Condition.SUSPECT or row.undone_at or row.put_away_at:
        return
    said = f"case {case.pk} cleared: {because.strip()}"
    come_out(row, by=by, because=said, did=Deed.SUSPECT_CLEARED)


@transaction.atomic
def call_illegitimate(
    *, by: Worker, case_id: int, grounds: Grounds, because: str
) -> SuspectCase:
    """A pharmacist determines that product is illegitimate: the 24 hours begin.

    What each known trading partner is to be told is written at once, for a person to send.
    """
    by.must(Duty.DECIDE_SUSPECT)
    case = lock_case(by=by, case_id=case_id)
    held = frozenset({CaseState.HELD})
    problems = step_problems(state_of(case), held, "it is determined to be illegitimate")
    refuse_if(problems + because_problems(because, "it is illegitimate"))
    decide(case, CaseState.ILLEGITIMATE, because, by=by)
    case.grounds, case.tell_by = grounds.value, by.at + TELL_WITHIN
    case.save()
    text = told_illegitimate(
        product_of(case),
        case=case.pk,
        grounds=grounds.value,
        because=case.because,
        at=by.at,
        sender=sender_of(by),
    )
    write_notices(case, NoticeKind.ILLEGITIMATE, text, by=by)
    details = {"grounds": grounds.value, "because": case.because, "tell_by": case.tell_by}
    record(by=by, did=Deed.ILLEGITIMATE_FOUND, about=case, details=details)
    return case


def write_notices(case: SuspectCase, kind: NoticeKind, text: str, *, by: Worker) -> int:
    """What each immediate trading partner is to be told; how many (2 queries)."""
    partners = sorted(partners_of(case))
    PartnerNotice.objects.bulk_create(
        PartnerNotice(
            pharmacy_id=case.pharmacy_id,
            case=case,
            wholesaler_id=one,
            kind=kind.value,
            text=text,
            made_at=by.at,
        )
        for one in partners
    )
    return len(partners)


def partners_of(case: SuspectCase) -> set[int]:
    """Whoever sold us what the case is about, as far as it is known."""
    found = {case.wholesaler_id} - {None}
    for one in identifiers_of(case):
        told = seller_of(pharmacy_id=case.pharmacy_id, gtin=one.gtin, serial=one.serial)
        found |= {one.wholesaler_id, told}
    return {one for one in found if one is not None}


def product_of(case: SuspectCase) -> Product:
    """The product of a case as it is named to others (1 query)."""
    rows = list(case.packages.order_by("pk").values_list("lot_number", "serial"))
    return Product(
        name=str(case.package.product),
        ndc=case.package.ndc,
        lots=tuple(sorted({lot for lot, _ in rows if lot})),
        serials=tuple(sorted({serial for _, serial in rows if serial})),
    )


def sender_of(by: Worker) -> Sender:
    """Who tells others (1 query)."""
    here = Pharmacy.objects.get(pk=by.pharmacy_id)
    address = f"{here.street}, {here.city}, {here.state} {here.postal_code}"
    return Sender(here.name, address, here.phone, by.name)
