"""Entering what a compound is made of, so that it can be ordered like any drug."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from apothecary.drugs.batches import Batch, Source
from apothecary.drugs.models import Package, Product
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse_if
from apothecary.prescriptions.compound_rules import (
    ACQUIRED,
    BY_THE_FILE,
    FORMS,
    PIECES,
    ROUTES,
    CompoundFacts,
    IngredientFacts,
    compound_problems,
    cost_of,
    schedule_of,
)
from apothecary.prescriptions.compound_tables import (
    COMPOUND,
    Compound,
    CompoundIngredient,
    is_compound,
)
from apothecary.prescriptions.writer import new_key
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker

SOURCE = "compounds"
PRICE_PLACES = Decimal("0.00001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An ingredient as typed. Without a cost it is what the drug file says, basis 09."""

    package_id: int
    quantity: Decimal
    unit: str
    basis: str = ""
    cost_usd: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A compound as typed; ``makes`` is how much of it one fill is, in ``unit``."""

    name: str
    form: str
    route: str
    unit: str
    makes: Decimal
    beyond_use_days: int
    parts: Sequence[Part]


def orderable(pharmacy_id: int) -> QuerySet[Package]:
    """What a prescription may name: the drug file, and the compounds of this pharmacy."""
    ours = Compound.objects.filter(pharmacy_id=pharmacy_id, package_id=OuterRef("pk"))
    return Package.every.filter(Q(in_use=True) | Exists(ours))


@transaction.atomic
def enter_compound(*, by: Worker, recipe: Recipe) -> Compound:
    """Write down what a compound is made of, or refuse with every reason at once.

    One that is the same in everything is not written twice: the first is given back.
    """
    by.must(Duty.ENTER_PRESCRIPTION)
    found = packages_of(recipe)
    parts = [ingredient_facts(part, found) for part in recipe.parts]
    refuse_if(unknown_problems(recipe, found) or compound_problems(facts_of(recipe, parts)))
    before = same_compound(recipe, parts, by=by)
    if before is not None:
        return before
    package = on_file(recipe, found, parts, by=by)
    compound = Compound.objects.create(
        pharmacy_id=by.pharmacy_id,
        package=package,
        name=recipe.name.strip(),
        form=recipe.form,
        route=recipe.route,
        makes=recipe.makes,
        beyond_use_days=recipe.beyond_use_days,
        made_at=by.at,
        made_by=by.person_id,
    )
    CompoundIngredient.objects.bulk_create(
        CompoundIngredient(
            pharmacy_id=by.pharmacy_id,
            compound=compound,
            place=place,
            package_id=one.package_id,
            quantity=one.quantity,
            basis=one.basis,
            cost_usd=one.cost_usd or Decimal(0),
        )
        for place, one in enumerate(parts, start=1)
    )
    said = {
        "name": compound.name,
        "makes": f"{recipe.makes:f} {recipe.unit}",
        "ingredients": [f"{one.quantity:f} {one.unit} of {one.says}" for one in parts],
    }
    record(by=by, did=Deed.COMPOUND_ENTERED, about=compound, details=said)
    return compound


def same_compound(
    recipe: Recipe, parts: Sequence[IngredientFacts], *, by: Worker
) -> Compound | None:
    """The compound of this house that is the same in everything (2 queries)."""
    alike = Compound.objects.select_related("package__product").filter(
        pharmacy_id=by.pharmacy_id,
        name=recipe.name.strip(),
        form=recipe.form,
        route=recipe.route,
        makes=recipe.makes,
        beyond_use_days=recipe.beyond_use_days,
        package__unit=recipe.unit,
    )
    asked = [(one.package_id, one.quantity, one.basis, one.cost_usd) for one in parts]
    for compound in alike.prefetch_related("ingredients"):
        rows = sorted(compound.ingredients.all(), key=lambda one: one.place)
        if [(one.package_id, one.quantity, one.basis, one.cost_usd) for one in rows] == asked:
            return compound
    return None


def packages_of(recipe: Recipe) -> dict[int, Package]:
    """The ingredients' packages; of the drug file only, never a compound itself (1 query)."""
    asked = [part.package_id for part in recipe.parts]
    rows = Package.objects.select_related("product").filter(pk__in=asked)
    return {row.pk: row for row in rows}


def unknown_problems(recipe: Recipe, found: Mapping[int, Package]) -> list[Problem]:
    """What is not in the drug file cannot be an ingredient."""
    return [
        Problem("No such package in the drug file.", field=f"ingredients.{n}", code="no-drug")
        for n, part in enumerate(recipe.parts, start=1)
        if part.package_id not in found
    ]


def ingredient_facts(part: Part, found: Mapping[int, Package]) -> IngredientFacts:
    """An ingredient beside its package; what it costs is typed, else the file's."""
    package = found.get(part.package_id)
    cost = part.cost_usd
    if cost is None and package is not None:
        cost = cost_of(package.price_usd, part.quantity)
    typed = ACQUIRED if part.cost_usd is not None else BY_THE_FILE
    return IngredientFacts(
        package_id=part.package_id,
        says=says_of(package) if package else "",
        quantity=part.quantity,
        unit=part.unit,
        package_unit=package.unit if package else "",
        legend=bool(package and package.product.prescription_only),
        basis=part.basis or typed,
        cost_usd=cost,
    )


def says_of(package: Package) -> str:
    """An ingredient in words: name, strength and code."""
    of = package.product
    return f"{of.brand or of.name} {of.strength_said} ({package.ndc})"


def facts_of(recipe: Recipe, parts: Sequence[IngredientFacts]) -> CompoundFacts:
    """The recipe as the rules look at it."""
    return CompoundFacts(
        name=recipe.name,
        form=recipe.form,
        route=recipe.route,
        unit=recipe.unit,
        makes=recipe.makes,
        beyond_use_days=recipe.beyond_use_days,
        ingredients=parts,
    )


def on_file(
    recipe: Recipe,
    found: Mapping[int, Package],
    parts: Sequence[IngredientFacts],
    *,
    by: Worker,
) -> Package:
    """The compound as a product of its own in the drug file, out of use for scan and search."""
    batch = own_batch(by=by)
    of = [found[one.package_id].product for one in parts]
    keys = sorted({key for product in of for key in product.ingredient_key.split("+") if key})
    labels = dict.fromkeys(k for product in of for k in product.auxiliary.split(";") if k)
    origin = {"source": batch.source, "since": batch, "batch": batch, "in_use": False}
    product = Product.every.create(
        **origin,
        labeler_code="",
        product_code="",
        kind=COMPOUND,
        name=recipe.name.strip(),
        ingredient_key="+".join(keys),
        strength="",
        form=FORMS[recipe.form].upper(),
        form_group="compound",
        route=ROUTES[recipe.route].fda,
        schedule=schedule_of([one.schedule for one in of]),
        prescription_only=True,
        labeler=f"Compounded by {Pharmacy.objects.get(pk=by.pharmacy_id).name}",
        high_alert=any(one.high_alert for one in of),
        auxiliary=";".join(labels),
    )
    cost = sum((one.cost_usd or Decimal(0) for one in parts), Decimal(0))
    key = new_key(Package)
    return Package.every.create(
        **origin,
        pk=key,
        product=product,
        package_code="",
        ndc=f"CMP-{key}",
        ndc10="",
        ndc11="",
        description=f"{recipe.makes:f} {recipe.unit}",
        quantity=recipe.makes,
        unit=recipe.unit,
        unit_word=FORMS[recipe.form] if recipe.form in PIECES else "",
        price_usd=(cost / recipe.makes).quantize(PRICE_PLACES, ROUND_HALF_UP),
        price_source="its ingredients",
        price_on=by.today,
    )


def own_batch(*, by: Worker) -> Batch:
    """Where a compound's row of the drug file comes from: this house itself."""
    source, _ = Source.objects.get_or_create(
        key=SOURCE,
        defaults={"name": "Compounds entered in this house", "licence": "the house's own"},
    )
    batch = Batch.objects.filter(source=source).order_by("id").first()
    return batch or Batch.objects.create(
        source=source, loaded_at=by.at, by="entry of prescriptions", partial=True
    )


def order_problems(package: Package, quantity: Decimal, *, by: Worker) -> list[Problem]:
    """Why a compound cannot be ordered so: another house's, or not the quantity it makes."""
    if not is_compound(package):
        return []
    ours = Compound.objects.filter(pharmacy_id=by.pharmacy_id, package_id=package.pk).first()
    if ours is None:
        return [Problem("No such compound here.", field="package_id", code="no-compound")]
    if quantity == ours.makes:
        return []
    made = f"{ours.makes.normalize():f} {package.unit}"
    says = f"What was entered makes {made}: enter the ingredients anew for another quantity."
    return [Problem(says, field="quantity", code="compound-quantity")]
