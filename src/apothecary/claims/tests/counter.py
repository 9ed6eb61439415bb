"""The other side of the counter: a payer process on loopback, and fills that wait for it."""

import json
import select
import signal
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from apothecary.claims.link import PayerLink, Routes
from apothecary.claims.models import Claim
from apothecary.claims.sending import Exchanges
from apothecary.claims.states import ClaimState, Kind
from apothecary.claims.submitting import claim_waiting
from apothecary.claims.writing import write_again
from apothecary.journal.deeds import Deed
from apothecary.patients.models import Coverage
from apothecary.prescriptions.actions import enter_prescription
from apothecary.prescriptions.models import Fill, NumberBlock, PayKind
from apothecary.prescriptions.states import FillState
from apothecary.prescriptions.writer import advance
from apothecary.staff.models import Pharmacy

if TYPE_CHECKING:
    # Importing it in a conftest would come before pytest can rewrite its asserts.
    from apothecary.config.tests.world import World

SOURCE = Path(__file__).parents[3]
TODAY = "2026-11-23"
# The payer remembers from test to test: each has its own member and its own numbers.
STRANGERS = count(1)


class Payer:
    """The simulator as a process of its own."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "simulators.payer", "--port", "0", "--admin-port", "0",
             "--today", TODAY, "--seed", "7", "--stop-with-parent"],
            cwd=SOURCE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], 20)
        assert ready, "the payer did not start"
        words = self.process.stdout.readline().split()
        self.port, self.admin_port = (int(words[n].rsplit(":", 1)[1]) for n in (3, 5))

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=10)

    def admin(self, method: str, path: str, body: object = None) -> dict[str, object]:
        """Ask its back office."""
        raw = None if body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.admin_port}{path}"
        request = urllib.request.Request(url, raw, method=method)
        with urllib.request.urlopen(request, timeout=5) as reply:  # noqa: S310 loopback
            return dict(json.load(reply))

    def misbehave(self, kind: str, **how: object) -> None:
        self.admin("POST", "/faults", {"kind": kind, **how})

    def behave(self) -> None:
        self.admin("DELETE", "/faults")
        self.admin("POST", "/today", {"today": TODAY})

    def link(self) -> PayerLink:
        return PayerLink("127.0.0.1", self.port, connect_seconds=2, answer_seconds=1)

    def paid(self, number: int) -> list[dict[str, str]]:
        """What the payer itself holds about a prescription."""
        claims = self.admin("GET", "/claims")["claims"]
        assert isinstance(claims, list)
        return [claim for claim in claims if claim["rx"] == str(number)]


@dataclass
class Till:
    """A pharmacy at the line: its world, its payer, and a clock that is moved by hand."""

    world: "World"
    payer: Payer
    at: datetime
    exchanges: Exchanges = field(init=False)

    def __post_init__(self) -> None:
        self.exchanges = Exchanges(Routes(self.payer.link()))

    def fill(
        self,
        drug: str = "lisinopril",
        *,
        quantity: str = "30",
        days: int = 30,
        refills: int = 2,
        pay: str = PayKind.PLAN,
        stock: str = "100",
    ) -> Fill:
        """A fill of the insured patient in the claim state, with stock on the shelf."""
        world = self.world
        if stock:
            world.receive(drug, stock, lot=f"L{next(STRANGERS)}")
        wanted = world.order(
            drug, quantity=quantity, days=days, refills=refills, pay=pay, patient=world.insured
        )
        fill = enter_prescription(by=world.technician, order=wanted)
        return advance(fill, FillState.CLAIM, by=world.system, did=Deed.FILL_SCREENED)

    def round(self, *, after: timedelta = timedelta(0)) -> None:
        """One turn of the worker's loop, some time later."""
        self.at += after
        claim_waiting(self.world.pharmacy, self.at)
        write_again(self.world.pharmacy, self.at)
        self.sends()

    def sends(self) -> None:
        """Send what is due now, and wait until every call has come back."""
        send_all(self.exchanges, self.world.pharmacy, self.at)


def send_all(exchanges: Exchanges, pharmacy: Pharmacy, at: datetime) -> None:
    """Rounds of the worker's loop at one instant, until nothing is out or due any more."""
    while exchanges.send_due(pharmacy, at) or exchanges.out_for(pharmacy.pk):
        pass


def make_member(world: "World") -> Coverage:
    """The insured patient with a card and Rx numbers that no other test has used."""
    # As the worker reads it: the defaults of an unsaved row are not yet Decimals.
    world.pharmacy.refresh_from_db()
    number = next(STRANGERS)
    NumberBlock.objects.filter(pharmacy=world.pharmacy).update(
        first=7_000_000, last=7_999_999, next=7_000_000 + number * 100
    )
    coverage = Coverage.objects.get(patient=world.insured)
    coverage.cardholder_id = f"ABC{number:06d}"
    coverage.save()
    return coverage


def now_of(fill: Fill) -> Fill:
    return Fill.objects.get(pk=fill.pk)


def last_claim(fill: Fill, kind: Kind = Kind.BILLING) -> Claim:
    claim = Claim.objects.filter(fill=fill, kind=kind.value).order_by("-try_number").first()
    assert claim is not None
    return claim


def states(fill: Fill) -> list[tuple[str, str]]:
    """Every claim of a fill in the order it was made: kind and state."""
    claims = Claim.objects.filter(fill=fill).order_by("pk")
    return [(claim.kind, ClaimState(claim.state).value) for claim in claims]


def answer_of(claim: Claim) -> bytes:
    """The answer that counted, byte for byte."""
    assert claim.posted.answer is not None
    return bytes(claim.posted.answer)


def queued(till: Till, fill: Fill) -> Claim:
    """The fill's claim, written and not yet sent."""
    claim_waiting(till.world.pharmacy, till.at)
    return last_claim(fill)
