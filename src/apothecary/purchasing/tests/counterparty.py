"""The wholesaler simulator as a process of its own, and the lines of the house to it."""

import json
import select
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apothecary.purchasing.papers.lines import line_to
from apothecary.purchasing.papers.sending import SupplyPost
from apothecary.purchasing.tests.yard import Yard
from apothecary.purchasing.wholesalers.actions import keep_wholesaler
from apothecary.purchasing.wholesalers.rules import Particulars
from apothecary.staff.duties import Role

if TYPE_CHECKING:
    # Importing it in a conftest would come before pytest can rewrite its asserts.
    from apothecary.config.tests.world import World

SOURCE = Path(__file__).parents[3]
TODAY = "2026-11-23"
WAIT_SECONDS = 20


@dataclass
class Counterparty:
    """A wholesaler of the box: its web address, its back office, its process."""

    web: str
    office: str
    process: subprocess.Popen[str]

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the back office, which tells and does what no customer may."""
        said = json.dumps(body or {}).encode() if method != "GET" else None
        request = urllib.request.Request(
            f"http://{self.office}{path}", data=said, method=method
        )
        with urllib.request.urlopen(request, timeout=WAIT_SECONDS) as answer:  # noqa: S310
            return json.loads(answer.read() or b"null")

    def post_for(self, code: str = "caprock") -> SupplyPost:
        """The house's end of the line."""
        return SupplyPost({code: line_to(f"{self.web}/{code}")})

    def close(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait(timeout=WAIT_SECONDS)
        if self.process.stdout is not None:
            self.process.stdout.close()


def open_counterparty(*more: str) -> Counterparty:
    """Start one; it picks its own ports."""
    process = subprocess.Popen(
        [sys.executable, "-m", "simulators.wholesaler", "--port", "0", "--admin-port", "0",
         "--today", TODAY, "--ship-after", "3600", "--arrive-after", "0", *more],
        stdout=subprocess.PIPE, text=True, cwd=SOURCE,
    )  # fmt: skip
    if process.stdout is None or not select.select([process.stdout], [], [], WAIT_SECONDS)[0]:
        process.kill()
        raise LookupError("the wholesaler did not come up")
    words = process.stdout.readline().split()
    return Counterparty(web=words[3], office=words[5], process=process)


def caprock(world: "World") -> Yard:
    """The first wholesaler of the box, as the demo pharmacy has it on file."""
    world.pharmacy.dea = "FP9000011"
    world.pharmacy.save()
    given = Particulars(
        code="caprock",
        name="Caprock Drug",
        account="0012345",
        account_340b="0012345B",
        dialect="plain",
        edi_id="ZZ:CAPROCKDRUG",
        our_edi_id="ZZ:PECANSTREET",
        dea="RC9001013",
        gln="0614141001019",
    )
    return Yard(world, keep_wholesaler(by=world.workers[Role.IN_CHARGE], given=given))


def exchange(post: SupplyPost, world: "World", *, rounds: int = 2) -> None:
    """Send what is due and take in what waits, as the worker does."""
    for number in range(rounds):
        at = world.system.at + timedelta(seconds=number)
        post.send_due(world.pharmacy, at)
        post.fetch_due(world.pharmacy, at)
