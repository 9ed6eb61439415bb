"""The key that signs the seals. It lives in the data folder, outside the database."""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key pair; ``public`` is the raw 32 bytes."""

    private: Ed25519PrivateKey
    public: bytes

    def sign(self, digest: bytes) -> bytes:
        """The 64-byte signature over a digest."""
        return self.private.sign(digest)


def signing_key(folder: Path) -> SigningKey:
    """The key in this folder; made on first use, readable by its owner alone."""
    path = folder / "journal.ed25519"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = Ed25519PrivateKey.generate().private_bytes_raw()
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return signing_key(folder)
        with os.fdopen(handle, "wb") as file:
            file.write(fresh)
    private = Ed25519PrivateKey.from_private_bytes(path.read_bytes())
    return SigningKey(private=private, public=private.public_key().public_bytes_raw())


def signature_holds(public: bytes, signature: bytes, digest: bytes) -> bool:
    """Whether the signature over the digest was made by the owner of this public key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, digest)
    except InvalidSignature:
        return False
    return True
