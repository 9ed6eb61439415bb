"""What the screens, the papers and programs show of a Form 222. Each says its questions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch, QuerySet

from apothecary.drugs.models import Package
from apothecary.drugs.search import find_drugs
from apothecary.drugs.search_tables import SearchProduct
from apothecary.law.form222 import form_good_until, form_problems
from apothecary.law.problem import Problem, Refused
from apothecary.law.tables import federal
from apothecary.staff.duties import Duty
from apothecary.staff.worker import NotAllowed, Worker
from apothecary.vault.orders.models import Form222, Form222Line, Form222Receipt
from apothecary.vault.orders.registrant import signer_of
from apothecary.vault.orders.states import FormState
from apothecary.vault.orders.writing import Supplier, facts_of

ROWS = 50
ITEMS = 40
SCHEDULE_II = 2
OPEN = (FormState.WRITTEN, FormState.SIGNED, FormState.SENT)


@dataclass(frozen=True, slots=True)
class LineStanding:
    """A line with what came on it and what is still to come, in packages."""

    line: Form222Line
    receipts: Sequence[Form222Receipt]
    received: int
    to_come: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A form with its lines, how long it is good, and whether that is past."""

    form: Form222
    lines: Sequence[LineStanding]
    good_until: date | None
    days_left: int | None
    days_good: int
    problems: Sequence[Problem] = field(default_factory=list)

    @property
    def ordered(self) -> int:
        return sum(each.line.packages for each in self.lines)

    @property
    def received(self) -> int:
        return sum(each.received for each in self.lines)

    @property
    def to_come(self) -> int:
        return sum(each.to_come for each in self.lines)

    @property
    def is_late(self) -> bool:
        """Whether packages are to come that the law lets nobody send any more."""
        return self.days_left is not None and self.days_left < 0 and self.to_come > 0


def forms(*, pharmacy_id: int, on: date) -> list[Standing]:
    """Forms on which something is still to happen, then the last that ended (3 queries)."""
    found = with_lines().filter(pharmacy_id=pharmacy_id)
    rows = list(found.filter(state__in=OPEN).order_by("-id")[:ROWS])
    rows += found.exclude(state__in=OPEN).order_by("-id")[: ROWS - len(rows)]
    return [standing(row, on=on) for row in rows]


def form_of(*, pharmacy_id: int, form_id: int, on: date) -> Standing | None:
    """One form, with what the law still asks of it while it is open (6 queries)."""
    row = with_lines().filter(pharmacy_id=pharmacy_id, pk=form_id).first()
    if row is None:
        return None
    asked = row.state in OPEN
    return standing(row, on=on, problems=form_problems(facts_of(row), on=on) if asked else [])


def forms_of_period(*, pharmacy_id: int, first: date, last: date, on: date) -> list[Standing]:
    """Every form written, signed, received on or ended in those days, by number (4 queries)."""
    days = (first, last)
    mine = Form222.objects.filter(pharmacy_id=pharmacy_id)
    came = Form222Receipt.objects.filter(pharmacy_id=pharmacy_id, received_on__range=days)
    ids = (
        mine.filter(written_on__range=days).order_by().values("pk"),
        mine.filter(signed_on__range=days).order_by().values("pk"),
        mine.filter(ended_on__range=days).order_by().values("pk"),
        came.order_by().values("line__form_id"),
    )
    wanted = ids[0].union(*ids[1:])
    rows = with_lines().filter(pk__in=list(wanted.values_list("pk", flat=True)))
    return [standing(row, on=on) for row in rows.order_by("serial")]


def with_lines() -> QuerySet[Form222]:
    """Forms with their lines, packages and receipts."""
    receipts = Form222Receipt.objects.order_by("id")
    lines = Form222Line.objects.select_related("package__product").order_by("number")
    held = lines.prefetch_related(Prefetch("receipts", queryset=receipts))
    return Form222.objects.select_related("replaced_by").prefetch_related(
        Prefetch("lines", queryset=held)
    )


def standing(form: Form222, *, on: date, problems: Sequence[Problem] = ()) -> Standing:
    """A form that was fetched with its lines."""
    until = form_good_until(form.signed_on, on=on) if form.signed_on else None
    return Standing(
        form=form,
        lines=[line_standing(line, form) for line in form.lines.all()],
        good_until=until,
        days_left=(until - on).days if until else None,
        days_good=federal("DEA-104", on=on).number(),
        problems=list(problems),
    )


def line_standing(line: Form222Line, form: Form222) -> LineStanding:
    """What came on a line; nothing is to come of what is void or ended."""
    receipts = list(line.receipts.all())
    here = sum(each.packages for each in receipts if each.undone_at is None)
    received = line.came_before + here
    comes = line.void_on is None and form.state in {*OPEN, FormState.FILLED}
    return LineStanding(line, receipts, received, line.packages - received if comes else 0)


def items_for(asked: str, *, pharmacy_id: int) -> list[Package]:
    """Packages of Schedule II that answer to what was typed, as the search lists their drugs
    (the queries of `find_drugs`, and 2).
    """
    if not asked.strip():
        return []
    hits = find_drugs(asked, pharmacy_id=pharmacy_id).hits
    order = {
        hit.drug_id: place for place, hit in enumerate(hits) if hit.schedule == SCHEDULE_II
    }
    named = SearchProduct.objects.filter(drug_id__in=order).values_list("product_id", "drug_id")
    drug_of = dict(named)
    rows = Package.objects.select_related("product").filter(product_id__in=drug_of)
    found = sorted(
        rows.order_by("quantity", "ndc"), key=lambda each: order[drug_of[each.product_id]]
    )
    code = next((hit.ndc for hit in hits if hit.ndc), "")
    return sorted(found, key=lambda each: each.ndc != code)[:ITEMS]


def suppliers_known(*, pharmacy_id: int) -> list[tuple[Form222, Supplier]]:
    """To whom forms went before, the last one first, each with such a form (1 query)."""
    rows = Form222.objects.filter(pharmacy_id=pharmacy_id).order_by("supplier_dea", "-id")
    last = sorted(rows.distinct("supplier_dea"), key=lambda row: -row.pk)
    return [
        (row, Supplier(row.supplier_name, row.supplier_address, row.supplier_dea))
        for row in last[:ROWS]
    ]


def may_sign_problems(by: Worker) -> Sequence[Problem]:
    """Why this person signs no form today; none means they may (3 queries)."""
    try:
        by.must(Duty.SIGN_DEA_ORDER)
        signer_of(by=by, on=by.today)
    except NotAllowed as turned:
        return turned.problems
    except Refused as refusal:
        return refusal.problems
    return []
