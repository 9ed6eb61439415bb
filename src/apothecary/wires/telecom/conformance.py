"""What is not as the standard says in a message that could be read all the same."""

from collections.abc import Iterator, Mapping
from functools import cache

from apothecary.wires.errors import Fault, Malformed, malformed
from apothecary.wires.telecom.message import Message, Segment, Transaction, read
from apothecary.wires.telecom.tables import (
    REQUEST_PLACES,
    RESPONSE_PLACES,
    RUNNING_COUNTERS,
    TRANSACTION_NAMES,
    VERSIONS,
    Field,
    Places,
)
from apothecary.wires.telecom.values import READERS, read_text

LONGEST_COUNT = 4  # digits a running counter is read with


def conformance(message: Message) -> list[Fault]:
    """Every departure from the standard; an empty list means none was found.

    Unknown fields and segments are no departure: private ones are part of real traffic.
    """
    places = _places(message)
    faults = list(_header_faults(message))
    for number, group in enumerate(message.groups):
        allowed = places.transactions if number else places.transmission
        faults += _group_faults(group, number, places, allowed)
    return faults


def read_strictly(raw: bytes) -> Message:
    """Read one transmission and refuse it, with every fault, unless it conforms."""
    message = read(raw)
    faults = conformance(message)
    if faults:
        raise malformed(faults)
    return message


def _places(message: Message) -> Places:
    table = REQUEST_PLACES if message.kind == "request" else RESPONSE_PLACES
    return table.get(message.transaction_code, Places((), ()))


def _header_faults(message: Message) -> Iterator[Fault]:
    layout = message.header_layout
    length = layout[-1].start + layout[-1].length
    if len(message.header_text) != length:
        yield Fault("header", f"has {len(message.header_text)} characters, not {length}", 0)
    for field in layout:
        try:
            READERS[field.kind](message.header[field.name])
        except ValueError as error:
            yield Fault(f"header {field.name}", str(error), field.start)
    code = message.transaction_code
    if code not in TRANSACTION_NAMES:
        yield Fault("header transaction_code", f"is not known: {code!r}")
    status = message.header.get("header_response_status", "A")
    if status not in ("A", "R"):
        yield Fault("header header_response_status", f"must be A or R, is {status!r}")
    yield from _claim_count_faults(message, refused=status == "R")


def _claim_count_faults(message: Message, *, refused: bool) -> Iterator[Fault]:
    count = message.header["transaction_count"]
    found = len(message.transactions)
    # An eligibility question has no claims; a refused transmission need not answer any.
    without_groups = found == 0 and (refused or message.transaction_code == "E1")
    if count not in ("1", "2", "3", "4"):
        yield Fault("header transaction_count", f"must be 1 to 4, is {count!r}")
    elif int(count) != found and not without_groups:
        yield Fault("header transaction_count", f"says {count}, the message holds {found}")
    if found > 1 and any(one.segment("10") for one in message.transactions):
        yield Fault("header transaction_count", f"is {found}, a compound travels alone")


def _group_faults(
    group: Transaction, number: int, places: Places, allowed: tuple[str, ...]
) -> Iterator[Fault]:
    known = places.transmission + places.transactions
    level = f"transaction {number}" if number else "the transmission level"
    for segment in group:
        if segment.bare:
            yield Fault(f"segment {segment.id or '?'}", "has no segment separator before it")
        if segment.lead:
            yield Fault(
                f"segment {segment.id or '?'}", f"begins with stray text {segment.lead!r}"
            )
        if not segment.fields or segment.fields[0][0] != "AM":
            yield Fault("segment ?", f"does not begin with its id (field AM), in {level}")
        elif segment.id in known and segment.id not in allowed:
            yield Fault(f"segment {segment.id}", f"does not belong in {level}")
        yield from _value_faults(segment)
        yield from _count_faults(segment)


def _value_faults(segment: Segment) -> Iterator[Fault]:
    table = segment.version.by_segment.get(segment.id, {})
    for field_id, raw in segment.fields:
        if len(field_id) < 2:
            yield Fault(segment.path(field_id), "a field separator without a field id")
        field = table.get(field_id)
        if field:
            yield from _one_value(segment, field, raw)


def _one_value(segment: Segment, field: Field, raw: str) -> Iterator[Fault]:
    text = read_text(raw)
    if len(text) > field.length:
        reason = f"may have {field.length} characters, has {len(text)}"
        yield Fault(segment.path(field.id), reason)
    try:
        READERS[field.kind](raw)
    except ValueError as error:
        yield Fault(segment.path(field.id), str(error))
        return
    if field.kind in ("money", "rate") and text[-1:].isdigit():
        yield Fault(segment.path(field.id), "ends in a bare digit where the sign belongs")


@cache
def _groups(version: str, segment: str) -> Mapping[str, frozenset[str]]:
    """Each counter of a segment with all that repeats under it, itself among them."""
    table = VERSIONS[version].by_segment.get(segment, {})
    found: dict[str, set[str]] = {}
    for field in table.values():
        for counter in field.group:
            found.setdefault(counter, {counter}).add(field.id)
    return {counter: frozenset(found[counter]) for counter in sorted(found)}


def _count_faults(segment: Segment) -> Iterator[Fault]:
    table = segment.version.by_segment.get(segment.id, {})
    present = {name for name, _ in segment.fields}
    parents: dict[str, list[Segment]] = {}
    for counter, members in _groups(segment.version.code, segment.id).items():
        if members.isdisjoint(present):
            continue
        if counter in RUNNING_COUNTERS:
            yield from _running_faults(segment, counter)
        elif not (group := table[counter].group):
            yield from _total_faults(segment, segment, counter)
        else:
            # A nested counter counts within one occurrence of its parent.
            if group[-1] not in parents:
                parents[group[-1]] = segment.repeats(group[-1])
            for occurrence in parents[group[-1]]:
                yield from _total_faults(segment, occurrence, counter)


def _total_faults(segment: Segment, within: Segment, counter: str) -> Iterator[Fault]:
    where = segment.path(counter)
    counts, found = within.all(counter), len(within.repeats(counter))
    if len(counts) > 1:
        yield Fault(where, f"stands {len(counts)} times")
    elif not counts and found:
        yield Fault(where, f"is missing before {found} repeats")
    elif counts:
        try:
            said = within.number(counter)
        except Malformed:
            return  # already named as an ill-typed value
        if said != found:
            yield Fault(where, f"says {said}, {found} follow")


def _running_faults(segment: Segment, counter: str) -> Iterator[Fault]:
    # What is no number, or longer than the field, is named as an ill-typed value.
    raws = [raw for raw in segment.all(counter) if len(raw) <= LONGEST_COUNT]
    numbers = [int(raw) for raw in raws if raw.isascii() and raw.isdigit()]
    if len(numbers) == len(raws) and numbers != list(range(1, len(numbers) + 1)):
        said = ", ".join(map(str, numbers[:9])) + (" …" if len(numbers) > 9 else "")
        yield Fault(segment.path(counter), f"numbers its repeats {said}")
