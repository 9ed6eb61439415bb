"""What a certificate says of its bearer: for which registration and which schedules. Pure.

An authority writes registration and schedules into extensions of its own. Where the trusted
authority's profile names them, what they say counts and nobody may say otherwise; where a
certificate says nothing that can be read, the pharmacist in charge says it from the letter that
came with it, and the record shows that it was typed.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from apothecary.law.csos import CertificateFacts
from apothecary.law.identifiers import dea_problems
from apothecary.law.problem import Problem
from apothecary.vault.csos.trust import CITE, Profile, problem

KNOWN_SCHEDULES = frozenset({2, 3, 4, 5})
UTF8, PRINTABLE, IA5 = 0x0C, 0x13, 0x16
IN_CERTIFICATE, TYPED = "in the certificate", "typed"


@dataclass(frozen=True, slots=True)
class Bearer:
    """For which registration a certificate signs; ``dea`` is empty where it does not say."""

    dea: str
    schedules: frozenset[int]

    @property
    def is_said(self) -> bool:
        return bool(self.dea and self.schedules)


def bearer_in(certificate: x509.Certificate, profile: Profile) -> Bearer:
    """What the certificate itself says, in the extensions of the authority's profile."""
    dea = extension_text(certificate, profile.registrant)
    return Bearer(dea, schedules_in(extension_text(certificate, profile.schedules)))


def extension_text(certificate: x509.Certificate, oid: str) -> str:
    """The text of an extension: a string of DER with a short length; else empty."""
    if not oid:
        return ""
    try:
        found = certificate.extensions.get_extension_for_oid(x509.ObjectIdentifier(oid))
    except (x509.ExtensionNotFound, ValueError):
        return ""
    held = found.value
    raw = held.value if isinstance(held, x509.UnrecognizedExtension) else b""
    is_text = len(raw) >= 2 and raw[0] in {UTF8, PRINTABLE, IA5} and raw[1] == len(raw) - 2
    try:
        return raw[2:].decode() if is_text else ""
    except UnicodeDecodeError:
        return ""


def schedules_in(text: str) -> frozenset[int]:
    """Schedules as ``2,3,4,5``; none where anything else stands among them."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part in {"2", "3", "4", "5"} for part in parts):
        return frozenset()
    return frozenset(int(part) for part in parts)


def bearer_problems(
    said: Bearer, typed: Bearer, *, own_dea: str, on: date
) -> tuple[Bearer, str, list[Problem]]:
    """Which counts, where it was said, and why it may not be put on file: what the certificate
    says itself, and what was typed for what it does not say.
    """
    bearer = Bearer(said.dea or typed.dea, said.schedules or typed.schedules)
    source = IN_CERTIFICATE if said.is_said else TYPED
    for field, one, other in (
        ("dea", said.dea, typed.dea),
        ("schedules", said.schedules, typed.schedules),
    ):
        if one and other and one != other:
            says = "The certificate itself says something else than what was typed."
            return bearer, source, [Problem(says, CITE, "csos-said-otherwise", "V2", field)]
    problems = [Problem(one.says, one.cite, one.code, one.verified, "dea")
                for one in dea_problems(bearer.dea, on=on)]  # fmt: skip
    if bearer.dea and bearer.dea != own_dea:
        says = f"The certificate is for {bearer.dea}: this pharmacy is {own_dea}."
        problems.append(Problem(says, CITE, "csos-certificate-registrant", "V2", "dea"))
    if not bearer.schedules:
        says = "Say for which schedules it signs: the certificate does not."
        problems.append(Problem(says, CITE, "missing", "V2", "schedules"))
    return bearer, source, problems


def date_problems(certificate: x509.Certificate, *, at: datetime) -> list[Problem]:
    """Why the certificate is not good at that instant."""
    starts, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if at < starts:
        says = f"The certificate is not yet valid: it begins {starts:%Y-%m-%d %H:%M} UTC."
        return [problem(says, "csos-not-yet-valid")]
    if at > ends:
        says = f"The certificate expired at {ends:%Y-%m-%d %H:%M} UTC."
        return [problem(says, "csos-expired")]
    return []


def facts_of(
    certificate: x509.Certificate, bearer: Bearer, *, verified: bool, revoked: bool
) -> CertificateFacts:
    """The certificate as the law looks at it; its days in UTC, the instants are asked apart.

    The day after the last one counts still where a pharmacy's own day ends after it in UTC.
    """
    return CertificateFacts(
        verified=verified,
        valid_from=(certificate.not_valid_before_utc - timedelta(days=1)).date(),
        valid_until=certificate.not_valid_after_utc.date(),
        revoked=revoked,
        dea=bearer.dea,
        schedules=bearer.schedules,
    )


def fingerprint_of(certificate: x509.Certificate) -> str:
    """SHA-256 of the whole certificate, in hex: one certificate, one fingerprint."""
    return certificate.fingerprint(SHA256()).hex()


def roman(schedules: frozenset[int]) -> str:
    """Schedules as people write them."""
    names = {2: "C-II", 3: "C-III", 4: "C-IV", 5: "C-V"}
    return ", ".join(names[each] for each in sorted(schedules))
