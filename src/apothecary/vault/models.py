"""The tables of the room, each kept beside what is done with it."""

from apothecary.vault.book.models import (
    AccessRecord,
    CaseNote,
    ClockFault,
    DiscrepancyCase,
    Inventory,
    InventoryLine,
    PowerOfAttorney,
    VaultCount,
    VaultCountLine,
    VaultPolicy,
)
from apothecary.vault.csos.models import (
    CsosCertificate,
    CsosLine,
    CsosOrder,
    CsosReceipt,
)
from apothecary.vault.epcs.models import (
    EpcsAudit,
    EpcsChange,
    EpcsClock,
    EpcsIncident,
    EpcsRecord,
    EpcsReview,
    EpcsSetting,
)
from apothecary.vault.losses.models import Form106, Loss, LossLine, LossNotice
from apothecary.vault.monitoring.lookup.models import LookUp
from apothecary.vault.monitoring.models import MonitoringFile, MonitoringRecord
from apothecary.vault.orders.models import (
    Form222,
    Form222Line,
    Form222Receipt,
    Registrant,
)
from apothecary.vault.rescheduled.models import ScheduleLook, ScheduleTask
from apothecary.vault.unusual.models import FlagLook

__all__ = [
    "AccessRecord",
    "CaseNote",
    "ClockFault",
    "CsosCertificate",
    "CsosLine",
    "CsosOrder",
    "CsosReceipt",
    "DiscrepancyCase",
    "EpcsAudit",
    "EpcsChange",
    "EpcsClock",
    "EpcsIncident",
    "EpcsRecord",
    "EpcsReview",
    "EpcsSetting",
    "FlagLook",
    "Form106",
    "Form222",
    "Form222Line",
    "Form222Receipt",
    "Inventory",
    "InventoryLine",
    "LookUp",
    "Loss",
    "LossLine",
    "LossNotice",
    "MonitoringFile",
    "MonitoringRecord",
    "PowerOfAttorney",
    "Registrant",
    "ScheduleLook",
    "ScheduleTask",
    "VaultCount",
    "VaultCountLine",
    "VaultPolicy",
]
