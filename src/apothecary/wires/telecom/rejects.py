"""Reject codes in plain words: what it says, which field it points at, whose desk it is."""

import csv
from collections.abc import Mapping
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


def reject_meaning(code: str, *, version: str = "D0") -> RejectMeaning:
    """The meaning of a code as sent. A code we do not know is shown as it is, never hidden.

    Most codes outside the list are themselves the id of a missing or invalid field; those are
    explained from the field table.
    """
    code = code.strip()
    found = _table().get(code)
    if found:
        return found
    field = VERSIONS[version].by_id.get(code)
    if field:
        says = f"Missing or invalid: {field.name}"
        return RejectMeaning(code, says, code, "entry", f"Correct field {code}.", known=True)
    says = f"Reject code {code}, which this list does not explain"
    return RejectMeaning(code, says, "", "", "Read the payer's message or call.", known=False)


@cache
def _table() -> Mapping[str, RejectMeaning]:
    text = files(__package__).joinpath("rejects.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    meanings = {
        row["code"]: RejectMeaning(
            row["code"], row["says"], row["field"], row["desk"], row["cause"], known=True
        )
        for row in rows
    }
    return MappingProxyType(meanings)
