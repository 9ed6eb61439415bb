"""What came in is no prescription of its own: it covers an emergency oral order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from apothecary.drugs.models import Package
from apothecary.intake.actions.entry import done_with, lock_arrival, must_be_open
from apothecary.intake.forms import Reader
from apothecary.intake.models import COVERS_EMERGENCIES, Arrival, Source
from apothecary.law.elements import prescription_problems
from apothecary.law.facts import EVERY_ELEMENT, Element, Origin, RxFacts
from apothecary.law.problem import Problem, refuse_if
from apothecary.prescriptions.compounds import orderable
from apothecary.prescriptions.emergency.following import Came, cover_order
from apothecary.prescriptions.emergency.models import EmergencyCover
from apothecary.prescriptions.emergency.rules import Covering, Elements
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.epcs.receiving import dispensing_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What a paper carries and how it came; ``received_on``: none, the day it was taken in."""

    oral_order_on: date | None = None
    words: bool = False
    postmarked_on: date | None = None
    received_on: date | None = None


@transaction.atomic
def cover_by_arrival(
    *, by: Worker, arrival_id: int, order_id: int, typed: Mapping[str, str], marks: Marks
) -> EmergencyCover:
    """Attach a scanned paper or a message to the order it follows; it is entered nowhere else.

    ``typed``: the fields of the entry form as they stand, of which the elements are read.
    """
    by.must(Duty.EMERGENCY_ORAL)
    arrival = lock_arrival(by=by, arrival_id=arrival_id)
    must_be_open(arrival, by=by)
    cover = covering_of(arrival, typed, marks, by=by)
    refuse_if(electronic_cover_problems(arrival, cover, by=by))
    came = Came(arrival=arrival.pk, at=arrival.arrived_at, message_id=arrival.message_id)
    made = cover_order(by=by, order_id=order_id, cover=cover, came=came)
    done_with(arrival, made.order.prescription)
    return made


def covering_of(
    arrival: Arrival, typed: Mapping[str, str], marks: Marks, *, by: Worker
) -> Covering:
    """What came in as its elements and days, or every field that is missing (1 query)."""
    read = Reader(typed)
    elements = elements_of(read, by=by)
    written_on = read.day("written_on", "Written")
    if written_on is None:
        read.wrong("written_on", "The day it was written is missing.")
    problems = [*source_problems(arrival), *read.problems]
    if elements is None or written_on is None or problems:
        refuse_if(problems)
        raise AssertionError("what is missing was refused above")
    return Covering(
        electronic=arrival.source == Source.ELECTRONIC,
        elements=elements,
        written_on=written_on,
        received_on=marks.received_on or arrival.pharmacy.day_of(arrival.arrived_at),
        oral_order_on=marks.oral_order_on,
        words=marks.words,
        postmarked_on=marks.postmarked_on,
    )


def elements_of(read: Reader, *, by: Worker) -> Elements | None:
    """The rows that were chosen and the quantity; what is wrong stays with the reader."""
    patient_id = read.key("patient_id", "Choose the patient.")
    prescriber_id = read.key("prescriber_id", "Choose the prescriber.")
    package_id = read.key("package_id", "Choose the drug and product.")
    quantity: Decimal = read.number("quantity", "Quantity", places=3)
    if not package_id:
        return None
    packages = orderable(by.pharmacy_id).select_related("product")
    package: Package | None = packages.filter(pk=package_id).first()
    if package is None:
        read.wrong("package_id", "No such package here.")
        return None
    of = package.product
    return Elements(
        patient_id=patient_id,
        prescriber_id=prescriber_id,
        drug=(of.name, of.strength, of.form),
        quantity=quantity,
    )


def source_problems(arrival: Arrival) -> list[Problem]:
    """Signed paper or an electronic prescription covers it; a fax or a call does not."""
    if arrival.source in COVERS_EMERGENCIES:
        return []
    says = "Only the signed paper or an electronic prescription covers an emergency order."
    return [Problem(says, code="cover-source", field="source")]


def electronic_cover_problems(
    arrival: Arrival, cover: Covering, *, by: Worker
) -> list[Problem]:
    """An electronic one is received as such, or it covers nothing: signed, archived, whole."""
    if not cover.electronic:
        return []
    return [*receipt_problems(arrival, by=by), *signature_problems(arrival, cover, by=by)]


def receipt_problems(arrival: Arrival, *, by: Worker) -> list[Problem]:
    """Why what came electronically was not received as a controlled prescription."""
    if arrival.source != Source.ELECTRONIC:
        return []
    return dispensing_problems(by=by, incoming_id=arrival.incoming_id)


def signature_problems(arrival: Arrival, cover: Covering, *, by: Worker) -> list[Problem]:
    """It carries the prescriber's signature, or the network's word for it."""
    if arrival.sent_values.get("signature"):
        return []
    shown = RxFacts(
        schedule=2,
        state=by.standing.state,
        origin=Origin.ELECTRONIC,
        written_on=cover.written_on,
        quantity=cover.elements.quantity,
        present=EVERY_ELEMENT - {Element.SIGNATURE},
    )
    found = prescription_problems(shown, on=by.today)
    return [problem for problem in found if problem.field == Element.SIGNATURE]
