"""The tables a search reads: drugs as one chooses them, the words they are found by.

They hold nothing that the drug file does not say and are made anew from it (``search_index``).
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from apothecary.staff.models import Pharmacy


class SearchDrug(models.Model):
    """A drug as one chooses it: one name, brand, strength, form, route and rated group.

    Its number is a digest of what makes it that drug, so that it survives a rebuild. ``marks``
    is what it is found by (see ``search_words``); ``place`` orders drugs of equal use by name
    and strength. ``product_id`` stands for all of its ``products``. The tables of the file are
    named by number alone: the index may keep none of their rows from changing.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    stamp = models.UUIDField()
    name = models.TextField()
    brand = models.TextField(blank=True)
    strength = models.TextField(blank=True)
    form = models.TextField()
    route = models.TextField(blank=True)
    schedule = models.SmallIntegerField(default=0)
    product_id = models.BigIntegerField()
    labeler = models.TextField(blank=True)
    labelers = models.IntegerField()
    products = models.IntegerField()
    used = models.IntegerField()
    place = models.TextField(db_collation="C")
    marks = SearchVectorField()

    class Meta:
        indexes = [
            GinIndex(fields=["marks"], name="searchdrug_marks"),
            models.Index(fields=["-used", "place", "id"], name="searchdrug_order"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.strength} {self.form}"


class SearchProduct(models.Model):
    """Which drug a product of the file is, and its imprint as it is typed: no spaces."""

    product_id = models.BigIntegerField(primary_key=True)
    drug_id = models.UUIDField(db_index=True)
    imprint = models.TextField(blank=True, db_collation="C")

    class Meta:
        indexes = [
            models.Index(
                fields=["imprint"],
                name="searchproduct_imprint",
                condition=~models.Q(imprint=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.imprint}".strip()


class SearchWord(models.Model):
    """A mark of the index: of how many drugs, and how much the most used of them is used."""

    word = models.TextField(primary_key=True, db_collation="C")
    drugs = models.IntegerField()
    used = models.IntegerField()

    def __str__(self) -> str:
        return self.word


class SearchList(models.Model):
    """The first drugs, in order, of a word that many have; with ``*`` of all that begin so."""

    leaf = models.TextField(primary_key=True, db_collation="C")
    drugs = ArrayField(models.UUIDField())

    def __str__(self) -> str:
        return self.leaf


class SearchNear(models.Model):
    """What is left of the beginning of a word when letters are left out (``search_errors``)."""

    pk = models.CompositePrimaryKey("rest", "start")
    rest = models.TextField(db_collation="C")
    start = models.TextField(db_collation="C")

    def __str__(self) -> str:
        return f"{self.rest} {self.start}"


class SearchFirst(models.Model):
    """A drug a pharmacy has on the shelf or gives out often: it comes first there.

    Written by rooms above (``search_first.put_first``); here nothing is known of stock. It says
    only what comes first, never how much is there. ``marks``, ``used`` and ``place`` are the
    drug's, copied: a search that many drugs answer looks through these few rows first.
    """

    pharmacy = models.ForeignKey(
        Pharmacy, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    drug_id = models.UUIDField()
    # The one to open: on the shelf, else the one given out most.
    product_id = models.BigIntegerField()
    fills = models.IntegerField(default=0)
    on_shelf = models.BooleanField(default=False)
    used = models.IntegerField(default=0)
    place = models.TextField(default="", db_collation="C")
    marks = SearchVectorField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pharmacy", "drug_id"], name="searchfirst_drug")
        ]

    def __str__(self) -> str:
        return f"{self.drug_id} {self.fills}"
