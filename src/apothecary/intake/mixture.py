"""The form of a compound: its own fields, a line for each ingredient, what may be chosen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from apothecary.drugs.models import Package
from apothecary.intake.choices import Choice, drug_choices
from apothecary.intake.composed import FORM_OF, SentPart, sent_compound
from apothecary.intake.forms import Reader
from apothecary.law.problem import Problem, refuse_if
from apothecary.prescriptions.compound_rules import LONGEST_NAME, MOST_INGREDIENTS
from apothecary.prescriptions.compound_tables import CompoundIngredient
from apothecary.prescriptions.compounds import Part, Recipe
from apothecary.staff.worker import Worker

WHOLE = ("name", "form", "route", "unit", "makes", "beyond_use_days")
LINE = ("package", "quantity", "unit", "basis", "cost_usd")


@dataclass(frozen=True, slots=True)
class Line:
    """One ingredient as it stands in the form; ``package`` is its number as typed."""

    package: str
    quantity: str = ""
    unit: str = ""
    basis: str = ""
    cost_usd: str = ""
    says: str = ""
    ndc11: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """The form as it is shown: what is typed, what may be chosen, what is refused."""

    values: Mapping[str, str]
    lines: tuple[Line, ...] = ()
    asked: str = ""
    choices: tuple[Choice, ...] = ()
    notes: tuple[str, ...] = ()
    problems: Mapping[str, list[Problem]] = field(default_factory=dict)
    others: tuple[Problem, ...] = ()

    def wrong(self, name: str) -> list[Problem]:
        """What is refused about a field."""
        return self.problems.get(name, [])

    def holds(self, ndc11: str) -> bool:
        """Whether the package of that number is among the ingredients."""
        return bool(ndc11) and any(line.ndc11 == ndc11 for line in self.lines)

    @property
    def focus(self) -> str:
        """Where to go on: the name first, then one ingredient after the other."""
        if not self.values.get("name"):
            return "name"
        for place, line in enumerate(self.lines, start=1):
            if not line.quantity:
                return f"quantity_{place}"
        return "asked"


def typed_mixture(posted: Mapping[str, str]) -> Mixture:
    """The form as it was posted; lines without a package have been taken out."""
    lines = []
    for place in range(1, MOST_INGREDIENTS + 2):
        found = {name: posted.get(f"{name}_{place}", "").strip() for name in LINE}
        if found["package"]:
            lines.append(Line(**found))
    values = {name: posted.get(name, "").strip() for name in WHOLE}
    return Mixture(values=values, lines=tuple(lines), asked=posted.get("asked", "").strip())


def mixture_of(made_of: Iterable[CompoundIngredient]) -> Mixture:
    """The form of a compound that was entered before, to be mended into another."""
    parts = list(made_of)
    if not parts:
        return Mixture(values=dict.fromkeys(WHOLE, ""))
    whole = parts[0].compound
    values = {
        "name": whole.name,
        "form": whole.form,
        "route": whole.route,
        "unit": whole.package.unit,
        "makes": f"{whole.makes.normalize():f}",
        "beyond_use_days": str(whole.beyond_use_days),
    }
    lines = tuple(
        Line(
            package=str(one.package_id),
            quantity=f"{one.quantity.normalize():f}",
            unit=one.package.unit,
            basis=one.basis,
            cost_usd=f"{one.cost_usd}",
        )
        for one in parts
    )
    return Mixture(values=values, lines=lines)


def mixture_sent(values: Mapping[str, str], found: Mapping[str, Package]) -> Mixture:
    """The form of a compound as the message fills it; ``found``: NDC of 11 digits → package.

    A quantity in another unit than the package's is left to a person.
    """
    sent = sent_compound(values)
    if sent is None:
        return Mixture(values=dict.fromkeys(WHOLE, ""))
    unit = values.get("quantity_unit", "")
    typed = {
        "name": values.get("drug", "")[:LONGEST_NAME],
        "form": FORM_OF.get(sent.form, ""),
        "unit": unit,
        "makes": values.get("quantity", ""),
    }
    lines = [line_of(part, found[part.ndc]) for part in sent.parts if part.ndc in found]
    return Mixture(values=dict.fromkeys(WHOLE, "") | typed, lines=tuple(lines))


def line_of(part: SentPart, package: Package) -> Line:
    """An ingredient that this house holds on file under the number that was sent."""
    same = part.unit == package.unit
    quantity = part.quantity if same else ""
    return Line(package=str(package.pk), quantity=quantity, unit=package.unit)


def with_ingredient(mixture: Mixture, package: Package) -> Mixture:
    """One more line; what stands in it already is not taken twice."""
    if any(line.package == str(package.pk) for line in mixture.lines):
        return replace(mixture, asked="")
    line = Line(package=str(package.pk), unit=package.unit)
    return replace(mixture, asked="", lines=(*mixture.lines, line))


def without_ingredient(mixture: Mixture, place: str) -> Mixture:
    """The form without the line of that place."""
    kept = [line for n, line in enumerate(mixture.lines, start=1) if str(n) != place]
    return replace(mixture, lines=tuple(kept))


def with_choices(mixture: Mixture, *, by: Worker) -> Mixture:
    """What the search finds for what was typed, on hand first."""
    if not mixture.asked:
        return mixture
    found = drug_choices(
        mixture.asked, arrival=None, by=by, good_until=by.today + timedelta(days=1)
    )
    return replace(mixture, choices=tuple(found.lines), notes=found.notes)


def named(mixture: Mixture) -> Mixture:
    """Each line in words (1 query); a package that is not on file says so."""
    keys = [int(line.package) for line in mixture.lines if is_key(line.package)]
    rows = Package.objects.select_related("product").filter(pk__in=keys)
    found = {str(row.pk): row for row in rows}
    lines = [in_words(line, found.get(line.package)) for line in mixture.lines]
    return replace(mixture, lines=tuple(lines))


def in_words(line: Line, package: Package | None) -> Line:
    """A line with its ingredient in words and its unit."""
    unit = line.unit or (package.unit if package else "")
    number = package.ndc11 if package else ""
    return replace(line, says=line_says(package), unit=unit, ndc11=number)


def line_says(package: Package | None) -> str:
    """An ingredient as its line names it."""
    if package is None:
        return "not in the drug file"
    of = package.product
    return f"{of.brand or of.name} {of.strength_said} {of.form} · {of.labeler} · {package.ndc}"


def is_key(text: str) -> bool:
    """Whether a text is the number of a row."""
    return text.isascii() and text.isdigit() and len(text) < 19


def read_recipe(mixture: Mixture) -> Recipe:
    """The form as typed values, or a refusal with every field at fault."""
    typed = dict(mixture.values)
    for place, line in enumerate(mixture.lines, start=1):
        typed |= {f"{name}_{place}": getattr(line, name) for name in LINE}
    read = Reader(typed)
    recipe = Recipe(
        name=read.text("name"),
        form=read.text("form"),
        route=read.text("route"),
        unit=read.text("unit"),
        makes=read.number("makes", "Makes", places=3),
        beyond_use_days=read.whole("beyond_use_days", "Days of use"),
        parts=[part_of(read, place) for place in range(1, len(mixture.lines) + 1)],
    )
    refuse_if(read.problems)
    return recipe


def part_of(read: Reader, place: int) -> Part:
    """One line as typed values; an empty cost is the drug file's."""
    return Part(
        package_id=read.key(f"package_{place}", "Choose the ingredient."),
        quantity=read.number(f"quantity_{place}", "Quantity", places=3),
        unit=read.text(f"unit_{place}"),
        basis=read.text(f"basis_{place}"),
        cost_usd=read.money(f"cost_usd_{place}", "Cost"),
    )


def refused(mixture: Mixture, problems: Iterable[Problem]) -> Mixture:
    """Each problem under its field: ``ingredients.2.quantity`` is the field ``quantity_2``."""
    by_field: dict[str, list[Problem]] = {}
    others = []
    for problem in problems:
        name = problem.field
        if name.startswith("ingredients."):
            _, place, *rest = name.split(".")
            name = f"{rest[0] if rest else 'package'}_{place}"
        if name in mixture.values or name.rpartition("_")[0] in LINE:
            by_field.setdefault(name, []).append(problem)
        else:
            others.append(problem)
    return replace(mixture, problems=by_field, others=tuple(others))
