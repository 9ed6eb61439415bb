"""Certificates made for a test, of a key that is made once."""

from datetime import datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID


@cache
def a_key() -> EllipticCurvePrivateKey:
    return generate_private_key(SECP256R1())


def certificate(
    name: str, *, starts: datetime, ends: datetime, form: Encoding = Encoding.PEM
) -> bytes:
    """A client certificate signed by itself, as a partner would send it."""
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(a_key().public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
        .sign(a_key(), hashes.SHA256())
    )
    return made.public_bytes(form)
