"""The house signs on receipt with a key that lies encrypted, or not at all."""

import pytest
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12

from apothecary.law.problem import Refused
from apothecary.vault.csos.tests.authority import Authority, rsa_key
from apothecary.vault.epcs import seal
from apothecary.vault.epcs.seal import Sealed, house_key, seal_holds, seal_on_receipt

RAW = b"<Message>as it came</Message>"


@pytest.mark.parametrize("key", [None, rsa_key()])
def test_what_was_sealed_is_proved_and_any_other_byte_is_not(house, key):
    issued = house.authority.issue("Own", key=key)
    house.give_key(issued)
    holder = house_key()
    assert holder is not None
    sealed = seal_on_receipt(RAW, holder)
    assert seal_holds(RAW, sealed)
    assert not seal_holds(RAW + b" ", sealed)
    assert not seal_holds(RAW, Sealed(sealed.seal[:-1] + b"x", sealed.certificate))
    other = Authority("Other").issue()
    assert not seal_holds(RAW, Sealed(sealed.seal, other.pem.decode()))


def test_where_no_key_is_named_nothing_is_sealed(house):
    assert house_key() is None


def test_a_key_with_another_passphrase_is_refused(house):
    house.give_key(passphrase="another")
    with pytest.raises(Refused, match="does not open"):
        house_key()


def test_a_key_without_a_passphrase_is_refused_with_its_citation(house):
    issued = house.give_key()
    bare = pkcs12.serialize_key_and_certificates(
        b"own", issued.key, issued.certificate, None, NoEncryption()
    )
    (house.data / "own.p12").write_bytes(bare)
    house.patch.delenv(seal.PASSPHRASE)
    with pytest.raises(Refused) as refusal:
        house_key()
    assert refusal.value.problems[0].cite == "21 CFR 1311.205(b)(4)(iii)"


def test_a_key_that_is_not_there_is_refused(house):
    house.give_key()
    (house.data / "own.p12").unlink()
    with pytest.raises(Refused, match="cannot be read"):
        house_key()
