"""A month of reports to the monitoring programme, as the former system leaves it to be told.

Its fills are none of this house, so that their numbers lie below zero. The files wait in the
outbox as any other: the programme of the box takes them in the first seconds, and refuses one
record, whose prescriber's DEA number nobody knows there.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from apothecary.config.parts import UNKNOWN_DEA
from apothecary.drugs.models import Package
from apothecary.patients.models import Patient
from apothecary.prescriptions.models import Prescriber
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.monitoring.due import Handed, due_record
from apothecary.vault.monitoring.filing import Period, write_file
from apothecary.vault.monitoring.models import MonitoringRecord
from apothecary.vault.monitoring.rules import closes_at
from apothecary.vault.monitoring.states import FileKind
from apothecary.wires.asap import Additional, Dispensed, Dispensing, in_ascii
from apothecary.wires.asap import Patient as Who
from apothecary.wires.asap import Prescriber as Writer

DAYS = 28
FIRST_RX = 6_990_000
# How many were sold on the days of a week, from Monday; on Sundays none.
BY_WEEKDAY = (2, 1, 3, 2, 3, 1, 0)
REFUSED_DAYS_AGO = 3
UNITS = {"EA": "01", "ML": "02", "GM": "03"}
SOLD_AT = time(15, 20)


def bring_reports(pharmacy: Pharmacy, *, by: Worker) -> int:
    """Lay a file for each day of the last four weeks into the outbox; how many."""
    zone = ZoneInfo(pharmacy.time_zone)
    sold = Sold(pharmacy)
    for ago in range(DAYS, 0, -1):
        day = by.today - timedelta(days=ago)
        rows = []
        for number in range(BY_WEEKDAY[day.weekday()]):
            at = datetime.combine(day, SOLD_AT, zone) + timedelta(minutes=17 * number)
            rows.append(sold.record(at, ago=ago, by=by))
        MonitoringRecord.objects.bulk_create(rows)
        kind = FileKind.DAILY if rows else FileKind.ZERO
        night = by.at_time(closes_at(day, zone), day)
        write_file(rows, Period(kind, day, day), pharmacy, by=night)
    return DAYS


class Sold:
    """Deals the demo's people and controlled drugs out, always in the same order."""

    def __init__(self, pharmacy: Pharmacy) -> None:
        self.pharmacy, self.made, self.refused = pharmacy, 0, False
        mine = {"pharmacy": pharmacy}
        self.patients = list(Patient.objects.filter(**mine).order_by("pk")[:40])
        writers = Prescriber.objects.filter(**mine, credential__in=["MD", "DO"])
        self.prescribers = list(writers.order_by("pk")[:8])
        stocked = Package.objects.filter(
            lot__pharmacy=pharmacy, product__schedule__gte=2, unit="EA"
        )
        self.packages = list(stocked.select_related("product").distinct().order_by("pk"))

    def record(self, at: datetime, *, ago: int, by: Worker) -> MonitoringRecord:
        """The next dispensing, sold at that instant."""
        self.made += 1
        number = self.made
        patient = self.patients[number * 7 % len(self.patients)]
        package = self.packages[number % len(self.packages)]
        writer = self.prescribers[number % len(self.prescribers)]
        rx = FIRST_RX + number
        product = package.product
        # One, whatever weekday it is: on Sundays nothing was sold.
        refused = ago <= REFUSED_DAYS_AGO and not self.refused
        self.refused = self.refused or refused
        dea = UNKNOWN_DEA if refused else writer.dea
        handed = Handed(
            fill_id=-number,
            label=f"{rx}-0-1",
            drug=f"{product.name} {product.strength_said}".strip(),
            schedule=product.schedule,
            state=self.pharmacy.state,
            at=at,
            zone=self.pharmacy.time_zone,
            told=Dispensing(
                patient=who_of(patient),
                dispensed=dispensed_of(package, rx, at.date()),
                prescriber=Writer(
                    npi=writer.npi,
                    dea_number=dea,
                    last_name=in_ascii(writer.last_name),
                    first_name=in_ascii(writer.first_name),
                ),
                additional=Additional(relationship="01", bringing="02"),
            ),
        )
        return due_record(handed, by=by.at_time(at, at.date()))


def who_of(patient: Patient) -> Who:
    """A patient as a report names one."""
    return Who(
        last_name=in_ascii(patient.last_name),
        first_name=in_ascii(patient.first_name),
        address_1=in_ascii(patient.street),
        city=in_ascii(patient.city),
        state=patient.state,
        zip_code=patient.postal_code.replace("-", ""),
        phone=patient.phone,
        born_on=patient.birth_date,
        gender=patient.sex if patient.sex in ("F", "M") else "U",
        species="01",
    )


def dispensed_of(package: Package, rx: int, on: date) -> Dispensed:
    """Thirty of a package for fifteen days."""
    return Dispensed(
        rx_number=str(rx),
        written_on=on,
        refills_authorized=0,
        filled_on=on,
        fill_number=0,
        product_kind="01",
        product_id=package.ndc11,
        quantity=Decimal(30),
        days_supply=15,
        unit=UNITS[package.unit],
        rx_origin="05",
        part=0,
        payment="04",
        sold_on=on,
    )
