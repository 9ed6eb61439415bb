"""Who signed a message, and every way in which that does not count."""

from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod

from apothecary.config.tests.world_days import NOON
from apothecary.vault.csos.bearer import fingerprint_of
from apothecary.vault.csos.tests.authority import DAY, YEAR, Authority, Issued, rsa_key
from apothecary.vault.csos.trust import trust_in
from apothecary.vault.epcs.signature import (
    LISTED,
    Believed,
    Signer,
    intermediaries_in,
    same_registration,
    signature_of,
)
from apothecary.vault.epcs.tests.receiver import CII, DEA, signed_by

RAW = CII.xml()
AUTHORITY = Authority("Test Prescribing CA")
DOCTOR = AUTHORITY.issue("Alex Smith", dea=DEA)
NETWORK = AUTHORITY.issue("Example Network")
GOOD = signed_by(DOCTOR, RAW)


@pytest.fixture(scope="module")
def believed(tmp_path_factory):
    folder = AUTHORITY.lay(tmp_path_factory.mktemp("trust"))
    (folder / LISTED).write_text(f"{fingerprint_of(NETWORK.certificate)} # the network\n\n")
    return Believed(trust_in(folder), intermediaries_in(folder))


def looked(raw, believed, *, dea=DEA, at=NOON):
    return signature_of(raw, dea=dea, believed=believed, at=at)


def codes(signed):
    return [problem.code for problem in signed.problems]


def test_a_practitioners_signature_over_the_whole_message_counts(believed):
    found = looked(GOOD, believed)
    assert (found.signer, found.problems) == (Signer.PRACTITIONER, ())
    assert found.steps == {"signature_verified", "revocation_checked"}
    assert "Alex Smith" in found.by
    assert found.certificate == f"{DOCTOR.certificate.serial_number:X}"


def test_an_intermediary_is_believed_by_its_fingerprint(believed):
    found = looked(signed_by(NETWORK, RAW), believed)
    assert (found.signer, found.problems) == (Signer.INTERMEDIARY, ())


def test_an_rsa_key_of_2048_bits_counts_and_one_of_1024_does_not(believed):
    long = AUTHORITY.issue(dea=DEA, key=rsa_key())
    short = AUTHORITY.issue(dea=DEA, key=rsa_key(1024))
    assert looked(signed_by(long, RAW), believed).problems == ()
    assert "epcs-spoiled" in codes(looked(signed_by(short, RAW), believed))


def test_a_message_without_a_signature_has_no_signer_and_no_reason_of_its_own(believed):
    found = looked(RAW, believed)
    assert (found.signer, found.problems, found.steps) == (Signer.NOBODY, (), frozenset())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<Value>30</Value>", b"<Value>90</Value>"),
        (b"oxycodone hydrochloride 5", b"oxycodone hydrochloride 30"),
        (b"<LastName>Doe<", b"<LastName>Dow<"),
        (DEA.encode(), b"AS7654321"),
        (b"Take 1 tablet", b"Take 9 tablet"),
        (b"2026-11-20", b"2026-11-21"),
    ],
)
def test_whatever_is_changed_after_the_signature_spoils_it(believed, old, new):
    assert old in GOOD
    found = looked(GOOD.replace(old, new), believed)
    assert "epcs-spoiled" in codes(found)
    assert "signature_verified" not in found.steps


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_byte_of_a_signed_message_can_be_another(believed, data):
    place = data.draw(st.integers(0, len(GOOD) - 1))
    other = data.draw(st.integers(32, 126).filter(lambda byte: byte != GOOD[place]))
    raw = GOOD[:place] + bytes([other]) + GOOD[place + 1 :]
    found = looked(raw, believed)
    # Space, quotes and the like may be written otherwise: then it says the same as before.
    if not found.problems and found.signer is not Signer.NOBODY:
        assert same_said(raw)


def same_said(raw):
    texts = [[str(one) for one in etree.fromstring(each).itertext()] for each in (GOOD, raw)]
    return "".join("".join(texts[0]).split()) == "".join("".join(texts[1]).split())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"until": NOON - DAY}, "csos-expired"),
        ({"since": NOON + DAY}, "csos-not-yet-valid"),
        ({"dea": ""}, "epcs-signer"),
        ({"dea": "BX1111119"}, "epcs-other-signer"),
    ],
)
def test_a_certificate_that_is_not_good_for_it_does_not_count(believed, change, code):
    said = {"dea": DEA, "since": NOON - YEAR} | change
    assert code in codes(looked(signed_by(AUTHORITY.issue(**said), RAW), believed))


def test_the_day_of_a_certificate_ends_with_its_last_instant(believed):
    issued = AUTHORITY.issue(dea=DEA, until=NOON)
    raw = signed_by(issued, RAW)
    assert looked(raw, believed, at=NOON).problems == ()
    assert codes(looked(raw, believed, at=NOON + timedelta(seconds=1))) == ["csos-expired"]


def test_an_authority_nobody_laid_down_is_not_believed(believed):
    stranger = Authority("Other CA").issue(dea=DEA)
    assert "csos-chain" in codes(looked(signed_by(stranger, RAW), believed))


def test_a_revoked_certificate_and_a_list_that_ran_out_do_not_count(tmp_path):
    other = Authority("Revoking CA")
    bad, good = other.issue(dea=DEA), other.issue(dea=DEA)
    other.revoke(bad, NOON - DAY)
    held = Believed(trust_in(other.lay(tmp_path / "a")))
    found = looked(signed_by(bad, RAW), held)
    assert codes(found) == ["csos-certificate-revoked"]
    assert "revocation_checked" not in found.steps
    assert looked(signed_by(good, RAW), held).problems == ()
    assert codes(looked(signed_by(good, RAW), held, at=NOON + 8 * DAY)) == ["csos-crl-old"]


def test_an_issuing_authority_below_one_that_is_believed_counts(tmp_path):
    root = Authority("Root CA")
    below = root.below()
    root.lay(tmp_path)
    (tmp_path / "below.crl").write_bytes(below.crl())
    issued = below.issue(dea=DEA)
    chained = Issued(issued.key, issued.certificate, (below.certificate,))
    assert looked(signed_by(chained, RAW), Believed(trust_in(tmp_path))).problems == ()


@pytest.mark.parametrize(
    "how",
    [
        {"digest": DigestAlgorithm.SHA224},
        {"method": SignatureMethod.ECDSA_SHA224},
    ],
)
def test_a_weaker_way_of_signing_does_not_count(believed, how):
    assert "epcs-spoiled" in codes(looked(signed_by(DOCTOR, RAW, **how), believed))


def test_two_signatures_or_one_in_another_place_count_for_nothing(believed):
    start = GOOD.index(b"<ds:Signature")
    end = GOOD.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    seal = GOOD[start:end]
    twice = GOOD.replace(b"</Message>", seal + b"</Message>")
    inside = GOOD[:start] + GOOD[end:]
    inside = inside.replace(b"</Body>", seal + b"</Body>")
    for raw in (twice, inside):
        found = looked(raw, believed)
        assert (found.signer, codes(found)) == (Signer.NOBODY, ["epcs-spoiled"])


def test_a_signature_that_names_no_certificate_does_not_count(believed):
    start = GOOD.index(b"<ds:X509Data>")
    end = GOOD.index(b"</ds:X509Data>") + len(b"</ds:X509Data>")
    found = looked(GOOD[:start] + GOOD[end:], believed)
    assert codes(found) == ["epcs-spoiled"]
    garbled = GOOD.replace(b"<ds:X509Certificate>", b"<ds:X509Certificate>AAAA")
    assert codes(looked(garbled, believed)) == ["epcs-spoiled"]


@pytest.mark.parametrize("raw", [b"", b"<", b"<!DOCTYPE x><Message/>", b"\xff\xfe"])
def test_bytes_that_are_no_message_have_no_signer(believed, raw):
    found = looked(raw, believed)
    assert (found.signer, codes(found)) == (Signer.NOBODY, ["epcs-spoiled"])


@pytest.mark.parametrize(
    ("said", "same"),
    [
        (DEA, True),
        (DEA.lower(), True),
        (f" {DEA} ", True),
        (f"{DEA}-BG1", True),
        (f"{DEA}-" + "X" * 32, True),
        (f"{DEA}-" + "X" * 33, False),
        (f"{DEA}X", False),
        ("AS1234564", False),
        ("", False),
    ],
)
def test_an_institutions_suffix_is_of_its_registration_and_no_other_number_is(said, same):
    assert same_registration(DEA, said) is same


def test_the_list_of_intermediaries_reads_colons_capitals_and_remarks(tmp_path):
    digest = sha256(b"x").hexdigest()
    colons = ":".join(digest[n : n + 2] for n in range(0, 64, 2)).upper()
    (tmp_path / LISTED).write_text(f"# ours\n{colons}   # by letter\n\n")
    assert intermediaries_in(tmp_path) == {digest}
    assert intermediaries_in(tmp_path / "nowhere") == frozenset()
