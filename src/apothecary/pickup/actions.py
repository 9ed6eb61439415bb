"""At the register: bin, sell, return to stock."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from apothecary.journal.deeds import Deed
from apothecary.journal.writes import Writes
from apothecary.law.dispensing import hand_over_problems
from apothecary.law.facts import Counselling, HandOverFacts
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.pickup.models import Counsel, Identifier, Method, Relationship, Sale, SaleLine
from apothecary.pickup.queries import is_medicaid
from apothecary.pickup.reporting import due_records
from apothecary.pickup.rules import ReceiverFacts, receiver_problems
from apothecary.prescriptions.apart import not_given_problems
from apothecary.prescriptions.models import Fill, PayKind
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance, lock_fill, lock_fills, must_be_in, new_key
from apothecary.staff.actions import sign_step
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker

CONTROLLED_FROM = 2
IN_BIN = "UPDATE prescriptions_fill SET bin = %s WHERE id = %s AND pharmacy_id = %s"
COUNSELLING = {
    Counsel.NOT_OFFERED: Counselling.NOT_OFFERED,
    Counsel.ACCEPTED: Counselling.ACCEPTED,
    Counsel.REFUSED: Counselling.REFUSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Who takes the bags, how they are known, what they said to counselling."""

    name: str
    relationship: str
    identifiers: tuple[str, ...]
    counsel: str
    signature: str
    method: str
    known: bool = False
    id_kind: str = ""
    id_number: str = ""
    id_state: str = ""
    counsellor_initials: str = ""
    counsellor_pin: str = ""


@transaction.atomic
def bin_bag(*, by: Worker, fill_id: int, bin_name: str) -> Fill:
    """Put an approved bag in its bin, so that anybody finds it."""
    by.must(Duty.BIN)
    name = bin_name.strip().upper()
    if not name:
        raise refuse("Which bin?", field="bin")
    fill = lock_fill(by=by, fill_id=fill_id)
    must_be_in(fill, FillState.READY)
    fill.bin = name
    writes = Writes()
    writes.change(IN_BIN, [name, fill.pk, by.pharmacy_id])
    writes.record(by=by, did=Deed.BINNED, about=fill, details={"bin": name})
    writes.run()
    return fill


def sell(*, by: Worker, fill_ids: list[int], receiver: Receiver) -> Sale:
    """Hand bags of one patient over: all of them, or none with every reason."""
    counsellor = None
    if receiver.counsel == Counsel.ACCEPTED and receiver.counsellor_pin:
        counsellor = sign_step(
            by=by,
            initials=receiver.counsellor_initials,
            pin=receiver.counsellor_pin,
            duty=Duty.COUNSEL,
        )
    elif receiver.counsel == Counsel.ACCEPTED and by.may(Duty.COUNSEL):
        counsellor = by
    return sell_bags(by=by, fill_ids=fill_ids, receiver=receiver, counsellor=counsellor)


@transaction.atomic
def sell_bags(
    *, by: Worker, fill_ids: list[int], receiver: Receiver, counsellor: Worker | None
) -> Sale:
    """The sale itself, in one transaction over all bags, locked in one order."""
    by.must(Duty.SELL)
    fills = lock_fills(by=by, fill_ids=fill_ids)
    refuse_if(bags_problems(fills))
    for fill in fills:
        must_be_in(fill, FillState.READY)
        if fill.package.product.schedule >= CONTROLLED_FROM:
            by.must(Duty.RELEASE_CONTROLLED)
    refuse_if(
        receiver_problems(receiver_facts(receiver, counsellor))
        + identifier_problems(receiver)
        + [problem for fill in fills for problem in counter_problems(fill, receiver, by=by)]
        + [problem for fill in fills for problem in payment_problems(fill, receiver.method)]
        + [problem for fill in fills for problem in not_given_problems(fill)]
    )
    sale = Sale(
        pk=new_key(Sale),
        pharmacy_id=by.pharmacy_id,
        patient_id=fills[0].patient_id,
        by_id=by.somebody,
        at=by.at,
        receiver=receiver.name.strip(),
        relationship=Relationship(receiver.relationship),
        identifiers=",".join(sorted(set(receiver.identifiers))),
        id_kind=receiver.id_kind,
        id_number=receiver.id_number,
        id_state=receiver.id_state,
        counsel=Counsel(receiver.counsel),
        counselled_by_id=counsellor.person_id if counsellor else None,
        signature=receiver.signature,
        method=Method(receiver.method),
        total_usd=sum((to_pay(fill) for fill in fills), Decimal(0)),
    )
    writes = Writes()
    writes.insert(sale)
    writes.insert(*due_records(fills, receiver, by=by))
    for fill in fills:
        paid = to_pay(fill)
        writes.insert(SaleLine(pharmacy_id=by.pharmacy_id, sale=sale, fill=fill, paid_usd=paid))
        details = {
            "sale": sale.pk,
            "taken_by": receiver.relationship,
            "counsel": receiver.counsel,
        }
        advance(fill, FillState.SOLD, by=by, did=Deed.SOLD, details=details, writes=writes)
        writes = Writes()
    return sale


def bags_problems(fills: list[Fill]) -> list[Problem]:
    """A sale is of at least one bag, all of one patient."""
    if not fills:
        return [Problem("Which bags?", field="fill_ids")]
    if len({fill.patient_id for fill in fills}) > 1:
        return [Problem("The bags are of different patients.", code="two-patients")]
    return []


def receiver_facts(receiver: Receiver, counsellor: Worker | None) -> ReceiverFacts:
    """The receiver as the house rules see them."""
    return ReceiverFacts(
        receiver=receiver.name,
        identifiers=receiver.identifiers,
        id_kind=receiver.id_kind,
        id_number=receiver.id_number,
        signature=receiver.signature,
        counselling_accepted=receiver.counsel == Counsel.ACCEPTED,
        counselled=counsellor is not None,
    )


def identifier_problems(receiver: Receiver) -> list[Problem]:
    """What is said to have been seen must be something that identifies somebody."""
    unknown = sorted(set(receiver.identifiers) - set(Identifier.values))
    return [Problem(f"{name!r} is no identifier.", field="identifiers") for name in unknown]


def counter_problems(fill: Fill, receiver: Receiver, *, by: Worker) -> list[Problem]:
    """What the law asks before this bag leaves the counter."""
    facts = HandOverFacts(
        schedule=fill.package.product.schedule,
        state=by.standing.state,
        new_prescription=fill.number == 0 and fill.part == 1,
        medicaid=is_medicaid(fill),
        counselling=COUNSELLING[Counsel(receiver.counsel)],
        receiver_known=receiver.known,
        identification_seen=bool(receiver.id_number.strip()),
        # A pharmacist approved the fill: the sale completes what was dispensed.
        dispensed_by_pharmacist=True,
    )
    return hand_over_problems(
        facts, on=by.today, house_identification=True, house_counsels_new=True
    )


def payment_problems(fill: Fill, method: str) -> list[Problem]:
    """What a plan that has not answered leaves open is not taken in cash or by card."""
    if fill.pay != PayKind.PLAN or fill.copay_usd is not None or method == Method.CHARGE:
        return []
    says = (
        f"The plan has not answered for {fill.prescription.number}: nobody knows the copay. "
        "Put it on account, wait for the answer, or bill the patient."
    )
    return [Problem(says, code="copay-unknown", field="method")]


def to_pay(fill: Fill) -> Decimal:
    """What the patient pays for a bag: the plan's copay, else at most the cash price."""
    return fill.price_usd if fill.copay_usd is None else fill.copay_usd


@transaction.atomic
def return_to_stock(*, by: Worker, fill_id: int, because: str = "") -> Fill:
    """Put an uncollected bag back on the shelf; its claim is reversed by the claims worker."""
    by.must(Duty.RETURN_TO_STOCK)
    fill = lock_fill(by=by, fill_id=fill_id)
    must_be_in(fill, FillState.READY)
    return advance(
        fill,
        FillState.RETURNED,
        by=by,
        did=Deed.RETURNED_TO_STOCK,
        because=because.strip() or "not picked up",
    )


@transaction.atomic
def return_bags(*, by: Worker, fill_ids: list[int]) -> list[Fill]:
    """Put several uncollected bags back: all of them, or none."""
    if not fill_ids:
        raise refuse("Tick the bags that go back, or scan them.", field="fill_ids")
    fills = lock_fills(by=by, fill_ids=fill_ids)
    return [return_to_stock(by=by, fill_id=fill.pk) for fill in fills]
