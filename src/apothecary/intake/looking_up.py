"""The monitoring programme asked while a prescription is typed in; nobody waits for it.

What it says is counted here and read at review, where it is summed up and signed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apothecary.drugs.models import Package
from apothecary.intake.actions.entry import lock_arrival, must_be_open
from apothecary.intake.models import Arrival
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.patients.models import Patient
from apothecary.prescriptions.compounds import orderable
from apothecary.staff.duties import Duty, duty_problems
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.monitoring.lookup.asking import (
    Asked,
    ask_programme,
    history_of,
    look_ups_at_entry,
    person_told,
)
from apothecary.vault.monitoring.lookup.history import Dispensed, overlaps
from apothecary.vault.monitoring.lookup.models import LookUp
from apothecary.vault.monitoring.lookup.sending import has_line
from apothecary.vault.monitoring.lookup.states import ANSWERED, LookUpState

CONTROLLED_FROM = 2
MOST_SHOWN = 3
KEYS = ("patient_id", "package_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLookUp:
    """The box beside the form: whether it can be asked, by whom, and what it said."""

    base: str
    patient_id: int
    package_id: int
    row: LookUp | None
    state: str
    line: bool
    may: bool
    why_not: tuple[Problem, ...]
    fills: tuple[Dispensed, ...]
    overlaps: int
    people: int

    @property
    def asking(self) -> bool:
        """Whether an answer is on its way."""
        return self.row is not None and self.row.state == LookUpState.ASKED

    @property
    def answered(self) -> bool:
        """Whether somebody can look at it."""
        return self.row is not None and self.row.state in ANSWERED

    @property
    def last(self) -> tuple[Dispensed, ...]:
        """The few that were filled last, the last first."""
        return self.fills[: -MOST_SHOWN - 1 : -1]

    @property
    def prescribers(self) -> int:
        """How many have prescribed."""
        return len({one.prescriber for one in self.fills})

    @property
    def pharmacies(self) -> int:
        """How many have dispensed."""
        return len({one.pharmacy for one in self.fills})


def look_up_shown(
    arrival: Arrival | None, patient: Patient | None, package: Package | None, *, by: Worker
) -> EntryLookUp | None:
    """The box of a controlled drug whose patient is known (2 queries); none of any other."""
    if arrival is None or patient is None or package is None:
        return None
    if package.product.schedule < CONTROLLED_FROM:
        return None
    row = look_ups_at_entry(by.pharmacy_id, arrival.pk, patient.pk).first()
    may = by.may(Duty.ASK_HISTORY)
    # Who may not ask about a patient does not read the answer either.
    found = history_of(row) if row is not None and may else None
    fills = found.fills if found else ()
    return EntryLookUp(
        base=reverse("intake:entry", args=[arrival.pk]),
        patient_id=patient.pk,
        package_id=package.pk,
        row=row,
        state=arrival.pharmacy.state,
        line=has_line(arrival.pharmacy),
        may=may,
        why_not=() if may else tuple(why_not(by)),
        fills=fills,
        overlaps=len(overlaps(fills)),
        people=len(found.candidates) if found else 0,
    )


def why_not(by: Worker) -> list[Problem]:
    """Every reason this worker may not ask the programme."""
    return duty_problems(by.standing, Duty.ASK_HISTORY, on=by.today)


@transaction.atomic
def ask_at_entry(*, by: Worker, arrival_id: int, patient_id: int, package_id: int) -> LookUp:
    """Ask about the patient of what is being typed in; whoever types goes on meanwhile."""
    by.must(Duty.ASK_HISTORY)
    arrival = lock_arrival(by=by, arrival_id=arrival_id)
    must_be_open(arrival, by=by)
    patient, package = chosen(patient_id, package_id, by=by)
    if package.product.schedule < CONTROLLED_FROM:
        says = "Nobody is looked up for a drug that is not controlled."
        raise refuse(says, field="package_id", code="not-controlled")
    house: Pharmacy = arrival.pharmacy
    if not has_line(house):
        raise refuse(f"There is no line to the programme of {house.state}.", code="no-line")
    asked = Asked(None, patient.pk, person_told(patient), arrival.pk)
    because = f"a prescription for {package.product.name}, at entry"
    return ask_programme(by=by, asked=asked, because=because)


def chosen(patient_id: int, package_id: int, *, by: Worker) -> tuple[Patient, Package]:
    """The patient and the product of this pharmacy, or why they are none (2 queries)."""
    patient = Patient.objects.filter(pharmacy_id=by.pharmacy_id, pk=patient_id).first()
    package = orderable(by.pharmacy_id).select_related("product").filter(pk=package_id).first()
    if patient is None or package is None:
        found = {"patient_id": patient, "package_id": package}
        missing = [name for name, row in found.items() if row is None]
        refuse_if(
            [
                Problem(f"Choose the {name[:-3]} first.", field=name, code="no-such-choice")
                for name in missing
            ]
        )
        raise AssertionError("a missing row was refused above")
    return patient, package


def keys_typed(typed: Mapping[str, str]) -> tuple[int, int]:
    """The patient's and the product's numbers as the form sends them; 0 where it has none."""
    found = []
    for name in KEYS:
        text = typed.get(name, "")
        found.append(int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0)
    return found[0], found[1]


@require_GET
def look_up(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """The box again, while the programme is asked (5 queries)."""
    request.worker.must(Duty.ENTER_PRESCRIPTION)
    return box(request, arrival_id, request.GET.dict())


@require_POST
def ask(request: StaffRequest, arrival_id: int) -> HttpResponse:
    """Ask, and show that it is being asked."""
    typed = request.POST.dict()
    patient_id, package_id = keys_typed(typed)
    ask_at_entry(
        by=request.worker, arrival_id=arrival_id, patient_id=patient_id, package_id=package_id
    )
    return box(request, arrival_id, typed)


def box(request: StaffRequest, arrival_id: int, asked: Mapping[str, object]) -> HttpResponse:
    """The box alone, to be swapped."""
    by = request.worker
    rows = Arrival.objects.select_related("pharmacy")
    arrival = rows.filter(pharmacy_id=by.pharmacy_id, pk=arrival_id).first()
    if arrival is None:
        raise refuse("No such arrival in this pharmacy.", code="no-arrival")
    typed = {name: str(asked.get(name, "")) for name in KEYS}
    patient, package = chosen(*keys_typed(typed), by=by)
    shown = look_up_shown(arrival, patient, package, by=by)
    if shown is None:
        says = "The programme is asked of a controlled drug before it is entered."
        raise refuse(says, field="package_id", code="look-up-not-asked")
    return render(request, "intake/_look_up.html", {"look_up": shown})
