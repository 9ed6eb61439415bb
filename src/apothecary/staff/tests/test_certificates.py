"""A partner's certificate: only the very one on file, from its first to its last second."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from apothecary.config.tests.world import NOON
from apothecary.journal.deeds import Deed
from apothecary.journal.models import Entry
from apothecary.law.problem import Refused
from apothecary.staff import certificates
from apothecary.staff.models import Partner, PartnerCertificate
from apothecary.staff.signon import token_hash
from apothecary.staff.tests.papers import certificate

NOON_SHARP = NOON.astimezone(UTC).replace(microsecond=0)
STARTS, ENDS = NOON_SHARP - timedelta(days=1), NOON_SHARP + timedelta(days=30)
SECOND = timedelta(seconds=1)


def partner(world, name: str = "clinic") -> Partner:
    return Partner.objects.create(
        pharmacy=world.pharmacy, name=name, token_hash=token_hash(name), may_send="script"
    )


def put(world, raw: bytes, *, of: Partner | None = None) -> PartnerCertificate:
    return certificates.add_certificate(partner=of or partner(world), raw=raw, by=world.system)


def pem(name: str = "clinic", *, starts: datetime = STARTS, ends: datetime = ENDS) -> bytes:
    return certificate(name, starts=starts, ends=ends)


def read(raw: bytes) -> x509.Certificate:
    found = certificates.read_certificate(raw)
    assert found is not None
    return found


def test_what_is_kept_is_the_sha_256_of_the_certificates_own_bytes_and_its_last_second(
    pharmacy,
):
    raw = pem()
    held = put(pharmacy, raw)
    der = read(raw).public_bytes(Encoding.DER)
    assert bytes(held.fingerprint) == hashlib.sha256(der).digest()
    assert held.expires_at == ENDS
    entry = Entry.objects.get(deed=Deed.CERTIFICATE_ADDED)
    assert hashlib.sha256(der).hexdigest() in entry.details


@pytest.mark.parametrize("form", [Encoding.PEM, Encoding.DER])
def test_pem_and_der_are_one_certificate(pharmacy, form):
    made = read(certificate("x", starts=STARTS, ends=ENDS))
    assert read(made.public_bytes(form)) == made


@pytest.mark.parametrize(
    ("shift", "known"),
    [
        (STARTS - SECOND, False),
        (STARTS, True),
        (ENDS, True),
        (ENDS + SECOND, False),
        (ENDS + timedelta(days=365), False),
    ],
    ids=["before", "first second", "last second", "after", "a year after"],
)
def test_a_certificate_holds_from_its_first_through_its_last_second(pharmacy, shift, known):
    raw = pem()
    put(pharmacy, raw)
    found = certificates.partner_by_certificate(read(raw), at=shift)
    assert (found is not None) is known


def test_the_end_kept_with_the_partner_holds_even_when_it_is_earlier(pharmacy):
    raw = pem()
    PartnerCertificate.objects.filter(pk=put(pharmacy, raw).pk).update(expires_at=NOON_SHARP)
    assert certificates.partner_by_certificate(read(raw), at=NOON_SHARP)
    assert not certificates.partner_by_certificate(read(raw), at=NOON_SHARP + SECOND)


def test_another_certificate_of_the_same_name_and_key_is_a_strangers(pharmacy):
    put(pharmacy, pem())
    assert certificates.partner_by_certificate(read(pem()), at=NOON_SHARP) is None


def test_the_next_certificate_is_put_on_file_before_the_last_runs_out(pharmacy):
    ours, first, second = partner(pharmacy), pem(), pem(ends=ENDS + timedelta(days=365))
    put(pharmacy, first, of=ours)
    put(pharmacy, second, of=ours)
    for raw in (first, second):
        assert certificates.partner_by_certificate(read(raw), at=NOON_SHARP) == ours
    later = ENDS + timedelta(days=1)
    assert certificates.partner_by_certificate(read(first), at=later) is None
    assert certificates.partner_by_certificate(read(second), at=later) == ours


@pytest.mark.parametrize("ended", ["certificate", "partner"])
def test_what_was_ended_opens_nothing(pharmacy, ended):
    raw = pem()
    held = put(pharmacy, raw)
    if ended == "partner":
        Partner.objects.update(active=False)
    else:
        PartnerCertificate.objects.filter(pk=held.pk).update(ended_at=NOON_SHARP)
    assert certificates.partner_by_certificate(read(raw), at=NOON_SHARP) is None


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "not one certificate"),
        (
            b"-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n",
            "not one certificate",
        ),
        (b"\x30\x03\x02\x01\x01", "not one certificate"),
        (pem() + pem("another"), "not one certificate"),
        (b"x" * 20_000, "not one certificate"),
        (pem(ends=NOON_SHARP - SECOND), "ran out on 2026-"),
    ],
    ids=["empty", "no base 64", "another structure", "two at once", "too long", "run out"],
)
def test_what_is_no_certificate_to_trust_is_refused_and_nothing_is_kept(pharmacy, raw, says):
    with pytest.raises(Refused, match=says) as refusal:
        put(pharmacy, raw)
    assert refusal.value.problems[0].field == "certificate"
    assert not PartnerCertificate.objects.exists()
    assert not Entry.objects.filter(deed=Deed.CERTIFICATE_ADDED).exists()


def test_a_certificate_that_ends_this_very_second_is_still_taken(pharmacy):
    at = pharmacy.system.at.replace(microsecond=0)
    assert put(pharmacy, pem(ends=at + SECOND)).pk


def test_one_certificate_is_of_one_partner(pharmacy):
    raw = pem()
    put(pharmacy, raw)
    with pytest.raises(Refused, match="on file already"):
        put(pharmacy, raw, of=partner(pharmacy, "another"))
    assert PartnerCertificate.objects.get().partner.name == "clinic"


def forms(raw: bytes) -> dict[str, str]:
    der = base64.b64encode(read(raw).public_bytes(Encoding.DER)).decode()
    return {
        "RFC 9440": f":{der}:",
        "bare": der,
        "with blanks around": f"  :{der}: ",
        "PEM with percent signs": quote(raw.decode()),
        "PEM with percent signs but blanks": quote(raw.decode(), safe=" "),
    }


@pytest.mark.parametrize("form", forms(pem()))
def test_a_proxy_may_write_the_certificate_in_each_usual_form(form):
    raw = pem()
    assert certificates.forwarded_certificate(forms(raw)[form]) == read(raw)


@pytest.mark.parametrize(
    "said", ["", ":", "::", "(null)", ":abc:", "é", "-----BEGIN", "-----BEGIN%20CERTIFICATE"]
)
def test_a_header_without_a_certificate_holds_none(said):
    assert certificates.forwarded_certificate(said) is None


def test_two_certificates_joined_by_a_comma_are_none():
    one, two = forms(pem())["RFC 9440"], forms(pem("other"))["RFC 9440"]
    assert certificates.forwarded_certificate(f"{one}, {two}") is None
    assert certificates.forwarded_certificate(f"{one},{two}") is None


@given(st.binary(max_size=400), st.text(max_size=200))
def test_whatever_comes_instead_of_a_certificate_breaks_nothing(raw, said):
    assert certificates.read_certificate(raw) is None
    assert certificates.forwarded_certificate(said) is None
