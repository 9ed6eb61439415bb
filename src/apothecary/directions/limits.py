"""The most that may be used, and how a dose may be repeated."""

from collections.abc import Sequence
from decimal import Decimal

from apothecary.directions import acts
from apothecary.directions.draft import Draft
from apothecary.directions.tokens import Token


def most(draft: Draft, read: Sequence[Token]) -> None:
    """Max 8 tablets a day, mdd 3, up to 4 g per day, max 5 doses a day, max 2 in 1 week."""
    amounts = acts.numbers(read)
    amount = amounts[0].number()
    unit = next((t.value.partition("*")[0] for t in read if t.kind == "unit"), "")
    factor = next((t.value.partition("*")[2] for t in read if t.kind == "unit"), "")
    amount *= Decimal(factor or 1)
    if any(token.kind == "doses" for token in read):
        unit = "dose"
    span, span_unit = _span(draft, read)
    if (span, span_unit) == (1, "day"):
        draft.most(amount, unit)
    elif span_unit:
        draft.most_in(amount, unit or draft.step.dose_unit or "dose", span, span_unit)
    elif unit == "dose":
        draft.doses(int(amount))
    else:
        draft.ask(f"Is {amounts[0].text} the most for one day?")
        draft.most(amount, unit)


def up_to_pieces(draft: Draft, read: Sequence[Token]) -> None:
    """ "Every 5 minutes, up to 3 tablets": so many doses in all, where it comes out even."""
    amount, dose = read[1].number(), draft.step.dose_max
    same = read[2].value == draft.step.dose_unit and draft.step.dose_min == dose
    if draft.step.period_unit != "minute" or dose is None or not same or amount % dose:
        draft.ask(f"Is {acts.said(read[1:])} the most for one day, or in all?")
        return
    draft.doses(int(amount / dose))


def _span(draft: Draft, read: Sequence[Token]) -> tuple[int, str]:
    if read[0].value == "day":
        return 1, "day"
    for place, token in enumerate(read):
        if token.kind == "per":
            return acts.period(token)
        if token.kind == "period":
            counts = [n for t in read[place - 1 : place] for n in acts.wholes(draft, [t])]
            span = (counts or [1])[0], token.value
            return (1, "day") if span == (24, "hour") else span
    return 0, ""


def repeat(draft: Draft, read: Sequence[Token]) -> None:
    """May repeat once in 2 hours; repeat in 12 hours; may repeat every 5 minutes x 3."""
    place = next(
        (i for i, t in enumerate(read) if t.kind in ("period", "per")),
        len(read),
    )
    start = next((i for i, t in enumerate(read) if t.kind in ("within", "every")), place)
    counts = [t for t in (*read[1:start], *read[place + 1 :]) if t.kind in ("number", "once")]
    times = acts.whole(draft, counts[0]) if counts else None
    after = [int(t.number()) for t in read[start:place] if t.kind == "number"
             and acts.whole(draft, t) is not None]  # fmt: skip
    if place == len(read) or (not after and read[place].kind == "period" and start < place - 1):
        draft.ask("After how long may it be repeated, and how often?")
        return
    count, unit = acts.period(read[place])
    if read[place].kind == "per":
        after = [24 if unit == "day" else count]
        unit = "hour" if unit == "day" else unit
    after = after or [1]
    if after[0] > after[-1]:
        draft.ask(f"{after[0]} to {after[-1]} is not a range.")
    elif read[0].value == "must" and not any(t.kind in ("as_needed", "persists") for t in read):
        _ordered_again(draft, after, unit, times)
    else:
        draft.may_repeat(after[0], after[-1], unit, times)


def _ordered_again(draft: Draft, after: list[int], unit: str, times: int | None) -> None:
    if (times or 1) != 1 or after[0] != after[-1]:
        draft.ask("How often is it repeated, and after how long?")
        return
    draft.again_later(after[0], unit)
