"""The closing report of a recall: what it was about, where it was found, who was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apothecary.purchasing.ordering.writing import local_time
from apothecary.returns.recalls.models import RecallHit
from apothecary.returns.recalls.queries import Page, Person
from apothecary.returns.recalls.rules import CITE_DAYS, MARK_DAYS, MEANINGS
from apothecary.returns.recalls.states import RecallState
from apothecary.returns.sheets import facts, grid, head, sheet, signatures, text, units
from apothecary.staff.models import Person as Somebody
from apothecary.staff.models import Pharmacy

PLACE_HEADS = ("Lot", "Drug", "Where", "Expected", "Found", "By", "When", "Note")
PLACE_WIDTHS = (66, 144, 126, 60, 60, 34, 104, 140)
PATIENT_HEADS = ("Patient", "Rx", "Lot", "Got on", "Units", "Tries", "Outcome", "When")
PATIENT_WIDTHS = (146, 60, 80, 70, 60, 40, 110, 104)
NOT_CALLED = "not to be called"
BOTTLE_HEADS = ("Lot", "Expires", "Serial", "Packages", "Units", "Received", "From")
BOTTLE_WIDTHS = (80, 70, 150, 60, 70, 90, 150)


@dataclass(frozen=True, slots=True)
class Names:
    """Who decided, replied and closed, by the keys of the rows."""

    by_id: dict[int, str]

    def of(self, key: int | None) -> str:
        """A name; empty where nobody did it."""
        return self.by_id.get(key, "") if key is not None else ""


def names_of(page: Page) -> Names:
    """The people of a recall (1 query)."""
    recall = page.recall
    keys = [recall.decided_by, recall.replied_by, recall.closed_by]
    people = Somebody.objects.in_bulk([key for key in keys if key is not None])
    return Names({key: str(person) for key, person in people.items()})


def report_pdf(page: Page, people: Sequence[Person], pharmacy: Pharmacy, names: Names) -> bytes:
    """The report of a recall as it stands; equal facts, equal bytes."""
    recall = page.recall
    closed = recall.state == RecallState.CLOSED
    title = f"{'Closing report' if closed else 'Report so far'}: {recall.kind} {recall.number}"
    pieces = [
        facts(notice_rows(page, pharmacy, names)),
        head("Where it was looked for"),
        grid(PLACE_HEADS, place_rows(page, pharmacy), PLACE_WIDTHS),
        text(f"Found and set aside: {units(page.found_units)} units."),
        head("Packages received of these lots"),
        grid(BOTTLE_HEADS, bottle_rows(page, pharmacy), BOTTLE_WIDTHS),
        head("Patients who got it"),
        grid(PATIENT_HEADS, patient_rows(page, people, pharmacy), PATIENT_WIDTHS),
        text(f"{page.people} patients; {page.standing.patients} to be told."),
        *signatures(["pharmacist"]),
    ]
    return sheet(title, pieces, foot=f"{recall.number} · {pharmacy.name}")


def notice_rows(page: Page, pharmacy: Pharmacy, names: Names) -> list[tuple[str, str]]:
    """What the notice says, and what the house did about it."""
    recall = page.recall
    said_class = f"class {recall.recall_class}" if recall.recall_class else "no class"
    lots = "every lot" if page.every_lot else ", ".join(page.lots)
    return [
        ("Pharmacy", f"{pharmacy.name}, {pharmacy.street}, {pharmacy.city}, {pharmacy.state}"),
        ("NPI", pharmacy.npi),
        ("Firm", recall.firm),
        ("Product", recall.product),
        ("NDC", ", ".join(package.ndc for package in page.packages)),
        ("Reason", recall.reason),
        ("Class", f"{said_class}: {MEANINGS[recall.recall_class]}" if recall.is_recall else ""),
        ("Depth", recall.depth),
        ("Lots", lots),
        ("The firm's text", recall.lots_text[:600]),
        ("Decided", decided(page, names)),
        ("Received", f"{clock(pharmacy, recall.received_at)}, from {recall.source}"),
        ("Due", f"{recall.due_on} ({CITE_DAYS}; {MARK_DAYS})"),
        ("Told the firm", signed(names.of(recall.replied_by), recall.reply)),
        (
            "Closed",
            f"{clock(pharmacy, recall.closed_at)} by {names.of(recall.closed_by)}"
            if recall.closed_at
            else "",
        ),
    ]


def clock(pharmacy: Pharmacy, at: datetime) -> str:
    """An instant by the clock on this pharmacy's wall, which the zone's letters name."""
    return f"{local_time(pharmacy, at):%Y-%m-%d %H:%M %Z}"


def decided(page: Page, names: Names) -> str:
    """Who said which lots are meant."""
    recall = page.recall
    return signed(names.of(recall.decided_by), recall.decided_because)


def signed(name: str, says: str) -> str:
    """What somebody said, with the name."""
    return f"{says} ({name})" if says else ""


def place_rows(page: Page, pharmacy: Pharmacy) -> list[tuple[str, ...]]:
    """Every place that was looked at."""
    return [
        (
            hit.lot.number,
            str(hit.lot.package.product),
            where(hit),
            units(hit.expected),
            "" if hit.found is None else units(hit.found),
            hit.initials,
            clock(pharmacy, hit.looked_at) if hit.looked_at else "not looked",
            f"{hit.look} {hit.because}".strip(),
        )
        for hit in page.hits
    ]


def where(hit: RecallHit) -> str:
    """The place, and in whose vial where it is in one."""
    of = f", vial of {hit.fill.prescription.number}" if hit.fill else ""
    return f"{hit.place.name}{of}"


def bottle_rows(page: Page, pharmacy: Pharmacy) -> list[tuple[str, ...]]:
    """Every package that came in."""
    return [
        (
            one.lot,
            one.expires_on.isoformat(),
            one.serial,
            str(one.packages),
            units(one.units),
            f"{pharmacy.day_of(one.received_at)}",
            one.wholesaler,
        )
        for one in page.bottles
    ]


def patient_rows(
    page: Page, people: Sequence[Person], pharmacy: Pharmacy
) -> list[tuple[str, ...]]:
    """Everybody who is to be told, else everybody who got it by the number of the fill."""
    if not people:
        return [
            ("", str(one.rx_number), one.lot, f"{one.on}", units(one.units), "", NOT_CALLED, "")
            for one in page.got
        ]
    return [
        (
            str(person.call.patient),
            ", ".join(str(one.rx_number) for one in person.got),
            ", ".join(dict.fromkeys(one.lot for one in person.got)),
            ", ".join(f"{one.on}" for one in person.got),
            units(sum((one.units for one in person.got[1:]), person.got[0].units))
            if person.got
            else "",
            str(person.call.tries),
            person.call.outcome or "not told",
            clock(pharmacy, person.call.done_at) if person.call.done_at else "",
        )
        for person in people
    ]
