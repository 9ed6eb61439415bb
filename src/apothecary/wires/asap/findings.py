"""Whether a programme would take a report: its overlay held against the segments of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from apothecary.wires.asap.overlays import Ground, Overlay, Use
from apothecary.wires.asap.reading import named
from apothecary.wires.asap.rules import at, is_zero
from apothecary.wires.asap.segments import Segment
from apothecary.wires.asap.tables import Version
from apothecary.wires.asap.transmission import RawDispensing, RawStore, Transmission
from apothecary.wires.errors import Fault


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a programme would not take, and on what ground."""

    fault: Fault
    ground: Ground


def findings(transmission: Transmission, by: Overlay, *, on: date) -> Iterator[Finding]:
    """What a programme would not take in a report of that day.

    A zero report is held to versions and zero reports only. Nothing is said of files that are
    no report.
    """
    of = transmission.version
    for row in by.accepted:
        if row.ground.in_force(on) and of.code not in row.versions:
            reason = f"{by.state} takes {', '.join(row.versions)}, is {of.code}"
            yield Finding(Fault(named(transmission.header, 1, of), reason, 0), row.ground)
    uses = [one for one in by.uses if one.ground.in_force(on) and of.code in one.versions]
    whole = [transmission.header, *filter(None, [transmission.source])]
    yield from _segment_findings(whole, {}, uses, of)
    for store in transmission.stores():
        yield from _store_findings(store, uses, by, of, on=on)


def _store_findings(
    store: RawStore, uses: Sequence[Use], by: Overlay, of: Version, *, on: date
) -> Iterator[Finding]:
    zeros = [one for one in store.dispensings if one.patient and is_zero(one.patient.elements)]
    wants = by.wants_zero_reports(on=on)
    if zeros and wants and wants.use == "forbidden":
        where = zeros[0].dispensed
        yield Finding(Fault(where.where, "is a zero report", where.at), wants.ground)
    if not zeros:
        yield from _segment_findings([store.pharmacy], {}, uses, of)
    for one in store.dispensings:
        if one not in zeros:
            yield from _dispensing_findings(store, one, uses, of)


def _dispensing_findings(
    store: RawStore, one: RawDispensing, uses: Sequence[Use], of: Version
) -> Iterator[Finding]:
    single = [one.patient, one.dispensed, *one.prescribers, *one.additional]
    told = {each.id: each for each in (store.pharmacy, *single) if each is not None}
    yield from _segment_findings(
        [each for each in single if each] + list(one.ingredients), told, uses, of
    )
    for name in ("PAT", "PRE", "AIR"):
        if name not in told:
            yield from _absent_findings(one, name, told, uses)


def _absent_findings(
    one: RawDispensing, name: str, told: Mapping[str, Segment], uses: Sequence[Use]
) -> Iterator[Finding]:
    """A segment that is not there lacks each of its required elements, told once."""
    for use in uses:
        if use.element[:-2] == name and _is_required(use, None, told):
            where = one.dispensed
            reason = f"comes without {name}, {use.element} is missing: {use.says}"
            yield Finding(Fault(where.where, reason, where.at), use.ground)
            return


def _segment_findings(
    segments: Sequence[Segment], told: Mapping[str, Segment], uses: Sequence[Use], of: Version
) -> Iterator[Finding]:
    for segment in segments:
        for use in uses:
            if use.element[:-2] != segment.id:
                continue
            place = int(use.element[-2:])
            raw = at(segment.elements, place)
            if not raw and _is_required(use, segment, told):
                reason = f"is missing: {use.says}"
            elif raw and use.use == "forbidden":
                reason = f"must be empty: {use.says}"
            else:
                continue
            yield Finding(Fault(named(segment, place, of), reason, segment.at), use.ground)


def _is_required(use: Use, own: Segment | None, told: Mapping[str, Segment]) -> bool:
    if use.use == "required":
        return True
    if use.use == "forbidden" or not use.when:
        return False
    for name, values in use.when.items():
        segment = own if own and own.id == name[:-2] else told.get(name[:-2])
        raw = at(segment.elements, int(name[-2:])) if segment else ""
        if raw not in values and not ("*" in values and raw):
            return False
    return True
