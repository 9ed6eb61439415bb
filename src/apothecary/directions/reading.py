"""Reading a direction: tokens in, typed steps and open questions out.

Each token has a letter (``tokens.LETTER``); a construct of the sig language is a pattern over
those letters. At every place the first pattern that fits is taken; what fits none becomes a
question.
"""

import re
from collections.abc import Callable, Sequence
from itertools import zip_longest

from apothecary.directions.completing import complete
from apothecary.directions.direction import Directions
from apothecary.directions.draft import Draft
from apothecary.directions.timing import every, times_in
from apothecary.directions.tokens import Token, tokens

Act = Callable[[Draft, Sequence[Token]], None]
# As many characters as the directions of an electronic prescription may have.
LONGEST = 1000


def read_directions(text: str, *, form: str = "", drug: str = "") -> Directions:
    """Read a direction as a prescriber typed it: codes, plain English or a mixture.

    ``form`` is the product's dosage form, ``drug`` its name and strength as written; both only
    settle what the text leaves open (1 what, which eye drop) and are never read as directions.
    """
    if len(text) > LONGEST:
        return Directions(text=text, questions=(f"More than {LONGEST} characters: shorter?",))
    ignore = frozenset(re.findall(r"[a-z]{4,}", drug.casefold()))
    read = _without_noise(tokens(text, ignore=ignore))
    draft = Draft(form=form)
    letters = "".join(token.letter for token in read)
    place = 0
    while place < len(read):
        length, act = _first_fit(letters, place, dosed=draft.dosed, timed=draft.timed)
        first = read[place].kind
        draft.joined = first == "and" or draft.joined
        act(draft, read[place : place + length])
        draft.joined = first in ("and", "verb") and draft.joined
        place += length
    return complete(draft, text)


def _without_noise(read: list[Token]) -> list[Token]:
    """Drop filling words, and commas but before an unknown word: there a thought may end."""
    spoken = [token for token in read if token.kind != "noise"]
    return [
        token
        for token, after in zip_longest(spoken, spoken[1:])
        if token.kind != "comma" or (after is not None and after.kind == "unknown")
    ]


def expand(code_text: str, *, form: str = "", language: str = "english") -> str:
    """A code such as ``1 tab po bid`` in plain words; ValueError for an unknown language."""
    directions = read_directions(code_text, form=form)
    if language == "english":
        return directions.english()
    if language == "spanish":
        return directions.spanish()
    raise ValueError(f"language: {language!r} is neither english nor spanish")


def _first_fit(letters: str, place: int, *, dosed: bool, timed: bool) -> tuple[int, Act]:
    for pattern, act, needs in _GRAMMAR:
        if (needs == "dosed" and not dosed) or (needs == "timed" and not timed):
            continue
        found = pattern.match(letters, place)
        if found is not None:
            return found.end() - place, act
    return 1, _unknown


def _unknown(draft: Draft, read: Sequence[Token]) -> None:
    draft.not_understood(read[0].text)


def _numbers(read: Sequence[Token]) -> list[Token]:
    return [token for token in read if token.kind in ("number", "once", "other")]


def _whole(draft: Draft, token: Token) -> int | None:
    """A count as a whole number; a broken one is a question, not a rounding."""
    value = token.number()
    if value != int(value) or value < 1:
        draft.ask(f"{token.text!r} is not a whole number of times, days or hours.")
        return None
    return int(value)


def _wholes(draft: Draft, read: Sequence[Token]) -> list[int]:
    found = [_whole(draft, token) for token in _numbers(read)]
    return [value for value in found if value is not None]


def _dose(draft: Draft, read: Sequence[Token]) -> None:
    unit = next((token.value for token in read if token.kind == "unit"), "")
    amounts = [token.number() for token in _numbers(read)]
    draft.dose(amounts[0], amounts[-1], unit)


def _bare_dose(draft: Draft, read: Sequence[Token]) -> None:
    """A number by itself is a dose only as long as none was named."""
    if draft.dosed:
        draft.not_understood(" ".join(token.text for token in read))
    else:
        _dose(draft, read)


def _dose_and_rate(draft: Draft, read: Sequence[Token]) -> None:
    """ "2 daily" is a dose when none was said yet, else it is how often."""
    if draft.dosed:
        _times_per(draft, read)
        return
    _dose(draft, read[:-1])
    _per(draft, read[-1:])


def _period(token: Token) -> tuple[int, str]:
    if token.kind == "per":
        count, unit = token.value.split("/")
        return int(count), unit
    return 1, token.value


def _times_per(draft: Draft, read: Sequence[Token]) -> None:
    """3 times a day, twice weekly, once every 3 days, up to 4 times daily."""
    split = next((i for i, t in enumerate(read) if t.kind == "every"), len(read) - 1)
    times = _wholes(draft, read[:split])
    counts = _wholes(draft, read[split:])
    period, unit = _period(read[-1])
    if not times or (_numbers(read[split:]) and len(counts) != 1):
        draft.ask("How often is it taken?")
        return
    low = 1 if read[0].kind == "up_to" else times[0]
    draft.timing(times_in(low, times[-1], counts[0] if counts else period, unit))


def _every(draft: Draft, read: Sequence[Token]) -> None:
    """Every 6 hours, every 4 to 6 hours, every other day, every day."""
    counts = _wholes(draft, read)
    if _numbers(read) and len(counts) != len(_numbers(read)):
        return
    low, high = (counts[0], counts[-1]) if counts else (1, 1)
    if low > high:
        draft.ask(f"{low} to {high} is not a range.")
        return
    draft.timing(every(low, high, read[-1].value))


def _per(draft: Draft, read: Sequence[Token]) -> None:
    period, unit = _period(read[0])
    draft.timing(times_in(1, 1, period, unit))


def _frequency(draft: Draft, read: Sequence[Token]) -> None:
    times, period, unit = read[0].value.split("/")
    draft.timing(times_in(int(times), int(times), int(period), unit))


def _duration(draft: Draft, read: Sequence[Token]) -> None:
    counts = _wholes(draft, read)
    if read[-1].value in ("hour", "minute"):
        # Hours are worn, waited or kept apart: no length of treatment.
        draft.not_understood(" ".join(token.text for token in read))
    elif len(counts) > 1:
        draft.ask(f"For how long: {counts[0]} or {counts[1]} {read[-1].text}?")
    elif counts:
        draft.duration(counts[0], read[-1].value)


def _doses(draft: Draft, read: Sequence[Token]) -> None:
    for count in _wholes(draft, read):
        draft.doses(count)


def _days(draft: Draft, read: Sequence[Token]) -> None:
    """On day 1; on days 2 to 5."""
    if read[0].kind == "period" and read[0].text not in ("day", "days"):
        draft.not_understood(" ".join(token.text for token in read))
        return
    days = [1] if read[0].kind == "first_day" else _wholes(draft, read)
    if days:
        draft.on_days(days[0], days[-1])


def _most(draft: Draft, read: Sequence[Token]) -> None:
    """Max 8 tablets a day, mdd 3, up to 4 g per day, max 5 doses a day."""
    amount = _numbers(read)[-1].number()
    unit = next((token.value for token in read if token.kind == "unit"), "")
    if any(token.kind == "doses" for token in read):
        unit = "dose"
    daily = read[0].value == "day" or any(token.value == "1/day" for token in read)
    if not daily:
        draft.ask(f"Is {_numbers(read)[-1].text} the most for one day?")
    draft.most(amount, unit)


def _as_needed(draft: Draft, read: Sequence[Token]) -> None:
    words = [t for t in read[1:] if t.kind != "for"]
    if all(token.kind in ("reason", "to", "and") for token in words):
        names = [t.value if t.kind == "reason" else _JOIN[t.kind] for t in words]
    else:
        names = [token.text for token in words]
    for token in words:
        if token.text in _NO_REASON:
            draft.not_understood(token.text)
    draft.as_needed(" ".join(names))


def _purpose(draft: Draft, read: Sequence[Token]) -> None:
    names = [t.value if t.kind == "reason" else _JOIN[t.kind] for t in read[1:]]
    draft.purpose(" ".join(names))


def _once(draft: Draft, read: Sequence[Token]) -> None:
    if read[0].value != "1":
        draft.ask(f"{read[0].text.capitalize()} in what time?")
    elif len(read) > 1:
        draft.ask(f"Once {read[1].value}: every day, or one time only?")
        draft.when(read[1].value)
    else:
        draft.single()


def _times_only(draft: Draft, read: Sequence[Token]) -> None:
    if read[0].number() == 1:
        draft.single()
    else:
        draft.ask(f"{read[0].text} times in what time?")


def _single(draft: Draft, read: Sequence[Token]) -> None:
    if read[0].kind == "x" and read[-1].number() != 1:
        draft.not_understood(" ".join(token.text for token in read))
        return
    draft.single()


def _pass(draft: Draft, read: Sequence[Token]) -> None:
    """A full stop, an "and", the quantity to dispense: nothing by itself."""


_JOIN = {"to": "or", "and": "and"}
_REASON = "(?:G(?:[&r]G)*|X(?:[&r]?X|[&r]G)*)"
# Words that begin another instruction: swallowed into a reason they would be lost.
_NO_REASON = frozenset(
    {
        *(
            "avoid",
            "call",
            "do",
            "except",
            "hold",
            "if",
            "increase",
            "may",
            "must",
            "no",
            "not",
        ),
        *("only", "repeat", "see", "skip", "stop", "until"),
    }
)
_RATE = "(?:Q|EP|EoP|ENP)"
_GRAMMAR: tuple[tuple[re.Pattern[str], Act, str], ...] = tuple(
    (re.compile(pattern), act, needs)
    for pattern, act, needs in (
        (rf"u?N(?:rN)?T{_RATE}", _times_per, ""),
        (rf"u?O(?:rO)?{_RATE}", _times_per, ""),
        (r"NT", _times_only, ""),
        (r"EN(?:rN)?P", _every, ""),
        (r"EoP", _every, ""),
        (r"EP", _every, ""),
        (r"E(?=Y)", _pass, ""),
        (r"F", _frequency, ""),
        (r"[Mu]Nd(?!Q)", _doses, ""),
        (r"MNdQ", _most, ""),
        (r"MNU?Q?", _most, ""),
        (r"MQNU?", _most, ""),
        (r"uNUQ", _most, ""),
        (r"uNP", _duration, ""),
        (r"[fx]N(?:rN)?P", _duration, ""),
        (r"fuNP", _duration, ""),
        (r"[fx]Nd", _doses, ""),
        (r"qN", _pass, ""),
        (r"xN", _single, ""),
        (r"LN(?:[r&]N)?", _days, ""),
        (r"l", _days, ""),
        (r"PN(?:[r&]N)?(?![UNPT])", _days, ""),
        (r"N(?:rN)?U", _dose, ""),
        (r"N(?:rN)?Q", _dose_and_rate, ""),
        (r"NP", _duration, "timed"),
        (r"&N(?:rN)?(?=[RFEOAWKDLYl.]|$)", _dose, "timed"),
        (r"N(?:rN)?(?=[RFEOAWKDLYl.]|$)", _bare_dose, ""),
        (rf"A(?:f?{_REASON})?", _as_needed, ""),
        (r"fG(?:[r&]G)*", _purpose, ""),
        (r"OW", _once, ""),
        (r"O", _once, ""),
        (r"K", _single, ""),
        (r"Q", _per, ""),
        (r"V", lambda draft, read: draft.verb(read[0].value), ""),
        (r"R", lambda draft, read: draft.route(read[0].value, read[0].text), ""),
        (r"W", lambda draft, read: draft.when(read[0].value), ""),
        (r"Y", lambda draft, read: draft.weekday(read[0].value), ""),
        (r"D", lambda draft, read: draft.directed(), ""),
        (r"H", lambda draft, read: draft.then(), ""),
        (r"[.&,]", _pass, ""),
    )
)
