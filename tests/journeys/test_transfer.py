"""Prescriptions that go to another pharmacy and come from one, to the printed paper."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from journeys.house import House
from journeys.outside import Doctors
from journeys.people import Fill, Somebody
from journeys.walk import Team

LAKESIDE = {
    "name": "Lakeside Pharmacy", "street": "9 Shore Rd", "city": "Anytown", "state": "TX",
    "postal_code": "78702", "phone": "5125550188", "dea": "BL7654329",
    "spoke_with": "Dana Wells", "title": "pharmacist",
}  # fmt: skip
BY_PHONE = {"other": LAKESIDE, "way": "phone"}
ELECTRONIC = {
    "other": LAKESIDE, "way": "electronic", "reference": "NET-77", "patient_asked": True,
    "unaltered": True, "state_allows": "22 TAC 291.34, read today",
}  # fmt: skip


def transfers(house: House, **asked: str) -> list[dict[str, str]]:
    """The rows of the inspector's paper."""
    options = [f"--{name}={value}" for name, value in asked.items()]
    done = house.command("inspect", "transfers", "--worker", "rph", *options)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(StringIO(done.stdout)))


def paper(by: Somebody, transfer_id: int) -> bytes:
    """The record on paper, as the screen prints it."""
    headers = {"Authorization": f"Bearer {by.house.token('worker', by.username)}"}
    url = f"{by.house.url}/rx/transfers/{transfer_id}/paper"
    with urlopen(Request(url, headers=headers), timeout=60) as answer:  # noqa: S310 loopback
        return bytes(answer.read())


def test_the_refills_of_a_controlled_drug_go_once_and_stand_on_the_inspectors_paper(
    house: House, team: Team, tess: Somebody, rita: Somebody, tmp_path: Path
) -> None:
    _, fill = team.has("zolpidem tartrate 5", "Ingrid Brandt", until="sold")
    there = f"/prescriptions/{fill.rx_id}/transfer"
    assert tess.tries(there, BY_PHONE).status == 403
    bare = rita.tries(there, BY_PHONE | {"other": LAKESIDE | {"dea": ""}})
    assert bare.fields == ["dea"]
    made = rita.does(there, BY_PHONE)
    assert (made["other"], made["fills"][0]["number"]) == (
        "Lakeside Pharmacy",
        str(fill.rx_number),
    )
    assert made["refills_left"] > 0
    assert "rx-not-active" in rita.tries(there, BY_PHONE).codes
    assert tess.tries(f"/prescriptions/{fill.rx_id}/refill", {"pay": "cash"}).status == 409
    assert paper(rita, made["id"]).startswith(b"%PDF")
    (row,) = [
        each for each in transfers(house) if str(fill.rx_number) in " ".join(each.values())
    ]
    assert "Dana Wells" in " ".join(row.values())
    out = tmp_path / "transfers.pdf"
    words = ("inspect", "transfers", "--worker", "rph", "--as", "pdf", "--out", str(out))
    assert house.command(*words).returncode == 0
    assert out.read_bytes().startswith(b"%PDF")


def test_what_never_came_there_goes_once_more_and_a_cancellation_says_where(
    team: Team, tess: Somebody, rita: Somebody, doctors: Doctors
) -> None:
    posted, fill = team.has("famotidine 20", "Oscar Villarreal", until="sold")
    there = f"/prescriptions/{fill.rx_id}/transfer"
    made = rita.does(there, BY_PHONE)
    back = f"/transfers/{made['id']}/back"
    said = {"spoke_with": "Dana Wells", "because": "the fax never came"}
    rita.does(back, said)
    assert rita.tries(back, said).codes == ["transfer-taken-back"]
    again = rita.does(there, BY_PHONE)
    assert again["id"] != made["id"]
    assert {one["id"] for one in tess.reads("/transfers")} >= {made["id"], again["id"]}
    denied = doctors.cancel(posted).reply
    assert b"<Denied>" in denied
    assert b"<ReasonCode>AR</ReasonCode>" in denied
    assert b"to Lakeside Pharmacy, Anytown, TX, phone 5125550188" in denied


def test_a_c_ii_on_paper_is_transferred_by_nobody(
    team: Team, tess: Somebody, rita: Somebody
) -> None:
    _, fill = team.has("methylphenidate hydrochloride 10", "Andre Baptiste", until="waiting")
    there = f"/prescriptions/{fill.rx_id}/transfer"
    for way in (BY_PHONE, ELECTRONIC):
        refused = rita.tries(there, way)
        assert "only when it came electronically" in refused.says
    assert tess.sees(fill).state == "waiting"


def told(rx: Any, **changes: object) -> dict[str, object]:
    """What Lakeside says of a prescription it gives to us."""
    return {
        "other": LAKESIDE, "way": "phone", "controlled": False,
        "says": "famotidine 20 mg, one tablet twice daily, sixty",
        "their_number": "445566", "written_on": rx["sent"]["written_on"],
        "refills_originally": 3, "refills_left": 2,
        "fills": [{"on": rx["sent"]["written_on"], "quantity": "60"}],
    } | changes  # fmt: skip


def test_one_that_comes_from_another_pharmacy_is_asked_about_filled_and_sold(
    house: House, team: Team, tess: Somebody, rita: Somebody, doctors: Doctors
) -> None:
    # The same medicine as its doctor once wrote it: who and what are known from there.
    posted = doctors.prescribe("famotidine 20", "Beverly Washington")
    once = tess.arrival(posted)
    tess.does(f"/arrivals/{once['id']}/cancel", {"because": "it goes to Lakeside"})
    # Texas has no row that lets a certified technician take one in.
    assert tess.tries("/transfers", told(once)).codes == ["duty-state-transfer_prescription"]
    came = rita.does("/transfers", told(once, refills_left=None))
    assert came["question"].startswith("Ask Lakeside Pharmacy for:")
    values = {
        "quantity": once["sent"]["quantity"], "days_supply": once["sent"]["days_supply"],
        "refills": "1", "daw": "0", "origin": "5", "directions": "1 tab po bid",
        "written_on": once["sent"]["written_on"], "pay": "cash", "waiter": "",
    }  # fmt: skip
    values |= {
        f"{name}_id": str(once[f"{name}_id"]) for name in ("patient", "prescriber", "package")
    }
    values |= {f"{name}_source": "typed" for name in ("patient", "prescriber", "package")}
    finish = f"/arrivals/{came['arrival_id']}/finish"
    rita.does(f"/arrivals/{came['arrival_id']}/take")
    assert rita.tries(finish, {"values": values}).status == 409
    whole = rita.does(f"/arrivals/{came['arrival_id']}/transfer", told(once))
    assert whole["question"] == ""
    over = rita.tries(finish, {"values": values | {"refills": "2"}})
    assert "refills" in over.fields
    fill = Fill.seen(rita.does(finish, {"values": values}))
    sold = team.brings(fill, until="sold")
    assert sold.state == "sold"
    record = tess.reads(f"/transfers/{came['transfer_id']}")
    assert (record["direction"], record["rx_number"]) == ("in", fill.rx_number)
    assert any("445566" in " ".join(row.values()) for row in transfers(house))
    # What came once goes on once more, with every fill it ever had.
    away = rita.does(f"/prescriptions/{fill.rx_id}/transfer", BY_PHONE | {
        "other": LAKESIDE | {"name": "Harbor Drug", "spoke_with": "Kim Ito"}})  # fmt: skip
    assert away["fills"][0]["place"] == "Lakeside Pharmacy"
    assert len(away["fills"]) == 2
