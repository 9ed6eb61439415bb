"""The arithmetic of the seal: one hash per entry, one root per batch."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC

from apothecary.journal.models import Entry


def leaf_hash(entry: Entry) -> bytes:
    """SHA-256 over everything an entry says, in a fixed order and notation."""
    said = [
        entry.pk,
        entry.pharmacy_id,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.by_id,
        entry.by_name,
        entry.station,
        entry.deed,
        entry.about,
        entry.about_id,
        entry.details,
    ]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(b"\x00" + text.encode()).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """The root over the leaves in order; leaf and node hashes cannot be confused (RFC 6962)."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        pairs = [
            hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest()
            for i in range(0, len(level) - 1, 2)
        ]
        if len(level) % 2:
            pairs.append(level[-1])
        level = pairs
    return level[0]
