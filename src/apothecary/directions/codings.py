"""Codes of public code systems for our typed values; what has no row goes out as text only.

``codings.csv``: every row with its source and mark. The SNOMED CT codes are those that the FHIR
specification itself publishes for routes; a site that uses them needs the licence of its
country (free of charge in the United States).
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "codings.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """A code of a system for one typed value, with the source of the row."""

    value: str
    system: str
    code: str
    display: str
    cite: str
    verified: str


@cache
def codings(kind: str) -> Mapping[str, Coding]:
    """The codes of one kind by our value; KeyError for a kind that is none."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == kind]
    if not rows:
        raise KeyError(kind)
    return {
        row["value"]: Coding(
            value=row["value"],
            system=row["system"],
            code=row["code"],
            display=row["display"],
            cite=row["cite"],
            verified=row["verified"],
        )
        for row in rows
    }


@cache
def values(kind: str) -> Mapping[str, str]:
    """Our value by its code; the first row wins where two values share a code."""
    found: dict[str, str] = {}
    for coding in codings(kind).values():
        found.setdefault(coding.code, coding.value)
    return found
