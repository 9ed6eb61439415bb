"""A passkey made of software: it signs what a browser's would, where there is no browser."""

import base64
import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from fido2.cose import ES256
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

FLAG = AuthenticatorData.FLAG


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class SoftKey:
    """One key for one name of the house; ``count`` goes up with each signature."""

    host: str
    origin: str
    count: int = 0
    flags: AuthenticatorData.FLAG = FLAG.UP
    id: bytes = field(default_factory=lambda: os.urandom(16))
    key: EllipticCurvePrivateKey = field(
        default_factory=lambda: generate_private_key(SECP256R1())
    )

    @property
    def host_hash(self) -> bytes:
        return hashlib.sha256(self.host.encode()).digest()

    def client(self, kind: str, challenge: str) -> bytes:
        said = {"type": f"webauthn.{kind}", "challenge": challenge, "origin": self.origin}
        return json.dumps(said).encode()

    def reply(self, **parts: bytes) -> str:  # the parts of a browser's reply, by their names
        response = {name: text(raw) for name, raw in parts.items()}
        whole: dict[str, Any] = {"id": text(self.id), "rawId": text(self.id)}
        whole |= {"type": "public-key", "response": response, "clientExtensionResults": {}}
        return json.dumps(whole)

    def made(self, question: str) -> str:
        """The reply to a question that makes a key."""
        public = ES256.from_cryptography_key(self.key.public_key())
        data = AuthenticatorData.create(
            self.host_hash,
            self.flags | FLAG.AT,
            self.count,
            AttestedCredentialData.create(Aaguid.NONE, self.id, public),
        )
        return self.reply(
            clientDataJSON=self.client("create", json.loads(question)["challenge"]),
            attestationObject=AttestationObject.create("none", data, {}),
        )

    def signed(self, question: str) -> str:
        """The reply to a question that a key is to sign."""
        self.count += 1
        return self.signed_at_count(question, self.count)

    def signed_at_count(self, question: str, count: int) -> str:
        data = AuthenticatorData.create(self.host_hash, self.flags, count)
        client = self.client("get", json.loads(question)["challenge"])
        signature = self.key.sign(
            data + hashlib.sha256(client).digest(), ECDSA(hashes.SHA256())
        )
        return self.reply(clientDataJSON=client, authenticatorData=data, signature=signature)
