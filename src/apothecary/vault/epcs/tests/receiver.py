"""A house that receives: an authority, keys, a report, a clock, messages with signatures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from apothecary.intake.actions.receive import receive_script
from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role
from apothecary.staff.models import Partner, Person
from apothecary.staff.signon import stand_in
from apothecary.staff.worker import Worker
from apothecary.vault.csos.bearer import fingerprint_of
from apothecary.vault.csos.tests.authority import PASSPHRASE, Authority, Issued
from apothecary.vault.epcs import receiving, seal
from apothecary.vault.epcs.backups import write_backed_up
from apothecary.vault.epcs.clock import Reading, say_clock
from apothecary.vault.epcs.models import EpcsRecord
from apothecary.vault.epcs.opening import turn, type_report
from apothecary.vault.epcs.review import digest_of, sign_day, trail
from apothecary.vault.epcs.signature import LISTED
from apothecary.vault.epcs.tests.signed import (
    CII,
    DEA,
    REPORTED,
    YESTERDAY,
    report,
    signed_by,
)

__all__ = ["CII", "DEA", "REPORTED", "YESTERDAY", "Receiver", "codes", "report", "signed_by"]
# The world is pytest's plugin: importing it here, earlier than pytest does, is refused.
if TYPE_CHECKING:
    from apothecary.config.tests.world import World


@dataclass
class Receiver:
    """The house, its folders, and what is done to open it."""

    world: World
    folder: Path
    data: Path
    patch: pytest.MonkeyPatch
    authority: Authority = field(default_factory=lambda: Authority("Test Prescribing CA"))

    def __post_init__(self) -> None:
        self.boss = self.world.workers[Role.IN_CHARGE]
        self.doctor = self.authority.issue("Alex Smith", dea=DEA)
        self.network = self.authority.issue("Example Network")
        self.lay()
        self.patch.setenv(receiving.FOLDER, str(self.folder))
        self.partner = Partner.objects.create(
            pharmacy=self.world.pharmacy, name="eprescribing", token_hash=b"x",
            may_send="script",
        )  # fmt: skip

    @property
    def rph(self) -> Worker:
        return self.world.pharmacist

    def lay(self) -> None:
        """The trust folder as it now stands."""
        self.authority.lay(self.folder)
        listed = f"# the network\n{fingerprint_of(self.network.certificate)}\n"
        (self.folder / LISTED).write_text(listed)

    def give_key(self, issued: Issued | None = None, passphrase: str = PASSPHRASE) -> Issued:
        """The house's own key, encrypted, its passphrase in a file apart."""
        issued = issued or self.authority.issue("Sample Community Pharmacy")
        (self.data / "own.p12").write_bytes(issued.file())
        (self.data / "own.pass").write_text(passphrase + "\n")
        self.patch.setenv(seal.KEY, str(self.data / "own.p12"))
        self.patch.setenv(seal.PASSPHRASE, str(self.data / "own.pass"))
        return issued

    def read_clock(self, offset_s: str = "0.020") -> None:
        reading = Reading(Decimal(offset_s), "NIST", self.rph.at)
        say_clock(by=self.rph, reading=reading)

    def look(self, day: date = YESTERDAY) -> None:
        events = trail(house=self.world.pharmacy, day=day)
        seen = digest_of(events)
        sign_day(by=self.rph, day=day, because="Nothing unusual.", seen=seen)

    def ready(self) -> None:
        """Everything but the setting."""
        type_report(by=self.boss, report=report())
        self.read_clock()
        self.look()
        self.ready_backup()

    def ready_backup(self) -> None:
        write_backed_up(self.data, at=self.rph.at)

    def stranger_client(self) -> Client:
        """The browser of the other pharmacy's pharmacist."""
        stand_in(self.world.other.pk)
        person = Person.objects.get(pk=self.world.stranger.somebody)
        token = worker_token(person=person, station="x", at=self.rph.at)
        return Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})

    def open(self) -> None:
        self.ready()
        turn(by=self.boss, on=True, because="The audit is passed.")

    def sends(self, raw: bytes) -> EpcsRecord | None:
        """A message at the door; the record it became."""
        world = self.world
        receive_script(
            partner=self.partner, pharmacy=world.pharmacy, raw=raw, at=world.system.at
        )
        return EpcsRecord.objects.filter(pharmacy=world.pharmacy).order_by("-id").first()


def codes(row: EpcsRecord | None) -> list[str]:
    """The reasons that stand with a record."""
    assert row is not None
    return [each["code"] for each in row.problems]
