"""A partner's client certificate: read, put on file by its SHA-256, and found again.

Only the very certificate that was put on file counts. Who signed it does not: a pinned
fingerprint needs no authority, and no authority can let a stranger in.
"""

import base64
import binascii
import hashlib
from datetime import datetime
from urllib.parse import unquote_to_bytes

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.problem import refuse
from apothecary.staff.models import Partner, PartnerCertificate
from apothecary.staff.worker import Worker

LONGEST_BYTES = 16_384
# So many hexadecimal digits of a fingerprint tell it from every other on file.
FEWEST_DIGITS = 8
PEM_BEGINS = b"-----BEGIN CERTIFICATE-----"


def read_certificate(raw: bytes) -> x509.Certificate | None:
    """One certificate in PEM or DER, or none where it is not just that."""
    if len(raw) > LONGEST_BYTES:
        return None
    try:
        if raw.lstrip().startswith(PEM_BEGINS):
            (found,) = x509.load_pem_x509_certificates(raw)
            return found
        return x509.load_der_x509_certificate(raw)
    except ValueError:
        return None


def forwarded_certificate(said: str) -> x509.Certificate | None:
    """The certificate as a proxy writes it into a header, or none.

    Either DER in base 64, between colons (RFC 9440) or bare, or a PEM with percent signs.
    """
    plain = said.strip()
    if plain.startswith("-----BEGIN"):
        return read_certificate(unquote_to_bytes(plain))
    if len(plain) > 1 and plain[0] == plain[-1] == ":":
        plain = plain[1:-1]
    try:
        return read_certificate(base64.b64decode(plain, validate=True))
    except (binascii.Error, ValueError):
        return None


def fingerprint(certificate: x509.Certificate) -> bytes:
    """The SHA-256 of the certificate's own bytes (DER)."""
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()


def partner_by_certificate(certificate: x509.Certificate, *, at: datetime) -> Partner | None:
    """The living partner of a certificate that is on file and valid at that instant (1 query).

    Valid from its first instant through its last, both included (RFC 5280, 4.1.2.5).
    """
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        return None
    held = (
        PartnerCertificate.objects.select_related("partner__pharmacy")
        .filter(
            fingerprint=fingerprint(certificate),
            ended_at=None,
            expires_at__gte=at,
            partner__active=True,
        )
        .first()
    )
    return held.partner if held else None


@transaction.atomic
def add_certificate(*, partner: Partner, raw: bytes, by: Worker) -> PartnerCertificate:
    """Put a partner's certificate on file; those before it go on until they run out."""
    certificate = read_certificate(raw)
    if certificate is None:
        raise refuse("That is not one certificate in PEM or DER.", field="certificate")
    ends = certificate.not_valid_after_utc
    if ends < by.at:
        raise refuse(f"The certificate ran out on {ends:%Y-%m-%d}.", field="certificate")
    print_ = fingerprint(certificate)
    if PartnerCertificate.objects.filter(fingerprint=print_).exists():
        raise refuse("This certificate is on file already.", field="certificate")
    held = PartnerCertificate.objects.create(
        partner=partner, fingerprint=print_, added_at=by.at, expires_at=ends
    )
    said = {"partner": partner.name, "sha256": print_.hex(), "expires": ends.isoformat()}
    record(by=by, did=Deed.CERTIFICATE_ADDED, about=partner, details=said)
    return held


@transaction.atomic
def end_certificate(*, partner: Partner, begins: str, by: Worker) -> PartnerCertificate:
    """End one certificate of a partner, named by how its SHA-256 begins; the others go on."""
    living = list(
        PartnerCertificate.objects.select_for_update()
        .filter(partner=partner, ended_at=None)
        .order_by("id")
    )
    wanted = begins.strip().lower().replace(":", "")
    meant = [held for held in living if bytes(held.fingerprint).hex().startswith(wanted)]
    if len(meant) != 1 or len(wanted) < FEWEST_DIGITS:
        known = [bytes(held.fingerprint).hex()[: 2 * FEWEST_DIGITS] for held in living]
        says = (
            f"No one certificate of {partner.name} has a SHA-256 that begins with {begins!r}; "
            f"on file: {', '.join(known) or 'none'}."
        )
        raise refuse(says, field="end", code="no-certificate")
    (held,) = meant
    held.ended_at = by.at
    held.save(update_fields=["ended_at"])
    said = {"partner": partner.name, "sha256": bytes(held.fingerprint).hex()}
    record(by=by, did=Deed.CERTIFICATE_ENDED, about=partner, details=said)
    return held
