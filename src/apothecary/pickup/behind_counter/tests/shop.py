"""A shelf behind the counter, a store that is certified, and somebody who buys."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from apothecary.config.tests.world_days import LONG_GOOD, TODAY
from apothecary.drugs.models import Batch, Package, Product, Source
from apothecary.drugs.ndc import Ndc
from apothecary.pickup.behind_counter.certifying import Certified, certify
from apothecary.pickup.behind_counter.models import CounterSale, IdKind
from apothecary.pickup.behind_counter.rules import Buyer
from apothecary.pickup.behind_counter.selling import sell_behind_counter
from apothecary.pickup.tests.counter import SIGNED
from apothecary.staff.duties import Role
from apothecary.staff.worker import Worker
from apothecary.stock.actions import receive_stock
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Balance, Place

if TYPE_CHECKING:  # the world is a plugin of pytest, which wants to import it first
    from apothecary.config.tests.world import World

BUYER = Buyer(
    name="Jane A. Doe",
    address="12 Elm Street, San Marcos TX 78666",
    born_on=date(1980, 2, 29),
    id_kind=IdKind.DRIVER,
    id_number="1234-5678",
    id_issuer="TX",
    id_until=date(2028, 2, 29),
    log_number="N-1",
    signature=SIGNED,
)
SYRUP = "codeine+guaifenesin"


def stands(
    ndc: str,
    *,
    key: str = "pseudoephedrine",
    substances: str = "PSEUDOEPHEDRINE HYDROCHLORIDE",
    strength: str = "30 mg",
    quantity: str = "1",
    unit: str = "EA",
    schedule: int = 0,
    prescription_only: bool = False,
) -> Package:
    """A product of the drug file; one tablet a package, so that a test can count them."""
    source, batch = Source.objects.get(key="world"), Batch.objects.get(source__key="world")
    code = Ndc.parse(ndc)
    product = Product.objects.create(
        labeler_code=code.labeler,
        product_code=code.product,
        name=key.replace("+", " and "),
        ingredient_key=key,
        substances=substances,
        strength=strength,
        form="tablet" if unit == "EA" else "solution",
        route="oral",
        schedule=schedule,
        prescription_only=prescription_only,
        labeler="Example Labs",
        source=source,
        since=batch,
        batch=batch,
    )
    return Package.objects.create(
        product=product,
        package_code=code.package,
        ndc=code.hyphenated,
        ndc10=code.ndc10,
        ndc11=code.ndc11,
        quantity=Decimal(quantity),
        unit=unit,
        source=source,
        since=batch,
        batch=batch,
    )


def received(
    world: "World",
    package: Package,
    units: str = "500",
    *,
    lot: str = "P1",
    until: date = LONG_GOOD,
) -> Package:
    """So many units of it on the shelf."""
    receive_stock(
        by=world.pharmacist,
        package=package,
        lot_number=lot,
        expires_on=until,
        quantity=Decimal(units),
        place=Place.objects.get(pharmacy=world.pharmacy, kind=PlaceKind.SHELF, name="Shelf"),
        key=f"receive-{package.ndc}-{lot}",
    )
    return package


def tablets(world: "World", ndc: str = "99999-001-01", units: str = "500") -> Package:
    """Pseudoephedrine hydrochloride 30 mg, on the shelf, in a store that is certified."""
    certified(world)
    return received(world, stands(ndc), units)


def syrup(world: "World", units: str = "720") -> Package:
    """Codeine and guaifenesin, Schedule V without prescription, in bottles of 60 mL."""
    certified(world, exempt_word="Looked up by the pharmacist in charge, board rule 1.")
    package = stands(
        "99999-002-01",
        key=SYRUP,
        substances="CODEINE PHOSPHATE; GUAIFENESIN",
        strength="10 mg/5 mL / 100 mg/5 mL",
        quantity="60",
        unit="ML",
        schedule=5,
    )
    return received(world, package, units)


def certified(
    world: "World", *, on: date = date(2026, 6, 1), listed_word: str = "", exempt_word: str = ""
) -> None:
    """The store's self-certification, put on file by the pharmacist in charge."""
    given = Certified(
        certified_on=on,
        number="SC-1",
        trained_on=on,
        listed_word=listed_word,
        exempt_word=exempt_word,
    )
    certify(by=world.workers[Role.IN_CHARGE], given=given)


def sold(
    world: "World",
    package: Package,
    packages: int,
    *,
    key: str,
    buyer: Buyer = BUYER,
    by: Worker | None = None,
    ago: int = 0,
) -> CounterSale:
    """A sale by the technician, or by somebody else, so many days ago."""
    who = by or world.technician
    if ago:
        who = who.at_time(who.at - timedelta(days=ago), TODAY - timedelta(days=ago))
    return sell_behind_counter(by=who, wanted={package.pk: packages}, buyer=buyer, key=key)


def in_state(by: Worker, state: str) -> Worker:
    """The same person with the same licence, in another state."""
    return replace(by, standing=replace(by.standing, state=state, licence_state=state))


def on_shelf(world: "World", package: Package) -> Decimal:
    """Units that are left where fills draw from."""
    rows = Balance.objects.filter(
        pharmacy=world.pharmacy, lot__package=package, place__kind=PlaceKind.SHELF
    )
    return sum(rows.values_list("on_hand", flat=True), Decimal(0))


def with_buyer(world: "World", package: Package) -> Decimal:
    """Units that the ledger says a buyer or a patient has."""
    rows = Balance.objects.filter(
        pharmacy=world.pharmacy, lot__package=package, place__kind=PlaceKind.PATIENT
    )
    return sum(rows.values_list("on_hand", flat=True), Decimal(0))
