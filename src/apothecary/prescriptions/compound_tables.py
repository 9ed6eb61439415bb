"""What a compound is made of.

A compound stands in the drug file as a product and package of its own, out of use for scans and
searches: every screen, the label and the screening then see its name, unit, schedule and
ingredients as they see those of any drug. What only a compound has stands here.
"""

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from apothecary.drugs.models import Package
from apothecary.staff.models import OfPharmacy

# What ``Product.kind`` says of it; the kinds of the FDA's own file are in other words.
COMPOUND = "COMPOUND"


class Compound(OfPharmacy):
    """A preparation for one prescription: what it is, how much of it is made at a time.

    ``form`` and ``route`` are the codes of a claim (450-EF, 995-E2); ``makes`` is in the unit
    of ``package``. ``beyond_use_days`` is what a person has said and a pharmacist reviews.
    """

    package = models.ForeignKey(
        Package, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.TextField()
    form = models.CharField(max_length=2)
    route = models.TextField()
    makes = models.DecimalField(max_digits=12, decimal_places=3)
    beyond_use_days = models.IntegerField()
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "package"], name="compound_package"),
            models.CheckConstraint(
                condition=Q(makes__gt=0) & Q(beyond_use_days__gt=0),
                name="compound_numbers_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def use_until(self, *, filled_on: date) -> date:
        """The last day of its use when it is made that day, by its own limit alone."""
        return filled_on + timedelta(days=self.beyond_use_days)


class CompoundIngredient(OfPharmacy):
    """One ingredient: so much of a package, what all of it costs, and by which basis.

    ``quantity`` is in the billing unit of the package; ``basis`` is a code of 490-UE.
    """

    compound = models.ForeignKey(
        Compound, on_delete=models.PROTECT, related_name="ingredients", db_index=False
    )
    place = models.IntegerField()
    package = models.ForeignKey(
        Package, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    basis = models.CharField(max_length=2)
    cost_usd = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pharmacy", "compound", "place"], name="compound_ingredient_place"
            ),
            models.UniqueConstraint(
                fields=["compound", "package"], name="compound_ingredient_once"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0) & Q(cost_usd__gte=0),
                name="compound_ingredient_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.package.unit} of {self.package.product}"


def is_compound(package: Package) -> bool:
    """Whether this package of the drug file is a compound; ``package`` has its product."""
    return package.product.kind == COMPOUND


def compound_of(package: Package, *, pharmacy_id: int) -> Compound | None:
    """The compound behind a package: no query for any other drug, else one."""
    if not is_compound(package):
        return None
    return Compound.objects.get(pharmacy_id=pharmacy_id, package_id=package.pk)


def compounds_with(package: Package, *, pharmacy_id: int) -> models.QuerySet[Any, Any]:
    """The packages of the compounds that this package is an ingredient of, as a subquery."""
    found = CompoundIngredient.objects.filter(pharmacy_id=pharmacy_id, package=package)
    return found.values("compound__package_id")


def ingredients_of(package: Package, *, pharmacy_id: int) -> list[CompoundIngredient]:
    """What a package is compounded of, in order: nothing, without a query, for other drugs."""
    if not is_compound(package):
        return []
    return list(
        CompoundIngredient.objects.select_related("compound", "package__product")
        .filter(pharmacy_id=pharmacy_id, compound__package_id=package.pk)
        .order_by("place")
    )
