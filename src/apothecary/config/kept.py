"""The kinds of record of all rooms, put on the vault's list on import."""

from django.db.models import Q

from apothecary.claims.models import Claim
from apothecary.claims.money.models import Payment
from apothecary.intake.models import Arrival
from apothecary.journal.models import Entry
from apothecary.pickup.behind_counter.models import CounterSale
from apothecary.pickup.models import Sale
from apothecary.prescriptions.models import Fill, Origin, Prescription, Transfer
from apothecary.prescriptions.refill_log.models import RefillSignature
from apothecary.purchasing.matching.models import Invoice
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.tracing.answering import CITE_KEPT, MARK_KEPT, YEARS_KEPT
from apothecary.purchasing.tracing.models import TracingDocument
from apothecary.returns.disposal.models import Destruction
from apothecary.stock.models import Posting
from apothecary.vault.keeping.kinds import RecordKind, add_kind
from apothecary.vault.keeping.rules import Rule
from apothecary.vault.models import (
    CsosOrder,
    EpcsRecord,
    EpcsReview,
    Form106,
    Form222,
    Inventory,
    LossNotice,
    MonitoringRecord,
)
from apothecary.wires.models import Incoming

PRESCRIPTIONS, ACQUISITIONS = "keep_prescription_years", "keep_acquisition_years"
CONTROLLED, FORMS, EPCS = ("DEA-080",), ("DEA-107",), ("DEA-173",)
ON_PAPER = Q(origin__in=[Origin.WRITTEN, Origin.FAX, Origin.TELEPHONE])
SIX_YEARS = Rule(YEARS_KEPT, CITE_KEPT, MARK_KEPT)
# A prescription that Part D paid is kept as long as its claim; which were, only that says.
KINDS = (
    RecordKind(key="rx", title="Prescriptions", model=Prescription, day="written_on",
               federal=("DEA-080", "PARTD-001"), state=PRESCRIPTIONS),
    RecordKind(key="fills", title="Fills and parts of fills", model=Fill, day="created_at",
               federal=("DEA-080", "PARTD-001"), state=PRESCRIPTIONS),
    RecordKind(key="paper-2", title="On paper: C-II", model=Prescription, day="written_on",
               federal=CONTROLLED, state=PRESCRIPTIONS, only=ON_PAPER & Q(schedule=2),
               file="file 1: C-II"),
    RecordKind(key="paper-3", title="On paper: C-III to C-V", model=Prescription,
               day="written_on", federal=CONTROLLED, state=PRESCRIPTIONS,
               only=ON_PAPER & Q(schedule__in=[3, 4, 5]), file="file 2: C-III to C-V"),
    RecordKind(key="paper-0", title="On paper: not controlled", model=Prescription,
               day="written_on", federal=("PARTD-001",), state=PRESCRIPTIONS,
               only=ON_PAPER & Q(schedule=0), file="file 3: all others"),
    RecordKind(key="arrivals", title="What came in, with its image", model=Arrival,
               day="arrived_at", federal=CONTROLLED, state=PRESCRIPTIONS),
    RecordKind(key="messages", title="Messages as received", model=Incoming,
               day="received_at", federal=EPCS, state=PRESCRIPTIONS),
    RecordKind(key="epcs", title="Electronic controlled prescriptions", model=EpcsRecord,
               day="received_on", federal=EPCS, state=PRESCRIPTIONS),
    RecordKind(key="trail", title="Signed days of the audit trail", model=EpcsReview,
               day="day", federal=EPCS),
    RecordKind(key="journal", title="Journal of every act", model=Entry, day="at",
               federal=EPCS, lies="in the database, sealed"),
    RecordKind(key="transfers", title="Transfers", model=Transfer, day="transferred_on",
               federal=("DEA-055/years",)),
    RecordKind(key="refills", title="Signed refills of a day", model=RefillSignature,
               day="day", federal=CONTROLLED),
    RecordKind(key="sales", title="Hand-overs and signatures", model=Sale, day="at",
               federal=("PARTD-001",)),
    RecordKind(key="counter", title="Sales behind the counter", model=CounterSale,
               day="sold_on", federal=("DEA-153/years",)),
    RecordKind(key="claims", title="Claims", model=Claim, day="service_on",
               federal=("PARTD-001",)),
    RecordKind(key="payments", title="Payments by payers", model=Payment, day="posted_at",
               federal=("PARTD-001",)),
    RecordKind(key="ledger", title="Every move of stock", model=Posting, day="happened_at",
               federal=CONTROLLED, state=ACQUISITIONS),
    RecordKind(key="received", title="Packages received", model=ReceivedPackage,
               day="received_at", federal=CONTROLLED, state=ACQUISITIONS),
    RecordKind(key="invoices", title="Invoices of wholesalers", model=Invoice,
               day="invoiced_on", federal=CONTROLLED, state=ACQUISITIONS),
    RecordKind(key="tracing", title="Tracing documents", model=TracingDocument,
               day="arrived_at", cited=(SIX_YEARS,)),
    RecordKind(key="form222", title="Forms 222", model=Form222, day="written_on",
               federal=FORMS),
    RecordKind(key="csos", title="Electronic orders", model=CsosOrder, day="written_on",
               federal=CONTROLLED),
    RecordKind(key="inventories", title="Inventories", model=Inventory, day="taken_on",
               federal=CONTROLLED),
    RecordKind(key="notices", title="Notices of theft or loss", model=LossNotice,
               day="sent_at", federal=CONTROLLED),
    RecordKind(key="form106", title="Forms 106", model=Form106, day="filed_on",
               federal=CONTROLLED),
    RecordKind(key="form41", title="Destructions (Form 41)", model=Destruction,
               day="destroyed_on", federal=CONTROLLED),
    RecordKind(key="reports", title="Reports to the monitoring programme",
               model=MonitoringRecord, day="made_at", federal=CONTROLLED),
)  # fmt: skip
for each in KINDS:
    add_kind(each)
