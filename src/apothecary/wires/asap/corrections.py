"""Reports of nothing, and records that put right what was reported before."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from apothecary.wires.asap.records import (
    Additional,
    Dispensed,
    Dispensing,
    Header,
    Ingredient,
    Patient,
    Pharmacy,
    Prescriber,
    Report,
    Source,
    Status,
    Store,
)
from apothecary.wires.asap.rules import ZERO_PATIENT
from apothecary.wires.errors import Malformed

# What a programme finds a record again by, beside the pharmacy's DEA number (PHA03). Mark K: no
# official text was read; a state's guide may say more.
KEY = ("rx_number", "filled_on", "fill_number")
Key = tuple[str, str, date | None, int | None]


def key(pharmacy: Pharmacy, dispensing: Dispensing) -> Key:
    """PHA03, DSP02, DSP05, DSP06: two records with the same are one to the programme."""
    told = dispensing.dispensed
    return pharmacy.dea_number, told.rx_number, told.filled_on, told.fill_number


def voided(old: Dispensing) -> Dispensing:
    """The record that takes one back; all else is told as it was, for it is found by that."""
    return _with(old, Status.VOID)


def corrected(old: Dispensing, new: Dispensing) -> tuple[Dispensing, ...]:
    """What to send in place of a record of the same pharmacy: one revision where its key is the
    same, else a void of the old and the new one after it. Raises Malformed when the old one
    was taken back already.
    """
    if old.dispensed.status is Status.VOID:
        raise Malformed("DSP01 (reporting status)", "a record taken back is not revised")
    nobody = Pharmacy()
    if key(nobody, old) == key(nobody, new):
        return (_with(new, Status.REVISED),)
    return voided(old), _with(new, Status.NEW)


def _with(one: Dispensing, status: Status) -> Dispensing:
    return replace(one, dispensed=replace(one.dispensed, reporting_status=status.value))


def zero_period(first: date, last: date) -> str:
    """The period of a zero report, IS03: ``#20260101#-#20260107#``."""
    if last < first:
        raise Malformed("IS03 (message)", f"the period ends on {last}, before it begins")
    return f"#{first:%Y%m%d}#-#{last:%Y%m%d}#"


def zero_store(dea_number: str, *, on: date) -> Store:
    """A pharmacy that dispensed nothing: its DEA number alone, a patient who is none, the day,
    and empty segments in their places.
    """
    last_name, first_name = ZERO_PATIENT
    told = Dispensing(
        patient=Patient(last_name=last_name, first_name=first_name),
        dispensed=Dispensed(filled_on=on),
        prescriber=Prescriber(),
        ingredients=(Ingredient(),),
        additional=Additional(),
    )
    return Store(Pharmacy(dea_number=dea_number), (told,))


def zero_report(
    header: Header, source: Source, dea_numbers: Sequence[str], *, first: date, last: date
) -> Report:
    """Nothing was dispensed from the first to the last of these days, both included. The day of
    the record is the last of them.
    """
    if not dea_numbers or not all(dea_numbers):
        raise Malformed("PHA03 (dea number)", "a zero report names each pharmacy by it")
    told = replace(source, message=zero_period(first, last))
    return Report(header, told, tuple(zero_store(one, on=last) for one in dea_numbers))


def is_zero_report(report: Report) -> bool:
    """Whether every record of a report says that nothing was dispensed."""
    records = [one for store in report.stores for one in store.dispensings]
    return bool(records) and all(
        (one.patient.last_name.upper(), one.patient.first_name.upper()) == ZERO_PATIENT
        for one in records
    )
