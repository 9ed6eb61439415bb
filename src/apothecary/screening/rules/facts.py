"""The facts screening goes by: a drug, what is in it and how it is taken, and a patient."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from apothecary.screening.sources import Interaction

# Kinds of form that are swallowed or act on the whole body; an unknown form counts as one.
SWALLOWED = frozenset(
    {"", "tablet", "capsule", "oral-liquid", "oral-powder", "oral-dissolving"}
)
LOCAL = frozenset({"topical", "eye-drops", "eye-ointment", "ear-drops"})
EXTENDED, IMMEDIATE = "extended", "immediate"


@dataclass(frozen=True, slots=True)
class Content:
    """How much of one ingredient is in a tablet, a mL or a patch.

    ``amount`` is in ``unit`` (``mg``, or ``mcg/h`` of a patch) for each ``per`` (``each`` for
    what is counted, or ``mL``).
    """

    ingredient: str
    amount: Decimal
    unit: str
    per: str


@dataclass(frozen=True, slots=True)
class Use:
    """The most that the directions let somebody use in a day, in ``unit`` of the dose.

    ``days_a_week`` is on how many days of a week it is used; None where nobody said.
    """

    a_day: Decimal | None = None
    unit: str = ""
    days_a_week: int | None = None
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DrugFacts:
    """A drug as the rules see it: ingredients by key, form, how much a day.

    ``quantity_a_day`` is the quantity over the days' supply, in the billing unit. ``use`` is
    read from the directions. ``runs_out_on`` is the day after the last one that what was
    handed out lasts; None before it is handed out. ``excipients`` are UNII codes; None where
    no file says what else is in it. ``written`` is what the prescriber called it.
    """

    name: str
    ingredients: tuple[str, ...]
    form_group: str
    dosage_form: str
    strength: str = ""
    quantity_a_day: Decimal = Decimal(0)
    contents: tuple[Content, ...] = ()
    use: Use = Use()
    days_supply: int = 0
    schedule: int = 0
    runs_out_on: date | None = None
    excipients: frozenset[str] | None = None
    written: str = ""

    @property
    def local(self) -> bool:
        """Whether it is for skin, eye or ear: little of it reaches the blood."""
        return self.form_group in LOCAL

    @property
    def ordered(self) -> bool:
        """Whether anybody said how much of it is taken, in directions or by the quantity."""
        return self.use != Use() or self.quantity_a_day > 0

    @property
    def release(self) -> str:
        """``extended`` for patches and forms that say so, else ``immediate``."""
        extended = self.form_group == "patch" or "EXTENDED" in self.dosage_form.upper()
        return EXTENDED if extended else IMMEDIATE

    def ending(self, on: date) -> "DrugFacts":
        """The same with the day on which it runs out."""
        return replace(self, runs_out_on=on)


@dataclass(frozen=True, slots=True)
class AllergyFacts:
    """An allergy: by ingredient, by class, or by its name alone."""

    allergen: str
    ingredient: str = ""
    allergy_class: str = ""
    reaction: str = ""
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Supply:
    """What was handed out of a drug, on which day, for how many days."""

    ingredients: tuple[str, ...]
    strength: str
    release: str
    sold_on: date
    days_supply: int


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """A patient: what is not known is None or empty, and said where a rule would need it.

    ``conditions`` are ICD-10-CM codes or plain words; ``sex`` is M, F or empty.
    """

    born_on: date | None = None
    sex: str = ""
    weight_kg: Decimal | None = None
    conditions: tuple[str, ...] = ()
    allergies: tuple[AllergyFacts, ...] = ()
    allergies_asked: bool = True
    current: tuple[DrugFacts, ...] = ()
    supplies: tuple[Supply, ...] = ()

    def age(self, on: date) -> int | None:
        """Whole years; None when the birth date is not known."""
        if self.born_on is None:
            return None
        before = (on.month, on.day) < (self.born_on.month, self.born_on.day)
        return on.year - self.born_on.year - int(before)


@dataclass(frozen=True, slots=True)
class Case:
    """A new drug for a patient on a day, with the pairs a site has loaded itself."""

    new: DrugFacts
    patient: PatientFacts
    on: date
    loaded: Collection[Interaction] = field(default=())

    @property
    def age(self) -> int | None:
        """The patient's age on that day."""
        return self.patient.age(self.on)


def on_hand(supplies: Collection[Supply], *, on: date) -> int:
    """How many days all that was handed out still lasts, taken as it was meant.

    What was left when the next was handed out is added to it.
    """
    left, since = 0, None
    for each in sorted(supplies, key=lambda one: one.sold_on):
        passed = (each.sold_on - since).days if since else 0
        left, since = max(0, left - passed) + each.days_supply, each.sold_on
    return max(0, left - (on - since).days) if since else 0


def runs_out_on(supplies: Collection[Supply], *, on: date) -> date:
    """The first day without it."""
    return on + timedelta(days=on_hand(supplies, on=on))
