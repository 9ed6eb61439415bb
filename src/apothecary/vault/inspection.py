"""The papers an inspector may ask for, each by one button, one address and one command.

A room puts its papers on the list with `add_paper`; screen, API and `apothecary inspect` are
made of the list. A paper is asked for in words (what a form or a command line says) and answers
with a `Paper`, or refuses by field.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse
from apothecary.staff.duties import Duty
from apothecary.staff.worker import Worker
from apothecary.stock.forms import number, parse_day
from apothecary.vault.paper import Paper, paper_csv, paper_pdf

Said = Mapping[str, str]
KINDS = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}
# What a question is called on the form, and how it is typed.
ASKS = {
    "product": ("Drug (its number)", "text"),
    "first": ("From", "date"),
    "last": ("Through", "date"),
    "inventory": ("Inventory (its number)", "text"),
    "patient": ("Patient (their number)", "text"),
    "rx": ("Rx number", "text"),
    "loss": ("Loss (its number)", "text"),
    "form": ("Form 222 (its number)", "text"),
    "prescriber": ("Prescriber (their NPI)", "text"),
    "schedule": ("Schedule (2 to 5, all)", "text"),
    "name": ("Name begins with", "text"),
    "day": ("Day", "date"),
}
DAYS_BACK = 90


@dataclass(frozen=True, slots=True)
class InspectorPaper:
    """One paper: what it is, the law it is owed by, what must be said to get it.

    ``asks`` are names of `ASKS`; what an inspector may leave empty is the maker's to say.
    """

    key: str
    title: str
    says: str
    cite: str
    duty: Duty
    make: Callable[[Worker, Said], Paper]
    asks: tuple[str, ...] = ()


PAPERS: dict[str, InspectorPaper] = {}


def add_paper(paper: InspectorPaper) -> InspectorPaper:
    """Put a paper on the list; one of the same key takes the place of the one before."""
    unknown = set(paper.asks) - set(ASKS)
    if unknown:
        raise LookupError(f"{paper.key} asks for what no form knows: {sorted(unknown)}")
    PAPERS[paper.key] = paper
    return paper


def paper_named(key: str) -> InspectorPaper:
    """The paper of that name, or a refusal that names those there are."""
    if key not in PAPERS:
        known = ", ".join(sorted(PAPERS))
        raise refuse(f"There is no paper {key!r}: {known}.", field="paper", code="no-paper")
    return PAPERS[key]


def printed(*, by: Worker, key: str, kind: str, said: Said) -> bytes:
    """A paper as PDF or CSV; that it was printed, and for what, is written down."""
    paper = paper_named(key)
    by.must(paper.duty)
    if kind not in KINDS:
        says = f"A paper is printed as {' or '.join(KINDS)}, not as {kind!r}."
        raise refuse(says, field="kind", code="no-kind")
    made = paper.make(by, said)
    asked = {name: said.get(name, "") for name in paper.asks}
    about = ("paper", by.person_id or 0)
    details = {"paper": key, "as": kind, "asked": asked, "rows": len(made.rows)}
    record(by=by, did=Deed.PAPER_PRINTED, about=about, details=details)
    return paper_pdf(made) if kind == "pdf" else paper_csv(made).encode()


def days_asked(said: Said, *, today: date, back: int = DAYS_BACK) -> tuple[date, date]:
    """The days of a period as said; empty, the last ninety."""
    last = day_asked(said, "last") or today
    first = day_asked(said, "first") or last - timedelta(days=back - 1)
    if last < first:
        raise refuse("The last day lies before the first.", field="last", code="bad-period")
    return first, last


def day_asked(said: Said, field: str) -> date | None:
    """A day as said, none where nothing was; refused by field where it is no day."""
    typed = said.get(field, "").strip()
    day = parse_day(typed) if typed else None
    if typed and day is None:
        raise refuse(f"{typed!r} is no day: 2026-11-23.", field=field, code="bad-day")
    return day


def number_asked(said: Said, field: str) -> int:
    """A number that must be said."""
    typed = said.get(field, "").strip()
    if not typed:
        label = ASKS[field][0].lower()
        raise refuse(f"Say which: the {label} is missing.", field=field, code="missing")
    return number(typed, field=field)
