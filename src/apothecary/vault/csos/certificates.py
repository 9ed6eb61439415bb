"""The certificates that orders are signed with: put on file, ended, reported."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import IntegrityError, transaction

from apothecary.journal.actions import record
from apothecary.journal.deeds import Deed
from apothecary.law.csos import compromise_problems
from apothecary.law.problem import Problem, Refused, refuse, refuse_if
from apothecary.staff.duties import Duty
from apothecary.staff.models import Person, Pharmacy
from apothecary.staff.worker import Worker
from apothecary.vault.csos.bearer import (
    Bearer,
    bearer_in,
    bearer_problems,
    date_problems,
    fingerprint_of,
)
from apothecary.vault.csos.models import CsosCertificate
from apothecary.vault.csos.trust import Trust, trust_problems
from apothecary.vault.orders.rules import text_problems

MOST_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A certificate as it is put on file: whose, its bytes (PEM or DER), and what was typed of
    registration and schedules where it does not say them itself.
    """

    person_id: int
    raw: bytes
    dea: str = ""
    schedules: frozenset[int] = frozenset()


@transaction.atomic
def register_certificate(*, by: Worker, enrolled: Enrolled, trust: Trust) -> CsosCertificate:
    """Put somebody's ordering certificate on file; the key stays with its bearer."""
    by.must(Duty.KEEP_ATTORNEYS)
    people = Person.objects.filter(pharmacy_id=by.pharmacy_id, active=True)
    person = people.filter(pk=enrolled.person_id).first()
    if person is None:
        raise refuse("Nobody here by that name.", field="person", code="no-person")
    leaf, others = read_certificates(enrolled.raw)
    house = Pharmacy.objects.get(pk=by.pharmacy_id)
    typed = Bearer(enrolled.dea.strip(), enrolled.schedules)
    said = bearer_in(leaf, trust.profile)
    bearer, source, problems = bearer_problems(said, typed, own_dea=house.dea, on=by.today)
    refuse_if(
        problems + date_problems(leaf, at=by.at) + trust_problems(trust, leaf, others, at=by.at)
    )
    row = CsosCertificate(
        pharmacy_id=by.pharmacy_id,
        person=person,
        pem=leaf.public_bytes(Encoding.PEM).decode(),
        fingerprint=fingerprint_of(leaf),
        serial=f"{leaf.serial_number:X}",
        subject=leaf.subject.rfc4514_string(),
        issuer=leaf.issuer.rfc4514_string(),
        dea=bearer.dea,
        schedules=",".join(str(each) for each in sorted(bearer.schedules)),
        said=source,
        valid_from=leaf.not_valid_before_utc,
        valid_until=leaf.not_valid_after_utc,
        registered_at=by.at,
        registered_by_id=by.somebody,
    )
    keep(row)
    details = {"serial": row.serial, "of": person.name, "dea": row.dea,
               "schedules": row.schedules, "said": row.said}  # fmt: skip
    record(by=by, did=Deed.CSOS_CERTIFICATE_FILED, about=row, details=details)
    return row


def read_certificates(raw: bytes) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    """A bearer's certificate, and those after it in the same file (PEM), or one (DER)."""
    if not 0 < len(raw) <= MOST_BYTES:
        raise refuse(
            "Choose the certificate (.pem, .cer).", field="file", code="no-certificate"
        )
    try:
        if b"-----BEGIN" in raw:
            first, *others = x509.load_pem_x509_certificates(raw)
            return first, tuple(others)
        return x509.load_der_x509_certificate(raw), ()
    except ValueError as bad:
        says = "The file is no certificate. A key file (.p12) is not put on file here."
        raise refuse(says, field="file", code="no-certificate") from bad


def keep(row: CsosCertificate) -> None:
    """One certificate stands once, whoever was first."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as twice:
        says = "This certificate is on file."
        raise refuse(says, field="file", code="csos-certificate-twice") from twice


@transaction.atomic
def end_certificate(
    *, by: Worker, certificate_id: int, because: str, known_at: datetime | None = None,
    reported_at: datetime | None = None,
) -> CsosCertificate:  # fmt: skip
    """Sign nothing more with a certificate. Lost or compromised (``known_at`` says since when
    that is known), the authority is told within the hours of the law.
    """
    by.must(Duty.SIGN_DEA_ORDER)
    row = lock_certificate(by=by, certificate_id=certificate_id)
    if row.ended_at is not None:
        raise refuse("This certificate is ended.", code="csos-ended", field="certificate")
    if row.person_id != by.somebody and not by.may(Duty.KEEP_ATTORNEYS):
        says = "Its bearer ends it, or the pharmacist in charge."
        raise refuse(says, code="csos-not-bearer", field="certificate")
    problems = text_problems("because", because, what="why it is ended")
    problems += instant_problems("known_at", known_at, by=by)
    problems += instant_problems("reported_at", reported_at, by=by)
    refuse_if(problems)
    row.ended_at, row.ended_by_id, row.ended_because = by.at, by.somebody, because.strip()
    row.known_at, row.reported_at = known_at, reported_at
    row.save()
    said = {"serial": row.serial, "because": row.ended_because, "known_at": known_at,
            "reported_at": reported_at}  # fmt: skip
    record(by=by, did=Deed.CSOS_CERTIFICATE_ENDED, about=row, details=said)
    return row


@transaction.atomic
def note_reported(*, by: Worker, certificate_id: int, reported_at: datetime) -> CsosCertificate:
    """Write down when the authority was told of a lost or compromised certificate."""
    by.must(Duty.SIGN_DEA_ORDER)
    row = lock_certificate(by=by, certificate_id=certificate_id)
    if row.known_at is None or row.reported_at is not None:
        says = "There is nothing to report of this certificate, or it was reported."
        raise refuse(says, code="csos-nothing-to-report", field="certificate")
    problems = instant_problems("reported_at", reported_at, by=by)
    if reported_at < row.known_at:
        says = "It is reported after it is known."
        problems.append(Problem(says, code="bad-instant", field="reported_at"))
    refuse_if(problems)
    row.reported_at = reported_at
    row.save(update_fields=["reported_at"])
    said = {"serial": row.serial, "reported_at": reported_at}
    record(by=by, did=Deed.CSOS_CERTIFICATE_ENDED, about=row, details=said)
    return row


def instant_problems(field: str, at: datetime | None, *, by: Worker) -> list[Problem]:
    """Why something cannot have happened at that instant."""
    if at is None or at <= by.at:
        return []
    return [Problem("That is still to come.", code="bad-instant", field=field)]


def report_problems(row: CsosCertificate, *, by: Worker) -> list[Problem]:
    """Whether the report of a lost certificate is late, for the page that shows it."""
    if row.known_at is None:
        return []
    return compromise_problems(row.known_at, row.reported_at, at=by.at, on=by.today)


def lock_certificate(*, by: Worker, certificate_id: int) -> CsosCertificate:
    """A certificate of this pharmacy, held until the act is done."""
    rows = CsosCertificate.objects.select_for_update(of=("self",))
    row = rows.filter(pharmacy_id=by.pharmacy_id, pk=certificate_id).first()
    if row is None:
        raise refuse("No such certificate here.", code="no-certificate", field="certificate")
    return row


def registered(*, by: Worker, leaf: x509.Certificate) -> CsosCertificate:
    """The row of a certificate its bearer signs with now, or why it is not theirs (1 query)."""
    rows = CsosCertificate.objects.filter(
        pharmacy_id=by.pharmacy_id, fingerprint=fingerprint_of(leaf)
    )
    row = rows.first()
    if row is None:
        says = "The certificate in that file is not on file in this pharmacy."
        raise refuse(says, code="csos-not-on-file", field="certificate")
    if row.person_id != by.somebody:
        says = "The certificate is somebody else's: nobody signs with another's key."
        cite = "21 CFR 1311.30"
        raise Refused([Problem(says, cite, "csos-not-bearer", "K", "certificate")])
    if row.ended_at is not None:
        says = f"The certificate was ended: {row.ended_because}."
        raise refuse(says, code="csos-ended", field="certificate")
    return row
