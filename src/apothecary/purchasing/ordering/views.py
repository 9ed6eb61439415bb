"""The order pad, and one order with what the wholesaler said of it."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apothecary.drugs.barcode import package_of
from apothecary.law.problem import Problem, Refused
from apothecary.purchasing import queries
from apothecary.purchasing.forms import programme_of, text, wholesaler_or_none
from apothecary.purchasing.ordering import answers, going
from apothecary.purchasing.ordering import pad as padding
from apothecary.purchasing.states import Decided
from apothecary.purchasing.wholesalers.queries import wholesalers
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import CONFLICT, StaffRequest
from apothecary.stock.forms import number, read_code
from apothecary.stock.kinds import Programme


@require_GET
def pad(request: StaffRequest) -> HttpResponse:
    """What is to be ordered, what went out, what waits for somebody (9 queries)."""
    request.worker.must(Duty.ORDER_STOCK)
    return pad_page(request)


def pad_page(
    request: StaffRequest,
    *,
    problems: list[Problem] | None = None,
    left_out: list[str] | None = None,
) -> HttpResponse:
    """The pad, with what was refused or left out."""
    of = request.worker.pharmacy_id
    facts = {
        "drafts": [
            (one, queries.cost_usd(list(one.lines.all())))
            for one in queries.pad(pharmacy_id=of)
        ],
        "orders": queries.orders(pharmacy_id=of),
        "alerts": queries.alerts(pharmacy_id=of, at=request.now),
        "wholesalers": [
            (str(one.pk), one.name) for one in wholesalers(pharmacy_id=of) if one.active
        ],
        "programmes": [(one.value, one.label) for one in Programme],
        "problems": problems or [],
        "left_out": left_out or [],
        "typed": request.POST,
    }
    status = CONFLICT if problems else 200
    return render(request, "purchasing/pad.html", facts, status=status)


@require_POST
def fill_pad(request: StaffRequest) -> HttpResponse:
    """Put on the pad what the levels ask for."""
    programme = programme_of(request.POST)
    found = padding.fill_pad(by=request.worker, programme=programme)
    return pad_page(request, left_out=[one.says for one in found.left_out])


@require_POST
def add(request: StaffRequest) -> HttpResponse:
    """Put a package on the pad by hand."""
    request.worker.must(Duty.ORDER_STOCK)
    try:
        padding.put_ndc_on_pad(
            by=request.worker,
            ndc=text(request.POST, "ndc"),
            packages=number(request.POST.get("packages", ""), field="packages"),
            wholesaler_id=wholesaler_or_none(request.POST),
            programme=programme_of(request.POST),
        )
    except Refused as refusal:
        return pad_page(request, problems=refusal.problems)
    return redirect("purchasing:pad")


@require_POST
def scan(request: StaffRequest) -> HttpResponse:
    """One package more of what was scanned at the empty shelf."""
    request.worker.must(Duty.ORDER_STOCK)
    package = package_of(read_code(request.POST.get("code", "")))
    padding.put_on_pad(by=request.worker, package=package, packages=1)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = "/purchasing/"
    return answer


@require_POST
def change(request: StaffRequest, line_id: int) -> HttpResponse:
    """So many of a line; none takes it off the pad."""
    packages = number(request.POST.get("packages", ""), field="packages")
    padding.change_line(by=request.worker, line_id=line_id, packages=packages)
    return redirect("purchasing:pad")


@require_GET
def order(request: StaffRequest, order_id: int) -> HttpResponse:
    """One order with everything that came of it (9 queries)."""
    request.worker.must(Duty.ORDER_STOCK)
    found = queries.order_page(pharmacy_id=request.worker.pharmacy_id, order_id=order_id)
    if found is None:
        raise Http404
    facts = {"page": found, "order": found.order}
    return render(request, "purchasing/order.html", facts)


@require_POST
def approve(request: StaffRequest, order_id: int) -> HttpResponse:
    """It may go out as it stands."""
    going.approve_order(by=request.worker, order_id=order_id)
    return redirect("purchasing:order", order_id=order_id)


@require_POST
def send(request: StaffRequest, order_id: int) -> HttpResponse:
    """It goes out."""
    going.send_order(by=request.worker, order_id=order_id)
    return redirect("purchasing:order", order_id=order_id)


@require_POST
def go(request: StaffRequest, order_id: int) -> HttpResponse:
    """Approve and send at one key."""
    going.approve_and_send(by=request.worker, order_id=order_id)
    return redirect("purchasing:order", order_id=order_id)


@require_POST
def reopen(request: StaffRequest, order_id: int) -> HttpResponse:
    """Back on the pad."""
    going.reopen_order(by=request.worker, order_id=order_id)
    return redirect("purchasing:pad")


@require_POST
def cancel(request: StaffRequest, order_id: int) -> HttpResponse:
    """Called off."""
    because = text(request.POST, "because")
    going.cancel_order(by=request.worker, order_id=order_id, because=because)
    return redirect("purchasing:order", order_id=order_id)


@require_POST
def close(request: StaffRequest, order_id: int) -> HttpResponse:
    """Nothing more of it is expected."""
    because = text(request.POST, "because")
    going.close_order(by=request.worker, order_id=order_id, because=because)
    return redirect("purchasing:order", order_id=order_id)


@require_POST
def again(request: StaffRequest, order_id: int) -> HttpResponse:
    """Its lines on the pad anew."""
    going.order_again(by=request.worker, order_id=order_id)
    return redirect("purchasing:pad")


@require_POST
def take(request: StaffRequest, answer_id: int) -> HttpResponse:
    """What the wholesaler changed is taken."""
    row = answers.decide(by=request.worker, answer_id=answer_id, decision=Decided.TAKEN)
    return redirect("purchasing:order", order_id=row.line.order_id)


@require_POST
def refuse(request: StaffRequest, answer_id: int) -> HttpResponse:
    """What the wholesaler changed is refused, by phone, with a reason."""
    row = answers.decide(
        by=request.worker,
        answer_id=answer_id,
        decision=Decided.REFUSED,
        because=text(request.POST, "because"),
    )
    return redirect("purchasing:order", order_id=row.line.order_id)
