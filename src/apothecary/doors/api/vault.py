"""The vault: counts, discrepancies, the log of its door, inventories, powers, papers."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router

from apothecary.doors.api.prescriptions import REFUSALS
from apothecary.doors.api.said import Id, Word
from apothecary.doors.api.schemas import BecauseIn
from apothecary.doors.api.vault_shapes import (
    AccessIn,
    BookLineOut,
    BookOut,
    CloseCaseIn,
    ControlledDrugOut,
    DiscrepancyOut,
    GrantPowerIn,
    InventoryClockOut,
    InventoryFoundIn,
    InventoryLineOut,
    InventoryOut,
    RevokePowerIn,
    SecondIn,
    StartInventoryIn,
    StartVaultCountIn,
    VaultCountIn,
    VaultCountLineOut,
    VaultCountOut,
    VaultPolicyIn,
)
from apothecary.doors.asking import worker_of
from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.vault import inspection
from apothecary.vault.book import attorneys, cases, counting, inventory, perpetual
from apothecary.vault.book.access import log_access
from apothecary.vault.book.models import DiscrepancyCase, Inventory, VaultCount
from apothecary.vault.book.policy import Asks, say_policy
from apothecary.vault.inspection import days_asked
from apothecary.vault.losses.taking import hand_on_as_loss

router = Router(tags=["vault"])
DONE = {200: None, **REFUSALS}
MADE = {200: int, **REFUSALS}
MOST = 500


@router.get("/vault/drugs", response={200: list[ControlledDrugOut], **REFUSALS})
def drugs(request: HttpRequest) -> list[perpetual.DrugLine]:
    """Every controlled drug that was ever here, with what stands here."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    return perpetual.controlled_drugs(pharmacy_id=by.pharmacy_id)


@router.get("/vault/books/{product_id}", response={200: BookOut, **REFUSALS})
def book(
    request: HttpRequest,
    product_id: Id,
    first: Word = "",
    last: Word = "",
    page: Annotated[int, Field(ge=1, le=100_000)] = 1,
) -> BookOut:
    """A page of the perpetual book of a drug, oldest first."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    drug = perpetual.drug_of(product_id)
    zone = Pharmacy.objects.values_list("time_zone", flat=True).get(pk=by.pharmacy_id)
    days = days_asked({"first": first, "last": last}, today=by.today)
    period = perpetual.period_of(*days, zone=zone)
    sums = perpetual.book_sums(pharmacy_id=by.pharmacy_id, drug=drug, period=period)
    lines = perpetual.book_lines(
        pharmacy_id=by.pharmacy_id, drug=drug, period=period, page=page
    )
    return BookOut(
        drug=drug.says,
        opening=sums.opening,
        closing=sums.closing,
        lines=[BookLineOut.from_orm(line) for line in lines],
        pages=max(-(-sums.lines // perpetual.PAGE), 1),
        stands=perpetual.stands_here(pharmacy_id=by.pharmacy_id, drug=drug)[0],
    )


@router.post("/vault/counts", response=MADE)
def start_count(request: HttpRequest, sent: StartVaultCountIn) -> int:
    """Begin a count with a second person; answers its id."""
    by = worker_of(request)
    made = counting.start_vault_count(by=by, place_id=sent.place_id, signature=sent.signature())
    return int(made.pk)


@router.get("/vault/counts/open", response={200: list[VaultCountOut], **REFUSALS})
def open_counts(request: HttpRequest) -> list[VaultCountOut]:
    """Counts that are not closed, with their lines."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    rows = VaultCount.objects.filter(pharmacy_id=by.pharmacy_id, closed_at=None)
    return [
        VaultCountOut(
            id=row.pk,
            place_id=row.place_id,
            closed_at=row.closed_at,
            lines=[VaultCountLineOut.from_orm(line) for line in row.lines.order_by("id")],
        )
        for row in rows.prefetch_related("lines")[:MOST]
    ]


@router.post("/vault/counts/{count_id}/give-up", response=DONE)
def give_up_count(request: HttpRequest, count_id: Id, sent: BecauseIn) -> None:
    """End a count with lines nobody has counted."""
    counting.give_up_count(by=worker_of(request), count_id=count_id, because=sent.because)


@router.post("/vault/counts/lines/{line_id}/count", response={200: str, **REFUSALS})
def enter_count(request: HttpRequest, line_id: Id, sent: VaultCountIn) -> str:
    """Say how much there is; answers where the line stands."""
    line = counting.enter_vault_count(
        by=worker_of(request), line_id=line_id, counted=sent.counted
    )
    return line.state


@router.get("/vault/discrepancies", response={200: list[DiscrepancyOut], **REFUSALS})
def discrepancies(request: HttpRequest) -> list[DiscrepancyCase]:
    """Discrepancies, the last found first."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    rows = DiscrepancyCase.objects.filter(pharmacy_id=by.pharmacy_id)
    return list(rows.order_by("-id")[:MOST])


@router.post("/vault/discrepancies/{case_id}/note", response=DONE)
def note(request: HttpRequest, case_id: Id, sent: BecauseIn) -> None:
    """Write into a case what somebody found out."""
    cases.note_case(by=worker_of(request), case_id=case_id, text=sent.because)


@router.post("/vault/discrepancies/{case_id}/explain", response=DONE)
def explain(request: HttpRequest, case_id: Id, sent: BecauseIn) -> None:
    """Say what has happened."""
    cases.explain_case(by=worker_of(request), case_id=case_id, explanation=sent.because)


@router.post("/vault/discrepancies/{case_id}/unexplained", response=DONE)
def unexplained(request: HttpRequest, case_id: Id, sent: BecauseIn) -> None:
    """Say that nothing explains it."""
    cases.find_unexplained(by=worker_of(request), case_id=case_id, explanation=sent.because)


@router.post("/vault/discrepancies/{case_id}/close", response=DONE)
def close(request: HttpRequest, case_id: Id, sent: CloseCaseIn) -> None:
    """Close a case: a pharmacist's reason and correcting move."""
    cases.close_case(
        by=worker_of(request), case_id=case_id, because=sent.because, correct=sent.correct
    )


@router.post("/vault/discrepancies/{case_id}/hand-on", response=DONE)
def hand_on(request: HttpRequest, case_id: Id, sent: BecauseIn) -> None:
    """Hand a case on as a suspected loss; the loss is opened by the same act."""
    hand_on_as_loss(by=worker_of(request), case_id=case_id, because=sent.because)


@router.post("/vault/door", response=MADE)
def door(request: HttpRequest, sent: AccessIn) -> int:
    """Write down that the vault was opened or shut, or that its power failed."""
    row = log_access(
        by=worker_of(request),
        place_id=sent.place_id,
        kind=sent.kind,
        happened_at=sent.at,
        because=sent.because,
        signature=sent.signature(),
    )
    return int(row.pk)


@router.get("/vault/inventories/clock", response={200: InventoryClockOut, **REFUSALS})
def clock(request: HttpRequest) -> object:
    """When the next inventory of everything is due."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    return inventory.inventory_clock(pharmacy_id=by.pharmacy_id, today=by.today)


@router.get("/vault/inventories/{inventory_id}", response={200: InventoryOut, **REFUSALS})
def one_inventory(request: HttpRequest, inventory_id: Id) -> InventoryOut:
    """An inventory with its lines."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    rows = Inventory.objects.filter(pharmacy_id=by.pharmacy_id, pk=inventory_id)
    row = rows.first()
    if row is None:
        raise refuse("No such inventory here.", code="no-inventory")
    return InventoryOut(
        id=row.pk,
        kind=row.kind,
        business=row.business,
        state=row.state,
        taken_on=row.taken_on,
        lines=[InventoryLineOut.from_orm(line) for line in row.lines.order_by("id")],
    )


@router.post("/vault/inventories", response=MADE)
def start_inventory(request: HttpRequest, sent: StartInventoryIn) -> int:
    """Begin an inventory; answers its id."""
    made = inventory.start_inventory(
        by=worker_of(request),
        kind=sent.kind,
        business=sent.business,
        product_id=sent.product_id,
    )
    return int(made.pk)


@router.post("/vault/inventories/lines/{line_id}/count", response=DONE)
def count_line(request: HttpRequest, line_id: Id, sent: InventoryFoundIn) -> None:
    """Say what is there of a lot."""
    found = inventory.Counted(sent.full, sent.opened, sent.estimated)
    inventory.count_line(by=worker_of(request), line_id=line_id, found=found)


@router.post("/vault/inventories/{inventory_id}/sign", response=DONE)
def sign(request: HttpRequest, inventory_id: Id, sent: SecondIn) -> None:
    """Sign an inventory: from now on it is a record."""
    inventory.sign_inventory(
        by=worker_of(request), inventory_id=inventory_id, signature=sent.signature()
    )


@router.post("/vault/inventories/{inventory_id}/give-up", response=DONE)
def give_up(request: HttpRequest, inventory_id: Id, sent: BecauseIn) -> None:
    """End an inventory that is not signed."""
    inventory.give_up_inventory(
        by=worker_of(request), inventory_id=inventory_id, because=sent.because
    )


@router.post("/vault/attorneys", response=MADE)
def grant(request: HttpRequest, sent: GrantPowerIn) -> int:
    """Put a signed power of attorney on file."""
    said = attorneys.Grant(
        person_id=sent.person_id,
        registrant_name=sent.registrant_name,
        registrant_title=sent.registrant_title,
        granted_on=sent.granted_on,
        first_witness=sent.first_witness,
        second_witness=sent.second_witness,
    )
    return int(attorneys.grant_power(by=worker_of(request), grant=said).pk)


@router.post("/vault/attorneys/{power_id}/revoke", response=DONE)
def revoke(request: HttpRequest, power_id: Id, sent: RevokePowerIn) -> None:
    """Put the paper on file that ends one."""
    said = attorneys.Revocation(
        revoked_on=sent.revoked_on,
        by_name=sent.by_name,
        because=sent.because,
        first_witness=sent.first_witness,
        second_witness=sent.second_witness,
    )
    attorneys.revoke_power(by=worker_of(request), power_id=power_id, revocation=said)


@router.post("/vault/policy", response=MADE)
def policy(request: HttpRequest, sent: VaultPolicyIn) -> int:
    """Say what the house asks of its vault."""
    asks = Asks(sent.access_witness, sent.inventory_witness, sent.camera_days)
    return int(say_policy(by=worker_of(request), asks=asks).pk)


@router.get("/vault/papers/{paper}")
def paper(
    request: HttpRequest,
    paper: Word,
    product: Word = "",
    first: Word = "",
    last: Word = "",
    inventory: Word = "",
    patient: Word = "",
    rx: Word = "",
    form: Word = "",
    loss: Word = "",
) -> HttpResponse:
    """A paper for an inspector as CSV."""
    by = worker_of(request)
    by.must(Duty.READ_RECORDS)
    said = {"product": product, "first": first, "last": last}
    said |= {"inventory": inventory, "patient": patient, "rx": rx, "form": form, "loss": loss}
    made = inspection.printed(by=by, key=paper, kind="csv", said=said)
    return HttpResponse(made, content_type=inspection.KINDS["csv"])
