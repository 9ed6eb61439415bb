"""Whom the house believes: authorities and their revocation lists, in a folder.

``APOTHECARY_CSOS_TRUST`` names it. In ``*.pem`` lie certificates of authorities, in ``*.crl``
their revocation lists (PEM or DER); ``profile.toml`` may say in which extensions a certificate
holds registration number and schedules. Nothing is fetched: somebody lays it there. Without the
folder, or with anything in it that cannot be read, nobody signs.
"""

import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from apothecary.law.problem import Problem, refuse

FOLDER = "APOTHECARY_CSOS_TRUST"
CITE, MARK = "21 CFR 1305.22(c), 1305.25(a)", "V2"
# The extensions of the house's own profile, in an arc of its own (a random UUID): what the
# simulator's authority writes. Those of another authority stand in its `profile.toml`.
ARC = "2.25.165386098126401653107911474913826130453"
REGISTRANT, SCHEDULES = f"{ARC}.1", f"{ARC}.2"


@dataclass(frozen=True, slots=True)
class Profile:
    """In which extension a certificate says what, as UTF-8 text in DER."""

    registrant: str = REGISTRANT
    schedules: str = SCHEDULES


@dataclass(frozen=True, slots=True)
class Trust:
    """The authorities that are believed, and what they have revoked."""

    authorities: tuple[x509.Certificate, ...]
    lists: tuple[x509.CertificateRevocationList, ...]
    profile: Profile = field(default_factory=Profile)

    def chain_of(
        self, leaf: x509.Certificate, others: Sequence[x509.Certificate], *, at: datetime
    ) -> list[x509.Certificate] | None:
        """From the certificate up to an authority that is believed; none where none leads."""
        anything = ExtensionPolicy.permit_all()
        issuers = anything.require_present(
            x509.BasicConstraints, Criticality.AGNOSTIC, issues_certificates
        )
        builder = PolicyBuilder().store(Store(list(self.authorities))).time(at)
        builder = builder.extension_policies(ee_policy=anything, ca_policy=issuers)
        try:
            found = builder.build_client_verifier().verify(leaf, list(others))
        except VerificationError:
            return None
        return list(found.chain)


def issues_certificates(
    policy: object, certificate: x509.Certificate, held: x509.BasicConstraints
) -> None:
    """Nobody but an authority vouches for others."""
    if not held.ca:
        raise ValueError("is no authority")


def trust_of_installation() -> Trust:
    """The authorities of the folder that the environment names, or a refusal that says why."""
    named = os.environ.get(FOLDER, "").strip()
    if not named:
        says = f"No authority is trusted here: {FOLDER} names no folder."
        raise refuse(says, cite=CITE, code="csos-no-trust", field="certificate")
    return trust_in(Path(named))


def trust_in(folder: Path) -> Trust:
    """What lies in a folder. Refused as a whole when there is no authority or a bad file."""
    try:
        pems = [path.read_bytes() for path in sorted(folder.glob("*.pem"))]
        crls = [path.read_bytes() for path in sorted(folder.glob("*.crl"))]
        authorities = [one for raw in pems for one in x509.load_pem_x509_certificates(raw)]
        lists = [read_list(raw) for raw in crls]
        profile = read_profile(folder / "profile.toml")
    except (OSError, ValueError) as bad:
        says = f"The trusted authorities cannot be read in {folder.name}: {bad}."
        raise refuse(says, cite=CITE, code="csos-no-trust", field="certificate") from bad
    if not authorities:
        says = f"No authority is trusted here: {folder.name} holds no certificate (*.pem)."
        raise refuse(says, cite=CITE, code="csos-no-trust", field="certificate")
    return Trust(tuple(authorities), tuple(lists), profile)


def read_list(raw: bytes) -> x509.CertificateRevocationList:
    """A revocation list, PEM or DER. Raises ValueError."""
    if raw.lstrip().startswith(b"-----BEGIN"):
        return x509.load_pem_x509_crl(raw)
    return x509.load_der_x509_crl(raw)


def read_profile(path: Path) -> Profile:
    """The extensions' numbers where a file says them. Raises ValueError on any other key."""
    if not path.is_file():
        return Profile()
    said = tomllib.loads(path.read_text())
    unknown = set(said) - {"registrant", "schedules"}
    if unknown or not all(isinstance(value, str) for value in said.values()):
        raise ValueError(f"profile.toml says {sorted(said)}: registrant and schedules")
    return Profile(said.get("registrant", ""), said.get("schedules", ""))


def trust_problems(
    trust: Trust, leaf: x509.Certificate, others: Sequence[x509.Certificate], *, at: datetime
) -> list[Problem]:
    """Why nobody may sign with this certificate at this instant, its dates set apart: no chain
    to an authority, no list of what it revoked, one that is out of date, or revoked.
    """
    chain = trust.chain_of(leaf, others, at=inside(leaf, at))
    if chain is None:
        return [problem("Its certificate leads to no authority that is trusted here.",
                        "csos-chain")]  # fmt: skip
    found = []
    for one, issuer in pairwise(chain):
        found += revocation_problems(trust, one, issuer, at=at)
    return found


def inside(leaf: x509.Certificate, at: datetime) -> datetime:
    """The instant, or the nearest one at which the certificate was good."""
    return max(leaf.not_valid_before_utc, min(at, leaf.not_valid_after_utc))


def revocation_problems(
    trust: Trust, one: x509.Certificate, issuer: x509.Certificate, *, at: datetime
) -> list[Problem]:
    """Why a certificate cannot be said to stand by the newest list of who issued it."""
    newest = newest_list(trust, issuer)
    who = issuer.subject.rfc4514_string()
    if newest is None:
        return [problem(f"No revocation list of {who} lies there.", "csos-crl-missing")]
    revoked = newest.get_revoked_certificate_by_serial_number(one.serial_number)
    if revoked is not None:
        says = (
            f"The certificate was revoked on {revoked.revocation_date_utc:%Y-%m-%d %H:%M} UTC."
        )
        return [problem(says, "csos-certificate-revoked")]
    ends = newest.next_update_utc
    if newest.last_update_utc > at or ends is None or ends < at:
        until = f"{ends:%Y-%m-%d %H:%M} UTC" if ends else "no day it names"
        says = f"The revocation list of {who} is out of date: it was good until {until}."
        return [problem(says, "csos-crl-old")]
    return []


def newest_list(
    trust: Trust, issuer: x509.Certificate
) -> x509.CertificateRevocationList | None:
    """The newest list that this authority signed itself."""
    signed = [
        each
        for each in trust.lists
        if each.issuer == issuer.subject and is_signed_by(each, issuer)
    ]
    return max(signed, key=lambda each: each.last_update_utc, default=None)


def is_signed_by(one: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    """Whether this authority signed the list."""
    try:
        return one.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]  # a key of another kind is refused by it, see below
    except TypeError:
        return False


def problem(says: str, code: str) -> Problem:
    """A reason about the certificate."""
    return Problem(says, CITE, code, MARK, "certificate")
