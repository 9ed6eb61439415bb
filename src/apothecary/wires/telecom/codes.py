"""What the codes in a message mean, in our own short words, for screens and printouts.

``codes.tsv`` beside this file: list, code without leading zeros, sentence, mark. Which codes
exist and what each is about: the code lists of the Department of Veterans Affairs (public
domain), as of 2026-07, mark V; those marked K are common knowledge of the trade and not yet
read in a source. The lists reach beyond D.0: a few values came with F6. Codes a pharmacy does
not meet, such as product numbers of drug databases, are left as bare codes.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from apothecary.wires.telecom.tables import TRANSACTION_NAMES

# Field → list. Fields that share a list of values share its words.
LISTS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("E1", "RE", "EJ", "TZ", "AP", "J9"), "product_id"),
        **dict.fromkeys(("EZ", "2E"), "prescriber_id"),
        **dict.fromkeys(("B2", "EY"), "pharmacy_id"),
        **dict.fromkeys(("6C", "J7"), "payer_id"),
        **dict.fromkeys(("DN", "UE"), "cost_basis"),
        **dict.fromkeys(("C6", "UW"), "relationship"),
        "28": "unit",
        "4X": "residence",
        "5C": "coverage_order",
        "7F": "help_desk",
        "8E": "effort",
        "AN": "status",
        "C5": "sex",
        "C7": "place",
        "C8": "other_coverage",
        "D6": "compound",
        "D8": "daw",
        "DJ": "origin",
        "DK": "clarification",
        "E4": "reason",
        "E5": "service",
        "E6": "result",
        "EF": "compound_form",
        "EG": "compound_unit",
        "EM": "rx_kind",
        "EU": "pa_type",
        "F1": "header_status",
        "FM": "reimbursement",
        "FS": "significance",
        "FT": "other_pharmacy",
        "HC": "other_paid",
        "HD": "dispensing",
        "MV": "benefit_stage",
        "NP": "patient_share",
        "NV": "delay",
        "U7": "service_type",
        "UH": "message",
        "UR": "part_d_order",
        "WE": "diagnosis_kind",
    }
)


@dataclass(frozen=True, slots=True)
class CodeMeaning:
    """A code explained. ``known`` False: no words for it, ``says`` is the code as sent.

    ``mark`` tells how sure the row is: V read in a source, K trade knowledge.
    """

    code: str
    says: str
    mark: str
    known: bool


def code_meaning(field_id: str, code: str) -> str:
    """What a code in that field means, in a few words, or the bare code when we have none."""
    return explain_code(field_id, code).says


def explain_code(field_id: str, code: str) -> CodeMeaning:
    """The meaning of a code as sent: padding and leading zeros make no difference.

    Real traffic has both ``1`` and ``01`` for most short codes.
    """
    sent = code.strip(" ")
    if field_id == "A3" and sent in TRANSACTION_NAMES:
        return CodeMeaning(sent, TRANSACTION_NAMES[sent], "V", known=True)
    short = sent.lstrip("0") or sent[:1]
    row = _table().get((LISTS.get(field_id, ""), short))
    if row is None:
        return CodeMeaning(sent, sent, "", known=False)
    return CodeMeaning(sent, row["says"], row["mark"], known=True)


def codes_of(field_id: str) -> dict[str, str]:
    """Every code of a field that has words, in the order of the list, for a choice on a screen.

    Codes stand without leading zeros; empty for a field without a list.
    """
    wanted = LISTS.get(field_id, "")
    return {code: row["says"] for (name, code), row in _table().items() if name == wanted}


@cache
def _table() -> Mapping[tuple[str, str], dict[str, str]]:
    text = files(__package__).joinpath("codes.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return MappingProxyType({(row["list"], row["code"]): row for row in rows})
