"""What changed from one try of a claim to the next, field by field. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from apothecary.claims.coach.case import HEADER, fields_of
from apothecary.wires import Malformed
from apothecary.wires.telecom import read

# The form's fields, where a request says them.
FORM_FIELDS: Mapping[tuple[str, str], str] = {
    (HEADER, "bin"): "bin",
    (HEADER, "pcn"): "pcn",
    ("04", "C2"): "cardholder_id",
    ("04", "C1"): "group",
    ("04", "C3"): "person_code",
    ("04", "C6"): "relationship",
    ("07", "C8"): "other_coverage",
    ("07", "D5"): "days_supply",
    ("07", "D7"): "package_id",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs between two requests; empty where it was not sent."""

    segment: str
    id: str
    name: str
    before: str
    after: str

    @property
    def form_field(self) -> str:
        """The field of the claim's form, empty when it has none."""
        return FORM_FIELDS.get((self.segment, self.id), "")


def changed_between(earlier: bytes, later: bytes) -> tuple[Change, ...]:
    """Every field whose values differ, in the order of the later request; none unreadable."""
    before, after = values_in(earlier), values_in(later)
    if before is None or after is None:
        return ()
    places = dict.fromkeys([*after, *before])
    return tuple(
        Change(*place, before.get(place, ""), after.get(place, ""))
        for place in places
        if before.get(place, "") != after.get(place, "")
    )


def values_in(raw: bytes) -> dict[tuple[str, str, str], str] | None:
    """Segment, id and name → every value of that field, one after the other."""
    try:
        message = read(raw)
    except Malformed:
        return None
    found = {
        (HEADER, f.name, f.name.replace("_", " ")): message.header[f.name].strip()
        for f in message.header_layout
    }
    for segment, name, text in fields_of(message):
        place = (segment, name, message.version.name_of(name))
        found[place] = f"{found[place]} {text}" if place in found else text
    return found
