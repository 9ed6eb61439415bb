"""What every desk of the wholesalers works with: trade, catalogue, books, faults and clock."""

from dataclasses import dataclass
from random import Random

from simulators.wholesaler.catalogue import Catalogue, Item
from simulators.wholesaler.clock import Clock
from simulators.wholesaler.faults import Faults
from simulators.wholesaler.houses import Account, House, Trade
from simulators.wholesaler.memory import Memory


@dataclass(frozen=True)
class Shop:
    """One process with its wholesalers; the same seed and history give the same numbers.

    `ship_after` is how many seconds after its answer an order ships by itself; None waits to be
    told. `arrive_after` and `credit_after` count from shipping and from the return.
    """

    trade: Trade
    catalogue: Catalogue
    memory: Memory
    faults: Faults
    clock: Clock
    seed: int = 1
    ship_after: int | None = None
    arrive_after: int = 0
    credit_after: int | None = None

    def random(self, *about: object) -> Random:
        """Draws that depend on nothing but the seed and what they are about."""
        return Random("/".join(str(one) for one in (self.seed, *about)))

    def now(self) -> float:
        """The watch, in seconds."""
        return self.clock.moment().timestamp()

    def item(self, ndc: str) -> Item:
        """What was sold under that NDC with hyphens; the catalogue must still have it."""
        found = self.catalogue.by_hyphened(ndc)
        if found is None:
            raise LookupError(f"{ndc} was sold and is not in the catalogue")
        return found

    def addressee(self, house: House, account: Account, paper: str) -> Account:
        """Whom a paper names: the account, or by fault another store."""
        strayed = self.faults.take("wrong_store", house=house.key, paper=paper)
        return house.stranger if strayed else account
