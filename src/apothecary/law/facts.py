"""What the rules need to know about a prescription, a prescriber and a hand-over: nothing more.

Every class is frozen and checks its own ranges; a value outside them is a bug of the caller and
raises ValueError naming the field. Dates are days at the pharmacy, instants carry their zone,
quantities are in the drug's billing unit (EA, ML or GM).
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from apothecary.law.tables import Row

CONTROLLED = frozenset({1, 2, 3, 4, 5})
_ROMAN = ("non-controlled", "C-I", "C-II", "C-III", "C-IV", "C-V")
_NOTHING = Decimal(0)


def schedule_name(schedule: int) -> str:
    """The schedule as it is said at the counter: ``C-II``, or ``non-controlled`` for 0."""
    return _ROMAN[schedule]


class Origin(StrEnum):
    """How the prescription came in."""

    WRITTEN = "written"
    PHONE = "phone"
    ELECTRONIC = "electronic"
    FAX = "fax"
    TRANSFER = "transfer"


class Element(StrEnum):
    """Something a prescription shows; strength and form are shown when the drug has none."""

    SIGNATURE = "signature"
    WRITTEN_ON = "written_on"
    PATIENT_NAME = "patient_name"
    PATIENT_ADDRESS = "patient_address"
    DRUG_NAME = "drug_name"
    STRENGTH = "strength"
    FORM = "form"
    QUANTITY = "quantity"
    DIRECTIONS = "directions"
    PRESCRIBER_NAME = "prescriber_name"
    PRESCRIBER_ADDRESS = "prescriber_address"
    PRESCRIBER_DEA = "prescriber_dea"

    @property
    def words(self) -> str:
        """The element in plain words for a sentence."""
        return _ELEMENT_WORDS[self]


_ELEMENT_WORDS = {
    Element.SIGNATURE: "the prescriber's signature",
    Element.WRITTEN_ON: "the date it was written",
    Element.PATIENT_NAME: "the patient's full name",
    Element.PATIENT_ADDRESS: "the patient's address",
    Element.DRUG_NAME: "the drug's name",
    Element.STRENGTH: "the drug's strength",
    Element.FORM: "the dosage form",
    Element.QUANTITY: "the quantity",
    Element.DIRECTIONS: "the directions for use",
    Element.PRESCRIBER_NAME: "the prescriber's name",
    Element.PRESCRIBER_ADDRESS: "the prescriber's address",
    Element.PRESCRIBER_DEA: "the prescriber's DEA number",
}
EVERY_ELEMENT = frozenset(Element)


class FaxCase(StrEnum):
    """The three cases in which a fax is itself the original of a C-II prescription."""

    INFUSION = "infusion"
    LONG_TERM_CARE = "long_term_care"
    HOSPICE = "hospice"


@dataclass(frozen=True, slots=True, kw_only=True)
class RxFacts:
    """One prescription as the law looks at it.

    ``schedule``: 0 not controlled, 1 to 5; the stricter of federal and state. ``state``: postal
    code of the pharmacy's state. ``quantity``: prescribed for one fill; ``quantity_dispensed``:
    over all fills and parts so far. ``fills_made``: fills begun and not undone, the first
    included, a part fill and its balance being one. ``refills_authorized`` excludes the first
    fill.
    """

    schedule: int
    state: str
    origin: Origin
    written_on: date | None
    quantity: Decimal
    present: frozenset[Element] = EVERY_ELEMENT
    refills_authorized: int = 0
    fills_made: int = 0
    quantity_dispensed: Decimal = _NOTHING
    first_filled_on: date | None = None
    earliest_fill_on: date | None = None
    days_supply: int | None = None
    original_seen: bool = False
    fax_case: FaxCase | None = None
    emergency: bool = False
    transferred_unfilled_electronic: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.schedule <= 5:
            raise ValueError(f"schedule: {self.schedule} is not 0 to 5")
        for field in ("refills_authorized", "fills_made", "quantity_dispensed"):
            if getattr(self, field) < 0:
                raise ValueError(f"{field}: {getattr(self, field)} is below zero")

    @property
    def controlled(self) -> bool:
        """Whether the drug is in a schedule at all."""
        return self.schedule in CONTROLLED


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriberFacts:
    """The prescriber as the law looks at them.

    ``schedules_authorized``: the schedules on the DEA registration, or None when the
    registration has not been looked up: then only the form of the number can be judged.
    """

    npi: str = ""
    dea: str = ""
    dea_expires_on: date | None = None
    schedules_authorized: frozenset[int] | None = None
    licence: str = ""
    licence_state: str = ""
    licence_expires_on: date | None = None


class PartialReason(StrEnum):
    """Why less than the whole quantity is handed out."""

    SHORT = "short"
    PATIENT_ASKED = "patient_asked"
    PRESCRIBER_ASKED = "prescriber_asked"
    LONG_TERM_CARE = "long_term_care"
    TERMINALLY_ILL = "terminally_ill"

    @property
    def words(self) -> str:
        """The reason in plain words for a record and a sentence."""
        return _REASON_WORDS[self]


_REASON_WORDS = {
    PartialReason.SHORT: "the pharmacy could not supply the whole",
    PartialReason.PATIENT_ASKED: "the patient asked for a part",
    PartialReason.PRESCRIBER_ASKED: "the prescriber asked for parts",
    PartialReason.LONG_TERM_CARE: "the patient is in long-term care",
    PartialReason.TERMINALLY_ILL: "the patient is terminally ill",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialFacts:
    """A further part of one fill.

    ``reason``: None when nobody has said it. ``dispensed``: total of the parts so far; ``now``:
    this part; ``first_part_at`` and ``oral_order_at`` are aware instants.
    """

    reason: PartialReason | None
    dispensed: Decimal
    now: Decimal
    first_part_at: datetime | None = None
    oral_order_at: datetime | None = None


class Counselling(StrEnum):
    """What became of the offer to counsel."""

    NOT_OFFERED = "not_offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverFacts:
    """A finished prescription at the counter."""

    schedule: int
    state: str
    new_prescription: bool
    medicaid: bool
    counselling: Counselling
    receiver_known: bool = False
    identification_seen: bool = False
    dispensed_by_pharmacist: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDay:
    """The last day on which a prescription may be filled, and the row it rests on."""

    on: date
    row: Row
