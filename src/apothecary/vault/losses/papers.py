"""The papers of losses: the register of a period, and one report of theft or loss."""

from collections.abc import Sequence

from apothecary.law.problem import refuse
from apothecary.law.recorded import in_words
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.book.papers import DAYS, MOST_ROWS, House, house_of, names_of
from apothecary.vault.book.perpetual import period_of
from apothecary.vault.inspection import (
    InspectorPaper,
    Said,
    add_paper,
    days_asked,
    number_asked,
)
from apothecary.vault.losses.drafting import BY_NAME
from apothecary.vault.losses.models import Form106, Loss, LossNotice
from apothecary.vault.losses.queries import lines_of_all, lost
from apothecary.vault.losses.states import Purpose
from apothecary.vault.paper import Column, Paper

REGISTER = (
    Column("Loss", 34), Column("Discovered", 80), Column("Kind", 62), Column("What", 200),
    Column("State", 74), Column("Notice", 84), Column("Form 106", 70),
    Column("Ended: how, why, by whom", 116),
)  # fmt: skip
SUBSTANCES = (
    Column("NDC", 90), Column("Drug", 190), Column("Strength", 90), Column("Form", 110),
    Column("Package", 90), Column("Schedule", 50), Column("Lost or stolen", 100, right=True),
)  # fmt: skip
ROMAN = {"2": "II", "3": "III", "4": "IV", "5": "V"}


def losses_paper(by: Worker, said: Said) -> Paper:
    """Every theft, loss and breakage discovered in a period, and how it ended (5 queries)."""
    house = house_of(by)
    first, last = days_asked(said, today=by.today)
    period = period_of(first, last, zone=house.row.time_zone)
    rows = Loss.objects.filter(
        pharmacy_id=by.pharmacy_id,
        discovered_at__gte=period.since,
        discovered_at__lt=period.until,
    ).prefetch_related(lines_of_all())
    found = list(rows.order_by("id")[:MOST_ROWS])
    who = names_of([each for row in found for each in (row.closed_by_id, row.witness_id)])
    notices = notices_of(by, found)
    return Paper(
        title="Thefts, losses and breakage of controlled substances",
        head=[*house.head, ("Discovered", f"{first:%m/%d/%Y} through {last:%m/%d/%Y}")],
        columns=REGISTER,
        rows=[register_row(row, house, who, notices.get(row.pk)) for row in found],
        below=[] if found else ["None was discovered in this period."],
    )


def notices_of(by: Worker, rows: Sequence[Loss]) -> dict[int, LossNotice]:
    """The first notice of each loss (1 query)."""
    wanted = LossNotice.objects.filter(
        pharmacy_id=by.pharmacy_id, loss__in=rows, purpose=Purpose.LOSS.value
    )
    return {notice.loss_id: notice for notice in wanted}


def register_row(
    row: Loss, house: House, who: dict[int | None, str], notice: LossNotice | None
) -> Sequence[str]:
    """A loss on one line."""
    ended = [row.outcome, row.closed_because, who.get(row.closed_by_id, "")]
    if row.witness_id:
        ended.append(f"witness {row.witness_name}")
    return (
        str(row),
        house.stamp(row.discovered_at),
        row.kind,
        f"{lost(row)}: {row.what}",
        row.state,
        f"{house.stamp(notice.sent_at)} by {notice.way}" if notice else "",
        f"{row.reported_on:%m/%d/%Y}" if row.reported_on else "",
        "; ".join(filter(None, ended)),
    )


def form_paper(by: Worker, said: Said) -> Paper:
    """A report of theft or loss as it was filed; the last version unless one is named."""
    house = house_of(by)
    rows = Form106.objects.filter(
        pharmacy_id=by.pharmacy_id, loss__number=number_asked(said, "loss")
    )
    form = rows.select_related("loss").order_by("-version").first()
    if form is None:
        raise refuse("No report of such a loss was filed.", field="loss", code="no-form")
    return form_printed(form, house)


def form_printed(form: Form106, house: House) -> Paper:
    """The report in a layout of our own; the form itself is the agency's."""
    body, loss = form.body, form.loss
    typed = [
        (BY_NAME[name].label, value)
        for name, value in body["typed"].items()
        if value and name in BY_NAME
    ]
    registrant = [
        (in_words(name).capitalize().replace("Dea", "DEA registration"), value)
        for name, value in body["registrant"].items()
    ]
    amended = f"amendment {form.version - 1}" if form.version > 1 else "first report"
    rows = [
        (
            each["ndc"], each["name"], each["strength"], each["form"], each["package_size"],
            ROMAN.get(each["schedule"], ""), each["quantity"],
        )
        for each in body["substances"]
    ]  # fmt: skip
    below = [f"What was found: {loss.what}", f"Our number {loss}; {amended}."]
    if form.because:
        below.append(f"Why: {form.because}")
    return Paper(
        title="Report of theft or loss of controlled substances (DEA Form 106 as filed)",
        head=[
            *registrant,
            *typed,
            ("Filed on", f"{form.filed_on:%m/%d/%Y}, agency's number {form.reference}"),
        ],
        columns=SUBSTANCES,
        rows=rows,
        below=[*below, "Record of what was filed electronically under 21 CFR 1301.76(b)."],
        signatures=[f"signed: {form.signed_by_name} (pharmacist)"],
    )


for _paper in (
    InspectorPaper(
        "losses", "Losses", "Thefts, losses and breakage, what DEA was told, how each ended.",
        "21 CFR 1301.76(b)", Duty.READ_RECORDS, losses_paper, DAYS,
    ),
    InspectorPaper(
        "106", "Report of theft or loss", "One report as it was filed, its last version.",
        "21 CFR 1301.76(b)", Duty.READ_RECORDS, form_paper, ("loss",),
    ),
):  # fmt: skip
    add_paper(_paper)
