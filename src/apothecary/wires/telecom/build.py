"""Make a transmission from typed values; the field table gives order, kind and length."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from apothecary.wires.errors import Fault, malformed
from apothecary.wires.telecom.message import Kind, Message, Pair, Segment, Transaction
from apothecary.wires.telecom.tables import (
    BILLING_NEEDS,
    REQUEST_PLACES,
    RESPONSE_PLACES,
    RUNNING_COUNTERS,
    VERSIONS,
    Field,
    HeaderField,
    Places,
    Version,
)
from apothecary.wires.telecom.values import WRITERS, Value

Fields = Mapping[str, "Value | Sequence[Fields]"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A segment to be written: field id → value, in any order.

    Under the id of a counter stands the list of its occurrences instead of a number:
    ``Draft("07", {"EM": "1", "NX": [{"DK": "42"}]})``; the builder writes the count.
    """

    segment: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class RequestHeader:
    """What stands in front of every request. Texts unpadded."""

    bin: str
    transaction_code: str
    pcn: str
    service_provider_id: str
    date_of_service: date
    software_vendor_certification_id: str = ""
    service_provider_id_qualifier: str = "01"
    version: str = "D0"


@dataclass(frozen=True, slots=True)
class ResponseHeader:
    """What stands in front of every response. ``header_response_status`` is A or R."""

    transaction_code: str
    header_response_status: str
    service_provider_id: str
    date_of_service: date
    service_provider_id_qualifier: str = "01"
    version: str = "D0"


def build_request(
    header: RequestHeader,
    *,
    transmission: Sequence[Draft],
    transactions: Sequence[Sequence[Draft]] = (),
) -> bytes:
    """A request of any transaction code of the table, ready for the wire.

    Raises Malformed with every fault at once: a value too long or of the wrong kind, an unknown
    field, a segment in the wrong place, a billing without what no payer does without.
    """
    return _build("request", header, transmission, transactions)


def build_response(
    header: ResponseHeader,
    *,
    transmission: Sequence[Draft] = (),
    transactions: Sequence[Sequence[Draft]] = (),
) -> bytes:
    """A response ready for the wire; same refusals as ``build_request``."""
    return _build("response", header, transmission, transactions)


def cut(field_id: str, text: str, *, version: str = "D0") -> str:
    """Text cut to what the field can hold, as payers expect of names and addresses."""
    return text[: VERSIONS[version].by_id[field_id].length].rstrip(" ")


def _build(
    kind: Kind,
    header: RequestHeader | ResponseHeader,
    transmission: Sequence[Draft],
    transactions: Sequence[Sequence[Draft]],
) -> bytes:
    version = VERSIONS.get(header.version)
    if version is None:
        raise malformed([Fault("header version", f"{header.version!r} is not known")])
    table = REQUEST_PLACES if kind == "request" else RESPONSE_PLACES
    places = table.get(header.transaction_code)
    if places is None:
        reason = f"{header.transaction_code!r} is none of {', '.join(table)}"
        raise malformed([Fault("header transaction_code", reason)])
    faults: list[Fault] = []
    layout = version.request_header if kind == "request" else version.response_header
    text = _header_text(header, layout, len(transactions), faults)
    faults += _place_faults(header.transaction_code, kind, places, transmission, transactions)
    groups = [_group(drafts, version, faults) for drafts in (transmission, *transactions)]
    if faults:
        raise malformed(faults)
    return Message.of(kind, version, text, groups).to_bytes()


def _header_text(
    header: RequestHeader | ResponseHeader,
    layout: tuple[HeaderField, ...],
    count: int,
    faults: list[Fault],
) -> str:
    text = ""
    for field in layout:
        if field.name == "transaction_count":
            text += str(count or 1)
            continue
        value = getattr(header, field.name)
        try:
            if field.name == "header_response_status" and value not in ("A", "R"):
                raise ValueError(f"must be A or R, is {value!r}")
            if field.kind == "digits":
                text += _exact_digits(value, field.length)
            else:
                text += WRITERS[field.kind](value, field.length).ljust(field.length)
        except ValueError as error:
            faults.append(Fault(f"header {field.name}", str(error)))
    return text


def _exact_digits(value: str, length: int) -> str:
    if len(value) != length or not (value.isascii() and value.isdigit()):
        raise ValueError(f"must be {length} digits, is {value!r}")
    return value


def _place_faults(
    code: str,
    kind: Kind,
    places: Places,
    transmission: Sequence[Draft],
    transactions: Sequence[Sequence[Draft]],
) -> Iterator[Fault]:
    for draft in transmission:
        if draft.segment not in places.transmission:
            yield Fault(
                f"segment {draft.segment}", f"does not stand before the claims of {code}"
            )
    for number, drafts in enumerate(transactions, start=1):
        for draft in drafts:
            if draft.segment not in places.transactions:
                reason = f"does not belong in transaction {number} of {code}"
                yield Fault(f"segment {draft.segment}", reason)
    yield from _number_faults(code, kind, transactions)
    if kind == "request" and code in ("B1", "B3"):
        for number, drafts in enumerate(transactions, start=1):
            yield from _missing([*transmission, *drafts], number)


def _number_faults(
    code: str, kind: Kind, transactions: Sequence[Sequence[Draft]]
) -> Iterator[Fault]:
    if code == "E1" and kind == "request":
        return
    if not 1 <= len(transactions) <= 4 and not (kind == "response" and not transactions):
        yield Fault("transactions", f"must be 1 to 4, are {len(transactions)}")
    compound = any(draft.segment == "10" for drafts in transactions for draft in drafts)
    if compound and len(transactions) > 1:
        yield Fault("transactions", f"are {len(transactions)}, a compound travels alone")


def _missing(drafts: Sequence[Draft], number: int) -> Iterator[Fault]:
    for segment, needed in BILLING_NEEDS.items():
        given = {name for draft in drafts if draft.segment == segment for name in draft.fields}
        for name in needed:
            if name not in given:
                where = f"segment {segment} field {name} ({VERSIONS['D0'].name_of(name)})"
                yield Fault(where, f"is missing, needed to bill transaction {number}")


def _group(drafts: Sequence[Draft], version: Version, faults: list[Fault]) -> Transaction:
    segments = []
    for draft in drafts:
        table = version.by_segment.get(draft.segment)
        if table is None:
            faults.append(Fault(f"segment {draft.segment}", "is not in the field table"))
            continue
        pairs = [("AM", draft.segment), *_pairs(draft.fields, table, (), draft.segment, faults)]
        segments.append(Segment.of(pairs, version))
    return Transaction(segments)


def _pairs(
    fields: Fields,
    table: Mapping[str, Field],
    group: tuple[str, ...],
    segment: str,
    faults: list[Fault],
) -> Iterator[Pair]:
    known: list[Field] = []
    for name in fields:
        field = table.get(name)
        if field is None or field.group != group:
            inside = f" inside group {'>'.join(group)}" if group else ""
            faults.append(
                Fault(f"segment {segment} field {name}", f"is not known here{inside}")
            )
        else:
            known.append(field)
    counters = {field.group[-1] for field in table.values() if field.group}
    for field in sorted(known, key=lambda one: one.order):
        value = fields[field.id]
        where = f"segment {segment} field {field.id} ({field.name})"
        if field.id in counters:
            if isinstance(value, str | int | Decimal | date | time):
                faults.append(Fault(where, "takes the list of its occurrences, not a count"))
                continue
            yield from _repeats(field, value, table, group, segment, faults)
        elif isinstance(value, str | int | Decimal | date | datetime | time):
            yield from _pair(field, value, where, faults)
        else:
            faults.append(Fault(where, "does not repeat"))


def _repeats(
    counter: Field,
    occurrences: Sequence[Fields],
    table: Mapping[str, Field],
    group: tuple[str, ...],
    segment: str,
    faults: list[Fault],
) -> Iterator[Pair]:
    where = f"segment {segment} field {counter.id} ({counter.name})"
    inner = (*group, counter.id)
    running = counter.id in RUNNING_COUNTERS
    if not running and occurrences:
        yield from _pair(counter, len(occurrences), where, faults)
    for number, occurrence in enumerate(occurrences, start=1):
        if running:
            yield from _pair(counter, number, where, faults)
        yield from _pairs(occurrence, table, inner, segment, faults)


def _pair(field: Field, value: Value, where: str, faults: list[Fault]) -> Iterator[Pair]:
    try:
        yield field.id, WRITERS[field.kind](value, field.length)
    except ValueError as error:
        faults.append(Fault(where, str(error)))
