"""A payer sheet as the house holds it: what one payer wants, and how it is reached."""

from dataclasses import dataclass, field

from apothecary.claims.building.places import FACT_OF, Place

COB_METHODS = ("payment", "responsibility", "both", "none")
# What the house may change by itself when the payer refuses a claim; none of them changes what
# is dispensed.
CORRECTIONS = frozenset(
    """person_code relationship group_from_eligibility days_supply shelf_ndc pcn refill_too_soon
    quantity_prescribed origin prescriber_qualifier other_coverage""".split()  # noqa: SIM905 a list of eleven quoted names reads worse
)
# When a wish holds; without one it holds for every claim.
CONDITIONS = (
    "coordinated",
    "compound",
    "vaccine",
    "part",
    "schedule ii",
    "controlled",
    "340b",
    "dependent",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One field (or, without an id, one segment) a payer wants, forbids or likes to see."""

    segment: str
    field: str
    because: str = ""
    cite: str = ""
    when: str = ""

    @property
    def place(self) -> Place:
        return self.segment, self.field

    def covers(self, place: Place) -> bool:
        return place[0] == self.segment and self.field in {"", place[1]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One payer's sheet. Zero days or zero calls a second mean that it does not say.

    ``takes``: transaction codes. ``cob``: what a claim after another payer's carries.
    ``reversal``: what a reversal repeats of the billing beyond its keys.
    """

    key: str
    name: str
    source: str
    bins: tuple[str, ...]
    pcns: tuple[str, ...]
    help_desk: str
    pa_phone: str
    pa_fax: str
    takes: frozenset[str]
    required: tuple[Wish, ...]
    forbidden: tuple[Wish, ...]
    sent_when_known: tuple[Wish, ...]
    cob: str
    parts: bool
    compounds: bool
    file_within_days: int
    days_supply_max: int
    corrections: frozenset[str]
    throttle_per_second: int
    answer_seconds: int
    reversal: tuple[Place, ...]
    # What follows from the wishes, once a sheet and not once a field of every claim.
    carried: frozenset[Place] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        wanted = (*self.sent_when_known, *self.required)
        carried = (
            place
            for place in FACT_OF
            if any(wish.covers(place) for wish in wanted) and not self.forbids(place)
        )
        object.__setattr__(self, "carried", frozenset(carried))

    def forbids(self, place: Place) -> Wish | None:
        """The line of the sheet that keeps this field out, if there is one."""
        return next((wish for wish in self.forbidden if wish.covers(place)), None)

    def carries(self, place: Place) -> bool:
        """Whether a claim to this payer says this field when it is known."""
        return place in self.carried
