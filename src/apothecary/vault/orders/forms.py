"""What people type about a Form 222, read into typed values or refused by field."""

from django.http import QueryDict

from apothecary.drugs.barcode import package_of
from apothecary.law.problem import Refused, refuse
from apothecary.stock.forms import number, read_code
from apothecary.stock.places.forms import chosen
from apothecary.vault.book.forms import read_day
from apothecary.vault.orders.ending import Lost
from apothecary.vault.orders.models import Form222
from apothecary.vault.orders.rules import LINES_TYPED
from apothecary.vault.orders.states import SignedAs
from apothecary.vault.orders.taking_over import PaperForm, PaperLine
from apothecary.vault.orders.writing import Supplier


def read_supplier(typed: QueryDict, *, pharmacy_id: int) -> Supplier:
    """The supplier of an earlier form that was chosen, else the one that is typed."""
    known = typed.get("known", "").strip()
    told = [typed.get(name, "") for name in ("supplier_name", "supplier_address", "dea")]
    if not known:
        return Supplier(*told)
    if any(each.strip() for each in told):
        says = "One supplier a form: the one chosen, or “another” and what is typed."
        raise refuse(says, cite="21 CFR 1305.12", code="two-suppliers", field="known")
    rows = Form222.objects.filter(pharmacy_id=pharmacy_id, pk=number(known, field="known"))
    row = rows.first()
    if row is None:
        raise refuse("No such Form 222 here.", code="no-form", field="known")
    return Supplier(row.supplier_name, row.supplier_address, row.supplier_dea)


def read_count(typed: QueryDict, field: str, *, what: str) -> int:
    """A whole number that must be said."""
    said = typed.get(field, "").strip()
    if not said:
        raise refuse(f"Say {what}.", code="missing", field=field)
    if not (said.isascii() and said.isdigit() and len(said) < 6):
        raise refuse(f"{said!r} is no whole number.", code="bad-number", field=field)
    return int(said)


def read_lost(typed: QueryDict, *, pharmacy_id: int) -> Lost:
    """The statement of a lost form; the new one is named by its number."""
    serial = typed.get("new_form", "").strip()
    rows = Form222.objects.filter(pharmacy_id=pharmacy_id, serial=serial)
    new = rows.values_list("pk", flat=True).first() if serial else None
    if serial and new is None:
        says = f"No Form 222 of number {serial!r} stands here: write it first."
        raise refuse(says, code="no-form", field="new_form")
    return Lost("not_received" in typed, typed.get("because", ""), new)


def read_paper(typed: QueryDict, *, pharmacy_id: int) -> PaperForm:
    """A form of paper as somebody reads it off."""
    return PaperForm(
        serial=typed.get("serial", ""),
        supplier=read_supplier(typed, pharmacy_id=pharmacy_id),
        signed_on=read_day(typed, "signed_on"),
        signed_by=typed.get("signed_by", ""),
        signed_as=chosen(SignedAs, typed.get("signed_as", ""), field="signed_as"),
        lines=[
            read_paper_line(typed, place)
            for place in range(1, LINES_TYPED + 1)
            if typed.get(f"ndc-{place}", "").strip()
        ],
    )


def read_paper_line(typed: QueryDict, place: int) -> PaperLine:
    """One line that is read off; what is wrong with its code is said of its own field."""
    field = f"ndc-{place}"
    try:
        package = package_of(read_code(typed.get(field, "")))
    except Refused as unread:
        (problem,) = unread.problems
        raise refuse(
            f"Line {place}: {problem.says}", code=problem.code, field=field
        ) from unread
    came = typed.get(f"came-{place}", "").strip()
    return PaperLine(
        package_id=package.pk,
        packages=read_count(typed, f"packages-{place}", what=f"the packages of line {place}"),
        came_before=read_count(typed, f"came-{place}", what="what came") if came else 0,
    )
