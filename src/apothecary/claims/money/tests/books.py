"""Claims as an answer left them, without a payer at the line, and what is on the books."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from apothecary.claims.models import Claim
from apothecary.claims.money.accounts import accounts
from apothecary.claims.money.importing import load_remittance
from apothecary.claims.money.models import Difference, Payment, RemittanceFile
from apothecary.claims.money.proof import money_faults
from apothecary.claims.money.tests.samples import DAY, Paid, Sent, file_of
from apothecary.config.tests.world import World
from apothecary.config.tests.world_days import TODAY
from apothecary.drugs.models import Batch
from apothecary.drugs.side_tables import Price
from apothecary.prescriptions.models import Fill

NUMBERS = count(1)
CHARGE = Decimal("11.76")


def billed(
    world: World,
    usd: str,
    *,
    fill: Fill | None = None,
    payer: int = 1,
    state: str = "paid",
    on: date = DAY,
    days_ago: int = 0,
    bin_: str = "999999",
    number: str = "",
) -> Claim:
    """A claim whose answer said that the plan pays so much."""
    at = world.system.at - timedelta(days=days_ago)
    fill = fill or world.enter()
    return Claim.objects.create(
        pharmacy=world.pharmacy,
        fill=fill,
        kind="B1",
        try_number=Claim.objects.filter(fill=fill).count() + 1,
        payer=payer,
        state=state,
        made_at=at,
        answered_at=at,
        service_on=on - timedelta(days=days_ago),
        bin=bin_,
        plan_name="Commercial",
        submitted_usd=CHARGE,
        paid_usd=Decimal(usd),
        copay_usd=Decimal("2.51"),
        authorization=number or f"A{next(NUMBERS):06d}",
    )


def line(claim: Claim, usd: str | None = None) -> Paid:
    """The line with which the payer pays a claim, as promised or so much."""
    return Paid(
        rx=str(claim.fill.prescription.number),
        usd=usd or str(claim.paid_usd),
        number=claim.authorization,
        status=str(claim.payer),
        ndc=claim.fill.package.ndc11,
        on=claim.service_on,
    )


def load(world: World, *sent: Sent, name: str = "835.x12") -> RemittanceFile:
    """A file of these remittances, taken in by the house."""
    return load_remittance(by=world.technician, raw=file_of(*sent), name=name)


def named(world: World) -> list[tuple[str, Decimal]]:
    """Every open difference: its name and what is still expected."""
    rows = Difference.objects.filter(pharmacy=world.pharmacy, closed_at=None)
    return list(rows.order_by("pk").values_list("kind", "usd"))


def open_usd(claim: Claim) -> Decimal:
    """What is open on one claim; a claim that has no account is even."""
    found = accounts(pharmacy_id=claim.pharmacy_id, claims=[claim.pk], even=True)
    return sum((one.open_usd for one in found), Decimal(0))


def proved(world: World) -> bool:
    """Whether the books of the payers' money agree with themselves."""
    faults = money_faults(pharmacy_id=world.pharmacy.pk, at=world.system.at)
    assert faults == []
    return True


def posted(world: World) -> int:
    return Payment.objects.filter(pharmacy=world.pharmacy).count()


def surveyed(world: World, usd: str, *, days_ago: int = 0, unit: str = "EA") -> None:
    """A price of the survey, in force since so many days."""
    batch = Batch.objects.get()
    Price.objects.create(
        ndc11=world.drugs["lisinopril"].ndc11,
        effective_on=TODAY - timedelta(days=days_ago),
        price_usd=Decimal(usd),
        unit=unit,
        source=batch.source,
        since=batch,
        batch=batch,
    )


def given(world: World, plan_usd: str, copay: str = "2.51") -> Fill:
    """Thirty tablets that the plan and the patient pay for."""
    fill = world.enter()
    fill.pay, fill.copay_usd = "plan", Decimal(copay)
    fill.save()
    billed(world, plan_usd, fill=fill)
    return fill
