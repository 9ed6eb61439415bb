"""One-time codes to the second, QR codes that read back, recovery codes, passkeys' replies."""

import base64
import io
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from apothecary.staff import factors
from apothecary.staff.tests.softkey import FLAG, SoftKey

# The secret, instants and codes of RFC 6238, appendix B, in six digits.
RFC_KEY = base64.b32encode(b"12345678901234567890").decode()
RFC = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]
AT = datetime.fromtimestamp(1234567890, UTC)
STEP = 1234567890 // 30
HOST, ORIGIN = "pharmacy.example", "https://pharmacy.example"


@pytest.mark.parametrize(("second", "code"), RFC)
def test_the_codes_are_those_of_the_standard(second, code):
    at = datetime.fromtimestamp(second, UTC)
    assert factors.app_step(RFC_KEY, code, at=at, after=0) == second // 30


@pytest.mark.parametrize(
    ("seconds", "taken"),
    [(-60, False), (-31, False), (-30, True), (0, True), (29, True), (59, True), (60, False)],
)
def test_a_code_is_taken_one_step_before_and_after_its_own_and_no_further(seconds, taken):
    begins = datetime.fromtimestamp(STEP * 30, UTC)
    step = factors.app_step(RFC_KEY, "005924", at=begins + timedelta(seconds=seconds), after=0)
    assert step == (STEP if taken else None)


@pytest.mark.parametrize(
    ("after", "taken"), [(STEP - 1, True), (STEP, False), (STEP + 1, False)]
)
def test_a_code_is_taken_once_and_none_that_is_older(after, taken):
    step = factors.app_step(RFC_KEY, "005924", at=AT, after=after)
    assert (step is not None) is taken


@pytest.mark.parametrize(
    "code",
    [
        "",
        "5924",
        "005925",
        "0059240",
        "００５９２４",
        "005924 ",
        "-05924",
        "9" * 5000,
        "abcdef",
    ],
)
def test_what_is_not_the_code_is_no_code(code):
    assert factors.app_step(RFC_KEY, code, at=AT, after=0) is None


def test_a_fresh_key_has_160_bits_and_is_another_each_time():
    keys = {factors.new_app_key() for _ in range(20)}
    assert len(keys) == 20
    assert {len(base64.b32decode(key)) for key in keys} == {20}


def test_an_apps_address_names_house_person_and_key():
    there = urlsplit(factors.app_address(RFC_KEY, username="rita o'neil"))
    assert (there.scheme, there.netloc) == ("otpauth", "totp")
    assert "rita%20o%27neil" in there.path
    assert parse_qs(there.query) == {"secret": [RFC_KEY], "issuer": ["Apothecary"]}


def test_the_qr_code_reads_back_as_the_apps_address():
    address = factors.app_address(RFC_KEY, username="pic")
    kind, _, raw = factors.qr_picture(address).partition(",")
    assert kind == "data:image/png;base64"
    image = Image.open(io.BytesIO(base64.b64decode(raw)))
    (code,) = zxingcpp.read_barcodes(image)
    assert (code.text, code.format) == (address, zxingcpp.BarcodeFormat.QRCode)
    assert image.getpixel((0, 0)) == 255


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=1, max_size=64))
def test_a_sealed_key_opens_again_and_does_not_show(key):
    stored = factors.sealed(key)
    assert factors.unsealed(stored) == key
    assert len(key) < 4 or key.encode() not in stored


def test_a_key_sealed_under_another_secret_of_the_house_does_not_open(settings):
    stored = factors.sealed(RFC_KEY)
    settings.SECRET_KEY = "another"
    assert factors.unsealed(stored) is None
    assert factors.unsealed(b"") is None


def test_recovery_codes_are_ten_of_80_bits_each_another():
    codes = factors.new_recovery_codes() + factors.new_recovery_codes()
    assert len(set(codes)) == 20
    for code in codes:
        groups = code.split("-")
        assert [len(group) for group in groups] == [4, 4, 4, 4]
        assert len(base64.b32decode(code.replace("-", "").upper())) == 10


@pytest.mark.parametrize(
    "typed", ["abcd-efgh-ijkl-mnop", "ABCDEFGHIJKLMNOP", " abcd efgh ijkl mnop "]
)
def test_a_recovery_code_is_one_however_it_is_typed(typed):
    assert factors.recovery_hash(typed) == factors.recovery_hash("abcdefghijklmnop")
    assert factors.recovery_hash(typed) != factors.recovery_hash("abcdefghijklmnoq")


# Passkeys


def make(key: SoftKey, challenge: bytes, *, host: str = HOST) -> factors.Passkey | None:
    asked = factors.creation_options(
        host=key.host, person_id=7, username="pic", known=(), challenge=challenge
    )
    return factors.created_passkey(key.made(asked), host=host, challenge=challenge)


@pytest.fixture
def key() -> SoftKey:
    return SoftKey(HOST, ORIGIN)


@pytest.fixture
def public(key) -> bytes:
    made = make(key, factors.new_challenge())
    assert made is not None
    return made.public


def sign(key: SoftKey, public: bytes, *, host: str = HOST, challenge: bytes = b"c" * 32):
    asked = factors.request_options(host=HOST, known=[public], challenge=b"c" * 32)
    reply = key.signed(asked)
    return factors.signed_by(reply, host=host, known=[public], challenge=challenge)


def test_a_passkey_is_made_and_signs(key, public):
    assert sign(key, public) == factors.Passkey(public, 1)
    assert sign(key, public) == factors.Passkey(public, 2)


def test_the_question_names_house_person_challenge_and_the_keys_there_are(key, public):
    asked = json.loads(
        factors.creation_options(
            host=HOST, person_id=7, username="pic", known=[public], challenge=b"c" * 32
        )
    )
    assert asked["rp"] == {"id": HOST, "name": "Apothecary"}
    assert asked["user"]["name"] == "pic"
    assert base64.urlsafe_b64decode(asked["challenge"] + "=") == b"c" * 32
    (known,) = asked["excludeCredentials"]
    assert base64.urlsafe_b64decode(known["id"] + "==") == key.id


def test_a_key_made_for_another_challenge_or_name_is_none(key):
    challenge = factors.new_challenge()
    asked = factors.creation_options(
        host=HOST, person_id=7, username="pic", known=(), challenge=challenge
    )
    reply = key.made(asked)
    other = factors.new_challenge()
    assert factors.created_passkey(reply, host=HOST, challenge=challenge) is not None
    assert factors.created_passkey(reply, host=HOST, challenge=other) is None
    assert factors.created_passkey(reply, host="evil.example", challenge=challenge) is None


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://pharmacy.example",
        "https://pharmacy.example.evil.example",
        "https://xpharmacy.example",
    ],
)
def test_what_was_signed_on_another_page_is_nothing(key, public, origin):
    key.origin = origin
    assert sign(key, public) is None
    assert make(SoftKey(HOST, origin), factors.new_challenge()) is None


def test_what_was_signed_for_another_challenge_host_or_by_another_key_is_nothing(key, public):
    assert sign(key, public, challenge=b"d" * 32) is None
    assert sign(key, public, host="evil.example") is None
    assert sign(SoftKey(HOST, ORIGIN), public) is None
    imposter = SoftKey(HOST, ORIGIN, id=key.id)
    assert sign(imposter, public) is None


def test_a_key_that_nobody_touched_has_not_signed(key, public):
    key.flags = FLAG(0)
    assert sign(key, public) is None


def test_a_reply_that_makes_a_key_signs_nobody_in_and_the_other_way_round(key, public):
    challenge = b"c" * 32
    asked = factors.request_options(host=HOST, known=[public], challenge=challenge)
    made, signed = key.made(asked), key.signed(asked)
    assert factors.signed_by(made, host=HOST, known=[public], challenge=challenge) is None
    assert factors.created_passkey(signed, host=HOST, challenge=challenge) is None


@given(st.one_of(st.text(max_size=60), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["id", "rawId", "response", "type", "x"]), inner),
    max_leaves=8).map(json.dumps)))  # fmt: skip
def test_whatever_comes_instead_of_a_reply_breaks_nothing(reply):
    assert factors.created_passkey(reply, host=HOST, challenge=b"c" * 32) is None
    assert factors.signed_by(reply, host=HOST, known=(), challenge=b"c" * 32) is None


@pytest.mark.parametrize("part", ["id", "rawId", "type", "clientDataJSON", "signature"])
@pytest.mark.parametrize("spoiled", [10**11, 2**63 - 1, -1, None, [65], {"a": 1}, True])
def test_a_number_in_place_of_text_is_refused_before_so_many_bytes_are_set_aside(
    key, public, part, spoiled
):
    asked = factors.request_options(host=HOST, known=[public], challenge=b"c" * 32)
    reply = json.loads(key.signed(asked))
    (reply["response"] if part in reply["response"] else reply)[part] = spoiled
    with pytest.raises(ValueError, match="no text"):
        factors.read_reply(json.dumps(reply))
    known = [public]
    assert not factors.signed_by(json.dumps(reply), host=HOST, known=known, challenge=b"c" * 32)


@pytest.mark.parametrize("reply", ["x" * 65_537, "[" * 60_000])
def test_a_reply_of_endless_length_or_depth_is_none(reply):
    assert factors.created_passkey(reply, host=HOST, challenge=b"c" * 32) is None
    assert factors.signed_by(reply, host=HOST, known=(), challenge=b"c" * 32) is None


@given(st.integers(0, 10_000), st.integers(0, 255), st.booleans())
def test_a_reply_with_one_byte_changed_or_cut_is_never_taken_for_another_key(at, byte, cut):
    key = SoftKey(HOST, ORIGIN)
    challenge = b"c" * 32
    asked = factors.creation_options(
        host=HOST, person_id=7, username="pic", known=(), challenge=challenge
    )
    good = json.loads(key.made(asked))
    raw = bytearray(base64.urlsafe_b64decode(good["response"]["attestationObject"] + "=="))
    at %= len(raw)
    raw[at:] = raw[at : at + 1][:0] if cut else bytes([byte]) + raw[at + 1 :]
    good["response"]["attestationObject"] = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    made = factors.created_passkey(json.dumps(good), host=HOST, challenge=challenge)
    if made:
        # A spoiled key may be kept: what its owner signs opens nothing, or it is the same.
        taken = sign(key, made.public)
        assert taken is None or taken.public == made.public
