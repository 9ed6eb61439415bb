"""From typed text to tokens: spelling made even, phrases recognised, the rest left unknown."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from apothecary.directions.misspelled import apart, mended
from apothecary.directions.spelling import CLOCK, JOINT, split
from apothecary.directions.words import LETTER, Lexicon, lexicon

# No amount of practice has more digits: a longer one is a slip, or a number of something else.
_NUMBER = re.compile(r"\d{1,8}(\.\d{1,6})?|\.\d{1,6}")
_FRACTION = re.compile(r"(\d{1,4})/(\d{1,4})")
_ORDINAL = re.compile(r"(\d{1,3})th")
_DIVISORS = frozenset({2, 4, 5, 8, 10})
_INSIDE = re.compile(r"([/+&-])")
# Days as they stand in "mo-we-fr" or "T/Th/Sa"; alone these letters mean too much else.
_DAYS = {
    **dict.fromkeys(("m", "mo", "mon"), "monday"),
    **dict.fromkeys(("t", "tu", "tue", "tues"), "tuesday"),
    **dict.fromkeys(("w", "we", "wed"), "wednesday"),
    **dict.fromkeys(("th", "thu", "thur", "thurs"), "thursday"),
    **dict.fromkeys(("f", "fr", "fri"), "friday"),
    **dict.fromkeys(("sa", "sat"), "saturday"),
    **dict.fromkeys(("su", "sun"), "sunday"),
}
_PARTS_AFTER = frozenset({"media", "medio", "un cuarto", "tres cuartos"})
_SILENT = frozenset(":=\"'!")


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


def tokens(
    text: str, *, ignore: frozenset[str] = frozenset(), known: Lexicon | None = None
) -> list[Token]:
    """Every token of the text, in order; nothing is dropped but brackets and ``ignore`` words.

    ``ignore``: lower-case words that only repeat the drug's own name.
    """
    lexical = known or lexicon()
    found: list[Token] = []
    words = _mended(split(text), lexical, ignore)
    place = 0
    bracket = False
    while place < len(words):
        if words[place] in "()":
            bracket = words[place] == "("
            place += 1
            continue
        word = lexical.longest(words, place)
        if word is not None and word.kind == "too" and not _names_place(found):
            word = lexical.word(words[place])
        if word is not None:
            place += word.phrase.count(" ") + 1
            _add(found, Token(word.phrase, word.kind, word.value), bracket=bracket)
            continue
        token = _single(words[place])
        place += 1
        if token.kind != "unknown" or token.text not in ignore:
            _add(found, token, bracket=bracket)
    return found


def _names_place(found: list[Token]) -> bool:
    """Whether a place of the body was just named, so that another may follow."""
    last = found[-1] if found else None
    return last is not None and (last.kind in ("site", "too") or "/" in last.value)


def _mended(words: list[str], known: Lexicon, ignore: frozenset[str]) -> list[str]:
    """The words, those run together taken apart, slips of the key put right."""
    found: list[str] = []
    for word in words:
        if word in ignore or not word[0].isalpha() or ":" in word or known.has_word(word):
            found.append(word)
        else:
            found.extend(_one_mended(word, known))
    return found


def _one_mended(word: str, known: Lexicon) -> list[str]:
    if not word.isalpha():
        parts = [part for part in _INSIDE.split(word.rstrip("'")) if part]
        days = _days(parts)
        if days:
            return days
        if len(parts) > 1 and all(known.has_word(p) or not p.isalpha() for p in parts):
            return parts
        if any(part in "/&+" for part in parts):
            return [
                piece for p in parts for piece in (_alpha(p, known) if p.isalpha() else [p])
            ]
        return parts if "'" not in word and len(parts) > 1 else [word]
    return _alpha(word, known)


def _days(parts: list[str]) -> list[str]:
    names = parts[::2]
    if len(names) < 2 or not all(name in _DAYS for name in names):
        return []
    if len(names) == 2 and parts[1] == "-":
        return [_DAYS[names[0]], "to", _DAYS[names[1]]]
    return [_DAYS[name] for name in names]


def _alpha(word: str, known: Lexicon) -> list[str]:
    if not word.isalpha() or known.has_word(word):
        return [word]
    pieces = apart(word)
    return pieces or [_mend(word) or word]


@lru_cache(maxsize=4096)
def _mend(word: str) -> str:
    return mended(word)


def _single(word: str) -> Token:
    if word[0].isdigit() or word[0] == ".":
        return _numeric(word)
    if word[0] == CLOCK and len(word) > 1:
        return Token(word, "clock", _hour(word))
    if word.startswith("strength:"):
        said = word[len("strength:") :].replace(JOINT, " ").replace(" %", "%")
        return Token(said, "strength", said)
    if word.startswith("mixed:"):
        said = word[len("mixed:") :].replace("_", " ")
        return Token(said, "when", f"mixed in {said}")
    if word in ",;":
        return Token(word, "comma" if word == "," else "stop")
    return Token(word, "noise" if word in _SILENT else "unknown", word)


def _numeric(word: str) -> Token:
    if _NUMBER.fullmatch(word):
        return Token(word, "number", word)
    over = _FRACTION.fullmatch(word)
    if over and int(over[2]) in _DIVISORS:
        return Token(word, "number", str(Decimal(over[1]) / Decimal(over[2])))
    ordinal = _ORDINAL.fullmatch(word)
    if ordinal:
        return Token(word, "ordinal", ordinal[1])
    return Token(word, "stop" if word == "." else "unknown", word)


def _hour(word: str) -> str:
    """ "at 8 AM", "at 5:30 PM" for §0800 and §1730."""
    hour, minutes = int(word[1:3]), word[3:5]
    half = "PM" if hour >= 12 else "AM"
    return f"at {hour % 12 or 12}{'' if minutes == '00' else ':' + minutes} {half}"


def _add(found: list[Token], token: Token, *, bracket: bool) -> None:
    """Join what belongs together: "1 1/2", "2 and one-half", "4 (four)", "1 spray"."""
    last = found[-1] if found else None
    if last is None:
        found.append(token)
    elif token.kind == "number":
        _add_number(found, token, last, bracket=bracket)
    elif token.text == "spray" and last.kind == "number":
        found.append(Token("spray", "unit", "spray"))
    elif token.text == "app" and last.kind == "number":
        found.append(Token("app", "unit", "application"))
    elif token.kind == "unit" and last.text in ("a", "an") and last.kind == "noise":
        _add_one(found, token)
    else:
        found.append(token)


def _add_one(found: list[Token], token: Token) -> None:
    """ "Take a tablet" is one tablet; "half a tablet" is said in one phrase."""
    if not token.text.endswith("s") and (len(found) < 2 or found[-2].kind != "number"):
        found[-1] = Token("a", "number", "1")
    found.append(token)


def _add_number(found: list[Token], token: Token, last: Token, *, bracket: bool) -> None:
    if _half_after_noun(found, token):
        return
    both = _and_a_half(found, token)
    if both is not None:
        del found[both[0] :]
        found.append(Token(f"{last.text} {token.text}", "number", both[1]))
    elif last.kind == "number" and _repeats(last, token, bracket=bracket):
        return
    elif not _repeats_range(found, token):
        found.append(token)


def _and_a_half(found: list[Token], token: Token) -> tuple[int, str] | None:
    """Where a mixed number begins and its value, when this token is its fraction."""
    part = token.number()
    back = next((i for i, t in enumerate(reversed(found), 1) if t.kind != "noise"), 1)
    back += found[-back].kind == "and"
    if not 0 < part < 1 or len(found) < back or found[-back].kind != "number":
        return None
    whole = found[-back].number()
    return (len(found) - back, str(whole + part)) if whole == int(whole) >= 1 else None


def _half_after_noun(found: list[Token], token: Token) -> bool:
    """Spanish says the part last: "1 tableta y media"."""
    kinds = [t.kind for t in found[-3:]]
    if token.text not in _PARTS_AFTER or kinds != ["number", "unit", "and"]:
        return False
    whole = found[-3]
    found[-3] = Token(
        f"{whole.text} {token.text}", "number", str(whole.number() + token.number())
    )
    del found[-1]
    return True


def _repeats(last: Token, token: Token, *, bracket: bool) -> bool:
    one_in_words = last.text.isalpha() != token.text.isalpha()
    return last.number() == token.number() and (bracket or one_in_words)


def _repeats_range(found: list[Token], token: Token) -> bool:
    """ "4 to 6 (four to six)": the second range says the first again."""
    if len(found) < 5 or [t.kind for t in found[-2:]] != ["number", "to"]:
        return False
    if [t.kind for t in found[-5:-2]] != ["number", "to", "number"]:
        return False
    if (found[-5].number(), found[-3].number()) != (found[-2].number(), token.number()):
        return False
    del found[-2:]
    return True


def without_noise(read: list[Token]) -> list[Token]:
    """Drop filling words, and commas but before an unknown word: there a thought may end."""
    spoken = [token for token in read if token.kind != "noise"]
    kept: list[Token] = []
    for place, token in enumerate(spoken):
        after = spoken[place + 1] if place + 1 < len(spoken) else None
        if token.kind == "of" and not _names_drug(spoken, place):
            continue
        if token.kind == "unknown" and kept and kept[-1].kind == "of":
            kept[-1] = Token(token.text, "drug", token.text)
            continue
        if token.kind == "comma" and _lists_times(kept, after):
            kept.append(Token("and", "and"))
        elif token.kind != "comma" or (after is not None and after.kind == "unknown"):
            kept.append(token)
    return kept


def _lists_times(kept: list[Token], after: Token | None) -> bool:
    """ "In the morning, at noon and at bedtime": the comma stands for an "and"."""
    return bool(kept) and kept[-1].kind == "when" and after is not None and after.kind == "when"


def _names_drug(spoken: list[Token], place: int) -> bool:
    """ "tablet of ibuprofen": the word after "of" is what is taken."""
    return (
        0 < place < len(spoken) - 1
        and spoken[place - 1].kind == "unit"
        and spoken[place + 1].kind == "unknown"
        and spoken[place + 1].text.isalpha()
    )
