"""Whether an electronic order is signed by somebody who may (21 CFR 1305.22(c)).

The supplier's own reading of the order and of its signature, with signxml and cryptography.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from simulators.wholesaler.ordering_authority import REGISTRANT, SCHEDULES

SPACE = "{urn:apothecary:csos:order:1}"
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"
STRONG = frozenset({SignatureMethod.RSA_SHA256, SignatureMethod.ECDSA_SHA256})


class Flawed(ValueError):
    """Why an order is not accepted: a code and a sentence."""

    def __init__(self, code: str, says: str) -> None:
        self.code, self.says = code, says
        super().__init__(f"{code}: {says}")


class Unreadable(ValueError):
    """These bytes are no order at all."""


@dataclass(frozen=True)
class Proven:
    """An order of whom it says, as it was signed, with the schedules its signer may order."""

    root: etree._Element
    dea: str
    schedules: frozenset[str]

    def text(self, path: str) -> str:
        """The text at a path of plain element names."""
        return self.root.findtext("/".join(SPACE + name for name in path.split("/"))) or ""


def parsed(raw: bytes) -> etree._Element:
    """The document's root; Unreadable when it is no electronic order."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(f"body: {error}") from error
    if root.tag != f"{SPACE}ControlledSubstanceOrder":
        raise Unreadable("body: is no ControlledSubstanceOrder")
    return root


def prove(root: etree._Element, trust: Path, *, at: datetime) -> Proven:
    """The order, when everything about its signature is right at that instant."""
    leaf = _signer(root)
    _in_time(leaf, at)
    settings = SignatureConfiguration(
        location="./",
        signature_methods=STRONG,
        digest_algorithms=frozenset({DigestAlgorithm.SHA256}),
        verification_time=at,
    )
    try:
        found = XMLVerifier().verify(root, x509_cert=leaf, expect_config=settings)
    except (SignXMLException, ValueError) as error:
        raise Flawed("signature", f"the signature does not fit the order: {error}") from error
    if isinstance(found, list) or found.signed_xml is None or found.signed_xml.tag != root.tag:
        raise Flawed("signature", "the signature does not cover the order")
    _not_revoked(leaf, _issuer(leaf, trust), trust, at)
    schedules = frozenset(_said(leaf, SCHEDULES).split(","))
    return Proven(found.signed_xml, _said(leaf, REGISTRANT), schedules)


def _signer(root: etree._Element) -> x509.Certificate:
    held = root.findtext(
        f"{SIGNATURE}Signature/{SIGNATURE}KeyInfo/{SIGNATURE}X509Data/{SIGNATURE}X509Certificate"
    )
    if not held:
        raise Flawed("signature", "the order is not signed")
    pem = f"-----BEGIN CERTIFICATE-----\n{held.strip()}\n-----END CERTIFICATE-----\n"
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise Flawed("signature", f"the certificate cannot be read: {error}") from error


def _in_time(leaf: x509.Certificate, at: datetime) -> None:
    if at < leaf.not_valid_before_utc:
        raise Flawed("not_yet_valid", "the certificate is not valid yet")
    if at > leaf.not_valid_after_utc:
        raise Flawed("expired", "the certificate has expired")


def _issuer(leaf: x509.Certificate, trust: Path) -> x509.Certificate:
    for path in sorted(trust.glob("*.pem")):
        authority = x509.load_pem_x509_certificate(path.read_bytes())
        try:
            leaf.verify_directly_issued_by(authority)
        except (InvalidSignature, ValueError, TypeError):
            continue
        return authority
    raise Flawed("chain", "the certificate is of no authority we know")


def _not_revoked(
    leaf: x509.Certificate, issuer: x509.Certificate, trust: Path, at: datetime
) -> None:
    crls = [x509.load_pem_x509_crl(path.read_bytes()) for path in sorted(trust.glob("*.crl"))]
    own = [one for one in crls if one.issuer == issuer.subject]
    crl = max(own, key=lambda one: one.last_update_utc, default=None)
    if crl is None or crl.next_update_utc is None or crl.next_update_utc < at:
        raise Flawed("crl", "no revocation list of today is at hand: send it again later")
    if crl.get_revoked_certificate_by_serial_number(leaf.serial_number) is not None:
        raise Flawed("revoked", "the certificate was revoked")


def _said(leaf: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    try:
        held = leaf.extensions.get_extension_for_oid(oid).value
    except x509.ExtensionNotFound:
        return ""
    raw = held.value if isinstance(held, x509.UnrecognizedExtension) else b""
    return raw[2:].decode("ascii", "replace")
