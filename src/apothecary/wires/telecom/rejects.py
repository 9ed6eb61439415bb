"""Reject codes in plain words: what it says, which field it points at, whose desk it is.

Two tables beside this file hold all 1,540 codes. ``rejects.tsv``: codes worded one by one.
``reject_series.tsv``: codes that say one regular thing about one field or segment; the
sentence comes from ``_SERIES``, the name from the field table or, where the version we speak
has no such field, from the row. Which codes exist and what each is about: the list of the
Department of Veterans Affairs (public domain), as of 2026-07; every sentence is our own.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from apothecary.wires.telecom.tables import VERSIONS


@dataclass(frozen=True, slots=True)
class RejectMeaning:
    """A reject code explained. ``known`` is False when only the code itself can be shown.

    ``field`` is the id of the field the code points at, empty when it points at none.
    ``desk`` groups the work: entry, eligibility, coverage, authorization, limits, safety,
    duplicate, other payer, prescriber, pharmacy, switch, reversal; empty when unknown.
    """

    code: str
    says: str
    field: str
    desk: str
    cause: str
    known: bool


_TELL = "Tell the person who looks after the system."
# Series → what it says about its subject, and what to do.
_SERIES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "missing": ("Missing or invalid: {}", "Correct field {}."),
        "pdmp": ("Monitoring programme, missing or invalid: {}", "Correct field {}."),
        "unused": ("Sent, but not used in this transaction: {}", _TELL),
        "unsupported": (
            "The payer does not take this value: {}",
            "Choose a value the payer takes in field {}.",
        ),
        "uncovered": (
            "The plan does not cover this: {}",
            "Check field {}; ask the plan what it covers.",
        ),
        "unmatched": (
            "Not found in the payer's records: {}",
            "Compare field {} with the card or the paper.",
        ),
        "repeats": ("Count and repeats differ: {}", _TELL),
        "too_many": (
            "More repeats than the payer takes: {}",
            "Send fewer; the payer sheet may say how many (field {}).",
        ),
        "order": ("Sent behind the field it belongs in front of: {}", _TELL),
        "grouping": ("Fields that belong together stand apart: {}", _TELL),
        "segment_missing": (
            "A part of the claim is missing or invalid: {}",
            "Fill in this part of the claim.",
        ),
        "segment_wanted": (
            "The payer wants a further part of the claim: {}",
            "Fill in this part of the claim; the payer sheet may say what.",
        ),
        "segment_shape": ("A part of the claim is not built as it should be: {}", _TELL),
        "segment_unused": (
            "A part was sent that this transaction does not have: {}",
            _TELL,
        ),
        "network": (
            "The pharmacy is not in the plan's network: {}",
            "The patient may need another pharmacy; call the plan.",
        ),
    }
)
# Instead of a cause that names a field, where the version we speak has none.
_NO_FIELD = "Not a field of the version we send: ask the payer's help desk what it wants."


def reject_meaning(code: str, *, version: str = "D0") -> RejectMeaning:
    """The meaning of a code as sent. A code we do not know is shown as it is, never hidden.

    A code outside both tables that is the id of a field is explained from the field table:
    payers use the ids of response fields in the same way.
    """
    code = code.strip()
    found = _table(version).get(code)
    if found:
        return found
    if code in VERSIONS[version].by_id:
        return _regular(code, "missing", code, VERSIONS[version].name_of(code), "entry")
    says = f"Reject code {code}, which this list does not explain"
    return RejectMeaning(code, says, "", "", "Read the payer's message or call.", known=False)


def known_rejects() -> tuple[str, ...]:
    """Every code of the two tables, in the order of the tables."""
    return tuple(_table("D0"))


@cache
def _table(version: str) -> Mapping[str, RejectMeaning]:
    meanings = {
        row["code"]: RejectMeaning(
            row["code"], row["says"], row["field"], row["desk"], row["cause"], known=True
        )
        for row in _rows("rejects.tsv")
    }
    for row in _rows("reject_series.tsv"):
        subject = row["subject"] or VERSIONS[version].name_of(row["field"])
        meanings[row["code"]] = _regular(
            row["code"], row["series"], row["field"], subject, row["desk"]
        )
    return MappingProxyType(meanings)


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)


def _regular(code: str, series: str, field: str, subject: str, desk: str) -> RejectMeaning:
    says, cause = _SERIES[series]
    if "{}" in cause:
        cause = cause.format(field) if field else _NO_FIELD
    return RejectMeaning(code, says.format(subject), field, desk, cause, known=True)
