"""The line to a payer over HTTPS, against the payer's own process."""

import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from apothecary.claims.building import build_billing
from apothecary.claims.building.tests.test_billing import BILL
from apothecary.claims.failures import NoAnswer, NotConnected
from apothecary.claims.link import Routes, link_to, routes_to
from apothecary.claims.tests.counter import SOURCE, TODAY, Payer
from apothecary.claims.web_link import WebLink, web_link_to
from apothecary.wires.telecom import answers, read

SECRET = "a credential of this test"
CLAIM = build_billing(BILL)


class WebPayer(Payer):
    """The simulator with its HTTPS link open."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "simulators.payer", "--port", "0", "--admin-port", "0",
             "--web-port", "0", "--tls", str(folder), "--credential", SECRET,
             "--today", TODAY, "--seed", "7", "--stop-with-parent"],
            cwd=SOURCE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], 20)
        assert ready, "the payer did not start"
        words = self.process.stdout.readline().split()
        self.port, self.admin_port = (int(words[n].rsplit(":", 1)[1]) for n in (3, 5))
        self.url = words[7] + "/claims"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("payer")


@pytest.fixture(scope="module")
def web_payer(folder: Path) -> Iterator[WebPayer]:
    payer = WebPayer(folder)
    yield payer
    payer.process.send_signal(signal.SIGTERM)
    payer.process.communicate(timeout=10)


@pytest.fixture
def link(web_payer: WebPayer, folder: Path) -> Iterator[WebLink]:
    yield WebLink(
        web_payer.url, token=SECRET, ca_file=str(folder / "payer.crt"), answer_seconds=1
    )
    web_payer.behave()


def test_a_claim_posted_over_https_is_answered(link: WebLink) -> None:
    (answer,) = answers(read(link.ask(CLAIM)))
    assert answer.rx_number == str(BILL.rx_number)


def test_a_payer_that_shows_a_certificate_of_nobody_gets_no_claim(link: WebLink) -> None:
    with pytest.raises(NotConnected, match="no line"):
        replace(link, ca_file="").ask(CLAIM)


def test_a_wrong_credential_is_a_call_nobody_took(link: WebLink) -> None:
    with pytest.raises(NotConnected, match="401"):
        replace(link, token="wrong").ask(CLAIM)


def test_a_wrong_path_is_a_call_nobody_took(link: WebLink) -> None:
    with pytest.raises(NotConnected, match="404"):
        replace(link, url=link.url + "/elsewhere").ask(CLAIM)


def test_where_nobody_listens_there_is_no_line(link: WebLink) -> None:
    with pytest.raises(NotConnected, match="no line to"):
        replace(link, url="https://127.0.0.1:1/claims").ask(CLAIM)


def test_a_payer_that_is_down_took_nothing(link: WebLink, web_payer: WebPayer) -> None:
    web_payer.misbehave("down")
    with pytest.raises(NotConnected):
        link.ask(CLAIM)


@pytest.mark.parametrize("fault", ["drop", "silent", "cut"])
def test_what_may_have_arrived_and_was_not_answered_whole_is_in_doubt(
    link: WebLink, web_payer: WebPayer, fault: str
) -> None:
    web_payer.misbehave(fault, count=1)
    with pytest.raises(NoAnswer):
        link.ask(CLAIM)


def test_the_time_of_the_sheet_goes_before_the_time_of_the_line(
    link: WebLink, web_payer: WebPayer
) -> None:
    web_payer.misbehave("delay", count=1, seconds=1.5)
    patient = Routes(link, patience={"999999": 4})
    assert answers(read(patient.ask("999999", CLAIM)))
    web_payer.misbehave("delay", count=1, seconds=1.5)
    with pytest.raises(NoAnswer, match="no answer within 1 s"):
        patient.ask("999998", CLAIM)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://payer/claims", "no address"),
        ("https:///claims", "no address"),
        ("http://payer.example/claims", "open line"),
        ("https://me:secret@payer.example/claims", "no secret"),
    ],
)
def test_an_address_that_would_not_be_safe_is_refused(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refusal:
        web_link_to(url)
    assert "secret@" not in str(refusal.value)


def test_an_installation_names_a_switch_and_payers_of_their_own() -> None:
    found = routes_to("127.0.0.1:9701,610011=https://payer.example/claims?v=1")
    assert found is not None
    assert found.switch == link_to("127.0.0.1:9701")
    assert found.own == {"610011": link_to("https://payer.example/claims?v=1")}


def test_a_token_does_not_show_where_a_link_is_printed() -> None:
    assert SECRET not in repr(WebLink("https://payer.example/", token=SECRET))
