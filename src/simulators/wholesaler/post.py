"""Papers on their way to the pharmacy: numbered, spoiled on demand, waiting to be fetched."""

from dataclasses import dataclass

from simulators.wholesaler.houses import House
from simulators.wholesaler.papers import interchange_refused
from simulators.wholesaler.records import Paper
from simulators.wholesaler.shop import Shop
from simulators.wholesaler.x12 import Envelope, Segment, enclose, write

X12, XML, JSON = "application/edi-x12", "application/xml", "application/json"
GROUPS = {"997": "FA", "832": "SC", "855": "PR", "856": "SH", "810": "IN"}
ENDINGS = {X12: "x12", XML: "xml", JSON: "json"}


@dataclass(frozen=True)
class Letter:
    """Where a paper goes and when: to that ISA id, about that order, after `wait` seconds."""

    house: House
    receiver: str
    po: str = ""
    wait: int = 0


class Post:
    """The mailboxes."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def x12(self, letter: Letter, kind: str, body: list[Segment]) -> None:
        """An interchange of one set."""
        envelope = self._envelope(letter)
        raw = write(envelope, GROUPS[kind], [(kind, body)])
        if self._struck("wrong_count", letter, kind):
            marks = letter.house.dialect.marks
            count = str(len(body) + 2)
            raw = raw.replace(
                f"SE{marks.element}{count}{marks.element}".encode(),
                f"SE{marks.element}{int(count) + 1}{marks.element}".encode(),
            )
        self._put(letter, kind, X12, raw, control=str(envelope.control))

    def interchange_refused(self, letter: Letter, control: str, note: str) -> None:
        """A TA1: the interchange of that number was not taken."""
        envelope = self._envelope(letter)
        body = interchange_refused(control, envelope.at, note)
        self._put(letter, "TA1", X12, enclose(envelope, body, groups=0), control="")

    def document(self, letter: Letter, kind: str, media: str, raw: bytes) -> None:
        """A paper that is no X12: tracing document, recall notice, credit."""
        self._put(letter, kind, media, raw, control="")

    def _envelope(self, letter: Letter) -> Envelope:
        house = letter.house
        number = self._shop.memory.count_up(f"control/{house.key}")
        at = self._shop.clock.moment()
        return Envelope(house.isa, letter.receiver, number, at, house.dialect.marks)

    def _struck(self, fault: str, letter: Letter, kind: str) -> bool:
        return bool(self._shop.faults.take(fault, house=letter.house.key, paper=kind))

    def _put(self, letter: Letter, kind: str, media: str, raw: bytes, *, control: str) -> None:
        if self._struck("cut", letter, kind):
            raw = raw[: len(raw) // 2]
        times = 2 if self._struck("twice", letter, kind) else 1
        for _ in range(times):
            self.keep(letter.house.key, kind, media, raw, control, letter.po, letter.wait)

    def keep(
        self, key: str, kind: str, media: str, raw: bytes,
        control: str = "", po: str = "", wait: int = 0,
    ) -> None:  # fmt: skip
        """Lay these bytes into the mailbox of that key."""
        shop = self._shop
        number = shop.memory.count_up("paper")
        name = f"{key}-{number:09}-{kind}.{ENDINGS[media]}"
        now = shop.now()
        wants = int(media == X12 and kind not in {"997", "TA1"})
        shop.memory.add(
            Paper(0, key, kind, name, media, control, po, raw, now, now + wait, wants)
        )

    def waiting(self, key: str) -> list[Paper]:
        """What may be fetched from that mailbox and is not taken away yet, oldest first."""
        now = self._shop.now()
        left = self._shop.memory.rows(Paper, house=key, fetched_at=0.0)
        return [one for one in left if one.ready_at <= now]

    def take_away(self, paper: Paper) -> None:
        """The pharmacy has it."""
        self._shop.memory.change(paper, fetched_at=self._shop.now())

    def acknowledged(self, key: str, control: str, answer: str) -> bool:
        """Note a 997 of the pharmacy for the paper of that number; False when there is none."""
        found = self._shop.memory.rows(Paper, house=key, control=control)
        for paper in found:
            self._shop.memory.change(paper, answer=answer, answered_at=self._shop.now())
        return bool(found)

    def overdue(self, *, within: int) -> list[Paper]:
        """Papers that no 997 came for in time."""
        latest = self._shop.now() - within
        unanswered = self._shop.memory.rows(Paper, wants_answer=1, answer="")
        return [one for one in unanswered if one.ready_at <= latest]
