"""Low stock to the shelf over HTTP, with a wholesaler that is a process of its own."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from apothecary.config.tests.world_days import NOON
from apothecary.drugs.load import load_starter
from apothecary.drugs.models import Package
from apothecary.purchasing.forms import read_door_scan
from apothecary.purchasing.matching.actions import (
    approve_invoice,
    claim_difference,
    match_invoice,
    open_of,
)
from apothecary.purchasing.models import (
    CatalogueItem,
    Difference,
    Invoice,
    LineAnswer,
    Order,
    Paper,
    ReceivedPackage,
)
from apothecary.purchasing.ordering.answers import decide
from apothecary.purchasing.ordering.going import approve_and_send
from apothecary.purchasing.ordering.pad import fill_pad, put_ndc_on_pad
from apothecary.purchasing.papers.sending import SupplyPost
from apothecary.purchasing.receiving.corrections import set_aside
from apothecary.purchasing.receiving.delivery import (
    close_receipt,
    scan_tote,
    take_temperature,
)
from apothecary.purchasing.receiving.door import receive
from apothecary.purchasing.receiving.shelving import put_away_lot, waiting_to_put_away, where_to
from apothecary.purchasing.states import Condition, Decided, OrderState, Said
from apothecary.purchasing.tests.counterparty import (
    Counterparty,
    caprock,
    exchange,
    open_counterparty,
)
from apothecary.purchasing.tests.yard import Yard
from apothecary.stock.actions import the_place
from apothecary.stock.levels.models import Expected
from apothecary.stock.models import PlaceKind, ShelfItem
from apothecary.stock.queries import book_faults, free_units
from apothecary.wires.models import Outgoing, OutgoingState

METFORMIN, FUROSEMIDE, OTHER_FUROSEMIDE = "65862-008-01", "63304-625-01", "64125-117-01"
HUMALOG = "0002-7510-01"


@pytest.fixture
def there() -> Iterator[Counterparty]:
    """The wholesalers of the box."""
    found = open_counterparty()
    yield found
    found.close()


@pytest.fixture
def house(pharmacy) -> Yard:
    """A pharmacy with the shipped drug file that buys from Caprock."""
    load_starter(at=NOON)
    ShelfItem.objects.all().delete()
    return caprock(pharmacy)


def package(ndc: str) -> Package:
    return Package.objects.get(ndc=ndc)


def kept(house: Yard, ndc: str, *, least: int, par: int) -> None:
    """A shelf item with its levels, and nothing of it on the shelf."""
    world = house.world
    ShelfItem.objects.create(
        pharmacy=world.pharmacy,
        package=package(ndc),
        place=the_place(world.pharmacy.pk, PlaceKind.SHELF),
        bin="B1",
        reorder_at=least,
        order_up_to=par,
    )


def scanned(house: Yard, there: Counterparty, po: str) -> list[ReceivedPackage]:
    """Every tote and every bottle in it, as the hands at the door find them."""
    by, rows = house.by, []
    for tote in there.ask("GET", f"/totes?house=caprock&po={po}")["totes"]:
        code = read_door_scan(tote["scan"])
        receipt = scan_tote(by=by, sscc=code.scan.sscc)
        if receipt.temperature_c is None:
            cold = Decimal(str(tote["arrived_c"])) if tote.get("arrived_c") else Decimal(5)
            take_temperature(by=by, receipt_id=receipt.pk, temperature_c=cold)
        for bottle in tote["packages"]:
            came = read_door_scan(bottle["scan"]).came
            assert came is not None
            rows.append(receive(by=by, receipt_id=receipt.pk, came=came))
    return rows


def take_catalogue_in(post: SupplyPost, house: Yard, there: Counterparty) -> None:
    """The whole catalogue: most of it known, some set aside, no drug made of any."""
    drugs = Package.objects.count()
    there.ask("POST", "/catalogues", {"house": "caprock"})
    exchange(post, house.world)
    assert CatalogueItem.objects.filter(package__isnull=False).count() > 300
    assert CatalogueItem.objects.filter(package=None).exists()
    assert Package.objects.count() == drugs


def test_low_stock_to_the_shelf_with_a_short_a_substitute_and_a_damaged_bottle(house, there):
    world, by, of = house.world, house.by, house.world.pharmacy.pk
    post = there.post_for()
    take_catalogue_in(post, house, there)
    kept(house, METFORMIN, least=100, par=500)
    suggested = fill_pad(by=by)
    assert [one.need.ndc for one in suggested.lines if one.need.ndc == METFORMIN] == [METFORMIN]
    put_ndc_on_pad(by=by, ndc=FUROSEMIDE, packages=2)
    put_ndc_on_pad(by=by, ndc=HUMALOG, packages=1)
    order = Order.objects.get()
    approve_and_send(by=by, order_id=order.pk)
    exchange(post, world)
    order.refresh_from_db()
    assert order.state == OrderState.ACKNOWLEDGED
    assert order.receipt_at is not None
    said = {one.said for one in LineAnswer.objects.filter(needs_decision=True)}
    assert said == {Said.SHORT, Said.BACK_ORDERED, Said.SUBSTITUTED}
    for answer in LineAnswer.objects.filter(needs_decision=True):
        decide(by=by, answer_id=answer.pk, decision=Decided.TAKEN)
    substitute = order.lines.get(package=package(OTHER_FUROSEMIDE))
    assert substitute.instead_of == package(FUROSEMIDE)

    there.ask("POST", "/ship", {"house": "caprock", "po": order.po})
    exchange(post, world)
    assert list(Paper.objects.exclude(problem="").values_list("kind", "problem")) == []
    rows = scanned(house, there, order.po)
    assert len(rows) == 5
    broken = next(row for row in rows if row.line_id == substitute.pk)
    set_aside(by=by, received_id=broken.pk, condition=Condition.DAMAGED, because="crushed")
    for receipt_id in {row.receipt_id for row in rows}:
        close_receipt(by=by, receipt_id=receipt_id)
    for number, one in enumerate(waiting_to_put_away(pharmacy_id=of)):
        where = where_to(pharmacy_id=of, one=one)
        if where is not None:
            put_away_lot(by=by, lot_id=one.lot_id, place_id=where.place_id, key=str(number))
    assert waiting_to_put_away(pharmacy_id=of) == []
    metformin = package(METFORMIN)
    assert free_units(pharmacy_id=of, package_id=metformin.pk, good_until=by.today) == 200
    coming = Expected.objects.get(package=metformin)
    assert coming.quantity == 300

    invoice = match_invoice(by=by, invoice_id=Invoice.objects.get().pk)
    kinds = {one.kind for one in Difference.objects.all()}
    assert kinds == {"damaged"}
    for difference in open_of(invoice):
        claim_difference(by=by, difference_id=difference.pk, because="called Caprock")
    approve_invoice(by=by, invoice_id=invoice.pk)
    exchange(post, world)
    assert not Outgoing.objects.exclude(state=OutgoingState.ANSWERED).exists()
    late = there.ask("GET", "/papers?within=0")["overdue"]
    unread = [one for one in late if one["house"] == "caprock"]
    assert unread == []
    assert book_faults(pharmacy_id=of) == []
