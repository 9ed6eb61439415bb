"""The payer over a real socket: misbehaviour, back office, restart, end."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulators.payer.faults import BadFault, Fault, Faults, read_fault, read_fault_text
from simulators.tests.counter import (
    SOURCE,
    RunningPayer,
    changed,
    header,
    wait_until_gone,
    written,
)

_numbers = iter(range(1000, 9999))


def fresh_claim() -> bytes:
    number = next(_numbers)
    change = {
        "04": {"C2": f"ZZ{number:07d}"},
        "07": {"D2": str(number), "D7": f"99999{number:04d}01"},
    }
    return written(header(), changed(change))


def test_many_messages_on_many_connections_are_each_answered(payer: RunningPayer) -> None:
    with payer.till() as one, payer.till() as two:
        for till in (one, two, one, two):
            assert till.ask(fresh_claim()).one("AN") == "P"


def test_a_request_in_single_bytes_and_two_in_one_segment_are_answered(
    payer: RunningPayer,
) -> None:
    with payer.till() as till:
        for byte in b"\x02" + fresh_claim() + b"\x03":
            till.socket.sendall(bytes([byte]))
        assert till.receive().one("AN") == "P"
        till.socket.sendall(b"\x02" + fresh_claim() + b"\x03\x02" + fresh_claim() + b"\x03")
        assert [till.receive().one("AN"), till.receive().one("AN")] == ["P", "P"]


def test_the_log_shows_what_really_arrived(payer: RunningPayer) -> None:
    seen = payer.admin("GET", "/health")[1]["seen"]
    raw = fresh_claim()
    with payer.till() as till:
        answer = till.ask(raw)
    _, log = payer.admin("GET", f"/log?since={seen}")
    requests = log["requests"]
    assert isinstance(requests, list)
    (entry,) = requests
    assert entry["raw"] == raw.decode("latin-1")
    assert entry["answer"] == answer.text
    assert entry["request"]["header"]["pcn"] == "TESTPCN"
    claim = entry["request"]["transactions"][0][0]
    assert claim["id"] == "07"
    assert ["E7", "0000030000"] in claim["fields"]


def test_a_dropped_answer_is_found_again_as_a_duplicate(payer: RunningPayer) -> None:
    payer.admin("POST", "/faults", {"kind": "drop", "count": 1})
    raw = fresh_claim()
    with payer.till() as till, pytest.raises(EOFError):
        till.ask(raw)
    with payer.till() as till:
        assert till.ask(raw).one("AN") == "D"


def test_an_answer_may_come_late_or_never(payer: RunningPayer) -> None:
    payer.admin("POST", "/faults", {"kind": "late", "count": 1, "seconds": 0.4})
    payer.admin("POST", "/faults", {"kind": "silent", "count": 1})
    with payer.till(timeout=0.2) as till:
        with pytest.raises(TimeoutError):
            till.ask(fresh_claim())
        till.socket.settimeout(5)
        assert till.receive().one("AN") == "P"
        till.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            till.ask(fresh_claim())


def test_an_answer_may_come_twice(payer: RunningPayer) -> None:
    payer.admin("POST", "/faults", {"kind": "twice", "count": 1})
    with payer.till() as till:
        assert till.ask(fresh_claim()).text == till.receive().text


def test_a_delay_holds_the_answer_back(payer: RunningPayer) -> None:
    payer.admin("POST", "/faults", {"kind": "delay", "count": 1, "seconds": 0.2})
    with payer.till() as till:
        begun = time.monotonic()
        assert till.ask(fresh_claim()).one("AN") == "P"
        assert time.monotonic() - begun >= 0.2


def test_garbage_and_cut_answers_are_no_answers(payer: RunningPayer) -> None:
    payer.admin("POST", "/faults", {"kind": "garbage", "count": 1})
    payer.admin("POST", "/faults", {"kind": "cut", "count": 1})
    with payer.till() as till:
        assert not till.ask(fresh_claim()).text.startswith("D0B1")
        with pytest.raises(EOFError):
            till.ask(fresh_claim())


def test_the_next_claims_can_be_rejected_with_any_code(payer: RunningPayer) -> None:
    payer.admin("POST", "/faults", {"kind": "reject", "code": "92", "count": 2})
    raw = fresh_claim()
    with payer.till() as till:
        answers = [till.ask(raw) for _ in range(3)]
    assert [a.all("FB") for a in answers] == [["92"], ["92"], []]
    assert answers[2].one("AN") == "P"


def test_a_host_that_is_down_refuses_callers_and_comes_back(payer: RunningPayer) -> None:
    with payer.till() as till:
        payer.admin("POST", "/faults", {"kind": "down"})
        with pytest.raises((EOFError, ConnectionError)):
            till.ask(fresh_claim())
    with pytest.raises(ConnectionRefusedError):
        payer.till()
    payer.admin("DELETE", "/faults")
    with payer.till() as till:
        assert till.ask(fresh_claim()).one("AN") == "P"


def test_an_authorization_given_by_the_back_office_lets_the_claim_through(
    payer: RunningPayer,
) -> None:
    change = {"04": {"C2": "QQ1234567"}, "07": {"D2": "88", "D7": "00074379902", "E7": "2000"}}
    raw = written(header(), changed(change))
    with payer.till() as till:
        assert till.ask(raw).all("FB") == ["75"]
        granted = {
            "plan": "lonestar-commercial", "number": "PA1", "cardholder": "QQ1234567",
            "ingredient": "adalimumab",
        }  # fmt: skip
        assert payer.admin("POST", "/authorizations", granted)[0] == 200
        assert till.ask(raw).one("AN") == "P"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "names"),
    [
        ("POST", "/faults", {"kind": "explode"}, 422, "kind"),
        ("POST", "/faults", {"kind": "reject"}, 422, "code"),
        ("POST", "/faults", {"kind": "drop", "share": 2}, 422, "share"),
        ("POST", "/faults", {"kind": "drop", "count": 1.5}, 422, "count"),
        ("POST", "/faults", {"kind": "delay", "seconds": "soon"}, 422, "seconds"),
        ("POST", "/faults", {"kind": "drop", "who": "me"}, 422, "who"),
        ("POST", "/faults", [], 422, "body"),
        ("POST", "/today", {"today": "yesterday"}, 422, "today"),
        ("POST", "/authorizations", {"plan": "x"}, 422, "number"),
        ("GET", "/log?since=never", None, 422, "since"),
        ("GET", "/elsewhere", None, 404, "/elsewhere"),
    ],
)
def test_the_back_office_refuses_nonsense_by_name(
    payer: RunningPayer, method: str, path: str, body: object, status: int, names: str
) -> None:
    got, says = payer.admin(method, path, body)
    assert got == status
    assert names in str(says["problem"])


def test_claims_survive_a_restart(tmp_path: Path) -> None:
    state, raw = str(tmp_path / "claims.sqlite"), fresh_claim()
    answers = []
    for _ in range(2):
        payer = RunningPayer("--state", state)
        with payer.till() as till:
            answers.append(till.ask(raw))
        assert payer.stop() == 0
    assert [a.one("AN") for a in answers] == ["P", "D"]
    assert answers[0].one("F3") == answers[1].one("F3")


def test_the_payer_ends_with_the_process_that_started_it() -> None:
    script = (
        "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-m',"
        " 'simulators.payer', '--port', '0', '--stop-with-parent'], stdout=subprocess.PIPE);"
        " p.stdout.readline(); print(p.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], cwd=SOURCE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait(5)
    parent.stdout.close()
    assert wait_until_gone(child, within=5)


@pytest.mark.parametrize(
    "option",
    [
        ["--fault", "explode"],
        ["--fault", "drop:share"],
        ["--port", "70000"],
        ["--state", "/nowhere/x"],
    ],
)
def test_a_bad_option_ends_with_code_two_and_one_line(option: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "simulators.payer", "--port", "0", *option],
        cwd=SOURCE, capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1


def test_faults_strike_the_same_requests_for_the_same_seed() -> None:
    def struck(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add(Fault("drop", share=0.3))
        return [faults.strike() is not None for _ in range(200)]

    assert struck(1) == struck(1)
    assert struck(1) != struck(2)
    assert 30 < sum(struck(1)) < 90


def test_a_fault_reads_the_same_from_the_command_line_and_the_page() -> None:
    text = read_fault_text("reject:code=79,count=2")
    assert text == read_fault({"kind": "reject", "code": "79", "count": 2})
    with pytest.raises(BadFault, match="share"):
        read_fault_text("drop:share=0")


def test_a_payer_told_to_pays_by_itself_into_the_folder(tmp_path: Path) -> None:
    into = tmp_path / "1234567"
    payer = RunningPayer("--remittances", str(into), "--remit-every", "1")
    try:
        with payer.till() as till:
            assert till.ask(fresh_claim()).one("AN") == "P"
        until = time.monotonic() + 20
        while not (made := list(into.glob("*.x12"))) and time.monotonic() < until:
            time.sleep(0.1)
        assert [path.read_text()[:4] for path in made] == ["ISA*"]
    finally:
        payer.stop()
