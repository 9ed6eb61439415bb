"""The papers of Form 222: one form as it stands here, and all of a period. Our own layout.

They stand beside the copies of the forms themselves and replace none: what was signed is paper.
"""

from collections.abc import Mapping, Sequence

from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.book.papers import House, house_of, names_of
from apothecary.vault.inspection import InspectorPaper, Said, add_paper, days_asked
from apothecary.vault.orders.ending import kept_until
from apothecary.vault.orders.models import Form222, Form222Receipt
from apothecary.vault.orders.queries import LineStanding, Standing, form_of, forms_of_period
from apothecary.vault.paper import Column, Paper

Names = Mapping[int | None, str]
ONE = (
    Column("Line", 30, right=True), Column("Packages", 54, right=True), Column("Size", 74),
    Column("Item", 190), Column("NDC", 84), Column("Received", 54, right=True),
    Column("When, by whom, before whom", 164), Column("Void", 70),
)  # fmt: skip
ALL = (
    Column("Form", 60), Column("Supplier", 118), Column("Signed", 104),
    Column("Line", 28, right=True), Column("Item", 160), Column("Ordered", 46, right=True),
    Column("Received", 50, right=True), Column("When", 74), Column("State", 80),
)  # fmt: skip


def form_paper(by: Worker, said: Said) -> Paper:
    """One form by the number printed on it, with every receipt (9 queries)."""
    house = house_of(by)
    serial = said.get("form", "").strip()
    rows = Form222.objects.filter(pharmacy_id=by.pharmacy_id, serial=serial)
    form_id = rows.values_list("pk", flat=True).first()
    if not serial or form_id is None:
        says = f"No Form 222 of number {serial!r} here." if serial else "Say which form."
        raise refuse(says, field="form", code="no-form" if serial else "missing")
    row = form_of(pharmacy_id=by.pharmacy_id, form_id=form_id, on=by.today)
    if row is None:
        raise LookupError("a form went between two questions")
    names = names_of([each for line in row.lines for one in line.receipts
                      for each in (one.by_id, one.witness_id)]
                     + [row.form.written_by_id, row.form.sent_by_id, row.form.ended_by_id,
                        row.form.taken_over_by_id])  # fmt: skip
    return Paper(
        title=f"Form 222, number {row.form.serial}: {row.form.state}",
        head=head_of(row, house, names),
        columns=ONE,
        rows=[line_row(each, names) for each in row.lines],
        below=[
            f"{row.ordered} packages ordered, {row.received} received, {row.to_come} to come.",
            *told_of(row, names),
            f"To be kept until {kept_until(row.form, on=by.today):%m/%d/%Y} at least"
            " (21 CFR 1305.17).",
            f"Drawn on {house.stamp(by.at)} by {by.name}; the signed form itself is on paper.",
        ],
    )


def head_of(row: Standing, house: House, names: Names) -> list[tuple[str, str]]:
    """Whose it is, for whom, who signed it, how long it was good."""
    form = row.form
    signed = f"{form.signed_on:%m/%d/%Y}" if form.signed_on else "not signed"
    if form.signed_on:
        signed += f" by {form.signed_by_name}, {form.signed_as}"
    sent = f"{house.stamp(form.sent_at)} by {names.get(form.sent_by_id, '')}"
    if form.taken_over_on:
        sent = "before it was taken over"
    return [
        ("Purchaser", f"{form.purchaser_name}, {form.purchaser_address}"),
        ("Purchaser's DEA registration", form.purchaser_dea),
        ("Supplier", f"{form.supplier_name}, {form.supplier_address}"),
        ("Supplier's DEA registration", form.supplier_dea),
        ("Signed", signed),
        ("Last line completed", str(form.lines_completed or "—")),
        ("Good until", f"{row.good_until:%m/%d/%Y}" if row.good_until else "—"),
        ("Sent", sent if form.sent_at else "not sent"),
    ]


def told_of(row: Standing, names: Names) -> list[str]:
    """What became of it on its way, a sentence each."""
    form, said = row.form, []
    if form.taken_over_on:
        said.append(
            f"Taken over from paper on {form.taken_over_on:%m/%d/%Y} by "
            f"{names.get(form.taken_over_by_id, '')}: {form.taken_over_because}"
        )
    if form.endorsed_on:
        said.append(
            f"Passed on by the supplier on {form.endorsed_on:%m/%d/%Y} to "
            f"{form.endorsed_to_name}, {form.endorsed_to_address}, DEA {form.endorsed_to_dea}."
        )
    if form.ended_on:
        seen = f" ({form.defects.replace(',', ', ')})" if form.defects else ""
        said.append(
            f"{form.state.capitalize()}{seen} on {form.ended_on:%m/%d/%Y} by "
            f"{names.get(form.ended_by_id, '')}: {form.ended_because}"
        )
    if form.replaced_by:
        said.append(f"In its place goes form {form.replaced_by.serial} (21 CFR 1305.16).")
    return said


def line_row(each: LineStanding, names: Names) -> Sequence[str]:
    """A line with each receipt on it; what was taken back says so."""
    came = [receipt_says(one, names) for one in each.receipts]
    if each.line.came_before:
        came.insert(0, f"{each.line.came_before} before it was taken over")
    line = each.line
    return (
        str(line.number),
        str(line.packages),
        line.package_size,
        line.item_name,
        line.package.ndc,
        str(each.received),
        "; ".join(came),
        f"{line.void_on:%m/%d/%Y}: {line.void_because}" if line.void_on else "",
    )


def receipt_says(one: Form222Receipt, names: Names) -> str:
    """A receipt in words."""
    who = f"{names.get(one.by_id, '')}, {names.get(one.witness_id, '')}"
    said = f"{one.packages} on {one.received_on:%m/%d/%Y} ({who})"
    return f"{said}, taken back: {one.undone_because}" if one.undone_at else said


def period_paper(by: Worker, said: Said) -> Paper:
    """Every form on which something happened in a period, a row a line (6 queries)."""
    house = house_of(by)
    first, last = days_asked(said, today=by.today)
    found = forms_of_period(pharmacy_id=by.pharmacy_id, first=first, last=last, on=by.today)
    rows = [cells for row in found for cells in period_rows(row)]
    return Paper(
        title="Orders for Schedule II on Form 222",
        head=[*house.head, ("Period", f"{first:%m/%d/%Y} through {last:%m/%d/%Y}")],
        columns=ALL,
        rows=rows,
        below=[
            f"{len(found)} forms by their numbers, void, lost and cancelled ones among them.",
            f"Drawn on {house.stamp(by.at)} by {by.name}.",
        ],
    )


def period_rows(row: Standing) -> list[Sequence[str]]:
    """The lines of a form; a form without lines is a row all the same."""
    form = row.form
    signed = f"{form.signed_on:%m/%d/%Y} {form.signed_by_name}" if form.signed_on else "—"
    head = (form.serial, f"{form.supplier}, {form.filled_by_dea}", signed)
    if not row.lines:
        return [(*head, "", "no line", "", "", "", form.state)]
    return [
        (
            *head,
            str(each.line.number),
            f"{each.line.item_name}, {each.line.package_size}",
            str(each.line.packages),
            str(each.received),
            ", ".join(f"{one.received_on:%m/%d/%Y}" for one in each.receipts
                      if one.undone_at is None),
            "line void" if each.line.void_on else form.state,
        )
        for each in row.lines
    ]  # fmt: skip


for _key, _title, _says, _make, _asks in (
    ("222", "Form 222", "One form with its lines and what came on them.", form_paper,
     ("form",)),
    ("222s", "Forms 222 of a period", "All that were written, signed, received on or ended.",
     period_paper, ("first", "last")),
):  # fmt: skip
    add_paper(
        InspectorPaper(
            _key, _title, _says, "21 CFR 1305.13, 1305.17", Duty.READ_RECORDS, _make, _asks
        )
    )
