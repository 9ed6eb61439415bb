"""Will-call: what is ready, for whom, since when, and what is due to go back."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from apothecary.patients.rules import fold
from apothecary.prescriptions.models import Fill, PayKind
from apothecary.prescriptions.states import FillState
from apothecary.staff.models import Pharmacy


def ready(pharmacy_id: int) -> QuerySet[Fill]:
    """Bags in will-call, the oldest first (1 query)."""
    return (
        Fill.objects.filter(pharmacy_id=pharmacy_id, state=FillState.READY)
        .select_related("patient", "prescription", "package__product")
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
        .select_related("package__product", "prescription")
        .order_by("promised_at")
    )


def find_bags(pharmacy_id: int, words: str) -> QuerySet[Fill]:
    """Bags by name fragment, Rx number, phone or bin (1 query)."""
    text = words.strip()
    digits = "".join(char for char in text if char.isdigit())
    wanted = Q(patient__folded__startswith=fold(text.partition(",")[0])) | Q(bin=text.upper())
    if digits and digits == text.replace("-", "").replace(" ", ""):
        wanted = Q(patient__phone=digits) | Q(bin=text.upper())
        if len(digits) < 19:
            wanted |= Q(prescription__number=int(digits))
    return ready(pharmacy_id).filter(wanted)


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
