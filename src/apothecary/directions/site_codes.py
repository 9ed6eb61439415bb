"""A site's own sig codes: one word each, written out as the directions it stands for.

A code stands for plain words or shipped codes, never for another code of the site, so that what
it makes can be shown before it is used and does not change by itself.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from apothecary.directions.tokens import Token, tokens
from apothecary.directions.words import SigCode, sig_codes

LONGEST_CODE, LONGEST_MEANING = 20, 300
_CODE = re.compile(r"[a-z0-9]{2,20}")
# Of these a direction is asked back, whoever wrote it.
_OPEN_KINDS = frozenset({"unknown", "ask", "taper"})
_COLUMNS = ("code", "means")
_YES = frozenset({"yes", "y", "true", "1"})


@dataclass(frozen=True, slots=True)
class CodeProblem:
    """Why a code may not be kept, and whether a person may confirm it all the same."""

    field: str
    says: str
    cite: str = ""
    verified: str = ""
    may_be_confirmed: bool = False


class SiteCodes:
    """The codes of one site, by what they stand for."""

    def __init__(self, codes: Mapping[str, str]) -> None:
        self._means = {plain_code(code): means for code, means in codes.items()}
        longest_first = sorted(self._means, key=len, reverse=True)
        words = "|".join(re.escape(code) for code in longest_first)
        # A code is a whole word: neither a part of one nor of a number, a rate or a fraction.
        self._pattern = re.compile(rf"(?<![\w./-])(?:{words})(?![\w/-])(?!\.\d)", re.IGNORECASE)

    def __len__(self) -> int:
        return len(self._means)

    def written_out(self, text: str) -> str:
        """The text with each code of the site replaced by its meaning, once."""
        if not self._means:
            return text
        return self._pattern.sub(lambda found: self._means[plain_code(found[0])], text)


def plain_code(code: str) -> str:
    """A code as it is kept: lower case, without blanks around it."""
    return code.strip().casefold()


def code_problems(code: str, means: str) -> list[CodeProblem]:
    """Every reason against a code of a site; none means it may be kept.

    What the house reads already, above all an error-prone abbreviation, is only kept when a
    person confirms it (``may_be_confirmed``).
    """
    found = []
    plain = plain_code(code)
    if not _CODE.fullmatch(plain) or not any(sign.isalpha() for sign in plain):
        says = f"A code is one word of 2 to {LONGEST_CODE} letters and digits, with a letter."
        found.append(CodeProblem("code", says))
    else:
        found += _shadows(plain)
    if not means.strip():
        found.append(CodeProblem("means", "Say what it stands for."))
    elif len(means) > LONGEST_MEANING:
        found.append(CodeProblem("means", f"At most {LONGEST_MEANING} characters, please."))
    else:
        found += _open_words(means)
    return found


def _shadows(code: str) -> list[CodeProblem]:
    known = _error_prone().get(code)
    if known is not None:
        says = f"{code.upper()} is on the list of error-prone abbreviations."
        return [CodeProblem("code", says, known.cite, known.verified, may_be_confirmed=True)]
    read = tokens(code)
    if any(token.kind == "unknown" for token in read):
        return []
    says = f"{code.upper()} is read already: {' '.join(_said(token) for token in read)}."
    return [CodeProblem("code", says, may_be_confirmed=True)]


def _said(token: Token) -> str:
    """What a token stands for, in words."""
    if token.kind == "frequency":
        times, span, unit = token.value.split("/")
        return f"{times} times in {span} {unit}"
    if token.kind == "per":
        return f"every {token.value.replace('/', ' ')}"
    return token.value.replace("/", ", ") or token.text


@cache
def _error_prone() -> Mapping[str, SigCode]:
    return {code.word.phrase: code for code in sig_codes() if code.word.error_prone}


def _open_words(means: str) -> list[CodeProblem]:
    """A meaning of which a word is asked back would be asked at every prescription."""
    words = [token.text for token in tokens(means) if token.kind in _OPEN_KINDS]
    return [CodeProblem("means", f"{word!r} is not understood.") for word in words]


def read_codes(text: str) -> SiteCodes:
    """The codes of a CSV table with the columns ``code``, ``means`` and, if any, ``confirmed``.

    ValueError names row and field of the first that cannot be; a code that is read already
    needs ``yes`` in ``confirmed``.
    """
    table = csv.DictReader(io.StringIO(text, newline=""), restval="")
    try:
        rows = list(table)
    except csv.Error as bad:
        raise ValueError(f"it is no table: {bad}") from bad
    missing = [name for name in _COLUMNS if name not in (table.fieldnames or ())]
    if missing:
        raise ValueError(f"the column {missing[0]} is missing")
    codes: dict[str, str] = {}
    for place, row in enumerate(rows, start=1):
        code, means = plain_code(row["code"]), row["means"].strip()
        if code in codes:
            raise ValueError(f"row {place}: code: {code!r} stands twice")
        confirmed = row.get("confirmed", "").strip().casefold() in _YES
        for problem in not_settled(code_problems(code, means), confirmed=confirmed):
            raise ValueError(f"row {place}: {problem.field}: {problem.says}")
        codes[code] = means
    return SiteCodes(codes)


def not_settled(problems: Iterable[CodeProblem], *, confirmed: bool) -> list[CodeProblem]:
    """The problems that still stand once a person has confirmed what may be confirmed."""
    return [one for one in problems if not (confirmed and one.may_be_confirmed)]
