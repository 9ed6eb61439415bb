"""What programs send and get: the shapes of the JSON API."""

from datetime import date, datetime
from decimal import Decimal

from ninja import Field, Schema

from apothecary.doors.api.said import Day, Id, Sent
from apothecary.law.facts import PartialReason
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.sentences import WhereFacts, where_it_is
from apothecary.prescriptions.states import FillState


class ProblemOut(Schema):
    """One reason of a refusal."""

    says: str
    cite: str = ""
    code: str = ""
    field: str = ""
    verified: str = ""


class Refusal(Schema):
    """The body of every 403, 409 and 422."""

    problems: list[ProblemOut]


class FillOut(Schema):
    """A fill: what it is, where it is, whose turn it is."""

    id: int
    prescription_id: int
    rx_number: int
    fill_number: int
    part: int
    patient_id: int
    ndc: str
    quantity: Decimal
    unit: str
    days_supply: int
    state: str
    says: str
    turn: str
    key: str
    promised_at: datetime
    pay: str
    price_usd: Decimal
    copay_usd: Decimal | None
    bin: str


def fill_out(fill: Fill) -> FillOut:
    """A fill as programs see it; the caller has its prescription and package at hand."""
    where = where_it_is(
        WhereFacts(state=FillState(fill.state), because=fill.because, bin=fill.bin)
    )
    return FillOut.model_construct(
        id=fill.pk,
        prescription_id=fill.prescription_id,
        rx_number=fill.prescription.number,
        fill_number=fill.number,
        part=fill.part,
        patient_id=fill.patient_id,
        ndc=fill.package.ndc,
        quantity=fill.quantity,
        unit=fill.package.unit,
        days_supply=fill.days_supply,
        state=fill.state,
        says=where.staff,
        turn=where.turn,
        key=where.key,
        promised_at=fill.promised_at,
        pay=fill.pay,
        price_usd=fill.price_usd,
        copay_usd=fill.copay_usd,
        bin=fill.bin,
    )


class CarriedIn(Sent):
    """What the law asks of it beside its elements; empty where nobody said anything."""

    original_seen: bool = False
    fax_case: str = Field("", pattern="^(|infusion|long_term_care|hospice)$")
    mandate_exception: str = Field("", max_length=60)
    condition_code: str = Field("", pattern="^[A-Z]?$")
    acute_pain: str = Field("", pattern="^(|acute|exception)$")
    made_as: str = Field("", pattern="^(|agent|office|printout|reissued|silent|telemedicine)$")
    doubt: str = Field("", max_length=500)


class OrderIn(Sent):
    """A prescription to enter; quantity in the package's billing unit."""

    patient_id: Id
    prescriber_id: Id
    ndc: str = Field(max_length=14, description="the hyphenated or 11-digit code")
    quantity: Decimal = Field(max_digits=12, decimal_places=3)
    days_supply: int
    refills: int = 0
    daw: str = Field("0", max_length=1)
    origin: str = Field("3", pattern="^[1-5]$")
    directions: str = Field(max_length=1000)
    directions_spanish: str = Field("", max_length=1000)
    written_on: Day
    earliest_fill_on: Day | None = None
    diagnosis: str = Field("", max_length=20)
    note: str = Field("", max_length=500)
    pay: str = Field("plan", pattern="^(plan|cash)$")
    price_usd: Decimal | None = Field(None, max_digits=10, decimal_places=2)
    waiter: bool = False
    administration_usd: Decimal | None = Field(None, max_digits=8, decimal_places=2)
    cost_340b_usd: Decimal | None = Field(None, max_digits=10, decimal_places=2)
    because_340b: str = Field("", max_length=210)
    carried: CarriedIn | None = None


class RefillIn(Sent):
    """A refill to start."""

    pay: str = Field("plan", pattern="^(plan|cash)$")
    waiter: bool = False


class BecauseIn(Sent):
    """An act that needs its reason."""

    because: str = Field(max_length=500)


class PartIn(Sent):
    """A part to give now; of a C-II only with the reason, said here or before."""

    quantity_now: Decimal = Field(max_digits=12, decimal_places=3)
    reason: PartialReason | None = None
    because: str = Field("", max_length=500)


class SignatureIn(Sent):
    """A step signed with initials and PIN at somebody else's station."""

    initials: str = Field(max_length=4)
    pin: str = Field(max_length=8)


class ApproveIn(Sent):
    """The pharmacist's approval, signed or as the token's own person."""

    signature: SignatureIn | None = None


class DispenseIn(Sent):
    """The scanned bottles and the counts of a pharmacist who fills alone."""

    codes: list[str] = Field(min_length=1, max_length=40)
    counts: list[Decimal] = Field(min_length=1, max_length=2)


class SendBackIn(Sent):
    """Why a fill goes back."""

    reason_code: str = Field(max_length=40)
    text: str = Field("", max_length=500)
    signature: SignatureIn | None = None


class ResolveIn(Sent):
    """What a pharmacist did about a finding."""

    service_code: str = Field(max_length=2)
    result_code: str = Field(max_length=2)
    text: str = Field(max_length=500)


class FindingOut(Schema):
    """A screening finding."""

    id: int
    kind: str
    severity: str
    says: str
    cite: str
    source_on: date
    verified: str
    because: list[str]
    resolved_at: datetime | None


class BinIn(Sent):
    """Where a bag is put."""

    bin: str = Field(max_length=20)


class SaleIn(Sent):
    """Bags of one patient that leave the counter."""

    fill_ids: list[Id] = Field(min_length=1, max_length=40)
    receiver: str = Field(max_length=120)
    relationship: str = Field("patient", pattern="^(patient|parent|spouse|caregiver|other)$")
    identifiers: list[str] = Field(max_length=5)
    counsel: str = Field(pattern="^(not_offered|accepted|refused)$")
    signature: str = Field(
        max_length=100_000,
        description="the pen on the pad: size and points, as in `600x180 M40,90 L80,40 …`",
    )
    method: str = Field("card", pattern="^(cash|card|charge|nothing)$")
    known: bool = False
    id_kind: str = Field("", max_length=40)
    id_number: str = Field("", max_length=40)
    id_state: str = Field("", max_length=2)
    counsellor_initials: str = Field("", max_length=4)
    counsellor_pin: str = Field("", max_length=8)


class SaleOut(Schema):
    """A sale that was made."""

    id: int
    total_usd: Decimal
    fill_ids: list[int]


class ReceiptIn(Sent):
    """Units that come from the supplier onto a shelf."""

    ndc: str = Field(max_length=14)
    lot: str = Field(max_length=20)
    expires_on: Day
    quantity: Decimal = Field(max_digits=12, decimal_places=3)
    place_id: Id
    key: str = Field(max_length=100, description="the delivery line; posted once")


class CountIn(Sent):
    """How much of a lot was counted at a place."""

    place_id: Id
    counted: Decimal = Field(max_digits=12, decimal_places=3)
    because: str = Field("", max_length=500)
    key: str = Field(max_length=100)


class MoveIn(Sent):
    """Units carried from one place to another."""

    from_place: Id
    to_place: Id
    quantity: Decimal = Field(max_digits=12, decimal_places=3)
    because: str = Field(max_length=500)
    key: str = Field(max_length=100)


class LotOut(Schema):
    """A lot with what is there and what is promised, by place."""

    id: int
    ndc: str
    lot: str
    expires_on: date
    state: str
    places: dict[str, Decimal]
    promised: Decimal


class JournalOut(Schema):
    """One line of a record's history."""

    at: datetime
    by: str
    deed: str
    station: str
    about: str
    about_id: int
    details: dict[str, object]
