"""Sheets of invented payers, and what a written request says when it is read back."""

from apothecary.claims.building.sheets import Sheet, house_book, read_sheet
from apothecary.wires.telecom import Value, read_strictly

HEAD = 'name = "Pecan Part D"\nbins = ["888881"]\n'
ANY = house_book().default
# A payer who wants to know everything, by every transaction there is.
EVERYTHING = """
takes = ["B1", "B2", "B3", "E1", "P1", "P2", "P3", "P4", "N1", "N2", "N3"]
cob = "both"
[[sent_when_known]]
fields = ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13"]
"""


def sheet(text: str) -> Sheet:
    """A sheet with these lines, laid over what every payer takes."""
    return read_sheet("pecan.toml", HEAD + text, base=ANY)


CURIOUS = sheet(EVERYTHING)


def said(raw: bytes) -> dict[str, list[Value | None]]:
    """Every field of a request by segment and id, typed, in order; it must conform."""
    found: dict[str, list[Value | None]] = {}
    for group in read_strictly(raw).groups:
        for segment in group:
            for name, value in segment.typed():
                found.setdefault(f"{segment.id}.{name}", []).append(value)
    return found


def one(raw: bytes, place: str) -> Value | None:
    """The only value of a field, None when it does not stand in the request."""
    values = said(raw).get(place, [None])
    assert len(values) == 1, f"{place} stands {len(values)} times"
    return values[0]
