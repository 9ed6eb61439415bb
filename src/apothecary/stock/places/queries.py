"""Where the units of a package go."""

from django.db import connection

from apothecary.law.problem import refuse
from apothecary.stock.kinds import Apart, PlaceKind, Programme, Storage
from apothecary.stock.models import Place
from apothecary.stock.places.rules import Need, PutAway, Spot, put_away, storage_said

NEED = """
SELECT r.name || ' ' || r.strength, coalesce(nullif(s.storage, ''), r.storage),
       coalesce(s.apart, ''), r.schedule, s.place_id, coalesce(s.bin, '')
FROM drugs_package k
JOIN drugs_product r ON r.id = k.product_id
LEFT JOIN stock_shelfitem s ON s.package_id = k.id AND s.pharmacy_id = %(pharmacy)s
                           AND s.programme = %(programme)s
WHERE k.id = %(package)s
"""


def spot_of(place: Place) -> Spot:
    """A place as the rules look at it."""
    return Spot(
        id=place.pk,
        name=place.name,
        kind=PlaceKind(place.kind),
        storage=Storage(place.storage),
        apart=Apart(place.apart),
        programme=Programme(place.programme),
        area=place.area,
    )


def need_of(*, pharmacy_id: int, package_id: int, programme: Programme = Programme.OWN) -> Need:
    """How a package must stand here, by the drug file and what the house says (1 query)."""
    asked: dict[str, int | str] = {
        "pharmacy": pharmacy_id,
        "package": package_id,
        "programme": programme.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(NEED, asked)
        row = cursor.fetchone()
    if row is None:
        raise refuse("No such package.", code="no-package", field="package_id")
    drug, storage, apart, schedule, place_id, bin_ = row
    return Need(
        drug=drug,
        storage=storage_said(storage),
        apart=Apart(apart),
        schedule=schedule,
        programme=programme,
        place_id=place_id,
        bin=bin_,
    )


def the_place(pharmacy_id: int, kind: PlaceKind) -> Place:
    """The pharmacy's one place of a kind (the first, where there are several; 1 query)."""
    places = Place.objects.filter(pharmacy_id=pharmacy_id, kind=kind, closed_at=None)
    place = places.order_by("id").first()
    if place is None:
        raise refuse(f"This pharmacy has no {PlaceKind(kind).label}.", code="no-place")
    return place


def open_spots(*, pharmacy_id: int) -> list[Spot]:
    """The open places, oldest first (1 query)."""
    places = Place.objects.filter(pharmacy_id=pharmacy_id, closed_at=None).order_by("id")
    return [spot_of(place) for place in places]


def place_for(
    *, pharmacy_id: int, package_id: int, programme: Programme = Programme.OWN
) -> PutAway:
    """Where units of a package are put away, and why there; refused by name where nowhere
    is fit for them (2 queries)."""
    need = need_of(pharmacy_id=pharmacy_id, package_id=package_id, programme=programme)
    found = put_away(need, open_spots(pharmacy_id=pharmacy_id))
    if found is None:
        kept = need.storage.label if need.storage else "room temperature"
        says = f"No open place of the {programme.label} stock is fit for {need.drug} ({kept})."
        raise refuse(says, code="no-fit-place", field="place")
    return found
