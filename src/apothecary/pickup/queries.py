"""Will-call: what is ready, for whom, since when, and what is due to go back."""

from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet

from apothecary.law.problem import refuse
from apothecary.patients.models import Patient
from apothecary.patients.queries import split_asked
from apothecary.patients.rules import fold
from apothecary.pickup.models import Sale, SaleLine
from apothecary.prescriptions.models import Fill, PayKind
from apothecary.prescriptions.states import FillState
from apothecary.staff.models import Pharmacy
from apothecary.wires import Malformed
from apothecary.wires.gs1 import Scan, ScanKind, read_scan

SEEN_WITH_A_BAG = "patient", "prescription__prescriber", "package__product", "owner"
# PostgreSQL's bigint: a longer run of digits is no Rx number.
LONGEST_NUMBER = 18


def ready(pharmacy_id: int) -> QuerySet[Fill]:
    """Bags in will-call, the oldest first (1 query)."""
    return (
        Fill.objects.filter(pharmacy_id=pharmacy_id, state=FillState.READY)
        .select_related(*SEEN_WITH_A_BAG)
        .order_by(F("waiter").desc(), "state_since", "id")
    )


def bags_of(pharmacy_id: int, patient_id: int) -> QuerySet[Fill]:
    """The bags of one patient (1 query)."""
    return ready(pharmacy_id).filter(patient_id=patient_id)


def still_coming(pharmacy_id: int, patient_id: int) -> QuerySet[Fill]:
    """What else is on its way for a patient, so that nobody comes twice (1 query)."""
    on_the_way = [
        state.value
        for state in FillState
        if state
        not in {FillState.READY, FillState.SOLD, FillState.RETURNED, FillState.CANCELLED}
    ]
    return (
        Fill.objects.filter(
            pharmacy_id=pharmacy_id, patient_id=patient_id, state__in=sorted(on_the_way)
        )
        .select_related("package__product", "prescription", "owner")
        .order_by("promised_at", "id")
    )


def find_bags(pharmacy_id: int, words: str, *, today: date) -> QuerySet[Fill]:
    """Bags by name ("last,first") and birth date, Rx number, phone or bin (1 query)."""
    text = words.strip()
    at_bin = Q(bin=text.upper())
    digits = text.replace("-", "").replace(" ", "")
    if digits.isascii() and digits.isdigit():
        wanted = Q(patient__phone=digits) | at_bin
        if len(digits) <= LONGEST_NUMBER:
            wanted |= Q(prescription__number=int(digits))
        return ready(pharmacy_id).filter(wanted)
    name, born = split_asked(text, today=today)
    if not name and not born:
        return ready(pharmacy_id).filter(at_bin)
    last, _, first = name.partition(",")
    wanted = Q(patient__folded__startswith=fold(last))
    if first.strip():
        wanted &= Q(patient__folded__contains=f",{fold(first)}")
    if born:
        wanted &= Q(patient__birth_date=born)
    return ready(pharmacy_id).filter(wanted | at_bin)


def fill_with_patient(pharmacy_id: int, fill_id: int) -> Fill | None:
    """A fill of this pharmacy with whom and what it is (1 query)."""
    return (
        Fill.objects.filter(pharmacy_id=pharmacy_id, pk=fill_id)
        .select_related(*SEEN_WITH_A_BAG)
        .first()
    )


def scanned_fill(pharmacy_id: int, code: str) -> Fill:
    """The fill whose bag or label was scanned; anything else is refused (1 query)."""
    scan = read_bag(code)
    fills = Fill.objects.filter(pharmacy_id=pharmacy_id).select_related(*SEEN_WITH_A_BAG)
    if scan.kind is ScanKind.LABEL:
        found = fills.filter(
            prescription__number=int(scan.rx_number),
            number=scan.fill_number or 0,
            part=scan.part or 1,
        ).first()
    elif scan.bag_id.isdigit() and len(scan.bag_id) <= LONGEST_NUMBER:
        found = fills.filter(pk=int(scan.bag_id)).first()
    else:
        found = None
    if found is None:
        raise refuse("No bag of this pharmacy has that code.", code="no-bag")
    return found


def read_bag(code: str) -> Scan:
    """A scan of a bag or of the label on it, or a refusal that says what it was instead."""
    try:
        scan = read_scan(code)
    except Malformed as fault:
        raise refuse(f"That is no bag: the scan {fault.reason}.", code="no-bag") from fault
    if scan.kind not in {ScanKind.BAG, ScanKind.LABEL}:
        raise refuse("That is a stock bottle or a carton, not a bag.", code="not-a-bag")
    return scan


def patient_here(pharmacy_id: int, patient_id: int) -> Patient | None:
    """A patient of this pharmacy (1 query)."""
    return Patient.objects.filter(pharmacy_id=pharmacy_id, pk=patient_id).first()


def sale_with_patient(pharmacy_id: int, sale_id: int) -> Sale | None:
    """A sale with who sold it and who counselled (1 query)."""
    return (
        Sale.objects.filter(pharmacy_id=pharmacy_id, pk=sale_id)
        .select_related("patient", "by", "counselled_by")
        .first()
    )


def lines_of(sale: Sale) -> QuerySet[SaleLine]:
    """The bags of a sale (1 query)."""
    return (
        SaleLine.objects.filter(pharmacy_id=sale.pharmacy_id, sale=sale)
        .select_related("fill__prescription", "fill__package__product")
        .order_by("id")
    )


def due_for_return(pharmacy: Pharmacy, at: datetime) -> QuerySet[Fill]:
    """Bags that have waited longer than the house keeps them (1 query)."""
    before = at - timedelta(days=pharmacy.return_to_stock_days)
    return ready(pharmacy.pk).filter(state_since__lt=before)


def is_medicaid(fill: Fill) -> bool:
    """Whether Medicaid pays: federal law then asks for the offer to counsel (1 query)."""
    if fill.pay != PayKind.PLAN:
        return False
    plans = fill.patient.coverages.order_by("order").values_list("plan_name", flat=True)
    return any("medicaid" in plan.lower() for plan in plans)
