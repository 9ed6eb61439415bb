"""What pharmacists judged about a fill: written by screening, read by who bills it."""

from collections.abc import Collection

from apothecary.prescriptions.models import Fill, Judgement
from apothecary.staff.worker import Worker

Codes = tuple[str, str, str]


def note_judgement(*, by: Worker, fill_id: int, about: str, codes: Codes) -> None:
    """Keep reason, service and result of one finding of a fill (1 statement).

    A finding without a reason code is none that a payer knows: it leaves nothing.
    """
    reason, service, result = codes
    if not reason:
        return
    Judgement.objects.create(
        pharmacy_id=by.pharmacy_id,
        fill_id=fill_id,
        about=about,
        reason_code=reason,
        service_code=service,
        result_code=result,
        judged_at=by.at,
    )


def judge_anew(fill: Fill, *, found: Collection[str]) -> None:
    """The fill was screened again: only what was judged about the same facts still stands."""
    judged = Judgement.objects.filter(pharmacy_id=fill.pharmacy_id, fill=fill)
    judged.filter(about__in=found).update(stands=True)
    judged.exclude(about__in=found).update(stands=False)


def judged(fill: Fill) -> list[Codes]:
    """Every judgement that stands about a fill and its other parts, oldest first (1 query)."""
    rows = Judgement.objects.filter(
        pharmacy_id=fill.pharmacy_id,
        fill__prescription_id=fill.prescription_id,
        fill__number=fill.number,
        stands=True,
    )
    return list(rows.order_by("pk").values_list("reason_code", "service_code", "result_code"))
