"""Red flags for a pharmacist: a fact beside the number from which on it is shown. Pure.

A flag is no verdict. It says what was counted, over which period, and what the house's own
threshold is; what it means is for a pharmacist to say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import groupby
from pathlib import Path

from apothecary.law.calendar_days import months_after
from apothecary.law.tables import Row, Table, read_table
from apothecary.vault.unusual.facts import Early, Facts, Month, Prescribed, Shortages

PERIOD_MONTHS, MOST_MONTHS = 3, 6
TENTH, PERCENT = Decimal("0.1"), 100


@dataclass(frozen=True, slots=True)
class Flag:
    """``subject`` names what it is about, ``named`` that in words; ``says`` holds every number
    it rests on.
    """

    kind: str
    subject: str
    says: str
    threshold: Row
    named: str

    @property
    def about(self) -> str:
        """The drug, prescriber or patient, as the first two words of the subject."""
        return " ".join(self.subject.split()[:2])


@cache
def thresholds() -> Table:
    """The house's numbers, each with its mark."""
    return read_table(Path(__file__).with_name("thresholds.toml"))


def threshold(name: str) -> Row:
    """One of them; KeyError where there is none."""
    return thresholds()[name][0]


def period_start(today: date) -> date:
    """The first day of the months that are looked at: the running one and two before."""
    return months_after(today.replace(day=1), 1 - PERIOD_MONTHS)


def flags(facts: Facts, *, on: date) -> list[Flag]:
    """Everything that passes its threshold on that day, drug by drug, then by person."""
    found: list[Flag] = []
    for _, same in groupby(facts.months, key=lambda month: month.product_id):
        months = list(same)
        found += ordering_flags(months, on=on)
        found += growth_flags(months, on=on)
    found += shortage_flags(facts.shortages)
    found += prescriber_flags(facts.dispensing.prescribed)
    found += early_flags(facts.dispensing.early)
    return found


def ordering_flags(months: Sequence[Month], *, on: date) -> Iterator[Flag]:
    """What was bought of a drug beside what went out, over three months."""
    start, row = period_start(on), threshold("order_ratio")
    mine = [month for month in months if month.day >= start]
    came = sum((month.received for month in mine), Decimal(0))
    went = sum((month.dispensed for month in mine), Decimal(0))
    if came < threshold("least_units").amount() or came < went * row.amount():
        return
    ratio = f"{tenths(came / went)} times" if went > 0 else "and nothing was dispensed"
    says = (
        f"{came.normalize():f} units of {months[0].drug} received, {went.normalize():f}"
        f" dispensed since {start:%m/%d/%Y}: {ratio}."
    )
    yield Flag("ordering", f"drug {months[0].product_id}", says, row, months[0].drug)


def growth_flags(months: Sequence[Month], *, on: date) -> Iterator[Flag]:
    """The running month beside the usual one: received, and dispensed."""
    this = on.replace(day=1)
    first = months_after(this, -MOST_MONTHS)
    before = [month for month in months if first <= month.day < this]
    now = [month for month in months if month.day == this]
    if not now or len(before) < threshold("usual_months").number():
        return
    series = (
        ("order_growth", "received", now[0].received, [month.received for month in before]),
        ("use_growth", "dispensed", now[0].dispensed, [month.dispensed for month in before]),
    )
    for name, word, amount, earlier in series:
        row = threshold(name)
        usual = sum(earlier, Decimal(0)) / len(earlier)
        if amount < threshold("least_units").amount() or amount < usual * row.amount():
            continue
        says = (
            f"{amount.normalize():f} units of {now[0].drug} {word} in {this:%B %Y};"
            f" usually {tenths(usual)} ({len(earlier)} months)."
        )
        about = f"drug {now[0].product_id}"
        yield Flag(f"{word} above usual", about, says, row, now[0].drug)


def shortage_flags(shortages: Sequence[Shortages]) -> Iterator[Flag]:
    """The same drug short again and again."""
    row = threshold("shortages")
    for each in shortages:
        if each.cases >= row.number():
            says = f"{each.drug}: {each.cases} discrepancies in the period."
            yield Flag("shortages", f"drug {each.product_id}", says, row, each.drug)


def prescriber_flags(prescribed: Sequence[Prescribed]) -> Iterator[Flag]:
    """A prescriber's share of Schedule II, and how many of the fills were paid in cash."""
    house = sum(each.schedule_ii for each in prescribed)
    least = threshold("least_fills").number()
    share, cash = threshold("schedule_ii_share"), threshold("cash_share")
    for each in prescribed:
        about = f"prescriber {each.prescriber_id}"
        if house >= least and each.schedule_ii * PERCENT >= share.number() * house:
            says = f"{each.name} wrote {each.schedule_ii} of {house} fills of Schedule II."
            yield Flag("share of Schedule II", about, says, share, each.name)
        if each.fills >= least and each.cash * PERCENT >= cash.number() * each.fills:
            says = f"{each.cash} of {each.fills} controlled fills of {each.name} were cash."
            yield Flag("cash", about, says, cash, each.name)


def early_flags(early: Sequence[Early]) -> Iterator[Flag]:
    """One patient, one drug, early more than once."""
    row = threshold("early_fills")
    for each in early:
        if each.fills >= row.number():
            says = (
                f"{each.name}: {each.drug} filled early {each.fills} times,"
                f" up to {each.most} days before the supply ended."
            )
            about = f"patient {each.patient_id} drug {each.product_id}"
            yield Flag("early fills", about, says, row, each.name)


def tenths(value: Decimal) -> Decimal:
    """To one decimal, as it is read."""
    return value.quantize(TENTH, rounding=ROUND_HALF_UP)
