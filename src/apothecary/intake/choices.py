"""What a person may choose from: who else it may be, what else may be given."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from apothecary.drugs.models import Package
from apothecary.drugs.search import Found, find_drugs
from apothecary.drugs.search_alike import Alike, tall
from apothecary.drugs.search_hits import Hit
from apothecary.intake.finding import (
    equivalents_of,
    find_patient,
    known_drugs,
    packages_of_hits,
)
from apothecary.intake.matching import by_hand_and_price, equivalents, name_words
from apothecary.intake.models import Arrival
from apothecary.intake.reading import sent_patient, shown_day
from apothecary.patients.models import Patient
from apothecary.patients.queries import find_patients
from apothecary.prescriptions.models import Prescriber
from apothecary.staff.worker import Worker

MOST = 9


@dataclass(frozen=True, slots=True)
class Choice:
    """One line to choose: its number, what it is, and what tells it from the others.

    ``why`` is told where it is not what was typed; ``alike`` are names in the list that it may
    be taken for.
    """

    id: int
    says: str
    aside: str = ""
    tone: str = ""
    why: str = ""
    alike: tuple[Alike, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """The lines for one field; ``new`` holds the values a new row would be made of.

    ``notes`` are said above the lines.
    """

    of: str = ""
    title: str = ""
    lines: list[Choice] = field(default_factory=list)
    new: dict[str, str] = field(default_factory=dict)
    # Its form is drawn when asked for or when nobody fits: a key never adds by surprise.
    adding: bool = False
    notes: tuple[str, ...] = ()


def first_choices(
    arrival: Arrival | None, values: Mapping[str, str], *, by: Worker, good_until: date
) -> Choices:
    """What the form opens with: the first of patient, prescriber and drug not yet chosen."""
    if arrival is None or "patient_born_on" not in arrival.sent_values:
        # Nothing is known of it: the form opens with an empty field and not with a guess.
        return Choices()
    if not values.get("patient_id"):
        return patient_choices("", arrival=arrival, by=by)
    if not values.get("prescriber_id"):
        return prescriber_choices("", arrival=arrival, by=by)
    if not values.get("package_id") and not arrival.sent_values.get("compound"):
        return drug_choices("", arrival=arrival, by=by, good_until=good_until)
    return Choices()


def patient_choices(asked: str, *, arrival: Arrival | None, by: Worker) -> Choices:
    """Who it may be: by what was typed, else by what was sent (2 queries)."""
    sent = arrival.sent_values if arrival else {}
    known = "patient_born_on" in sent
    if asked.strip():
        rows = find_patients(
            pharmacy_id=by.pharmacy_id, asked=asked, today=by.today, limit=MOST
        )
    elif known:
        match = find_patient(sent_patient(sent), pharmacy_id=by.pharmacy_id)
        rows = list(Patient.objects.filter(pk__in=match.others).order_by("id")[:MOST])
    else:
        rows = []
    lines = [
        Choice(
            row.pk,
            f"{row.last_name.upper()}, {row.first_name}",
            f"{row.birth_date:%m/%d/%Y} · {row.street}, {row.city} · {row.phone}",
        )
        for row in rows
    ]
    new = new_values(sent, "patient", asked)
    title = "Which patient?" if lines else "A new patient?"
    return Choices("patient", title, lines, new, adding=not lines)


def prescriber_choices(asked: str, *, arrival: Arrival | None, by: Worker) -> Choices:
    """Who may have written it: by name or NPI (1 query)."""
    sent = arrival.sent_values if arrival else {}
    wanted = asked.strip() or sent.get("prescriber_npi", "")
    rows = Prescriber.objects.filter(pharmacy_id=by.pharmacy_id)
    if wanted.isdigit():
        rows = rows.filter(npi__startswith=wanted)
    else:
        rows = rows.filter(last_name__istartswith=wanted.partition(",")[0].strip())
    lines = [
        Choice(
            row.pk,
            f"{row.last_name.upper()}, {row.first_name} {row.credential}".strip(),
            f"NPI {row.npi} · {row.practice or row.city}",
        )
        for row in rows.order_by("last_name", "first_name", "id")[:MOST]
    ]
    new = new_values(sent, "prescriber", asked)
    title = "Which prescriber?" if lines else "A new prescriber?"
    return Choices("prescriber", title, lines, new, adding=not lines)


def new_values(sent: Mapping[str, str], of: str, asked: str) -> dict[str, str]:
    """What a new row would be made of: the message, else the name that was typed."""
    start = f"{of}_"
    found = {
        name.removeprefix(start): text for name, text in sent.items() if name.startswith(start)
    }
    if not found:
        last, _, first = asked.partition(",")
        words = [word for word in first.split() if word.isalpha()]
        found = {"last_name": last.strip(), "first_name": " ".join(words)}
    if "born_on" in found:
        found["born_on"] = shown_day(found["born_on"])
    return found


def drug_choices(
    asked: str, *, arrival: Arrival | None, by: Worker, good_until: date
) -> Choices:
    """Which drug: by code, by fragments, else by the words sent (3 queries and the search's).

    What is on hand comes first, package by package; of what is not, one line a drug.
    """
    sent = arrival.sent_values.get("drug", "") if arrival else ""
    wanted = asked.strip() or " ".join(sorted(name_words(sent))[:1])
    found = find_drugs(wanted, pharmacy_id=by.pharmacy_id)
    packages = packages_of_hits(found.hits, pharmacy_id=by.pharmacy_id, good_until=good_until)
    drugs = known_drugs(
        [package for each in packages for package in each],
        pharmacy_id=by.pharmacy_id,
        good_until=good_until,
    )
    known = {drug.id: drug for drug in drugs}
    lines = []
    for hit, each in zip(found.hits, packages, strict=True):
        ranked = sorted(each, key=lambda package: by_hand_and_price(known[package.pk]))
        on_hand = [package for package in ranked if known[package.pk].free > 0]
        lines += [
            marked(product_line(package, known[package.pk].free), hit)
            for package in on_hand or ranked[:1]
        ]
    lines.sort(key=lambda line: line.tone != "done")
    return Choices("package", "Which drug?", lines[:MOST], notes=tuple(notes(found)))


def marked(line: Choice, hit: Hit) -> Choice:
    """A line with why it is shown and what it may be taken for."""
    return replace(line, why=", ".join(hit.why), alike=hit.alike)


def notes(found: Found) -> list[str]:
    """What is to be said above the lines: that a word was read otherwise, or is error-prone."""
    return [note for note in (found.says, *found.warns) if note]


def product_choices(package: Package, *, by: Worker, good_until: date) -> Choices:
    """What may be given in place of a chosen product, on hand first (2 queries)."""
    packages = equivalents_of(package)
    drugs = known_drugs(packages, pharmacy_id=by.pharmacy_id, good_until=good_until)
    this = next(drug for drug in drugs if drug.id == package.pk)
    rows = {row.pk: row for row in packages}
    lines = [product_line(rows[drug.id], drug.free) for drug in equivalents(this, drugs)]
    return Choices("package", "Which product? Equivalents, on hand first", lines[:MOST])


def product_line(package: Package, free: Decimal) -> Choice:
    """A product as a line: brand or generic, maker, code, on hand, price."""
    of = package.product
    named = f"{tall(of.brand)} ({tall(of.name)})" if of.brand else tall(of.name)
    price = f"${package.price_usd:.4f}/{package.unit}" if package.price_usd else "no price"
    aside = [of.labeler, f"NDC {package.ndc}", of.te_code or "unrated", price]
    hand = f"{free.normalize():f} on hand"
    says = f"{named} {of.strength} {of.form} · {hand}"
    return Choice(package.pk, says, " · ".join(aside), "done" if free > 0 else "")
