"""The things that go wrong with electronic prescriptions, each by its name."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from simulators.check_digits import spoil_last_digit
from simulators.prescriber.order import Order, may_write
from simulators.prescriber.script import newrx
from simulators.prescriber.world import World

REFUSED = frozenset(["error"])
EITHER = frozenset(["error", "status"])


@dataclass(frozen=True)
class Setting:
    """What a flaw may draw upon."""

    world: World
    random: Random
    on: date


@dataclass(frozen=True)
class Flaw:
    """A named flaw: how it spoils an order, and which answers are right.

    "error" is an Error message or a 4xx without one; "status" is a Status or Verify.
    """

    says: str
    right: frozenset[str]
    spoil: Callable[[Order, Setting], Order] = lambda order, _: order
    spoil_bytes: Callable[[bytes], bytes] = lambda raw: raw

    def written(self, order: Order, setting: Setting) -> tuple[Order, bytes]:
        """The spoiled order and its bytes."""
        spoiled = self.spoil(order, setting)
        return spoiled, self.spoil_bytes(newrx(spoiled))


def _unknown_drug(order: Order, _: Setting) -> Order:
    named = "Quibrofexanol 12.5 MG Oral Tablet"
    return replace(order, ndc="99999888877", rxcui="", description=named)


def _future(order: Order, setting: Setting) -> Order:
    return replace(order, written_on=(setting.on + timedelta(days=3)).isoformat())


def _expired(order: Order, setting: Setting) -> Order:
    return replace(order, written_on=(setting.on - timedelta(days=800)).isoformat())


def _controlled(order: Order, setting: Setting, schedules: tuple[int, ...]) -> Order:
    """The same patient with a controlled drug in place of whatever was chosen."""
    lines = [one for one in setting.world.lines if one.schedule in schedules]
    line = setting.random.choice([one for one in lines if one.suits == "adult"])
    writers = [p for p in setting.world.prescribers if may_write(p, line)]
    prescriber = setting.random.choice(writers)
    return replace(
        order, line=line, prescriber=prescriber, npi=prescriber.npi, dea=prescriber.dea,
        ndc=line.ndc, rxcui=line.rxcui, description=line.description,
        directions=line.directions, quantity=f"{line.quantity.normalize():f}",
        days=str(line.days), refills=str(line.refills),
    )  # fmt: skip


def _bad_dea(order: Order, setting: Setting) -> Order:
    controlled = _controlled(order, setting, (3, 4, 5))
    return replace(controlled, dea=spoil_last_digit(controlled.dea))


def _two_patients(order: Order, setting: Setting) -> Order:
    twin = setting.random.choice([p for p in setting.world.people if p.standing == "double"])
    anonymous = replace(
        twin, phone="", address=replace(twin.address, line_1="General Delivery")
    )
    return replace(order, person=anonymous, born_on=twin.born_on.isoformat())


def _cut_off(raw: bytes) -> bytes:
    return raw[: len(raw) * 2 // 3]


def _other_message(raw: bytes) -> bytes:
    return raw.replace(b"<NewRx>", b"<RxCarrierPigeon>").replace(
        b"</NewRx>", b"</RxCarrierPigeon>"
    )


def _bomb(raw: bytes) -> bytes:
    doctype = b'<!DOCTYPE Message [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>\n'
    head, mark, rest = raw.partition(b"<Message")
    return head + doctype + mark + rest.replace(b"<SigText>", b"<SigText>&b;")


FLAWS: dict[str, Flaw] = {
    "malformed": Flaw("the XML stops in the middle", REFUSED, spoil_bytes=_cut_off),
    "entities": Flaw("a document type with entities", REFUSED, spoil_bytes=_bomb),
    "unknown-message": Flaw("a body element that is no message", REFUSED,
                            spoil_bytes=_other_message),
    "unknown-drug": Flaw("a product nobody makes", EITHER, _unknown_drug),
    "bad-npi": Flaw("NPI with a wrong check digit", REFUSED,
                    lambda o, _: replace(o, npi=spoil_last_digit(o.npi))),
    "bad-dea": Flaw("controlled drug, DEA number with a wrong check digit", REFUSED, _bad_dea),
    "future-date": Flaw("written three days from now", REFUSED, _future),
    "impossible-date": Flaw("written on 30 February", REFUSED,
                            lambda o, _: replace(o, written_on="2026-02-30")),
    "impossible-birth": Flaw("born on 31 April", REFUSED,
                             lambda o, _: replace(o, born_on="1980-04-31")),
    "zero-quantity": Flaw("quantity 0", REFUSED, lambda o, _: replace(o, quantity="0")),
    "negative-quantity": Flaw("quantity below 0", REFUSED,
                              lambda o, _: replace(o, quantity=f"-{o.quantity}")),
    "absurd-quantity": Flaw("ten million units", REFUSED,
                            lambda o, _: replace(o, quantity="10000000")),
    "two-patients": Flaw("a name and birth date two patients share", EITHER, _two_patients),
    "missing-sig": Flaw("no directions", REFUSED, lambda o, _: replace(o, directions="")),
    "contradictory-days": Flaw("days' supply that cannot fit", EITHER,
                               lambda o, _: replace(o, days="1" if o.days != "1" else "90")),
    "expired": Flaw("written more than two years ago", EITHER, _expired),
    "c2-refills": Flaw("schedule II with refills", EITHER,
                       lambda o, s: replace(_controlled(o, s, (2,)), refills="3")),
}  # fmt: skip
