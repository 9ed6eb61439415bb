"""Keeping wholesalers, and saying what an item of a catalogue is."""

from dataclasses import asdict

from django.db import transaction

from apothecary.drugs.barcode import typed_codes
from apothecary.drugs.models import Package
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.purchasing.wholesalers.models import CatalogueItem, Wholesaler
from apothecary.purchasing.wholesalers.rules import Particulars, particulars_problems
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker


@transaction.atomic
def keep_wholesaler(
    *, by: Worker, given: Particulars, wholesaler_id: int | None = None
) -> Wholesaler:
    """Put a wholesaler on file, or change one; its code stays what papers were filed under."""
    by.must(Duty.KEEP_WHOLESALERS)
    refuse_if(particulars_problems(given, on=by.today))
    rows = Wholesaler.objects.select_for_update(no_key=True).filter(pharmacy_id=by.pharmacy_id)
    taken = rows.filter(code=given.code).exclude(pk=wholesaler_id or 0).exists()
    if taken:
        says = f"There is a wholesaler {given.code} already."
        raise refuse(says, code="code-taken", field="code")
    row = Wholesaler(pharmacy_id=by.pharmacy_id)
    before: dict[str, object] = {}
    if wholesaler_id is not None:
        row = the_wholesaler(by=by, wholesaler_id=wholesaler_id, hold=True)
        if row.code != given.code:
            raise refuse("The code stays as it is.", code="code-stays", field="code")
        before = {name: getattr(row, name) for name in asdict(given)}
    for name, value in asdict(given).items():
        setattr(row, name, value)
    row.save()
    details = {"before": before, "after": asdict(given)}
    record(by=by, did=Deed.WHOLESALER_KEPT, about=row, details=details)
    return row


def the_wholesaler(*, by: Worker, wholesaler_id: int, hold: bool = False) -> Wholesaler:
    """One wholesaler of this pharmacy, held if asked for (1 query)."""
    rows = Wholesaler.objects.filter(pharmacy_id=by.pharmacy_id, pk=wholesaler_id)
    row = (rows.select_for_update(no_key=True) if hold else rows).first()
    if row is None:
        raise refuse("No such wholesaler here.", code="no-wholesaler", field="wholesaler_id")
    return row


def the_package(ndc: str) -> Package:
    """The one package that a typed NDC names, with its product (1 query)."""
    found = list(
        Package.objects.select_related("product").filter(ndc__in=typed_codes(ndc.strip()))
    )
    if not found:
        raise refuse(f"NDC {ndc} is not in the drug file.", code="unknown-drug", field="ndc")
    if len(found) > 1:
        meant = " or ".join(sorted(package.ndc for package in found))
        raise refuse(f"{ndc} could be {meant}.", code="ambiguous-drug", field="ndc")
    return found[0]


@transaction.atomic
def tie_item(*, by: Worker, item_id: int, ndc: str) -> CatalogueItem:
    """Say which package of the drug file an item is that was set aside."""
    item = _held_aside(by=by, item_id=item_id)
    package = the_package(ndc)
    item.package, item.problem = package, ""
    item.save(update_fields=["package", "problem"])
    details = {"item": item.item_number, "ndc": package.ndc}
    record(by=by, did=Deed.ITEM_TIED, about=item, details=details)
    return item


@transaction.atomic
def dismiss_item(*, by: Worker, item_id: int, because: str) -> CatalogueItem:
    """Leave an item aside for good: nothing of it is ordered."""
    item = _held_aside(by=by, item_id=item_id)
    refuse_if(because_problems(because, "it is not wanted"))
    item.dismissed_at = by.at
    item.save(update_fields=["dismissed_at"])
    details = {"item": item.item_number, "because": because}
    record(by=by, did=Deed.ITEM_DISMISSED, about=item, details=details)
    return item


def _held_aside(*, by: Worker, item_id: int) -> CatalogueItem:
    by.must(Duty.ORDER_STOCK)
    rows = CatalogueItem.objects.select_for_update(of=("self",), no_key=True)
    item = rows.filter(pharmacy_id=by.pharmacy_id, pk=item_id).first()
    if item is None:
        raise refuse("No such item here.", code="no-item", field="item_id")
    if item.package_id is not None or item.dismissed_at is not None:
        raise refuse("That item is not set aside.", code="not-aside", field="item_id")
    return item


def because_problems(because: str, what: str) -> list[Problem]:
    """Nothing is refused, dismissed or given up without a reason that can be read out later."""
    if because.strip():
        return []
    return [Problem(f"Say why {what}.", field="because", code="no-reason")]
