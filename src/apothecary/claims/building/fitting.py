"""A claim cut to a payer's sheet: what it forbids is left out, what it wants must be there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from types import MappingProxyType

from apothecary.claims.building.bill import SCHEDULE_II, SCHEDULE_V, Bill
from apothecary.claims.building.coordination import coordination_problems
from apothecary.claims.building.places import ASKED, FACT_OF, Place, named
from apothecary.claims.building.segments import Said
from apothecary.claims.building.sheets import Sheet, Wish
from apothecary.law.problem import Problem
from apothecary.wires.telecom import Draft, Fields
from apothecary.wires.telecom.tables import (
    REQUEST_PLACES,
    SEGMENT_NAMES,
    TRANSACTION_NAMES,
    VERSIONS,
)

CARDHOLDER_HIMSELF = frozenset(["", "0", "1"])
HOLDS: Mapping[str, Callable[[Bill], bool]] = MappingProxyType(
    {
        "": lambda bill: True,
        "coordinated": lambda bill: bool(bill.others),
        "compound": lambda bill: bill.compound is not None,
        "vaccine": lambda bill: bill.administration is not None,
        "part": lambda bill: bill.part is not None,
        "schedule ii": lambda bill: bill.schedule == SCHEDULE_II,
        "controlled": lambda bill: SCHEDULE_II <= bill.schedule <= SCHEDULE_V,
        "340b": lambda bill: bill.is_340b,
        "dependent": lambda bill: bill.card.relationship not in CARDHOLDER_HIMSELF,
    }
)


def fitted(drafts: Sequence[Draft], sheet: Sheet) -> list[Draft]:
    """The segments with the fields this payer is sent; those with none are left out."""
    cut = [
        Draft(draft.segment, _carried(draft.segment, draft.fields, sheet)) for draft in drafts
    ]
    return [draft for draft in cut if draft.fields]


def _carried(segment: str, fields: Fields, sheet: Sheet) -> dict[str, Said]:
    kept: dict[str, Said] = {}
    for name, value in fields.items():
        if isinstance(value, str | int | Decimal | date | time):
            if sheet.carries((segment, name)):
                kept[name] = value
        elif inner := [said for one in value if (said := _carried(segment, one, sheet))]:
            kept[name] = inner
    return kept


def misfits(
    bill: Bill, sheet: Sheet, drafts: Sequence[Draft], *, code: str, on: date | None = None
) -> list[Problem]:
    """What this payer wants and the bill does not say, and what it does not take, all at once.

    ``drafts`` are the fitted segments of that transaction code. ``on`` is the day it would be
    sent: with it, a claim that comes too late is told too.
    """
    places = REQUEST_PLACES[code]
    carried = frozenset((*places.transmission, *places.transactions))
    return [
        *transaction_problems(sheet, code),
        *_wish_problems(bill, sheet, drafts, carried),
        *(_money_problems(bill, sheet) if "11" in carried else ()),
        *_limit_problems(bill, sheet, on),
        *(coordination_problems(bill, sheet) if "05" in carried else ()),
    ]


def transaction_problems(sheet: Sheet, code: str) -> list[Problem]:
    """A transaction that this payer does not take at all."""
    if code in sheet.takes:
        return []
    what = TRANSACTION_NAMES[code]
    says = f"{sheet.name} does not take {code}: {what[:1].lower()}{what[1:]}."
    return [Problem(says, code="sheet-transaction")]


def _wish_problems(
    bill: Bill, sheet: Sheet, drafts: Sequence[Draft], carried: frozenset[str]
) -> Iterator[Problem]:
    by_segment = {draft.segment: draft.fields for draft in drafts}
    for wish in sheet.required:
        if wish.segment not in carried or not HOLDS[wish.when](bill):
            continue
        fields = by_segment.get(wish.segment, {})
        if fields if not wish.field else _stands(wish.place, fields):
            continue
        because = f": {wish.because[:1].lower()}{wish.because[1:]}" if wish.because else ""
        yield Problem(
            f"{sheet.name} wants the {_called(wish)}{because.rstrip('.')}.",
            cite=wish.cite,
            field=FACT_OF.get(wish.place, ""),
            code="sheet-wants",
        )


def _called(wish: Wish) -> str:
    if wish.field:
        return named(wish.place)
    return f"segment {wish.segment} ({SEGMENT_NAMES[wish.segment]})"


def _stands(place: Place, fields: Fields) -> bool:
    """Whether the field stands wherever it could: in each repeat of what it belongs to."""
    level: list[Fields] = [fields]
    for counter in VERSIONS["D0"].by_segment[place[0]][place[1]].group:
        level = [one for outer in level for one in _repeats(outer, counter)]
    return bool(level) and all(place[1] in one for one in level)


def _repeats(fields: Fields, counter: str) -> Sequence[Fields]:
    value = fields.get(counter, ())
    return () if isinstance(value, str | int | Decimal | date | time) else value


def _money_problems(bill: Bill, sheet: Sheet) -> Iterator[Problem]:
    """Money is never left out silently: the rest would no longer be what is due."""
    asks = bill.asks
    amounts = {
        ("11", "BE"): asks.professional_fee_usd,
        ("11", "E3"): bill.incentive_usd,
        ("11", "H9"): sum((amount for _, amount in asks.other_amounts), start=Decimal(0)),
        ("11", "HA"): asks.flat_tax_usd,
        ("11", "GE"): asks.percentage_tax_usd,
    }
    for place in ASKED:
        if amounts[place] and not sheet.carries(place):
            yield Problem(
                f"{sheet.name} takes no {named(place)}, and {amounts[place]} is asked for.",
                cite=wish.cite if (wish := sheet.forbids(place)) else "",
                field=FACT_OF[place],
                code="sheet-money",
            )


def _limit_problems(bill: Bill, sheet: Sheet, on: date | None) -> Iterator[Problem]:
    if bill.part is not None and not sheet.parts:
        yield Problem(
            f"{sheet.name} pays no fill in parts: bill it whole.",
            field="part",
            code="sheet-parts",
        )
    if bill.compound is not None and not sheet.compounds:
        yield Problem(
            f"{sheet.name} takes no compounds.", field="compound", code="sheet-compound"
        )
    most = sheet.days_supply_max
    if most and bill.days_supply > most:
        yield Problem(
            f"{sheet.name} pays for at most {most} days at a time, not {bill.days_supply}.",
            field="days_supply",
            code="sheet-days",
        )
    late = on is not None and 0 < sheet.file_within_days < (on - bill.service_on).days
    if late and not bill.delay_reason:
        yield Problem(
            f"{sheet.name} wants a claim within {sheet.file_within_days} days; later, "
            "it wants the reason for the delay (357-NV).",
            field="delay_reason",
            code="sheet-late",
        )
