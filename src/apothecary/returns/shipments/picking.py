"""Who takes drugs back; beginning a return, putting units on it, taking them off again."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction

from apothecary.drugs.hazard_list import hazards_of
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.identifiers import dea_problems
from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.purchasing.matching.models import AcquisitionCost
from apothecary.purchasing.receiving.models import ReceivedPackage
from apothecary.purchasing.wholesalers.models import Wholesaler
from apothecary.returns.drugs import codes_on_paper, drug_of
from apothecary.returns.shipments.held import (
    cancel,
    line_goes,
    lines_of,
    lock_shipment,
    must_be,
    next_number,
)
from apothecary.returns.shipments.models import ReverseDistributor, Shipment, ShipmentLine
from apothecary.returns.shipments.queries import why_held
from apothecary.returns.shipments.rules import (
    Wanted,
    expected_usd,
    pick_problems,
    text_problems,
)
from apothecary.returns.shipments.saleable import is_suspect
from apothecary.returns.shipments.states import Group, LineState, ShipmentState
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.counting.asserting import hold_balance
from apothecary.stock.kinds import PlaceKind
from apothecary.stock.models import Balance

S = ShipmentState
CODE_LETTERS = 20
MOST_DAYS = 365
FORM_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """A reverse distributor as somebody types it."""

    code: str
    name: str
    dea: str
    address: str = ""
    phone: str = ""
    credit_days: int = 60
    active: bool = True


@transaction.atomic
def keep_distributor(*, by: Worker, given: Particulars) -> ReverseDistributor:
    """Write down who takes drugs back, or say anew how one is; its code stays."""
    by.must(Duty.KEEP_WHOLESALERS)
    refuse_if(distributor_problems(given, by=by))
    row, _ = ReverseDistributor.objects.update_or_create(
        pharmacy_id=by.pharmacy_id,
        code=given.code.strip(),
        defaults={
            "name": given.name.strip(),
            "dea": given.dea.strip().upper(),
            "address": given.address.strip(),
            "phone": given.phone,
            "credit_days": given.credit_days,
            "active": given.active,
        },
    )
    record(by=by, did=Deed.DISTRIBUTOR_KEPT, about=row, details={"name": row.name})
    return row


def distributor_problems(given: Particulars, *, by: Worker) -> list[Problem]:
    """Why those particulars may not stand."""
    problems = text_problems(given.name, "who it is", field="name")
    code = given.code.strip()
    if not (code.isascii() and code.isalnum() and len(code) <= CODE_LETTERS):
        says = f"{code!r} is no code: letters and digits, at most {CODE_LETTERS}."
        problems.append(Problem(says, code="bad-code", field="code"))
    problems += dea_problems(given.dea.strip().upper(), on=by.today)
    if not 0 < given.credit_days <= MOST_DAYS:
        says = f"A credit is due within 1 to {MOST_DAYS} days."
        problems.append(Problem(says, code="bad-days", field="credit_days"))
    return problems


@transaction.atomic
def begin_return(
    *,
    by: Worker,
    group: Group,
    distributor_id: int | None = None,
    wholesaler_id: int | None = None,
    form_222: str = "",
) -> Shipment:
    """Begin a shipment to a reverse distributor, or of saleable goods to a wholesaler."""
    by.must(Duty.MANAGE_STOCK)
    if (distributor_id is None) == (wholesaler_id is None):
        says = "A return goes to one: a reverse distributor or a wholesaler."
        raise refuse(says, code="to-whom", field="distributor_id")
    known = Shipment(
        pharmacy_id=by.pharmacy_id,
        distributor=None if distributor_id is None else distributor(distributor_id, by=by),
        wholesaler=None if wholesaler_id is None else wholesaler(wholesaler_id, by=by),
        group=group.value,
        form_222=form_222.strip(),
        made_at=by.at,
        made_by=by.person_id,
    )
    known.number = next_number(by.pharmacy_id)
    known.save(force_insert=True)
    details = {"to": known.partner.name, "group": group.value}
    record(by=by, did=Deed.RETURN_STARTED, about=known, details=details)
    return known


def distributor(distributor_id: int, *, by: Worker) -> ReverseDistributor:
    """One that is in use here (1 query)."""
    rows = ReverseDistributor.objects.filter(pharmacy_id=by.pharmacy_id, active=True)
    row = rows.filter(pk=distributor_id).first()
    if row is None:
        says = "No such reverse distributor here."
        raise refuse(says, code="no-distributor", field="distributor_id")
    return row


def wholesaler(wholesaler_id: int, *, by: Worker) -> Wholesaler:
    """One that is in use here (1 query)."""
    rows = Wholesaler.objects.filter(pharmacy_id=by.pharmacy_id, active=True)
    row = rows.filter(pk=wholesaler_id).first()
    if row is None:
        says = "No such wholesaler here."
        raise refuse(says, code="no-wholesaler", field="wholesaler_id")
    return row


@transaction.atomic
def pick(
    *,
    by: Worker,
    shipment_id: int,
    lot_id: int,
    place_id: int,
    quantity: Decimal | None = None,
    received_id: int | None = None,
) -> ShipmentLine:
    """Put units of a lot on a shipment; all that is free there unless a quantity is said.

    They stay where they are until it is shipped; on two shipments they cannot stand.
    """
    by.must(Duty.MANAGE_STOCK)
    row = lock_shipment(by=by, shipment_id=shipment_id)
    must_be(row, S.PICKED)
    balance = hold_balance(by=by, lot_id=lot_id, place_id=place_id)
    package = received(row, received_id, lot_id=lot_id, by=by)
    wanted = wanted_of(balance, quantity, package, by=by)
    group = Group(row.group)
    refuse_if(pick_problems(wanted, group=group, saleable=row.is_saleable, on=by.today))
    line = ShipmentLine(
        pharmacy_id=by.pharmacy_id,
        shipment=row,
        number=len(lines_of(row)) + 1,
        lot=balance.lot,
        place=balance.place,
        quantity=wanted.quantity,
        reason=wanted.held or "set aside",
        received=package,
        codes=codes_of(balance, by=by),
    )
    line.expected_usd, line.basis = expectation(line)
    try:
        with transaction.atomic():
            line.save(force_insert=True)
    except IntegrityError as twice:
        says = "These units stand on a return already."
        raise refuse(says, code="picked-already", field="lot_id") from twice
    details = {"lot": balance.lot.number, "quantity": wanted.quantity}
    record(by=by, did=Deed.RETURN_PICKED, about=row, details=details)
    return line


@transaction.atomic
def begin_with(
    *, by: Worker, group: Group, distributor_id: int, items: Sequence[tuple[int, int]]
) -> Shipment:
    """Begin a return and put on it all that is free of each lot at its place, or nothing."""
    row = begin_return(by=by, group=group, distributor_id=distributor_id)
    if not items:
        raise refuse("Choose what goes back.", code="nothing-chosen", field="items")
    for lot_id, place_id in items:
        pick(by=by, shipment_id=row.pk, lot_id=lot_id, place_id=place_id)
    return row


@transaction.atomic
def give_form(*, by: Worker, shipment_id: int, form_222: str) -> Shipment:
    """Write down the number of the distributor's Form 222, before the manifest goes out."""
    by.must(Duty.COUNT_CONTROLLED)
    row = lock_shipment(by=by, shipment_id=shipment_id)
    must_be(row, S.PICKED)
    refuse_if(form_problems(row, form_222))
    row.form_222 = form_222.strip()
    row.save(update_fields=["form_222"])
    details = {"form_222": row.form_222}
    record(by=by, did=Deed.RETURN_PICKED, about=row, details=details)
    return row


def form_problems(row: Shipment, form_222: str) -> list[Problem]:
    """Why that is no form of this return. A form's number is nine digits."""
    number = form_222.strip()
    if row.group != Group.FORM_222:
        says = f"{row} holds nothing of Schedule II: it needs no form."
        return [Problem(says, "21 CFR 1305.03", "needs-no-form", "K", "form_222")]
    if not (number.isascii() and number.isdigit() and len(number) == FORM_DIGITS):
        says = f"The number of a Form 222 has {FORM_DIGITS} digits."
        return [Problem(says, "21 CFR 1305.11", "bad-form", "K", "form_222")]
    return []


def received(
    row: Shipment, received_id: int | None, *, lot_id: int, by: Worker
) -> ReceivedPackage | None:
    """The package as it came, which a saleable return names; it came from who gets it back."""
    if received_id is None:
        return None
    rows = ReceivedPackage.objects.filter(
        pharmacy_id=by.pharmacy_id,
        lot_id=lot_id,
        undone_at=None,
        receipt__wholesaler_id=row.wholesaler_id or 0,
    )
    found = rows.filter(pk=received_id).first()
    if found is None:
        says = f"No such package of that lot came from {row.partner.name}."
        raise refuse(says, code="no-such-package", field="received_id")
    return found


def wanted_of(
    balance: Balance,
    quantity: Decimal | None,
    package: ReceivedPackage | None,
    *,
    by: Worker,
) -> Wanted:
    """The facts the rules look at (2 queries)."""
    free = balance.on_hand - balance.reserved
    held = why_held(by.pharmacy_id, lot_id=balance.lot_id, place_id=balance.place_id)
    suspect = is_suspect(by=by, lot_id=balance.lot_id)
    usual = balance.lot.package.quantity if package else free
    return Wanted(
        drug=str(balance.lot.package.product),
        schedule=balance.lot.package.product.schedule,
        place=PlaceKind(balance.place.kind),
        place_name=balance.place.name,
        quantity=usual if quantity is None else quantity,
        free=free,
        held=f"suspect: {held}" if suspect else held,
        package=balance.lot.package.quantity,
        serial=package.serial if package else "",
    )


def codes_of(balance: Balance, *, by: Worker) -> str:
    """The hazardous-waste codes that the drug would bear as waste, for the manifest."""
    product = balance.lot.package.product
    hazard = hazards_of([product])[product.pk]
    return codes_on_paper(drug_of(balance.lot, hazard), on=by.today)


def expectation(line: ShipmentLine) -> tuple[Decimal | None, str]:
    """What credit to expect for a line, and by which price (1 query)."""
    costs = AcquisitionCost.objects.filter(
        pharmacy_id=line.pharmacy_id,
        package_id=line.lot.package_id,
        programme=line.place.programme,
    )
    last = costs.order_by("-invoiced_on", "-pk").first()
    if last is None:
        return None, "what it cost is not known"
    usd = expected_usd(line.quantity, line.lot.package.quantity, last.usd)
    return usd, f"invoice of {last.invoiced_on}"


@transaction.atomic
def drop_line(*, by: Worker, line_id: int, because: str) -> ShipmentLine:
    """Take units off a shipment that nobody was asked about yet."""
    by.must(Duty.MANAGE_STOCK)
    found = ShipmentLine.objects.filter(pharmacy_id=by.pharmacy_id, pk=line_id).first()
    if found is None:
        raise refuse("No such line here.", code="no-line", field="line_id")
    row = lock_shipment(by=by, shipment_id=found.shipment_id)
    must_be(row, S.PICKED)
    refuse_if(text_problems(because, "why it is taken off", field="because"))
    found.refresh_from_db()
    if found.state != LineState.PICKED:
        raise refuse(f"That line is {found.state}.", code="line-state", field="line_id")
    line_goes(found, LineState.DROPPED, by=by)
    found.because = because
    found.save()
    details = {"line": found.number, "because": because}
    record(by=by, did=Deed.RETURN_DROPPED, about=row, details=details)
    return found


@transaction.atomic
def cancel_return(*, by: Worker, shipment_id: int, because: str) -> Shipment:
    """Give a return up before it leaves; its units are free again."""
    by.must(Duty.MANAGE_STOCK)
    row = lock_shipment(by=by, shipment_id=shipment_id)
    must_be(row, S.PICKED, S.AUTHORIZED)
    refuse_if(text_problems(because, "why it is given up", field="because"))
    cancel(row, because, by=by)
    return row
