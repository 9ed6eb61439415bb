"""The order pad: drafts, one for each wholesaler and programme, filled by levels or by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from apothecary.drugs.compared import compared
from apothecary.drugs.equivalence import Standing as Equivalence
from apothecary.drugs.equivalence import compare
from apothecary.drugs.models import Package
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.purchasing.ordering.held import hold_orders, lock_order, must_be, next_number
from apothecary.purchasing.ordering.models import LineAnswer, Order, OrderLine
from apothecary.purchasing.ordering.rules import (
    BY_HAND,
    LeftOut,
    Need,
    Suggestion,
    pad_problems,
    suggest,
)
from apothecary.purchasing.states import ON_ORDER, OrderState, Said
from apothecary.purchasing.wholesalers.actions import the_package
from apothecary.purchasing.wholesalers.queries import offers
from apothecary.purchasing.wholesalers.rules import Offer, cheapest
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.kinds import Programme
from apothecary.stock.levels.queries import needs_ordering

OUT = (Said.BACK_ORDERED, Said.REJECTED, Said.ON_HOLD)


@dataclass(frozen=True, slots=True)
class Suggested:
    """What the levels ask for, and what nobody can be asked for."""

    lines: list[Suggestion]
    left_out: list[LeftOut]


def suggestions(*, by: Worker, programme: Programme) -> Suggested:
    """What is to be ordered now, from whom, and why the rest is not (6 queries)."""
    by.must(Duty.ORDER_STOCK)
    rows = needs_ordering(
        pharmacy_id=by.pharmacy_id, at=by.at, today=by.today, programme=programme
    )
    padded = on_pad(pharmacy_id=by.pharmacy_id, programme=programme)
    needs = [
        Need(
            package_id=row.package_id,
            ndc=row.ndc,
            drug=f"{row.name} {row.strength}",
            schedule=row.schedule,
            packages=row.packages,
            contract_only=row.contract_only,
            automatic=row.is_automatic,
        )
        for row in rows
        if row.package_id not in padded
    ]
    short = short_now(pharmacy_id=by.pharmacy_id)
    own = offers_for([one.package_id for one in needs], by=by, programme=programme)
    lacking = [one for one in needs if one.package_id in short or not own.get(one.package_id)]
    equivalents = equivalents_of([one.package_id for one in lacking])
    others = {package for found in equivalents.values() for package, _ in found}
    asked = own | offers_for(sorted(others), by=by, programme=programme)
    lines, left = suggest(needs, offers=asked, substitutes=equivalents, short=short)
    return Suggested(lines, left)


def offers_for(
    package_ids: Sequence[int], *, by: Worker, programme: Programme
) -> dict[int, list[Offer]]:
    """Today's prices; nothing is asked for nothing (1 query)."""
    if not package_ids:
        return {}
    of = by.pharmacy_id
    return offers(pharmacy_id=of, package_ids=package_ids, programme=programme, on=by.today)


def on_pad(*, pharmacy_id: int, programme: Programme) -> set[int]:
    """Packages that stand on a draft or an order not sent yet (1 query)."""
    rows = OrderLine.objects.filter(
        pharmacy_id=pharmacy_id,
        order__state__in=[OrderState.DRAFT.value, OrderState.APPROVED.value],
        order__programme=programme.value,
    )
    found = set()
    for package_id, instead_of in rows.values_list("package_id", "instead_of_id"):
        found |= {package_id, instead_of}
    return found - {None}


def short_now(*, pharmacy_id: int) -> frozenset[int]:
    """Packages that some open order could not get at once (1 query)."""
    rows = LineAnswer.objects.filter(
        pharmacy_id=pharmacy_id,
        said__in=[said.value for said in OUT],
        line__order__state__in=[state.value for state in ON_ORDER],
    )
    return frozenset(rows.values_list("line__package_id", flat=True))


def equivalents_of(package_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """For each package those of equivalent products in the same unit, and why (2 queries)."""
    if not package_ids:
        return {}
    wanted = Package.objects.select_related("product__rated__rating").filter(pk__in=package_ids)
    asked = {package.pk: package for package in wanted}
    keys = {one.product.ingredient_key for one in asked.values() if one.product.te_code}
    others = Package.objects.select_related("product__rated__rating").filter(
        product__ingredient_key__in=keys - {""}, sample=False, gone_on=None
    )
    by_key: dict[str, list[Package]] = {}
    for other in others.exclude(product__te_code=""):
        by_key.setdefault(other.product.ingredient_key, []).append(other)
    return {
        pk: fitting(one, by_key.get(one.product.ingredient_key, []))
        for pk, one in asked.items()
    }


def fitting(package: Package, others: Sequence[Package]) -> list[tuple[int, str]]:
    """Packages that may stand in for one, with how they are rated."""
    found = []
    for other in others:
        if other.pk == package.pk or other.unit != package.unit:
            continue
        verdict = compare(compared(package.product), compared(other.product))
        if other.product_id == package.product_id:
            found.append((other.pk, "another size of the same product"))
        elif verdict.standing is Equivalence.EQUIVALENT:
            found.append((other.pk, verdict.says))
    return found


@transaction.atomic
def fill_pad(*, by: Worker, programme: Programme = Programme.OWN) -> Suggested:
    """Put on the pad what the levels ask for; what is left out is answered by name."""
    hold_orders(by.pharmacy_id)
    found = suggestions(by=by, programme=programme)
    for one in found.lines:
        line = put_line(
            by=by,
            offer=one.offer,
            packages=one.need.packages,
            programme=programme,
            because=one.because,
        )
        if one.instead_of is not None:
            line.instead_of_id = one.instead_of
            line.save(update_fields=["instead_of"])
    return found


def draft_of(*, by: Worker, wholesaler_id: int, programme: Programme) -> Order:
    """The pad of a wholesaler, begun when there is none; ``hold_orders`` comes first."""
    rows = Order.objects.filter(
        pharmacy_id=by.pharmacy_id,
        wholesaler_id=wholesaler_id,
        programme=programme.value,
        state=OrderState.DRAFT.value,
    )
    found = rows.select_for_update(no_key=True).first()
    if found is not None:
        return found
    return Order.objects.create(
        pharmacy_id=by.pharmacy_id,
        number=next_number(by.pharmacy_id),
        wholesaler_id=wholesaler_id,
        programme=programme.value,
        made_at=by.at,
        made_by=by.person_id,
    )


def put_line(
    *, by: Worker, offer: Offer, packages: int, programme: Programme, because: str
) -> OrderLine:
    """A line on the wholesaler's pad; of an item that stands there, so many."""
    order = draft_of(by=by, wholesaler_id=offer.wholesaler_id, programme=programme)
    rows = OrderLine.objects.filter(pharmacy_id=by.pharmacy_id, order=order)
    line = rows.filter(item_id=offer.item_id).first()
    if line is None:
        last = rows.order_by("-number").first()
        line = OrderLine(
            pharmacy_id=by.pharmacy_id,
            order=order,
            number=last.number + 1 if last else 1,
            item_id=offer.item_id,
            package_id=offer.package_id,
        )
    line.packages, line.price_usd, line.because = packages, offer.usd, because
    line.save()
    details = {"item": offer.item_number, "packages": packages, "because": because}
    record(by=by, did=Deed.PAD_CHANGED, about=order, details=details)
    return line


@transaction.atomic
def put_on_pad(
    *,
    by: Worker,
    package: Package,
    packages: int,
    wholesaler_id: int | None = None,
    programme: Programme = Programme.OWN,
) -> OrderLine:
    """Put a package on the pad by hand, of the wholesaler named or the cheapest."""
    by.must(Duty.ORDER_STOCK)
    drug = str(package.product)
    refuse_if(pad_problems(drug=drug, schedule=package.product.schedule, packages=packages))
    hold_orders(by.pharmacy_id)
    found = offers_for([package.pk], by=by, programme=programme).get(package.pk, [])
    fit = [one for one in found if wholesaler_id in {None, one.wholesaler_id}]
    offer = cheapest(fit)
    if offer is None:
        says = f"No catalogue has a price for {drug}, NDC {package.ndc}, today."
        raise refuse(says, code="no-offer", field="ndc")
    return put_line(by=by, offer=offer, packages=packages, programme=programme, because=BY_HAND)


def put_ndc_on_pad(
    *,
    by: Worker,
    ndc: str,
    packages: int,
    wholesaler_id: int | None = None,
    programme: Programme = Programme.OWN,
) -> OrderLine:
    """The same for a typed NDC."""
    return put_on_pad(
        by=by,
        package=the_package(ndc),
        packages=packages,
        wholesaler_id=wholesaler_id,
        programme=programme,
    )


@transaction.atomic
def change_line(*, by: Worker, line_id: int, packages: int) -> Order:
    """So many of a line that stands on the pad; none takes it off."""
    by.must(Duty.ORDER_STOCK)
    rows = OrderLine.objects.filter(pharmacy_id=by.pharmacy_id, pk=line_id)
    line = rows.select_related("package__product").first()
    if line is None:
        raise refuse("No such line here.", code="no-line", field="line_id")
    order = lock_order(by=by, order_id=line.order_id)
    must_be(order, OrderState.DRAFT)
    details: Mapping[str, object] = {"ndc": line.package.ndc, "packages": packages}
    if packages == 0:
        line.delete()
    else:
        product = line.package.product
        refuse_if(pad_problems(drug=str(product), schedule=product.schedule, packages=packages))
        line.packages = packages
        line.save(update_fields=["packages"])
    record(by=by, did=Deed.PAD_CHANGED, about=order, details=details)
    return order
