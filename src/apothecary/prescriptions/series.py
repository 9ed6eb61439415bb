"""Several C-II prescriptions of one day: 90 days in all, each after the first with its day."""

from collections.abc import Sequence

from django.db import connection

from apothecary.law.multiple import series_problems
from apothecary.law.problem import Problem
from apothecary.prescriptions.models import Dispensed, Prescription, PrescriptionState
from apothecary.staff.worker import Worker

C_II = 2
# What ended before it was filled is no part of the supply any more.
GONE = [PrescriptionState.CANCELLED.value, PrescriptionState.DISCONTINUED.value]
HOLD = "SELECT pg_advisory_xact_lock(hashtextextended('series of C-II', %s))"


def series_of(rx: Prescription, *, besides: int | None = None) -> Sequence[Prescription]:
    """The others that were issued with a C-II prescription (1 query).

    One prescriber, patient and day, one drug in strength and form: another strength on the
    same day is a therapy of its own, with 90 days of its own. ``besides``: not itself.
    """
    product = rx.package.product
    return list(
        Prescription.objects.filter(
            pharmacy_id=rx.pharmacy_id,
            patient_id=rx.patient_id,
            prescriber_id=rx.prescriber_id,
            written_on=rx.written_on,
            schedule=C_II,
            package__product__name=product.name,
            package__product__strength=product.strength,
            package__product__form=product.form,
        )
        .exclude(state__in=GONE)
        .exclude(pk=besides or rx.pk)
        .order_by("earliest_fill_on", "number")
    )


def cii_series_problems(
    rx: Prescription, *, state: str, by: Worker, besides: int | None = None
) -> list[Problem]:
    """Why a C-II may not stand beside those issued with it (2 queries; none for others).

    Two people who enter two of a series at once follow each other. ``besides``: the row that
    this one is written over.
    """
    if rx.schedule != C_II:
        return []
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [rx.patient_id])
    all_of_it = [rx, *series_of(rx, besides=besides)]
    return series_problems(
        [one.facts(state=state, dispensed=Dispensed()) for one in all_of_it], on=by.today
    )
