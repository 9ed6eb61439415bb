"""The drug file that ships with the house: streaming readers, one frozen row at a time.

Where each figure comes from and how old it is stands in ``data/sources.csv`` and
``data/README.md``. Nothing here is current enough for practice: a site loads the official
files over it. Every reader raises ``shipped.BadRow`` at the first row it cannot read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Protocol

from apothecary.drugs.ndc import BadNdc, Ndc
from apothecary.drugs.shipped import MARKS, Line, read_lines

SHIPPED = files("apothecary.drugs") / "data"

BILLING_UNITS = frozenset({"EA", "ML", "GM"})
SCHEDULES = frozenset({"0", "2", "3", "4", "5"})
STORAGES = frozenset({"unknown", "room", "refrigerator", "freezer"})
# What a claim and the counter tell apart; of anything else the house does not ask.
KINDS = frozenset({"", "VACCINE"})
UNIT_SOURCES = frozenset({"nadac", "content", "container", "labelling"})
SCHEDULE_SOURCES = frozenset({"listing", "siblings", "21-cfr-1308"})
INNOVATOR_CATEGORIES = frozenset({"NDA", "BLA"})


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source of the drug file with the date of the release that was read."""

    key: str
    title: str
    publisher: str
    released_on: date | None
    licence: str
    used_for: str
    verified: str


@dataclass(frozen=True, slots=True)
class IngredientRow:
    """An active ingredient; salts are folded into it. ``epc`` are FDA pharmacologic classes."""

    key: str
    name: str
    tall_man: str
    unii: str
    rxcui: str
    rxcui_source: str
    epc: tuple[str, ...]
    va_classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A drug of one labeler in one strength and form (labeler and product segment of the NDC).

    ``substances`` and ``strengths`` run in parallel and name the salt; ``ingredients`` are keys
    of ingredients.csv. ``schedule`` is 0 or 2 to 5; ``schedule_source`` says whether the
    listing itself carried it. Kits have neither substances nor strengths. ``kind`` is the
    directory's where the house asks for it, else empty. ``line`` is where it stands in
    products.csv.
    """

    line: int
    labeler: str
    product: str
    brand: str
    generic: str
    ingredients: tuple[str, ...]
    substances: tuple[str, ...]
    strengths: tuple[str, ...]
    dosage_form: str
    form_group: str
    routes: tuple[str, ...]
    schedule: int
    schedule_source: str
    prescription_only: bool
    labeler_name: str
    category: str
    application: str
    te_code: str
    epc: tuple[str, ...]
    rxcui_generic: str
    rxcui_brand: str
    storage: str
    kind: str

    @property
    def name(self) -> str:
        """What people call it: the brand, else the generic name."""
        return self.brand or self.generic

    @property
    def is_brand(self) -> bool:
        """An innovator's product under its own name, as DAW codes and copays mean it."""
        return bool(self.brand) and self.category in INNOVATOR_CATEGORIES

    @property
    def ingredient_key(self) -> str:
        """One key for the whole combination, whatever order the listing names it in."""
        return "+".join(sorted(self.ingredients))

    @property
    def strength(self) -> str:
        """The strengths in the listing's order: ``5 mg / 325 mg``."""
        return " / ".join(self.strengths)


@dataclass(frozen=True, slots=True)
class PackageRow:
    """A package: content in the billing unit, and the reference price of one such unit.

    ``inner_count`` are unbreakable containers inside; ``unit_source`` says what named the
    billing unit (see the README). ``price_usd`` has up to five places and is None if unknown.
    ``line`` is where it stands in packages.csv.
    """

    line: int
    ndc: Ndc
    description: str
    quantity: Decimal
    billing_unit: str
    unit_word: str
    inner_count: int
    unit_source: str
    price_usd: Decimal | None
    price_source: str
    price_on: date | None


@dataclass(frozen=True, slots=True)
class ClinicalDrugRow:
    """An RxNorm name that a product of the file carries (SCD, SBD, GPCK or BPCK)."""

    rxcui: str
    tty: str
    name: str


@dataclass(frozen=True, slots=True)
class TallManRow:
    """A look-alike pair of the FDA list."""

    name: str
    tall_man: str
    confused_with: str
    cite: str
    verified: str


@dataclass(frozen=True, slots=True)
class LabelRow:
    """An auxiliary label in our own words; ``va_ien`` is the VA label of the same meaning."""

    key: str
    says_en: str
    says_es: str
    va_ien: int


class Labelled(Protocol):
    """What a label is assigned by."""

    @property
    def ingredient_key(self) -> str: ...
    @property
    def form_group(self) -> str: ...
    @property
    def dosage_form(self) -> str: ...


@dataclass(frozen=True, slots=True)
class LabelAssignmentRow:
    """Which products get a label; an empty condition holds for all."""

    label: str
    ingredient: str
    form_group: str
    dosage_form: str
    cite: str
    verified: str

    def covers(self, product: Labelled) -> bool:
        """Whether every condition holds; an ingredient counts only when it stands alone."""
        return (
            self.ingredient in {"", product.ingredient_key}
            and self.form_group in {"", product.form_group}
            and self.dosage_form in {"", product.dosage_form}
        )


def read_sources(folder: Traversable = SHIPPED) -> Iterator[SourceRow]:
    """The sources, by key; ``released_on`` is None when the source is no dated release."""
    for line in read_lines(folder, "sources.csv"):
        yield SourceRow(
            key=line.text("key"),
            title=line.text("title"),
            publisher=line.text("publisher"),
            released_on=line.day("released_on") if line.maybe("released_on") else None,
            licence=line.text("licence"),
            used_for=line.text("used_for"),
            verified=line.one_of("verified", MARKS),
        )


def read_ingredients(folder: Traversable = SHIPPED) -> Iterator[IngredientRow]:
    """Every ingredient of the file, by key."""
    for line in read_lines(folder, "ingredients.csv"):
        yield IngredientRow(
            key=line.text("key"),
            name=line.text("name"),
            tall_man=line.maybe("tall_man"),
            unii=line.maybe("unii"),
            rxcui=line.maybe("rxcui"),
            rxcui_source=line.maybe("rxcui_source"),
            epc=line.parts("epc"),
            va_classes=line.parts("va_classes"),
        )


def read_products(folder: Traversable = SHIPPED) -> Iterator[ProductRow]:
    """Every product, in order of its code."""
    for line in read_lines(folder, "products.csv.gz"):
        row = ProductRow(
            line=line.number,
            labeler=line.text("labeler"),
            product=line.text("product"),
            brand=line.maybe("brand"),
            generic=line.text("generic"),
            ingredients=line.parts("ingredients"),
            substances=line.parts("substances"),
            strengths=line.parts("strengths"),
            dosage_form=line.text("dosage_form"),
            form_group=line.text("form_group"),
            routes=line.parts("routes"),
            schedule=int(line.one_of("schedule", SCHEDULES)),
            schedule_source=line.one_of("schedule_source", SCHEDULE_SOURCES),
            prescription_only=line.one_of("rx_otc", {"rx", "otc"}) == "rx",
            labeler_name=line.text("labeler_name"),
            category=line.text("category"),
            application=line.maybe("application"),
            te_code=line.maybe("te_code"),
            epc=line.parts("epc"),
            rxcui_generic=line.maybe("rxcui_generic"),
            rxcui_brand=line.maybe("rxcui_brand"),
            storage=line.one_of("storage", STORAGES),
            kind=line.one_of("kind", KINDS),
        )
        if len(row.substances) != len(row.strengths):
            raise line.bad("strengths", "does not run in parallel with substances")
        yield row


def read_packages(folder: Traversable = SHIPPED) -> Iterator[PackageRow]:
    """Every package, in order of its code."""
    for line in read_lines(folder, "packages.csv.gz"):
        priced = bool(line.maybe("price_usd"))
        yield PackageRow(
            line=line.number,
            ndc=_ndc(line),
            description=line.text("description"),
            quantity=line.number_above_zero("quantity", 3),
            billing_unit=line.one_of("billing_unit", BILLING_UNITS),
            unit_word=line.text("unit_word"),
            inner_count=line.count("inner_count"),
            unit_source=line.one_of("unit_source", UNIT_SOURCES),
            price_usd=line.number_above_zero("price_usd", 5) if priced else None,
            price_source=line.text("price_source") if priced else "",
            price_on=line.day("price_on") if priced else None,
        )


def read_clinical_drugs(folder: Traversable = SHIPPED) -> Iterator[ClinicalDrugRow]:
    """The RxNorm names that products refer to."""
    for line in read_lines(folder, "rxnorm.csv.gz"):
        tty = line.one_of("tty", {"SCD", "SBD", "GPCK", "BPCK"})
        yield ClinicalDrugRow(line.text("rxcui"), tty, line.text("name"))


def read_tall_man(folder: Traversable = SHIPPED) -> Iterator[TallManRow]:
    """The look-alike pairs of the FDA list."""
    for line in read_lines(folder, "tall_man.csv"):
        yield TallManRow(
            name=line.text("name"),
            tall_man=line.text("tall_man"),
            confused_with=line.text("confused_with"),
            cite=line.text("cite"),
            verified=line.one_of("verified", MARKS),
        )


def read_labels(folder: Traversable = SHIPPED) -> Iterator[LabelRow]:
    """The auxiliary labels in English and Spanish."""
    for line in read_lines(folder, "aux_labels.csv"):
        says = line.text("says_en"), line.text("says_es")
        yield LabelRow(line.text("key"), *says, va_ien=line.count("va_ien"))


def read_label_assignments(folder: Traversable = SHIPPED) -> Iterator[LabelAssignmentRow]:
    """Which products get which auxiliary label."""
    for line in read_lines(folder, "aux_assignments.csv"):
        yield LabelAssignmentRow(
            label=line.text("label"),
            ingredient=line.maybe("ingredient"),
            form_group=line.maybe("form_group"),
            dosage_form=line.maybe("dosage_form"),
            cite=line.text("cite"),
            verified=line.one_of("verified", MARKS),
        )


def labels_of(product: Labelled, assignments: Iterable[LabelAssignmentRow]) -> tuple[str, ...]:
    """Keys of the auxiliary labels of a product, each once, in the order of the table."""
    return tuple(dict.fromkeys(each.label for each in assignments if each.covers(product)))


def _ndc(line: Line) -> Ndc:
    try:
        return Ndc(line.text("labeler"), line.text("product"), line.text("package"))
    except BadNdc as problem:
        raise line.bad(problem.field, problem.reason) from None
