"""A prescription as it was sent beside as it was entered, line by line."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from apothecary.drugs.models import Package
from apothecary.intake.models import Arrival, Source
from apothecary.patients.rules import folded_name
from apothecary.prescriptions.models import Prescription
from apothecary.workbench.filters import day, phone, quantity

SUBSTITUTION = {"0": "allowed", "1": "not allowed"}


@dataclass(frozen=True, slots=True)
class Line:
    """One field of the paper. ``differs`` only where two values can be told to disagree."""

    label: str
    sent: str
    typed: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class AsSent:
    """How it came, and the two columns: without a ``message`` nothing can disagree.

    ``image_id`` is its picture, where there is one.
    """

    came_by: str
    at: datetime
    lines: list[Line]
    unsure: list[str]
    image_id: int | None = None
    message: bool = False

    @property
    def differing(self) -> int:
        return sum(line.differs for line in self.lines)


def as_sent(rx: Prescription) -> AsSent:
    """The prescription as sent and as entered (1 query)."""
    arrival = (
        Arrival.objects.filter(pharmacy_id=rx.pharmacy_id, prescription_id=rx.pk)
        .order_by("id")
        .first()
    )
    by_hand = {"drug": rx.drug_as_written, "directions": rx.directions_as_written}
    if arrival is None:
        return AsSent(rx.get_origin_display(), rx.entered_at, compared(rx, by_hand), [])
    # What came by hand is its picture and the typing itself: only a message can disagree.
    message = arrival.source == Source.ELECTRONIC
    values = arrival.sent_values if message else by_hand
    by = f"{arrival.get_source_display()}{caller(arrival)}"
    lines = compared(rx, values)
    return AsSent(by, arrival.arrived_at, lines, arrival.unsure_list, arrival.image_id, message)


def caller(arrival: Arrival) -> str:
    """Who called, who took it, and whether it was read back."""
    if arrival.source != Source.PHONE:
        return ""
    read = "read back" if arrival.read_back else "not read back"
    return f": {arrival.caller} to {arrival.taken_by_name}, {read}"


def compared(rx: Prescription, sent: dict[str, str]) -> list[Line]:
    """Every field of the paper, in its order."""
    return [
        *patient_lines(rx, sent),
        prescriber_line(rx, sent),
        *drug_lines(rx, sent),
        *day_lines(rx, sent),
        Line("Note", sent.get("note", ""), rx.note),
    ]


def patient_lines(rx: Prescription, sent: dict[str, str]) -> list[Line]:
    """Whom it is for."""
    patient, last = rx.patient, sent.get("patient_last_name", "")
    first, born = sent.get("patient_first_name", ""), day_of(sent.get("patient_born_on", ""))
    postal = sent.get("patient_postal_code", "")
    there = [sent.get(f"patient_{part}", "") for part in ("street", "city", "postal_code")]
    here = [patient.street, patient.city, patient.postal_code]
    return [
        Line(
            "Patient",
            f"{first} {last}".strip(),
            f"{patient.first_name} {patient.last_name}",
            bool(last) and folded_name(last, first) != patient.folded,
        ),
        Line(
            "Born",
            day(born) if born else "",
            day(patient.birth_date),
            born not in {None, patient.birth_date},
        ),
        Line(
            "Address",
            ", ".join(filter(None, there)),
            ", ".join(filter(None, here)),
            bool(postal and patient.postal_code) and postal[:5] != patient.postal_code[:5],
        ),
        Line("Phone", phone(sent.get("patient_phone", "")), phone(patient.phone)),
    ]


def prescriber_line(rx: Prescription, sent: dict[str, str]) -> Line:
    """Who wrote it; the NPI decides."""
    who, npi = rx.prescriber, sent.get("prescriber_npi", "")
    names = sent.get("prescriber_first_name", ""), sent.get("prescriber_last_name", "")
    said = " ".join(filter(None, names))
    return Line(
        "Prescriber",
        f"{said}, NPI {npi}" if npi else said,
        f"{who.first_name} {who.last_name} {who.credential}".strip() + f", NPI {who.npi}",
        bool(npi) and npi != who.npi,
    )


def drug_lines(rx: Prescription, sent: dict[str, str]) -> list[Line]:
    """What, how much, how it is taken."""
    package = rx.package
    unit = package.unit_word or package.unit
    asked, days = number(sent.get("quantity", "")), sent.get("days_supply", "")
    refills, daw = sent.get("refills", ""), sent.get("daw", "")
    return [
        Line(
            "Drug",
            sent.get("drug", ""),
            f"{package.product}, {package.product.labeler}, NDC {package.ndc}",
            other_drug(package, sent),
        ),
        Line(
            "Quantity",
            quantity(asked, sent.get("quantity_unit", "")) if asked is not None else "",
            quantity(rx.quantity, unit),
            asked not in {None, rx.quantity},
        ),
        Line("Days", days, str(rx.days_supply), days not in {"", str(rx.days_supply)}),
        Line("Directions", sent.get("directions", ""), rx.directions),
        Line("Refills", refills, str(rx.refills), refills not in {"", str(rx.refills)}),
        Line("Substitution", substitution(daw), substitution(rx.daw), daw not in {"", rx.daw}),
    ]


def substitution(daw: str) -> str:
    """The product selection in words."""
    return SUBSTITUTION.get(daw, f"DAW {daw}" if daw else "")


def other_drug(package: Package, sent: dict[str, str]) -> bool:
    """Whether another clinical drug was entered than the one whose code was sent."""
    wanted, given = sent.get("rxcui", ""), package.product.rxcui
    if sent.get("ndc", "").replace("-", "") == package.ndc11.replace("-", ""):
        return False
    return bool(wanted and given) and wanted != given


def day_lines(rx: Prescription, sent: dict[str, str]) -> list[Line]:
    """When it was written and from when it may be filled."""
    written, earliest = (
        day_of(sent.get("written_on", "")),
        day_of(sent.get("earliest_fill_on", "")),
    )
    lines = [
        Line(
            "Written",
            day(written) if written else "",
            day(rx.written_on),
            written not in {None, rx.written_on},
        )
    ]
    if earliest or rx.earliest_fill_on:
        said = day(earliest) if earliest else ""
        differs = earliest not in {None, rx.earliest_fill_on}
        lines.append(Line("Not before", said, day(rx.earliest_fill_on), differs))
    return lines


def day_of(text: str) -> date | None:
    """A day as intake keeps it, or none where it was not said or cannot be read."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def number(text: str) -> Decimal | None:
    """A quantity as intake keeps it, or none."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
