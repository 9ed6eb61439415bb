"""The papers of electronic controlled prescriptions: standing, archive, trail of a day."""

from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.vault.book.papers import house_of
from apothecary.vault.epcs.archive import (
    MOST_ROWS,
    Wanted,
    archive_problems,
    dispensed_on,
    kept_until,
    records,
)
from apothecary.vault.epcs.models import EpcsRecord, EpcsReview
from apothecary.vault.epcs.requirements import SAYS, requirements
from apothecary.vault.epcs.review import trail
from apothecary.vault.epcs.standing import stands
from apothecary.vault.inspection import (
    InspectorPaper,
    Said,
    add_paper,
    day_asked,
    days_asked,
)
from apothecary.vault.paper import Column, Paper

STANDING = (
    Column("Requirement", 300), Column("Citation", 150), Column("Mark", 30),
    Column("State", 90), Column("Shown by", 150),
)  # fmt: skip
ARCHIVE = (
    Column("Received", 74), Column("Practitioner, DEA", 110), Column("Patient, born", 104),
    Column("Drug, quantity", 130), Column("Signed", 76), Column("Dispensed", 110),
    Column("Held because", 116),
)  # fmt: skip
TRAIL = (
    Column("When", 84), Column("Kind", 120), Column("Who", 90), Column("At", 60),
    Column("What", 166), Column("Outcome", 200),
)  # fmt: skip


def standing_paper(by: Worker, said: Said) -> Paper:
    """Why the house is shut, and each requirement of the certification with its state."""
    house = house_of(by)
    now = stands(pharmacy_id=by.pharmacy_id, at=by.at, today=by.today)
    audit = str(now.audit) if now.audit else "none"
    return Paper(
        title="Electronic prescriptions for controlled substances (21 CFR part 1311)",
        head=[
            *house.head,
            ("Receipt", "open" if now.is_open else "disabled"),
            ("Last audit report", audit),
        ],
        columns=STANDING,
        rows=[
            (each.says, each.row(on=by.today).cite, each.row(on=by.today).verified,
             SAYS[each.state], each.shown_by)
            for each in requirements()
        ],
        below=[f"{one.says} {one.cite} ({one.verified})" for one in now.problems],
        signatures=["Pharmacist in charge"],
    )  # fmt: skip


def archive_paper(by: Worker, said: Said) -> Paper:
    """What was received in a period, by the beginning of a name if one is said."""
    house = house_of(by)
    first, last = days_asked(said, today=by.today)
    name = said.get("name", "")
    rows: list[EpcsRecord] = []
    for field in ("prescriber", "patient", "drug") if name else ("drug",):
        wanted = Wanted(**{field: name}, first=first, last=last)
        rows += [row for row in records(by=by, wanted=wanted)[:MOST_ROWS] if row not in rows]
    given = dispensed_on([row.incoming_id for row in rows])
    faults = [fault.says for row in rows for fault in archive_problems(row)]
    kept = min((kept_until(row, on=by.today) for row in rows), default=None)
    return Paper(
        title="Electronic controlled prescriptions as received",
        head=[*house.head, ("Received", f"{first:%m/%d/%Y} through {last:%m/%d/%Y}")],
        columns=ARCHIVE,
        rows=[
            (
                house.stamp(row.received_at),
                f"{row.prescriber} {row.dea}",
                f"{row.patient} {row.born_on or ''}".strip(),
                f"{row.drug}, {row.quantity}",
                row.sealed.replace("_", " ") or row.signer,
                "; ".join(given.get(row.incoming_id, [])),
                "; ".join(each["says"] for each in row.problems[:3]),
            )
            for row in rows
        ],
        below=[
            "Copies: none of these is an original for dispensing.",
            f"{len(rows) - len(faults)} of {len(rows)} stand byte for byte as received.",
            *faults[:10],
            *([f"Federal law wants the oldest until {kept:%m/%d/%Y}."] if kept else []),
        ],
    )


def trail_paper(by: Worker, said: Said) -> Paper:
    """The audit trail of a day, and who signed it."""
    house = house_of(by)
    day = day_asked(said, "day")
    if day is None:
        raise refuse("Say which day.", field="day", code="missing")
    review = EpcsReview.objects.filter(pharmacy_id=by.pharmacy_id, day=day).first()
    signed = f"{review.signed_by_name}, {house.stamp(review.signed_at)}" if review else "nobody"
    return Paper(
        title=f"Audit trail of {day:%m/%d/%Y}",
        head=[*house.head, ("Signed by", signed)],
        columns=TRAIL,
        rows=[
            (house.stamp(each.at), each.kind.replace("_", " "), each.by, each.station,
             each.deed, each.outcome[:200])
            for each in trail(house=house.row, day=day)
        ],
        below=[review.because] if review and review.because else [],
    )  # fmt: skip


PAPERS = [
    add_paper(InspectorPaper(
        "epcs", "Electronic prescribing: how the house stands",
        "Why it is disabled, and each requirement of a certification with its state.",
        "21 CFR 1311.300", Duty.READ_RECORDS, standing_paper,
    )),
    add_paper(InspectorPaper(
        "epcs-records", "Electronic controlled prescriptions",
        "As received, by practitioner, patient, drug or day, with what was dispensed.",
        "21 CFR 1311.205(b)(12), 1311.305", Duty.READ_RECORDS, archive_paper,
        ("name", "first", "last"),
    )),
    add_paper(InspectorPaper(
        "epcs-trail", "Audit trail of a day", "Each auditable event, and who looked at it.",
        "21 CFR 1311.215", Duty.READ_JOURNAL, trail_paper, ("day",),
    )),
]  # fmt: skip
