"""Entering a prescription, refilling it, giving a part of it, and calling it off."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Count, Min, Sum

from apothecary.drugs.models import Package
from apothecary.journal.deeds import Deed
from apothecary.journal.writes import Writes
from apothecary.law.expiry import expires_on
from apothecary.law.fills import first_fill_problems, next_fill_problems
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.patients.models import Patient
from apothecary.prescriptions import lawful
from apothecary.prescriptions.apart_rules import fee_problems, programme_problems
from apothecary.prescriptions.compound_tables import is_compound
from apothecary.prescriptions.compounds import order_problems
from apothecary.prescriptions.models import (
    CARRIED,
    NOTHING_SAID,
    Carried,
    Dispensed,
    Fill,
    PayKind,
    Prescriber,
    Prescription,
    PrescriptionState,
)
from apothecary.prescriptions.rules import (
    EntryFacts,
    PriceFacts,
    entry_problems,
    usual_and_customary_usd,
)
from apothecary.prescriptions.standing import cii_series_problems, put_in, still_open
from apothecary.prescriptions.states import ENDED, FillState
from apothecary.prescriptions.transfers.taking import bind, held_for
from apothecary.prescriptions.writer import (
    advance,
    begin,
    lock_fill,
    lock_fills,
)
from apothecary.staff.duties import Duty
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker

TAKE_NUMBER = """
UPDATE prescriptions_numberblock SET next = next + 1
WHERE id = (SELECT id FROM prescriptions_numberblock
            WHERE pharmacy_id = %s AND next <= last ORDER BY first LIMIT 1 FOR UPDATE)
RETURNING next - 1, nextval(pg_get_serial_sequence('prescriptions_prescription', 'id')),
    nextval(pg_get_serial_sequence('prescriptions_fill', 'id'))
"""
NOT_DISPENSED = [FillState.CANCELLED.value, FillState.RETURNED.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A prescription as entered, every value typed and chosen."""

    patient: Patient
    prescriber: Prescriber
    package: Package
    quantity: Decimal
    days_supply: int
    refills: int
    daw: str
    origin: str
    directions: str
    written_on: date
    directions_spanish: str = ""
    directions_as_written: str = ""
    drug_as_written: str = ""
    diagnosis: str = ""
    note: str = ""
    earliest_fill_on: date | None = None
    pay: str = PayKind.PLAN
    price_usd: Decimal | None = None
    waiter: bool = False
    promised_at: datetime | None = None
    # A vaccine given here with its fee; a drug bought under 340B with its cost and why.
    administration_usd: Decimal | None = None
    cost_340b_usd: Decimal | None = None
    because_340b: str = ""
    # The record of the transfer it came by, where another pharmacy gave it.
    transfer_id: int | None = None
    # What the technician left unsure: the pharmacist sees it before anything is filled.
    unsure: str = ""
    carried: Carried = NOTHING_SAID
    # How a pharmacist took it, where it is an emergency oral order of a C-II.
    emergency: lawful.Taken | None = None


@transaction.atomic
def enter_prescription(*, by: Worker, order: Order) -> Fill:
    """Enter a new prescription with its first fill, or refuse with every reason at once."""
    by.must(Duty.ENTER_PRESCRIPTION)
    refuse_if(ours_problems(by, order))
    pharmacy = order.patient.pharmacy
    price = order.price_usd
    if price is None:  # a price of nothing is a price: free clinics give it
        price = cash_price(order.package, order.quantity, pharmacy)
    rx = unnumbered(order, by=by)
    came = held_for(order.transfer_id, rx, by=by)
    facts = rx.facts(state=pharmacy.state, dispensed=Dispensed())
    months = pharmacy.noncontrolled_validity_months
    refuse_if(
        entry_problems(entry_facts(order, price))
        + first_fill_problems(facts, order.prescriber.facts(), on=by.today, house_months=months)
        + cii_series_problems(rx, state=pharmacy.state, by=by)
        + lawful.carried_refusals(rx, state=pharmacy.state, on=by.today)
        + lawful.emergency_taking_problems(order.emergency, facts, pharmacy=pharmacy, by=by)
    )
    last = expires_on(facts, on=by.today, house_months=months)
    rx.expires_on = None if isinstance(last, Problem) else last.on
    fill = new_fill(rx, order=order, price=price or Decimal(0), pharmacy=pharmacy, by=by)
    rx.number, rx.pk, fill.pk = take_number(by.pharmacy_id)
    fill.prescription = rx  # once more: now it has its key
    writes = Writes()
    writes.insert(rx)
    said: dict[str, object] = {
        "number": rx.number,
        "quantity": rx.quantity,
        "ndc": order.package.ndc,
        **billed_apart(order),
        **carried_said(order.carried),
    }
    writes.record(by=by, did=Deed.PRESCRIPTION_ENTERED, about=rx, details=said)
    begin(
        fill,
        FillState.SCREENING,
        by=by,
        did=Deed.FILL_MOVED,
        because=order.unsure,
        writes=writes,
    )
    if came is not None:
        bind(came, rx, by=by)
    if order.emergency is not None:
        lawful.write_order_down(rx, order.emergency, pharmacy=pharmacy, by=by)
    return fill


def billed_apart(order: Order) -> dict[str, object]:
    """What the journal keeps of how it is billed apart, where it is."""
    said: dict[str, object] = {}
    if order.administration_usd is not None:
        said["administration_usd"] = order.administration_usd
    if order.cost_340b_usd is not None:
        said |= {"cost_340b_usd": order.cost_340b_usd, "because_340b": order.because_340b}
    return said


def carried_said(carried: Carried) -> dict[str, object]:
    """What the journal keeps of what it carried: only what was said."""
    said = {name: getattr(carried, name) for name in CARRIED}
    return {name: value for name, value in said.items() if value}


def ours_problems(by: Worker, order: Order) -> list[Problem]:
    """Patient, prescriber, compound must be of this pharmacy, and what is billed apart fit."""
    strangers = [
        name
        for name, of in (
            ("patient", order.patient.pharmacy_id),
            ("prescriber", order.prescriber.pharmacy_id),
        )
        if of != by.pharmacy_id
    ]
    problems = [Problem(f"No such {name} here.", field=name) for name in strangers]
    return [
        *problems,
        *order_problems(order.package, order.quantity, by=by),
        *fee_problems(order.administration_usd, kind=order.package.product.kind),
        *programme_problems(
            order.cost_340b_usd,
            because=order.because_340b,
            compound=is_compound(order.package),
        ),
    ]


def entry_facts(order: Order, price: Decimal | None) -> EntryFacts:
    """The order's numbers for the house rules."""
    return EntryFacts(
        quantity=order.quantity,
        days_supply=order.days_supply,
        refills=order.refills,
        daw=order.daw,
        directions=order.directions,
        unit=order.package.unit,
        price_usd=price,
    )


def unnumbered(order: Order, *, by: Worker) -> Prescription:
    """The prescription before it has its number."""
    if order.refills < 0:
        # The law has no words for it: it cannot even be asked.
        says = f"{order.refills} refills are not possible."
        raise refuse(says, field="refills", code="entry-refills")
    return Prescription(
        pharmacy_id=by.pharmacy_id,
        patient=order.patient,
        prescriber=order.prescriber,
        package=order.package,
        drug_as_written=order.drug_as_written or str(order.package.product),
        schedule=order.package.product.schedule,
        quantity=order.quantity,
        days_supply=order.days_supply,
        refills=order.refills,
        daw=order.daw,
        origin=order.origin,
        directions=order.directions,
        directions_spanish=order.directions_spanish,
        directions_as_written=order.directions_as_written or order.directions,
        diagnosis=order.diagnosis,
        note=order.note,
        written_on=order.written_on,
        earliest_fill_on=order.earliest_fill_on,
        entered_at=by.at,
        entered_by=by.person_id,
        **{name: getattr(order.carried, name) for name in CARRIED}
        | ({"emergency": True} if order.emergency is not None else {}),
    )


def new_fill(
    rx: Prescription, *, order: Order, price: Decimal, pharmacy: Pharmacy, by: Worker
) -> Fill:
    """The first fill of a prescription, still in entry."""
    promised = order.promised_at or by.at + timedelta(minutes=pharmacy.promise_minutes)
    return Fill(
        pharmacy_id=by.pharmacy_id,
        prescription=rx,
        patient=order.patient,
        number=0,
        package=order.package,
        quantity=order.quantity,
        days_supply=order.days_supply,
        daw=order.daw,
        pay=order.pay,
        price_usd=price,
        administration_usd=order.administration_usd,
        cost_340b_usd=order.cost_340b_usd,
        state=FillState.ENTRY.value,
        state_since=by.at,
        waiter=order.waiter,
        promised_at=promised,
        created_at=by.at,
    )


def cash_price(package: Package, quantity: Decimal, pharmacy: Pharmacy) -> Decimal | None:
    """The pharmacy's usual and customary price, or nothing without a reference price."""
    return usual_and_customary_usd(
        PriceFacts(
            package.price_usd, quantity, pharmacy.markup_percent, pharmacy.dispensing_fee_usd
        )
    )


def take_number(pharmacy_id: int) -> tuple[int, int, int]:
    """The next Rx number of this store's own blocks, with keys for its rows (1 query)."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_NUMBER, [pharmacy_id])
        row = cursor.fetchone()
    if row is None:
        says = "The store's block of Rx numbers is used up: ask for the next one."
        raise refuse(says, code="no-numbers")
    number, rx_key, fill_key = row
    return int(number), int(rx_key), int(fill_key)


def dispensed_so_far(rx: Prescription, *, pharmacy: Pharmacy) -> Dispensed:
    """Fills that count against the prescription, on the pharmacy's own days (1 query)."""
    sums = rx.fills.exclude(state__in=NOT_DISPENSED).aggregate(
        fills=Count("number", distinct=True), quantity=Sum("quantity"), first=Min("created_at")
    )
    return Dispensed(
        fills=sums["fills"],
        quantity=sums["quantity"] or Decimal(0),
        first_on=pharmacy.day_of(sums["first"]) if sums["first"] else None,
    )


@transaction.atomic
def start_refill(
    *, by: Worker, prescription_id: int, pay: str = PayKind.PLAN, waiter: bool = False
) -> Fill:
    """Put a refill, or the first fill of what is on file, on its way; or say why not."""
    by.must(Duty.START_REFILL)
    rx = lock_prescription(by=by, prescription_id=prescription_id)
    pharmacy = Pharmacy.objects.get(pk=by.pharmacy_id)
    dispensed = dispensed_so_far(rx, pharmacy=pharmacy)
    facts = rx.facts(state=pharmacy.state, dispensed=dispensed)
    months = pharmacy.noncontrolled_validity_months
    refuse_if(
        refill_state_problems(rx)
        + next_fill_problems(facts, rx.prescriber.facts(), on=by.today, house_months=months)
        + cii_series_problems(rx, state=pharmacy.state, by=by)
    )
    last = rx.fills.order_by("-number", "-part").first()
    package = last.package if last else rx.package
    price = cash_price(package, rx.quantity, pharmacy)
    if price is None:
        price = last.price_usd if last else None
    if price is None:
        raise refuse("The drug file has no price for this package.", field="price_usd")
    fill = Fill(
        pharmacy_id=by.pharmacy_id,
        prescription=rx,
        patient=rx.patient,
        number=last.number + 1 if last else 0,
        package=package,
        quantity=rx.quantity,
        days_supply=rx.days_supply,
        daw=rx.daw,
        pay=pay,
        price_usd=price,
        state=FillState.ENTRY.value,
        state_since=by.at,
        waiter=waiter,
        promised_at=by.at + timedelta(minutes=pharmacy.promise_minutes),
        created_at=by.at,
        data_reviewed=rx.reviewed_at is not None,
    )
    did = Deed.REFILL_STARTED if last else Deed.FIRST_FILL_STARTED
    return begin(fill, FillState.SCREENING, by=by, did=did)


def refill_state_problems(rx: Prescription) -> list[Problem]:
    """A refill needs a living prescription with nothing else of it on the way."""
    problems = []
    if rx.state != PrescriptionState.ACTIVE:
        says = f"Prescription {rx.number} was {rx.get_state_display()}."
        problems.append(Problem(says, code="rx-not-active"))
    open_fill = rx.fills.exclude(state__in=[state.value for state in ENDED]).first()
    if open_fill is not None:
        says = f"A fill of {rx.number} is already on its way (in {open_fill.state})."
        problems.append(Problem(says, code="fill-open"))
    return problems


def lock_prescription(*, by: Worker, prescription_id: int) -> Prescription:
    """The prescription of this pharmacy, held until the act is done (1 query)."""
    rx = (
        Prescription.objects.select_for_update(of=("self",), no_key=True)
        .select_related("patient", "prescriber", "package__product")
        .filter(pharmacy_id=by.pharmacy_id, pk=prescription_id)
        .first()
    )
    if rx is None:
        raise refuse("No such prescription in this pharmacy.", code="no-prescription")
    return rx


@transaction.atomic
def cancel_fill(*, by: Worker, fill_id: int, because: str) -> Fill:
    """Call a fill off before it is sold: what was promised or bagged goes back to the shelf."""
    by.must(Duty.CANCEL_FILL)
    if not because.strip():
        raise refuse("Say why the fill is cancelled.", field="because")
    fill = lock_fill(by=by, fill_id=fill_id)
    return advance(fill, FillState.CANCELLED, by=by, did=Deed.FILL_CANCELLED, because=because)


@transaction.atomic
def cancel_prescription(*, by: Worker, prescription_id: int, because: str) -> Prescription:
    """Stop a prescription: no refills any more, and what is not yet sold is called off."""
    by.must(Duty.CANCEL_FILL)
    if not because.strip():
        raise refuse("Say why the prescription is cancelled.", field="because")
    # Fills before their prescription, as everywhere; then the packages in order, as the ledger.
    held = lock_fills(by=by, fill_ids=open_fill_ids(prescription_id))
    rx = lock_prescription(by=by, prescription_id=prescription_id)
    if rx.state != PrescriptionState.ACTIVE:
        raise refuse(f"It was already {rx.get_state_display()}.", code="rx-not-active")
    if not {fill.pk for fill in held}.issuperset(open_fill_ids(rx.pk)):
        raise refuse("A fill of it was started just now: look again.", code="fill-started")
    said = {"because": because}
    put_in(
        rx, PrescriptionState.CANCELLED, by=by, did=Deed.PRESCRIPTION_CANCELLED, details=said
    )
    for fill in still_open(held):
        cancel_fill(by=by, fill_id=fill.pk, because=because)
    return rx


def open_fill_ids(prescription_id: int) -> list[int]:
    """The fills of a prescription that are still on their way (1 query)."""
    fills = Fill.objects.filter(prescription_id=prescription_id)
    open_fills = fills.exclude(state__in=[state.value for state in ENDED])
    return list(open_fills.values_list("id", flat=True))
