"""A certificate of its own, for a line that nobody else vouches for."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

CERTIFICATE, KEY = "wholesaler.crt", "wholesaler.key"
VALID = timedelta(days=365)


def make_certificate(folder: Path) -> Path:
    """Self-signed for localhost and 127.0.0.1; one that is there is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key_file = folder / CERTIFICATE, folder / KEY
    if certificate.exists() and key_file.exists():
        return certificate
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sample wholesalers")])
    hosts = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    )
    now = datetime.now(UTC)
    draft = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    draft = draft.public_key(key.public_key()).serial_number(x509.random_serial_number())
    draft = draft.not_valid_before(now - timedelta(days=1)).not_valid_after(now + VALID)
    draft = draft.add_extension(hosts, critical=False)
    draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    key_file.touch(mode=0o600)
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    certificate.write_bytes(draft.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return certificate
