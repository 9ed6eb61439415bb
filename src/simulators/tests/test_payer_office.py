"""The payer's back office beyond faults: requests decided, payments made, money taken back."""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from simulators.tests.counter import (
    Fields,
    RunningPayer,
    changed,
    header,
    priced,
    said,
    written,
)

PREGABALIN = "00071101468"
CAPROCK = {"bin_number": "999996", "pcn": "TESTADV"}
numbers = count(1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office") / "remittances"


@pytest.fixture(scope="module")
def office(folder: Path) -> Iterator[RunningPayer]:
    payer = RunningPayer("--remittances", str(folder), "--seed", "11")
    yield payer
    payer.stop()


def request_for(card: str) -> bytes:
    whole: Fields = {"04": {"C2": card, "C1": "CAP200"}, "07": {"D7": PREGABALIN}}
    raw = written(header(code="P4", **CAPROCK), changed(whole, drop=("11",)))
    return raw + said("12", "PA=1 PB=20260301 PC=20260901 PD=ME")


def asked(office: RunningPayer) -> str:
    """A fresh request, deferred; its reference."""
    with office.till() as till:
        answer = till.ask(request_for(f"CR{next(numbers):07d}"))
    assert answer.one("AN") == "F"
    return answer.one("F3")


def paid(office: RunningPayer) -> str:
    """A fresh paid claim; its authorization number."""
    number = next(numbers)
    change: Fields = {
        "04": {"C2": f"OF{number:07d}"},
        "07": {"D2": str(number), "D7": f"99998{number:04d}01"},
        **priced("85.00"),
    }
    with office.till() as till:
        return till.ask(written(header(), changed(change))).one("F3")


@pytest.mark.parametrize("decision", ["approved", "denied"])
def test_an_open_request_is_decided_once_by_the_back_office(
    office: RunningPayer, decision: str
) -> None:
    reference = asked(office)
    wanted = {"reference": reference, "decision": decision}
    status, told = office.admin("POST", "/decisions", wanted)
    assert (status, told["state"]) == (200, decision)
    assert bool(told["number"]) == (decision == "approved")
    status, says = office.admin("POST", "/decisions", wanted)
    assert status == 422
    assert reference in str(says["problem"])


def test_requests_are_listed_with_what_the_criteria_say(office: RunningPayer) -> None:
    reference = asked(office)
    requests = office.admin("GET", "/authorizations")[1]["requests"]
    assert isinstance(requests, list)
    last = requests[-1]
    assert (last["reference"], last["state"], last["fits"]) == (reference, "open", False)
    assert last["ingredient"] == "pregabalin"


@pytest.mark.parametrize(
    ("path", "body", "names"),
    [
        ("/decisions", {"reference": "REQ9999999", "decision": "approved"}, "reference"),
        ("/decisions", {"reference": "REQ0000001", "decision": "perhaps"}, "decision"),
        ("/decisions", {}, "decision"),
        ("/remittances", {"fault": "lost"}, "fault"),
        ("/remittances", {"plan": "nobody"}, "plan"),
        ("/takebacks", {"authorization": "X", "amount_usd": "1.00"}, "authorization"),
        ("/takebacks", {"authorization": "X", "amount_usd": "much"}, "amount_usd"),
        ("/takebacks", {}, "amount_usd"),
    ],
)
def test_nonsense_is_refused_by_name(
    office: RunningPayer, path: str, body: dict[str, str], names: str
) -> None:
    status, says = office.admin("POST", path, body)
    assert status == 422
    assert names in str(says["problem"])


def test_a_remittance_is_made_told_and_put_into_the_folder(
    office: RunningPayer, folder: Path
) -> None:
    authorization = paid(office)
    status, made = office.admin("POST", "/remittances")
    assert status == 200
    assert f"*{authorization}~" in str(made["x12"])
    assert authorization in json.dumps(made["payments"])
    assert (folder / str(made["name"])).read_text() == made["x12"]
    listed = office.admin("GET", "/remittances")[1]["remittances"]
    assert isinstance(listed, list)
    assert listed[-1] == made


def test_money_taken_back_is_in_the_next_file(office: RunningPayer) -> None:
    authorization = paid(office)
    office.admin("POST", "/remittances")
    body = {"authorization": authorization, "amount_usd": "7.25"}
    assert office.admin("POST", "/takebacks", body) == (200, body)
    paid(office)
    made = office.admin("POST", "/remittances", {"plan": "lonestar-commercial"})[1]
    assert f"WO:{authorization}*7.25" in str(made["x12"])


def test_a_faulty_file_is_made_on_demand_and_the_next_is_right(office: RunningPayer) -> None:
    paid(office)
    assert "IEA" not in str(office.admin("POST", "/remittances", {"fault": "cut"})[1]["x12"])
    paid(office)
    made = office.admin("POST", "/remittances")[1]
    assert str(made["x12"]).endswith(f"IEA*1*{int(str(made['number'])):09d}~")


def test_remittances_survive_a_restart_and_pay_nothing_twice(tmp_path: Path) -> None:
    state = str(tmp_path / "payer.sqlite")
    made: list[dict[str, object]] = []
    for _ in range(2):
        payer = RunningPayer("--state", state)
        if not made:
            paid(payer)
        made.append(payer.admin("POST", "/remittances")[1])
        payer.stop()
    assert [json.dumps(one["payments"]).count('"trace"') for one in made] == [1, 0]
    assert [one["number"] for one in made] == [1, 2]


def test_the_payer_says_every_address_it_listens_on(tmp_path: Path) -> None:
    payer = RunningPayer("--web-port", "0")
    try:
        assert payer.web == f"http://127.0.0.1:{payer.web.rsplit(':', 1)[1]}"
        assert len({payer.port, payer.admin_port, int(payer.web.rsplit(":", 1)[1])}) == 3
    finally:
        payer.stop()
