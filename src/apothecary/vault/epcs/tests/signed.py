"""Messages with signatures, and the report of an auditor."""

from dataclasses import replace
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.signer import XMLSigner

from apothecary.config.tests.world_days import TODAY
from apothecary.intake.tests.messages import Rx
from apothecary.vault.csos.tests.authority import Issued
from apothecary.vault.epcs.opening import Report
from apothecary.vault.epcs.requirements import vouchable

DEA = "AS1234563"
REPORTED = TODAY - timedelta(days=100)
YESTERDAY = TODAY - timedelta(days=1)
VOUCHED = frozenset(each.key for each in vouchable())
CII = Rx(
    message_id="EPCS0001",
    drug="oxycodone hydrochloride 5 MG Oral Tablet",
    ndc="00406055201",
    schedule="C48675",
    dea=DEA,
    refills="0",
    signed=True,
)


def report(**changed: object) -> Report:
    said = Report("Avery Auditor", "cisa", "R-2026-17", REPORTED, VOUCHED)
    return replace(said, **changed)  # type: ignore[arg-type]  # each test names its field


def signed_by(
    issued: Issued,
    raw: bytes,
    *,
    method: SignatureMethod | None = None,
    digest: DigestAlgorithm = DigestAlgorithm.SHA256,
) -> bytes:
    """A message with an enveloped signature over the whole of it."""
    is_rsa = isinstance(issued.key, rsa.RSAPrivateKey)
    signer = XMLSigner(
        signature_algorithm=method
        or (SignatureMethod.RSA_SHA256 if is_rsa else SignatureMethod.ECDSA_SHA256),
        digest_algorithm=digest,
    )
    chain = [issued.certificate, *issued.others]
    made = signer.sign(etree.fromstring(raw), key=issued.key, cert=chain)
    return etree.tostring(made, encoding="UTF-8", xml_declaration=True)
