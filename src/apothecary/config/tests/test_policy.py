"""The content security policy: nothing inline, nothing foreign, and the live events."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from apothecary.staff.actions import worker_token
from apothecary.staff.duties import Role

HEADER = "Content-Security-Policy"


@pytest.mark.parametrize("address", ["/signin", "/", "/nothing-here", "/people/"])
def test_every_page_carries_the_policy_and_is_kept_by_nobody(pharmacy, address):
    person = pharmacy.people[Role.IN_CHARGE]
    token = worker_token(person=person, station="x", at=timezone.now())
    client = Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})
    answer = client.get(address)
    policy = answer.headers[HEADER]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_policy_names_the_port_of_the_live_events_and_no_other(pharmacy, monkeypatch):
    monkeypatch.setenv("APOTHECARY_LIVE_PORT", "8001")
    policy = Client().get("/signin").headers[HEADER]
    assert "connect-src 'self' http://testserver:8001;" in policy
    monkeypatch.delenv("APOTHECARY_LIVE_PORT")
    assert "connect-src 'self';" in Client().get("/signin").headers[HEADER]


def test_no_page_breaks_its_own_policy(pharmacy):
    token = worker_token(person=pharmacy.people[Role.IN_CHARGE], station="x", at=timezone.now())
    client = Client(headers={"authorization": f"Bearer {token}", "accept": "text/html"})
    pharmacy.receive("lisinopril", "100")
    number = pharmacy.enter().prescription.number
    for address in ("/", f"/rx/{number}/", "/people/", "/stock/", "/stock/receive", "/signin"):
        html = client.get(address).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)", html), address
        assert not re.search(r"\son\w+=|\sstyle=|<style|https?://(?!www\.w3\.org)", html), (
            address
        )
