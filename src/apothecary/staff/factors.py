"""Second factors without tables: one-time codes, passkeys, recovery codes, and their QR code.

Nothing here reads the clock or the database; what is kept and counted is ``second.py``'s.
"""

import base64
import hashlib
import io
import json
import secrets
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyotp
import zxingcpp
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.crypto import salted_hmac
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    UserVerificationRequirement,
)
from PIL import Image
from pyotp.exceptions import OTPVerificationError

HOUSE = "Apothecary"
RECOVERY_CODES = 10
# Sixteen letters of base 32 are 80 random bits: too many for a stolen hash to be guessed.
RECOVERY_BYTES, RECOVERY_GROUP = 10, 4
# A phone's clock may be half a minute off, either way (RFC 6238, section 5.2).
STEPS_OFF = 1
CHALLENGE_BYTES = 32
LONGEST_REPLY = 65_536
REPLY_PARTS = ("clientDataJSON", "attestationObject", "authenticatorData", "signature")
VERIFICATION = UserVerificationRequirement.PREFERRED
# All that a reply made of anything but a browser's own words can set off in the library.
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, AssertionError, IndexError,
              RecursionError, struct.error)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Passkey:
    """What is kept of a passkey: its public half as bytes, and how often it has signed."""

    public: bytes
    counter: int


def new_app_key() -> str:
    """160 random bits in base 32, as authenticator apps take them."""
    return pyotp.random_base32()


def app_address(key: str, *, username: str) -> str:
    """The `otpauth://` address that an app reads out of a QR code."""
    return pyotp.TOTP(key).provisioning_uri(name=username, issuer_name=HOUSE)


def app_step(key: str, code: str, *, at: datetime, after: int) -> int | None:
    """The time step of a right code, or none; a step not later than ``after`` is spent."""
    if not (code.isascii() and code.isdigit()):
        return None
    try:
        step = pyotp.TOTP(key).verify_and_get_timecode(
            code, for_time=at, valid_window=STEPS_OFF
        )
    except OTPVerificationError:
        return None
    return step if step > after else None


def _sealer() -> Fernet:
    """The house's secret lies outside the database: a copy of the tables opens no app key."""
    key = salted_hmac("staff.factor", "app key", settings.SECRET_KEY, algorithm="sha256")
    return Fernet(base64.urlsafe_b64encode(key.digest()))


def sealed(key: str) -> bytes:
    """An app's key as it is stored."""
    return _sealer().encrypt(key.encode())


def unsealed(stored: bytes) -> str | None:
    """The app's key, or none where the house's secret has changed since."""
    try:
        return _sealer().decrypt(bytes(stored)).decode()
    except InvalidToken:
        return None


def qr_picture(text: str) -> str:
    """A QR code as an address that an image shows by itself; nothing leaves the page.

    A picture of dots with its white margin, so that it reads on a dark page too.
    """
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawn = zxingcpp.write_barcode_to_image(code, scale=4, add_quiet_zones=True)
    rows, columns = drawn.shape
    dots = memoryview(drawn).cast("B")  # type: ignore[arg-type]  # a buffer, unlike its stub
    kept = io.BytesIO()
    Image.frombytes("L", (columns, rows), bytes(dots)).save(kept, "PNG")
    return "data:image/png;base64," + base64.b64encode(kept.getvalue()).decode()


def new_recovery_codes() -> list[str]:
    """Ten fresh codes in groups of four letters."""
    return [
        grouped(base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower())
        for _ in range(RECOVERY_CODES)
    ]


def grouped(code: str) -> str:
    """A code as one reads it from paper: `abcd-efgh-…`."""
    steps = range(0, len(code), RECOVERY_GROUP)
    return "-".join(code[start : start + RECOVERY_GROUP] for start in steps)


def recovery_hash(typed: str) -> bytes:
    """What is stored of a recovery code, however it is grouped or typed."""
    plain = "".join(letter for letter in typed.lower() if letter.isalnum())
    return hashlib.sha256(plain.encode()).digest()


def new_challenge() -> bytes:
    """What a passkey is to sign."""
    return secrets.token_bytes(CHALLENGE_BYTES)


def _server(host: str) -> Fido2Server:
    """The house under one name: a passkey made under another is not asked, nor taken."""
    return Fido2Server(PublicKeyCredentialRpEntity(id=host, name=HOUSE))


def _state(challenge: bytes) -> dict[str, object]:
    encoded = base64.urlsafe_b64encode(bytes(challenge)).decode().rstrip("=")
    return {"challenge": encoded, "user_verification": VERIFICATION}


def _known(keys: Sequence[bytes]) -> list[AttestedCredentialData]:
    return [AttestedCredentialData(bytes(key)) for key in keys]


def creation_options(
    *, host: str, person_id: int, username: str, known: Sequence[bytes], challenge: bytes
) -> str:
    """What the browser is asked in order to make a passkey, as JSON."""
    user = PublicKeyCredentialUserEntity(
        id=str(person_id).encode(), name=username, display_name=username
    )
    asked, _ = _server(host).register_begin(
        user,
        credentials=_known(known),
        user_verification=VERIFICATION,
        challenge=bytes(challenge),
    )
    return json.dumps(dict(asked.public_key))


def read_reply(reply: str) -> dict[str, object]:
    """The parts of a browser's reply that count, each of them text; else ValueError.

    The library takes a number for a length and sets so many bytes aside: a reply of twenty
    letters could ask for all the memory there is. So nothing but text reaches it.
    """
    if len(reply) > LONGEST_REPLY:
        raise ValueError("the reply is too long")
    said = json.loads(reply)
    parts = said["response"]
    named = {name: parts[name] for name in REPLY_PARTS if name in parts}
    whole = {"id": said["id"], "rawId": said["rawId"], "type": said["type"]}
    if not all(isinstance(text, str) for text in (*named.values(), *whole.values())):
        raise ValueError("a part of the reply is no text")
    return whole | {"response": named}


def created_passkey(reply: str, *, host: str, challenge: bytes) -> Passkey | None:
    """The passkey a browser has made, or none where the reply is not to this question."""
    try:
        said = RegistrationResponse.from_dict(read_reply(reply))
        made = _server(host).register_complete(_state(challenge), said)
    except UNREADABLE:
        return None
    credential = made.credential_data
    return Passkey(public=bytes(credential), counter=made.counter) if credential else None


def request_options(*, host: str, known: Sequence[bytes], challenge: bytes) -> str:
    """What the browser is asked in order to sign with a passkey, as JSON."""
    asked, _ = _server(host).authenticate_begin(
        _known(known), user_verification=VERIFICATION, challenge=bytes(challenge)
    )
    return json.dumps(dict(asked.public_key))


def signed_by(
    reply: str, *, host: str, known: Sequence[bytes], challenge: bytes
) -> Passkey | None:
    """Which known passkey signed this challenge under this name, with its count; or none."""
    try:
        said = AuthenticationResponse.from_dict(read_reply(reply))
        used = _server(host).authenticate_complete(_state(challenge), _known(known), said)
        count = said.response.authenticator_data.counter
    except UNREADABLE:
        return None
    return Passkey(public=bytes(used), counter=count)
