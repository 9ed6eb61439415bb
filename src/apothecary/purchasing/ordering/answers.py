"""Taking what a wholesaler says of an order, and a person's decision on what it changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from apothecary.drugs.models import Package
from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse, refuse_if
from apothecary.purchasing.ordering.expecting import expect_rest
from apothecary.purchasing.ordering.going import call_off
from apothecary.purchasing.ordering.held import goes, lines_of, lock_order, must_be
from apothecary.purchasing.ordering.models import LineAnswer, Order, OrderLine
from apothecary.purchasing.ordering.rules import back_ordered, pad_problems, promised, told
from apothecary.purchasing.states import RECEIVABLE, Decided, OrderState, Said
from apothecary.purchasing.wholesalers.actions import because_problems
from apothecary.purchasing.wholesalers.models import CatalogueItem, Wholesaler
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.wires import Malformed
from apothecary.wires.x12.supply import Acknowledgement, AnsweredLine

S = OrderState
PRICE_SEGMENT = "CTP"
# Above this a price of one package is a slip, not a price.
HIGHEST_USD = Decimal(10_000_000)


@dataclass(frozen=True, slots=True)
class Answered:
    """A line of ours with what was said of it and the price that goes with it."""

    line: OrderLine
    said: AnsweredLine
    price_usd: Decimal | None


def order_named(po: str, *, wholesaler: Wholesaler, by: Worker) -> Order:
    """The order a paper is about, held. Raises Malformed when it is none of theirs."""
    number = po.removeprefix("PO")
    known = po.startswith("PO") and number.isascii() and number.isdigit() and len(number) < 10
    rows = Order.objects.filter(
        pharmacy_id=by.pharmacy_id, wholesaler=wholesaler, number=int(number) if known else 0
    )
    order_id = rows.exclude(sent_at=None).values_list("pk", flat=True).first()
    if order_id is None:
        raise Malformed("order", f"{po[:40]!r} is no order of ours at {wholesaler.name}")
    return lock_order(by=by, order_id=order_id)


def take_acknowledgement(
    *, by: Worker, wholesaler: Wholesaler, paper: Acknowledgement
) -> Order:
    """What becomes of each line; what is not as ordered waits for a person.

    The caller's transaction holds it together. Raises Malformed when the paper is of an order
    or a line we do not know: nothing of it is taken then.
    """
    by.must(Duty.ORDER_STOCK)
    order = order_named(paper.order_number, wholesaler=wholesaler, by=by)
    if order.state not in {state.value for state in RECEIVABLE}:
        raise Malformed("order", f"{order.po} is {order.state}: nothing is expected of it")
    answered = match_lines(order, paper)
    for one in answered:
        take_line(one, by=by, final=paper.rejected)
    order.acknowledged_at, order.seller_number = by.at, paper.supplier_order
    if paper.rejected and order.state == S.SENT:
        because = f"{wholesaler.name} refused the order"
        return call_off(order, because, by=by, did=Deed.ORDER_REFUSED)
    if order.state == S.SENT:
        goes(order, S.ACKNOWLEDGED)
    order.save()
    expect_rest(by=by, order=order)
    details = {"po": order.po, "lines": len(answered), "seller order": paper.supplier_order}
    record(by=by, did=Deed.ORDER_ACKNOWLEDGED, about=order, details=details)
    return order


def match_lines(order: Order, paper: Acknowledgement) -> list[Answered]:
    """Each line of the paper with ours, by its number, else by the product (1 query)."""
    ours = lines_of(order)
    by_number = {str(line.number): line for line in ours}
    found = []
    for said in paper.lines:
        line = by_number.get(said.number) or _by_product(said, ours)
        if line is None:
            named = said.product.ndc or said.product.item
            raise Malformed(f"line {said.number}", f"{named!r} is not on {order.po}")
        found.append(Answered(line, said, price_of(said, paper)))
    return found


def _by_product(said: AnsweredLine, lines: Sequence[OrderLine]) -> OrderLine | None:
    named = said.product
    for line in lines:
        if named.item and named.item == line.item.item_number:
            return line
        if named.ndc and named.ndc == line.package.ndc11:
            return line
    return None


def price_of(said: AnsweredLine, paper: Acknowledgement) -> Decimal | None:
    """What is now asked for a package: a price named apart (CTP) before the line's own."""
    path = f"line {said.number or said.segment}/{PRICE_SEGMENT}"
    for one in paper.rest:
        if one.path == path:
            found = _last_number(one.value)
            if found is not None:
                return found
    return said.price


def _last_number(segment: str) -> Decimal | None:
    """The first number of a CTP behind its kind; the separator is whatever follows CTP."""
    text = segment.strip()
    elements = text.split(text[3:4] or "*")[2:]
    for element in elements:
        plain = element.replace(".", "", 1)
        if plain.isascii() and plain.isdigit() and len(element) < 15:
            price = Decimal(element)
            return price if price <= HIGHEST_USD else None
    return None


def take_line(one: Answered, *, by: Worker, final: bool) -> None:
    """Write down every part of an answer; an earlier one nobody decided on is overtaken.

    Of an order refused as a whole (``final``) nothing is left to be decided.
    """
    line = one.line
    LineAnswer.objects.filter(
        pharmacy_id=by.pharmacy_id, line=line, needs_decision=True, decided=""
    ).update(needs_decision=False, because="overtaken by a later answer")
    parts = told(
        one.said, ordered=line.packages, agreed_usd=line.price_usd, price_usd=one.price_usd
    )
    rows = []
    for place, part in enumerate(parts):
        answer = one.said.answers[min(place, len(one.said.answers) - 1)]
        named = answer.product or one.said.product
        rows.append(
            LineAnswer(
                pharmacy_id=by.pharmacy_id,
                line=line,
                said=part.said.value,
                code=part.code[:3],
                packages=part.packages,
                price_usd=part.price_usd,
                due_on=part.due_on,
                item_number=named.item,
                ndc=named.ndc,
                package=substitute_of(named.ndc) if part.said is Said.SUBSTITUTED else None,
                said_at=by.at,
                needs_decision=part.needs_decision and not final,
            )
        )
    LineAnswer.objects.bulk_create(rows)
    recount(line, [(part.said, part.packages, "") for part in parts])
    days = [part.due_on for part in parts if part.due_on]
    line.due_on = min(days, default=line.due_on)
    line.save(update_fields=["promised", "back_ordered", "due_on"])


def recount(line: OrderLine, parts: Sequence[tuple[Said, int, str]]) -> None:
    """What is on its way of a line by what was said and decided; the caller saves."""
    if parts:
        line.promised, line.back_ordered = promised(parts), back_ordered(parts)


def substitute_of(ndc: str) -> Package | None:
    """The package a substitute is, where the drug file knows it; never a new drug (1 query)."""
    found = list(Package.objects.filter(ndc11=ndc)[:2]) if ndc else []
    return found[0] if len(found) == 1 else None


@transaction.atomic
def decide(*, by: Worker, answer_id: int, decision: Decided, because: str = "") -> LineAnswer:
    """Take or refuse what a wholesaler changed. Refusing tells them by phone, and says why."""
    by.must(Duty.ORDER_STOCK)
    order_id = (
        LineAnswer.objects.filter(pharmacy_id=by.pharmacy_id, pk=answer_id)
        .values_list("line__order_id", flat=True)
        .first()
    )
    if order_id is None:
        raise refuse("No such answer here.", code="no-answer", field="answer_id")
    order = lock_order(by=by, order_id=order_id)
    must_be(order, *sorted(RECEIVABLE))
    answer = LineAnswer.objects.select_related(
        "line__package__product", "package__product"
    ).get(pk=answer_id)
    if not answer.needs_decision or answer.decided:
        raise refuse("That was decided already.", code="decided")
    if decision is Decided.REFUSED:
        refuse_if(because_problems(because, "it is refused"))
    elif answer.said == Said.SUBSTITUTED:
        add_substitute(order, answer)
    elif answer.said == Said.PRICE:
        answer.line.price_usd = answer.price_usd
    answer.decided, answer.because = decision.value, because
    answer.decided_at, answer.decided_by = by.at, by.person_id
    answer.save()
    latest = LineAnswer.objects.filter(
        pharmacy_id=by.pharmacy_id, line=answer.line, said_at=answer.said_at
    )
    parts = latest.values_list("said", "packages", "decided")
    recount(answer.line, [(Said(said), packages, what) for said, packages, what in parts])
    answer.line.save(update_fields=["promised", "back_ordered", "price_usd"])
    expect_rest(by=by, order=order)
    details = {"said": answer.said, "decided": decision.value, "because": because}
    record(by=by, did=Deed.ANSWER_DECIDED, about=order, details=details)
    return answer


def add_substitute(order: Order, answer: LineAnswer) -> OrderLine:
    """A line of its own for what they send instead; the drug must be one of the drug file."""
    package = answer.package
    if package is None:
        says = (
            f"NDC {answer.ndc or 'of the substitute'} is not in the drug file: it cannot come."
        )
        raise refuse(says, code="unknown-drug", field="answer_id")
    drug, schedule = str(package.product), package.product.schedule
    refuse_if(pad_problems(drug=drug, schedule=schedule, packages=answer.packages))
    item, _ = CatalogueItem.objects.get_or_create(
        pharmacy_id=order.pharmacy_id,
        wholesaler=order.wholesaler,
        item_number=answer.item_number or answer.ndc,
        defaults={
            "package": package,
            "ndc": answer.ndc,
            "description": "sent as a substitute",
            "seen_on": order.pharmacy.day_of(answer.said_at),
        },
    )
    last = order.lines.order_by("-number").first()
    return OrderLine.objects.create(
        pharmacy_id=order.pharmacy_id,
        order=order,
        number=last.number + 1 if last else 1,
        item=item,
        package=package,
        packages=answer.packages,
        price_usd=answer.price_usd,
        because=f"sent in place of NDC {answer.line.package.ndc}",
        instead_of=answer.line.package,
        promised=answer.packages,
        due_on=answer.due_on or order.due_on,
    )
