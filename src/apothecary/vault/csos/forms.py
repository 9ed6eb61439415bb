"""What people type about electronic orders, read into typed values or refused by field."""

from django.http import QueryDict

from apothecary.law.problem import refuse
from apothecary.staff.middleware import StaffRequest
from apothecary.staff.worker import Worker
from apothecary.stock.forms import number
from apothecary.vault.csos import queries
from apothecary.vault.csos.certificates import Enrolled
from apothecary.vault.csos.ending import Lost
from apothecary.vault.csos.models import CsosOrder
from apothecary.vault.csos.signing import KeyFile
from apothecary.vault.csos.writing import To

LARGEST = 200_000
SCHEDULES = (2, 3, 4, 5)


def read_to(typed: QueryDict, *, pharmacy_id: int) -> To:
    """The supplier of an earlier order that was chosen, else the one that is typed."""
    known = typed.get("known", "").strip()
    told = [typed.get(f"supplier_{name}", "") for name in ("name", "address", "dea")]
    if not known:
        return To(*told)
    if any(each.strip() for each in told):
        says = "One supplier an order: the one chosen, or “another” and what is typed."
        raise refuse(says, cite="21 CFR 1305.21", code="two-suppliers", field="known")
    found = {to.dea: to for to in queries.suppliers_known(pharmacy_id=pharmacy_id)}
    if known not in found:
        raise refuse("No order went to that supplier before.", code="no-order", field="known")
    return found[known]


def uploaded(request: StaffRequest, field: str, *, what: str) -> bytes:
    """The bytes of a file that was sent along, refused by field when there is none."""
    sent = request.FILES.get(field)
    if sent is None or not 0 < (sent.size or 0) <= LARGEST:
        raise refuse(f"Choose {what}.", field=field, code="missing")
    return bytes(sent.read())


def read_key_file(request: StaffRequest) -> KeyFile:
    """The bearer's file and passphrase, for one signature."""
    raw = uploaded(request, "key_file", what="your key file (.p12 or .pfx)")
    return KeyFile(raw, request.POST.get("passphrase", ""))


def read_lost(typed: QueryDict, *, by: Worker) -> Lost:
    """The statement of a lost order; the one in its place is named by its number."""
    named = typed.get("new_order", "").strip().upper()
    rows = CsosOrder.objects.filter(pharmacy_id=by.pharmacy_id, number=named)
    new = rows.values_list("pk", flat=True).first() if named else None
    if named and new is None:
        says = f"No electronic order {named} was written here: write it first."
        raise refuse(says, code="no-order", field="new_order")
    return Lost("not_received" in typed, typed.get("because", ""), new)


def read_enrolled(request: StaffRequest) -> Enrolled:
    """A certificate as it is put on file."""
    typed = request.POST
    return Enrolled(
        person_id=number(typed.get("person", ""), field="person"),
        raw=uploaded(request, "file", what="the certificate (.pem or .cer)"),
        dea=typed.get("dea", ""),
        schedules=frozenset(each for each in SCHEDULES if f"schedule_{each}" in typed),
    )
