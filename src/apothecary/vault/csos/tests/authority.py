"""An authority of the tests' own: certificates, revocation lists and key files on demand."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from apothecary.config.tests.world_days import NOON
from apothecary.vault.csos.sealing import Key
from apothecary.vault.csos.trust import REGISTRANT, SCHEDULES

PASSPHRASE = "a long passphrase"
DAY, YEAR = timedelta(days=1), timedelta(days=365)


def name_of(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def text_extension(oid: str, text: str) -> x509.UnrecognizedExtension:
    """A UTF-8 string in DER."""
    raw = bytes([0x0C, len(text.encode())]) + text.encode()
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), raw)


@dataclass
class Issued:
    """A key with its certificate."""

    key: Key
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...] = ()

    def file(self, passphrase: str = PASSPHRASE) -> bytes:
        """The PKCS#12 file as its bearer has it."""
        return pkcs12.serialize_key_and_certificates(
            b"signing key",
            self.key,
            self.certificate,
            list(self.others) or None,
            BestAvailableEncryption(passphrase.encode()),
        )

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


@dataclass
class Authority:
    """Issues, revokes, and writes its folder. All days count from the tests' noon."""

    name: str = "Test Ordering CA"
    now: datetime = NOON
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    revoked: list[tuple[int, datetime]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.certificate = self.sign(self.draft(name_of(self.name), self.key, is_ca=True))

    def draft(
        self, name: x509.Name, key: Key, *, is_ca: bool = False,
        since: datetime | None = None, until: datetime | None = None,
    ) -> x509.CertificateBuilder:  # fmt: skip
        draft = x509.CertificateBuilder().subject_name(name).issuer_name(name_of(self.name))
        draft = draft.public_key(key.public_key()).serial_number(x509.random_serial_number())
        draft = draft.not_valid_before(since or self.now - YEAR)
        draft = draft.not_valid_after(until or self.now + YEAR)
        basic = x509.BasicConstraints(ca=is_ca, path_length=None)
        return draft.add_extension(basic, critical=True)

    def sign(self, draft: x509.CertificateBuilder) -> x509.Certificate:
        return draft.sign(self.key, hashes.SHA256())

    def issue(
        self, common: str = "Ivy Incharge", *, dea: str = "", schedules: str = "2,3,4,5",
        key: Key | None = None, since: datetime | None = None, until: datetime | None = None,
    ) -> Issued:  # fmt: skip
        """A signing certificate; without ``dea`` it says nothing of its registration."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        draft = self.draft(name_of(common), key, since=since, until=until)
        if dea:
            draft = draft.add_extension(text_extension(REGISTRANT, dea), critical=False)
            draft = draft.add_extension(text_extension(SCHEDULES, schedules), critical=False)
        return Issued(key, self.sign(draft))

    def below(self, name: str = "Test Issuing CA") -> "Authority":
        """An authority that this one vouches for."""
        other = Authority(name, self.now)
        other.certificate = self.sign(self.draft(name_of(name), other.key, is_ca=True))
        return other

    def revoke(self, issued: Issued, at: datetime) -> None:
        self.revoked.append((issued.certificate.serial_number, at))

    def crl(self, *, since: datetime | None = None, until: datetime | None = None) -> bytes:
        """The list of what it revoked, good for a week."""
        made = x509.CertificateRevocationListBuilder().issuer_name(name_of(self.name))
        made = made.last_update(since or self.now - DAY)
        made = made.next_update(until or self.now + 7 * DAY)
        for number, at in self.revoked:
            row = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(at)
            made = made.add_revoked_certificate(row.build())
        return made.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def lay(self, folder: Path, *, crl: bytes | None = None) -> Path:
        """Its certificate and list in a folder, as an installation trusts them."""
        folder.mkdir(parents=True, exist_ok=True)
        stem = self.name.replace(" ", "-").lower()
        pem = self.certificate.public_bytes(Encoding.PEM)
        (folder / f"{stem}.pem").write_bytes(pem)
        (folder / f"{stem}.crl").write_bytes(self.crl() if crl is None else crl)
        return folder


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)
