"""A partner's client certificate at POST /script: taken from the trusted proxy alone."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from apothecary.doors import partners
from apothecary.doors.tests.test_script import BEARER, FRESH, code, make_partner
from apothecary.intake.models import Arrival
from apothecary.intake.tests.messages import Rx
from apothecary.staff.certificates import add_certificate
from apothecary.staff.models import Partner
from apothecary.staff.signon import stand_in
from apothecary.staff.tests.papers import certificate
from apothecary.wires.models import Incoming

HEADER = "X-Partner-Certificate"
SECRET = "s" * 32
PROXY = "10.1.2.3"
NOW = datetime.now(UTC).replace(microsecond=0)
SETTINGS = {
    "APOTHECARY_CERTIFICATE_HEADER": HEADER,
    "APOTHECARY_PROXY_SECRET": SECRET,
    "APOTHECARY_PROXY_ADDRESSES": "10.1.0.0/16 ::1",
}


def paper(*, days: int = 30, name: str = "clinic") -> bytes:
    return certificate(name, starts=NOW - timedelta(days=60), ends=NOW + timedelta(days=days))


@pytest.fixture
def proxied(monkeypatch) -> None:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def on_file(pharmacy) -> bytes:
    raw = paper()
    add_certificate(partner=make_partner(pharmacy), raw=raw, by=pharmacy.system)
    return raw


def send(value: str, *, of: str = PROXY, more: dict[str, str] | None = None) -> Any:
    """POST a prescription with this value in the proxy's header, from this address."""
    headers = ({HEADER: value} if value else {}) | (more or {})
    return Client().post(
        "/script",
        data=Rx(**FRESH).xml(),
        content_type="application/xml",
        headers=headers,
        REMOTE_ADDR=of,
    )


def said(raw: bytes, *, secret: str = SECRET) -> str:
    return f"{secret} {quote(raw.decode())}"


def test_a_partner_sends_with_its_certificate_through_the_trusted_proxy(
    pharmacy, proxied, on_file
):
    assert code(send(said(on_file))) == ("Status", "000")
    assert Arrival.objects.get().patient == pharmacy.patient


def test_without_the_proxys_settings_no_header_says_anything(pharmacy, on_file):
    assert send(said(on_file)).status_code == 401
    stand_in(pharmacy.pharmacy.pk)
    assert not Incoming.objects.exists()


@pytest.mark.parametrize(
    "secret", ["", "s" * 31, "s" * 33, "S" * 32, "wrong", "é" * 32, "s" * 31 + ","]
)
def test_a_forged_header_without_the_proxys_secret_is_a_strangers(
    pharmacy, proxied, on_file, secret
):
    assert send(said(on_file, secret=secret)).status_code == 401
    stand_in(pharmacy.pharmacy.pk)
    assert not Incoming.objects.exists()


@pytest.mark.parametrize("of", ["10.2.0.1", "127.0.0.1", "", "::2", "nonsense", "10.1.2.3.4"])
def test_even_with_the_secret_only_the_proxys_own_address_is_believed(
    pharmacy, proxied, on_file, of
):
    assert send(said(on_file), of=of).status_code == 401


@pytest.mark.parametrize("of", ["10.1.0.0", "10.1.255.255", "::1"])
def test_every_address_of_the_proxys_networks_is_believed(pharmacy, proxied, on_file, of):
    assert send(said(on_file), of=of).status_code == 200


def test_a_forwarded_address_is_no_address(pharmacy, proxied, on_file):
    more = {"X-Forwarded-For": PROXY, "Forwarded": f"for={PROXY}"}
    assert send(said(on_file), of="203.0.113.7", more=more).status_code == 401


@pytest.mark.parametrize(
    "twice", ["{good},{good}", "{forged},{good}", "{good},{forged}", "{forged} {good}"]
)
def test_a_strangers_header_beside_the_proxys_opens_nothing(pharmacy, proxied, on_file, twice):
    forged = said(on_file, secret="x" * 32)
    theirs = said(paper(name="unknown"))
    assert send(twice.format(good=theirs, forged=forged)).status_code == 401


def test_an_unknown_certificate_is_a_strangers_though_the_proxy_vouches(pharmacy, proxied):
    make_partner(pharmacy)
    assert send(said(paper())).status_code == 401


@pytest.mark.parametrize(("seconds", "status"), [(-1, 401), (600, 200)])
def test_a_certificate_that_has_run_out_opens_nothing(pharmacy, proxied, seconds, status):
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds)
    raw = certificate("clinic", starts=NOW - timedelta(days=60), ends=ends)
    # Put on file while it was good.
    then = pharmacy.system.at_time(NOW - timedelta(days=30), NOW.date())
    add_certificate(partner=make_partner(pharmacy), raw=raw, by=then)
    assert send(said(raw)).status_code == status


def test_a_partner_that_was_let_go_is_a_stranger_with_its_certificate_too(
    pharmacy, proxied, on_file
):
    Partner.objects.update(active=False)
    assert send(said(on_file)).status_code == 401


def test_a_certificate_lends_no_right_that_its_partner_lacks(pharmacy, proxied):
    raw = paper()
    held = make_partner(pharmacy, "other", may_send="fhir claims")
    add_certificate(partner=held, raw=raw, by=pharmacy.system)
    assert send(said(raw)).status_code == 403


def test_whoever_gives_a_token_is_judged_by_it_alone(pharmacy, proxied, on_file):
    wrong = send(said(on_file), more={"Authorization": "Bearer wrong"})
    assert wrong.status_code == 401
    assert send("", more=BEARER).status_code == 200
    assert send(said(paper()), more=BEARER).status_code == 200


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("APOTHECARY_PROXY_SECRET", "", "32 characters"),
        ("APOTHECARY_PROXY_SECRET", "s" * 31, "32 characters"),
        ("APOTHECARY_PROXY_SECRET", "s" * 32 + " s", "no space"),
        ("APOTHECARY_PROXY_ADDRESSES", "", "the proxy's own"),
        ("APOTHECARY_PROXY_ADDRESSES", "10.1.2.3/8", "host bits"),
        ("APOTHECARY_PROXY_ADDRESSES", "proxy.example", "proxy.example"),
    ],
)
def test_half_a_configuration_stops_loudly_and_believes_nobody(
    monkeypatch, proxied, name, value, says
):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=says):
        partners.trusted_proxy()


def test_without_a_headers_name_nothing_else_turns_certificates_on(monkeypatch, proxied):
    monkeypatch.setenv("APOTHECARY_CERTIFICATE_HEADER", "")
    assert partners.trusted_proxy() is None


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
        ("Basic bmFtZTphYmM=", "abc"),
        ("Basic bmFtZTphOmI=", "a:b"),
        ("Basic bmFtZQ==", ""),
        ("Basic /w==", ""),
        ("Basic !", ""),
        ("Digest abc", ""),
        ("abc", ""),
        ("", ""),
    ],
)
def test_a_credential_is_read_out_of_bearer_and_basic_alone(header, token):
    assert partners.credential(header) == token
