"""The payer's other link: POST /claims over HTTP, or HTTPS with a certificate of its own."""

import asyncio
import base64
import hmac
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from simulators.payer.faults import Fault
from simulators.payer.line import Line
from simulators.payer.wire import MAX_FRAME_BYTES, is_number

ROOM_FOR_MARKS = b"\x02\x03"
CERTIFICATE, KEY = "payer.crt", "payer.key"
VALID_DAYS = 365
OCTETS = "application/octet-stream"


class Web:
    """Serves POST /claims: the body is a transmission, the answer's body is the response.

    With a credential, callers send it as a bearer token or as the password of HTTP Basic.
    """

    def __init__(self, line: Line, *, credential: str = "", folder: Path | None = None) -> None:
        self._line, self._credential, self._folder = line, credential, folder
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; with a folder over TLS, its certificate made there if there is none."""
        context = None
        if self._folder is not None:
            make_certificate(self._folder, now=datetime.now(UTC))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self._folder / CERTIFICATE, self._folder / KEY)
        self._server = await asyncio.start_server(self._serve, host, port, ssl=context)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the link."""
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._exchange(reader, writer)
            await writer.drain()
        except (
            OSError,
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
        ) as error:
            print(f"payer: web connection ended: {error}", flush=True)
        finally:
            writer.close()

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:])
        }
        refusal = self._refusal(head[0], fields)
        if refusal:
            writer.write(response(refusal, b"", "text/plain"))
            return
        body = await reader.readexactly(int(fields["content-length"]))
        if not self._line.is_up:
            writer.write(response("503 Service Unavailable", b"", "text/plain"))
            return
        answered, fault = self._line.take(body.strip(ROOM_FOR_MARKS))
        raw = answered.transmission.encode("latin-1")
        await self._send(reader, writer, raw, fault)

    def _refusal(self, request: str, fields: dict[str, str]) -> str:
        """The status of a request that carries no claim, empty when it does."""
        method, target, *_ = [*request.split(" "), "", ""]
        length = fields.get("content-length", "")
        checks = (
            (target != "/claims", "404 Not Found"),
            (method != "POST", "405 Method Not Allowed"),
            (not self._knows(fields.get("authorization", "")), "401 Unauthorized"),
            (fields.get("content-type", "") != OCTETS, "415 Unsupported Media Type"),
            (not is_number(length), "411 Length Required"),
            (is_number(length) and int(length) > MAX_FRAME_BYTES, "413 Content Too Large"),
        )
        return next((status for is_so, status in checks if is_so), "")

    def _knows(self, authorization: str) -> bool:
        if not self._credential:
            return True
        scheme, _, said = authorization.partition(" ")
        if scheme.lower() == "basic":
            try:
                said = base64.b64decode(said, validate=True).decode().partition(":")[2]
            except ValueError:
                return False
        elif scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(said.encode(), self._credential.encode())

    async def _send(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, raw: bytes,
        fault: Fault | None,
    ) -> None:  # fmt: skip
        kind = fault.kind if fault else ""
        if fault and kind in {"delay", "late"}:
            await asyncio.sleep(fault.seconds)
        if kind == "drop":
            return
        if kind == "silent":
            # Nothing is ever said; the connection ends when the caller has had enough.
            await reader.read()
            return
        if kind == "garbage":
            raw = self._line.faults.garbage().encode("latin-1")
        whole = response("200 OK", raw, OCTETS)
        if kind == "cut":
            whole = whole[: -(len(raw) // 2)]
        writer.write(whole * 2 if kind == "twice" else whole)


def response(status: str, body: bytes, kind: str) -> bytes:
    """One HTTP response; the connection ends with it."""
    asks = "WWW-Authenticate: Bearer\r\n" if status.startswith("401") else ""
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{asks}"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("latin-1") + body


def make_certificate(folder: Path, *, now: datetime) -> Path:
    """A self-signed certificate for localhost and 127.0.0.1; one that is there is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate, key_file = folder / CERTIFICATE, folder / KEY
    if certificate.exists() and key_file.exists():
        return certificate
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sample payer")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    key_file.touch(mode=0o600)
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    return certificate
