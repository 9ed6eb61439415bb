"""Writing in the journal, and sealing what has been written."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, models, transaction

from apothecary.journal.deeds import Deed
from apothecary.journal.keys import SigningKey
from apothecary.journal.merkle import leaf_hash, merkle_root
from apothecary.journal.models import Entry, Seal, SealKey

APPEND = "SELECT journal_append(%s,%s,%s,%s,%s,%s,%s,%s,%s)"
SEAL_BATCH = 2_000
GENESIS = hashlib.sha256(b"apothecary journal").digest()


class Actor(Protocol):
    """Whoever acts: the worker of ``staff``, seen from below."""

    @property
    def pharmacy_id(self) -> int: ...
    @property
    def person_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...
    @property
    def station(self) -> str: ...
    @property
    def at(self) -> datetime: ...


def canonical(details: Mapping[str, object] | None) -> str:
    """JSON text that is the same for the same content."""
    return json.dumps(
        details or {}, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":")
    )


def line_of(
    *,
    by: Actor,
    did: Deed,
    about: models.Model | tuple[str, int],
    details: Mapping[str, object] | None = None,
) -> list[Any]:
    """The values of one line, as `APPEND` takes them."""
    if isinstance(about, tuple):
        kind, number = about
    else:
        kind, number = str(about._meta.model_name), int(about.pk)
    who = [by.pharmacy_id, by.at, by.person_id, by.name, by.station]
    return [*who, did.value, kind, number, canonical(details)]


def record(
    *,
    by: Actor,
    did: Deed,
    about: models.Model | tuple[str, int],
    details: Mapping[str, object] | None = None,
) -> None:
    """Write down one act, in the transaction that does it."""
    with connection.cursor() as cursor:
        cursor.execute(APPEND, line_of(by=by, did=did, about=about, details=details))


@transaction.atomic
def seal(*, pharmacy_id: int, key: SigningKey, at: datetime, batch: int = SEAL_BATCH) -> int:
    """Seal what waits in one pharmacy; returns how many entries were sealed."""
    with connection.cursor() as cursor:
        # One sealer per pharmacy at a time: the chain has one end.
        cursor.execute("SELECT pg_advisory_xact_lock(7301, %s)", [pharmacy_id])
        cursor.execute(
            "DELETE FROM journal_unsealed WHERE entry_id IN (SELECT entry_id FROM"
            " journal_unsealed WHERE pharmacy_id = %s ORDER BY entry_id LIMIT %s)"
            " RETURNING entry_id",
            [pharmacy_id, batch],
        )
        ids = sorted(row[0] for row in cursor.fetchall())
    if not ids:
        return 0
    entries = Entry.objects.filter(pharmacy_id=pharmacy_id, id__in=ids).order_by("id")
    leaves = [leaf_hash(entry) for entry in entries]
    if len(leaves) != len(ids):
        raise RuntimeError("an entry that waited for its seal is gone")
    last = Seal.objects.filter(pharmacy_id=pharmacy_id).order_by("-number").first()
    write_seal(pharmacy_id=pharmacy_id, ids=ids, leaves=leaves, last=last, key=key, at=at)
    return len(ids)


def write_seal(
    *,
    pharmacy_id: int,
    ids: list[int],
    leaves: list[bytes],
    last: Seal | None,
    key: SigningKey,
    at: datetime,
) -> Seal:
    """Sign one batch and hang it on the seal before."""
    number = last.number + 1 if last else 1
    previous = bytes(last.hash) if last else GENESIS
    root = merkle_root(leaves)
    digest = seal_hash(pharmacy_id, number, at, ids, root, previous)
    SealKey.objects.get_or_create(public_key=key.public, defaults={"since": at})
    return Seal.objects.create(
        pharmacy_id=pharmacy_id,
        number=number,
        sealed_at=at,
        entry_ids=ids,
        leaves=leaves,
        root=root,
        previous_hash=previous,
        hash=digest,
        public_key=key.public,
        signature=key.sign(digest),
    )


def seal_hash(
    pharmacy_id: int, number: int, at: datetime, ids: list[int], root: bytes, previous: bytes
) -> bytes:
    """What is signed: everything the seal says, in one digest."""
    head = json.dumps([pharmacy_id, number, at.isoformat(), ids], separators=(",", ":"))
    return hashlib.sha256(head.encode() + root + previous).digest()
