"""Remittances and what does not match in them, as a test needs them."""

from base64 import b64encode
from dataclasses import replace

from apothecary.claims.models import Claim
from apothecary.claims.money.closing import write_off
from apothecary.claims.money.models import Difference
from apothecary.claims.money.tests.books import billed, line, load
from apothecary.claims.money.tests.samples import Sent, file_of
from apothecary.config.tests.world import World
from apothecary.staff.duties import Role

# What the pharmacist in charge does.
GIVEN_UP = ("/write-off", "/reopen")


def a_difference(world: World, verb: str) -> int:
    """A difference that an act of this name would close, or take back."""
    claim = billed(world, "9.25", number="A9")
    if verb == "tie":
        load(world, Sent((replace(line(claim), rx="999", number="X1"),)))
    else:
        load(world, Sent((line(claim, "10.25" if verb == "accept" else "4.25"),)))
    row = Difference.objects.get(closed_at=None)
    if verb == "reopen":
        charge = world.workers[Role.IN_CHARGE]
        write_off(by=charge, difference_id=row.pk, because="not worth a call")
    return row.pk


def a_file(world: World | None) -> str:
    """A remittance that pays one claim, in base64."""
    if world is None:
        return ""
    claim = Claim.objects.filter(authorization="A8").first()
    claim = claim or billed(world, "9.25", number="A8")
    return b64encode(file_of(Sent((line(claim),), trace="T8"))).decode()
