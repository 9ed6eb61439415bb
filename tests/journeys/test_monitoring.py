"""What is dispensed is told to the state over its line, put right where it was wrong."""

import csv
import json
from io import StringIO
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from journeys.house import House, wait_until
from journeys.people import Somebody
from journeys.walk import Team

# One of the demo's records names a prescriber's number that the programme does not know.
KNOWN_DEA = "BS1234563"


class Programme:
    """The state's programme at the end of the line, as anybody with its address sees it."""

    def __init__(self, house: House) -> None:
        self.url = f"http://127.0.0.1:{house.port + 8}"

    def holds(self, row: Any) -> list[Any]:
        """What it tells of the person of a record, of that prescription alone."""
        asked = urlencode({"last": row["last"], "first": row["first"], "born": row["born"]})
        with urlopen(f"{self.url}/history?{asked}", timeout=10) as answer:  # noqa: S310 loopback
            fills = json.loads(answer.read())["fills"]
        return [one for one in fills if one["product"] == row["product"]]


@pytest.fixture(scope="module")
def programme(house: House) -> Programme:
    return Programme(house)


def record(somebody: Somebody, record_id: int, day: str) -> Any:
    """A record as it stands now."""
    rows = somebody.reads(f"/monitoring/records?day={day}")
    return next(row for row in rows if row["id"] == record_id)


def settled(somebody: Somebody, record_id: int, day: str) -> Any:
    """A record once the programme has answered about it."""
    wait_until(
        lambda: record(somebody, record_id, day)["state"] not in {"due", "filed"},
        what="the programme's answer",
        told=lambda: str(record(somebody, record_id, day)),
    )
    return record(somebody, record_id, day)


def test_days_with_and_without_are_told_and_a_refused_record_is_mended(
    house: House, tess: Somebody, rita: Somebody
) -> None:
    wait_until(
        lambda: {one["state"] for one in tess.reads("/monitoring/files")} == {"accepted"},
        what="a month of files to be taken",
    )
    kinds = {one["kind"]: one["records"] for one in tess.reads("/monitoring/files")}
    assert kinds["zero"] == 0
    assert kinds["daily"] > 0
    (bad,) = tess.reads("/monitoring/records")
    assert (bad["state"], bad["element"], bad["with_them"]) == ("rejected", "PRE02", False)
    typed = {"element": "PRE02", "value": KNOWN_DEA, "because": "renewed under this number"}
    one = f"/monitoring/records/{bad['id']}"
    assert tess.tries(f"{one}/mend", typed).codes == ["duty-mend_monitoring"]
    assert rita.tries(f"{one}/mend", typed | {"because": " "}).fields == ["because"]
    (new,) = rita.does(f"{one}/mend", typed)
    day = bad["dispensed_at"][:10]
    after = settled(rita, new, day)
    assert (after["state"], after["with_them"]) == ("accepted", True)
    assert record(rita, bad["id"], day)["state"] == "replaced"
    file = rita.reads(f"/monitoring/files/{after['file_id']}")
    assert (file["kind"], file["records"]) == ("at once", 1)
    assert KNOWN_DEA in file["sent"]
    assert tess.reads("/monitoring/records") == []


def test_a_sale_is_due_put_right_revised_and_in_the_end_taken_back(
    house: House, team: Team, tess: Somebody, rita: Somebody, programme: Programme
) -> None:
    posted, fill = team.has("buprenorphine 8", "Brenda Lawson", until="sold")
    assert fill.state == "sold"
    person = tess.arrival(posted)["sent"]
    about = {
        "last": person["patient_last_name"],
        "first": person["patient_first_name"],
        "born": person["patient_born_on"].replace("-", ""),
        "product": person["ndc"],
    }
    day = next(
        day
        for month in tess.reads("/monitoring/months")
        for one in reversed(month["days"])
        if (day := one["on"]) and one["told"].get("due")
    )
    rows = tess.reads(f"/monitoring/records?day={day}")
    row = next(one for one in rows if one["label"].startswith(f"{fill.rx_number}-"))
    assert (row["state"], row["tells"], row["schedule"]) == ("due", "new", 3)
    before = len(programme.holds(about))
    # It need not wait for the night once a pharmacist has put it right.
    days = {"element": "DSP10", "value": "29", "because": "one day is in the vial at home"}
    (same,) = rita.does(f"/monitoring/records/{row['id']}/mend", days)
    assert same == row["id"]
    told = settled(rita, same, day)
    assert (told["state"], told["tells"]) == ("accepted", "new")
    assert len(programme.holds(about)) == before + 1
    days |= {"value": "30", "because": "it was not: thirty after all"}
    (revised,) = rita.does(f"/monitoring/records/{same}/mend", days)
    assert settled(rita, revised, day)["tells"] == "revised"
    assert len(programme.holds(about)) == before + 1
    body = {"because": "the bag was another patient's and came back"}
    assert tess.tries(f"/monitoring/records/{revised}/take-back", body).status == 403
    void = rita.does(f"/monitoring/records/{revised}/take-back", body)
    last = settled(rita, void, day)
    assert (last["tells"], last["state"], last["with_them"]) == ("void", "accepted", False)
    assert len(programme.holds(about)) == before
    done = house.command(
        "inspect", "monitoring", "--worker", "rph", f"--first={day}", f"--last={day}"
    )
    assert done.returncode == 0, done.stderr
    printed = [line for line in csv.reader(StringIO(done.stdout)) if row["label"] in line]
    assert [line[4] for line in printed] == ["new", "revised", "void"]
    assert [line[7] for line in printed] == ["replaced", "replaced", "accepted"]


def test_without_a_line_nobody_is_looked_up_and_the_house_says_so(
    team: Team, tess: Somebody
) -> None:
    posted = team.doctors.prescribe("buprenorphine 8", "Norma Salazar")
    arrival = tess.arrival(posted)
    keys = {name: arrival[name] for name in ("patient_id", "package_id")}
    refused = tess.tries(f"/arrivals/{arrival['id']}/look-up", keys)
    assert (refused.status, refused.codes) == (409, ["no-line"])
    tess.does(f"/arrivals/{arrival['id']}/cancel", {"because": "only asked about"})
