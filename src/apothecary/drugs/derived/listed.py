"""A listing of the FDA as a row of the drug file: every derived column, one listing at a time.

What only the whole file can say (the schedule of siblings) is added where the file is merged.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

from apothecary.drugs import starter
from apothecary.drugs.derived import tables
from apothecary.drugs.derived.classes import epc_classes
from apothecary.drugs.derived.contents import content_of, tidy
from apothecary.drugs.derived.forms import form_group
from apothecary.drugs.derived.names import brand_name, generic_name
from apothecary.drugs.derived.strengths import BadStrength, strength_text
from apothecary.drugs.derived.substances import ingredient_key, key_of
from apothecary.drugs.derived.tables import ScheduleRow
from apothecary.drugs.lines import PackageLine, ProductLine
from apothecary.drugs.ndc import BadNdc, Ndc
from apothecary.drugs.official.fda_ndc import ListedPackage, Listing
from apothecary.drugs.shipped import BadRow
from apothecary.drugs.starter import INNOVATOR_CATEGORIES, LabelAssignmentRow

OVER_THE_COUNTER = "HUMAN OTC DRUG"
HOMEOPATHIC = "UNAPPROVED HOMEOPATHIC"
KIT = "KIT"
# Nothing of schedule I is dispensed; a bulk listing is handled as strictly as the house can.
STRICTEST = 2


@dataclass(frozen=True, slots=True)
class Labelled:
    """What decides the auxiliary labels of a product."""

    ingredient_key: str
    form_group: str
    dosage_form: str


class Schedules:
    """The rows of 21 CFR part 1308 by what they are asked for."""

    def __init__(self, rows: Iterable[ScheduleRow]) -> None:
        self.within: dict[str, list[ScheduleRow]] = defaultdict(list)
        self.whole: dict[str, list[ScheduleRow]] = defaultdict(list)
        for row in rows:
            if row.within == "any":
                self.within[row.ingredients[0]].append(row)
            else:
                self.whole["+".join(sorted(row.ingredients))].append(row)

    def of(self, key: str, group: str) -> int:
        """The strictest schedule the rows give a product of these ingredients; 0 for none."""
        rows = [row for each in key.split("+") for row in self.within.get(each, ())]
        rows += self.whole.get(key, ())
        return min((row.schedule for row in rows if row.form_group in {"", group}), default=0)


class Reader:
    """Turns listings into rows of the drug file, with the shipped tables at hand."""

    def __init__(self, file: str, *, known: Mapping[str, str], tall_man: Mapping[str, str]):
        """``known`` are ingredients by substance beyond the shipped table (small letters)."""
        self.file = file
        self.shipped = tables.substances()
        self.known = {**known, **self.shipped}
        self.tall_man = tall_man
        # A few thousand combinations stand for all listings: each is folded once.
        self.key = lru_cache(maxsize=None)(partial(ingredient_key, table=self.shipped))
        self.known_key = lru_cache(maxsize=None)(partial(ingredient_key, table=self.known))
        self.prefer = lru_cache(maxsize=None)(self._prefer)
        self.units = tables.strength_units()
        self.storages = tables.storages()
        self.schedules = Schedules(tables.schedule_rows())
        self.labels: Callable[[Labelled], str] = lru_cache(maxsize=None)(
            _labeller(starter.read_label_assignments())
        )

    def product(self, row: Listing) -> ProductLine:
        """One listing; raises BadRow naming what cannot be read."""
        group = form_group(row.form, row.routes)
        # What hangs on a shipped table asks by the shipped key, whatever RxNorm says later.
        key = self.key(row.substances)
        substances, strength = self._strength(row, group)
        schedule, schedule_source = self._schedule(row, key, group)
        name = generic_name(row.nonproprietary)
        brand = brand_name(row.proprietary, name)
        form = row.form.lower()
        return ProductLine(
            line=row.line,
            labeler_code=row.labeler_code,
            product_code=row.product_code,
            listing=row.listing,
            kind=row.kind.lower(),
            name=name or brand,
            brand=brand,
            is_brand=bool(brand) and row.category in INNOVATOR_CATEGORIES,
            ingredient_key=self.known_key(row.substances),
            substances=substances,
            strength=strength,
            form=form,
            form_group=group,
            route="; ".join(row.routes).lower(),
            schedule=schedule,
            schedule_source=schedule_source,
            prescription_only=row.kind != OVER_THE_COUNTER,
            labeler=row.labeler,
            category=row.category,
            application=row.application,
            classes="; ".join(epc_classes(row.classes)),
            storage=self.storages.get((key, group), ""),
            auxiliary=self.labels(Labelled(key, group, row.form)),
            words=self._words(name, brand, row.suffix, key, strength, form),
            started_on=row.started_on,
            ended_on=row.ended_on,
            certified_on=row.certified_on,
            flag=row.flag,
        )

    def package(self, row: ListedPackage, *, form: str) -> PackageLine:
        """One package of a product of that dosage form (capitals, as listed)."""
        description = tidy(row.description)
        content = content_of(description, form)
        return PackageLine(
            line=row.line,
            ndc=row.ndc.hyphenated,
            listing=row.listing,
            description=description,
            package_code=row.ndc.package,
            ndc10=shortened(row.ndc, 10),
            ndc11=shortened(row.ndc, 11),
            ndc12=row.ndc.ndc12,
            quantity=content.quantity,
            unit=content.unit,
            unit_word=content.word,
            unit_source=content.source,
            inner_count=content.inner,
            sample=row.sample,
            started_on=row.started_on,
            ended_on=row.ended_on,
            flag=row.flag,
        )

    def _strength(self, row: Listing, group: str) -> tuple[str, str]:
        """Substances and strengths in the order of the substances' names."""
        if len(row.strengths) != len(row.substances):
            amounts = (self._one(row, amount, unit, "") for amount, unit in row.strengths)
            return "; ".join(row.substances).lower(), " / ".join(filter(None, amounts))
        pairs = sorted(
            (each.lower(), self._one(row, amount, unit, self.prefer(each, group)))
            for each, (amount, unit) in zip(row.substances, row.strengths, strict=True)
        )
        return "; ".join(each for each, _ in pairs), " / ".join(said for _, said in pairs)

    def _prefer(self, substance: str, group: str) -> str:
        return self.units.get((key_of(substance, self.shipped), group), "")

    def _one(self, row: Listing, amount: str, unit: str, prefer: str) -> str:
        try:
            return strength_text(amount, unit, prefer=prefer)
        except BadStrength as why:
            field = "ACTIVE_NUMERATOR_STRENGTH"
            raise BadRow(self.file, row.line, field, str(why)) from None

    def _schedule(self, row: Listing, key: str, group: str) -> tuple[int, str]:
        if row.schedule == 1:
            return STRICTEST, "listing-c-i"
        if row.category == HOMEOPATHIC or not key:
            return row.schedule, "listing"
        law = self.schedules.of(key, group)
        if law and (row.schedule == 0 or law < row.schedule):
            return law, "21-cfr-1308"
        return row.schedule, "listing"

    def _words(self, *said: str) -> str:
        key = said[3]
        tall = [self.tall_man.get(each, "") for each in key.split("+")]
        parts = " ".join([*said, *tall]).lower()
        return " ".join(parts.replace("-", " ").replace("+", " ").replace(",", " ").split())


def shortened(ndc: Ndc, digits: int) -> str:
    """The code in ten or eleven digits; empty where it has no such form."""
    try:
        return ndc.ndc10 if digits == 10 else ndc.ndc11
    except BadNdc:
        return ""


def _labeller(rows: Iterable[LabelAssignmentRow]) -> Callable[[Labelled], str]:
    by_ingredient: dict[str, list[LabelAssignmentRow]] = defaultdict(list)
    order = {}
    for place, row in enumerate(rows):
        by_ingredient[row.ingredient].append(row)
        order[row] = place

    def labels(product: Labelled) -> str:
        of_key = by_ingredient[product.ingredient_key] if product.ingredient_key else []
        rows = sorted({*by_ingredient[""], *of_key}, key=order.__getitem__)
        return ";".join(starter.labels_of(product, rows))

    return labels
