"""From typed text to tokens: spelling made even, phrases recognised, the rest left unknown."""

import re
from dataclasses import dataclass
from decimal import Decimal

from apothecary.directions.words import lexicon, longest_phrase

# Kind → the letter that stands for it in the grammar of reading.py.
LETTER = {
    "number": "N",
    "unit": "U",
    "verb": "V",
    "route": "R",
    "every": "E",
    "other": "o",
    "period": "P",
    "once": "O",
    "times": "T",
    "per": "Q",
    "frequency": "F",
    "when": "W",
    "weekday": "Y",
    "as_needed": "A",
    "as_directed": "D",
    "for": "f",
    "x": "x",
    "to": "r",
    "then": "H",
    "and": "&",
    "max": "M",
    "up_to": "u",
    "on_day": "L",
    "first_day": "l",
    "single": "K",
    "doses": "d",
    "dispense": "q",
    "reason": "G",
    "noise": "Z",
    "comma": ",",
    "stop": ".",
    "unknown": "X",
}
_FRACTIONS = {"½": " 1/2", "¼": " 1/4", "¾": " 3/4"}
# No amount of practice has more digits: a longer one is a slip, or a number of something else.
_NUMBER = re.compile(r"\d{1,8}(\.\d{1,6})?|\.\d{1,6}")
_UNITS = r"hours?|hrs?|h|days?|d|weeks?|wks?|w|months?|mo|minutes?|mins?"
_PERIOD_NAME = {"h": "hours", "d": "days", "w": "weeks", "m": "months"}
_GLUED = r"(t?\d+)(tabs?|caps?|t|c)"
_EVERY = re.compile(rf"\bq\s*(\d+)(?:\s*(?:-|to)\s*(\d+))?\s*({_UNITS})\b")
_EVEN = (
    (re.compile(r"\b([a-z])\.([a-z])\.(?:([a-z])\.)?(?=\W|$)"), r"\1\2\3 "),
    (re.compile(r"(?<!eye)(?<!ear)\((?:s|es|ies)\)"), ""),
    (re.compile(r"(\d),(\d{3})\b"), r"\1\2"),
    (re.compile(r"(\d)\s*-\s*(\d+/\d+)\b"), r"\1 \2"),
    (re.compile(r"(\d)\s*-\s*(\d)"), r"\1 to \2"),
    (re.compile(r"(\d)-(?=[a-z])"), r"\1 "),
    # T1T PO BID, 1tpobid, 2p inh: count, form and way run together.
    (re.compile(rf"\b{_GLUED}(po|sl|pr|pv)(?=\W|$)"), r"\1\2 \3"),
    (
        re.compile(rf"\b{_GLUED}(po|sl|pr|pv)(?=(?:qd|bid|tid|qid|q\d|qhs|qam|qpm))"),
        r"\1\2 \3 ",
    ),
    (re.compile(r"\b(?:t\s?)?(\d+)t(?=\W|$)"), r"\1 tablet "),
    (re.compile(r"\btk?\s+(\d+)\s+ts?(?=\W|$)"), r"\1 tablet "),
    (re.compile(r"\btk?\s+(\d+)\s+cs?(?=\W|$)"), r"\1 capsule "),
    # An hour of the day is no dose: "1 in am and 8 pm".
    (re.compile(r"\b(\d{1,2}(?::\d\d)?)\s*([ap])m\b"), r"\1 o'clock \2m"),
    (re.compile(r"\b(?:t\s?)?(\d+)c(?=\W|$)"), r"\1 capsule "),
    (re.compile(r"\b(\d+)p(?=\s+(?:po\s+)?inh)"), r"\1 puff "),
    (re.compile(r"\b([1-9])\s*x\s*/?\s*(?:an?\s+|per\s+)?d(?:ay|aily)?\b"), r"\1 times daily"),
    (re.compile(r"\b([1-9])\s*x\s*/?\s*w(?:k|eek|eekly)\b"), r"\1 times weekly"),
    (re.compile(r"\b(daily|bid|tid|qid|qd|qhs|hs)\s*x\s*(?=\d)"), r"\1 x "),
    (re.compile(r"(^|\s)x\s*(?=\d)"), r"\1 x "),
    (re.compile(r"\*\s*(?=\d)"), " * "),
    (re.compile(r"(\d)(?=[a-z])"), r"\1 "),
    (re.compile(r"(\d)\s*/\s*(day|week|month|24)\b"), r"\1 /\2"),
    (re.compile(r"\b([a-z]+)\s*/\s*(day|week|month)\b"), r"\1 /\2"),
)
_SPLIT = re.compile(
    r"\d+/\d+|\d*\.\d+|\d+|/[a-z0-9]+|[a-z][a-z'&/-]*[a-z]|[a-z]|[,;.()*&#-]|\S"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A recognised phrase, or one unknown word."""

    text: str
    kind: str
    value: str = ""

    @property
    def letter(self) -> str:
        """The letter that stands for the kind in the grammar."""
        return LETTER[self.kind]

    def number(self) -> Decimal:
        """The value as an exact number."""
        return Decimal(self.value)


def tokens(text: str, *, ignore: frozenset[str] = frozenset()) -> list[Token]:
    """Every token of the text, in order; nothing is dropped but brackets and ``ignore`` words.

    ``ignore``: lower-case words that only repeat the drug's own name.
    """
    found: list[Token] = []
    words = _split(text)
    place = 0
    bracket = False
    while place < len(words):
        if words[place] in "()":
            bracket = words[place] == "("
            place += 1
            continue
        length, token = _longest(words, place)
        place += length
        if token.kind == "unknown" and token.text in ignore:
            continue
        _add(found, token, bracket=bracket)
    return found


def _split(text: str) -> list[str]:
    even = text.casefold()
    for sign, plain in _FRACTIONS.items():
        even = even.replace(sign, plain)
    even = re.sub(r"suppository\(ies\)", "suppositories", even)
    even = _EVERY.sub(_spell_out, even)
    for pattern, plain in _EVEN:
        even = pattern.sub(plain, even)
    even = _EVERY.sub(_spell_out, even)
    return _SPLIT.findall(even)


def _spell_out(match: re.Match[str]) -> str:
    low, high, unit = match.groups()
    name = "minutes" if unit.startswith("mi") else _PERIOD_NAME[unit[0]]
    return f" every {low} {name} " if high is None else f" every {low} to {high} {name} "


def _longest(words: list[str], place: int) -> tuple[int, Token]:
    for length in range(min(longest_phrase(), len(words) - place), 0, -1):
        phrase = tuple(words[place : place + length])
        known = lexicon().get(phrase)
        if known is not None:
            return length, Token(" ".join(phrase), known.kind, known.value)
    return 1, _single(words[place])


def _single(word: str) -> Token:
    if _NUMBER.fullmatch(word):
        return Token(word, "number", word)
    over = re.fullmatch(r"(\d+)/(\d+)", word)
    if over and int(over[2]) in (2, 4, 5, 8, 10):
        return Token(word, "number", str(Decimal(over[1]) / Decimal(over[2])))
    if word in ",;":
        return Token(word, "comma")
    if word == ".":
        return Token(word, "stop")
    return Token(word, "unknown", word)


def _add(found: list[Token], token: Token, *, bracket: bool) -> None:
    """Join what belongs together: "1 1/2", "2 and one-half", "4 (four)", "1 spray"."""
    last = found[-1] if found else None
    if token.kind == "number" and last is not None:
        both = _and_a_half(found, token)
        if both is not None:
            del found[both[0] :]
            found.append(Token(f"{last.text} {token.text}", "number", both[1]))
            return
        if last.kind == "number" and _repeats(last, token, bracket=bracket):
            return
    if token.text == "spray" and last is not None and last.kind == "number":
        token = Token("spray", "unit", "spray")
    found.append(token)


def _and_a_half(found: list[Token], token: Token) -> tuple[int, str] | None:
    """Where a mixed number begins and its value, when this token is its fraction."""
    part = token.number()
    back = 2 if found[-1].kind == "and" else 1
    if not 0 < part < 1 or len(found) < back or found[-back].kind != "number":
        return None
    whole = found[-back].number()
    return (len(found) - back, str(whole + part)) if whole == int(whole) >= 1 else None


def _repeats(last: Token, token: Token, *, bracket: bool) -> bool:
    one_in_words = last.text.isalpha() != token.text.isalpha()
    return last.number() == token.number() and (bracket or one_in_words)
