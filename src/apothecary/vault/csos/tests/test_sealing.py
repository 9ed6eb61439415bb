"""A signature covers every word of an order, and nothing else is read as one."""

import re
from datetime import timedelta

import pytest
from lxml import etree

from apothecary.config.tests.world_days import NOON
from apothecary.law.problem import Refused
from apothecary.vault.csos.order_xml import SIGNATURE, write_order
from apothecary.vault.csos.sealing import (
    Holder,
    open_key_file,
    opened,
    sealed,
)
from apothecary.vault.csos.tests.authority import PASSPHRASE, Authority, Issued, rsa_key
from apothecary.vault.csos.tests.test_order_xml import PAPER
from apothecary.wires.errors import Malformed


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def issued(authority: Authority) -> Issued:
    return authority.issue(dea="AB1234563")


@pytest.fixture(scope="module")
def signed(issued: Issued) -> bytes:
    return sealed(write_order(PAPER), Holder(issued.key, issued.certificate, ()))


def refused(raw: bytes) -> str:
    with pytest.raises(Malformed) as refusal:
        opened(raw, at=NOON)
    return refusal.value.field


def test_a_signed_order_says_what_was_written_and_who_signed(
    signed: bytes, issued: Issued
) -> None:
    found = opened(signed, at=NOON)
    assert found.paper == PAPER
    assert found.certificate == issued.certificate
    assert found.others == ()


def test_a_key_of_rsa_signs_as_well(authority: Authority) -> None:
    issued = authority.issue(key=rsa_key())
    holder = open_key_file(issued.file(), PASSPHRASE)
    signed = sealed(write_order(PAPER), holder)
    assert b"rsa-sha256" in signed
    assert opened(signed, at=NOON).paper == PAPER


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<Packages>3<", b"<Packages>4<"),
        (b"26X00000A", b"26X00000B"),
        (b"<DEA>PB1111119", b"<DEA>PC2222228"),
        (b"<Schedule>2<", b"<Schedule>3<"),
        (b"00406055201", b"00406055202"),
        (b"2026-11-23", b"2026-11-24"),
    ],
)
def test_an_order_that_was_changed_after_its_signature_does_not_open(
    signed: bytes, old: bytes, new: bytes
) -> None:
    assert signed.count(old) == 1
    assert refused(signed.replace(old, new)) == "Signature"


def test_another_certificate_in_the_same_signature_does_not_open(
    signed: bytes, authority: Authority
) -> None:
    other = authority.issue("Somebody Else", dea="AB1234563")
    base64 = "".join(other.pem.decode().split("\n")[1:-2]).encode()
    forged = re.sub(
        rb"(<ds:X509Certificate>).*?(</ds:X509Certificate>)",
        lambda found: found[1] + base64 + found[2],
        signed,
        count=1,
        flags=re.DOTALL,
    )
    assert forged != signed
    assert refused(forged) == "Signature"


def test_an_order_without_a_signature_is_none() -> None:
    assert refused(write_order(PAPER)) == "Signature"


def test_two_signatures_are_not_one(signed: bytes) -> None:
    root = etree.fromstring(signed)
    root.append(etree.fromstring(etree.tostring(root[-1])))
    assert refused(etree.tostring(root)) == "Signature"


def test_a_signature_that_lies_deeper_is_not_one(signed: bytes) -> None:
    root = etree.fromstring(signed)
    assert root[-1].tag == SIGNATURE
    root[0].append(root[-1])
    assert refused(etree.tostring(root)) == "Signature"


def test_a_signed_order_wrapped_in_another_is_not_read() -> None:
    assert refused(b"<Envelope><ControlledSubstanceOrder/></Envelope>") == "document"


def test_an_order_smuggled_in_beside_the_signed_one_is_not_read(
    signed: bytes, issued: Issued
) -> None:
    """Signature wrapping: the reference is turned to a part that was signed elsewhere."""
    turned = signed.replace(b'<ds:Reference URI="">', b'<ds:Reference URI="#there">')
    assert turned != signed
    assert refused(turned) == "Signature"


def test_a_signature_without_its_certificate_names_that(signed: bytes) -> None:
    bare = re.sub(
        rb"<ds:X509Certificate>.*?</ds:X509Certificate>", b"", signed, flags=re.DOTALL
    )
    assert refused(bare) == "X509Certificate"


def test_a_certificate_that_is_none_is_named(signed: bytes) -> None:
    bad = re.sub(
        rb"<ds:X509Certificate>.*?</ds:X509Certificate>",
        b"<ds:X509Certificate>AAAA</ds:X509Certificate>",
        signed,
        flags=re.DOTALL,
    )
    assert refused(bad) == "X509Certificate"


def test_the_weak_digest_of_old_is_not_taken(signed: bytes) -> None:
    weak = signed.replace(
        b"http://www.w3.org/2001/04/xmlenc#sha256", b"http://www.w3.org/2000/09/xmldsig#sha1"
    )
    assert weak != signed
    assert refused(weak) == "Signature"


def test_a_key_file_opens_with_its_passphrase_alone(issued: Issued) -> None:
    assert open_key_file(issued.file(), PASSPHRASE).certificate == issued.certificate
    for raw, passphrase, code in (
        (issued.file(), "another", "csos-passphrase"),
        (issued.file(), "", "csos-passphrase"),
        (b"no key file", PASSPHRASE, "csos-passphrase"),
        (b"", PASSPHRASE, "no-key"),
        (b"x" * 200_001, PASSPHRASE, "no-key"),
    ):
        with pytest.raises(Refused) as refusal:
            open_key_file(raw, passphrase)
        assert [each.code for each in refusal.value.problems] == [code]


def test_a_short_rsa_key_does_not_sign(authority: Authority) -> None:
    issued = authority.issue(key=rsa_key(1024))
    with pytest.raises(Refused) as refusal:
        open_key_file(issued.file(), PASSPHRASE)
    assert [each.code for each in refusal.value.problems] == ["csos-key-weak"]


def test_a_key_in_memory_shows_nothing_of_itself(issued: Issued) -> None:
    holder = open_key_file(issued.file(), PASSPHRASE)
    assert "key" not in repr(holder).casefold().replace("holder", "")


def test_out_of_its_time_a_certificate_does_not_open_what_it_signed(signed: bytes) -> None:
    with pytest.raises(Malformed):
        opened(signed, at=NOON + timedelta(days=800))
