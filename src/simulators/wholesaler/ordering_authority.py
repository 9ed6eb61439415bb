"""An authority for ordering certificates that is nobody's: made once, in a folder of its own.

In ``trust`` lie its certificate and revocation list, as whoever trusts it wants them; beside it
lie ``signer.p12``, a key file that opens with ``apothecary``, and ``signer.pem``, its
certificate. The certificate says the registration it signs for, and the schedules, in two
extensions of an invented arc.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    pkcs12,
)
from cryptography.x509.oid import NameOID

ARC = "2.25.165386098126401653107911474913826130453"
REGISTRANT, SCHEDULES = x509.ObjectIdentifier(f"{ARC}.1"), x509.ObjectIdentifier(f"{ARC}.2")
PASSPHRASE, SIGNER = b"apothecary", "SAMPLE REGISTRANT"
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sample Ordering Authority")])
VALID, BACK = timedelta(days=3 * 365), timedelta(days=1)


def make_authority(folder: Path, *, dea: str) -> Path:
    """The folder of trust; one that is there is kept."""
    trust = folder / "trust"
    if (trust / "authority.pem").exists():
        return trust
    trust.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    key, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = _draft(NAME, key, now).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    authority = ca.sign(key, hashes.SHA256())
    signer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SIGNER)])
    draft = _draft(signer, own, now)
    draft = draft.add_extension(
        x509.BasicConstraints(ca=False, path_length=None), critical=True
    )
    for oid, text in ((REGISTRANT, dea), (SCHEDULES, "2,3,4,5")):
        raw = bytes([0x0C, len(text)]) + text.encode()
        draft = draft.add_extension(x509.UnrecognizedExtension(oid, raw), critical=False)
    held = draft.sign(key, hashes.SHA256())
    crl = x509.CertificateRevocationListBuilder().issuer_name(NAME)
    crl = crl.last_update(now - BACK).next_update(now + VALID)
    lock = BestAvailableEncryption(PASSPHRASE)
    file = folder / "signer.p12"
    file.touch(mode=0o600)
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(SIGNER.encode(), own, held, None, lock)
    )
    (folder / "signer.pem").write_bytes(held.public_bytes(Encoding.PEM))
    signed = crl.sign(key, hashes.SHA256())
    (trust / "authority.crl").write_bytes(signed.public_bytes(Encoding.PEM))
    (trust / "authority.pem").write_bytes(authority.public_bytes(Encoding.PEM))
    return trust


def _draft(
    name: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    draft = x509.CertificateBuilder().subject_name(name).issuer_name(NAME)
    draft = draft.public_key(key.public_key()).serial_number(x509.random_serial_number())
    return draft.not_valid_before(now - BACK).not_valid_after(now + VALID)
