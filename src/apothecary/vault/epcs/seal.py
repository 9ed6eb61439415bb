"""The house's own signature on receipt, over the bytes as they came: its key lies encrypted.

``APOTHECARY_EPCS_KEY`` names a PKCS#12 file, ``APOTHECARY_EPCS_PASSPHRASE`` a file apart with
its passphrase. Without both nothing is sealed here, and an intermediary's signature is needed.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from apothecary.law.problem import refuse
from apothecary.vault.csos.sealing import Holder, open_key_file

KEY, PASSPHRASE = "APOTHECARY_EPCS_KEY", "APOTHECARY_EPCS_PASSPHRASE"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A signature over bytes, and the certificate (PEM) it is proved with."""

    seal: bytes
    certificate: str


def house_key() -> Holder | None:
    """The house's key; none where none is named. Refused when it is named and does not open."""
    named = os.environ.get(KEY, "").strip()
    if not named:
        return None
    phrase = os.environ.get(PASSPHRASE, "").strip()
    try:
        raw = Path(named).read_bytes()
        passphrase = Path(phrase).read_text().strip() if phrase else ""
    except OSError as bad:
        says = "The key with which the house signs on receipt cannot be read."
        raise refuse(says, code="epcs-key", field="sealed") from bad
    if not passphrase:
        says = "The key with which the house signs on receipt must lie encrypted."
        raise refuse(says, cite="21 CFR 1311.205(b)(4)(iii)", code="epcs-key", field="sealed")
    return open_key_file(raw, passphrase)


def seal_on_receipt(raw: bytes, holder: Holder) -> Sealed:
    """Sign bytes as they came."""
    pem = holder.certificate.public_bytes(Encoding.PEM).decode()
    if isinstance(holder.key, rsa.RSAPrivateKey):
        return Sealed(holder.key.sign(raw, padding.PKCS1v15(), SHA256()), pem)
    return Sealed(holder.key.sign(raw, ec.ECDSA(SHA256())), pem)


def seal_holds(raw: bytes, sealed: Sealed) -> bool:
    """Whether these are the bytes that were sealed."""
    key = x509.load_pem_x509_certificate(sealed.certificate.encode()).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(sealed.seal, raw, padding.PKCS1v15(), SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(sealed.seal, raw, ec.ECDSA(SHA256()))
        else:
            return False
    except InvalidSignature:
        return False
    return True
