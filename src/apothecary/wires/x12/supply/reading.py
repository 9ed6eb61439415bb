"""What is the same in reading every paper of supply: where it begins, ends, and is counted."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from apothecary.wires.errors import Malformed, malformed
from apothecary.wires.x12.interchange import TransactionSet
from apothecary.wires.x12.segments import Segment
from apothecary.wires.x12.supply.dialect import Dialect
from apothecary.wires.x12.supply.parts import Part, SupplyNotes

VERSIONS = ("004010", "004010VICS", "004010UCS")


class Reading:
    """One set being read. Raises Malformed at once when it is of another kind or cut off."""

    def __init__(self, transaction: TransactionSet, kind: str, dialect: Dialect) -> None:
        header = transaction.header
        if transaction.kind != kind:
            reason = f"must be {kind}, is {transaction.kind!r}"
            raise Malformed(header.path(1), reason, header.byte)
        if transaction.trailer is None or not transaction.trailer.end:
            last = transaction.segments[-1]
            raise Malformed(last.path(), "is the last: the paper is cut off", last.byte)
        self.header = header
        self.body = transaction.body
        self.control = transaction.control
        self.notes = SupplyNotes(dialect)
        self._trailer = transaction.trailer
        self._counted = len(transaction.segments)
        self._version = transaction.version

    def first(self, name: str) -> Segment:
        """The segment a paper of this kind begins with. Raises Malformed without it."""
        found = self.body[0] if self.body else None
        if found is None or found.id != name:
            reason = f"has no {name} behind it"
            raise Malformed(self.header.path(), reason, self.header.byte)
        self.notes.spare(found)
        return found

    def part(self, segments: Sequence[Segment], path: str) -> Part:
        self.notes.path = path
        return Part(segments, self.notes)

    def total(
        self, footer: Sequence[Segment], lines: int, things: str, hash_total: Decimal | None
    ) -> None:
        """CTT: as many lines as were sent, else something was lost on the way."""
        for segment in [one for one in footer if one.id == "CTT"][:1]:
            self.notes.spare(segment)
            counted = self.notes.count(segment, 1)
            if counted != lines and (counted is not None or not segment[1]):
                reason = f"says {segment[1]!r} {things}, counted were {lines}"
                self.notes.wrong(segment, 1, reason)
            said = self.notes.maybe(segment, 2)
            if said is not None and hash_total is not None and said != hash_total:
                reason = f"says the quantities add up to {said}, they make {hash_total}"
                self.notes.strange(segment, 2, reason)

    def foot(self, footer: Sequence[Segment], taken: Collection[str] = ("CTT",)) -> None:
        """Keep what stands behind the lines and nobody takes."""
        self.notes.path = "footer"
        for segment in footer:
            if segment.id not in taken:
                self.notes.leave(segment)

    def close(self) -> None:
        """Check the counts of the set; raises Malformed with everything that is wrong."""
        trailer, notes = self._trailer, self.notes
        if trailer[1].strip() != str(self._counted):
            reason = f"says {trailer[1]!r} segments, counted were {self._counted}"
            notes.strange(trailer, 1, reason)
        if self._version not in VERSIONS:
            reason = f"is read as {VERSIONS[0]}, says {self._version!r}"
            notes.strange(self.header, 3, reason)
        if notes.bad:
            raise malformed(notes.bad)
