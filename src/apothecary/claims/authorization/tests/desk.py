"""A pharmacy that asks for consent: its world, its payer, a clock that is moved by hand."""

import select
import subprocess
import sys
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.db import connection
from django.test import Client

from apothecary.claims.authorization.actions import start_authorization
from apothecary.claims.authorization.answering import take_answer
from apothecary.claims.authorization.due import look_after
from apothecary.claims.authorization.post import Post
from apothecary.claims.models import Claim, PriorAuthorization
from apothecary.claims.tests.counter import (
    SOURCE,
    STRANGERS,
    TODAY,
    Payer,
    Till,
    last_claim,
    make_member,
)
from apothecary.journal.models import Entry
from apothecary.prescriptions.models import Fill, Prescription
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.worker import Worker
from apothecary.wires.models import Outgoing

if TYPE_CHECKING:
    from apothecary.config.tests.world import World

FROM_HERE = """
    SELECT setval(pg_get_serial_sequence('claims_priorauthorization', 'id'), %s)
"""
BIN, PLAN = "999996", "caprock-advantage"
DRUG = "pregabalin"


class FullPayer(Payer):
    """The simulator with its port for electronic requests."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "simulators.payer", "--port", "0", "--admin-port", "0",
             "--epa-port", "0", "--today", TODAY, "--seed", "7", "--stop-with-parent"],
            cwd=SOURCE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], 20)
        assert ready, "the payer did not start"
        words = self.process.stdout.readline().split()
        self.port, self.admin_port = (int(words[n].rsplit(":", 1)[1]) for n in (3, 5))
        self.epa_url = f"{words[7]}/epa"

    def decide(self, reference: str, decision: str) -> None:
        """Decide an open request at its back office."""
        self.admin("POST", "/decisions", {"reference": reference, "decision": decision})

    def heard(self, code: str) -> int:
        """How many transactions of a kind have reached it."""
        requests = self.admin("GET", "/log")["requests"]
        assert isinstance(requests, list)
        return sum(one["raw"][8:10] == code for one in requests)


@dataclass
class Desk(Till):
    """The counter with its post room."""

    payer: FullPayer
    post: Post = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.post = Post(MappingProxyType({BIN: self.payer.epa_url}))

    @property
    def technician(self) -> Worker:
        """The technician at the desk's hour and day."""
        return changed(self.world.technician, at=self.at, today=self.at.date())

    def refused(self, *, diagnosis: str = "G629", refills: int = 2) -> Claim:
        """A claim for a drug that needs consent, refused by the payer with 75."""
        fill = self.fill(DRUG, quantity="60", days=30, refills=refills)
        Prescription.objects.filter(pk=fill.prescription_id).update(diagnosis=diagnosis)
        self.round()
        claim = last_claim(fill)
        assert claim.codes == ["75"], (claim.codes, claim.messages, claim.problem)
        return claim

    def started(self, *, refills: int = 2) -> PriorAuthorization:
        """An authorization as it is right after the key on the refused claim."""
        claim = self.refused(refills=refills)
        return start_authorization(by=self.technician, claim_id=claim.pk)

    def goes_by(self, **time: float) -> None:
        """Time passes, and the worker does what is due."""
        self.at += timedelta(**time)
        look_after(self.world.pharmacy, self.at)
        self.round()
        self.post.send_due(self.world.pharmacy, self.at)
        # What an electronic answer has set going is billed at once.
        self.round()

    def take_again(self, row: PriorAuthorization, raw: bytes) -> None:
        """The same answer once more, a little later."""
        take_answer(by=self.world.system, outgoing_id=row.outgoing_id or 0, raw=raw)

    def client(self, role: Role = Role.TECHNICIAN) -> Client:
        """A browser of somebody."""
        person = self.world.people[role]
        client = Client()
        token = worker_token(person=person, station="counter 1", at=self.at)
        client.cookies["apothecary_session"] = token
        return client


def member_who_needs_consent(world: "World") -> None:
    """The insured patient on a plan that wants consent for pregabalin, with a fresh number."""
    card = make_member(world)
    card.plan_name, card.bin, card.pcn, card.group = (
        "Caprock Sample Advantage",
        BIN,
        "TESTADV",
        "CAP200",
    )
    number = next(STRANGERS)
    card.cardholder_id = f"CR{number:07d}"
    card.save()
    # A message is named after its row, and one payer hears all tests of a process: a name that
    # comes again, since a test has emptied the tables, would get the answer of long ago.
    with connection.cursor() as cursor:
        cursor.execute(FROM_HERE, [number * 1000])


def now(row: PriorAuthorization) -> PriorAuthorization:
    return PriorAuthorization.objects.select_related("outgoing", "coverage").get(pk=row.pk)


def sent_of(row: PriorAuthorization) -> Outgoing:
    """The last message about it."""
    assert row.outgoing is not None
    return row.outgoing


def claims_of(fill_id: int) -> list[Claim]:
    return list(Claim.objects.filter(fill_id=fill_id).order_by("pk"))


def deeds_about(row: PriorAuthorization) -> list[str]:
    entries = Entry.objects.filter(about="priorauthorization", about_id=row.pk)
    return list(entries.order_by("pk").values_list("deed", flat=True))


def fill_now(fill_id: int) -> Fill:
    return Fill.objects.get(pk=fill_id)
