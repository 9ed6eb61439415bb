"""`apothecary check journal`: prove the chain, or name what was changed or taken away."""

from apothecary.journal.actions import GENESIS, seal_hash
from apothecary.journal.keys import signature_holds
from apothecary.journal.merkle import leaf_hash, merkle_root
from apothecary.journal.models import Entry, Seal, Unsealed

READ_AT_ONCE = 5_000


def journal_faults(*, pharmacy_id: int, trusted_keys: frozenset[bytes]) -> list[str]:
    """Everything that is wrong with one pharmacy's journal; an empty list proves it."""
    faults: list[str] = []
    sealed: set[int] = set()
    previous, number = GENESIS, 0
    for seal in Seal.objects.filter(pharmacy_id=pharmacy_id).order_by("number").iterator():
        number += 1
        faults += seal_faults(seal, number=number, previous=previous, trusted=trusted_keys)
        faults += row_faults(seal)
        twice = sealed.intersection(seal.entry_ids)
        faults += [f"entry {entry_id} is sealed twice" for entry_id in sorted(twice)]
        sealed.update(seal.entry_ids)
        previous, number = bytes(seal.hash), seal.number
    return faults + loose_faults(pharmacy_id, sealed)


def seal_faults(
    seal: Seal, *, number: int, previous: bytes, trusted: frozenset[bytes]
) -> list[str]:
    """What is wrong with the seal itself: its place, its hash, its signature."""
    faults = []
    name = f"seal {seal.number}"
    if seal.number != number:
        faults.append(f"{name} follows a gap: seal {number} is missing")
    if bytes(seal.previous_hash) != previous:
        faults.append(f"{name} does not hang on the seal before it")
    root = merkle_root([bytes(leaf) for leaf in seal.leaves])
    if bytes(seal.root) != root or len(seal.leaves) != len(seal.entry_ids):
        faults.append(f"{name}: its leaves do not give its root")
    digest = seal_hash(
        seal.pharmacy_id,
        seal.number,
        seal.sealed_at,
        list(seal.entry_ids),
        bytes(seal.root),
        bytes(seal.previous_hash),
    )
    if bytes(seal.hash) != digest:
        faults.append(f"{name} was changed")
    if bytes(seal.public_key) not in trusted:
        faults.append(f"{name} is signed with a key that is not ours")
    elif not signature_holds(bytes(seal.public_key), bytes(seal.signature), digest):
        faults.append(f"{name}: its signature does not hold")
    return faults


def row_faults(seal: Seal) -> list[str]:
    """Each entry of the seal that is gone or no longer says what it said."""
    faults = []
    found = Entry.objects.in_bulk(list(seal.entry_ids))
    for entry_id, leaf in zip(seal.entry_ids, seal.leaves, strict=False):
        entry = found.get(entry_id)
        if entry is None:
            faults.append(f"entry {entry_id} was removed (seal {seal.number})")
        elif leaf_hash(entry) != bytes(leaf):
            faults.append(f"entry {entry_id} was changed (seal {seal.number})")
    return faults


def loose_faults(pharmacy_id: int, sealed: set[int]) -> list[str]:
    """Entries that no seal knows and that do not wait for one: somebody put them there."""
    waiting = set(
        Unsealed.objects.filter(pharmacy_id=pharmacy_id).values_list("entry_id", flat=True)
    )
    faults = [f"entry {n} waits for a seal it already has" for n in sorted(waiting & sealed)]
    there: set[int] = set()
    entries = Entry.objects.filter(pharmacy_id=pharmacy_id).values_list("id", flat=True)
    for entry_id in entries.iterator(chunk_size=READ_AT_ONCE):
        there.add(entry_id)
        if entry_id not in sealed and entry_id not in waiting:
            faults.append(f"entry {entry_id} was inserted: no seal knows it")
    return faults + [f"entry {n} was removed before its seal" for n in sorted(waiting - there)]
