"""Every package traced: an inspector answered, a wrong lot looked into, a suspect to its end.

The wholesalers of the demo stand outside the house; what lies in their totes is asked of their
back office, as eyes at the door would see it.
"""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import pytest

from apothecary.wires.gs1 import read_scan
from journeys.books import Books
from journeys.house import House, wait_until
from journeys.people import Somebody

# Sold by Caprock, kept at room temperature, in no other story.
LISINOPRIL = "0591-0409-01"
PATIENCE = 90


class Caprock:
    """The wholesalers' back office: what really lies in the totes, and how they behave."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, method: str, path: str, body: object = None) -> Any:
        raw = None if body is None else json.dumps(body).encode()
        request = Request(f"http://127.0.0.1:{self.port}{path}", raw, method=method)
        with urlopen(request, timeout=20) as answer:  # noqa: S310 loopback
            return json.load(answer)


@pytest.fixture(scope="module")
def caprock(house: House, tess: Somebody) -> Iterator[Caprock]:
    """Caprock's back office; its catalogue is in, and it behaves again after the stories."""
    office = Caprock(house.wholesaler_admin_port)
    office.ask("POST", "/catalogues", {"house": "caprock"})
    wait_until(lambda: has_catalogue(tess), what="the catalogue", seconds=PATIENCE)
    yield office
    office.ask("DELETE", "/faults")


def has_catalogue(tess: Somebody) -> bool:
    papers = tess.reads("/purchasing/papers")
    return any(one["kind"] == "832" and not one["problem"] for one in papers)


def shipped(tess: Somebody, caprock: Caprock, packages: int) -> tuple[str, list[Any]]:
    """an order of lisinopril on its way with its tracing document in: its number, its totes."""
    sellers = tess.reads("/purchasing/wholesalers")
    seller = next(one["id"] for one in sellers if one["code"] == "caprock")
    said = {"ndc": LISINOPRIL, "packages": packages, "wholesaler_id": seller}
    row = tess.does("/purchasing/pad/lines", said)
    there = f"/purchasing/orders/{row['id']}"
    tess.does(f"{there}/approve")
    tess.does(f"{there}/send")
    wait_until(
        lambda: tess.reads(there)["state"] == "acknowledged",
        what="the acknowledgement",
        seconds=PATIENCE,
    )
    caprock.ask("POST", "/ship", {"house": "caprock", "po": row["po"]})
    wait_until(lambda: tess.reads(there)["notices"], what="the notice", seconds=PATIENCE)
    found = totes(caprock, row["po"])
    # Another order's document may come in meanwhile: it is in when it tells of these bottles.
    serials = [read_scan(one["scan"]).serial for tote in found for one in tote["packages"]]
    wait_until(
        lambda: all(tess.reads(f"/tracing/answer?said={one}")["packages"] for one in serials),
        what="the tracing document",
        seconds=PATIENCE,
    )
    return row["po"], found


def totes(caprock: Caprock, po: str) -> list[Any]:
    found: list[Any] = caprock.ask("GET", f"/totes?house=caprock&po={quote(po)}")["totes"]
    return found


def delivery(tess: Somebody, tote: Any) -> str:
    """The address of the delivery that a tote begins."""
    found = tess.does("/purchasing/totes", {"code": tote["scan"]})
    return f"/purchasing/receipts/{found['id']}"


def bottles(found: list[Any]) -> list[Any]:
    return [bottle for tote in found for bottle in tote["packages"]]


def put_away(tess: Somebody) -> None:
    for one in tess.reads("/purchasing/put-away"):
        said = {"place": one["place"], "key": f"tracing-{one['lot_id']}"}
        tess.does(f"/purchasing/put-away/{one['lot_id']}", said)


def page(by: Somebody, path: str) -> tuple[int, bytes]:
    """A page or a file as this person's browser gets it."""
    headers = {
        "Authorization": f"Bearer {by.house.token('worker', by.username)}",
        "Accept": "text/html",
    }
    with urlopen(Request(by.house.url + path, headers=headers), timeout=60) as answer:  # noqa: S310 loopback
        return answer.status, answer.read()


@pytest.fixture(scope="module")
def shelved(tess: Somebody, caprock: Caprock) -> list[Any]:
    """Three bottles that were bought, told of, scanned in and put away."""
    _, found = shipped(tess, caprock, 3)
    for tote in found:
        there = delivery(tess, tote)
        for bottle in tote["packages"]:
            said = {"code": bottle["scan"], "key": bottle["scan"][-40:]}
            assert tess.does(f"{there}/packages", said)["condition"] == "good"
        tess.does(f"{there}/close")
    put_away(tess)
    return bottles(found)


def test_an_inspector_is_answered_alike_by_command_screen_and_paper(
    house: House, tess: Somebody, shelved: list[Any]
) -> None:
    scan = read_scan(shelved[0]["scan"])
    done = house.command("trace", scan.lot, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["packages"]
    serials = {read_scan(one["scan"]).serial for one in shelved}
    assert serials <= {one["serial"] for one in told}
    (mine,) = [one for one in told if one["serial"] == scan.serial]
    assert mine["seller"].upper().startswith("CAPROCK")
    assert mine["statement"]
    assert mine["received_at"]
    assert "Shelf" in mine["lot_now"] or mine["lot_now"]
    by_csv = house.command("trace", scan.lot, "--csv").stdout
    assert len(list(csv.DictReader(io.StringIO(by_csv)))) == len(told)

    asked = urlencode({"said": scan.lot})
    status, shown = page(tess, f"/purchasing/tracing/answer/?{asked}")
    assert status == 200
    assert scan.serial.encode() in shown
    _, as_csv = page(tess, f"/purchasing/tracing/answer.csv?{asked}")
    assert {row["serial"] for row in csv.DictReader(io.StringIO(as_csv.decode()))} >= serials
    _, as_json = page(tess, f"/purchasing/tracing/answer.json?{asked}")
    assert json.loads(as_json)["packages"] == told
    _, paper = page(tess, f"/purchasing/tracing/answer.pdf?{asked}")
    assert paper.startswith(b"%PDF")


def test_a_saleable_return_is_verified_at_its_sellers_responder(
    tess: Somebody, shelved: list[Any]
) -> None:
    asked = tess.does("/tracing/verifications", {"code": shelved[0]["scan"]})
    assert asked["verdict"] in {"asked", "verified"}
    found = wait_until(
        lambda: answered(tess, asked["id"]), what="the responder", seconds=PATIENCE
    )
    assert (found["verdict"], found["late"]) == ("verified", False)
    assert '"verified": true' in found["raw"].replace('":true', '": true')


def answered(tess: Somebody, number: int) -> Any:
    found = tess.reads(f"/tracing/verifications/{number}")
    return found if found["verdict"] != "asked" else None


def test_a_bottle_goes_back_to_its_seller_verified_and_taken_at_its_desk(
    house: House, tess: Somebody, caprock: Caprock
) -> None:
    _, found = shipped(tess, caprock, 1)
    (tote,) = found
    there = delivery(tess, tote)
    (bottle,) = tote["packages"]
    came = tess.does(f"{there}/packages", {"code": bottle["scan"], "key": "goes-back"})
    sellers = tess.reads("/purchasing/wholesalers")
    seller = next(one["id"] for one in sellers if one["code"] == "caprock")
    row = tess.does("/returns/shipments", {"wholesaler_id": seller})["id"]
    back = f"/returns/shipments/{row}"
    line = {
        "lot_id": came["lot_id"],
        "place_id": Books(house.data).place("Receiving"),
        "received_id": came["id"],
    }
    tess.does(f"{back}/lines", line)
    # The first key asks the seller's responder; nothing goes before it has said yes.
    assert tess.tries(f"{back}/ask").codes == ["not-verified"]
    wait_until(
        lambda: tess.ask("POST", f"{back}/ask").status == 200,
        what="the verification",
        seconds=PATIENCE,
    )
    wait_until(
        lambda: tess.reads(back)["state"] == "authorized",
        what="the answer of the returns desk",
        seconds=PATIENCE,
    )
    number = tess.reads(back)["authorization"]
    assert number
    assert number in json.dumps(caprock.ask("GET", "/returns"))
    assert tess.does(f"{back}/ship", {"carrier": "their truck"})["state"] == "shipped"
    tess.does(f"{there}/close")


def test_a_wrong_lot_on_the_papers_is_suspect_looked_into_and_cleared(
    house: House, tess: Somebody, rita: Somebody, caprock: Caprock
) -> None:
    caprock.ask("POST", "/faults", {"kind": "epcis_lot", "house": "caprock"})
    _, found = shipped(tess, caprock, 1)
    (tote,) = found
    there, bottle = delivery(tess, tote), tote["packages"][0]
    said = {"code": bottle["scan"], "key": "a lot nobody told"}
    refused = tess.tries(f"{there}/packages", said)
    assert refused.codes == ["suspect"]
    aside = said | {"condition": "suspect", "because": "the papers name another lot"}
    assert tess.does(f"{there}/packages", aside)["condition"] == "suspect"
    serial = read_scan(bottle["scan"]).serial
    (held,) = [one for one in tess.reads("/tracing/held") if one["serial"] == serial]
    case = f"/tracing/cases/{held['case_id']}"

    assert rita.tries(f"{case}/clear", {"because": "looks fine"}).codes == ["not-investigated"]
    tess.does(f"{case}/sample")
    wait_until(
        lambda: tess.reads(case)["verifications"][0]["verdict"] == "verified",
        what="the responder",
        seconds=PATIENCE,
    )
    tess.does(f"{case}/notes", {"says": "Caprock: their document was wrong, the bottle is not"})
    assert tess.tries(f"{case}/clear", {"because": "verified"}).status == 403
    done = rita.does(f"{case}/clear", {"because": "verified, the document was wrong"})
    assert done["state"] == "cleared"
    put_away(tess)
    tess.does(f"{there}/close")
    assert [one for one in tess.reads("/tracing/held") if one["serial"] == serial] == []
    assert house.faults() == []


def test_a_serial_sold_elsewhere_is_illegitimate_and_told_within_a_day(
    house: House, tess: Somebody, rita: Somebody, caprock: Caprock
) -> None:
    caprock.ask("POST", "/faults", {"kind": "sold_elsewhere", "house": "caprock"})
    _, found = shipped(tess, caprock, 1)
    (tote,) = found
    there, bottle = delivery(tess, tote), tote["packages"][0]
    said = {"code": bottle["scan"], "key": "sold elsewhere"}
    came = tess.does(f"{there}/packages", said)
    asked = tess.does("/tracing/verifications", {"code": bottle["scan"]})
    no = wait_until(lambda: answered(tess, asked["id"]), what="the answer", seconds=PATIENCE)
    assert no["verdict"] == "not verified"
    case = f"/tracing/cases/{no['case_id']}"
    assert tess.reads(case)["state"] == "held"
    assert rita.tries(f"{case}/clear", {"because": "fine"}).status == 409
    lots = {one["id"]: one for one in tess.lots(LISINOPRIL)}
    assert lots[came["lot_id"]]["state"] == "quarantined"

    bad = rita.does(
        f"{case}/illegitimate",
        {"grounds": "subject of a fraudulent transaction", "because": "sold to another store"},
    )
    assert bad["tell_by"] > bad["decided_at"]
    form = rita.does(
        f"{case}/forms",
        {"kind": "initial notification", "event": "The serial number was sold elsewhere."},
    )["forms"][0]
    _, paper = page(rita, f"/purchasing/tracing/form/{form['id']}/")
    assert paper.startswith(b"%PDF")
    sent = {"how": "the FDA's portal", "incident": "I-2026-7"}
    rita.does(f"/tracing/forms/{form['id']}/told", sent)
    for letter in bad["notices"]:
        assert LISINOPRIL in letter["text"]
        last = tess.does(f"/tracing/partners/{letter['id']}/told", {"how": "Kim, by phone"})
    assert last["state"] == "notified"
    early = rita.tries(f"{case}/disposed", {"sample": "1 tablet"})
    assert early.codes == ["still-here"]
    tess.does(f"{there}/close")
    assert house.faults() == []
