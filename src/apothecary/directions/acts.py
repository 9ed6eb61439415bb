"""What each construct of the sig language does to the direction in the making."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from apothecary.directions.draft import Draft
from apothecary.directions.timing import every, times_in
from apothecary.directions.tokens import Token

Act = Callable[[Draft, Sequence[Token]], None]
_TO_BED = frozenset({"antes de acostarse", "antes de dormir"})
_NUMERIC = ("number", "once", "other", "ordinal")


def unknown(draft: Draft, read: Sequence[Token]) -> None:
    """A word no rule accounts for becomes a question."""
    draft.not_understood(read[0].text)


def passed(draft: Draft, read: Sequence[Token]) -> None:
    """A full stop, an "and", the quantity to dispense: nothing by itself."""


def ask_word(draft: Draft, read: Sequence[Token]) -> None:
    """A code or word with more than one meaning is asked in its own words."""
    draft.ask(read[0].value or f"What does {read[0].text!r} mean?")


def numbers(read: Sequence[Token]) -> list[Token]:
    """The tokens that carry a number."""
    return [token for token in read if token.kind in _NUMERIC]


def said(read: Sequence[Token]) -> str:
    """The words as they stand."""
    return " ".join(token.text for token in read)


def whole(draft: Draft, token: Token) -> int | None:
    """A count as a whole number; a broken one is a question, not a rounding."""
    value = token.number()
    if value != int(value) or value < 1:
        draft.ask(f"{token.text!r} is not a whole number of times, days or hours.")
        return None
    return int(value)


def wholes(draft: Draft, read: Sequence[Token]) -> list[int]:
    """Every count that is whole; the others are asked."""
    found = [whole(draft, token) for token in numbers(read)]
    return [value for value in found if value is not None]


def two_numbers(draft: Draft, read: Sequence[Token]) -> None:
    """ "2 (three)": the figure and the word disagree."""
    first, second = numbers(read)[:2]
    draft.ask(f"{first.text!r} and {second.text!r} disagree: which number is meant?")


def dash(draft: Draft, read: Sequence[Token]) -> None:
    """A dash between two thoughts; "to" and "or" are no dash."""
    if read[0].text != "-":
        draft.not_understood(read[0].text)


def verb(draft: Draft, read: Sequence[Token]) -> None:
    """What is done. "May take" after a dose is a choice nobody has settled."""
    if read[0].kind == "may" and draft.dosed:
        draft.not_understood(read[0].text)
        return
    draft.verb(read[0].value)


def unit_alone(draft: Draft, read: Sequence[Token]) -> None:
    """A unit without a number: it says the unit of the dose again, or the product's name."""
    unit, spoon, _ = read[0].value.partition("*")
    if draft.dosed and spoon:
        draft.not_understood(read[0].text)
    elif draft.dosed and draft.step.dose_unit not in (unit, "mg", "mcg", "g", "mEq"):
        if draft.step.dose_unit:
            draft.not_understood(read[0].text)
        else:
            draft.give_unit(unit)
    elif not draft.dosed or draft.step.dose_unit != unit:
        draft.named_unit = unit


def dose(draft: Draft, read: Sequence[Token]) -> None:
    """An amount, or a range of it: 1 tablet, 1 to 2 tablets, 1 tablet to 2 tablets."""
    units = {token.value for token in read if token.kind == "unit"}
    amounts = [token.number() for token in numbers(read)]
    if len(units) > 1:
        names = " or ".join(said(read).split(" or "))
        draft.ask(f"Two doses are named: {names}.")
    draft.dose(amounts[0], amounts[-1], next(iter(sorted(units)), ""))


def total(draft: Draft, read: Sequence[Token]) -> None:
    """ "2 tablets (100 mg total)": the strength of the whole dose, not of one tablet."""
    dose(draft, read)
    draft.totals.add(len(draft.steps) - 1)


def bare_dose(draft: Draft, read: Sequence[Token]) -> None:
    """A number by itself is a dose only as long as none was named."""
    if draft.dosed:
        draft.not_understood(said(read))
    else:
        dose(draft, read)


def dose_and_rate(draft: Draft, read: Sequence[Token]) -> None:
    """ "2 daily" is a dose when none was said yet, else it is how often."""
    if draft.dosed and not draft.settled:
        times_per(draft, read)
        return
    if draft.settled and not draft.joined:
        draft.not_understood(said(read))
        return
    dose(draft, read[:-1])
    per(draft, read[-1:])


def alternate(draft: Draft, read: Sequence[Token]) -> None:
    """1 tablet alternating with 2 tablets every other day; alternate 1 tablet and 2 tablets."""
    place = next(i for i, t in enumerate(read) if t.kind == "alternate")
    cut = next((i for i, t in enumerate(read) if t.kind == "and"), place)
    first = [t for t in read[:cut] if t.kind in ("number", "unit")]
    other = [t for t in read[cut:] if t.kind in ("number", "unit")]
    if first:
        dose(draft, first)
    unit = next((t.value for t in other if t.kind == "unit"), "")
    if not draft.dosed or draft.timed:
        draft.ask("Which doses alternate?")
        return
    amount = numbers(other)[0].number()
    draft.alternate(amount, amount, unit)


def period(token: Token) -> tuple[int, str]:
    """How many of which unit a word for a span of time means."""
    if token.kind == "per":
        count, unit = token.value.split("/")
        return int(count), unit
    return (12, "month") if token.value == "year" else (1, token.value)


def times_per(draft: Draft, read: Sequence[Token]) -> None:
    """3 times a day, twice weekly, once every 3 days, up to 4 times daily."""
    split = next((i for i, t in enumerate(read) if t.kind == "every"), len(read) - 1)
    times = wholes(draft, read[:split])
    counts = wholes(draft, read[split:])
    span, unit = period(read[-1])
    if not times or (numbers(read[split:]) and len(counts) != 1):
        draft.ask("How often is it taken?")
        return
    if read[0].kind == "up_to" and draft.step.hours_min is not None and unit == "day":
        draft.most(Decimal(times[-1]), "dose")
        return
    if read[0].kind == "up_to" and draft.step.period_unit not in ("", unit):
        draft.most_in(Decimal(times[-1]), "dose", span, unit)
        return
    low = 1 if read[0].kind == "up_to" else times[0]
    draft.timing(times_in(low, times[-1], counts[0] if counts else span, unit))


def interval(draft: Draft, read: Sequence[Token]) -> None:
    """Every 6 hours, every 4 to 6 hours, every other day, every day."""
    counts = wholes(draft, read)
    if numbers(read) and len(counts) != len(numbers(read)):
        return
    low, high = (counts[0], counts[-1]) if counts else (1, 1)
    if low > high:
        draft.ask(f"{low} to {high} is not a range.")
        return
    factor, unit = period(read[-1])
    draft.timing(every(low * factor, high * factor, unit))


def every_other(draft: Draft, read: Sequence[Token]) -> None:
    """Every other night, every other morning."""
    draft.timing(times_in(1, 1, 2, "day"))
    draft.when(read[-1].value)


def per(draft: Draft, read: Sequence[Token]) -> None:
    """Daily, weekly, monthly."""
    span, unit = period(read[0])
    draft.timing(times_in(1, 1, span, unit))


def _rate(token: Token) -> tuple[int, int, str]:
    if token.kind == "per":
        return 1, *period(token)
    times, span, unit = token.value.split("/")
    return int(times), int(span), unit


def frequency(draft: Draft, read: Sequence[Token]) -> None:
    """BID; BID to TID is a range where both are of one period."""
    low, high = _rate(read[0]), _rate(read[-1])
    if low[1:] != high[1:] or low[0] > high[0]:
        draft.ask("Two different frequencies are named: which one is meant?")
        return
    draft.timing(times_in(low[0], high[0], *low[1:]))


def once_frequency(draft: Draft, read: Sequence[Token]) -> None:
    """ "Once qd" says it twice; "once bid" contradicts itself."""
    if _rate(read[-1])[0] != int(read[0].value):
        draft.single()
    frequency(draft, read[-1:])


def duration(draft: Draft, read: Sequence[Token]) -> None:
    """For 10 days; hours are worn, waited or kept apart: no length of treatment."""
    counts = wholes(draft, read)
    name = next(token for token in read if token.kind == "period")
    if name.value == "hour" and draft.step.dose_unit == "patch" and len(counts) == 1:
        draft.when(f"remove after {counts[0]} hour{'' if counts[0] == 1 else 's'}")
    elif name.value in ("hour", "minute", "year"):
        draft.not_understood(said(read))
    elif len(counts) > 1:
        draft.ask(f"For how long: {counts[0]} or {counts[1]} {name.text}?")
    elif counts:
        draft.duration(counts[0], name.value)


def doses(draft: Draft, read: Sequence[Token]) -> None:
    """After how many doses it ends."""
    for count in wholes(draft, read):
        draft.doses(count)


def times_only(draft: Draft, read: Sequence[Token]) -> None:
    """ "x 3" after minutes is a number of doses; "three times" of nothing is asked."""
    if read[0].number() == 1:
        draft.single()
    else:
        draft.ask(f"{read[0].text} times in what time?")


def single(draft: Draft, read: Sequence[Token]) -> None:
    """x 1; x 3 only where a dose is given every few minutes."""
    if read[0].kind == "x" and read[-1].number() != 1:
        if draft.step.period_unit == "minute":
            doses(draft, read)
        else:
            draft.not_understood(said(read))
        return
    draft.single()


def once(draft: Draft, read: Sequence[Token]) -> None:
    """Once; once every morning is daily, once at bedtime may be either."""
    if read[0].value != "1":
        draft.ask(f"{read[0].text.capitalize()} in what time?")
    elif len(read) == 1:
        draft.single()
    elif read[1].text.startswith(("every", "each", "nightly", "q")):
        draft.when(read[1].value)
    else:
        draft.ask(f"Once {read[1].value}: every day, or one time only?")
        draft.when(read[1].value)


def days(draft: Draft, read: Sequence[Token]) -> None:
    """On day 1; on days 2 to 5; week 3; day 8 onward; the first day."""
    if read[0].kind == "period" and read[0].value not in ("day", "week"):
        draft.not_understood(said(read))
        return
    unit = "week" if "week" in (read[0].value, read[0].kind.removeprefix("on_")) else "day"
    counts = [1] if read[0].kind == "first_day" else wholes(draft, read)
    if read[0].kind != "first_day" and not numbers(read):
        draft.not_understood(said(read))
    elif counts:
        draft.on_days(counts[0], None if read[-1].kind == "onward" else counts[-1], unit)


def weekdays(draft: Draft, read: Sequence[Token]) -> None:
    """Monday; Monday through Friday; Mo-We-Fr, which is a list."""
    if [token.kind for token in read] == ["weekday", "to", "weekday"]:
        if read[1].text == "or":
            draft.ask(f"{read[0].value} or {read[2].value}: which day is meant?")
            return
        if "|" in read[0].value + read[2].value:
            draft.ask(f"{said(read)}: which days are meant?")
            return
        draft.weekday_span(read[0].value, read[2].value)
        return
    for token in read:
        if token.kind == "weekday":
            for day in token.value.split("|"):
                draft.weekday(day)


def except_days(draft: Draft, read: Sequence[Token]) -> None:
    """Daily except Sunday; daily except 2 tablets on Sunday."""
    left = tuple(d for t in read if t.kind == "weekday" for d in t.value.split("|"))
    amount = [t for t in read if t.kind in ("number", "unit")]
    draft.except_on(left)
    if not amount:
        return
    if not draft.dosed:
        draft.ask("How much is one dose?")
        return
    dose(draft, amount)
    for day in left:
        draft.weekday(day)


def when(draft: Draft, read: Sequence[Token]) -> None:
    """A time of the day or a circumstance; "qhs in the morning" contradicts itself."""
    if read[0].text.startswith(("in the ", "at ", "every ", "each ")) and not draft.joined:
        draft.another_time(read[0].value)
    else:
        draft.when(read[0].value)


def clock(draft: Draft, read: Sequence[Token]) -> None:
    """At 8 AM."""
    draft.when(read[0].value)


def before_or_after(draft: Draft, read: Sequence[Token]) -> None:
    """30 minutes before breakfast; 1 to 2 hours after meals."""
    anchor = read[-1].value
    if read[-1].text in _TO_BED or read[-1].text.startswith(("before bed", "prior to bed")):
        anchor = "before bedtime"
    counts = wholes(draft, read[:-1])
    unit = read[-2].value
    if not anchor.startswith(("before ", "after ")) or unit not in ("minute", "hour") or (
        len(counts) != len(numbers(read[:-1]))
    ):  # fmt: skip
        draft.not_understood(said(read[:-1]))
        draft.when(read[-1].value)
        return
    amount = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    name = unit if counts[-1] == 1 else f"{unit}s"
    draft.when(f"{amount} {name} {anchor}")


def later(draft: Draft, read: Sequence[Token]) -> None:
    """12 hours later."""
    for count in wholes(draft, read):
        draft.when(f"{count} {read[1].value}{'' if count == 1 else 's'} later")


def spaced(draft: Draft, read: Sequence[Token]) -> None:
    """12 hours apart: how the doses of a day are spread."""
    draft.note(said(read))


def star(draft: Draft, read: Sequence[Token]) -> None:
    """Stars set a remark apart; an "x" without a number says nothing that is known."""
    if read[0].text != "*":
        draft.not_understood(read[0].text)


def site(draft: Draft, read: Sequence[Token]) -> None:
    """A place of the body."""
    draft.site(read[0].value)


def taper(draft: Draft, read: Sequence[Token]) -> None:
    """A taper that does not say how; over how many days is asked with it, and nothing else."""
    draft.taper = True
    draft.ask(read[0].value)


def place_too(draft: Draft, read: Sequence[Token]) -> None:
    """To the face and the neck."""
    draft.place_too(read[0].value)


def two_places(draft: Draft, read: Sequence[Token]) -> None:
    """In the right eye and the left eye; two ways are asked as ever."""
    (way, _, site), (other, _, second) = (read[i].value.partition("/") for i in (0, -1))
    draft.route(read[0].value, read[0].text)
    if way == other and site and second:
        draft.place_too(second)
    else:
        draft.route(read[-1].value, read[-1].text)


def drug(draft: Draft, read: Sequence[Token]) -> None:
    """ "1 tablet of ibuprofen": no contradiction where the product is not known."""
    if draft.drug:
        draft.ask(f"{read[0].text!r} is named, the product is {draft.drug}: which is meant?")
    else:
        draft.note(read[0].text)


def strength(draft: Draft, read: Sequence[Token]) -> None:
    """A strength beside a dose says which product; by itself it is no dose."""
    draft.concentration(read[0].text)
