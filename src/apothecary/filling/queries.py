"""What a filling counter shows, and the facts the rules look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
    When,
)

from apothecary.drugs.compared import compared
from apothecary.drugs.hazard_list import coded_keys, loaded_hazards
from apothecary.drugs.models import Package, Product
from apothecary.filling.left import Row, back_counts, back_counts_of, in_vials, left_of
from apothecary.filling.models import BottleScan, Count, LabelPrint, Outcome, VialPhoto
from apothecary.filling.picks import (
    Pick,
    Shelved,
    Spot,
    bottles_of,
    lots_said,
    on_shelves,
    pick,
    picked,
    spot_of,
)
from apothecary.filling.rules import (
    SCHEDULE_II,
    BottleFacts,
    FillingFacts,
    ProductFacts,
)
from apothecary.journal.compiled import Compiled, Given
from apothecary.prescriptions.compound_tables import is_compound
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import FULL, programme_of
from apothecary.stock.kinds import Programme
from apothecary.stock.models import Balance, Reservation, ReservationState, ShelfItem
from apothecary.stock.queries import PICK_KINDS

ROWS = 50
AT_THE_COUNTER = (FillState.WAITING, FillState.FILLING)


# How many steps ago a fill came to filling, from there on straight to its end. Whatever was
# put back, sent back or called off proves nothing: no evidence has the turn of its own step.
SINCE_FILLING = {
    FillState.CHECK: 1,
    FillState.READY: 2,
    FillState.SOLD: 3,
    FillState.RETURNED: 3,
}
TURN = F("steps") - Case(
    *[When(state=state.value, then=Value(steps)) for state, steps in SINCE_FILLING.items()],
    default=Value(0),
    output_field=IntegerField(),
)
# Whose stock a fill takes, as the writer of its state says (`writer.programme_of`).
WHOSE = Case(
    When(cost_340b_usd=None, then=Value(Programme.OWN.value)),
    default=Value(Programme.DISCOUNT_340B.value),
    output_field=TextField(),
)

OF_FILL = Q(pharmacy_id=Given("pharmacy_id"), fill_id=Given("fill_id"))
OF_TURN = OF_FILL & Q(turn=Given("turn"))
PROMISED = Compiled(
    Reservation.objects.select_related("lot", "place")
    .filter(OF_FILL, state=ReservationState.PENDING)
    .order_by("lot__expires_on", "lot_id", "id")
)
SCANS = Compiled(
    BottleScan.objects.select_related("package__product", "lot", "by")
    .filter(OF_TURN)
    .order_by("id")
)
COUNTS = Compiled(Count.objects.select_related("by").filter(OF_TURN).order_by("pass_number"))
LABELS = Compiled(LabelPrint.objects.select_related("by").filter(OF_TURN).order_by("-id"))


def reservations(fill: Fill) -> list[Reservation]:
    """What is promised to the fill, first expired first (1 query)."""
    return PROMISED.all({"pharmacy_id": fill.pharmacy_id, "fill_id": fill.pk})


def of_turn(fill: Fill) -> dict[str, int]:
    """What tells the evidence of this turn from that of others."""
    return {"pharmacy_id": fill.pharmacy_id, "fill_id": fill.pk, "turn": turn_of(fill)}


def turn_of(fill: Fill) -> int:
    """The turn whose evidence counts; nowhere on a turn's way, one that has none."""
    return fill.steps - SINCE_FILLING.get(FillState(fill.state), 0)


def scans_of(fill: Fill) -> list[BottleScan]:
    """The bottles of this turn, oldest first (1 query)."""
    return SCANS.all(of_turn(fill))


def counts_of(fill: Fill) -> list[Count]:
    """The counts of this turn in their order (1 query)."""
    return COUNTS.all(of_turn(fill))


def last_label(fill: Fill) -> LabelPrint | None:
    """The label of this turn that was printed last (1 query)."""
    return LABELS.get(of_turn(fill))


def photo_of(fill: Fill) -> VialPhoto | None:
    """The last picture of this turn, without its bytes (1 query)."""
    photos = VialPhoto.objects.filter(
        pharmacy_id=fill.pharmacy_id, fill_id=fill.pk, turn=turn_of(fill)
    )
    return photos.defer("image").order_by("-id").first()


def facts_of(
    fill: Fill,
    *,
    held: list[Reservation],
    scans: list[BottleScan],
    counts: Sequence[Decimal],
    back: Sequence[Row] = (),
) -> FillingFacts:
    """The turn as the rules look at it (no query; 1 for a compound)."""
    made_of = fill.made_of
    return FillingFacts(
        quantity=fill.quantity,
        unit=fill.package.unit,
        package_quantity=fill.package.quantity,
        schedule=fill.package.product.schedule,
        reserved=lots_said(held, made_of),
        bottles_of_ingredients=sum(bottles_of(one) for one in made_of),
        bottles=tuple(
            BottleFacts(
                right=scan.outcome == Outcome.RIGHT,
                open_slip=scan.open_slip,
                lot_id=scan.lot_id,
                bottles=scan.bottles,
                says=scan.says,
            )
            for scan in scans
            if scan.outcome != Outcome.REFUSED
        ),
        counts=tuple(counts),
        left=left_of(fill, held, back),
    )


def filling_facts(fill: Fill, *, held: list[Reservation] | None = None) -> FillingFacts:
    """The same, read from the database (3 queries, 2 when it is known what is ``held``).

    One more for Schedule II, which is counted back.
    """
    counts = [count.quantity for count in counts_of(fill)]
    held = reservations(fill) if held is None else held
    twice = fill.package.product.schedule == SCHEDULE_II
    back = back_counts_of(fill, turn=turn_of(fill)) if twice else []
    return facts_of(fill, held=held, scans=scans_of(fill), counts=counts, back=back)


def product_facts(product: Product) -> ProductFacts:
    """A product as substitution compares it."""
    return ProductFacts(
        code=(product.labeler_code, product.product_code),
        says=f"{product.brand or product.name} {product.strength_said} of {product.labeler}",
        brand=product.brand if product.is_brand else "",
        drug=compared(product),
    )


def good_until(fill: Fill, *, today: date) -> date:
    """The last day of the supply: stock must last as long."""
    return today + timedelta(days=fill.days_supply)


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One fill at the counter, with its picks."""

    fill: Fill
    picks: list[Pick]

    @property
    def tone(self) -> str:
        """A fill that was sent back needs a look."""
        return "look" if self.fill.because and self.fill.state == FillState.FILLING else ""


def bins(pharmacy_id: int) -> Subquery:
    """Where a fill's package stands, to be annotated on fills that know ``whose`` they take."""
    items = ShelfItem.objects.filter(
        pharmacy_id=pharmacy_id, package_id=OuterRef("package_id"), programme=OuterRef("whose")
    )
    return Subquery(items.values("bin")[:1])


def queue(pharmacy_id: int) -> list[QueueLine]:
    """What is to fill, waiters first, then by promise time, with the pick list (2 queries).

    Two more when a compound is among them.
    """
    waiting = waiting_fills(pharmacy_id).annotate(whose=WHOSE, shelf=bins(pharmacy_id))
    fills = list(waiting[:ROWS])
    held = Reservation.objects.filter(
        pharmacy_id=pharmacy_id,
        fill_id__in=[fill.pk for fill in fills],
        state=ReservationState.PENDING,
    )
    picks: dict[int, list[Pick]] = {fill.pk: [] for fill in fills}
    shelves = {fill.pk: fill.shelf or "" for fill in fills}
    mixed = {fill.pk for fill in fills if is_compound(fill.package)}
    rows = list(held.select_related("lot", "place").order_by("lot__expires_on", "lot_id", "id"))
    shelved = on_shelves([row for row in rows if row.fill_id in mixed])
    for each in rows:
        plain = pick(each, shelves[each.fill_id])
        picks[each.fill_id].append(
            picked(plain, shelved.get(spot_of(each))) if each.fill_id in mixed else plain
        )
    return [QueueLine(fill, picks[fill.pk]) for fill in fills]


def waiting_fills(pharmacy_id: int) -> QuerySet[Fill]:
    """Fills at the counter in the order they are to be filled (1 query)."""
    return (
        Fill.objects.filter(
            pharmacy_id=pharmacy_id, state__in=[state.value for state in AT_THE_COUNTER]
        )
        .select_related("prescription__patient", "package__product", "owner")
        .order_by("-waiter", "promised_at", "id")
    )


@dataclass(frozen=True, slots=True)
class Counter:
    """Everything the filling page shows of one fill."""

    fill: Fill
    held: list[Reservation]
    scans: list[BottleScan]
    label: LabelPrint | None
    photo_id: int | None
    shelf: str
    on_hand: Decimal
    facts: FillingFacts
    # Of a compound: its ingredients by package and by whose stock it is.
    shelved: Mapping[Spot, Shelved]

    @property
    def slip(self) -> BottleScan | None:
        """The bottle that must be set aside before anything goes on."""
        return next((scan for scan in self.scans if scan.open_slip), None)

    @property
    def right(self) -> list[BottleScan]:
        return [scan for scan in self.scans if scan.outcome == Outcome.RIGHT]

    @property
    def picks(self) -> list[Pick]:
        lines = ((each, pick(each, self.shelf)) for each in self.held)
        return [picked(line, self.shelved.get(spot_of(each))) for each, line in lines]


def counter(*, pharmacy_id: int, fill_id: int) -> Counter | None:
    """One fill at the counter (4 queries, 7 for a compound), or none in this pharmacy."""
    fills = Fill.objects.filter(pharmacy_id=pharmacy_id, pk=fill_id)
    on_hand = (
        Balance.objects.filter(
            pharmacy_id=pharmacy_id,
            lot__package_id=OuterRef("package_id"),
            place__kind__in=PICK_KINDS,
            place__programme=OuterRef("whose"),
        )
        .values("lot__package_id")
        .annotate(units=Sum("on_hand"))
        .values("units")
    )
    fill = (
        fills.select_related(*FULL, "owner", "prescription__package__product")
        .annotate(
            whose=WHOSE,
            turn=TURN,
            shelf=bins(pharmacy_id),
            on_hand=Subquery(on_hand),
            photo_id=photos(),
            counted=counted(),
            back=back_counts(),
            vials=in_vials(),
            loaded_hazards=loaded_hazards(),
            coded_keys=coded_keys("package__product"),
        )
        .first()
    )
    if fill is None:
        return None
    held, scans = reservations(fill), scans_of(fill)
    return Counter(
        fill=fill,
        held=held,
        scans=scans,
        label=last_label(fill),
        photo_id=fill.photo_id,
        shelf=fill.shelf or "",
        on_hand=fill.on_hand or Decimal(0),
        facts=facts_of(fill, held=held, scans=scans, counts=fill.counted, back=fill.back),
        shelved=on_shelves(held) if is_compound(fill.package) else {},
    )


def counted() -> ArraySubquery:
    """The counts of the turn in their order, to be annotated on fills."""
    found = Count.objects.filter(fill_id=OuterRef("pk"), turn=OuterRef("turn"))
    return ArraySubquery(found.order_by("pass_number").values("quantity"))


def photos() -> Subquery:
    """The last picture of the turn, to be annotated on fills."""
    found = VialPhoto.objects.filter(fill_id=OuterRef("pk"), turn=OuterRef("turn"))
    found = found.order_by("-id")
    return Subquery(found.values("pk")[:1])


def packages_on_hand(fill: Fill) -> list[Package]:
    """Other packages of the same ingredients and strength, of the fill's stock (1 query)."""
    product = fill.package.product
    free = Balance.objects.filter(
        pharmacy_id=fill.pharmacy_id,
        place__kind__in=PICK_KINDS,
        place__programme=programme_of(fill),
        on_hand__gt=F("reserved"),
    )
    return list(
        Package.objects.select_related("product__rated__rating")
        .filter(
            product__ingredient_key=product.ingredient_key,
            product__strength=product.strength,
            pk__in=free.values("lot__package_id"),
        )
        .exclude(pk=fill.package_id)
        .order_by("product__is_brand", "ndc")
    )
