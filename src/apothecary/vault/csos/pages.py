"""The pages of electronic orders: all of them, and one from its first item to its end."""

from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from apothecary.drugs.barcode import package_of
from apothecary.law.problem import Problem, Refused
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.stock.forms import number, read_code
from apothecary.vault.again import Act, answered
from apothecary.vault.again import done as done_or_again
from apothecary.vault.csos import answering, ending, forms, queries, sending, signing, writing
from apothecary.vault.csos.archive import PAPER
from apothecary.vault.csos.states import CsosState
from apothecary.vault.csos.trust import trust_of_installation

__all__ = ["PAPER"]


def orders(request: StaffRequest) -> HttpResponse:
    """The last orders, those on which something is to happen marked (5 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    return orders_page(request)


def orders_page(request: StaffRequest, problems: Sequence[Problem] = ()) -> HttpResponse:
    """The list, with what was typed above it and what is wrong."""
    by = request.worker
    known = queries.suppliers_known(pharmacy_id=by.pharmacy_id)
    found = {
        "tab": "orders",
        "rows": queries.orders(pharmacy_id=by.pharmacy_id),
        "known": [(to.dea, f"{to.name}, DEA {to.dea}") for to in known],
        "writes": by.may(Duty.PREPARE_DEA_ORDER),
    }
    return answered(request, "vault/electronic_orders.html", found, problems)


@require_POST
def begin(request: StaffRequest) -> HttpResponse:
    """Begin an order to one supplier."""
    by, typed = request.worker, request.POST
    by.must(Duty.PREPARE_DEA_ORDER)
    try:
        to = forms.read_to(typed, pharmacy_id=by.pharmacy_id)
        made = writing.begin_order(by=by, to=to, number=typed.get("order_number", ""))
    except Refused as refusal:
        return orders_page(request, refusal.problems)
    return redirect("vault:electronic-order", order_id=made.pk)


def order(request: StaffRequest, order_id: int) -> HttpResponse:
    """One order: its items, what came, who signed it and whether that still stands."""
    request.worker.must(Duty.READ_RECORDS)
    return order_page(request, order_id)


def order_page(
    request: StaffRequest, order_id: int, problems: Sequence[Problem] = ()
) -> HttpResponse:
    """An order, with what was typed and what is wrong with it (8 queries)."""
    by = request.worker
    stands = queries.standing(pharmacy_id=by.pharmacy_id, order_id=order_id)
    if stands is None:
        raise Http404
    signs = by.may(Duty.SIGN_DEA_ORDER)
    open_lines = [
        (str(line.pk), f"{line.number}: {line.item_name} {line.strength}")
        for line in stands.lines
        if line.void_on is None and stands.order.state == CsosState.ACCEPTED
    ]
    found = {
        "tab": "orders",
        "order": stands.order,
        "lines": stands.lines,
        "open_lines": open_lines if signs else [],
        "faults": stands.faults,
        "writes": by.may(Duty.PREPARE_DEA_ORDER),
        "signs": signs,
    }
    return answered(request, "vault/electronic_order.html", found, problems)


def done(request: StaffRequest, order_id: int, act: Act) -> HttpResponse:
    """The order after an act, or as it was with every reason why not."""
    return done_or_again(
        act,
        again=lambda problems: order_page(request, order_id, problems),
        then=lambda: redirect("vault:electronic-order", order_id=order_id),
    )


@require_POST
def add(request: StaffRequest, order_id: int) -> HttpResponse:
    """Put the next item on an order, by its scanned or typed code."""
    by, typed = request.worker, request.POST
    by.must(Duty.PREPARE_DEA_ORDER)

    def act() -> object:
        return writing.add_line(
            by=by,
            order_id=order_id,
            package_id=package_of(read_code(typed.get("code", ""))).pk,
            packages=number(typed.get("packages", ""), field="packages"),
        )

    return done(request, order_id, act)


@require_POST
def drop(request: StaffRequest, order_id: int) -> HttpResponse:
    """Take the last item off."""
    by = request.worker
    by.must(Duty.PREPARE_DEA_ORDER)
    return done(request, order_id, lambda: writing.drop_line(by=by, order_id=order_id))


@sensitive_post_parameters("passphrase")
@require_POST
def sign(request: StaffRequest, order_id: int) -> HttpResponse:
    """Sign with the file of one's own key; neither file nor passphrase is kept."""
    by = request.worker
    by.must(Duty.SIGN_DEA_ORDER)

    def act() -> object:
        return signing.sign_order(
            by=by,
            order_id=order_id,
            key_file=forms.read_key_file(request),
            trust=trust_of_installation(),
        )

    return done(request, order_id, act)


@require_POST
def send(request: StaffRequest, order_id: int) -> HttpResponse:
    """Send a signed order."""
    by = request.worker
    by.must(Duty.PREPARE_DEA_ORDER)
    return done(request, order_id, lambda: sending.send_order(by=by, order_id=order_id))


@require_POST
def answer(request: StaffRequest, order_id: int) -> HttpResponse:
    """Say what the supplier said, where no answer can be read."""
    by, said = request.worker, request.POST
    by.must(Duty.SIGN_DEA_ORDER)

    def act() -> object:
        return answering.say_answer(
            by=by,
            order_id=order_id,
            accepted=said.get("accepted", "") == "yes",
            because=said.get("because", ""),
        )

    return done(request, order_id, act)


@require_POST
def void(request: StaffRequest, order_id: int) -> HttpResponse:
    """Make an order void."""
    by, because = request.worker, request.POST.get("because", "")
    by.must(Duty.SIGN_DEA_ORDER)

    def act() -> object:
        return ending.void_order(by=by, order_id=order_id, because=because)

    return done(request, order_id, act)


@require_POST
def void_line(request: StaffRequest, order_id: int) -> HttpResponse:
    """Write down that the supplier voids an item, or what is open of it."""
    by, typed = request.worker, request.POST
    by.must(Duty.SIGN_DEA_ORDER)

    def act() -> object:
        line_id = number(typed.get("line", ""), field="line")
        return ending.void_line(by=by, line_id=line_id, because=typed.get("because", ""))

    return done(request, order_id, act)


@require_POST
def lost(request: StaffRequest, order_id: int) -> HttpResponse:
    """State that an order was lost and its goods not received."""
    by, typed = request.worker, request.POST
    by.must(Duty.SIGN_DEA_ORDER)

    def act() -> object:
        stated = forms.read_lost(typed, by=by)
        return ending.state_lost(by=by, order_id=order_id, lost=stated)

    return done(request, order_id, act)
