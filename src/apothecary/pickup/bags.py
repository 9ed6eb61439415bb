"""A bag and a sale as the counter sees them: what is to pay, asked for, and said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from apothecary.law.dispensing import counselling_problems, identification_needed
from apothecary.law.facts import Counselling, HandOverFacts, schedule_name
from apothecary.law.problem import Problem, refuse
from apothecary.law.tables import Row
from apothecary.patients.models import Patient
from apothecary.patients.queries import Brief, brief
from apothecary.pickup.actions import to_pay
from apothecary.pickup.queries import bags_of, due_for_return, still_coming
from apothecary.pickup.rules import day_in_bin
from apothecary.prescriptions.models import Fill
from apothecary.prescriptions.queries import where
from apothecary.prescriptions.sentences import Where
from apothecary.staff.duties import Duty, duty_problems
from apothecary.staff.models import Pharmacy
from apothecary.staff.worker import Worker

# Storage classes of the drug file in which a bag does not lie in will-call.
COLD = frozenset({"refrigerator", "freezer"})
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long this house keeps a bag, and in which zone its days begin."""

    zone: ZoneInfo
    days: int


@dataclass(frozen=True, slots=True)
class Bag:
    """One ready bag. ``day`` is 1 on the day it became ready; money in dollars.

    ``cold`` is where it must lie instead of will-call: refrigerator, freezer or nowhere else.
    ``billing`` says that the plan has not named the copay: ``to_pay_usd`` is then the most.
    """

    fill: Fill
    to_pay_usd: Decimal
    day: int
    days: int
    cold: str
    schedule: str
    new: bool
    billing: bool = False
    ticked: bool = True
    in_hand: bool = False

    @property
    def late(self) -> bool:
        """It has waited longer than the house keeps it."""
        return self.day > self.days

    @property
    def bar(self) -> int:
        """Its day for the bar, which ends with the last one."""
        return min(self.day, self.days)


@dataclass(frozen=True, slots=True)
class Ticks:
    """Which bags are ticked and which were scanned in hand; none named means all are ticked."""

    chosen: frozenset[int] | None = None
    in_hand: frozenset[int] = frozenset()
    method: str = ""

    def ticked(self, fill_id: int) -> bool:
        return self.chosen is None or fill_id in self.chosen or fill_id in self.in_hand


@dataclass(frozen=True, slots=True)
class SalePage:
    """What the register shows of one patient."""

    patient: Patient
    who: Brief
    bags: list[Bag]
    total_usd: Decimal
    coming: list[tuple[Fill, Where]]
    identification: Row | None
    counselling: list[Problem]
    not_yours: list[Problem]
    counsels: bool


def keeping(pharmacy_id: int) -> Keeping:
    """What the house has decided (1 query)."""
    pharmacy = Pharmacy.objects.get(pk=pharmacy_id)
    return Keeping(ZoneInfo(pharmacy.time_zone), pharmacy.return_to_stock_days)


def bag(fill: Fill, house: Keeping, *, by: Worker, ticks: Ticks | None = None) -> Bag:
    """A ready fill as a bag; patient, prescription and product must be selected with it."""
    product, marks = fill.package.product, ticks or Ticks()
    ready_at: datetime = fill.state_since.astimezone(house.zone)
    return Bag(
        fill=fill,
        to_pay_usd=to_pay(fill),
        day=day_in_bin(ready_at, today=by.today),
        days=house.days,
        cold=product.storage if product.storage in COLD else "",
        schedule=schedule_name(product.schedule) if product.schedule else "",
        new=fill.number == 0 and fill.part == 1,
        billing=fill.being_billed,
        ticked=marks.ticked(fill.pk),
        in_hand=fill.pk in marks.in_hand,
    )


def bags(fills: Iterable[Fill], *, by: Worker, ticks: Ticks | None = None) -> list[Bag]:
    """Several fills as bags (1 query beside their own)."""
    house = keeping(by.pharmacy_id)
    return [bag(fill, house, by=by, ticks=ticks) for fill in fills]


def total_usd(found: Iterable[Bag]) -> Decimal:
    """What the ticked bags cost together."""
    return sum((each.to_pay_usd for each in found if each.ticked), Decimal(0))


def sale_page(patient: Patient, *, by: Worker) -> SalePage:
    """Everything the register needs about one patient (4 queries)."""
    who = brief(patient)
    found = bags(bags_of(by.pharmacy_id, patient.pk), by=by)
    schedules = [each.fill.package.product.schedule for each in found]
    controlled = max(schedules, default=0) > 0
    return SalePage(
        patient=patient,
        who=who,
        bags=found,
        total_usd=total_usd(found),
        coming=[(fill, where(fill)) for fill in still_coming(by.pharmacy_id, patient.pk)],
        identification=identification(schedules, by=by),
        counselling=offers(found, who, by=by),
        not_yours=duty_problems(by.standing, Duty.RELEASE_CONTROLLED, on=by.today)
        if controlled
        else [],
        counsels=by.may(Duty.COUNSEL),
    )


def identification(schedules: Iterable[int], *, by: Worker) -> Row | None:
    """The row that asks an unknown receiver of these drugs for identification, or none."""
    for schedule in schedules:
        row = identification_needed(
            schedule, by.standing.state, on=by.today, house_identification=True
        )
        if isinstance(row, Row):
            return row
    return None


def offers(found: Iterable[Bag], who: Brief, *, by: Worker) -> list[Problem]:
    """Why counselling must be offered before these bags leave; each reason once."""
    medicaid = any("medicaid" in card.lower() for card in who.coverage)
    said: dict[str, Problem] = {}
    for each in found:
        facts = HandOverFacts(
            schedule=each.fill.package.product.schedule,
            state=by.standing.state,
            new_prescription=each.new,
            medicaid=medicaid and each.fill.pay == "plan",
            counselling=Counselling.NOT_OFFERED,
        )
        for problem in counselling_problems(facts, on=by.today, house_counsels_new=True):
            said.setdefault(problem.cite, problem)
    return list(said.values())


def ticked_bags(
    patient: Patient, ticks: Ticks, scanned: Fill | None, *, by: Worker
) -> list[Bag]:
    """The patient's bags with their ticks, after one was scanned (2 queries)."""
    if scanned and scanned.patient_id != patient.pk:
        says = f"That bag is for {scanned.patient}, not for {patient}: put it back."
        raise refuse(says, code="other-patient")
    found = bags(bags_of(by.pharmacy_id, patient.pk), by=by, ticks=ticks)
    if scanned and scanned.pk not in {each.fill.pk for each in found}:
        raise refuse(f"That bag is not for sale. {where(scanned).staff}", code="wrong-state")
    return found


def due_bags(ticks: Ticks, scanned: Fill | None, *, by: Worker) -> list[Bag]:
    """The bags that are due to go back, the oldest first, fifty at a time (3 queries)."""
    house = Pharmacy.objects.get(pk=by.pharmacy_id)
    found = bags(due_for_return(house, by.at)[:AT_ONCE], by=by, ticks=ticks)
    if scanned and scanned.pk not in {each.fill.pk for each in found}:
        raise refuse(f"That bag is not due to go back. {where(scanned).staff}", code="not-due")
    return found
