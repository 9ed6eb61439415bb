"""What changes no dose: reasons and purposes, advice beside the directions, sliding scales."""

import re
from collections.abc import Sequence

from apothecary.directions.draft import Draft
from apothecary.directions.tokens import Token

_JOIN = {"to": "or", "and": "and", "slash": "or"}
# Words that begin another instruction: swallowed into a reason they would be lost.
_NO_REASON = frozenset(
    {
        *("avoid", "call", "do", "except", "hold", "if", "increase", "may", "must", "no"),
        *("not", "only", "repeat", "see", "skip", "stop", "until", "when", "while", "unless"),
        *("before", "after", "extra", "additional", "another", "more", "less", "than"),
    }
)
# In a remark these would be a dose or a frequency nobody read.
_DOSING = re.compile(r"NU|N(?:rN)?T|F|EN|EP|EoP|NQ|[CYwvt]|A|l|LN")


def as_needed(draft: Draft, read: Sequence[Token]) -> None:
    """As needed, with the reason where one follows."""
    words = [t for t in read[1:] if t.kind != "for"]
    for token in words:
        if token.kind == "unknown" and token.text in _NO_REASON:
            draft.not_understood(token.text)
    draft.as_needed(_named(words))


def purpose(draft: Draft, read: Sequence[Token]) -> None:
    """For what it is given."""
    for token in read[1:]:
        if token.kind == "unknown" and (token.text in _NO_REASON or not token.text.isalpha()):
            draft.not_understood(token.text)
    name = _named(read[1:])
    draft.purpose(f"{read[0].value} {name}".strip() if read[0].kind == "purpose" else name)


def _named(words: Sequence[Token]) -> str:
    """The reason in words; a degree of pain or a limit stays beside it, its sign in words."""
    known = all(t.kind in ("reason", "to", "and", "slash", "site") for t in words)
    parts: list[str] = []
    for token in words:
        if token.kind == "reason":
            parts.append(token.value)
        elif token.kind in _JOIN and (known or token.kind == "slash"):
            parts.append(_JOIN[token.kind])
        elif token.kind == "over":
            parts.append(token.value)
        else:
            parts.append(token.text)
    name = " ".join(parts)
    return re.sub(r" ?(\d+) to (\d+)$", r" (\1-\2)", name).strip()


def without_notes(draft: Draft, read: list[Token]) -> list[Token]:
    """Take advice out of the tokens; what names a dose or a time is asked and never dropped."""
    kept: list[Token] = []
    place = 0
    while place < len(read):
        if read[place].kind != "note":
            kept.append(read[place])
            place += 1
            continue
        end = _end_of_note(read, place)
        while kept and kept[-1].kind in ("then", "and"):
            kept.pop()
        words = read[place:end]
        letters = "".join(token.letter for token in words[1:])
        text = " ".join(token.text for token in words).replace(" ,", ",")
        if _DOSING.search(letters) and read[place].value != "note":
            draft.ask(f"What is meant by {text!r}?")
        else:
            draft.note(text.removeprefix("note").strip() if words[0].text == "note" else text)
        place = end
    return kept


def _end_of_note(read: list[Token], place: int) -> int:
    """At a full stop, or where a verb with its dose begins a direction."""
    for end in range(place + 1, len(read)):
        if read[end].kind == "stop":
            return end
        after = read[end + 1].kind if end + 1 < len(read) else ""
        if read[end].kind == "verb" and after == "number" and end > place + 1:
            return end
    return len(read)


def without_scale(draft: Draft, read: list[Token]) -> list[Token]:
    """A sliding scale is named as such; its figures are no dose of their own."""
    place = next((i for i, t in enumerate(read) if t.kind == "scale"), None)
    if place is None:
        return read
    draft.ask("By which sliding scale, and what is the most for one day?")
    draft.scale = True
    rest = read[place + 1 :]
    rows = next((i for i, t in enumerate(rest) if t.kind in ("number", "over", "stop")), None)
    figures = [] if rows is None else rest[rows:]
    if any(t.kind == "number" for t in figures):
        draft.note(" ".join(t.text for t in (read[place], *figures)))
        rest = rest[:rows]
    before = read[:place]
    if before and before[-1].kind in ("and", "per_what"):
        before = before[:-1]
    return [*before, *rest]
