"""The entry form as it is shown: values, where each is from, what is asked, what to choose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from apothecary.drugs.models import Package
from apothecary.intake.actions.entry import (
    CHOSEN,
    drug_facts,
    package_label,
    patient_label,
    prescriber_label,
    reasons,
)
from apothecary.intake.choices import Choices, first_choices
from apothecary.intake.composed import compound_lines
from apothecary.intake.forms import FIELDS, INSTANT, settled, source_name
from apothecary.intake.judging import Reading, asked, read_sig
from apothecary.intake.looking_up import EntryLookUp, look_up_shown
from apothecary.intake.models import COVERS_EMERGENCIES, ORIGIN_OF, Arrival, Source, Sure
from apothecary.intake.reading import SHOWN_DAY, shown_day
from apothecary.intake.sig_codes import codes_of
from apothecary.journal.compiled import Compiled, Given, abreast
from apothecary.law.problem import Problem
from apothecary.law.recorded import in_words
from apothecary.law.tables import Row, practice
from apothecary.patients.models import Patient
from apothecary.patients.queries import Brief, brief
from apothecary.prescriptions.compound_tables import COMPOUND
from apothecary.prescriptions.models import Fill, Origin, PayKind, Prescriber
from apothecary.staff.worker import Worker

SENT = ("quantity", "days_supply", "refills", "daw", "directions", "diagnosis", "note")
DAYS = ("written_on", "earliest_fill_on")
# What the law asks about, as texts; "original seen" is a tick of its own.
CARRIED_TYPED = (
    *("made_as", "doubt", "mandate_exception", "fax_case", "condition_code", "acute_pain"),
)
SCHEDULE_II = 2
UNIT_WORDS = {"EA": "", "ML": "mL", "GM": "g", "": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """Everything the entry screen shows."""

    base: str
    arrival: Arrival | None
    fill: Fill | None
    values: dict[str, str]
    labels: dict[str, str]
    asks: dict[str, str]
    problems: dict[str, list[Problem]]
    others: list[Problem]
    reading: Reading
    unit: str
    hints: dict[str, str]
    who: Brief | None
    choices: Choices
    message: list[tuple[str, str, str]] = field(default_factory=list)
    # Whether the law asks more of this drug, and the state's exceptions from its mandate.
    schedule: int = 0
    exceptions: list[tuple[str, str]] = field(default_factory=list)
    # What the monitoring programme says of the patient of a controlled drug.
    look_up: EntryLookUp | None = None

    def source(self, name: str) -> str:
        """Where a field's value is from; one that is asked about stands on a guess."""
        known = self.values.get(source_name(name), "")
        return "guessed" if self.ask(name) and known != "typed" else known

    def ask(self, name: str) -> str:
        """The open question on a field; none once a person has answered it."""
        return "" if settled(self.values, name) else self.asks.get(name, "")

    def wrong(self, name: str) -> list[Problem]:
        """What is refused about a field."""
        return self.problems.get(name, [])

    @property
    def focus(self) -> str:
        """The field to begin with: the first that is refused, empty or asked about."""
        for name in FIELDS:
            missing = name in CHOSEN and not self.values[name] and not self.choices.of
            if missing or self.wrong(name) or self.ask(name):
                return name
        return ""

    @property
    def controlled(self) -> bool:
        return self.schedule > 0

    @property
    def emergency(self) -> str:
        """What a pharmacist may make of it: "take" it as an emergency oral order, "cover" one
        with it, or neither.
        """
        if self.arrival is None or self.schedule != SCHEDULE_II:
            return ""
        if self.arrival.source == Source.PHONE:
            return "take"
        return "cover" if self.arrival.source in COVERS_EMERGENCIES else ""

    @property
    def law_open(self) -> bool:
        """Whether what the law asks is open: something was said of it, or is wrong with it,
        or it is a controlled drug that no message brought.
        """
        names = (*CARRIED_TYPED, "original_seen")
        by_hand = self.controlled and self.values["origin"] != Origin.ELECTRONIC
        return by_hand or any(self.values[name] or self.wrong(name) for name in names)

    @property
    def open_asks(self) -> list[str]:
        """The fields that still stand on a guess."""
        return [name for name in self.asks if self.ask(name)]


def arrival_values(arrival: Arrival) -> dict[str, str]:
    """What the form starts from: what was sent and matched, and over it what was typed."""
    sent = arrival.sent_values
    zone = ZoneInfo(arrival.pharmacy.time_zone)
    values = {name: sent.get(name, "") for name in SENT}
    values |= {name: shown_day(sent.get(name, "")) for name in DAYS}
    values |= {source_name(name): "sent" for name in (*SENT, *DAYS) if values[name]}
    for name in ("patient", "prescriber", "package"):
        chosen = getattr(arrival, f"{name}_id")
        sure = getattr(arrival, f"{name}_sure")
        values[f"{name}_id"] = str(chosen or "")
        if chosen:
            values[f"{name}_source"] = "matched" if sure == Sure.EXACT else "guessed"
    values |= {
        "daw": values["daw"] or "0",
        "origin": str(ORIGIN_OF[Source(arrival.source)].value),
        "origin_source": "matched",
        "promised": f"{arrival.promised_at.astimezone(zone):{INSTANT}}",
        "waiter": "yes" if arrival.waiter else "",
        "price_usd": "",
        "pay": "",
    }
    return values | arrival.draft_values


def fill_values(fill: Fill, *, zone: ZoneInfo) -> dict[str, str]:
    """What the form starts from when a fill was sent back."""
    rx = fill.prescription
    return {
        "patient_id": str(rx.patient_id),
        "prescriber_id": str(rx.prescriber_id),
        "package_id": str(rx.package_id),
        "quantity": f"{rx.quantity.normalize():f}",
        "days_supply": str(rx.days_supply),
        "refills": str(rx.refills),
        "daw": rx.daw,
        "directions": rx.directions_as_written or rx.directions,
        "diagnosis": rx.diagnosis,
        "note": rx.note,
        "written_on": f"{rx.written_on:{SHOWN_DAY}}",
        "earliest_fill_on": f"{rx.earliest_fill_on:{SHOWN_DAY}}" if rx.earliest_fill_on else "",
        "origin": rx.origin,
        "pay": fill.pay,
        "price_usd": "",
        "administration_usd": f"{fill.administration_usd or ''}",
        "cost_340b_usd": "" if fill.cost_340b_usd is None else f"{fill.cost_340b_usd}",
        "waiter": "yes" if fill.waiter else "",
        "promised": f"{fill.promised_at.astimezone(zone):{INSTANT}}",
        **{name: getattr(rx, name) for name in CARRIED_TYPED},
        "original_seen": "yes" if rx.original_seen else "",
    }


def build_page(
    values: dict[str, str],
    *,
    by: Worker,
    base: str,
    arrival: Arrival | None = None,
    fill: Fill | None = None,
    refused: list[Problem] | None = None,
    texts: Mapping[str, str] | None = None,
) -> EntryPage:
    """The entry screen for these values (at most 6 queries, 8 of a controlled
    drug); `texts` are half typed boxes."""
    values = dict.fromkeys(FIELDS, "") | values
    patient, prescriber, package = rows_of(values, by=by)
    drug = drug_facts(package)
    reading = read_sig(
        values.get("directions", ""), values.get("quantity", ""), drug, codes_of(by.pharmacy_id)
    )
    who = brief(patient) if patient else None
    fill_in(values, reading=reading, who=who)
    why = reasons(arrival) if arrival else {}
    chosen = {name: why[name] for name in why if values[name] == chosen_id(arrival, name)}
    asks = asked(
        values,
        sent=arrival.sent_values if arrival else {},
        why=chosen,
        drug=drug,
        reading=reading,
    )
    problems, others = by_field(refused or [], values)
    for name in set(CHOSEN) & set(problems):
        # What was typed over it was no choice: the row chosen before is a guess again.
        values[source_name(name)] = "guessed"
    return EntryPage(
        base=base,
        arrival=arrival,
        fill=fill,
        values=values,
        labels={
            "patient": patient_label(patient) if patient else "",
            "prescriber": prescriber_label(prescriber) if prescriber else "",
            "package": package_label(package) if package else "",
        }
        | dict(texts or {}),
        asks=asks,
        problems=problems,
        others=others,
        reading=reading,
        unit=package.unit_word or package.unit if package else "",
        hints=hints_of(arrival, values),
        who=who,
        choices=first_choices(
            arrival, values, by=by, good_until=by.today + timedelta(days=days_of(values))
        ),
        message=message_of(arrival),
        schedule=package.product.schedule if package else 0,
        exceptions=exceptions_of(by),
        look_up=look_up_shown(arrival, patient, package, by=by),
    )


def exceptions_of(by: Worker) -> list[tuple[str, str]]:
    """The exceptions from sending electronically that this state's row names."""
    row = practice(by.standing.state, "electronic_exceptions", on=by.today)
    names = row.names() if isinstance(row, Row) else ()
    return [("", "none"), *((name, in_words(name)) for name in names)]


def chosen_id(arrival: Arrival | None, name: str) -> str:
    """What matching chose for a field."""
    return str(getattr(arrival, name) or "") if arrival else ""


def rows_of(
    values: Mapping[str, str], *, by: Worker
) -> tuple[Patient | None, Prescriber | None, Package | None]:
    """The rows that are chosen (1 query)."""
    asked = {name: row_key(values, name) for name in CHOSEN}
    if not any(asked.values()):
        return None, None, None
    given = {"pharmacy_id": by.pharmacy_id, **asked}
    patient, prescriber, package = abreast(*((rows, given) for rows in _CHOSEN_ROWS))
    return patient, prescriber, package


_CHOSEN_ROWS: tuple[Compiled[Any], ...] = (
    Compiled(Patient.objects.filter(pharmacy_id=Given("pharmacy_id"), pk=Given("patient_id"))),
    Compiled(
        Prescriber.objects.filter(pharmacy_id=Given("pharmacy_id"), pk=Given("prescriber_id"))
    ),
    # A compound's name and form alone; whose it is, the entry itself asks (`orderable`).
    Compiled(
        Package.every.select_related("product").filter(
            Q(in_use=True) | Q(product__kind=COMPOUND), pk=Given("package_id")
        )
    ),
)


def row_key(values: Mapping[str, str], name: str) -> int:
    """The number in a field, 0 when there is none."""
    text = values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def days_of(values: Mapping[str, str]) -> int:
    """The days' supply as typed, 0 while it is no number of days."""
    text = values.get("days_supply", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def fill_in(values: dict[str, str], *, reading: Reading, who: Brief | None) -> None:
    """What the rest proves: the days' supply when none was sent, the plan when there is one."""
    derived = values.get("days_supply_source") == "matched" or not values.get("days_supply")
    if derived and reading.proof and reading.proof.days:
        values["days_supply"] = str(reading.proof.days)
        values["days_supply_source"] = "matched"
    if not values.get("pay") or values.get("pay_source") == "matched":
        values["pay"] = PayKind.PLAN if who and who.coverage else PayKind.CASH
        values["pay_source"] = "matched"


def hints_of(arrival: Arrival | None, values: Mapping[str, str]) -> dict[str, str]:
    """Why the matched rows were taken, under their fields."""
    if arrival is None:
        return {}
    return {
        name: getattr(arrival, f"{name}_why")
        for name in ("patient", "prescriber", "package")
        if values.get(f"{name}_source") == "matched"
    }


def by_field(
    refused: list[Problem], values: Mapping[str, str]
) -> tuple[dict[str, list[Problem]], list[Problem]]:
    """Each problem under its field; those of no field of the form stand above it."""
    problems: dict[str, list[Problem]] = {}
    others = []
    moved = {"dea": "prescriber_id", "npi": "prescriber_id", "refills_authorized": "refills"}
    for problem in refused:
        name = moved.get(problem.field, problem.field)
        if name in values:
            problems.setdefault(name, []).append(problem)
        else:
            others.append(problem)
    return problems, others


def message_of(arrival: Arrival | None) -> list[tuple[str, str, str]]:
    """The message in the order of the paper: label, value, id of the part."""
    if arrival is None or "drug" not in arrival.sent_values:
        return []
    sent = arrival.sent_values
    of = sent.get
    allowed = "allowed" if of("daw") == "0" else "not allowed"
    lines = [
        ("Patient", f"{of('patient_first_name')} {of('patient_last_name')}", "sent-patient"),
        ("Born", f"{shown_day(of('patient_born_on', ''))} · {of('patient_sex')}", ""),
        ("Address", address(sent, "patient"), ""),
        ("Phone", of("patient_phone", ""), ""),
        (
            "Prescriber",
            f"{of('prescriber_first_name')} {of('prescriber_last_name')} · "
            f"NPI {of('prescriber_npi')}",
            "sent-prescriber",
        ),
        ("DEA", of("prescriber_dea", ""), ""),
        ("Drug", of("drug", ""), "sent-package"),
        ("NDC", of("ndc", ""), ""),
        *compound_lines(sent),
        (
            "Quantity",
            f"{of('quantity')} {UNIT_WORDS[of('quantity_unit', '')]}",
            "sent-quantity",
        ),
        ("Days", of("days_supply", ""), "sent-days_supply"),
        ("Refills", of("refills", ""), "sent-refills"),
        ("Substitution", allowed, "sent-daw"),
        ("Written", shown_day(of("written_on", "")), "sent-written_on"),
        ("Directions", of("directions", ""), "sent-directions"),
        ("Diagnosis", of("diagnosis", ""), ""),
        ("Note", of("note", ""), ""),
        ("Plan", f"{of('card_plan_name', '')} {of('card_bin', '')}".strip(), ""),
        ("Allergies sent", of("allergies", "").replace("\n", ", "), ""),
    ]
    needed = {"Quantity", "Directions", "Drug", "Patient", "Prescriber"}
    return [line for line in lines if line[1].strip() or line[0] in needed]


def address(sent: Mapping[str, str], of: str) -> str:
    """An address in one line."""
    parts = (sent.get(f"{of}_{name}", "") for name in ("street", "city", "state"))
    return f"{', '.join(part for part in parts if part)} {sent.get(f'{of}_postal_code', '')}"
