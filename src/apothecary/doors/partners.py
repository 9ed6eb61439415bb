"""Which partner asks: by token, or by the client certificate a trusted proxy vouches for.

The server that carries the pages checks client certificates and hands none of them over
(granian 2.8 puts nothing of TLS into the environment), so a certificate comes from a reverse
proxy alone. The proxy writes secret and certificate into *one* header. Two headers would not
do: `X_Name` and `X-Name` are one name to WSGI, the later wins, and a stranger's certificate
could stand beside the proxy's secret.

`APOTHECARY_CERTIFICATE_HEADER`   the header's name; without it no certificate is taken
`APOTHECARY_PROXY_SECRET`         what the value begins with, then a space, then the certificate
`APOTHECARY_PROXY_ADDRESSES`      networks the proxy asks from (several with spaces)
"""

import base64
import ipaddress
import os
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from cryptography import x509
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from apothecary.staff.certificates import forwarded_certificate, partner_by_certificate
from apothecary.staff.models import Partner
from apothecary.staff.signon import token_hash

SHORTEST_SECRET = 32
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Proxy:
    """The one who may vouch for a certificate: what it knows, and where it asks from."""

    header: str
    secret: str
    networks: tuple[Network, ...]


def trusted_proxy() -> Proxy | None:
    """The proxy this installation trusts; none unless all of it is set (default deny)."""
    header = os.environ.get("APOTHECARY_CERTIFICATE_HEADER", "")
    if not header:
        return None
    secret = os.environ.get("APOTHECARY_PROXY_SECRET", "")
    if len(secret) < SHORTEST_SECRET or " " in secret:
        says = f"APOTHECARY_PROXY_SECRET: {SHORTEST_SECRET} characters or more, no space"
        raise ImproperlyConfigured(says)
    written = os.environ.get("APOTHECARY_PROXY_ADDRESSES", "").split()
    try:
        networks = tuple(ipaddress.ip_network(each) for each in written)
    except ValueError as fault:
        raise ImproperlyConfigured(f"APOTHECARY_PROXY_ADDRESSES: {fault}") from fault
    if not networks:
        raise ImproperlyConfigured("APOTHECARY_PROXY_ADDRESSES: the proxy's own, please")
    return Proxy(header, secret, networks)


def partner_of(request: HttpRequest, *, at: datetime) -> Partner | None:
    """The living partner behind the credential, or none (1 query).

    Whoever gives a token is judged by it alone.
    """
    given = request.headers.get("Authorization", "")
    if given:
        return partner_by_token(credential(given))
    certificate = certificate_of(request)
    return partner_by_certificate(certificate, at=at) if certificate else None


def partner_by_token(token: str) -> Partner | None:
    """The living partner with this token."""
    if not token:
        return None
    return (
        Partner.objects.select_related("pharmacy")
        .filter(token_hash=token_hash(token), active=True)
        .first()
    )


def certificate_of(request: HttpRequest) -> x509.Certificate | None:
    """The client certificate that the trusted proxy saw; from anybody else, none."""
    proxy = trusted_proxy()
    if proxy is None or not comes_from(request.META.get("REMOTE_ADDR", ""), proxy.networks):
        return None
    secret, _, certificate = request.headers.get(proxy.header, "").partition(" ")
    if not compare_digest(secret.encode(), proxy.secret.encode()):
        return None
    return forwarded_certificate(certificate)


def comes_from(address: str, networks: tuple[Network, ...]) -> bool:
    """Whether the connection itself comes from one of these networks."""
    try:
        asking = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(asking in network for network in networks)


def credential(header: str) -> str:
    """The token of a Bearer header, or the password of a Basic one; else empty."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        pair = base64.b64decode(rest.strip(), validate=True).decode()
    except ValueError:
        # No base64, or no text behind it.
        return ""
    return pair.partition(":")[2]
