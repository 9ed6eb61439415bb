"""The field tables of NCPDP Telecommunication, with the version as data.

``fields.tsv`` (beside this file) holds segment, order, id, number, name, kind, largest length
per version and repeating group of every field, and its name in F6 where that is another; the
headers and the places of the segments are the small tables below. Kinds: text, digits, date
(CCYYMMDD), time (HHMM), money (signed overpunch, 2 implied decimals), rate (signed overpunch,
4), quantity (unsigned, 3).
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

# Groups whose counter field is a running number in front of each occurrence, not a total.
RUNNING_COUNTERS = frozenset({"7E", "XE", "J6"})

SEGMENT_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "01": "Patient",
        "02": "Pharmacy provider",
        "03": "Prescriber",
        "04": "Insurance",
        "05": "Coordination of benefits",
        "06": "Workers' compensation",
        "07": "Claim",
        "08": "DUR/PPS",
        "09": "Coupon",
        "10": "Compound",
        "11": "Pricing",
        "12": "Prior authorization",
        "13": "Clinical",
        "14": "Additional documentation",
        "15": "Facility",
        "16": "Narrative",
        "20": "Response message",
        "21": "Response status",
        "22": "Response claim",
        "23": "Response pricing",
        "24": "Response DUR/PPS",
        "25": "Response insurance",
        "26": "Response prior authorization",
        "27": "Response additional insurance",
        "28": "Response other payers",
        "29": "Response patient",
    }
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of one segment. ``group``: the counters it repeats under, outermost first."""

    segment: str
    order: int
    id: str
    number: str
    name: str
    kind: str
    length: int
    group: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeaderField:
    """A slice of a fixed header; ``start`` and ``length`` in characters."""

    name: str
    id: str
    start: int
    length: int
    kind: str


@dataclass(frozen=True, slots=True)
class Places:
    """The segments a code may carry: once a transmission, or in each transaction."""

    transmission: tuple[str, ...]
    transactions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One release of the standard: its headers and its fields."""

    code: str
    request_header: tuple[HeaderField, ...]
    response_header: tuple[HeaderField, ...]
    by_id: Mapping[str, Field]
    by_segment: Mapping[str, Mapping[str, Field]]

    def name_of(self, field_id: str) -> str:
        """The field's plain name, or the bare id of a field we do not know."""
        field = self.by_id.get(field_id)
        return field.name if field else f"Field {field_id}"


def _header(*parts: tuple[str, str, int, str]) -> tuple[HeaderField, ...]:
    fields, start = [], 0
    for name, field_id, length, kind in parts:
        fields.append(HeaderField(name, field_id, start, length, kind))
        start += length
    return tuple(fields)


def _request_header(bin_length: int) -> tuple[HeaderField, ...]:
    return _header(
        ("bin", "A1", bin_length, "digits"),
        ("version", "A2", 2, "text"),
        ("transaction_code", "A3", 2, "text"),
        ("pcn", "A4", 10, "text"),
        ("transaction_count", "A9", 1, "text"),
        ("service_provider_id_qualifier", "B2", 2, "text"),
        ("service_provider_id", "B1", 15, "text"),
        ("date_of_service", "D1", 8, "date"),
        ("software_vendor_certification_id", "AK", 10, "text"),
    )


_RESPONSE_HEADER = _header(
    ("version", "A2", 2, "text"),
    ("transaction_code", "A3", 2, "text"),
    ("transaction_count", "A9", 1, "text"),
    ("header_response_status", "F1", 1, "text"),
    ("service_provider_id_qualifier", "B2", 2, "text"),
    ("service_provider_id", "B1", 15, "text"),
    ("date_of_service", "D1", 8, "date"),
)


def _load(code: str, bin_length: int) -> Version:
    table = files(__package__).joinpath("fields.tsv").read_text(encoding="utf-8")
    by_id: dict[str, Field] = {}
    by_segment: dict[str, dict[str, Field]] = {}
    for row in csv.DictReader(table.splitlines(), delimiter="\t"):
        field = Field(
            segment=row["segment"],
            order=int(row["order"]),
            id=row["id"],
            number=row["number"],
            name=row.get(f"name_{code.lower()}") or row["name"],
            kind=row["kind"],
            length=int(row[f"length_{code.lower()}"]),
            group=tuple(row["group"].split(">")) if row["group"] else (),
        )
        by_id.setdefault(field.id, field)
        by_segment.setdefault(field.segment, {})[field.id] = field
    return Version(
        code=code,
        request_header=_request_header(bin_length),
        response_header=_RESPONSE_HEADER,
        by_id=MappingProxyType(by_id),
        by_segment=MappingProxyType(by_segment),
    )


# F6 widens the first header field to eight digits; its later offsets follow from that.
VERSIONS: Mapping[str, Version] = MappingProxyType({"D0": _load("D0", 6), "F6": _load("F6", 8)})


def _places(transmission: str, transactions: str) -> Places:
    return Places(tuple(transmission.split()), tuple(transactions.split()))


_BILLING = _places("04 01", "07 11 02 03 05 06 08 09 10 13 14 15 16")
_SERVICE = _places("04 01", "07 11 02 03 05 06 08 13 14 15 16")
_REPORT = _places("04 01", "07 11 02 03 06 08 13")
_CONTROLLED = _places("01", "07 02 03")
_PAID = _places("20 25 29", "21 22 23 24 26 28")
_REPORTED = _places("20 25 29", "21 22 24")
_NOTED = _places("20", "21 22")

# What each transaction code is for, in our words. The first letter is the family.
TRANSACTION_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "B1": "Billing",
        "B2": "Reversal of a billing",
        "B3": "Reversal and new billing in one",
        "E1": "Eligibility question",
        "P1": "Prior authorization asked for, with the billing",
        "P2": "Prior authorization taken back",
        "P3": "Prior authorization asked after",
        "P4": "Prior authorization asked for, without a billing",
        "S1": "Billing of a service",
        "S2": "Reversal of a service",
        "S3": "Reversal and new billing of a service in one",
        "N1": "Information about what another payer paid",
        "N2": "Reversal of such information",
        "N3": "Reversal and new information in one",
        "C1": "Controlled substance dispensed",
        "C2": "Reversal of a controlled substance report",
        "C3": "Reversal and new controlled substance report in one",
        "D1": "What would be paid, asked before dispensing",
    }
)

REQUEST_PLACES: Mapping[str, Places] = MappingProxyType(
    {
        "B1": _BILLING,
        "B3": _BILLING,
        "B2": _places("04", "07 11 05 08"),
        "E1": _places("04 01 02 03 14", ""),
        "P1": _places("04 01", "07 11 12 02 03 05 06 08 10 13 14 15 16"),
        "P2": _places("04", "12"),
        "P3": _places("04", "12"),
        "P4": _places("04 01", "07 12 03 06 08 10 13"),
        "S1": _SERVICE,
        "S2": _places("04", "07 05"),
        "S3": _SERVICE,
        "N1": _REPORT,
        "N2": _places("04 01", "07"),
        "N3": _REPORT,
        "C1": _CONTROLLED,
        "C2": _CONTROLLED,
        "C3": _CONTROLLED,
        "D1": _places("04 01", "07 11 02 03 08 10 13 15"),
    }
)

RESPONSE_PLACES: Mapping[str, Places] = MappingProxyType(
    {
        "B1": _PAID,
        "B3": _PAID,
        "B2": _places("20", "21 22 23"),
        "E1": _places("20 25 27 29", "21 28"),
        "P1": _PAID,
        "P2": _places("20", "21"),
        "P3": _PAID,
        "P4": _places("20", "21 22 26 28"),
        "S1": _PAID,
        "S2": _NOTED,
        "S3": _PAID,
        "N1": _REPORTED,
        "N2": _NOTED,
        "N3": _REPORTED,
        "C1": _NOTED,
        "C2": _NOTED,
        "C3": _NOTED,
        "D1": _places("20 25 29", "21 22 23 24 28"),
    }
)

# What no payer adjudicates a billing without: segment → fields. An order of usage, not a rule
# of the standard's text, which leaves much of it to the payer sheet.
BILLING_NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "04": ("C2",),
        "01": ("C4", "C5"),
        "07": ("EM", "D2", "E1", "D7", "E7", "D3", "D5", "D6", "D8", "DE"),
        "11": ("D9", "DQ", "DU", "DN"),
        "03": ("EZ", "DB"),
    }
)
