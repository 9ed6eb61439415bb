"""Giving another product of the same drug: a new NDC is screened and billed anew."""

from django.db import transaction

from apothecary.drugs.models import Package
from apothecary.filling.actions.hold import fill_in_hand, must_fill
from apothecary.filling.offers import offer_of
from apothecary.filling.queries import scans_of
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.prescriptions.actions import cash_price
from apothecary.prescriptions.compound_tables import is_compound
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance, lock_fill
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker

SETTLED = "changed to this product"


@transaction.atomic
def change_product(*, by: Worker, fill_id: int, package_id: int) -> Fill:
    """Fill with an equivalent instead: its stock goes back, it is screened and billed anew."""
    fill = fill_to_change(by=by, fill_id=fill_id)
    package = Package.objects.select_related("product").filter(pk=package_id).first()
    if package is None:
        raise refuse("No such package in the drug file.", field="package", code="unknown-drug")
    if package.pk == fill.package_id:
        raise refuse("It is filled with this package already.", code="same-package")
    before = fill.package
    if is_compound(before):
        says = "A compound is exchanged for nothing: send it back to entry."
        raise refuse(says, field="package", code="compound-stays")
    refuse_if(offer_of(fill, package, on=by.today).problems)
    price = cash_price(package, fill.quantity, Pharmacy.objects.get(pk=by.pharmacy_id))
    if price is None:
        raise refuse(f"The drug file has no price for {package.ndc}.", code="no-price")
    settle_slips(fill, package, by=by)
    fill.package, fill.price_usd, fill.copay_usd = package, price, None
    fill.save(update_fields=["package", "price_usd", "copay_usd"])
    return advance(
        fill,
        FillState.SCREENING,
        by=by,
        did=Deed.PRODUCT_CHANGED,
        details={"before": before.ndc, "after": package.ndc},
    )


def fill_to_change(*, by: Worker, fill_id: int) -> Fill:
    """The fill in hand, or one that is out of stock and so in nobody's."""
    by.must(Duty.FILL)
    fill = lock_fill(by=by, fill_id=fill_id)
    if fill.state != FillState.SHORT:
        return fill_in_hand(by=by, fill_id=fill_id)
    must_fill(fill, by=by)
    return fill


def settle_slips(fill: Fill, package: Package, *, by: Worker) -> None:
    """The bottle that brought this about is set aside by the change itself; others are not."""
    for scan in scans_of(fill):
        if not scan.open_slip:
            continue
        if scan.package_id != package.pk:
            raise refuse(f"{scan.says} Set that bottle aside first.", code="open-slip")
        scan.aside_because, scan.aside_at, scan.aside_by_id = SETTLED, by.at, by.somebody
        scan.save(update_fields=["aside_because", "aside_at", "aside_by"])
