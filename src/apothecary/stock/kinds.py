"""What a place is, how cold it is, what it is apart for, and whose stock stands there."""

from django.db.models import TextChoices


class PlaceKind(TextChoices):
    SUPPLIER = "supplier", "supplier"
    RECEIVING = "receiving", "receiving"
    SHELF = "shelf", "shelf"
    ROBOT = "robot", "robot cell"
    VAULT = "vault", "vault"
    WILL_CALL = "will_call", "will-call"
    PATIENT = "patient", "patient"
    QUARANTINE = "quarantine", "quarantine"
    # What a patient had in hand: from here nothing is ever stock again.
    RETURNED = "returned", "returned by patients"
    WASTE = "waste", "waste"
    REVERSE = "reverse_distributor", "reverse distributor"
    OVER_SHORT = "over_short", "over/short"


# Outside the four walls a balance may run below zero: what the supplier has given is owed to
# nobody, and a count that finds more than the books is a loan from over/short.
OUTSIDE = frozenset({PlaceKind.SUPPLIER, PlaceKind.OVER_SHORT})
PICKED_FROM = frozenset({PlaceKind.SHELF, PlaceKind.ROBOT, PlaceKind.VAULT})
# Where stock keeps its programme: what leaves the house by another place is nobody's any more.
KEPT_APART = PICKED_FROM | {PlaceKind.RECEIVING, PlaceKind.QUARANTINE}
# Of these a pharmacy has one, opened with it; a second would be an account nobody looks at.
ONE_OF_EACH = frozenset(
    {
        PlaceKind.SUPPLIER,
        PlaceKind.WILL_CALL,
        PlaceKind.PATIENT,
        PlaceKind.RETURNED,
        PlaceKind.REVERSE,
        PlaceKind.OVER_SHORT,
    }
)


class Storage(TextChoices):
    """The temperatures of a place, warmest first; `places/storage.csv` has the degrees."""

    ROOM = "room", "room temperature"
    COOL = "cool", "cool"
    REFRIGERATOR = "refrigerator", "refrigerator"
    FREEZER = "freezer", "freezer"
    ULTRA_COLD = "ultra_cold", "ultra-cold freezer"


class Apart(TextChoices):
    """Why something stands away from everything else; the house says so of each item."""

    NOTHING = "", "nothing"
    HAZARDOUS = "hazardous", "hazardous drugs"
    FLAMMABLE = "flammable", "flammable"


class Programme(TextChoices):
    """Whose stock it is: the pharmacy's own, or bought at the 340B price."""

    OWN = "own", "own"
    DISCOUNT_340B = "340b", "340B"
