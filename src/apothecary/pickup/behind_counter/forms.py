"""What is typed, scanned and signed behind the counter, read into typed values."""

from datetime import date

from django.http import QueryDict

from apothecary.law.problem import Problem, refuse, refuse_if
from apothecary.pickup.behind_counter.certifying import Certified
from apothecary.pickup.behind_counter.rules import Buyer
from apothecary.stock.forms import parse_day

COUNT = "packages-"
LONGEST_NUMBER = 18
LONGEST_COUNT = 4
MOST_PRODUCTS = 50


def read_wanted(typed: QueryDict) -> dict[int, int]:
    """Packages of each product: fields `packages-<id>`; an empty one is none."""
    wanted = {}
    for name in list(typed)[: 10 * MOST_PRODUCTS]:
        said = typed.get(name, "").strip()
        if not name.startswith(COUNT) or said in ("", "0"):
            continue
        package = name.removeprefix(COUNT)
        if not is_number(package, LONGEST_NUMBER) or not is_number(said, LONGEST_COUNT):
            says = f"{said!r} is no number of packages."
            raise refuse(says, field="packages", code="bad-quantity")
        wanted[int(package)] = int(said)
    if len(wanted) > MOST_PRODUCTS:
        raise refuse("That is too many products.", field="packages", code="too-many")
    return wanted


def is_number(said: str, longest: int) -> bool:
    """Whether these are digits of ours, and not too many."""
    return said.isascii() and said.isdigit() and len(said) <= longest


def read_buyer(typed: QueryDict) -> Buyer:
    """The buyer as typed; what cannot be read is refused, every field at once."""
    problems = [
        Problem(f"{typed[name]!r} is no date.", field=name, code="bad-day")
        for name in ("born_on", "id_until")
        if typed.get(name, "").strip() and day_of(typed, name) is None
    ]
    refuse_if(problems)
    return Buyer(
        name=line(typed, "buyer"),
        address=line(typed, "address"),
        born_on=day_of(typed, "born_on"),
        id_kind=line(typed, "id_kind"),
        id_number=line(typed, "id_number"),
        id_issuer=line(typed, "id_issuer"),
        id_until=day_of(typed, "id_until"),
        known="known" in typed,
        log_number=line(typed, "log_number"),
        signature=typed.get("signature", ""),
    )


def line(typed: QueryDict, name: str) -> str:
    """One line of text, its blanks put in order."""
    return " ".join(typed.get(name, "").replace("\0", "").split())


def day_of(typed: QueryDict, name: str) -> date | None:
    """A day, where one can be read."""
    said = typed.get(name, "").strip()
    return parse_day(said) if said else None


def read_certified(typed: QueryDict) -> Certified:
    """The store's certificate as entered, or a refusal that names each day at fault."""
    certified_on, trained_on = day_of(typed, "certified_on"), day_of(typed, "trained_on")
    if certified_on is None or trained_on is None:
        refuse_if(
            [
                Problem("Enter the day: 2026-11-23.", field=name, code="bad-day")
                for name, day in (("certified_on", certified_on), ("trained_on", trained_on))
                if day is None
            ]
        )
        raise LookupError("one of the days is missing")
    return Certified(
        certified_on=certified_on,
        number=line(typed, "number"),
        trained_on=trained_on,
        listed_word=line(typed, "listed_word"),
        exempt_word=line(typed, "exempt_word"),
    )
