"""Who signed a message, and whether that counts: an XML signature over the whole of it. Pure.

Two are believed, each only by a certificate that leads to an authority of the trust folder: a
practitioner, whose certificate names the DEA number of the prescription, and an intermediary,
whose certificate's fingerprint stands in the folder's ``intermediaries.txt``, one a line. Over
what the standard's own `DigitalSignature` is computed is not public: it counts for nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from apothecary.law.problem import Problem
from apothecary.vault.csos.bearer import bearer_in, date_problems, fingerprint_of
from apothecary.vault.csos.order_xml import SIGNATURE
from apothecary.vault.csos.sealing import DIGESTS, METHODS, SMALLEST_RSA, certificates_in
from apothecary.vault.csos.trust import Trust, trust_problems
from apothecary.wires.errors import Malformed
from apothecary.wires.script.xml import parse_document

CITE, MARK = "21 CFR 1311.210", "V1"
LISTED = "intermediaries.txt"
MOST_SUFFIX = 32


class Signer(StrEnum):
    """Who signed a message."""

    PRACTITIONER = "practitioner"
    INTERMEDIARY = "intermediary"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Believed:
    """The authorities, and the fingerprints (SHA-256, hex) of intermediaries."""

    trust: Trust
    intermediaries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Signed:
    """What was found of a message's signature; ``problems`` say why it does not count."""

    signer: Signer
    by: str = ""
    certificate: str = ""
    problems: tuple[Problem, ...] = ()
    steps: frozenset[str] = frozenset()


def intermediaries_in(folder: Path) -> frozenset[str]:
    """The fingerprints of the list in a folder; none where there is no list. Raises OSError."""
    path = folder / LISTED
    lines = path.read_text().splitlines() if path.is_file() else []
    said = (line.split("#")[0].replace(":", "").strip().lower() for line in lines)
    return frozenset(line for line in said if line)


def signature_of(raw: bytes, *, dea: str, believed: Believed, at: datetime) -> Signed:
    """Who signed these bytes and why that does not count, if it does not.

    ``dea`` is the prescriber's number as the message says it; ``at`` an aware instant.
    """
    try:
        root = parse_document(raw)
    except Malformed as bad:
        return Signed(Signer.NOBODY, problems=(spoiled(f"{bad}"),))
    seals = list(root.iter(SIGNATURE))
    if not seals:
        return Signed(Signer.NOBODY)
    if len(seals) != 1 or seals[0].getparent() is not root:
        says = f"stands {len(seals)} times: once, as a child of the message"
        return Signed(Signer.NOBODY, problems=(spoiled(f"Its signature {says}."),))
    # A certificate that opens may still name a key or an extension that nobody can read.
    try:
        leaf, *others = certificates_in(seals[0])
        return judged(root, leaf, others, dea=dea, believed=believed, at=at)
    except (Malformed, ValueError, UnsupportedAlgorithm) as bad:
        return Signed(
            Signer.NOBODY, problems=(spoiled(f"Its certificate is unreadable: {bad}."),)
        )


def judged(
    root: etree._Element, leaf: x509.Certificate, others: list[x509.Certificate],
    *, dea: str, believed: Believed, at: datetime,
) -> Signed:  # fmt: skip
    """The signature of one certificate over the whole message."""
    named = leaf.subject.rfc4514_string()
    serial = f"{leaf.serial_number:X}"
    problems = key_problems(leaf) or fitting_problems(root, leaf, at=at)
    verified = not problems
    trusted = [
        *date_problems(leaf, at=at),
        *chain_problems(believed, leaf, others, at=at),
    ]
    signer, whose = signer_of(leaf, dea=dea, believed=believed)
    steps = ({"signature_verified"} if verified else set()) | (
        {"revocation_checked"} if not trusted else set()
    )
    return Signed(signer, named, serial, (*problems, *trusted, *whose), frozenset(steps))


def chain_problems(
    believed: Believed, leaf: x509.Certificate, others: list[x509.Certificate], *, at: datetime
) -> list[Problem]:
    """Why a certificate leads to nobody who is trusted here."""
    if not believed.trust.authorities:
        return [problem("No authority of signers is trusted here.", "epcs-no-trust")]
    return trust_problems(believed.trust, leaf, others, at=at)


def key_problems(leaf: x509.Certificate) -> list[Problem]:
    """Why a key is too weak to count."""
    key = leaf.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < SMALLEST_RSA:
        return [spoiled(f"Its key has {key.key_size} bits: at least {SMALLEST_RSA}.")]
    return []


def fitting_problems(
    root: etree._Element, leaf: x509.Certificate, *, at: datetime
) -> list[Problem]:
    """Why the signature does not fit the message as it came."""
    inside = max(leaf.not_valid_before_utc, min(at, leaf.not_valid_after_utc))
    rules = SignatureConfiguration(
        location="./",
        signature_methods=METHODS,
        digest_algorithms=DIGESTS,
        verification_time=inside,
    )
    try:
        found = XMLVerifier().verify(root, x509_cert=leaf, expect_config=rules)
    except (SignXMLException, ValueError, etree.LxmlError) as bad:
        return [spoiled(f"Its signature does not fit the message: {bad or 'changed'}.")]
    covers = None if isinstance(found, list) else found.signed_xml
    if covers is None or covers.tag != root.tag:
        return [spoiled("Its signature does not cover the message.")]
    return []


def signer_of(
    leaf: x509.Certificate, *, dea: str, believed: Believed
) -> tuple[Signer, list[Problem]]:
    """As whom this certificate signs, and why it may not sign this prescription."""
    if fingerprint_of(leaf) in believed.intermediaries:
        return Signer.INTERMEDIARY, []
    registered = bearer_in(leaf, believed.trust.profile).dea
    if not registered:
        says = (
            "Its certificate names no DEA registration and is of no intermediary that is "
            "trusted here."
        )
        return Signer.NOBODY, [problem(says, "epcs-signer")]
    if not same_registration(registered, dea):
        says = f"It is signed by {registered}, and prescribed by {dea or 'nobody named'}."
        return Signer.PRACTITIONER, [problem(says, "epcs-other-signer")]
    return Signer.PRACTITIONER, []


def same_registration(registered: str, said: str) -> bool:
    """Whether a message's number is that registration, an institution's suffix set apart."""
    number, _, suffix = said.strip().upper().partition("-")
    return number == registered.strip().upper() and len(suffix) <= MOST_SUFFIX


def spoiled(says: str) -> Problem:
    """A reason about the signature itself."""
    return problem(says, "epcs-spoiled")


def problem(says: str, code: str) -> Problem:
    """A reason about who signed."""
    return Problem(says, CITE, code, MARK, "signature")
