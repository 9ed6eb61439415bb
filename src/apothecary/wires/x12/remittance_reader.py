"""Reading an 835 into a Remittance. Amounts are read or the whole is refused; what else is
odd is named and kept.
"""

from collections.abc import Callable, Iterable

from apothecary.wires.errors import Malformed, malformed
from apothecary.wires.x12.interchange import TransactionSet
from apothecary.wires.x12.remittance import (
    CLAIM_STATUS,
    Claim,
    Party,
    Payment,
    ProviderAdjustment,
    Remittance,
    ServiceLine,
    Trace,
    day_of,
)
from apothecary.wires.x12.remittance_parts import Details, Notes
from apothecary.wires.x12.segments import Segment

VERSIONS = ("005010X221A1", "005010X221", "004010X091A1", "004010X091")

_Take = Callable[[Details, Segment, Notes], None]
# Which details each part takes; what comes elsewhere has no name there and goes to the rest.
_HEADER: dict[str, _Take] = {
    "BPR": Details.place,
    "TRN": Details.place,
    "REF": Details.reference,
    "DTM": Details.day,
}
_PARTY: dict[str, _Take] = {
    "N3": Details.place,
    "N4": Details.place,
    "REF": Details.reference,
    "PER": Details.contact,
}
_CLAIM: dict[str, _Take] = {
    "CAS": Details.adjustment,
    "NM1": Details.person,
    "REF": Details.reference,
    "DTM": Details.day,
    "PER": Details.contact,
    "AMT": Details.amount,
    "QTY": Details.count,
}
_LINE: dict[str, _Take] = {
    "CAS": Details.adjustment,
    "REF": Details.reference,
    "DTM": Details.day,
    "AMT": Details.amount,
    "QTY": Details.count,
    "LQ": Details.remark,
}
_NOTHING: dict[str, _Take] = {}


class _Reader:
    """Goes through a set once; ``_open`` is what details belong to just now."""

    def __init__(self, transaction: TransactionSet) -> None:
        self._set = transaction
        self._notes = Notes()
        self._header = self._open = Details(transaction.header)
        self._takes = _HEADER
        self._party: Details | None = None
        self._parties: dict[str, Party] = {}
        self._batches: list[str] = []
        self._claim: Details | None = None
        self._line: Details | None = None
        self._lines: list[ServiceLine] = []
        self._claims: list[Claim] = []
        self._adjustments: list[ProviderAdjustment] = []

    def read(self) -> Remittance:
        # Not kept in the reader: bound to it they would hold the whole file as a ring.
        turns: dict[str, Callable[[Segment], None]] = {
            "N1": self._begin_party,
            "LX": self._begin_batch,
            "CLP": self._begin_claim,
            "SVC": self._begin_line,
            "PLB": self._provider_adjustments,
        }
        notes = self._notes
        for segment in self._set.body:
            name = segment.id
            if (turn := turns.get(name)) is not None:
                turn(segment)
            elif (take := self._takes.get(name)) is not None:
                take(self._open, segment, notes)
            else:
                notes.leave(segment)
        self._end("header", _HEADER)
        self._count()
        payment, trace = self._payment(), self._trace()
        payer, payee = self._one_party("PR", "payer"), self._one_party("PE", "payee")
        version = self._version()
        if notes.bad or payment is None or trace is None:
            raise malformed(notes.bad)
        days = tuple(self._header.days)
        return Remittance(
            control=self._set.control,
            version=version,
            payment=payment,
            trace=trace,
            payer=payer,
            payee=payee,
            produced_on=day_of(days, "405"),
            references=tuple(self._header.references),
            days=days,
            batches=tuple(self._batches),
            claims=tuple(self._claims),
            provider_adjustments=tuple(self._adjustments),
            rest=tuple(notes.rest),
            faults=tuple(notes.odd),
        )

    def _begin_party(self, segment: Segment) -> None:
        role = segment[1]
        early = not self._claims and self._claim is None and not self._adjustments
        if not early or self._batches:
            self._notes.leave(segment)
            return
        self._end(f"party {role}", _PARTY)
        if role not in ("PR", "PE") or role in self._parties:
            self._takes = _NOTHING
            self._notes.strange(segment, 1, f"is no party of a remittance: {role!r}")
            self._notes.leave(segment)
            return
        self._party = self._open = Details(segment)
        self._notes.spare(segment)

    def _begin_batch(self, segment: Segment) -> None:
        self._end(f"batch {segment[1]}", _NOTHING)
        self._batches.append(segment[1])
        self._notes.spare(segment)

    def _begin_claim(self, segment: Segment) -> None:
        self._end("", _CLAIM)
        self._notes.path = f"claim {len(self._claims) + 1}"
        self._claim = self._open = Details(segment)
        self._lines = []
        self._notes.spare(segment)

    def _begin_line(self, segment: Segment) -> None:
        if self._claim is None:
            self._notes.wrong(segment, None, "stands outside of any claim")
            return
        self._end_line()
        self._takes = _LINE
        self._notes.path = f"claim {len(self._claims) + 1}/line {len(self._lines) + 1}"
        self._line = self._open = Details(segment)
        self._notes.spare(segment)

    def _provider_adjustments(self, segment: Segment) -> None:
        self._end("provider adjustments", _NOTHING)
        notes = self._notes
        on = notes.day(segment, 2)
        before = len(self._adjustments)
        for place in range(3, min(len(segment.elements), 15), 2):
            if segment[place] or segment[place + 1]:
                reason, *rest = segment.components(place) or ("",)
                reference = segment.delimiters.component.join(rest)
                amount = notes.money(segment, place + 1)
                self._adjustments.append(
                    ProviderAdjustment(
                        segment[1], on, reason, reference, amount, segment.number
                    )
                )
        if len(self._adjustments) == before:
            notes.strange(segment, None, "adjusts nothing")
            notes.leave(segment)
        notes.spare(segment)

    def _end(self, path: str, takes: dict[str, _Take]) -> None:
        """Close what is open and go on with the next part."""
        self._end_line()
        if self._claim is not None:
            self._claims.append(self._whole_claim(self._claim))
            self._claim = None
        if self._party is not None:
            self._parties[self._party.head[1]] = _whole_party(self._party)
            self._party = None
        self._notes.path = path
        self._takes = takes

    def _end_line(self) -> None:
        if self._line is not None:
            self._lines.append(self._whole_line(self._line))
            self._line = None

    def _whole_line(self, details: Details) -> ServiceLine:
        head, notes = details.head, self._notes
        return ServiceLine(
            segment=head.number,
            product=notes.product(head, 1),
            charge=notes.money(head, 2),
            paid=notes.money(head, 3),
            revenue_code=head[4],
            units_paid=notes.number(head, 5),
            submitted=notes.product(head, 6) if head[6] else None,
            units_submitted=notes.number(head, 7),
            adjustments=tuple(details.adjustments),
            references=tuple(details.references),
            days=tuple(details.days),
            amounts=tuple(details.amounts),
            counts=tuple(details.counts),
            remarks=tuple(details.remarks),
        )

    def _whole_claim(self, details: Details) -> Claim:
        head, notes = details.head, self._notes
        if not head[1]:
            notes.strange(head, 1, "is missing: the payer names no claim")
        if head[2] not in CLAIM_STATUS:
            notes.strange(head, 2, f"is no known status: {head[2]!r}")
        return Claim(
            segment=head.number,
            batch=self._batches[-1] if self._batches else "",
            id=head[1],
            status=head[2],
            charge=notes.money(head, 3),
            paid=notes.money(head, 4),
            patient_responsibility=notes.number(head, 5),
            plan=head[6],
            payer_control=head[7],
            facility=head[8],
            frequency=head[9],
            lines=tuple(self._lines),
            adjustments=tuple(details.adjustments),
            people=tuple(details.people),
            references=tuple(details.references),
            days=tuple(details.days),
            contacts=tuple(details.contacts),
            amounts=tuple(details.amounts),
            counts=tuple(details.counts),
        )

    def _payment(self) -> Payment | None:
        bpr = self._header.where.get("BPR")
        if bpr is None:
            self._notes.wrong(self._set.header, None, "has no payment BPR behind it")
            return None
        if bpr[3] not in ("C", "D"):
            self._notes.wrong(bpr, 3, f"must be C (credit) or D (debit), is {bpr[3]!r}")
        return Payment(
            handling=bpr[1],
            amount=self._notes.money(bpr, 2),
            direction=bpr[3],
            method=bpr[4],
            format=bpr[5],
            payer_bank=bpr[7],
            payer_account=bpr[9],
            payer_id=bpr[10],
            payee_bank=bpr[13],
            payee_account=bpr[15],
            on=self._notes.day(bpr, 16),
            segment=bpr.number,
        )

    def _trace(self) -> Trace | None:
        trn = self._header.where.get("TRN")
        if trn is None:
            self._notes.wrong(self._set.header, None, "has no trace TRN behind it")
            return None
        if not trn[2]:
            self._notes.wrong(trn, 2, "is missing: no deposit can be found by it")
        return Trace(trn[1], trn[2], trn[3], trn[4], trn.number)

    def _one_party(self, role: str, word: str) -> Party | None:
        party = self._parties.get(role)
        if party is None:
            self._notes.strange(self._set.header, None, f"names no {word} (N1 {role})")
        return party

    def _count(self) -> None:
        """A wrong count is named; whether money was lost with it, the balance shows."""
        segments, trailer = self._set.segments, self._set.trailer
        if trailer is not None and trailer[1].strip() != str(len(segments)):
            reason = f"says {trailer[1]!r} segments, counted were {len(segments)}"
            self._notes.strange(trailer, 1, reason)

    def _version(self) -> str:
        version = self._set.version
        if version not in VERSIONS:
            reason = f"is read as {VERSIONS[0]}, says {version!r}"
            self._notes.strange(self._set.header, 3, reason)
        return version


def _whole_party(details: Details) -> Party:
    head = details.head
    street, town = details.where.get("N3"), details.where.get("N4")
    city, state, postal_code, country = (
        (town[1], town[2], town[3], town[4]) if town else ("", "", "", "")
    )
    return Party(
        role=head[1],
        name=head[2],
        id_qualifier=head[3],
        id=head[4],
        address=tuple(line for line in street.elements[1:3] if line) if street else (),
        city=city,
        state=state,
        postal_code=postal_code,
        country=country,
        references=tuple(details.references),
        contacts=tuple(details.contacts),
    )


def read_remittance(transaction: TransactionSet) -> Remittance:
    """Read one 835. Raises Malformed with every fault when it is none, when it is cut off
    before its SE, when payment or trace lack, or when an amount cannot be read; ``balance``
    tells whether the amounts agree.
    """
    if transaction.kind != "835":
        header = transaction.header
        raise Malformed(header.path(1), f"must be 835, is {transaction.kind!r}", header.byte)
    if transaction.trailer is None or not transaction.trailer.end:
        last = transaction.segments[-1]
        raise Malformed(last.path(), "is the last: the remittance is cut off", last.byte)
    return _Reader(transaction).read()


def read_remittances(transactions: Iterable[TransactionSet]) -> list[Remittance]:
    """Every 835 among these sets, in order. Raises Malformed at the first that cannot be
    read.
    """
    return [read_remittance(one) for one in transactions if one.kind == "835"]
