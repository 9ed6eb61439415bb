"""The pages of electronic orders: all of them, one, and the certificates that sign them."""

from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from apothecary.drugs.barcode import package_of
from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.models import Person
from apothecary.stock.forms import number, read_code
from apothecary.vault.csos import answering, ending, sending, signing, writing
from apothecary.vault.csos.archive import PAPER
from apothecary.vault.csos.certificates import (
    Enrolled,
    register_certificate,
    report_problems,
)
from apothecary.vault.csos.models import CsosCertificate, CsosOrder, CsosReceipt
from apothecary.vault.csos.trust import trust_of_installation

__all__ = ["PAPER"]
ROWS = 50
LARGEST = 200_000
DUTY_TO_WRITE = Duty.PREPARE_DEA_ORDER


def orders(request: StaffRequest) -> HttpResponse:
    """The last orders, those on which something is to happen marked (2 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    rows = CsosOrder.objects.filter(pharmacy_id=by.pharmacy_id)
    rows = rows.annotate(ordered=Sum("lines__packages", default=0)).order_by("-id")
    found = {"tab": "orders", "rows": list(rows[:ROWS]), "writes": by.may(DUTY_TO_WRITE)}
    return render(request, "vault/electronic_orders.html", found)


@require_POST
def begin(request: StaffRequest) -> HttpResponse:
    """Begin an order to one supplier."""
    request.worker.must(DUTY_TO_WRITE)
    typed = request.POST
    to = writing.To(
        typed.get("supplier_name", ""),
        typed.get("supplier_address", ""),
        typed.get("supplier_dea", ""),
    )
    made = writing.begin_order(by=request.worker, to=to, number=typed.get("order_number", ""))
    return redirect("vault:electronic-order", order_id=made.pk)


def order(request: StaffRequest, order_id: int) -> HttpResponse:
    """One order: its items, what came, who signed it and whether that still stands."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    rows = CsosOrder.objects.filter(pharmacy_id=by.pharmacy_id).select_related(
        "certificate", "outgoing", "replaced_by"
    )
    row = rows.filter(pk=order_id).first()
    if row is None:
        raise Http404
    receipts = CsosReceipt.objects.filter(line__order=row, undone_at=None).order_by("id")
    came: dict[int, list[CsosReceipt]] = {}
    for each in receipts:
        came.setdefault(each.line_id, []).append(each)
    lines = list(row.lines.order_by("number"))
    found = {
        "tab": "orders",
        "order": row,
        "lines": [(line, came.get(line.pk, [])) for line in lines],
        "faults": signing.archive_problems(row),
        "writes": by.may(DUTY_TO_WRITE),
        "signs": by.may(Duty.SIGN_DEA_ORDER),
    }
    return render(request, "vault/electronic_order.html", found)


@require_POST
def add(request: StaffRequest, order_id: int) -> HttpResponse:
    """Put the next item on an order, by its scanned or typed code."""
    request.worker.must(DUTY_TO_WRITE)
    typed = request.POST
    package = package_of(read_code(typed.get("code", "")))
    packages = number(typed.get("packages", ""), field="packages")
    by = request.worker
    writing.add_line(by=by, order_id=order_id, package_id=package.pk, packages=packages)
    return redirect("vault:electronic-order", order_id=order_id)


@require_POST
def drop(request: StaffRequest, order_id: int) -> HttpResponse:
    """Take the last item off."""
    writing.drop_line(by=request.worker, order_id=order_id)
    return redirect("vault:electronic-order", order_id=order_id)


@sensitive_post_parameters("passphrase")
@require_POST
def sign(request: StaffRequest, order_id: int) -> HttpResponse:
    """Sign with the file of one's own key; neither file nor passphrase is kept."""
    request.worker.must(Duty.SIGN_DEA_ORDER)
    raw = uploaded(request, "key_file", what="your key file (.p12 or .pfx)")
    key = signing.KeyFile(raw, request.POST.get("passphrase", ""))
    trust = trust_of_installation()
    signing.sign_order(by=request.worker, order_id=order_id, key_file=key, trust=trust)
    return redirect("vault:electronic-order", order_id=order_id)


def uploaded(request: StaffRequest, field: str, *, what: str) -> bytes:
    """The bytes of a file that was sent along, refused by field when there is none."""
    sent = request.FILES.get(field)
    if sent is None or not 0 < (sent.size or 0) <= LARGEST:
        raise refuse(f"Choose {what}.", field=field, code="missing")
    return bytes(sent.read())


@require_POST
def send(request: StaffRequest, order_id: int) -> HttpResponse:
    """Send a signed order."""
    sending.send_order(by=request.worker, order_id=order_id)
    return redirect("vault:electronic-order", order_id=order_id)


@require_POST
def answer(request: StaffRequest, order_id: int) -> HttpResponse:
    """Say what the supplier said, where no answer can be read."""
    said = request.POST
    answering.say_answer(
        by=request.worker,
        order_id=order_id,
        accepted=said.get("accepted", "") == "yes",
        because=said.get("because", ""),
    )
    return redirect("vault:electronic-order", order_id=order_id)


@require_POST
def void(request: StaffRequest, order_id: int) -> HttpResponse:
    """Make an order void."""
    because = request.POST.get("because", "")
    ending.void_order(by=request.worker, order_id=order_id, because=because)
    return redirect("vault:electronic-order", order_id=order_id)


@require_POST
def lost(request: StaffRequest, order_id: int) -> HttpResponse:
    """State that an order was lost and its goods not received."""
    request.worker.must(Duty.SIGN_DEA_ORDER)
    typed, by = request.POST, request.worker
    named = typed.get("new_order", "").strip().upper()
    rows = CsosOrder.objects.filter(pharmacy_id=by.pharmacy_id, number=named)
    new = rows.values_list("pk", flat=True).first() if named else None
    if named and new is None:
        says = f"No electronic order {named} was written here: write it first."
        raise refuse(says, code="no-order", field="new_order")
    stated = ending.Lost("not_received" in typed, typed.get("because", ""), new)
    ending.state_lost(by=by, order_id=order_id, lost=stated)
    return redirect("vault:electronic-order", order_id=order_id)


def certificates(request: StaffRequest) -> HttpResponse:
    """The certificates on file, and the form that puts one there (2 queries)."""
    request.worker.must(Duty.READ_RECORDS)
    by = request.worker
    rows = CsosCertificate.objects.filter(pharmacy_id=by.pharmacy_id).select_related("person")
    staff = Person.objects.filter(pharmacy_id=by.pharmacy_id, active=True).order_by("name")
    found = {
        "tab": "orders",
        "rows": [(row, report_problems(row, by=by)) for row in rows.order_by("-id")[:ROWS]],
        "staff": [(str(person.pk), person.name) for person in staff],
        "keeps": by.may(Duty.KEEP_ATTORNEYS),
        "now": by.at,
    }
    return render(request, "vault/ordering_certificates.html", found)


@require_POST
def register(request: StaffRequest) -> HttpResponse:
    """Put an ordering certificate on file."""
    request.worker.must(Duty.KEEP_ATTORNEYS)
    typed = request.POST
    enrolled = Enrolled(
        person_id=number(typed.get("person", ""), field="person"),
        raw=uploaded(request, "file", what="the certificate (.pem or .cer)"),
        dea=typed.get("dea", ""),
        schedules=frozenset(each for each in (2, 3, 4, 5) if f"schedule_{each}" in typed),
    )
    trust = trust_of_installation()
    register_certificate(by=request.worker, enrolled=enrolled, trust=trust)
    return redirect("vault:ordering-certificates")
