"""Whether a paper is for us: the account it names, and the store it is for. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from apothecary.stock.kinds import Programme
from apothecary.wires.errors import Fault
from apothecary.wires.x12.remittance import Party

# Qualifiers of N103: by DEA number, assigned by the buyer or the seller, by GLN.
BY_DEA, BY_PARTNER = "11", frozenset({"91", "92"})
FOR_WHOM = ("ST", "BY")


@dataclass(frozen=True, slots=True)
class Ours:
    """What we are known by at a wholesaler."""

    account: str
    account_340b: str
    dea: str

    @property
    def accounts(self) -> frozenset[str]:
        return frozenset({self.account, self.account_340b} - {""})


def store_faults(ours: Ours, *, account: str, parties: Sequence[Party]) -> list[Fault]:
    """Why a paper is not for this store; none when everything it names is ours."""
    faults = []
    if account and account not in ours.accounts:
        faults.append(Fault("account", f"{account!r} is not our account"))
    for party in parties:
        if party.role not in FOR_WHOM or not party.id:
            continue
        if party.id_qualifier == BY_DEA and party.id != ours.dea:
            says = f"is for {party.name or 'another store'}, DEA {party.id}, not for us"
            faults.append(Fault(f"party {party.role}", says))
        if party.id_qualifier in BY_PARTNER and party.id not in ours.accounts:
            says = f"is for {party.name or 'another store'}, {party.id}, not for us"
            faults.append(Fault(f"party {party.role}", says))
    return faults


def programme_of(ours: Ours, *, account: str, parties: Sequence[Party]) -> Programme:
    """Whose stock a paper is about, by the account it names; our own where it names none."""
    named = {account, *(p.id for p in parties if p.id_qualifier in BY_PARTNER)}
    if ours.account_340b and ours.account_340b in named:
        return Programme.DISCOUNT_340B
    return Programme.OWN
