"""Typing a prescription in: take it, leave it, finish it, lay it by."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models, transaction

from apothecary.drugs.models import Package
from apothecary.intake.emergency_fields import emergency_of
from apothecary.intake.forms import MOST_DIGITS, Entry, kept, read_entry, unsettled
from apothecary.intake.judging import DrugFacts, Reading, asked, read_sig
from apothecary.intake.lawful_arrival import arrival_problems
from apothecary.intake.models import Arrival, ArrivalState, Sure
from apothecary.intake.sig_codes import codes_of
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.patients.models import Patient
from apothecary.prescriptions.actions import Order, enter_prescription
from apothecary.prescriptions.compounds import orderable
from apothecary.prescriptions.models import (
    Fill,
    Prescriber,
    Prescription,
)
from apothecary.prescriptions.on_file import file_prescription
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.monitoring.lookup.asking import take_over

CHOSEN = ("patient_id", "prescriber_id", "package_id")


def lock_arrival(*, by: Worker, arrival_id: int) -> Arrival:
    """The arrival of this pharmacy, held until the act is done (1 query)."""
    arrival = (
        Arrival.objects.select_for_update(of=("self",))
        .select_related("pharmacy")
        .filter(pharmacy_id=by.pharmacy_id, pk=arrival_id)
        .first()
    )
    if arrival is None:
        raise refuse("No such arrival in this pharmacy.", code="no-arrival")
    return arrival


def must_be_open(arrival: Arrival, *, by: Worker) -> None:
    """Stop when it is done with, or in another's hands."""
    if arrival.state in {ArrivalState.ENTERED, ArrivalState.CANCELLED}:
        says = f"It was {arrival.get_state_display()} already: somebody was faster."
        raise refuse(says, code="wrong-state")
    if arrival.owner_id not in {None, by.person_id}:
        raise refuse("Somebody else has taken it: take it over first.", code="taken")


@transaction.atomic
def take(*, by: Worker, arrival_id: int, over: bool = False) -> Arrival:
    """Take an arrival for entry, so that nobody else types it too; ``over`` from another."""
    by.must(Duty.ENTER_PRESCRIPTION)
    arrival = lock_arrival(by=by, arrival_id=arrival_id)
    if arrival.owner_id == by.person_id and arrival.state == ArrivalState.ARRIVED:
        return arrival
    before = arrival.owner_id
    if over:
        arrival.owner_id = None
    must_be_open(arrival, by=by)
    arrival.owner_id, arrival.state, arrival.because = by.person_id, ArrivalState.ARRIVED, ""
    arrival.save(update_fields=["owner", "state", "because"])
    record(by=by, did=Deed.ARRIVAL_TAKEN, about=arrival, details={"from": before})
    return arrival


@transaction.atomic
def save_draft(*, by: Worker, arrival_id: int, typed: Mapping[str, str]) -> Arrival:
    """Keep what was typed and chosen so far; whoever opens it next finds it there."""
    by.must(Duty.ENTER_PRESCRIPTION)
    arrival = lock_arrival(by=by, arrival_id=arrival_id)
    must_be_open(arrival, by=by)
    draft = kept(typed)
    arrival.draft = json.dumps(draft, sort_keys=True, ensure_ascii=False)
    changed = choose(arrival, draft, by=by)
    arrival.save(
        update_fields=["draft", *CHOSEN, "question", *(f"{n[:-3]}_sure" for n in CHOSEN)]
    )
    if changed:
        record(by=by, did=Deed.ARRIVAL_MATCHED, about=arrival, details={"changed": changed})
    return arrival


def choose(arrival: Arrival, draft: Mapping[str, str], *, by: Worker) -> dict[str, object]:
    """Write whom and what a person chose over what matching found; says what changed."""
    changed: dict[str, object] = {}
    kinds = (Patient, Prescriber, Package)
    for name, model in zip(CHOSEN, kinds, strict=True):
        text = draft.get(name, "")
        if not (text.isascii() and text.isdigit()):
            continue
        if len(text) > MOST_DIGITS:
            raise refuse(f"No such {name[:-3]} here.", field=name, code="no-such-choice")
        if int(text) == getattr(arrival, name):
            continue
        rows: models.QuerySet[Any] = orderable(by.pharmacy_id)
        if model is not Package:
            rows = model._default_manager.filter(pharmacy_id=by.pharmacy_id)
        rows = rows.filter(pk=int(text))
        if not rows.exists():
            raise refuse(f"No such {name[:-3]} here.", field=name, code="no-such-choice")
        changed[name] = [getattr(arrival, name), int(text)]
        setattr(arrival, name, int(text))
        setattr(arrival, f"{name[:-3]}_sure", Sure.EXACT)
    if all(getattr(arrival, name) for name in CHOSEN):
        arrival.question = ""
    return changed


@transaction.atomic
def set_aside(*, by: Worker, arrival_id: int, because: str) -> Arrival:
    """Lay an arrival aside with the reason, for whoever can settle it."""
    by.must(Duty.ENTER_PRESCRIPTION)
    if not because.strip():
        raise refuse("Say why it is set aside.", field="because")
    arrival = lock_arrival(by=by, arrival_id=arrival_id)
    must_be_open(arrival, by=by)
    arrival.state, arrival.because = ArrivalState.SET_ASIDE, because.strip()
    arrival.owner_id = None
    arrival.save(update_fields=["state", "because", "owner"])
    record(by=by, did=Deed.ARRIVAL_SET_ASIDE, about=arrival, details={"because": because})
    return arrival


@transaction.atomic
def cancel_arrival(*, by: Worker, arrival_id: int, because: str) -> Arrival:
    """Call off what came in and will not be entered; message and image are kept."""
    by.must(Duty.CANCEL_FILL)
    if not because.strip():
        raise refuse("Say why it is cancelled.", field="because")
    arrival = lock_arrival(by=by, arrival_id=arrival_id)
    must_be_open(arrival, by=by)
    arrival.state, arrival.because = ArrivalState.CANCELLED, because.strip()
    arrival.save(update_fields=["state", "because"])
    record(by=by, did=Deed.ARRIVAL_CANCELLED, about=arrival, details={"because": because})
    return arrival


@transaction.atomic
def finish_entry(*, by: Worker, arrival_id: int, typed: Mapping[str, str]) -> Fill:
    """Enter what came in as a prescription: its first fill goes to screening."""
    by.must(Duty.ENTER_PRESCRIPTION)
    arrival = lock_arrival(by=by, arrival_id=arrival_id)
    must_be_open(arrival, by=by)
    fill = enter_prescription(by=by, order=order_to_enter(arrival, typed, by=by))
    done_with(arrival, fill.prescription)
    if fill.package.product.schedule:
        # Who was looked up while it was typed is not asked about again.
        take_over(by=by, arrival_id=arrival.pk, fill_id=fill.pk, patient_id=fill.patient_id)
    return fill


@transaction.atomic
def file_entry(*, by: Worker, arrival_id: int, typed: Mapping[str, str]) -> Prescription:
    """Enter what came in and keep it on file: nothing of it is filled before its day."""
    by.must(Duty.ENTER_PRESCRIPTION)
    arrival = lock_arrival(by=by, arrival_id=arrival_id)
    must_be_open(arrival, by=by)
    rx = file_prescription(by=by, order=order_to_enter(arrival, typed, by=by))
    done_with(arrival, rx)
    return rx


def order_to_enter(arrival: Arrival, typed: Mapping[str, str], *, by: Worker) -> Order:
    """What was typed of a held arrival as an order, or every reason why it is none."""
    entry = read_entry(typed, zone=ZoneInfo(arrival.pharmacy.time_zone))
    order, reading, drug = order_of(entry, by=by)
    refuse_if(shown_problems(typed, order))
    asks = asked(typed, sent=arrival.sent_values, why=reasons(arrival), drug=drug,
                 reading=reading)  # fmt: skip
    order = replace(
        order,
        drug_as_written=arrival.sent_values.get("drug", ""),
        directions_as_written=arrival.sent_values.get("directions", "") or entry.directions,
        unsure=" ".join([*arrival.unsure_list, *unsettled(typed, asks)]),
        transfer_id=arrival.transfer_id,
        emergency=emergency_of(arrival, typed, by=by),
    )
    refuse_if(arrival_problems(arrival, order, by=by))
    return order


def done_with(arrival: Arrival, rx: Prescription) -> None:
    """It is entered: it asks for nothing any more."""
    arrival.state, arrival.prescription = ArrivalState.ENTERED, rx
    arrival.because = arrival.question = arrival.draft = ""
    arrival.save(update_fields=["state", "prescription", "because", "question", "draft"])


def reasons(arrival: Arrival) -> dict[str, str]:
    """What matching found only likely: field → why."""
    return {
        f"{name}_id": getattr(arrival, f"{name}_why")
        for name in ("patient", "prescriber", "package")
        if getattr(arrival, f"{name}_sure") == Sure.LIKELY
    }


def drug_facts(package: Package | None) -> DrugFacts:
    """The chosen product as directions and quantity need it."""
    if package is None:
        return DrugFacts()
    of = package.product
    return DrugFacts(
        name=of.name,
        brand=of.brand,
        strength=of.strength,
        form=of.form,
        route=of.route,
        unit=package.unit,
        unit_word=package.unit_word,
        package_quantity=package.quantity,
        package_text=package.description,
    )


def order_of(entry: Entry, *, by: Worker) -> tuple[Order, Reading, DrugFacts]:
    """The typed form as an order with its rows, the directions expanded (4 queries)."""
    patient = Patient.objects.filter(pharmacy_id=by.pharmacy_id, pk=entry.patient_id).first()
    prescriber = Prescriber.objects.filter(
        pharmacy_id=by.pharmacy_id, pk=entry.prescriber_id
    ).first()
    packages = orderable(by.pharmacy_id).select_related("product")
    package = packages.filter(pk=entry.package_id).first()
    if patient is None or prescriber is None or package is None:
        found = {"patient_id": patient, "prescriber_id": prescriber, "package_id": package}
        missing = [name for name, row in found.items() if row is None]
        refuse_if([Problem(f"No such {name[:-3]} here.", field=name) for name in missing])
        raise AssertionError("a missing row was refused above")
    drug = drug_facts(package)
    codes = codes_of(by.pharmacy_id)
    reading = read_sig(entry.directions, str(entry.quantity), drug, codes)
    order = Order(
        patient=patient,
        prescriber=prescriber,
        package=package,
        quantity=entry.quantity,
        days_supply=entry.days_supply,
        refills=entry.refills,
        daw=entry.daw,
        origin=entry.origin,
        directions=reading.label,
        directions_spanish=reading.spanish,
        directions_as_written=entry.directions,
        written_on=entry.written_on,
        earliest_fill_on=entry.earliest_fill_on,
        diagnosis=entry.diagnosis,
        note=entry.note,
        pay=entry.pay,
        price_usd=entry.price_usd,
        waiter=entry.waiter,
        promised_at=entry.promised_at,
        administration_usd=entry.administration_usd,
        cost_340b_usd=entry.cost_340b_usd,
        because_340b=entry.because_340b,
        carried=entry.carried,
    )
    return order, reading, drug


def shown_problems(typed: Mapping[str, str], order: Order) -> list[Problem]:
    """What was typed over a choice and never chosen: the old choice must not slip through."""
    labels = {
        "patient": patient_label(order.patient),
        "prescriber": prescriber_label(order.prescriber),
        "package": package_label(order.package),
    }
    return [
        Problem(f"{typed[name]!r} was typed: choose one of the list.", field=f"{name}_id")
        for name, label in labels.items()
        if typed.get(name, "").strip() not in {"", label}
    ]


def patient_label(patient: Patient) -> str:
    """The patient as the form shows them."""
    name = f"{patient.last_name}, {patient.first_name}".upper()
    return f"{name} {patient.birth_date:%m/%d/%Y}"


def prescriber_label(prescriber: Prescriber) -> str:
    """The prescriber as the form shows them."""
    name = f"{prescriber.last_name}, {prescriber.first_name}".upper()
    return f"{name} · {prescriber.npi}"


def package_label(package: Package) -> str:
    """The product as the form shows it."""
    of = package.product
    named = of.brand or of.name
    return " · ".join([f"{named} {of.strength} {of.form}", of.labeler, f"NDC {package.ndc}"])
