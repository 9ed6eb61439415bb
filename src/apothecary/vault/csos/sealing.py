"""The signature of an order: made with a holder's own key, and read back. Pure.

XML signature, enveloped, over the whole document: SHA-256, with RSA or an elliptic curve. What
an order says is read from the bytes that were signed and from nothing else.
"""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from apothecary.law.problem import refuse
from apothecary.vault.csos.order_xml import (
    NAMESPACE,
    ROOT,
    SIGNATURE,
    OrderPaper,
    parsed,
    read_order,
)
from apothecary.wires.errors import Malformed

METHODS = frozenset(
    {
        *(SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA384, SignatureMethod.RSA_SHA512),
        *(SignatureMethod.ECDSA_SHA256, SignatureMethod.ECDSA_SHA384),
    }
)
DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
CERTIFICATE = "{http://www.w3.org/2000/09/xmldsig#}X509Certificate"
SMALLEST_RSA = 2_048
MOST_KEY_BYTES = 200_000
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """A key with its certificate, in memory for one signature; it shows nothing of itself."""

    key: Key
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """An order whose signature fits: what it says, who signed, who vouches in between."""

    paper: OrderPaper
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...]


def open_key_file(raw: bytes, passphrase: str) -> Holder:
    """The key in a PKCS#12 file. Refused by field when it does not open or holds none."""
    if not 0 < len(raw) <= MOST_KEY_BYTES:
        raise refuse("Choose the key file (.p12 or .pfx).", field="key_file", code="no-key")
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(raw, passphrase.encode())
    except ValueError as bad:
        says = "The key file does not open: it is none, or the passphrase is another."
        raise refuse(says, field="passphrase", code="csos-passphrase") from bad
    except UnsupportedAlgorithm as bad:
        says = "The key file is locked in a way that is not known here."
        raise refuse(says, field="key_file", code="csos-key-kind") from bad
    if certificate is None or key is None:
        says = "The key file holds no key with its certificate."
        raise refuse(says, field="key_file", code="csos-key-kind")
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < SMALLEST_RSA:
        says = f"The key has {key.key_size} bits: at least {SMALLEST_RSA}."
        raise refuse(says, field="key_file", code="csos-key-weak")
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        says = "The key is neither RSA nor of an elliptic curve."
        raise refuse(says, field="key_file", code="csos-key-kind")
    return Holder(key, certificate, tuple(others))


def sealed(raw: bytes, holder: Holder) -> bytes:
    """The order with its signature in it; the bytes to keep and to send."""
    is_rsa = isinstance(holder.key, rsa.RSAPrivateKey)
    method = SignatureMethod.RSA_SHA256 if is_rsa else SignatureMethod.ECDSA_SHA256
    signer = XMLSigner(
        signature_algorithm=method,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#",
    )
    chain = [holder.certificate, *holder.others]
    signed = signer.sign(parsed(raw), key=holder.key, cert=chain)
    return etree.tostring(signed, encoding="UTF-8", xml_declaration=True)


def opened(raw: bytes, *, at: datetime) -> Opened:
    """The order in signed bytes, where its signature fits them; ``at`` is an instant within
    the certificate's time. Whom to trust is not asked here.

    Raises Malformed when the bytes are no order, carry no signature, or were changed after it.
    """
    root = parsed(raw)
    if root.tag != f"{{{NAMESPACE}}}{ROOT}":
        raise Malformed("document", f"is no {ROOT} of {NAMESPACE}")
    seals = list(root.iter(SIGNATURE))
    if len(seals) != 1 or seals[0].getparent() is not root:
        raise Malformed(
            "Signature", f"stands {len(seals)} times: once, as a child of the order"
        )
    chain = certificates_in(seals[0])
    rules = SignatureConfiguration(
        location="./",
        signature_methods=METHODS,
        digest_algorithms=DIGESTS,
        verification_time=at,
    )
    try:
        found = XMLVerifier().verify(root, x509_cert=chain[0], expect_config=rules)
    except (SignXMLException, ValueError, etree.LxmlError) as bad:
        raise Malformed("Signature", f"does not fit the order: {bad or 'changed'}") from bad
    if isinstance(found, list) or found.signed_xml is None:
        raise Malformed("Signature", "does not cover the order")
    return Opened(read_order(found.signed_xml), chain[0], tuple(chain[1:]))


def certificates_in(seal: etree._Element) -> list[x509.Certificate]:
    """The certificates in a signature, the signer's first. Raises Malformed."""
    texts = ["".join((one.text or "").split()) for one in seal.iter(CERTIFICATE)]
    if not texts:
        raise Malformed("X509Certificate", "is missing: nobody can say who signed")
    try:
        return [x509.load_pem_x509_certificate(pem_of(text)) for text in texts]
    except ValueError as bad:
        raise Malformed("X509Certificate", f"cannot be read: {bad}") from bad


def pem_of(base64: str) -> bytes:
    """Bare base64 as a PEM block."""
    head, foot = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    lines = [base64[start : start + 64] for start in range(0, len(base64), 64)]
    return "\n".join([head, *lines, foot, ""]).encode()
