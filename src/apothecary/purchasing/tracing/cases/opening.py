"""Holding suspect product: a package at the door, a lot anywhere, what a notice names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from apothecary.drugs.models import Package
from apothecary.drugs.recalled_lots import lot_key
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.states import Condition
from apothecary.purchasing.tracing.cases.models import CaseNote, SuspectCase, SuspectPackage
from apothecary.purchasing.tracing.cases.rules import notice_problems, says_problems
from apothecary.purchasing.tracing.states import OPEN, Source
from apothecary.purchasing.tracing.verifying.models import Verification
from apothecary.purchasing.wholesalers.actions import the_package
from apothecary.purchasing.wholesalers.models import Wholesaler
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.actions import lock_lot, take_out_of_use
from apothecary.stock.models import Lot, LotState
from apothecary.stock.recalled.holding import EVERY_LOT, hold_recalled

OPEN_STATES = sorted(one.value for one in OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """Why product is suspect, who says so, and by which number of theirs."""

    says: str
    source: Source = Source.HANDS
    reference: str = ""
    wholesaler_id: int | None = None


def open_for_received(row: ReceivedPackage, *, by: Worker, suspicion: Suspicion) -> SuspectCase:
    """A case about one package that stands in quarantine, in the caller's transaction."""
    receipt = row.receipt
    case = write_case(
        row.lot.package,
        by=by,
        suspicion=replace(
            suspicion, wholesaler_id=suspicion.wholesaler_id or receipt.wholesaler_id
        ),
    )
    SuspectPackage.objects.create(
        pharmacy_id=by.pharmacy_id,
        case=case,
        lot=row.lot,
        received=row,
        lot_number=row.lot.number,
        expires_on=row.lot.expires_on,
        gtin=row.gtin,
        serial=row.serial,
    )
    return case


def hold_at_the_door(
    row: ReceivedPackage, problems: Sequence[Problem], *, by: Worker
) -> SuspectCase | None:
    """The case of a package that was set aside as suspect; none under another name."""
    if row.condition != Condition.SUSPECT:
        return None
    told = [one.says for one in problems if one.code == Condition.SUSPECT.value]
    says = " ".join(filter(None, [row.because.strip(), *told])) or row.condition
    return open_for_received(row, by=by, suspicion=Suspicion(says=says, source=Source.DOOR))


@transaction.atomic
def suspect_lot(*, by: Worker, lot_id: int, suspicion: Suspicion) -> SuspectCase:
    """Take a lot out of use as suspect, wherever it stands, and open its case."""
    by.must(Duty.MANAGE_STOCK)
    refuse_if(says_problems(suspicion.says))
    must_be_ours(suspicion, by=by)
    lot = lock_lot(by=by, lot_id=lot_id)
    refuse_if(held_already(lot))
    case = write_case(lot.package, by=by, suspicion=suspicion)
    hold_whole(case, lot, by=by)
    return case


@transaction.atomic
def take_notice(
    *, by: Worker, ndc: str, lots: Sequence[str], suspicion: Suspicion
) -> SuspectCase:
    """Act on a notice of the FDA or a partner: find what it names, hold it, open the case.

    Without lots every lot of the package is meant. A lot that is not in the books stands in
    the case all the same: that nothing of it is here is an answer too.
    """
    by.must(Duty.MANAGE_STOCK)
    refuse_if(says_problems(suspicion.says))
    refuse_if(notice_problems(suspicion.source, suspicion.reference, lots))
    must_be_ours(suspicion, by=by)
    package = the_package(ndc)
    asked = {lot_key(one): one.strip() for one in lots if one.strip()}
    rows = Lot.objects.filter(pharmacy_id=by.pharmacy_id, package=package).order_by("pk")
    found = [lot for lot in rows if not asked or lot_key(lot.number) in asked]
    case = write_case(package, by=by, suspicion=suspicion)
    for lot in found:
        hold_whole(case, lock_lot(by=by, lot_id=lot.pk), by=by)
    here = {lot_key(lot.number) for lot in found}
    absent = [number for key, number in sorted(asked.items()) if key not in here]
    SuspectPackage.objects.bulk_create(
        SuspectPackage(pharmacy_id=by.pharmacy_id, case=case, lot_number=number)
        for number in absent
    )
    keep_out(case, absent if asked else [EVERY_LOT], by=by)
    return case


def hold_not_verified(row: Verification, *, by: Worker) -> SuspectCase | None:
    """A package of ours that was not verified is suspect; none where it is not in the books,
    or in a case already.
    """
    if row.case_id is not None:
        return None
    came = ReceivedPackage.objects.select_related("lot__package", "receipt").filter(
        pharmacy_id=row.pharmacy_id, gtin=row.gtin, serial=row.serial, undone_at=None
    )
    found = came.first()
    if found is None:
        return None
    lot = lock_lot(by=by, lot_id=found.lot_id)
    if held_already(lot) or case_of_received(found) is not None:
        return None
    suspicion = Suspicion(
        says=f"{row.wholesaler.name}: serial {row.serial} {row.says}", source=Source.RESPONDER
    )
    if found.is_good:
        case = write_case(
            lot.package, by=by, suspicion=replace(suspicion, wholesaler_id=row.wholesaler_id)
        )
        hold_whole(case, lot, by=by)
    else:
        case = open_for_received(found, by=by, suspicion=suspicion)
    row.case = case
    row.save(update_fields=["case"])
    return case


def write_case(package: Package, *, by: Worker, suspicion: Suspicion) -> SuspectCase:
    """The case's row and its first note."""
    case = SuspectCase.objects.create(
        pharmacy_id=by.pharmacy_id,
        package=package,
        wholesaler_id=suspicion.wholesaler_id,
        source=suspicion.source.value,
        says=suspicion.says.strip(),
        reference=suspicion.reference.strip(),
        opened_at=by.at,
        opened_by=by.person_id,
    )
    details = {"says": case.says, "source": case.source, "reference": case.reference}
    record(by=by, did=Deed.SUSPECT_HELD, about=case, details=details)
    return case


def hold_whole(case: SuspectCase, lot: Lot, *, by: Worker) -> SuspectPackage:
    """Put a lot, which the caller has locked, into a case and take it out of use."""
    free = lot.state == LotState.AVAILABLE
    keep_out(case, [lot.number], by=by)
    if free:
        take_out_of_use(lot, by=by, because=f"suspect, case {case.pk}: {case.says}")
    return SuspectPackage.objects.create(
        pharmacy_id=by.pharmacy_id,
        case=case,
        lot=lot,
        lot_number=lot.number,
        expires_on=lot.expires_on,
        took_lot=free,
    )


def keep_out(case: SuspectCase, lots: Sequence[str], *, by: Worker) -> None:
    """From now on none of these lots is taken in, or released but by this case (1 query)."""
    hold_recalled(
        by=by,
        package_id=case.package_id,
        recall=hold_name(case),
        lots=lots,
        says=f"It is held as suspect product: case {case.pk}.",
    )


def hold_name(case: SuspectCase) -> str:
    """Under which name the stock room holds what a case keeps out."""
    return f"suspect case {case.pk}"


def held_already(lot: Lot) -> list[Problem]:
    """Why a lot needs no second case (1 query)."""
    rows = SuspectPackage.objects.filter(
        pharmacy_id=lot.pharmacy_id, lot=lot, received=None, case__state__in=OPEN_STATES
    )
    found = rows.values_list("case_id", flat=True).first()
    if found is None:
        return []
    says = f"Lot {lot.number} is held as suspect already: case {found}."
    return [Problem(says, code="held-suspect", field="lot_id")]


def case_of_received(row: ReceivedPackage) -> int | None:
    """The open case a package is in itself (1 query)."""
    rows = SuspectPackage.objects.filter(
        pharmacy_id=row.pharmacy_id, received=row, case__state__in=OPEN_STATES
    )
    return rows.values_list("case_id", flat=True).first()


def must_be_ours(suspicion: Suspicion, *, by: Worker) -> None:
    """Refuse a wholesaler that is not on file here (1 query)."""
    if suspicion.wholesaler_id is None:
        return
    rows = Wholesaler.objects.filter(pharmacy_id=by.pharmacy_id, pk=suspicion.wholesaler_id)
    if not rows.exists():
        raise refuse("No such wholesaler here.", code="no-wholesaler", field="wholesaler_id")


def note(case: SuspectCase, says: str, *, by: Worker) -> CaseNote:
    """A line in the case's own history, in the caller's transaction."""
    return CaseNote.objects.create(
        pharmacy_id=case.pharmacy_id,
        case=case,
        at=by.at,
        by_id=by.person_id,
        by_name=by.name,
        says=says,
    )
