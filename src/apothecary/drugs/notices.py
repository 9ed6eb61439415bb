"""Recalls and shortages of a product as the FDA published them: shown, never acted on here."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from apothecary.drugs.models import Package, Product
from apothecary.drugs.official.written_codes import product_key
from apothecary.drugs.side_tables import Recall, RecallCode, Shortage

OPEN = frozenset({"Ongoing", "Pending"})
TONES = {"I": "stop", "II": "look", "III": "plain", "": "look"}
MEANINGS = {
    "I": "may cause serious harm or death",
    "II": "may cause harm that passes or can be treated, serious harm is unlikely",
    "III": "is not likely to harm",
    "": "has no class yet",
}
# 21 CFR 7.3(m) defines the classes; the words above are ours.
CITE = "21 CFR 7.3(m)"
SHORT = frozenset({"Current", "To Be Discontinued"})


@dataclass(frozen=True, slots=True)
class RecallNotice:
    """A recall with the codes by which it is about this product.

    ``certain`` tells that openFDA lists one of them; else only the firm's text names them.
    ``here`` are packages of this product that it names; without one it is about all of them.
    """

    recall: Recall
    codes: tuple[str, ...]
    here: tuple[str, ...]
    certain: bool

    @property
    def is_open(self) -> bool:
        """Whether the recall is going on, by its last publication."""
        return self.recall.status in OPEN and self.recall.gone_on is None

    @property
    def tone(self) -> str:
        """How loud it is shown: class I stops."""
        return TONES[self.recall.recall_class]

    @property
    def cite(self) -> str:
        """Where the classes are defined."""
        return CITE

    @property
    def meaning(self) -> str:
        """What its class says of the danger."""
        return MEANINGS[self.recall.recall_class]


@dataclass(frozen=True, slots=True)
class Notices:
    """What the page shows of recalls and shortages, the worst first."""

    recalls: Sequence[RecallNotice]
    past: Sequence[RecallNotice]
    shortages: Sequence[Shortage]


def notices_of(product: Product, packages: Sequence[Package]) -> Notices:
    """The recalls and shortages of a product (2 queries)."""
    key = product_key(product.labeler_code, product.product_code)
    ours = {package.package_code.zfill(2): package.ndc for package in packages}
    found = [_notice(recall, ours) for recall in _recalls(key)]
    about = [notice for notice in found if notice is not None]
    about.sort(key=lambda notice: notice.recall.recall_class or "II")
    supply = Shortage.objects.select_related("batch").filter(product_key=key, gone_on=None)
    return Notices(
        recalls=[notice for notice in about if notice.is_open],
        past=[notice for notice in about if not notice.is_open],
        shortages=[
            row
            for row in supply.order_by("package_ndc", "-updated_on", "id")
            if row.status in SHORT
        ],
    )


def _recalls(key: str) -> QuerySet[Recall]:
    codes = RecallCode.objects.filter(
        number=OuterRef("number"), product_key=key, gone_on=None
    ).order_by("place", "code")
    said = codes.values(found=JSONObject(place="place", code="code", package="package"))
    recalls = Recall.objects.select_related("batch").annotate(said=ArraySubquery(said))
    return recalls.filter(Exists(codes)).order_by("-reported_on", "number")


def _notice(recall: Recall, ours: dict[str, str]) -> RecallNotice | None:
    """None where every code it has is of a package that this product has not."""
    said: list[dict[str, str]] = recall.said  # type: ignore[attr-defined]  # annotated above
    about = [each for each in said if each["package"] == "" or each["package"] in ours]
    if not about:
        return None
    packages = dict.fromkeys(ours[each["package"]] for each in about if each["package"])
    whole = any(each["package"] == "" for each in about if each["place"] == "named")
    return RecallNotice(
        recall=recall,
        codes=tuple(dict.fromkeys(each["code"] for each in about)),
        here=() if whole else tuple(packages),
        certain=any(each["place"] == "listed" for each in about),
    )
